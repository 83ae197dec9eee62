use crate::Span;

/// A place for people: both numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line number, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// Where each line of a text begins. `\n` ends a line; `\r\n` counts as one end.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Reads the text once.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        for (offset, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// Number of lines; a final line end opens one more, empty line.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never true: the empty text has one empty line.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Line and column of a byte offset. Offsets past the end are placed at the end; an offset inside a character
    /// belongs to that character.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let wanted = u32::try_from(offset).unwrap_or(u32::MAX);
        let line = self.starts.partition_point(|start| *start <= wanted).max(1);
        let start = self.starts.get(line - 1).map_or(0, |start| *start as usize);
        let column = text
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// The bytes of a line (from 1) without its line end, or `None` when there is no such line.
    pub fn line(&self, text: &str, line: u32) -> Option<Span> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let end = self
            .starts
            .get(index + 1)
            .map_or(text.len(), |next| (*next as usize).saturating_sub(1));
        let end = if text.get(start..end)?.ends_with('\r') {
            end - 1
        } else {
            end
        };
        Some(Span::new(start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "a: 1\n# 関所\nb: é x\n";
        let index = LineIndex::new(text);
        let offset = text.find('x').unwrap();
        assert_eq!(
            index.position(text, offset),
            Position { line: 3, column: 6 }
        );
        assert_eq!(index.line(text, 2).unwrap().slice(text), Some("# 関所"));
    }

    #[test]
    fn carriage_returns_are_not_part_of_a_line() {
        let text = "a\r\nb";
        let index = LineIndex::new(text);
        assert_eq!(index.line(text, 1).unwrap().slice(text), Some("a"));
        assert_eq!(index.line(text, 2).unwrap().slice(text), Some("b"));
        assert_eq!(index.line(text, 3), None);
    }

    #[test]
    fn offsets_past_the_end_are_at_the_end() {
        let index = LineIndex::new("ab");
        assert_eq!(index.position("ab", 99), Position { line: 1, column: 3 });
    }
}
