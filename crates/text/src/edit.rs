use crate::Span;

/// New bytes for one span. An empty span inserts; an empty replacement deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Why a set of edits cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Two edits want the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(u32),
    /// A span reaches past the text or cuts a character.
    #[error("an edit reaches outside of the text at byte {0}")]
    Outside(u32),
}

/// Applies all edits at once; every byte outside of their spans stays. Insertions at one place keep their order.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let grown: usize = sorted.iter().map(|edit| edit.replacement.len()).sum();
    let mut result = String::with_capacity(text.len() + grown);
    let mut done = 0_usize;
    for edit in sorted {
        let range = edit.span.range();
        if range.start < done {
            return Err(EditError::Overlap(edit.span.start));
        }
        let outside = EditError::Outside(edit.span.start);
        result.push_str(text.get(done..range.start).ok_or(outside.clone())?);
        if !text.is_char_boundary(range.end) {
            return Err(outside);
        }
        result.push_str(&edit.replacement);
        done = range.end;
    }
    result.push_str(text.get(done..).ok_or(EditError::Outside(u32::MAX))?);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit {
            span: Span::new(start, end),
            replacement: replacement.to_owned(),
        }
    }

    #[test]
    fn overlapping_edits_are_refused() {
        assert_eq!(
            apply("abcd", &[edit(0, 2, "x"), edit(1, 3, "y")]),
            Err(EditError::Overlap(1))
        );
    }

    #[test]
    fn a_cut_character_is_refused() {
        assert!(apply("関", &[edit(0, 1, "x")]).is_err());
        assert!(apply("a", &[edit(5, 6, "x")]).is_err());
    }

    proptest! {
        #[test]
        fn bytes_outside_stay(before in ".{0,20}", cut in ".{0,20}", after in ".{0,20}", new in ".{0,20}") {
            let text = format!("{before}{cut}{after}");
            let changed = apply(&text, &[edit(before.len(), before.len() + cut.len(), &new)]).unwrap();
            prop_assert_eq!(changed, format!("{before}{new}{after}"));
        }
    }
}
