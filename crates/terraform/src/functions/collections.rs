use unicode_segmentation::UnicodeSegmentation;

use super::{Function, Given, Param};
use crate::convert::convert;
use crate::equality::{Equality, equal};
use crate::number::Number;
use crate::types::Type;
use crate::unify::unify;
use crate::value::{Content, Value};

const ANY: Param = Param::Any;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "coalesce",
        params: &[],
        required: 1,
        more: Some(Param::All),
        gives: ANY,
        run: coalesce,
    },
    Function {
        name: "coalescelist",
        params: &[],
        required: 1,
        more: Some(Param::All),
        gives: ANY,
        run: coalescelist,
    },
    Function {
        name: "length",
        params: &[Param::All],
        required: 1,
        more: None,
        gives: Param::Number,
        run: length,
    },
    Function {
        name: "matchkeys",
        params: &[Param::List, Param::List, Param::List],
        required: 3,
        more: None,
        gives: Param::List,
        run: matchkeys,
    },
    Function {
        name: "one",
        params: &[ANY],
        required: 1,
        more: None,
        gives: ANY,
        run: one,
    },
];

/// The first that is neither null nor the empty text.
fn coalesce(given: &Given<'_>) -> Result<Value, String> {
    let kinds: Vec<Type> = given.values.iter().map(Value::kind).collect();
    let of = unify(&kinds).ok_or("all arguments must have types that can become one")?;
    for value in given.values {
        let value = convert(value, &of)?;
        if value.is_null() || value.as_str() == Some("") {
            continue;
        }
        return Ok(value);
    }
    Err("every argument is null or empty".to_owned())
}

fn coalescelist(given: &Given<'_>) -> Result<Value, String> {
    for value in given.values {
        match (value.content(), value.items()) {
            (Content::Unknown(_), _) => return Ok(value.clone()),
            (Content::Null(_), _) => {}
            (_, Some(items)) if !items.is_empty() => return Ok(value.clone()),
            (_, Some(_)) => {}
            (_, None) => return Err("lists are needed".to_owned()),
        }
    }
    Err("every list is empty".to_owned())
}

fn length(given: &Given<'_>) -> Result<Value, String> {
    let value = given.value(0)?;
    let count = match value.content() {
        Content::String(text) => text.graphemes(true).count(),
        // A set with unknown members may turn out shorter.
        Content::Set(_, items) if items.len() > 1 && !value.is_wholly_known() => {
            return Ok(Value::unknown_for(Type::Number, value.causes()));
        }
        Content::List(_, items) | Content::Set(_, items) | Content::Tuple(items) => items.len(),
        Content::Object(fields) if fields.rest.is_some() => {
            return Ok(Value::unknown_for(Type::Number, value.causes()));
        }
        Content::Map(..) | Content::Object(_) => {
            value.entries().map_or(0, std::collections::BTreeMap::len)
        }
        Content::Unknown(unknown) => match &unknown.of {
            Type::Tuple(items) => items.len(),
            Type::Object(fields) => fields.len(),
            Type::Bool | Type::Number => return Err("text or a collection is needed".to_owned()),
            _ => return Ok(Value::unknown_for(Type::Number, unknown.causes.clone())),
        },
        Content::Null(_) => return Err("null has no length".to_owned()),
        _ => return Err("text or a collection is needed".to_owned()),
    };
    Ok(Number::from(count).into())
}

fn matchkeys(given: &Given<'_>) -> Result<Value, String> {
    let (values, keys) = (given.items(0), given.items(1));
    if values.len() != keys.len() {
        return Err("there must be as many values as keys".to_owned());
    }
    let shared = unify(&[given.value(1)?.kind(), given.value(2)?.kind()])
        .ok_or("keys and searched values must have the same type")?;
    let (keys, searched) = (
        convert(given.value(1)?, &shared)?,
        convert(given.value(2)?, &shared)?,
    );
    let whole = given.value(0)?;
    let mut found = Vec::new();
    for (value, key) in values.iter().zip(keys.items().unwrap_or_default()) {
        for wanted in searched.items().unwrap_or_default() {
            match equal(key, wanted) {
                Equality::Known(true) => {
                    found.push(value.clone());
                    break;
                }
                Equality::Known(false) => {}
                Equality::Unknown(causes) => return Ok(Value::unknown_for(whole.kind(), causes)),
            }
        }
    }
    let of = values.first().map_or(Type::Dynamic, Value::kind);
    Ok(Value::list(of, found))
}

fn one(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    match whole.items() {
        Some([]) => Ok(Value::new(Content::Null(match whole.content() {
            Content::List(of, _) | Content::Set(of, _) => of.clone(),
            _ => Type::Dynamic,
        }))),
        Some([item]) => Ok(whole.inside(item)),
        _ => Err("a list of no or one element is needed".to_owned()),
    }
}
