use super::{Scanner, Style, Text, TokenKind};
use crate::error::{Error, Result};

/// What happens to the line ends after the last line of a block scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    pub(super) fn fetch_block_scalar(&mut self, literal: bool) -> Result<()> {
        self.withdraw_key()?;
        self.key_allowed = true;
        let start = self.cursor.offset;
        self.cursor.skip(1);
        let (chomp, increment) = self.block_header(start)?;
        let mut content_end = self.cursor.offset;
        while self.cursor.is_blank(self.cursor.offset) {
            self.cursor.skip(1);
        }
        self.skip_comment();
        let here = self.cursor.offset;
        if !self.cursor.is_line_end(here) {
            return Err(Error::new(
                self.cursor.span(here, here + 1),
                "only a comment may follow `|` or `>` on its line",
            ));
        }
        self.cursor.next_line();

        let mut indent = match (increment, usize::try_from(self.indent)) {
            (0, _) => 0,
            (increment, Ok(outer)) => outer + increment,
            (increment, Err(_)) => increment,
        };
        let mut text = String::new();
        let mut line_break = String::new();
        let mut blank_lines = String::new();
        self.block_breaks(&mut indent, &mut blank_lines)?;
        let mut leading_blank = false;
        while self.cursor.column() == indent && !self.cursor.is_over() {
            let blank = self.cursor.is_blank(self.cursor.offset);
            if !literal && !leading_blank && !blank && line_break.starts_with('\n') {
                if blank_lines.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&line_break);
            }
            text.push_str(&blank_lines);
            line_break.clear();
            blank_lines.clear();
            leading_blank = blank;

            let (from, to) = (self.cursor.offset, self.cursor.line_end());
            text.push_str(self.cursor.between(from, to));
            self.cursor.go_to(to);
            content_end = to;
            if !self.cursor.is_over() {
                self.cursor.take_break(&mut line_break);
            }
            self.block_breaks(&mut indent, &mut blank_lines)?;
        }
        if chomp != Chomp::Strip {
            text.push_str(&line_break);
        }
        if chomp == Chomp::Keep {
            text.push_str(&blank_lines);
        }
        let text = Text::Owned(text.into_boxed_str());
        let style = if literal {
            Style::Literal
        } else {
            Style::Folded
        };
        self.push(start, content_end, TokenKind::Scalar { text, style });
        Ok(())
    }

    fn block_header(&mut self, start: usize) -> Result<(Chomp, usize)> {
        let mut chomp = Chomp::Clip;
        let mut increment = 0;
        let sign_first = matches!(self.cursor.peek(), b'+' | b'-');
        if sign_first {
            chomp = self.chomp_sign();
        }
        let byte = self.cursor.peek();
        if byte.is_ascii_digit() {
            if byte == b'0' {
                return Err(Error::new(
                    self.cursor.span(start, self.cursor.offset + 1),
                    "a block scalar cannot be indented by 0",
                ));
            }
            increment = usize::from(byte - b'0');
            self.cursor.skip(1);
            if !sign_first && matches!(self.cursor.peek(), b'+' | b'-') {
                chomp = self.chomp_sign();
            }
        }
        Ok((chomp, increment))
    }

    fn chomp_sign(&mut self) -> Chomp {
        let keep = self.cursor.peek() == b'+';
        self.cursor.skip(1);
        if keep { Chomp::Keep } else { Chomp::Strip }
    }

    /// Passes indentation and empty lines; the first call decides how far the content is indented (0: not known yet).
    fn block_breaks(&mut self, indent: &mut usize, breaks: &mut String) -> Result<()> {
        let mut deepest = 0;
        loop {
            while (*indent == 0 || self.cursor.column() < *indent) && self.cursor.peek() == b' ' {
                self.cursor.skip(1);
            }
            deepest = deepest.max(self.cursor.column());
            if (*indent == 0 || self.cursor.column() < *indent) && self.cursor.peek() == b'\t' {
                let here = self.cursor.offset;
                return Err(Error::new(
                    self.cursor.span(here, here + 1),
                    "a tab cannot indent a block scalar; use spaces",
                ));
            }
            if self.cursor.break_width(self.cursor.offset) == 0 {
                break;
            }
            self.cursor.take_break(breaks);
        }
        if *indent == 0 {
            let outer = usize::try_from(self.indent + 1).unwrap_or(0);
            *indent = deepest.max(outer).max(1);
        }
        Ok(())
    }
}
