use super::{Function, Given, Param};
use crate::types::Type;
use crate::value::{Content, Value};

pub(super) const ALL: &[Function] = &[Function {
    name: "yamlencode",
    params: &[Param::All],
    required: 1,
    more: None,
    gives: Param::Text,
    run: encode,
}];

fn encode(given: &Given<'_>) -> Result<Value, String> {
    let value = given.value(0)?;
    if !value.is_wholly_known() {
        return Ok(Value::unknown_for(Type::String, value.causes()));
    }
    let mut text = String::new();
    write(value, 0, Before::Start, &mut text);
    given.check(text.len())?;
    super::strings::text(&text)
}

/// What stands on the line already.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Start,
    Key,
    Dash,
}

/// Block style with all texts and keys in double quotes (go-cty-yaml's `Standard` writer, which has libyaml's layout).
fn write(value: &Value, indent: usize, before: Before, text: &mut String) {
    let pad = |text: &mut String, indent: usize| text.push_str(&"  ".repeat(indent));
    match (value.items(), value.entries()) {
        (Some([]), _) => inline("[]", before, text),
        (_, Some(entries)) if entries.is_empty() => inline("{}", before, text),
        (Some(items), _) => {
            let indent = match before {
                // A list in a map stands below its key, not indented.
                Before::Key => {
                    text.push('\n');
                    indent.saturating_sub(1)
                }
                Before::Dash => {
                    text.push(' ');
                    indent
                }
                Before::Start => indent,
            };
            for (at, item) in items.iter().enumerate() {
                if at > 0 || before != Before::Dash {
                    pad(text, indent);
                }
                text.push('-');
                write(item, indent + 1, Before::Dash, text);
            }
        }
        (_, Some(entries)) => {
            match before {
                Before::Key => text.push('\n'),
                Before::Dash => text.push(' '),
                Before::Start => {}
            }
            for (at, (key, entry)) in entries.iter().enumerate() {
                if at > 0 || before != Before::Dash {
                    pad(text, indent);
                }
                quoted(key, text);
                text.push(':');
                write(entry, indent + 1, Before::Key, text);
            }
        }
        _ => scalar(value, before, indent, text),
    }
}

fn inline(written: &str, before: Before, text: &mut String) {
    if before != Before::Start {
        text.push(' ');
    }
    text.push_str(written);
    text.push('\n');
}

fn scalar(value: &Value, before: Before, indent: usize, text: &mut String) {
    match value.content() {
        Content::Bool(flag) => inline(if *flag { "true" } else { "false" }, before, text),
        Content::Number(number) => inline(&number.to_string(), before, text),
        Content::String(found)
            if found.contains('\n') && before != Before::Start && is_literal(found) =>
        {
            literal(found, indent, text);
        }
        Content::String(found) => {
            let mut written = String::new();
            quoted(found, &mut written);
            inline(&written, before, text);
        }
        _ => inline("null", before, text),
    }
}

/// Text of several lines is written as a literal block, unless that could not be read back.
fn is_literal(text: &str) -> bool {
    !text.starts_with([' ', '\n', '\t'])
        && text
            .chars()
            .all(|found| found == '\n' || !found.is_control())
        && !text.contains(" \n")
}

fn literal(found: &str, indent: usize, text: &mut String) {
    let kept = found.trim_end_matches('\n');
    text.push_str(match found.len() - kept.len() {
        0 => " |-\n",
        1 => " |\n",
        _ => " |+\n",
    });
    for line in found.strip_suffix('\n').unwrap_or(found).split('\n') {
        if !line.is_empty() {
            text.push_str(&"  ".repeat(indent.max(1)));
        }
        text.push_str(line);
        text.push('\n');
    }
}

fn quoted(found: &str, text: &mut String) {
    text.push('"');
    for character in found.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\0' => text.push_str("\\0"),
            '\u{7}' => text.push_str("\\a"),
            '\u{8}' => text.push_str("\\b"),
            '\u{b}' => text.push_str("\\v"),
            '\u{c}' => text.push_str("\\f"),
            '\u{1b}' => text.push_str("\\e"),
            '\u{85}' => text.push_str("\\N"),
            '\u{2028}' => text.push_str("\\L"),
            '\u{2029}' => text.push_str("\\P"),
            '\u{feff}' => text.push_str("\\uFEFF"),
            other if other.is_control() => text.push_str(&format!("\\x{:02X}", u32::from(other))),
            other => text.push(other),
        }
    }
    text.push('"');
}
