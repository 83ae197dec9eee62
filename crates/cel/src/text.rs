//! Functions on text. Positions count code points.
//!
//! cel-go `ext/strings.go`, version 2, and the standard library.

use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::value::Value;

/// Longer texts than this are not made.
const LONGEST: usize = 32 << 20;

/// A made text, when it is not longer than anything may be.
pub(crate) fn made<'a>(text: impl Into<Arc<str>>) -> Outcome<Value<'a>> {
    let text = text.into();
    if text.len() > LONGEST {
        Err(Fault::TooCostly)
    } else {
        Ok(Value::text(text))
    }
}

fn beyond(index: i64) -> Fault {
    Fault::new(format!("index out of range: {index}"))
}

/// A position as an index of code points, the end included.
fn position(index: i64, length: usize) -> Outcome<usize> {
    usize::try_from(index)
        .ok()
        .filter(|index| *index <= length)
        .ok_or_else(|| beyond(index))
}

pub(crate) fn char_at<'a>(text: &str, index: i64) -> Outcome<Value<'a>> {
    let index = position(index, text.chars().count())?;
    made(
        text.chars()
            .nth(index)
            .map(String::from)
            .unwrap_or_default(),
    )
}

pub(crate) fn substring<'a>(text: &str, start: i64, end: Option<i64>) -> Outcome<Value<'a>> {
    let length = text.chars().count();
    if let Some(end) = end.filter(|end| start > *end) {
        return Err(Fault::new(format!(
            "invalid substring range. start: {start}, end: {end}"
        )));
    }
    let from = position(start, length)?;
    let to = end.map_or(Ok(length), |end| position(end, length))?;
    made(text.chars().skip(from).take(to - from).collect::<String>())
}

pub(crate) fn index_of(text: &str, wanted: &str, offset: i64) -> Outcome<i64> {
    if wanted.is_empty() {
        return Ok(offset);
    }
    let skipped = usize::try_from(offset).map_err(|_| beyond(offset))?;
    let Some((start, _)) = text.char_indices().nth(skipped) else {
        return Ok(-1);
    };
    let found = text
        .get(start..)
        .and_then(|rest| rest.find(wanted))
        .and_then(|at| text.get(..start + at));
    Ok(found.map_or(-1, count))
}

/// The last place at or before the offset.
pub(crate) fn last_index_of(text: &str, wanted: &str, offset: Option<i64>) -> Outcome<i64> {
    let length = count(text);
    if wanted.is_empty() {
        return Ok(offset.unwrap_or(length));
    }
    if offset.is_none() && text.len() < wanted.len() {
        return Ok(-1);
    }
    let offset = offset.unwrap_or(length - 1);
    let last = usize::try_from(offset).map_err(|_| beyond(offset))?;
    if offset >= length {
        return Ok(-1);
    }
    let end = text
        .char_indices()
        .nth(last)
        .map_or(0, |(at, _)| at + wanted.len());
    let mut end = end.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let found = text
        .get(..end)
        .and_then(|start| start.rfind(wanted))
        .and_then(|at| text.get(..at));
    Ok(found.map_or(-1, count))
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

pub(crate) fn replace<'a>(text: &str, old: &str, new: &str, times: i64) -> Outcome<Value<'a>> {
    let most = match usize::try_from(times) {
        Ok(times) => times,
        Err(_) if times < 0 => usize::MAX,
        Err(_) => usize::MAX,
    };
    let pieces = if old.is_empty() {
        text.chars().count() + 1
    } else {
        text.matches(old).take(most).count()
    };
    let grown = pieces
        .min(most)
        .saturating_mul(new.len())
        .saturating_add(text.len());
    if grown > LONGEST {
        return Err(Fault::TooCostly);
    }
    made(text.replacen(old, new, most))
}

pub(crate) fn split<'a>(text: &str, separator: &str, most: i64) -> Value<'a> {
    let most = match usize::try_from(most) {
        Ok(0) => return Value::list(Vec::new()),
        Ok(most) => most,
        Err(_) => usize::MAX,
    };
    if !separator.is_empty() {
        return Value::texts(text.splitn(most, separator));
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if parts.len() + 1 == most {
            break;
        }
        let (head, tail) = rest
            .split_at_checked(letter.len_utf8())
            .unwrap_or((rest, ""));
        parts.push(head);
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    Value::texts(parts)
}

pub(crate) fn join<'a>(list: &crate::value::List<'a>, separator: &str) -> Outcome<Value<'a>> {
    let mut out = String::new();
    for (index, item) in list.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        match item.as_text() {
            Some(text) => out.push_str(text),
            None => {
                return Err(Fault::new(format!(
                    "join: invalid input: {}",
                    crate::convert::shown(&item)
                )));
            }
        }
        if out.len() > LONGEST {
            return Err(Fault::TooCostly);
        }
    }
    made(out)
}

/// Go's `strings.TrimSpace`.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace())
}

pub(crate) fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
