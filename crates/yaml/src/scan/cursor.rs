use sekisho_text::Span;

/// A place in the text with the counts that indentation and implicit keys depend on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mark {
    pub(crate) offset: usize,
    pub(crate) line: u32,
    /// Characters since the line began.
    pub(crate) column: usize,
}

/// Walks the bytes of one document.
///
/// kubectl hands the YAML reader lines that it ends itself: `\r\n` becomes `\n`, and a last line without an end gets one.
/// Both are done here without copying. A carriage return, U+0085, U+2028 and U+2029 end a line too, as in YAML 1.1.
#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    pub(crate) text: &'t str,
    bytes: &'t [u8],
    /// One past the last byte, where a missing line end is supplied.
    end: usize,
    supplied: bool,
    pub(crate) offset: usize,
    pub(crate) line: u32,
    line_start: usize,
    /// Bytes of this line that do not begin a character.
    continued: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str, span: Span) -> Self {
        let range = span.range();
        let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
        let mut offset = range.start;
        if bytes.get(offset..offset + 3) == Some(b"\xEF\xBB\xBF") {
            offset += 3;
        }
        Self {
            text,
            bytes,
            end: bytes.len(),
            supplied: bytes.last() != Some(&b'\n'),
            offset,
            line: 0,
            line_start: offset,
            continued: 0,
        }
    }

    /// The byte at an offset; 0 after the end, where control characters cannot be.
    #[inline]
    pub(crate) fn byte(&self, offset: usize) -> u8 {
        match self.bytes.get(offset) {
            Some(byte) => *byte,
            None if offset == self.end && self.supplied => b'\n',
            None => 0,
        }
    }

    #[inline]
    pub(crate) fn peek(&self) -> u8 {
        self.byte(self.offset)
    }

    #[inline]
    pub(crate) fn column(&self) -> usize {
        self.offset - self.line_start - self.continued
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            offset: self.offset,
            line: self.line,
            column: self.column(),
        }
    }

    /// At the end of the document.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.peek() == 0
    }

    /// Bytes of the line break at an offset; 0 when there is none.
    #[inline]
    pub(crate) fn break_width(&self, offset: usize) -> usize {
        match self.byte(offset) {
            b'\n' => 1,
            // kubectl strips `\r\n` and puts `\n` back, so that of `\r\r\n` one `\r\n` remains.
            b'\r' => match (self.byte(offset + 1), self.bytes.get(offset + 2)) {
                (b'\n', _) => 2,
                (b'\r', Some(b'\n')) => 3,
                _ => 1,
            },
            0xC2 if self.byte(offset + 1) == 0x85 => 2,
            0xE2 if self.byte(offset + 1) == 0x80
                && matches!(self.byte(offset + 2), 0xA8 | 0xA9) =>
            {
                3
            }
            _ => 0,
        }
    }

    #[inline]
    pub(crate) fn is_blank(&self, offset: usize) -> bool {
        matches!(self.byte(offset), b' ' | b'\t')
    }

    /// At a line break or at the end.
    #[inline]
    pub(crate) fn is_line_end(&self, offset: usize) -> bool {
        self.byte(offset) == 0 || self.break_width(offset) > 0
    }

    /// At a space, a tab, a line break or the end.
    #[inline]
    pub(crate) fn is_gap(&self, offset: usize) -> bool {
        match self.byte(offset) {
            0 | b' ' | b'\t' | b'\n' | b'\r' => true,
            0xC2 | 0xE2 => self.break_width(offset) > 0,
            _ => false,
        }
    }

    /// Moves over `count` ASCII bytes of this line.
    #[inline]
    pub(crate) fn skip(&mut self, count: usize) {
        self.offset += count;
    }

    /// Moves to an offset of the same line, over any characters.
    #[inline]
    pub(crate) fn go_to(&mut self, offset: usize) {
        let passed = self.bytes.get(self.offset..offset).unwrap_or_default();
        if !passed.is_ascii() {
            self.continued += passed.iter().filter(|byte| **byte & 0xC0 == 0x80).count();
        }
        self.offset = offset;
    }

    /// Moves over the line break here, if there is one.
    pub(crate) fn next_line(&mut self) {
        let width = self.break_width(self.offset);
        if width > 0 {
            self.offset += width;
            self.line += 1;
            self.line_start = self.offset;
            self.continued = 0;
        }
    }

    /// Moves over the line break here and keeps it, as the reader does: all become `\n` but U+2028 and U+2029.
    pub(crate) fn take_break(&mut self, breaks: &mut String) {
        match (self.peek(), self.byte(self.offset + 2)) {
            (0xE2, 0xA8) => breaks.push('\u{2028}'),
            (0xE2, _) => breaks.push('\u{2029}'),
            _ => breaks.push('\n'),
        }
        self.next_line();
    }

    /// The offset of the next line break, or of the end.
    pub(crate) fn line_end(&self) -> usize {
        let mut offset = self.offset;
        loop {
            let rest = self.bytes.get(offset..).unwrap_or_default();
            let Some(step) = rest
                .iter()
                .position(|byte| matches!(byte, b'\n' | b'\r' | 0xC2 | 0xE2))
            else {
                return self.end;
            };
            offset += step;
            if self.break_width(offset) > 0 {
                return offset;
            }
            offset += 1;
        }
    }

    /// Characters from one offset to another, as they stand.
    pub(crate) fn between(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end.min(self.end)).unwrap_or_default()
    }

    /// A span that ends within the text, even after the supplied line end was passed, and with a whole character.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let mut end = end.min(self.end);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Span::new(start.min(self.end), end)
    }

    /// `---` or `...` stands here at the beginning of a line.
    pub(crate) fn at_indicator(&self, sign: u8) -> bool {
        self.column() == 0
            && self.peek() == sign
            && self.byte(self.offset + 1) == sign
            && self.byte(self.offset + 2) == sign
            && self.is_gap(self.offset + 3)
    }
}
