//! `text.format([…])`: clauses such as `%s` and `%.2f`, when it runs and before.
//!
//! cel-go `ext/formatting.go`, version 2 of the string library.

use crate::fault::{Fault, Outcome};
use crate::number;
use crate::value::{List, Value};

/// One clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) letter: char,
    pub(crate) precision: usize,
}

/// A piece of a format.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'f> {
    Text(&'f str),
    Percent,
    Clause(Clause),
}

/// The next piece, and what follows.
///
/// # Errors
/// In cel-go's words.
pub(crate) fn next(format: &str) -> Result<(Piece<'_>, &str), String> {
    let Some(after) = format.strip_prefix('%') else {
        let end = format.find('%').unwrap_or(format.len());
        let (text, rest) = format.split_at_checked(end).unwrap_or((format, ""));
        return Ok((Piece::Text(text), rest));
    };
    if let Some(rest) = after.strip_prefix('%') {
        return Ok((Piece::Percent, rest));
    }
    if after.is_empty() {
        return Err("unexpected end of string".to_owned());
    }
    let fail = |reason: &str| format!("could not parse formatting clause: {reason}");
    let (precision, after) = match after.strip_prefix('.') {
        None => (6, after),
        Some(digits) => {
            let end = digits
                .find(|letter: char| !letter.is_ascii_digit())
                .ok_or_else(|| {
                    fail("error while parsing precision: could not find end of precision specifier")
                })?;
            let (digits, rest) = digits.split_at_checked(end).unwrap_or((digits, ""));
            let precision = digits
                .parse()
                .ok()
                .filter(|precision| *precision <= 1_000_000);
            let reason = || {
                let what = if digits.is_empty() {
                    "invalid syntax"
                } else {
                    "value out of range"
                };
                let parsing = number::quoted(digits);
                fail(&format!(
                    "error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing {parsing}: {what}"
                ))
            };
            (precision.ok_or_else(reason)?, rest)
        }
    };
    let letter = after.chars().next().unwrap_or_default();
    if !"sdfebxXo".contains(letter) {
        let first = after.bytes().next().map(char::from).unwrap_or_default();
        return Err(fail(&format!("unrecognized formatting clause \"{first}\"")));
    }
    let rest = after.get(1..).unwrap_or_default();
    Ok((Piece::Clause(Clause { letter, precision }), rest))
}

/// Why a clause does not take a type.
pub(crate) fn refusal(letter: char, type_name: &str) -> String {
    let rule = match letter {
        'd' => "decimal clause can only be used on integers",
        'f' => "fixed-point clause can only be used on doubles",
        'e' => "scientific clause can only be used on doubles",
        'b' => "only integers and bools can be formatted as binary",
        'x' | 'X' => "only integers, byte buffers, and strings can be formatted as hex",
        'o' => "octal clause can only be used on integers",
        _ => {
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"
        }
    };
    format!("error during formatting: {rule}, was given {type_name}")
}

/// Fills a format with arguments.
pub(crate) fn format<'a>(format: &str, args: &List<'a>) -> Outcome<Value<'a>> {
    let mut out = String::new();
    let mut rest = format;
    let mut used = 0;
    while !rest.is_empty() {
        let is_clause = rest.starts_with('%') && !rest.starts_with("%%");
        if is_clause && used >= args.len() {
            return Err(Fault::new(format!("index {used} out of range")));
        }
        let (piece, after) = next(rest).map_err(Fault::new)?;
        rest = after;
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Percent => out.push('%'),
            Piece::Clause(clause) => {
                if let Some(arg) = args.get(used) {
                    out.push_str(&filled(clause, &arg)?);
                }
                used += 1;
            }
        }
        if out.len() > 32 << 20 {
            return Err(Fault::TooCostly);
        }
    }
    crate::text::made(out)
}

