use crate::Span;

/// The text with stars for every visible character of the spans. Line ends and byte offsets stay, so that lines, columns and
/// other spans still fit.
pub fn mask(text: &str, spans: &[Span]) -> String {
    let mut spans = spans.to_vec();
    spans.sort_unstable();
    let mut masked = String::with_capacity(text.len());
    let mut open = spans.iter().peekable();
    for (offset, letter) in text.char_indices() {
        while open.peek().is_some_and(|span| span.end as usize <= offset) {
            open.next();
        }
        let inside = open
            .peek()
            .is_some_and(|span| (span.start as usize) < offset + letter.len_utf8());
        if inside && !letter.is_whitespace() {
            masked.extend(std::iter::repeat_n('*', letter.len_utf8()));
        } else {
            masked.push(letter);
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_lines_stay() {
        let text = "パス: 秘密\n  x: ab cd\n";
        let secret = Span::new(text.find("秘").unwrap(), text.find('\n').unwrap());
        let other = Span::new(text.find("ab").unwrap(), text.len());
        let masked = mask(text, &[other, secret, secret]);
        assert_eq!(masked, "パス: ******\n  x: ** **\n");
        assert_eq!(masked.len(), text.len());
    }

    #[test]
    fn overlapping_spans_hide_the_union() {
        assert_eq!(
            mask("abcdef", &[Span::new(0, 4), Span::new(1, 2)]),
            "****ef"
        );
    }
}
