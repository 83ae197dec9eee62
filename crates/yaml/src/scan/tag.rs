use super::{Scanner, Tag, TokenKind};
use crate::error::{Error, Result};

/// Letters, digits, `_` and `-`.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl Scanner<'_> {
    pub(super) fn fetch_anchor(&mut self, kind: TokenKind) -> Result<()> {
        self.offer_key()?;
        self.key_allowed = false;
        let start = self.cursor.offset;
        self.cursor.skip(1);
        while is_word(self.cursor.peek()) {
            self.cursor.skip(1);
        }
        let end = self.cursor.offset;
        let closed = self.cursor.is_gap(end)
            || matches!(
                self.cursor.peek(),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if end == start + 1 || !closed {
            return Err(Error::new(
                self.cursor.span(start, end + 1),
                "the name of an anchor consists of letters, digits, `_` and `-`",
            ));
        }
        self.push(start, end, kind);
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Result<()> {
        self.offer_key()?;
        self.key_allowed = false;
        let start = self.cursor.offset;
        let tag = self.scan_tag(start)?;
        let end = self.cursor.offset;
        if !self.cursor.is_gap(end) {
            return Err(self.tag_error(start, "a space must follow a tag"));
        }
        self.push(start, end, TokenKind::Tag(Box::new(tag)));
        Ok(())
    }

    fn scan_tag(&mut self, start: usize) -> Result<Tag> {
        if self.cursor.byte(start + 1) == b'<' {
            self.cursor.skip(2);
            let suffix = self.tag_uri(start, &[], false)?;
            if self.cursor.peek() != b'>' {
                return Err(self.tag_error(start, "this tag lacks its `>`"));
            }
            self.cursor.skip(1);
            return Ok(Tag {
                handle: Vec::new(),
                suffix,
            });
        }
        let handle = self.tag_handle(start, false)?;
        if handle.len() > 1 && handle.last() == Some(&b'!') {
            let suffix = self.tag_uri(start, &[], false)?;
            return Ok(Tag { handle, suffix });
        }
        let suffix = self.tag_uri(start, handle.get(1..).unwrap_or_default(), true)?;
        if suffix.is_empty() {
            return Ok(Tag {
                handle: Vec::new(),
                suffix: b"!".to_vec(),
            });
        }
        Ok(Tag {
            handle: b"!".to_vec(),
            suffix,
        })
    }

    pub(super) fn tag_handle(&mut self, start: usize, directive: bool) -> Result<Vec<u8>> {
        let mut handle = Vec::new();
        if self.cursor.peek() != b'!' {
            return Err(self.tag_error(start, "a tag's handle begins with `!`"));
        }
        handle.push(b'!');
        self.cursor.skip(1);
        while is_word(self.cursor.peek()) {
            handle.push(self.cursor.peek());
            self.cursor.skip(1);
        }
        if self.cursor.peek() == b'!' {
            handle.push(b'!');
            self.cursor.skip(1);
        } else if directive && handle != b"!" {
            return Err(self.tag_error(start, "a tag's handle ends with `!`"));
        }
        Ok(handle)
    }

    /// The rest of a tag after `head`; it may be empty only when a handle was read before.
    pub(super) fn tag_uri(
        &mut self,
        start: usize,
        head: &[u8],
        may_be_empty: bool,
    ) -> Result<Vec<u8>> {
        let mut uri = head.to_vec();
        let from = self.cursor.offset;
        loop {
            let byte = self.cursor.peek();
            if byte == b'%' {
                self.uri_escape(start, &mut uri)?;
            } else if is_word(byte) || b";/?:@&=+$,.!~*'()[]".contains(&byte) {
                uri.push(byte);
                self.cursor.skip(1);
            } else {
                break;
            }
        }
        if self.cursor.offset == from && !may_be_empty {
            return Err(self.tag_error(start, "this tag is empty"));
        }
        Ok(uri)
    }

    /// One character in percent escapes: `%E9%96%A2`.
    fn uri_escape(&mut self, start: usize, uri: &mut Vec<u8>) -> Result<()> {
        let mut left = None;
        while left != Some(0) {
            let here = self.cursor.offset;
            let digit = |offset| char::from(self.cursor.byte(offset)).to_digit(16);
            let octet = match (self.cursor.peek(), digit(here + 1), digit(here + 2)) {
                (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
                _ => None,
            };
            let Some(octet) = octet else {
                return Err(self.tag_error(start, "`%` in a tag needs two hexadecimal digits"));
            };
            let remaining = match left {
                Some(count) if octet & 0xC0 == 0x80 => count,
                None => utf8_width(octet),
                Some(_) => 0,
            };
            if remaining == 0 {
                return Err(self.tag_error(start, "the escapes of this tag are no UTF-8"));
            }
            uri.push(octet);
            self.cursor.skip(3);
            left = Some(remaining - 1);
        }
        Ok(())
    }

    pub(super) fn tag_error(&self, start: usize, message: &str) -> Error {
        Error::new(
            self.cursor.span(start, self.cursor.offset.max(start + 1)),
            message,
        )
    }
}

fn utf8_width(first: u8) -> u32 {
    match first.leading_ones() {
        0 => 1,
        width @ 2..=4 => width,
        _ => 0,
    }
}
