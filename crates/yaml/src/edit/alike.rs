use serde_json::{Number, Value};

use crate::node::{Node, Value as Read};
use crate::resolve::normal_float;

/// Whether a node is this value once both went through JSON.
pub(super) fn alike(node: Node<'_>, value: &Value) -> bool {
    match (node.value(), value) {
        (Read::Null, Value::Null) => true,
        (Read::Bool(read), Value::Bool(value)) => read == *value,
        (Read::String(read), Value::String(value)) => read == value,
        (Read::Int(_) | Read::Unsigned(_) | Read::Float(_), Value::Number(number)) => {
            match node.to_json() {
                Value::Number(read) => same_number(&read, number),
                _ => false,
            }
        }
        (Read::Sequence, Value::Array(items)) => {
            let nodes = node.items();
            nodes.len() == items.len() && nodes.zip(items).all(|(node, value)| alike(node, value))
        }
        (Read::Mapping, Value::Object(entries)) => {
            let nodes = node.entries();
            nodes.len() == entries.len()
                && nodes.into_iter().all(|entry| {
                    entries
                        .get(entry.key)
                        .is_some_and(|value| alike(entry.value, value))
                })
        }
        _ => false,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (one.as_i64(), normal(other)) {
        (Some(one), Ok(other)) => one == other,
        (None, Err(other)) => one
            .as_f64()
            .is_some_and(|one| one.to_bits() == other.to_bits()),
        _ => false,
    }
}

fn normal(number: &Number) -> Result<i64, f64> {
    match number.as_i64() {
        Some(whole) => Ok(whole),
        None => normal_float(number.as_f64().unwrap_or(f64::NAN)),
    }
}
