//! Writes the zero values that Go's JSON encoder writes, and drops those it omits.
//!
//! Upstream: `encoding/json` over the struct tags: a plain struct is always written, a pointer only when set, an empty
//! `omitempty` list, map, text, number or `false` never.

use serde_json::{Map, Value};

use crate::types::{self, Field, Shape, Type, Zero};

/// Completes a sparse object in place.
pub(crate) fn fill(object: &mut Map<String, Value>, shape: &'static Shape) {
    for field in &shape.fields {
        let value = match object.remove(field.name) {
            Some(mut value) if !value.is_null() => {
                fill_value(&mut value, &field.of);
                Some(value)
            }
            _ => None,
        };
        if let Some(value) = written(value, field) {
            object.insert(field.name.to_owned(), value);
        }
    }
}

fn fill_value(value: &mut Value, of: &Type) {
    match (of, value) {
        (Type::Pointer(inner), value) => fill_value(value, inner),
        (Type::Struct(number), Value::Object(object)) => fill(object, types::shape(*number)),
        (Type::List(inner, _), Value::Array(items)) => {
            for item in items.iter_mut() {
                fill_value(item, inner);
            }
        }
        (Type::Map(inner, _), Value::Object(entries)) => {
            for item in entries.values_mut() {
                fill_value(item, inner);
            }
        }
        _ => {}
    }
}

fn written(value: Option<Value>, field: &Field) -> Option<Value> {
    match value {
        None => absent(field),
        Some(value) if field.zero == Zero::Vanishes && is_empty(&value, field) => None,
        some => some,
    }
}

fn absent(field: &Field) -> Option<Value> {
    let struct_like = matches!(field.of, Type::Struct(_));
    if field.omit_zero
        || (field.zero == Zero::Vanishes && !struct_like && !has_no_empty_form(&field.of))
    {
        return None;
    }
    Some(match &field.of {
        Type::Text(_) => Value::from(""),
        Type::Bool => Value::from(false),
        Type::Int32 | Type::Int64 | Type::Float | Type::IntOrString => Value::from(0),
        Type::Quantity => Value::from("0"),
        Type::Struct(number) => {
            let mut object = Map::new();
            fill(&mut object, types::shape(*number));
            Value::Object(object)
        }
        _ => Value::Null,
    })
}

/// Structs with encoders of their own: `omitempty` never omits them.
fn has_no_empty_form(of: &Type) -> bool {
    matches!(
        of,
        Type::IntOrString | Type::Quantity | Type::Time | Type::MicroTime | Type::Raw
    )
}

fn is_empty(value: &Value, field: &Field) -> bool {
    match (&field.of, value) {
        (Type::List(..), Value::Array(items)) => items.is_empty(),
        (Type::Map(..), Value::Object(entries)) => entries.is_empty(),
        (Type::Text(_) | Type::Bytes, Value::String(text)) => text.is_empty(),
        (Type::Bool, Value::Bool(on)) => !on,
        (Type::Int32 | Type::Int64 | Type::Float, Value::Number(number)) => {
            number.as_f64() == Some(0.0)
        }
        (Type::Struct(_), Value::Object(object)) => field.omit_zero && object.is_empty(),
        _ => false,
    }
}
