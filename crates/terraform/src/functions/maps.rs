use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Function, Given, Param};
use crate::convert::convert;
use crate::evaluate::get_attribute;
use crate::types::Type;
use crate::value::{Content, Value};

const ANY: Param = Param::Any;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "keys",
        params: &[ANY],
        required: 1,
        more: None,
        gives: ANY,
        run: keys,
    },
    Function {
        name: "values",
        params: &[ANY],
        required: 1,
        more: None,
        gives: ANY,
        run: values,
    },
    Function {
        name: "lookup",
        params: &[Param::All, Param::Text, Param::All],
        required: 2,
        more: None,
        gives: ANY,
        run: lookup,
    },
    Function {
        name: "merge",
        params: &[],
        required: 0,
        more: Some(Param::All),
        gives: ANY,
        run: merge,
    },
    Function {
        name: "transpose",
        params: &[Param::TextListMap],
        required: 1,
        more: None,
        gives: Param::TextListMap,
        run: transpose,
    },
];

fn entries<'g>(given: &'g Given<'_>) -> Result<&'g BTreeMap<Arc<str>, Value>, String> {
    given
        .value(0)?
        .entries()
        .ok_or_else(|| "a map or object is needed".to_owned())
}

/// The reasons why there may be more attributes than are known.
fn open(value: &Value) -> Option<Value> {
    match value.content() {
        Content::Object(fields) => fields
            .rest
            .clone()
            .map(|cause| Value::unknown(Type::Dynamic, cause)),
        _ => None,
    }
}

fn keys(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    if let Some(unknown) = open(whole) {
        return Ok(unknown);
    }
    let keys: Vec<Value> = entries(given)?
        .keys()
        .map(|key| Value::new(Content::String(Arc::clone(key))))
        .collect();
    Ok(if matches!(whole.content(), Content::Map(..)) {
        Value::list(Type::String, keys)
    } else {
        Value::tuple(keys)
    })
}

fn values(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    if let Some(unknown) = open(whole) {
        return Ok(unknown);
    }
    let values: Vec<Value> = entries(given)?
        .values()
        .map(|value| whole.inside(value))
        .collect();
    Ok(match whole.content() {
        Content::Map(of, _) => Value::list(of.clone(), values),
        _ => Value::tuple(values),
    })
}

fn lookup(given: &Given<'_>) -> Result<Value, String> {
    let (whole, key) = (given.value(0)?, given.text(1));
    if whole.is_null() {
        return Err("null is not accepted".to_owned());
    }
    let of = if let Content::Map(of, _) = whole.content() {
        of.clone()
    } else {
        Type::Dynamic
    };
    match whole.content() {
        Content::Unknown(unknown) => Ok(Value::unknown_for(Type::Dynamic, unknown.causes.clone())),
        Content::Map(..) | Content::Object(_) => {
            match (get_attribute(whole, key), given.values.get(2)) {
                (Ok(found), _) => Ok(found),
                (Err(_), Some(default)) => convert(default, &of),
                (Err(reason), None) => Err(reason),
            }
        }
        _ => Err("a map or object is needed".to_owned()),
    }
}

fn merge(given: &Given<'_>) -> Result<Value, String> {
    let mut merged = BTreeMap::new();
    let (mut of, mut all_maps) = (None, true);
    for value in given.values {
        match value.content() {
            Content::Null(_) => continue,
            Content::Unknown(unknown) => {
                if unknown.of.is_primitive()
                    || matches!(unknown.of, Type::List(_) | Type::Set(_) | Type::Tuple(_))
                {
                    return Err("maps or objects are needed".to_owned());
                }
                return Ok(Value::unknown_for(
                    Type::Dynamic,
                    given.values.iter().flat_map(Value::causes).collect(),
                ));
            }
            Content::Map(found, _) if of.as_ref().is_none_or(|of| of == found) => {
                of = Some(found.clone());
            }
            _ => all_maps = false,
        }
        if let Some(unknown) = open(value) {
            return Ok(unknown);
        }
        let entries = value.entries().ok_or("maps or objects are needed")?;
        merged.extend(
            entries
                .iter()
                .map(|(key, entry)| (Arc::clone(key), value.inside(entry))),
        );
        given.check(merged.len())?;
    }
    Ok(match of {
        Some(of) if all_maps => Value::map(of, merged),
        _ => Value::object(merged),
    })
}

fn transpose(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    if !whole.is_wholly_known() {
        return Ok(Value::unknown_for(whole.kind(), whole.causes()));
    }
    let mut turned: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
    for (key, list) in entries(given)? {
        for item in super::lists::texts(list.items().unwrap_or_default())? {
            turned.entry(item).or_default().insert(Arc::clone(key));
        }
    }
    let list = |keys: BTreeSet<Arc<str>>| {
        Value::list(
            Type::String,
            keys.into_iter()
                .map(|key| Value::new(Content::String(key)))
                .collect(),
        )
    };
    Ok(Value::map(
        Type::list(Type::String),
        turned
            .into_iter()
            .map(|(key, keys)| (key, list(keys)))
            .collect(),
    ))
}
