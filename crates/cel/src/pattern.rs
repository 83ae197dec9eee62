//! Regular expressions in the syntax of Go (RE2), run by the crate `regex`.
//!
//! Both are of one family; where they differ (<https://github.com/google/re2/wiki/Syntax>) the pattern is written anew:
//! classes such as `\d` are ASCII in Go, a class holds no class, `\Q…\E` quotes, a brace that begins no repetition is a brace.

use regex::{Regex, RegexBuilder};

/// Compiles a pattern of Go.
///
/// # Errors
/// When Go refuses it, with its reason where that is known.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    let written = rewrite(pattern).map_err(|reason| format!("error parsing regexp: {reason}"))?;
    RegexBuilder::new(&written)
        .size_limit(8 << 20)
        .nest_limit(500)
        .build()
        .map_err(|_| format!("error parsing regexp: invalid pattern: `{pattern}`"))
}

fn rewrite(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut open = 0_usize;
    let mut repeats = false;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = match letter {
            '\\' => escape(after, &mut out)?,
            '[' => class(rest, &mut out)?,
            '(' => {
                open += 1;
                group(after, &mut out)?
            }
            ')' => {
                open = open
                    .checked_sub(1)
                    .ok_or_else(|| format!("unexpected ): `{pattern}`"))?;
                out.push(')');
                after
            }
            '{' => match repetition(after, &mut out)? {
                Some(next) => lazy(next, &mut out, rest)?,
                None => after,
            },
            '*' | '+' | '?' => {
                if !repeats {
                    return Err(format!(
                        "missing argument to repetition operator: `{letter}`"
                    ));
                }
                out.push(letter);
                lazy(after, &mut out, rest)?
            }
            '}' | ']' => {
                out.push('\\');
                out.push(letter);
                after
            }
            other => {
                out.push(other);
                after
            }
        };
        repeats = !matches!(letter, '(' | '|');
    }
    if open > 0 {
        return Err(format!("missing closing ): `{pattern}`"));
    }
    Ok(out)
}

/// After a parenthesis: the flags that Go knows, or a name.
fn group<'p>(after: &'p str, out: &mut String) -> Result<&'p str, String> {
    out.push('(');
    let Some(special) = after.strip_prefix('?') else {
        return Ok(after);
    };
    // Nobody asks for a group by its name, and Go is freer with names.
    if let Some(named) = special
        .strip_prefix("P<")
        .or_else(|| special.strip_prefix('<'))
    {
        let fail = || format!("invalid named capture: `(?{special}`");
        let (name, after) = named.split_once('>').ok_or_else(fail)?;
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_');
        return if is_name { Ok(after) } else { Err(fail()) };
    }
    let end = special
        .find([':', ')'])
        .ok_or_else(|| format!("invalid or unsupported Perl syntax: `(?{special}`"))?;
    let flags = special.get(..end).unwrap_or_default();
    if !flags.chars().all(|flag| "imsU-".contains(flag)) {
        return Err(format!(
            "invalid or unsupported Perl syntax: `(?{}`",
            flags.get(..1).unwrap_or_default()
        ));
    }
    out.push('?');
    out.push_str(flags);
    Ok(special.get(end..).unwrap_or_default())
}

/// After a repetition: it may be lazy, but not repeated.
fn lazy<'p>(after: &'p str, out: &mut String, from: &str) -> Result<&'p str, String> {
    let next = match after.strip_prefix('?') {
        Some(next) => {
            out.push('?');
            next
        }
        None => after,
    };
    if next.starts_with(['*', '+', '?'])
        || counts(next.strip_prefix('{').unwrap_or_default()).is_some()
    {
        let length = from.len() - next.len() + 1;
        return Err(format!(
            "invalid nested repetition operator: `{}`",
            from.get(..length).unwrap_or(from)
        ));
    }
    Ok(next)
}

