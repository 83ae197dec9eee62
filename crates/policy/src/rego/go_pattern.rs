//! Regular expressions of Go (<https://github.com/google/re2/wiki/Syntax>, Go's `regexp/syntax`) as Rust writes them.
//! The two agree on most; where they do not, the pattern is written so that it means what it means in Go. What Go
//! refuses is refused.

use regex::Regex;

/// Go's largest count in a repetition.
const MOST: u32 = 1000;

/// The compiled pattern; `None` when Go would refuse it.
pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    let mut reader = Reader {
        rest: pattern.chars().collect(),
        at: 0,
        out: String::with_capacity(pattern.len() + 16),
    };
    reader.whole()?;
    Regex::new(&reader.out).ok()
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    out: String,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    fn literal(&mut self, c: char) {
        let mut buffer = [0; 4];
        self.out
            .push_str(&regex::escape(c.encode_utf8(&mut buffer)));
    }

    fn whole(&mut self) -> Option<()> {
        let mut repeated = false;
        while let Some(c) = self.next() {
            let mut is_repetition = false;
            match c {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                '*' | '+' | '?' => {
                    // Go refuses a repetition of a repetition; Rust does not.
                    if repeated {
                        return None;
                    }
                    self.out.push(c);
                    self.lazy();
                    is_repetition = true;
                }
                '{' => match self.count() {
                    Some(count) => {
                        if repeated {
                            return None;
                        }
                        self.out.push_str(&count?);
                        self.lazy();
                        is_repetition = true;
                    }
                    None => self.out.push_str("\\{"),
                },
                '}' => self.out.push_str("\\}"),
                ']' => self.out.push_str("\\]"),
                '.' | '^' | '$' | '|' | ')' => self.out.push(c),
                c => self.literal(c),
            }
            repeated = is_repetition;
        }
        Some(())
    }

    fn lazy(&mut self) {
        if self.peek() == Some('?') {
            self.at += 1;
            self.out.push('?');
        }
    }

    /// `{2}`, `{2,}`, `{2,5}`; `None` when it is no count and so a plain brace, `Some(None)` when Go refuses it.
    #[expect(clippy::option_option, reason = "no count, a refused one, or one")]
    fn count(&mut self) -> Option<Option<String>> {
        let end = self.rest.iter().skip(self.at).position(|c| *c == '}')?;
        let inside: String = self.rest.get(self.at..self.at + end)?.iter().collect();
        let (least, most) = match inside.split_once(',') {
            Some((least, most)) => (least, Some(most)),
            None => (inside.as_str(), None),
        };
        let number = |text: &str| {
            let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            let leading = text.len() > 1 && text.starts_with('0');
            (plain && !leading).then(|| text.parse::<u32>().unwrap_or(u32::MAX))
        };
        let low = number(least)?;
        let high = match most {
            None | Some("") => low,
            Some(most) => number(most)?,
        };
        self.at += end + 1;
        let good = low <= MOST && high <= MOST && low <= high;
        Some(good.then(|| format!("{{{inside}}}")))
    }

    /// Flags and names of groups; only `i`, `m`, `s` and `U` are Go's.
    fn group(&mut self) -> Option<()> {
        self.out.push('(');
        if self.peek() != Some('?') {
            return Some(());
        }
        self.at += 1;
        self.out.push('?');
        if self.peek() == Some('P') {
            self.at += 1;
            self.out.push('P');
            if self.peek() != Some('<') {
                return None;
            }
        }
        if self.peek() == Some('<') {
            while let Some(c) = self.next() {
                self.out.push(c);
                if c == '>' {
                    return Some(());
                }
                if c != '<' && c != '_' && !c.is_ascii_alphanumeric() {
                    return None;
                }
            }
            return None;
        }
        while let Some(c) = self.next() {
            self.out.push(c);
            match c {
                ':' | ')' => return Some(()),
                'i' | 'm' | 's' | 'U' | '-' => {}
                _ => return None,
            }
        }
        None
    }

    /// A class of Perl: of ASCII alone, in Go.
    fn perl(c: char) -> Option<(&'static str, bool)> {
        Some(match c {
            'd' => ("0-9", false),
            'D' => ("0-9", true),
            'w' => ("0-9A-Za-z_", false),
            'W' => ("0-9A-Za-z_", true),
            's' => ("\\t\\n\\x0C\\r ", false),
            'S' => ("\\t\\n\\x0C\\r ", true),
            _ => return None,
        })
    }

    fn escape(&mut self) -> Option<()> {
        let c = self.next()?;
        if let Some((inside, negated)) = Self::perl(c) {
            let sign = if negated { "^" } else { "" };
            self.out.push_str(&format!("[{sign}{inside}]"));
            return Some(());
        }
        match c {
            'b' => self.out.push_str("(?-u:\\b)"),
            'B' => self.out.push_str("\\B"),
            'A' | 'z' => self.out.extend(['\\', c]),
            'p' | 'P' => self.property(c)?,
            'Q' => {
                while let Some(c) = self.next() {
                    if c == '\\' && self.peek() == Some('E') {
                        self.at += 1;
                        break;
                    }
                    self.literal(c);
                }
            }
            c => {
                let c = self.character(c)?;
                self.literal(c);
            }
        }
        Some(())
    }

    fn property(&mut self, c: char) -> Option<()> {
        let name: String = match self.next()? {
            '{' => {
                let mut name = String::new();
                loop {
                    match self.next()? {
                        '}' => break name,
                        c => name.push(c),
                    }
                }
            }
            c => c.to_string(),
        };
        let plain = name.strip_prefix('^').unwrap_or(&name);
        if !plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return None;
        }
        self.out.push_str(&format!("\\{c}{{{name}}}"));
        Some(())
    }

    /// One escaped character.
    fn character(&mut self, c: char) -> Option<char> {
        Some(match c {
            'a' => '\u{7}',
            'f' => '\u{C}',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'v' => '\u{B}',
            '0'..='7' => {
                if c != '0' && !self.peek().is_some_and(|c| c.is_digit(8)) {
                    return None;
                }
                let mut code = c.to_digit(8)?;
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    self.at += 1;
                    code = code * 8 + digit;
                }
                char::from_u32(code)?
            }
            'x' => {
                let digits: String = if self.peek() == Some('{') {
                    self.at += 1;
                    let mut digits = String::new();
                    loop {
                        match self.next()? {
                            '}' => break digits,
                            c => digits.push(c),
                        }
                    }
                } else {
                    [self.next()?, self.next()?].iter().collect()
                };
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            _ => return None,
        })
    }

    fn escaped(&mut self) -> Option<char> {
        let c = self.next()?;
        self.character(c)
    }

    fn literal_in_class(&mut self, c: char) {
        if c.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    /// After a backslash in a class: a set of characters, written out and answered with true.
    fn set(&mut self) -> Option<bool> {
        let c = self.peek()?;
        match (Self::perl(c), c) {
            (Some((inside, false)), _) => self.out.push_str(inside),
            (Some((inside, true)), _) => self.out.push_str(&format!("[^{inside}]")),
            (None, 'p' | 'P') => {
                self.at += 1;
                self.property(c)?;
                return Some(true);
            }
            _ => return Some(false),
        }
        self.at += 1;
        Some(true)
    }

    /// `[…]`; what Rust would take for set operations is plain text in Go.
    fn class(&mut self) -> Option<()> {
        self.out.push('[');
        if self.peek() == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let mut first = true;
        loop {
            match self.next()? {
                ']' if !first => break,
                '[' if self.peek() == Some(':') => {
                    let rest: String = self.rest.get(self.at..)?.iter().collect();
                    match rest.find(":]") {
                        Some(end) => {
                            let name = rest.get(1..end)?;
                            self.out.push_str(&format!("[:{name}:]"));
                            self.at += rest.get(..end + 2)?.chars().count();
                        }
                        None => self.literal_in_class('['),
                    }
                }
                '\\' if self.set()? => {}
                c => {
                    let low = if c == '\\' { self.escaped()? } else { c };
                    self.literal_in_class(low);
                    let goes_to = self.rest.get(self.at + 1).is_some_and(|c| *c != ']');
                    if self.peek() == Some('-') && goes_to {
                        self.at += 1;
                        let high = match self.next()? {
                            '\\' => self.escaped()?,
                            c => c,
                        };
                        self.out.push('-');
                        self.literal_in_class(high);
                    }
                }
            }
            first = false;
        }
        self.out.push(']');
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::compile;

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        compile(pattern).map(|pattern| pattern.is_match(text))
    }

    #[test]
    fn classes_are_of_ascii_and_braces_may_be_plain() {
        assert_eq!(matches("^\\d$", "１"), Some(false));
        assert_eq!(matches("^[\\w-]+$", "a-b"), Some(true));
        assert_eq!(matches("^[a&&b]+$", "&"), Some(true));
        assert_eq!(matches("^a{,2}$", "a{,2}"), Some(true));
        assert_eq!(matches("^\\Qa.b\\E$", "axb"), Some(false));
        assert_eq!(matches("^[]a]+$", "]"), Some(true));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for pattern in [
            "a++",
            "(?=a)",
            "(?x)a",
            "\\u0041",
            "x{0,1001}",
            "\\C",
            "[",
            "(",
            "a**",
        ] {
            assert!(compile(pattern).is_none(), "{pattern}");
        }
    }
}
