//! Splits an expression into tokens (lexer rules of the grammar `CEL.g4`).
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax>

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// `==`, `(`, `in` …
    Sign,
    /// Decimal or hexadecimal.
    Int,
    /// With the ending `u`.
    Uint,
    /// With a fraction or an exponent.
    Double,
    /// A quoted text, quotes included.
    Text,
    /// The same, after `b`.
    Bytes,
    /// A name, reserved words included.
    Name,
    /// A field name between backticks, backticks included.
    Quoted,
    /// Behind the last token.
    End,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) sort: Sort,
    pub(crate) text: &'s str,
    /// Offset in code points.
    pub(crate) at: u32,
}

/// A piece of text that begins no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stray {
    pub(crate) text: String,
    pub(crate) at: u32,
}

const SIGNS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!",
    "?", ":", "+", "*", "/", "%",
];

/// All tokens, the end included, and what could not be read.
pub(crate) fn tokens(source: &str) -> (Vec<Token<'_>>, Vec<Stray>) {
    let mut rest = source;
    let mut at = 0;
    let (mut read, mut strays) = (Vec::new(), Vec::new());
    while let Some(first) = rest.chars().next() {
        let (length, sort) = match first {
            '\t' | ' ' | '\r' | '\n' | '\u{c}' => (1, None),
            _ if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
            _ => match token(rest) {
                Ok((length, sort)) => (length, Some(sort)),
                Err(length) => {
                    let (text, _) = rest.split_at_checked(length).unwrap_or((rest, ""));
                    strays.push(Stray {
                        text: text.to_owned(),
                        at,
                    });
                    (length, None)
                }
            },
        };
        let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if let Some(sort) = sort {
            read.push(Token { sort, text, at });
        }
        at += count(text);
        rest = after;
    }
    read.push(Token {
        sort: Sort::End,
        text: "<EOF>",
        at,
    });
    (read, strays)
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The longest token at the beginning, in bytes; or how many bytes begin none.
fn token(rest: &str) -> Result<(usize, Sort), usize> {
    let bytes = rest.as_bytes();
    let first = bytes.first().copied().unwrap_or_default();
    let quote = |skipped: usize| {
        let after = rest.get(skipped..)?;
        let is_raw = after.starts_with(['r', 'R']);
        let quoted = after.get(usize::from(is_raw)..)?;
        quoted.starts_with(['"', '\'']).then(|| {
            let before = skipped + usize::from(is_raw);
            text(quoted, is_raw)
                .map(|length| before + length)
                .map_err(|length| before + length)
        })
    };
    if let Some(length) = quote(0) {
        return match length {
            Ok(length) => Ok((length, Sort::Text)),
            Err(_) if first == b'r' || first == b'R' => Ok((1, Sort::Name)),
            Err(length) => Err(length),
        };
    }
    if (first == b'b' || first == b'B')
        && let Some(Ok(length)) = quote(1)
    {
        return Ok((length, Sort::Bytes));
    }
    if first == b'`' {
        let inside = rest.get(1..).unwrap_or_default();
        let length = inside
            .find(|c: char| !(c.is_ascii_alphanumeric() || "_.-/ ".contains(c)))
            .unwrap_or(inside.len());
        let is_closed = inside.get(length..).is_some_and(|end| end.starts_with('`'));
        return if length > 0 && is_closed {
            Ok((length + 2, Sort::Quoted))
        } else {
            Err(1)
        };
    }
    let after_dot = bytes.get(1).is_some_and(u8::is_ascii_digit);
    if first.is_ascii_digit() || (first == b'.' && after_dot) {
        return Ok(number(rest));
    }
    if first.is_ascii_alphabetic() || first == b'_' {
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let sort = if rest.get(..length) == Some("in") {
            Sort::Sign
        } else {
            Sort::Name
        };
        return Ok((length, sort));
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((sign.len(), Sort::Sign)),
        // Half of a sign takes the next letter with it.
        None if matches!(first, b'=' | b'&' | b'|') => {
            Err(rest.chars().take(2).map(char::len_utf8).sum())
        }
        None => Err(rest.chars().next().map_or(1, char::len_utf8)),
    }
}

fn number(rest: &str) -> (usize, Sort) {
    let digits = |from: usize, allowed: fn(&u8) -> bool| {
        let after = rest.as_bytes().get(from..).unwrap_or_default();
        after.iter().take_while(|byte| allowed(byte)).count()
    };
    let byte = |at: usize| rest.as_bytes().get(at).copied().unwrap_or_default();
    let ended = |length: usize, sort| match byte(length) {
        b'u' | b'U' if sort == Sort::Int => (length + 1, Sort::Uint),
        _ => (length, sort),
    };
    if rest.starts_with("0x") {
        let hex = digits(2, u8::is_ascii_hexdigit);
        if hex > 0 {
            return ended(2 + hex, Sort::Int);
        }
    }
    let mut length = digits(0, u8::is_ascii_digit);
    let mut sort = Sort::Int;
    let fraction = digits(length + 1, u8::is_ascii_digit);
    if byte(length) == b'.' && fraction > 0 {
        length += 1 + fraction;
        sort = Sort::Double;
    }
    if matches!(byte(length), b'e' | b'E') {
        let sign = usize::from(matches!(byte(length + 1), b'+' | b'-'));
        let exponent = digits(length + 1 + sign, u8::is_ascii_digit);
        if exponent > 0 {
            length += 1 + sign + exponent;
            sort = Sort::Double;
        }
    }
    ended(length, sort)
}

/// The length of a quoted text, quotes included; or how much of a broken one the lexer skips.
fn text(quoted: &str, is_raw: bool) -> Result<usize, usize> {
    for long in ["\"\"\"", "'''"] {
        if quoted.starts_with(long)
            && let Ok(length) = until(quoted, long, is_raw, true)
        {
            return Ok(length);
        }
    }
    until(quoted, quoted.get(..1).unwrap_or_default(), is_raw, false)
}

fn until(quoted: &str, end: &str, is_raw: bool, may_break: bool) -> Result<usize, usize> {
    let mut at = end.len();
    loop {
        let rest = quoted.get(at..).unwrap_or_default();
        if rest.starts_with(end) {
            return Ok(at + end.len());
        }
        let next = rest.chars().next().ok_or(quoted.len())?;
        at += match next {
            '\n' | '\r' if !may_break => return Err(at + 1),
            '\\' if !is_raw => escape(rest).map_err(|length| at + length)?,
            other => other.len_utf8(),
        };
    }
}

/// The length of an escape sequence; or the length up to the letter that breaks it.
fn escape(rest: &str) -> Result<usize, usize> {
    let (count, allowed): (usize, fn(&char) -> bool) = match rest.as_bytes().get(1) {
        Some(
            b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`',
        ) => return Ok(2),
        Some(b'x' | b'X') => (2, char::is_ascii_hexdigit),
        Some(b'u') => (4, char::is_ascii_hexdigit),
        Some(b'U') => (8, char::is_ascii_hexdigit),
        Some(b'0'..=b'3') => (2, |digit| matches!(digit, '0'..='7')),
        _ => return Err(rest.chars().take(2).map(char::len_utf8).sum()),
    };
    let digits = rest.chars().skip(2).take(count).take_while(allowed).count();
    if digits == count {
        return Ok(2 + count);
    }
    let broken = rest.chars().nth(2 + digits).map_or(0, char::len_utf8);
    Err(2 + digits + broken)
}
