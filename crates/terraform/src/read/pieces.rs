use std::ops::Range;

/// The top-level pieces of a text in native syntax: one block or attribute each, with the comments before it.
///
/// Used only after the text as a whole could not be read, so that one mistake costs one block. A piece ends at a line
/// end outside of all brackets, quotes, heredocs and comments.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = find(text, at + 2, "*/").map_or(bytes.len(), |end| end + 2);
            }
            b'"' => at = quoted_end(bytes, at + 1),
            b'<' if bytes.get(at + 1) == Some(&b'<') => at = heredoc_end(text, at),
            b'{' | b'[' | b'(' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' | b')' => (at, depth) = (at + 1, depth.saturating_sub(1)),
            b'\n' if depth == 0 => {
                at += 1;
                pieces.push(start..at);
                start = at;
            }
            // A word at the start of a line that opens a block ends whatever was left open before it.
            b'\n' if begins_block(text.get(at + 1..).unwrap_or_default()) => {
                at += 1;
                pieces.push(start..at);
                (start, depth) = (at, 0);
            }
            _ => at += 1,
        }
    }
    if start < bytes.len() {
        pieces.push(start..bytes.len());
    }
    pieces
}

fn begins_block(rest: &str) -> bool {
    const KINDS: [&str; 9] = [
        "resource ",
        "data ",
        "module ",
        "variable ",
        "output ",
        "locals ",
        "provider ",
        "terraform ",
        "check ",
    ];
    KINDS.iter().any(|kind| rest.starts_with(kind))
        && rest.lines().next().is_some_and(|line| line.contains('{'))
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |at| from + at)
}

/// After the quote that closes; quotes inside of `${…}` are followed, a line end closes a broken text.
fn quoted_end(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut open) = (from, Vec::new());
    while let Some(byte) = bytes.get(at) {
        match (byte, open.last()) {
            (b'\\', None | Some(b'"')) => at += 1,
            (b'\n', _) => return at,
            (b'"', None) => return at + 1,
            (b'"', Some(b'"')) | (b'}', Some(b'{')) => drop(open.pop()),
            (b'"', Some(_)) => open.push(b'"'),
            (b'$' | b'%', None | Some(b'"')) if bytes.get(at + 1) == Some(&b'{') => {
                at += 1;
                open.push(b'{');
            }
            (b'{', Some(b'{')) => open.push(b'{'),
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// After the closing word of a heredoc, or two bytes on when none begins here.
fn heredoc_end(text: &str, from: usize) -> usize {
    let rest = text.get(from + 2..).unwrap_or_default();
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let Some((word, _)) = rest.split_once('\n') else {
        return from + 2;
    };
    let word = word.trim_end_matches('\r');
    let is_word = !word.is_empty()
        && word
            .chars()
            .all(|found| found.is_alphanumeric() || found == '_' || found == '-');
    if !is_word {
        return from + 2;
    }
    let mut at = line_end(text.as_bytes(), from) + 1;
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        if line.trim() == word {
            return at + line.trim_end_matches(['\n', '\r']).len();
        }
        at += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn one_mistake_costs_one_block() {
        let text = "a {\n  x = \"${f(\"}\")}\" # }\n}\nb = [1,\n2]\nc = <<E\n}\nE\nresource \"x\" \"y\" {\n  z = (\nresource \"x\" \"w\" {\n}\n";
        let cut: Vec<&str> = pieces(text)
            .into_iter()
            .map(|range| text.get(range).unwrap())
            .collect();
        assert_eq!(cut.len(), 5, "{cut:?}");
        assert!(cut[2].starts_with("c = "));
        assert_eq!(cut[4], "resource \"x\" \"w\" {\n}\n");
    }
}