/// What a brace holds, when it is a repetition: the text, the least and the most.
fn counts(after: &str) -> Option<(&str, u32, Option<u32>)> {
    let inside = after.get(..after.find('}')?)?;
    let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
    let read = |text: &str| {
        text.bytes()
            .all(|digit| digit.is_ascii_digit())
            .then(|| text.parse::<u32>().unwrap_or(u32::MAX))
    };
    let least = read(least).filter(|_| !least.is_empty())?;
    let most = if most.is_empty() {
        None
    } else {
        Some(read(most)?)
    };
    Some((inside, least, most))
}

/// After a brace: a repetition of at most 1,000 and what follows; else a plain brace.
fn repetition<'p>(after: &'p str, out: &mut String) -> Result<Option<&'p str>, String> {
    let Some((inside, least, most)) = counts(after) else {
        out.push_str("\\{");
        return Ok(None);
    };
    if least > 1000 || most.is_some_and(|most| most > 1000 || most < least) {
        return Err(format!("invalid repeat count: `{{{inside}}}`"));
    }
    out.push('{');
    out.push_str(inside);
    out.push('}');
    Ok(Some(after.get(inside.len() + 1..).unwrap_or_default()))
}

/// The class behind a letter such as `d`, in ASCII.
fn ascii(letter: char) -> Option<&'static str> {
    Some(match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => "[\\t\\n\\x0C\\r ]",
        'S' => "[^\\t\\n\\x0C\\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        _ => return None,
    })
}

fn escape<'p>(after: &'p str, out: &mut String) -> Result<&'p str, String> {
    let letter = after
        .chars()
        .next()
        .ok_or("trailing backslash at end of expression: ``")?;
    let next = after.get(letter.len_utf8()..).unwrap_or_default();
    if let Some(class) = ascii(letter) {
        out.push_str(class);
        return Ok(next);
    }
    match letter {
        'b' => out.push_str("(?-u:\\b)"),
        'B' => out.push_str("(?-u:\\B)"),
        'Q' => {
            let (quoted, rest) = next.split_once("\\E").unwrap_or((next, ""));
            out.push_str(&regex::escape(quoted));
            return Ok(rest);
        }
        _ => return single(letter, next, out),
    }
    Ok(next)
}

/// An escape that stands for one letter or for a Unicode class.
fn single<'p>(letter: char, next: &'p str, out: &mut String) -> Result<&'p str, String> {
    match letter {
        'p' | 'P' => property(letter, next, out),
        'A' | 'z' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' => {
            out.push('\\');
            out.push(letter);
            Ok(next)
        }
        'x' => {
            let digits = match next.strip_prefix('{') {
                Some(inside) => inside.find('}').and_then(|end| inside.get(..end)),
                None => next.get(..2),
            };
            let value = digits
                .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                .and_then(char::from_u32);
            let (Some(digits), Some(value)) = (digits, value) else {
                return Err(format!(
                    "invalid escape sequence: `\\x{}`",
                    next.get(..1).unwrap_or_default()
                ));
            };
            let braces = if next.starts_with('{') { 2 } else { 0 };
            out.push_str(&format!("\\x{{{:x}}}", u32::from(value)));
            Ok(next.get(digits.len() + braces..).unwrap_or_default())
        }
        '0'..='7' => {
            let is_octal =
                letter == '0' || next.starts_with(|digit: char| ('0'..='7').contains(&digit));
            if !is_octal {
                return Err(format!("invalid escape sequence: `\\{letter}`"));
            }
            let digits = next
                .chars()
                .take(2)
                .take_while(|digit| ('0'..='7').contains(digit))
                .count();
            let text = format!("{letter}{}", next.get(..digits).unwrap_or_default());
            let value = u32::from_str_radix(&text, 8).unwrap_or_default();
            out.push_str(&format!("\\x{{{value:x}}}"));
            Ok(next.get(digits..).unwrap_or_default())
        }
        letter if letter.is_ascii() && !letter.is_ascii_alphanumeric() => {
            out.push_str(&regex::escape(&letter.to_string()));
            Ok(next)
        }
        other => Err(format!("invalid escape sequence: `\\{other}`")),
    }
}

