use super::{Scanner, Style, Text, TokenKind};
use crate::error::{Error, Result};

impl Scanner<'_> {
    pub(super) fn fetch_plain(&mut self) -> Result<()> {
        self.offer_key()?;
        self.key_allowed = false;
        let start = self.cursor.offset;
        let in_flow = self.flow_level() > 0;
        let indent = usize::try_from(self.indent + 1).unwrap_or(0);
        let mut folded: Option<String> = None;
        // Where the characters begin that are not in `folded` yet, and where the last of them ends.
        let (mut piece, mut end) = (start, start);
        let mut first_break = String::new();
        let mut more_breaks = String::new();
        let mut broken = false;
        loop {
            if self.cursor.at_indicator(b'-')
                || self.cursor.at_indicator(b'.')
                || self.cursor.peek() == b'#'
            {
                break;
            }
            let word = self.cursor.offset;
            let word_end = self.plain_word_end(in_flow);
            if word_end > word {
                if broken {
                    let text = folded.get_or_insert_default();
                    text.push_str(self.cursor.between(piece, end));
                    fold(text, &first_break, &more_breaks);
                    first_break.clear();
                    more_breaks.clear();
                    broken = false;
                    piece = word;
                }
                self.cursor.go_to(word_end);
                end = word_end;
            }
            if !self.at_blank_or_break() {
                break;
            }
            while self.at_blank_or_break() {
                if self.cursor.is_blank(self.cursor.offset) {
                    if broken && self.cursor.column() < indent && self.cursor.peek() == b'\t' {
                        let here = self.cursor.offset;
                        return Err(Error::new(
                            self.cursor.span(here, here + 1),
                            "a tab cannot indent; use spaces",
                        ));
                    }
                    self.cursor.skip(1);
                } else if broken {
                    self.cursor.take_break(&mut more_breaks);
                } else {
                    self.cursor.take_break(&mut first_break);
                    broken = true;
                }
            }
            if !in_flow && self.cursor.column() < indent {
                break;
            }
        }
        let text = match folded {
            None => Text::Slice(self.cursor.span(start, end)),
            Some(mut text) => {
                text.push_str(self.cursor.between(piece, end));
                Text::Owned(text.into_boxed_str())
            }
        };
        self.push(
            start,
            end,
            TokenKind::Scalar {
                text,
                style: Style::Plain,
            },
        );
        if broken {
            self.key_allowed = true;
        }
        Ok(())
    }

    /// The offset of the first byte from here that cannot be part of a plain scalar's word.
    fn plain_word_end(&self, in_flow: bool) -> usize {
        let mut offset = self.cursor.offset;
        loop {
            match self.cursor.byte(offset) {
                0 | b' ' | b'\t' | b'\n' | b'\r' => return offset,
                b':' if self.cursor.is_gap(offset + 1) => return offset,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if in_flow => return offset,
                0xC2 | 0xE2 if self.cursor.break_width(offset) > 0 => return offset,
                _ => offset += 1,
            }
        }
    }

    pub(super) fn at_blank_or_break(&self) -> bool {
        let here = self.cursor.offset;
        self.cursor.is_blank(here) || self.cursor.break_width(here) > 0
    }
}

/// Joins two lines: one line end becomes a space, several become all but the first.
pub(super) fn fold(text: &mut String, first: &str, more: &str) {
    if !first.starts_with('\n') {
        text.push_str(first);
        text.push_str(more);
    } else if more.is_empty() {
        text.push(' ');
    } else {
        text.push_str(more);
    }
}
