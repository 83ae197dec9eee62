use std::collections::BTreeMap;
use std::sync::Arc;

use crate::number::Number;
use crate::types::{Field, Type};
use crate::unify::{convertible, unify};
use crate::unknown::{Cause, Unknown};
use crate::value::{Content, Value};

/// The value as one of the wanted type, or why that cannot be (cty `convert.Convert`).
pub(crate) fn convert(value: &Value, wanted: &Type) -> Result<Value, String> {
    let refuse = || Err(format!("{wanted} is needed, this is {}", described(value)));
    if *wanted == Type::Dynamic {
        return Ok(value.clone());
    }
    match (value.content(), wanted) {
        (Content::Unknown(unknown), _) => {
            if !convertible(&unknown.of, wanted, false) {
                return refuse();
            }
            let of = if wanted.is_settled() || unknown.of == Type::Dynamic {
                wanted.clone()
            } else {
                unknown.of.clone()
            };
            Ok(value.with_content(Content::Unknown(Arc::new(Unknown {
                of,
                ..Unknown::clone(unknown)
            }))))
        }
        (Content::Null(_), _) => Ok(value.with_content(Content::Null(plain(wanted)))),
        (Content::Bool(_), Type::Bool)
        | (Content::Number(_), Type::Number)
        | (Content::String(_), Type::String) => Ok(value.clone()),
        (Content::Bool(flag), Type::String) => {
            Ok(value.with_content(Content::String(if *flag { "true" } else { "false" }.into())))
        }
        (Content::Number(number), Type::String) => {
            Ok(value.with_content(Content::String(number.to_string().into())))
        }
        (Content::String(text), Type::Number) => match Number::parse(text) {
            Some(number) => Ok(value.with_content(Content::Number(number))),
            None => Err("a number is needed".to_owned()),
        },
        (Content::String(text), Type::Bool) => match text.as_ref() {
            "true" | "1" => Ok(value.with_content(Content::Bool(true))),
            "false" | "0" => Ok(value.with_content(Content::Bool(false))),
            _ => Err("a bool is needed: only \"true\" and \"false\" are read as one".to_owned()),
        },
        (Content::List(..) | Content::Set(..) | Content::Tuple(_), Type::List(of)) => {
            let (of, items) = same_type(value, of)?;
            Ok(value.with_content(Content::List(of, Arc::new(items))))
        }
        (Content::List(..) | Content::Set(..) | Content::Tuple(_), Type::Set(of)) => {
            let (of, items) = same_type(value, of)?;
            Ok(value.with_content(Value::set(of, items).content().clone()))
        }
        (Content::List(_, items) | Content::Tuple(items), Type::Tuple(wanted)) => {
            if items.len() != wanted.len() {
                return Err(format!(
                    "a tuple of {} is needed, this has {}",
                    wanted.len(),
                    items.len()
                ));
            }
            let items = items
                .iter()
                .zip(wanted.iter())
                .map(|(item, of)| convert(item, of));
            Ok(value.with_content(Content::Tuple(Arc::new(items.collect::<Result<_, _>>()?))))
        }
        (Content::Object(fields), Type::Map(of)) => match &fields.rest {
            Some(cause) => Ok(value.with_content(
                Value::unknown(wanted.clone(), cause.clone())
                    .content()
                    .clone(),
            )),
            None => to_map(value, of),
        },
        (Content::Map(..), Type::Map(of)) => to_map(value, of),
        (Content::Object(found), Type::Object(fields)) => {
            to_object(value, fields, found.rest.as_ref())
        }
        (Content::Map(..), Type::Object(fields)) => to_object(value, fields, None),
        _ => refuse(),
    }
}

/// What a value is, for a message; never the value itself.
pub(crate) fn described(value: &Value) -> String {
    if value.is_null() {
        "null".to_owned()
    } else {
        value.kind().to_string()
    }
}

/// The items, all of one type: the wanted one, or where that is open the one they can share.
fn same_type(value: &Value, wanted: &Type) -> Result<(Type, Vec<Value>), String> {
    let items = value.items().unwrap_or_default();
    let of = shared(wanted, items.iter(), value)?;
    let items = items.iter().map(|item| convert(item, &of));
    Ok((plain(&of), items.collect::<Result<_, _>>()?))
}

fn to_map(value: &Value, wanted: &Type) -> Result<Value, String> {
    let empty = BTreeMap::new();
    let entries = value.entries().unwrap_or(&empty);
    let of = shared(wanted, entries.values(), value)?;
    let mut converted = BTreeMap::new();
    for (key, entry) in entries {
        converted.insert(
            Arc::clone(key),
            convert(entry, &of).map_err(|reason| format!("key {key:?}: {reason}"))?,
        );
    }
    Ok(value.with_content(Content::Map(plain(&of), Arc::new(converted))))
}

fn shared<'v>(
    wanted: &Type,
    values: impl Iterator<Item = &'v Value>,
    whole: &Value,
) -> Result<Type, String> {
    if wanted.is_settled() {
        return Ok(wanted.clone());
    }
    let mut kinds = Vec::new();
    for value in values {
        // A wanted type that is open only inside (`list(any)` in a map) is settled by each value first.
        kinds.push(if *wanted == Type::Dynamic {
            value.kind()
        } else {
            convert(value, wanted)?.kind()
        });
    }
    if kinds.is_empty() {
        return Ok(match whole.content() {
            Content::List(of, _) | Content::Set(of, _) | Content::Map(of, _)
                if *wanted == Type::Dynamic =>
            {
                of.clone()
            }
            _ => wanted.clone(),
        });
    }
    unify(&kinds).ok_or_else(|| "all elements must have the same type".to_owned())
}

/// The type without optional attributes: what a converted value has.
fn plain(of: &Type) -> Type {
    match of {
        Type::List(of) => Type::list(plain(of)),
        Type::Set(of) => Type::set(plain(of)),
        Type::Map(of) => Type::map(plain(of)),
        Type::Tuple(items) => Type::Tuple(Arc::new(items.iter().map(plain).collect())),
        Type::Object(fields) => {
            let field = |field: &Field| Field {
                of: plain(&field.of),
                optional: false,
            };
            Type::Object(Arc::new(
                fields
                    .iter()
                    .map(|(name, found)| (Arc::clone(name), field(found)))
                    .collect(),
            ))
        }
        other => other.clone(),
    }
}

fn to_object(
    value: &Value,
    fields: &BTreeMap<Arc<str>, Field>,
    rest: Option<&Cause>,
) -> Result<Value, String> {
    let mut named = BTreeMap::new();
    for (name, field) in fields {
        let converted = match (value.entries().and_then(|entries| entries.get(name)), rest) {
            (Some(found), _) => convert(found, &field.of)
                .map_err(|reason| format!("attribute {name:?}: {reason}"))?,
            (None, Some(cause)) => Value::unknown(field.of.clone(), cause.within(name)),
            (None, None) if field.optional => Value::new(Content::Null(plain(&field.of))),
            (None, None) => return Err(format!("attribute {name:?} is required")),
        };
        named.insert(Arc::clone(name), converted);
    }
    Ok(value.with_content(Value::object(named).content().clone()))
}

/// As text, for a template or a key; null is refused.
pub(crate) fn to_text(value: &Value) -> Result<Arc<str>, String> {
    match convert(value, &Type::String)?.content() {
        Content::String(text) => Ok(Arc::clone(text)),
        _ => Err("text is needed, this is null or unknown".to_owned()),
    }
}
