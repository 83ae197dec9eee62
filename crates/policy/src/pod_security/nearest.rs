/// The candidate with the fewest typing mistakes to `word`, the first of equals; with the number of mistakes.
pub(super) fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<(&'c str, usize)> {
    candidates
        .iter()
        .map(|candidate| (*candidate, mistakes(word, candidate)))
        .min_by_key(|(_, count)| *count)
}

/// Letters to insert, delete or replace between two words (Levenshtein).
pub(super) fn mistakes(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (to, above) in right.iter().zip(row.iter().skip(1)) {
            let replaced = diagonal + usize::from(from != *to);
            before = replaced.min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_mistakes() {
        assert_eq!(mistakes("enforce", "enforce"), 0);
        assert_eq!(mistakes("", "abc"), 3);
        assert_eq!(mistakes("abc", ""), 3);
        assert_eq!(mistakes("kitten", "sitting"), 3);
        assert_eq!(
            nearest("enforec", &["audit", "enforce", "warn"]),
            Some(("enforce", 2))
        );
    }
}
