use super::{Scanner, Tag, TokenKind};
use crate::error::{Error, Result};

impl Scanner<'_> {
    pub(super) fn fetch_directive(&mut self) -> Result<()> {
        self.close_blocks(-1);
        self.withdraw_key()?;
        self.key_allowed = false;
        let start = self.cursor.offset;
        self.cursor.skip(1);
        let name_start = self.cursor.offset;
        while super::tag::is_word(self.cursor.peek()) {
            self.cursor.skip(1);
        }
        let name = self.cursor.between(name_start, self.cursor.offset);
        if name.is_empty() || !self.cursor.is_gap(self.cursor.offset) {
            return Err(self.directive_error(start, "a directive needs a name of letters"));
        }
        let kind = match name {
            "YAML" => self.version(start)?,
            "TAG" => self.tag_directive(start)?,
            _ => return Err(self.directive_error(start, "YAML knows no such directive")),
        };
        let end = self.cursor.offset;
        self.skip_blanks();
        self.skip_comment();
        if !self.cursor.is_line_end(self.cursor.offset) {
            return Err(self.directive_error(start, "only a comment may follow a directive"));
        }
        self.cursor.next_line();
        self.push(start, end, kind);
        Ok(())
    }

    fn version(&mut self, start: usize) -> Result<TokenKind> {
        self.skip_blanks();
        let major = self.version_number(start)?;
        if self.cursor.peek() != b'.' {
            return Err(self.directive_error(start, "a version consists of two numbers"));
        }
        self.cursor.skip(1);
        let minor = self.version_number(start)?;
        Ok(TokenKind::Version { major, minor })
    }

    fn version_number(&mut self, start: usize) -> Result<u8> {
        let mut number = None;
        for _ in 0..2 {
            let byte = self.cursor.peek();
            if byte.is_ascii_digit() {
                number = Some(number.unwrap_or(0) * 10 + (byte - b'0'));
                self.cursor.skip(1);
            }
        }
        match number {
            Some(number) if !self.cursor.peek().is_ascii_digit() => Ok(number),
            _ => Err(self.directive_error(start, "a version number has one or two digits")),
        }
    }

    fn tag_directive(&mut self, start: usize) -> Result<TokenKind> {
        self.skip_blanks();
        let handle = self.tag_handle(start, true)?;
        if !self.cursor.is_blank(self.cursor.offset) {
            return Err(self.directive_error(start, "a space must follow the handle"));
        }
        self.skip_blanks();
        let suffix = self.tag_uri(start, &[], false)?;
        if !self.cursor.is_gap(self.cursor.offset) {
            return Err(self.directive_error(start, "a space must follow the prefix"));
        }
        Ok(TokenKind::TagDirective(Box::new(Tag { handle, suffix })))
    }

    fn skip_blanks(&mut self) {
        while self.cursor.is_blank(self.cursor.offset) {
            self.cursor.skip(1);
        }
    }

    fn directive_error(&self, start: usize, message: &str) -> Error {
        Error::new(self.cursor.span(start, self.cursor.offset), message)
    }
}