/// A Unicode class such as `\pL`, `\p{Greek}`, `\p{^L}`.
fn property<'p>(letter: char, next: &'p str, out: &mut String) -> Result<&'p str, String> {
    let (name, rest) = match next.strip_prefix('{') {
        Some(inside) => inside.split_once('}').ok_or("missing closing }")?,
        None => next
            .split_at_checked(next.chars().next().map_or(0, char::len_utf8))
            .unwrap_or((next, "")),
    };
    let (name, is_not) = match name.strip_prefix('^') {
        Some(name) => (name, letter == 'p'),
        None => (name, letter == 'P'),
    };
    // Go knows general categories and scripts, by these names only.
    if name.is_empty()
        || !name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    {
        return Err(format!("invalid character class range: `\\{letter}{next}`"));
    }
    out.push_str(if is_not { "\\P{" } else { "\\p{" });
    out.push_str(name);
    out.push('}');
    Ok(rest)
}

/// A class in brackets: what Go reads as plain letters is escaped.
fn class<'p>(from: &'p str, out: &mut String) -> Result<&'p str, String> {
    let missing = || format!("missing closing ]: `{from}`");
    let mut rest = from.get(1..).unwrap_or_default();
    out.push('[');
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut is_first = true;
    loop {
        if rest.starts_with(']') && !is_first {
            out.push(']');
            return Ok(rest.get(1..).unwrap_or_default());
        }
        is_first = false;
        if rest.starts_with("[:")
            && let Some(end) = rest.find(":]")
        {
            let name = rest.get(..end + 2).unwrap_or_default();
            if !NAMES.contains(&name.trim_matches(['[', ':', '^', ']'])) {
                return Err(format!("invalid character class range: `{name}`"));
            }
            out.push_str(name);
            rest = rest.get(end + 2..).unwrap_or_default();
            continue;
        }
        if let Some(escaped) = rest.strip_prefix('\\') {
            let named = escaped.chars().next().ok_or_else(missing)?;
            let next = escaped.get(named.len_utf8()..).unwrap_or_default();
            if let Some(class) = ascii(named) {
                out.push_str(class);
                rest = next;
                continue;
            }
            if matches!(named, 'p' | 'P') {
                rest = property(named, next, out)?;
                continue;
            }
        }
        let (low, next) = one(rest).ok_or_else(missing)??;
        out.push_str(&low.1);
        rest = next;
        let to = rest
            .strip_prefix('-')
            .filter(|after| !after.starts_with(']') && !after.is_empty());
        if let Some(to) = to {
            let (high, next) = one(to).ok_or_else(missing)??;
            if high.0 < low.0 {
                return Err(format!(
                    "invalid character class range: `{}-{}`",
                    low.0, high.0
                ));
            }
            out.push('-');
            out.push_str(&high.1);
            rest = next;
        }
    }
}

const NAMES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// One letter of a class, and how it is written without a meaning of its own.
type Letter<'p> = ((char, String), &'p str);

fn one(rest: &str) -> Option<Result<Letter<'_>, String>> {
    let letter = rest.chars().next()?;
    let after = rest.get(letter.len_utf8()..)?;
    if letter != '\\' {
        let written = format!("\\x{{{:x}}}", u32::from(letter));
        return Some(Ok(((letter, written), after)));
    }
    let named = after.chars().next()?;
    let next = after.get(named.len_utf8()..)?;
    if matches!(named, 'A' | 'z') {
        return Some(Err(format!("invalid escape sequence: `\\{named}`")));
    }
    let mut written = String::new();
    let rest = match single(named, next, &mut written) {
        Ok(rest) => rest,
        Err(reason) => return Some(Err(reason)),
    };
    let value = match named {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        _ => {
            let hex = written
                .strip_prefix("\\x{")
                .and_then(|hex| hex.strip_suffix('}'));
            hex.and_then(|hex| u32::from_str_radix(hex, 16).ok())
                .and_then(char::from_u32)
                .unwrap_or(named)
        }
    };
    let written = format!("\\x{{{:x}}}", u32::from(value));
    Some(Ok(((value, written), rest)))
}
