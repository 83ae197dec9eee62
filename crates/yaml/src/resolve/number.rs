use super::Resolved;

/// A scalar that begins with a digit or a sign: Go's `ParseInt` with base 0, then `ParseUint`, then a decimal float.
/// Underscores are dropped first, wherever they stand.
pub(super) fn number(text: &str) -> Option<Resolved> {
    let without: String;
    let plain = if text.contains('_') {
        without = text.replace('_', "");
        &without
    } else {
        text
    };
    if let Some(value) = integer(plain) {
        return Some(value);
    }
    if is_decimal_float(plain) {
        return finite(plain);
    }
    // A sign after the prefix, `0b-1`, passes the reader's own fallback for binary numbers.
    let (sign, digits) = match (plain.strip_prefix("0b"), plain.strip_prefix("-0b")) {
        (Some(digits), _) => ("", digits),
        (_, Some(digits)) => ("-", digits),
        _ => return None,
    };
    let signed = digits.starts_with(['+', '-']);
    if !sign.is_empty() && signed {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), 2)
        .ok()
        .map(Resolved::Int)
}

/// A scalar that begins with a dot: Go's `ParseFloat`, which takes single underscores between digits.
pub(super) fn dotted(text: &str) -> Option<Resolved> {
    if !text.contains('_') {
        return if is_decimal_float(text) {
            finite(text)
        } else {
            None
        };
    }
    let bytes = text.as_bytes();
    let between_digits = |at: usize| {
        let is_digit = |offset: Option<usize>| {
            offset
                .and_then(|offset| bytes.get(offset))
                .is_some_and(u8::is_ascii_digit)
        };
        is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))
    };
    let allowed = text
        .bytes()
        .enumerate()
        .all(|(at, byte)| byte != b'_' || between_digits(at));
    let plain = text.replace('_', "");
    if allowed && is_decimal_float(&plain) {
        finite(&plain)
    } else {
        None
    }
}

fn finite(text: &str) -> Option<Resolved> {
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Resolved::Float(value))
}

fn integer(plain: &str) -> Option<Resolved> {
    let (sign, digits) = match plain.bytes().next()? {
        b'-' => ("-", plain.get(1..)?),
        b'+' => ("+", plain.get(1..)?),
        _ => ("", plain),
    };
    let (radix, digits) = match (digits.get(..1), digits.get(1..2)) {
        (Some("0"), Some("x" | "X")) => (16, digits.get(2..)?),
        (Some("0"), Some("o" | "O")) => (8, digits.get(2..)?),
        (Some("0"), Some("b" | "B")) => (2, digits.get(2..)?),
        (Some("0"), Some(_)) => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    match (sign, i64::try_from(magnitude)) {
        ("-", Ok(value)) => Some(Resolved::Int(-value)),
        ("-", Err(_)) => (magnitude == 1 << 63).then_some(Resolved::Int(i64::MIN)),
        (_, Ok(value)) => Some(Resolved::Int(value)),
        ("", Err(_)) => Some(Resolved::Unsigned(magnitude)),
        _ => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, as a whole.
pub(super) fn is_decimal_float(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if whole == 0 && fraction == 0 {
            return false;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == bytes.len()
}

/// A float after its way through JSON: `2.0` is printed as `2` and read back as an integer.
pub(crate) fn normal_float(value: f64) -> Result<i64, f64> {
    if value.abs() >= 1e21 {
        return Err(value);
    }
    // Both Rust and Go print the shortest digits that give the float back, filled up with zeros.
    let printed = value.to_string();
    printed.parse().map_err(|_| value)
}

/// A float as a key: Go's `FormatFloat(value, 'g', -1, 32)`, so only with the digits a 32-bit float needs.
pub(crate) fn float_key(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the reader shortens keys in the same way"
    )]
    let short = value as f32;
    if short.is_nan() {
        return ".nan".to_owned();
    }
    if short.is_infinite() {
        return if short > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let printed = format!("{short:e}");
    let (digits, exponent) = printed.split_once('e').unwrap_or((&printed, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..GO_SHORTEST_EXPONENT).contains(&exponent) {
        return short.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// From this exponent on, Go's `%g` writes shortest floats with an exponent.
const GO_SHORTEST_EXPONENT: i32 = 6;
