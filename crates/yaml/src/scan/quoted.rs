use super::plain::fold;
use super::{Scanner, Style, Text, TokenKind};
use crate::error::{Error, Result};

impl Scanner<'_> {
    pub(super) fn fetch_quoted(&mut self, single: bool) -> Result<()> {
        self.offer_key()?;
        self.key_allowed = false;
        let start = self.cursor.offset;
        let quote = if single { b'\'' } else { b'"' };
        let style = if single { Style::Single } else { Style::Double };
        self.cursor.skip(1);
        if let Some(end) = self.simple_quoted_end(quote) {
            let text = Text::Slice(self.cursor.span(start + 1, end));
            self.cursor.go_to(end);
            self.cursor.skip(1);
            self.push(start, end + 1, TokenKind::Scalar { text, style });
            return Ok(());
        }
        let mut text = String::new();
        let mut blanks = String::new();
        let mut first_break = String::new();
        let mut more_breaks = String::new();
        loop {
            if self.cursor.at_indicator(b'-') || self.cursor.at_indicator(b'.') {
                return Err(Error::new(
                    self.cursor.span(start, start + 1),
                    "this quote is still open where the document ends",
                ));
            }
            if self.cursor.is_over() {
                return Err(Error::new(
                    self.cursor.span(start, start + 1),
                    "this quote is never closed",
                ));
            }
            let mut broken = self.quoted_word(quote, &mut text)?;
            if self.cursor.peek() == quote {
                break;
            }
            while self.at_blank_or_break() {
                if self.cursor.is_blank(self.cursor.offset) {
                    if !broken {
                        blanks.push(char::from(self.cursor.peek()));
                    }
                    self.cursor.skip(1);
                } else if broken {
                    self.cursor.take_break(&mut more_breaks);
                } else {
                    blanks.clear();
                    self.cursor.take_break(&mut first_break);
                    broken = true;
                }
            }
            if broken {
                fold(&mut text, &first_break, &more_breaks);
                first_break.clear();
                more_breaks.clear();
            } else {
                text.push_str(&blanks);
                blanks.clear();
            }
        }
        self.cursor.skip(1);
        let text = Text::Owned(text.into_boxed_str());
        self.push(start, self.cursor.offset, TokenKind::Scalar { text, style });
        Ok(())
    }

    /// The closing quote, when the scalar stands on one line without any escape.
    fn simple_quoted_end(&self, quote: u8) -> Option<usize> {
        let mut offset = self.cursor.offset;
        loop {
            match self.cursor.byte(offset) {
                0 | b'\n' | b'\r' => return None,
                b'\\' if quote == b'"' => return None,
                0xC2 | 0xE2 if self.cursor.break_width(offset) > 0 => return None,
                byte if byte == quote => {
                    let doubled = quote == b'\'' && self.cursor.byte(offset + 1) == quote;
                    return (!doubled).then_some(offset);
                }
                _ => offset += 1,
            }
        }
    }

    /// Reads up to a blank, a line end or the closing quote; true when it ended with an escaped line break.
    fn quoted_word(&mut self, quote: u8, text: &mut String) -> Result<bool> {
        loop {
            let start = self.cursor.offset;
            let mut end = start;
            while !self.cursor.is_gap(end)
                && self.cursor.byte(end) != quote
                && (quote == b'\'' || self.cursor.byte(end) != b'\\')
            {
                end += 1;
            }
            text.push_str(self.cursor.between(start, end));
            self.cursor.go_to(end);
            let (byte, next) = (self.cursor.peek(), self.cursor.byte(end + 1));
            if self.cursor.is_gap(end) {
                return Ok(false);
            }
            if quote == b'\'' && next == b'\'' {
                text.push('\'');
                self.cursor.skip(2);
            } else if byte == quote {
                return Ok(false);
            } else if self.cursor.break_width(end + 1) > 0 {
                self.cursor.skip(1);
                self.cursor.next_line();
                return Ok(true);
            } else {
                text.push(self.escape()?);
            }
        }
    }

    /// One escape of a double-quoted scalar. JSON's `\/` and surrogate pairs are not among them.
    fn escape(&mut self) -> Result<char> {
        let start = self.cursor.offset;
        let digits = match self.cursor.byte(start + 1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            letter => {
                let Some(character) = simple_escape(letter) else {
                    return Err(Error::new(
                        self.cursor.span(start, start + 1),
                        "YAML knows no such escape after `\\`",
                    ));
                };
                self.cursor.skip(2);
                return Ok(character);
            }
        };
        let end = start + 2 + digits;
        let mut code = 0_u64;
        for offset in start + 2..end {
            let Some(digit) = char::from(self.cursor.byte(offset)).to_digit(16) else {
                return Err(Error::new(
                    self.cursor.span(start, start + 2),
                    format!("this escape needs {digits} hexadecimal digits"),
                ));
            };
            code = code * 16 + u64::from(digit);
        }
        let character = u32::try_from(code).ok().and_then(char::from_u32);
        let character = character.ok_or_else(|| {
            Error::new(
                self.cursor.span(start, end),
                "this escape names no Unicode character",
            )
        })?;
        self.cursor.skip(2 + digits);
        Ok(character)
    }
}

fn simple_escape(letter: u8) -> Option<char> {
    Some(match letter {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0B',
        b'f' => '\x0C',
        b'r' => '\r',
        b'e' => '\x1B',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
