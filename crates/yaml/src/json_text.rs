//! Strict JSON, as kubectl reads a text that begins with `{`.

use std::sync::Arc;

use sekisho_text::Span;

use crate::builder::Builder;
use crate::document::{Content, Document, Layout, NodeId, Syntax};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::scan::Text;
use crate::settle::settle;

/// Reads one JSON value that begins at or after `offset`; also where it ends. `None` when only white space is left.
pub(crate) fn read_value(
    text: &Arc<str>,
    offset: usize,
    limits: &Limits,
) -> Result<Option<(Document, usize)>> {
    let span = Span::new(offset, offset);
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        offset,
        depth: limits.depth.min(Limits::DEEPEST),
        builder: Builder::new(text, span, Syntax::Json, limits),
    };
    reader.skip_space();
    if reader.offset == text.len() {
        return Ok(None);
    }
    let root = reader.value(0)?;
    let end = reader.offset;
    let mut builder = reader.builder;
    builder.document.root = root;
    builder.document.span = builder.document.node_span(root);
    Ok(Some((settle(builder)?, end)))
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    offset: usize,
    depth: u32,
    builder: Builder,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    fn refuse(&self, message: &str) -> Error {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        let span = Span::new(self.offset, self.offset + width);
        Error::new(
            span,
            format!("the text begins with `{{`, so kubectl reads it as JSON: {message}"),
        )
    }

    fn value(&mut self, depth: u32) -> Result<NodeId> {
        let start = self.offset;
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let rest = self.text.get(start..).unwrap_or_default();
                let words = [
                    ("true", Content::Bool(true)),
                    ("false", Content::Bool(false)),
                    ("null", Content::Null),
                ];
                for (word, content) in words {
                    if rest.starts_with(word) {
                        self.offset += word.len();
                        return self.builder.add(
                            Span::new(start, self.offset),
                            Layout::Plain,
                            content,
                        );
                    }
                }
                Err(self.refuse("a value must begin here"))
            }
        }
    }

    fn open(&mut self, depth: u32) -> Result<NodeId> {
        if depth > self.depth {
            return Err(self.refuse("nested too deeply"));
        }
        let span = Span::new(self.offset, self.offset + 1);
        self.offset += 1;
        self.skip_space();
        self.builder
            .add(span, Layout::FlowCollection, Content::Null)
    }

    fn object(&mut self, depth: u32) -> Result<NodeId> {
        let start = self.offset;
        let id = self.open(depth)?;
        let opened = self.builder.open_entries();
        let mut first = true;
        while first || self.peek() != Some(b'}') {
            if first && self.peek() == Some(b'}') {
                break;
            }
            if !first {
                self.expect(b',', "`,` or `}` is missing here")?;
            }
            first = false;
            if self.peek() != Some(b'"') {
                return Err(self.refuse("a key in double quotes must begin here"));
            }
            let key = self.string()?;
            self.skip_space();
            self.expect(b':', "`:` is missing here")?;
            let value = self.value(depth)?;
            self.skip_space();
            self.builder.entry(key, value, false)?;
        }
        self.offset += 1;
        self.builder
            .close_entries(id, opened, Span::new(start, self.offset));
        Ok(id)
    }

    fn array(&mut self, depth: u32) -> Result<NodeId> {
        let start = self.offset;
        let id = self.open(depth)?;
        let opened = self.builder.open_items();
        let mut first = true;
        while first || self.peek() != Some(b']') {
            if first && self.peek() == Some(b']') {
                break;
            }
            if !first {
                self.expect(b',', "`,` or `]` is missing here")?;
            }
            first = false;
            let item = self.value(depth)?;
            self.skip_space();
            self.builder.item(item);
        }
        self.offset += 1;
        self.builder
            .close_items(id, opened, Span::new(start, self.offset));
        Ok(id)
    }

    fn expect(&mut self, byte: u8, message: &str) -> Result<()> {
        if self.peek() != Some(byte) {
            return Err(self.refuse(message));
        }
        self.offset += 1;
        self.skip_space();
        Ok(())
    }

    fn string(&mut self) -> Result<NodeId> {
        let start = self.offset;
        self.offset += 1;
        let mut owned: Option<String> = None;
        let mut piece = self.offset;
        loop {
            match self.peek() {
                None | Some(0..=0x1F) => {
                    return Err(self.refuse("a text in quotes ends on its line"));
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    let before = self.text.get(piece..self.offset).unwrap_or_default();
                    let text = owned.get_or_insert_default();
                    text.push_str(before);
                    let character = self.escape()?;
                    owned.get_or_insert_default().push(character);
                    piece = self.offset;
                }
                Some(_) => self.offset += 1,
            }
        }
        let text = match owned {
            None => Text::Slice(Span::new(piece, self.offset)),
            Some(mut text) => {
                text.push_str(self.text.get(piece..self.offset).unwrap_or_default());
                Text::Owned(text.into_boxed_str())
            }
        };
        self.offset += 1;
        let span = Span::new(start, self.offset);
        self.builder
            .add(span, Layout::Quoted, Content::String(text))
    }

    fn escape(&mut self) -> Result<char> {
        let letter = self.bytes.get(self.offset + 1).copied();
        let character = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0C',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.refuse("JSON knows no such escape")),
        };
        self.offset += 2;
        Ok(character)
    }

    /// `\u` with four digits; half of a surrogate pair alone becomes U+FFFD.
    fn unicode_escape(&mut self) -> Result<char> {
        let high = self
            .code_unit(self.offset)
            .ok_or_else(|| self.refuse("`\\u` needs four hexadecimal digits"))?;
        let low = self.code_unit(self.offset + 6);
        let pair = low.and_then(|low| char::decode_utf16([high, low]).next()?.ok());
        self.offset += 6;
        match pair {
            Some(character) => {
                if character.len_utf16() == 2 {
                    self.offset += 6;
                }
                Ok(character)
            }
            None => Ok(char::from_u32(u32::from(high)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn code_unit(&self, offset: usize) -> Option<u16> {
        let digits = self.text.get(offset..offset + 6)?.strip_prefix("\\u")?;
        let only_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| only_digits)
    }

    fn number(&mut self) -> Result<NodeId> {
        let start = self.offset;
        let mut whole = true;
        if self.peek() == Some(b'-') {
            self.offset += 1;
        }
        if self.peek() == Some(b'0') {
            self.offset += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            whole = false;
            self.offset += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            whole = false;
            self.offset += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.offset += 1;
            }
            self.digits()?;
        }
        let span = Span::new(start, self.offset);
        let digits = span.slice(self.text).unwrap_or_default();
        let content = match (whole, digits.parse::<i64>(), digits.parse::<f64>()) {
            (true, Ok(value), _) => Content::Int(value),
            (_, _, Ok(value)) if value.is_finite() => Content::Float(value),
            _ => return Err(Error::new(span, "this number is too large")),
        };
        self.builder.add(span, Layout::Plain, content)
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.offset;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.offset += 1;
        }
        if self.offset == start {
            return Err(self.refuse("a digit is missing here"));
        }
        Ok(())
    }
}
