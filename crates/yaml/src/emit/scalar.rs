use std::fmt::Write;

use serde_json::Number;

use crate::resolve::{Resolved, Wanted, core_reading, normal_float, resolve};

/// From this length on a key needs `?`: the `:` of an implicit one must come within 1024 characters.
const LONG: usize = 1000;

/// A key with its colon and the space behind it.
pub(crate) fn key(name: &str, inside: bool) -> String {
    let text = string(name, inside);
    if text.chars().count() < LONG {
        format!("{text}: ")
    } else if inside {
        format!("? {text} : ")
    } else {
        // The colon belongs on a line of its own in block style, but in a flow map the two can share one.
        format!("? {text}\n: ")
    }
}

/// A number that resolves to the same number.
pub(crate) fn number(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() => match normal_float(value) {
            Ok(whole) => whole.to_string(),
            Err(value) if value.abs() >= 1e21 || value.abs() < 1e-6 => format!("{value:e}"),
            Err(value) => value.to_string(),
        },
        _ => number.to_string(),
    }
}

/// A text on one line: plain where every reader takes it for text, otherwise in quotes.
pub(crate) fn string(text: &str, inside: bool) -> String {
    if is_plain(text, inside) {
        return text.to_owned();
    }
    if !text.chars().all(is_plain_character) {
        return escaped(text);
    }
    if text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    format!("\"{text}\"")
}

/// A character that stands for itself in every style.
pub(super) fn is_plain_character(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
        )
}

fn is_plain(text: &str, inside: bool) -> bool {
    let mut characters = text.chars();
    let first = match characters.next() {
        Some('-') => characters.next(),
        first => first,
    };
    let starts_well = first.is_some_and(|first| {
        first.is_alphanumeric() || matches!(first, '_' | '/' | '.' | '-' | '$')
    });
    let looks_like_a_date =
        text.starts_with(|first: char| first.is_ascii_digit()) && text.contains(['-', ':']);
    starts_well
        && !looks_like_a_date
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !(inside && text.contains([',', '?', '[', ']', '{', '}']))
        && text
            .chars()
            .all(|character| character != '\t' && is_plain_character(character))
        && resolve(Wanted::Any, text) == Ok(Resolved::Same)
        && core_reading(text) == Resolved::Same
}

fn escaped(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            plain if is_plain_character(plain) => quoted.push(plain),
            other => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\U{:08X}", u32::from(other));
            }
        }
    }
    quoted.push('"');
    quoted
}
