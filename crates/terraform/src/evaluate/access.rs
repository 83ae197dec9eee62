use std::sync::Arc;

use num_traits::ToPrimitive;

use crate::convert::{convert, described};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

/// `value.name` (hcl `GetAttr`).
pub(crate) fn get_attribute(value: &Value, name: &str) -> Result<Value, String> {
    match value.content() {
        Content::Object(fields) => match (fields.named.get(name), &fields.rest) {
            (Some(found), _) => Ok(value.inside(found)),
            (None, Some(cause)) => Ok(part_unknown(value, Type::Dynamic, cause, name)),
            (None, None) => Err(format!("there is no attribute {name:?}")),
        },
        Content::Map(_, entries) => entries
            .get(name)
            .map(|found| value.inside(found))
            .ok_or_else(|| format!("there is no key {name:?}")),
        Content::Unknown(unknown) => {
            let of = match &unknown.of {
                Type::Dynamic => Type::Dynamic,
                Type::Map(of) => of.as_ref().clone(),
                Type::Object(fields) => fields
                    .get(name)
                    .ok_or_else(|| format!("there is no attribute {name:?}"))?
                    .of
                    .clone(),
                _ => return Err(format!("{} has no attributes", unknown.of)),
            };
            Ok(unknown_part(value, of, &unknown.causes, name))
        }
        Content::Null(_) => Err(format!("null has no attribute {name:?}")),
        _ => Err(format!(
            "{} has no attributes; {name:?} was asked for",
            described(value)
        )),
    }
}

/// `value[key]` (hcl `Index`).
pub(crate) fn get_index(value: &Value, key: &Value) -> Result<Value, String> {
    if value.is_null() || key.is_null() {
        return Err("null cannot be indexed, nor be an index".to_owned());
    }
    let hidden = key.is_sensitive();
    if let Content::Unknown(unknown) = value.content() {
        let step = match key.content() {
            Content::String(name) => {
                return index_by_name(value, name, &unknown.of, &unknown.causes);
            }
            Content::Number(number) => format!("[{number}]"),
            _ => "[?]".to_owned(),
        };
        let of = match &unknown.of {
            Type::List(of) | Type::Map(of) => of.as_ref().clone(),
            Type::Set(_) => return Err("a set has no index".to_owned()),
            of if of.is_primitive() => return Err(format!("{of} cannot be indexed")),
            _ => Type::Dynamic,
        };
        return Ok(unknown_part(value, of, &unknown.causes, &step).hidden(hidden));
    }
    if let Content::Unknown(unknown) = key.content() {
        let of = if let Content::List(of, _) | Content::Map(of, _) = value.content() {
            of.clone()
        } else {
            Type::Dynamic
        };
        return Ok(
            Value::unknown_for(of, unknown.causes.clone()).hidden(hidden || value.is_sensitive())
        );
    }
    let found = match value.content() {
        Content::List(_, items) | Content::Tuple(items) => {
            let key = convert(key, &Type::Number)
                .map_err(|_| "a number is needed as the index".to_owned())?;
            let at = key
                .as_number()
                .and_then(super::super::number::Number::to_big)
                .and_then(|number| number.to_usize());
            let found = at
                .and_then(|at| items.get(at))
                .map(|found| value.inside(found));
            found
                .ok_or_else(|| format!("there is no such index; there are {} items", items.len()))?
        }
        Content::Map(..) | Content::Object(_) => {
            let key =
                convert(key, &Type::String).map_err(|_| "text is needed as the key".to_owned())?;
            let name = key.as_str().unwrap_or_default();
            get_attribute(value, name)?
        }
        Content::Set(..) => return Err("a set has no index".to_owned()),
        _ => return Err(format!("{} cannot be indexed", described(value))),
    };
    Ok(found.hidden(hidden))
}

fn index_by_name(value: &Value, name: &str, of: &Type, causes: &[Cause]) -> Result<Value, String> {
    match of {
        Type::List(of) => Ok(unknown_part(
            value,
            of.as_ref().clone(),
            causes,
            &format!("[{name}]"),
        )),
        Type::Map(_) | Type::Object(_) => {
            let found = get_attribute(value, name)?;
            let of = found.kind();
            Ok(unknown_part(value, of, causes, &format!("[{name:?}]")))
        }
        Type::Dynamic | Type::Tuple(_) => Ok(unknown_part(
            value,
            Type::Dynamic,
            causes,
            &format!("[{name:?}]"),
        )),
        _ => Err(format!("{of} cannot be indexed")),
    }
}

fn unknown_part(whole: &Value, of: Type, causes: &[Cause], step: &str) -> Value {
    let causes = causes.iter().map(|cause| cause.within(step)).collect();
    whole.inside(&Value::unknown_for(of, causes))
}

fn part_unknown(whole: &Value, of: Type, cause: &Cause, name: &str) -> Value {
    whole.inside(&Value::unknown(of, cause.within(name)))
}

/// What `[*]` walks over: the items of a list; one value as a list of one; null as none. Not known for these reasons
/// otherwise (hclsyntax `SplatExpr`).
pub(crate) fn splat_items(value: &Value) -> Result<Vec<Value>, Vec<Cause>> {
    if let Some(items) = value.items() {
        return Ok(items.iter().map(|item| value.inside(item)).collect());
    }
    match value.content() {
        Content::Null(_) => Ok(Vec::new()),
        Content::Unknown(unknown) => match &unknown.of {
            Type::Tuple(kinds) => {
                let item = |(at, of): (usize, &Type)| {
                    unknown_part(value, of.clone(), &unknown.causes, &format!("[{at}]"))
                };
                Ok(kinds.iter().enumerate().map(item).collect())
            }
            Type::Dynamic | Type::List(_) | Type::Set(_) => Err(unknown.causes.clone()),
            _ if unknown.not_null => Ok(vec![value.clone()]),
            _ => Err(unknown.causes.clone()),
        },
        _ => Ok(vec![value.clone()]),
    }
}

/// A key as a value.
pub(crate) fn key_value(key: &Arc<str>) -> Value {
    Value::new(Content::String(Arc::clone(key)))
}
