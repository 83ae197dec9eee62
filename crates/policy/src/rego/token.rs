use super::fault::Fault;

/// What a piece of Rego text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A number.
    Number,
    /// A string, with quotes or backticks.
    Text,
    /// An operator or bracket.
    Sign,
}

/// One token: its kind and its bytes in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::Text
    }
}

/// Operators of two characters; all others have one.
const PAIRS: [&str; 5] = [":=", "==", "!=", "<=", ">="];

/// Cuts Rego text into tokens, comments left out (OPA `v1/ast/internal/scanner`).
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            _ if first.is_whitespace() => first.len_utf8(),
            _ => {
                let (kind, length) = token(rest, first)
                    .ok_or_else(|| Fault::at(text, at, "a string that does not end"))?;
                let text = rest.get(..length).unwrap_or(rest);
                found.push(Token {
                    kind,
                    text,
                    start: at,
                });
                length
            }
        };
        at += length;
    }
    Ok(found)
}

fn token(rest: &str, first: char) -> Option<(Kind, usize)> {
    let is_word = |c: char| c == '_' || c.is_alphanumeric();
    let run = |keep: &dyn Fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
    Some(match first {
        '"' => (Kind::Text, quoted(rest)?),
        '`' => (Kind::Text, rest.get(1..)?.find('`')? + 2),
        _ if first.is_ascii_digit() => (Kind::Number, number(rest)),
        _ if is_word(first) => (Kind::Word, run(&is_word)),
        _ => {
            let pair = rest.get(..2).is_some_and(|pair| PAIRS.contains(&pair));
            (Kind::Sign, if pair { 2 } else { first.len_utf8() })
        }
    })
}

/// The length of a quoted string; a string may not go over its line.
fn quoted(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let follows_exponent = at > 0 && matches!(bytes.get(at - 1), Some(b'e' | b'E'));
        let goes_on = byte.is_ascii_alphanumeric()
            || (*byte == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
            || (matches!(byte, b'+' | b'-') && follows_exponent);
        if !goes_on {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn strings_comments_and_operators_are_told_apart() {
        let text = "a := \"# \\\" {\" # { comment\nb[`raw \\`] != 1.5e-3";
        let found: Vec<&str> = tokens(text)
            .unwrap()
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(
            found,
            [
                "a",
                ":=",
                "\"# \\\" {\"",
                "b",
                "[",
                "`raw \\`",
                "]",
                "!=",
                "1.5e-3"
            ]
        );
    }

    #[test]
    fn an_open_string_is_a_fault_with_its_place() {
        let fault = tokens("package a\nb := \"c\n").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 6));
    }
}
