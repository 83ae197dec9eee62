use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_yaml::{Limits, Node, Value as Json, parse};

use super::{Function, Given, Param};
use crate::number::Number;
use crate::types::Type;
use crate::unknown::{Cause, Piece, Unknown};
use crate::value::{Content, Value};

pub(super) const ALL: &[Function] = &[
    Function {
        name: "jsonencode",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: Param::Text,
        run: encode,
    },
    Function {
        name: "jsondecode",
        params: &[Param::Text],
        required: 1,
        more: None,
        gives: Param::Any,
        run: |given| from_json(given.text(0)),
    },
];

fn encode(given: &Given<'_>) -> Result<Value, String> {
    let mut writer = Writer {
        text: String::new(),
        pieces: Vec::new(),
        causes: Vec::new(),
        largest: given.largest,
    };
    writer.write(given.value(0)?)?;
    Ok(writer.finish())
}

/// The value as JSON text, as `jsonencode` writes it; `None` when something in it is not known.
pub(crate) fn to_json(value: &Value) -> Option<String> {
    let mut writer = Writer {
        text: String::new(),
        pieces: Vec::new(),
        causes: Vec::new(),
        largest: usize::MAX,
    };
    writer.write(value).ok()?;
    writer.causes.is_empty().then_some(writer.text)
}

/// Writes JSON; what is not known becomes an unknown piece, so that a policy with one unknown ARN can still be read.
struct Writer {
    text: String,
    pieces: Vec<Piece>,
    causes: Vec<Cause>,
    largest: usize,
}

impl Writer {
    fn write(&mut self, value: &Value) -> Result<(), String> {
        if self.text.len() > self.largest || self.pieces.len() > self.largest / 64 {
            return Err(super::TOO_LARGE.to_owned());
        }
        match value.content() {
            Content::Null(_) => self.text.push_str("null"),
            Content::Bool(flag) => self.text.push_str(if *flag { "true" } else { "false" }),
            Content::Number(number) => self.text.push_str(&number.to_string()),
            Content::String(text) => self.quoted(text),
            Content::List(_, items) | Content::Set(_, items) | Content::Tuple(items) => {
                self.text.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.comma(at);
                    self.write(item)?;
                }
                self.text.push(']');
            }
            Content::Map(..) | Content::Object(_) => {
                if let Content::Object(fields) = value.content()
                    && let Some(cause) = &fields.rest
                {
                    self.unknown(std::slice::from_ref(cause));
                    return Ok(());
                }
                self.text.push('{');
                for (at, (key, entry)) in value.entries().into_iter().flatten().enumerate() {
                    self.comma(at);
                    self.quoted(key);
                    self.text.push(':');
                    self.write(entry)?;
                }
                self.text.push('}');
            }
            Content::Unknown(unknown) => self.unknown_value(unknown),
        }
        Ok(())
    }

    fn comma(&mut self, at: usize) {
        if at > 0 {
            self.text.push(',');
        }
    }

    /// Text keeps its quotes around what is not known of it, so that the whole stays JSON.
    fn unknown_value(&mut self, unknown: &Unknown) {
        if unknown.of != Type::String {
            self.unknown(&unknown.causes);
            return;
        }
        self.text.push('"');
        if unknown.pieces.is_empty() {
            self.unknown(&unknown.causes);
        }
        for piece in &unknown.pieces {
            match piece {
                Piece::Text(text) => self.escaped(text),
                Piece::Unknown(causes) => self.unknown(causes),
            }
        }
        self.text.push('"');
    }

    fn unknown(&mut self, causes: &[Cause]) {
        if !self.text.is_empty() {
            self.pieces
                .push(Piece::Text(std::mem::take(&mut self.text).into()));
        }
        self.pieces.push(Piece::Unknown(causes.to_vec()));
        self.causes.extend(causes.iter().cloned());
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    /// Go's `encoding/json` with HTML escapes.
    fn escaped(&mut self, text: &str) {
        for found in text.chars() {
            match found {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\u{8}' => self.text.push_str("\\b"),
                '\u{c}' => self.text.push_str("\\f"),
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                    self.text.push_str(&format!("\\u{:04x}", u32::from(found)));
                }
                _ => self.text.push(found),
            }
        }
    }

    fn finish(mut self) -> Value {
        if self.causes.is_empty() {
            return Value::string(&self.text);
        }
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(self.text.into()));
        }
        let unknown = Unknown::of_pieces(self.pieces, self.causes);
        Value::new(Content::Unknown(Arc::new(unknown)))
    }
}

/// Reads JSON text into tuples and objects.
pub(crate) fn from_json(text: &str) -> Result<Value, String> {
    // The YAML reader reads strict JSON only of an object; anything else is wrapped into one.
    const BEFORE: &str = "{\"v\":";
    let wrapped = format!("{BEFORE}{text}\n}}");
    let stream = parse(
        &wrapped,
        &Limits {
            depth: 100,
            nodes: 400_000,
            bytes: 8 << 20,
        },
    );
    let root = match (stream.documents.as_slice(), stream.errors.as_slice()) {
        ([document], []) => document.root(),
        _ => return Err("this is not JSON".to_owned()),
    };
    match root.get("v") {
        Some(entry)
            if root.entries().len() == 1 && entry.value.span().range().start >= BEFORE.len() =>
        {
            Ok(value(entry.value, &wrapped))
        }
        _ => Err("this is not JSON".to_owned()),
    }
}

fn value(node: Node<'_>, text: &str) -> Value {
    match node.value() {
        Json::Null => Value::null(),
        Json::Bool(flag) => Value::from(flag),
        Json::Int(_) | Json::Unsigned(_) | Json::Float(_) => node
            .span()
            .slice(text)
            .and_then(Number::parse)
            .map_or_else(Value::null, Value::from),
        Json::String(text) => Value::string(text),
        Json::Sequence => Value::tuple(node.items().map(|item| value(item, text)).collect()),
        Json::Mapping => {
            let entry = |entry: sekisho_yaml::MapEntry<'_>| {
                (Arc::from(entry.key), value(entry.value, text))
            };
            Value::object(node.entries().map(entry).collect::<BTreeMap<_, _>>())
        }
    }
}
