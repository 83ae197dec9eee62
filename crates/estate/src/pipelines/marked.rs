use sekisho_yaml::{Document, Node, Value as Read};
use serde_json::{Map, Value};

/// The key under which a `!reference [a, b]` stands in the value.
pub(super) const REFERENCE: &str = "!reference";

/// A GitLab document as JSON, with its references kept apart from plain lists.
pub(super) fn json(document: &Document) -> Value {
    of_node(document.root())
}

/// The reader has bounded depth and size.
fn of_node(node: Node<'_>) -> Value {
    match node.value() {
        Read::Null => Value::Null,
        Read::Bool(value) => value.into(),
        Read::Int(value) => value.into(),
        Read::Unsigned(value) => value.into(),
        Read::Float(value) => value.into(),
        Read::String(text) => text.into(),
        Read::Sequence => {
            let items = Value::Array(node.items().map(of_node).collect());
            if node.tag() == Some(REFERENCE) {
                Value::Object(Map::from_iter([(REFERENCE.to_owned(), items)]))
            } else {
                items
            }
        }
        Read::Mapping => {
            let entries = node.entries();
            Value::Object(
                entries
                    .map(|entry| (entry.key.to_owned(), of_node(entry.value)))
                    .collect(),
            )
        }
    }
}
