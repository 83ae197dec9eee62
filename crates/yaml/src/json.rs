use serde_json::{Map, Number, Value};

use crate::document::{Content, Document, NodeId};
use crate::node::Node;
use crate::resolve::normal_float;

impl Node<'_> {
    /// The value as the API server stores what kubectl sends: keys are text, merges are followed, and numbers have gone
    /// through JSON (`2.0` is the integer 2, an integer above the signed range is a float).
    pub fn to_json(self) -> Value {
        to_json(self.document(), self.id())
    }
}

impl Document {
    /// The whole document as JSON, see [`Node::to_json`].
    pub fn to_json(&self) -> Value {
        to_json(self, self.root)
    }
}

fn to_json(document: &Document, id: NodeId) -> Value {
    match document.content(id) {
        Content::Null => Value::Null,
        Content::Bool(value) => Value::Bool(*value),
        Content::Int(value) => Value::from(*value),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the server reads such integers as floats"
        )]
        Content::Unsigned(value) => float(*value as f64),
        Content::Float(value) => float(*value),
        Content::String(text) => Value::from(text.as_str(&document.text)),
        Content::Sequence { .. } => document
            .items(id)
            .iter()
            .map(|item| to_json(document, *item))
            .collect(),
        Content::Mapping { .. } => {
            let entries = document.sent(id).iter();
            let map: Map<_, _> = entries
                .map(|entry| {
                    (
                        document.key_text(entry.key).to_owned(),
                        to_json(document, entry.value),
                    )
                })
                .collect();
            Value::Object(map)
        }
        Content::Alias(target) => to_json(document, *target),
    }
}

fn float(value: f64) -> Value {
    match normal_float(value) {
        Ok(whole) => Value::from(whole),
        Err(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
    }
}