fn filled(clause: Clause, arg: &Value<'_>) -> Outcome<String> {
    let refused = || Fault::new(refusal(clause.letter, arg.type_name()));
    Ok(match (clause.letter, arg) {
        ('s', arg) => string(arg)?,
        ('d', Value::Int(value)) => value.to_string(),
        ('d', Value::Uint(value)) => value.to_string(),
        ('f' | 'e', Value::Double(value)) => double(clause, *value),
        ('f' | 'e', Value::Text(text)) => match text.as_str() {
            "NaN" => double(clause, f64::NAN),
            "Infinity" => double(clause, f64::INFINITY),
            "-Infinity" => double(clause, f64::NEG_INFINITY),
            _ => return Err(refused()),
        },
        ('b', Value::Int(value)) => signed(*value, |value| format!("{value:b}")),
        ('b', Value::Uint(value)) => format!("{value:b}"),
        ('b', Value::Bool(value)) => u8::from(*value).to_string(),
        ('o', Value::Int(value)) => signed(*value, |value| format!("{value:o}")),
        ('o', Value::Uint(value)) => format!("{value:o}"),
        ('x', Value::Int(value)) => signed(*value, |value| format!("{value:x}")),
        ('X', Value::Int(value)) => signed(*value, |value| format!("{value:X}")),
        ('x', Value::Uint(value)) => format!("{value:x}"),
        ('X', Value::Uint(value)) => format!("{value:X}"),
        ('x' | 'X', Value::Text(text)) => hex(clause.letter, text.as_str().as_bytes()),
        ('x' | 'X', Value::Bytes(bytes)) => hex(clause.letter, bytes),
        _ => return Err(refused()),
    })
}

fn signed(value: i64, write: fn(u64) -> String) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", write(value.unsigned_abs()))
}

fn hex(letter: char, bytes: &[u8]) -> String {
    let upper = letter == 'X';
    bytes
        .iter()
        .map(|byte| {
            if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            }
        })
        .collect()
}

/// A double as people in the United States write it: digits in groups of three, a raised exponent.
fn double(clause: Clause, value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        let text = if value > 0.0 { "∞" } else { "-∞" };
        return if clause.letter == 'e' {
            format!("{text:>0$}", clause.precision)
        } else {
            text.to_owned()
        };
    }
    if clause.letter == 'e' {
        // The server takes the precision as the least width.
        let text = number::scientific(value, 6);
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        let (sign, power) = exponent.split_at_checked(1).unwrap_or(("+", exponent));
        let minus = if sign == "-" { "⁻" } else { "" };
        let raised: String = power
            .chars()
            .map(|digit| {
                digit
                    .to_digit(10)
                    .and_then(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize))
                    .unwrap_or(digit)
            })
            .collect();
        return format!(
            "{:>1$}",
            format!("{digits}×10{minus}{raised}"),
            clause.precision
        );
    }
    let text = format!("{value:.*}", clause.precision);
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => ("-", text),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

/// `%s`.
fn string(value: &Value<'_>) -> Outcome<String> {
    match value {
        Value::List(items) => list(items),
        Value::Map(_) => map(value),
        Value::Null => Ok("null".to_owned()),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Uint(_)
        | Value::Double(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Type(_) => match crate::convert::convert("string", value)? {
            Value::Text(text) => Ok(text.as_str().to_owned()),
            _ => Ok(String::new()),
        },
        other => Err(Fault::new(refusal('s', other.type_name()))),
    }
}

fn list(items: &List<'_>) -> Outcome<String> {
    let members: Vec<String> = items
        .iter()
        .map(|item| member(&item))
        .collect::<Outcome<_>>()?;
    Ok(format!("[{}]", members.join(", ")))
}

fn map(value: &Value<'_>) -> Outcome<String> {
    let Value::Map(map) = value else {
        return Ok(String::new());
    };
    let mut pairs = Vec::new();
    for (key, value) in map.entries() {
        match key {
            Value::Text(_) | Value::Bool(_) | Value::Int(_) | Value::Uint(_) => {
                pairs.push((member(&key)?, member(&value)?));
            }
            other => {
                return Err(Fault::new(format!(
                    "error during formatting: no formatting function for map key of type {}",
                    other.type_name()
                )));
            }
        }
    }
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(key, value)| format!("{key}:{value}"))
        .collect();
    Ok(format!("{{{}}}", pairs.join(", ")))
}

/// A value inside of a list or map, as CEL would write it.
fn member(value: &Value<'_>) -> Outcome<String> {
    Ok(match value {
        Value::Text(text) => number::quoted(text.as_str()),
        Value::Bytes(_) => format!("b{}", number::quoted(&string(value)?)),
        Value::Double(value) if value.is_nan() => "\"NaN\"".to_owned(),
        Value::Double(value) if value.is_infinite() => {
            if *value > 0.0 { "\"+Inf\"" } else { "\"-Inf\"" }.to_owned()
        }
        Value::Double(value) => format!("{value:.6}"),
        Value::Timestamp(_) => format!("timestamp({})", number::quoted(&string(value)?)),
        Value::Duration(_) => format!("duration({})", number::quoted(&string(value)?)),
        Value::Optional(_) | Value::Thing(_) | Value::Lazy => {
            return Err(Fault::new(format!(
                "error during formatting: no formatting function for {}",
                value.type_name()
            )));
        }
        other => string(other)?,
    })
}
