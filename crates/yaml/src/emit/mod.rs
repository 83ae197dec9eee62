//! Values as YAML text that kubectl reads back unchanged.

mod scalar;

use serde_json::Value;

pub(crate) use scalar::{key, string};

/// How new text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Columns from a key to the keys below it.
    pub(crate) step: usize,
    /// Columns from a key to the `-` below it; 0 puts it under the key.
    pub(crate) list_offset: usize,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            step: 2,
            list_offset: 2,
        }
    }
}

/// The value in block style, every line indented by `indent` spaces and ended by `\n`.
pub fn to_yaml(value: &Value, indent: usize) -> String {
    let mut text = block(value, indent, Layout::default());
    text.push('\n');
    text
}

/// A value that fits on the line of its key: everything but collections with content and texts of several lines.
pub(crate) fn inline(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) if !items.is_empty() => None,
        Value::Object(entries) if !entries.is_empty() => None,
        Value::String(text) if is_literal(text) => None,
        _ => Some(flow(value, false)),
    }
}

/// A value on one line, whatever it is. `inside` tells that it stands in a flow collection.
pub(crate) fn flow(value: &Value, inside: bool) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => scalar::number(number),
        Value::String(text) => string(text, inside),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| flow(item, true)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(name, value)| format!("{}{}", key(name, true), flow(value, true)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The value in block style from this column on: no line end after the last line.
pub(crate) fn block(value: &Value, column: usize, layout: Layout) -> String {
    let indent = " ".repeat(column);
    let lines: Vec<String> = match value {
        Value::Object(entries) if !entries.is_empty() => entries
            .iter()
            .map(|(name, value)| entry(name, value, column, layout))
            .collect(),
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .map(|value| item(value, column, layout))
            .collect(),
        Value::String(text) if is_literal(text) => {
            return format!("{indent}{}", literal(text, column + layout.step));
        }
        _ => return format!("{indent}{}", flow(value, false)),
    };
    lines.join("\n")
}

/// `key: value` with its indentation.
pub(crate) fn entry(name: &str, value: &Value, column: usize, layout: Layout) -> String {
    let indent = " ".repeat(column);
    let name = key(name, false);
    let name = name.trim_end();
    format!("{indent}{name}{}", after_key(value, column, layout))
}

/// What follows the colon of a key in this column.
pub(crate) fn after_key(value: &Value, column: usize, layout: Layout) -> String {
    match value {
        Value::String(text) if is_literal(text) => {
            format!(" {}", literal(text, column + layout.step))
        }
        _ => match (inline(value), value) {
            (Some(text), _) => format!(" {text}"),
            (None, Value::Array(_)) => {
                format!("\n{}", block(value, column + layout.list_offset, layout))
            }
            (None, _) => format!("\n{}", block(value, column + layout.step, layout)),
        },
    }
}

/// `- value` with its indentation.
pub(crate) fn item(value: &Value, column: usize, layout: Layout) -> String {
    let indent = " ".repeat(column);
    let text = match value {
        Value::String(text) if is_literal(text) => literal(text, column + 2),
        _ => block(value, column + 2, layout)
            .trim_start_matches(' ')
            .to_owned(),
    };
    format!("{indent}- {text}")
}

/// Texts of several lines that a literal block shows without any loss.
fn is_literal(text: &str) -> bool {
    let Some((first, _)) = text.split_once('\n') else {
        return false;
    };
    let body = text.strip_suffix('\n').unwrap_or(text);
    !first.starts_with([' ', '\t', '\u{FEFF}'])
        && !first.is_empty()
        && !body.is_empty()
        && text
            .chars()
            .all(|character| character == '\n' || scalar::is_plain_character(character))
        && body.split('\n').all(|line| !line.ends_with([' ', '\t']))
        && !body.ends_with('\n')
}

fn literal(text: &str, column: usize) -> String {
    let indent = " ".repeat(column);
    let (sign, body) = match text.strip_suffix('\n') {
        Some(body) => ("|", body),
        None => ("|-", text),
    };
    let mut lines = sign.to_owned();
    for line in body.split('\n') {
        lines.push('\n');
        if !line.is_empty() {
            lines.push_str(&indent);
            lines.push_str(line);
        }
    }
    lines
}
