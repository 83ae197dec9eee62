//! Writes a value in one of many styles, with comments, as people do.

use serde_json::Value;

pub(crate) struct Styled<'c> {
    choices: std::iter::Cycle<std::iter::Copied<std::slice::Iter<'c, u8>>>,
    comments: usize,
    step: usize,
    flush: bool,
    text: String,
}

impl<'c> Styled<'c> {
    pub(crate) fn new(choices: &'c [u8]) -> Self {
        let mut styled = Self {
            choices: choices.iter().copied().cycle(),
            comments: 0,
            step: 2,
            flush: false,
            text: String::new(),
        };
        styled.step = 1 + styled.choose(4);
        styled.flush = styled.choose(2) == 0;
        styled
    }

    fn choose(&mut self, most: usize) -> usize {
        usize::from(self.choices.next().unwrap_or(0)) % most
    }

    pub(crate) fn document(mut self, value: &Value) -> String {
        let (crlf, bare_end, marker) = (
            self.choose(4) == 0,
            self.choose(4) == 0,
            self.choose(3) == 0,
        );
        if marker {
            self.text.push_str("---\n");
        }
        self.block(value, 0);
        if self.choose(3) == 0 && !ends_in_block_scalar(&self.text) {
            self.text.push_str("# the end\n");
        }
        let mut text = self.text;
        if bare_end && !ends_in_block_scalar(&text) {
            text.pop();
        }
        if crlf {
            text.replace('\n', "\r\n")
        } else {
            text
        }
    }

    fn comment(&mut self) -> String {
        self.comments += 1;
        format!("# comment {} 注", self.comments)
    }

    /// The rest of a line: perhaps a comment.
    fn end_line(&mut self) {
        if self.choose(4) == 0 {
            let comment = self.comment();
            self.text.push_str("  ");
            self.text.push_str(&comment);
        }
        self.text.push('\n');
    }

    fn own_line_comment(&mut self, column: usize) {
        if self.choose(6) == 0 {
            let comment = self.comment();
            self.text.push_str(&" ".repeat(column));
            self.text.push_str(&comment);
            self.text.push('\n');
        }
    }

    fn block(&mut self, value: &Value, column: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (position, (key, value)) in map.iter().enumerate() {
                    if position > 0 || column == 0 {
                        self.own_line_comment(column);
                    }
                    self.text.push_str(&" ".repeat(column));
                    self.entry(key, value, column);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for item in items {
                    self.own_line_comment(column);
                    self.text.push_str(&" ".repeat(column));
                    self.item(item, column);
                }
            }
            _ => {
                let text = Self::flow(value);
                self.text.push_str(&" ".repeat(column));
                self.text.push_str(&text);
                self.end_line();
            }
        }
    }

    fn entry(&mut self, key: &str, value: &Value, column: usize) {
        let name = if is_word(key) {
            key.to_owned()
        } else {
            Value::from(key).to_string()
        };
        self.text.push_str(&name);
        self.text.push(':');
        let is_block = is_full(value) && self.choose(4) != 0;
        if is_block {
            self.end_line();
            let deeper = if value.is_array() && self.flush {
                column
            } else {
                column + self.step
            };
            self.own_line_comment(deeper);
            self.block(value, deeper);
        } else {
            self.scalar(value, column);
        }
    }

    fn item(&mut self, value: &Value, column: usize) {
        self.text.push('-');
        if is_full(value) && self.choose(4) != 0 {
            if self.choose(4) == 0 {
                self.end_line();
                self.block(value, column + self.step);
            } else {
                self.text.push(' ');
                let start = self.text.len();
                self.block(value, column + 2);
                // The first line follows the `-`, unless a comment stands there.
                if self.text[start..].trim_start().starts_with('#') {
                    self.text.insert(start - 1, '\n');
                    self.text.remove(start);
                } else {
                    self.text.replace_range(start..start + column + 2, "");
                }
            }
        } else {
            self.scalar(value, column);
        }
    }

    /// A value behind `:` or `-`, on its line or as a block scalar.
    fn scalar(&mut self, value: &Value, column: usize) {
        match value {
            Value::Null if self.choose(2) == 0 => self.end_line(),
            Value::String(text) if is_literal(text) && self.choose(2) == 0 => {
                let body = text.trim_end_matches('\n');
                self.text
                    .push_str(if text.ends_with('\n') { " |" } else { " |-" });
                self.end_line();
                for line in body.split('\n') {
                    self.text.push_str(&" ".repeat(column + 3));
                    self.text.push_str(line);
                    self.text.push('\n');
                }
            }
            Value::String(text) if is_word(text) && self.choose(2) == 0 => {
                self.text.push(' ');
                self.text.push_str(text);
                self.end_line();
            }
            Value::String(text)
                if !text.chars().any(|c| {
                    c.is_control() || "\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}".contains(c)
                }) && self.choose(2) == 0 =>
            {
                self.text.push_str(" '");
                self.text.push_str(&text.replace('\'', "''"));
                self.text.push('\'');
                self.end_line();
            }
            _ => {
                self.text.push(' ');
                let text = Self::flow(value);
                self.text.push_str(&text);
                self.end_line();
            }
        }
    }

    fn flow(value: &Value) -> String {
        match value {
            Value::Array(items) => format!(
                "[{}]",
                items.iter().map(Self::flow).collect::<Vec<_>>().join(", ")
            ),
            Value::Object(map) => {
                let entries: Vec<_> = map
                    .iter()
                    .map(|(key, value)| format!("{}: {}", quoted(key), Self::flow(value)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::String(text) => quoted(text),
            other => other.to_string(),
        }
    }
}

/// JSON's quotes, with the characters YAML does not take as they are escaped too.
fn quoted(text: &str) -> String {
    let json = Value::from(text).to_string();
    json.chars()
        .map(|c| match c {
            '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
            other => other.to_string(),
        })
        .collect()
}

fn is_full(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty())
        || value.as_object().is_some_and(|map| !map.is_empty())
}

fn is_word(text: &str) -> bool {
    let not_words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase())
        && !not_words.contains(&text)
}

fn is_literal(text: &str) -> bool {
    let lines = text.trim_end_matches('\n');
    text.len() - lines.len() <= 1 && lines.contains('\n') && lines.split('\n').all(is_word)
}

fn ends_in_block_scalar(text: &str) -> bool {
    // Text of a block scalar would swallow a comment, and its value needs its line end.
    text.lines().rev().take(4).any(|line| line.contains('|'))
}
