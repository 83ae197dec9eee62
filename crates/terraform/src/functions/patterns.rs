use std::collections::BTreeMap;
use std::sync::Arc;

use regex::{Captures, Regex};

use super::regular::compile;
use super::strings::text;
use super::{Function, Given, Param};
use crate::types::Type;
use crate::value::{Content, Value};

const S: Param = Param::Text;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "regex",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Any,
        run: regex,
    },
    Function {
        name: "regexall",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Any,
        run: regexall,
    },
    Function {
        name: "replace",
        params: &[S, S, S],
        required: 3,
        more: None,
        gives: S,
        run: replace,
    },
];

/// What a match gives: the whole text, or a tuple of the groups, or an object of the named groups.
fn shape(pattern: &Regex) -> Result<Type, String> {
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    let known: Vec<&str> = names.iter().copied().flatten().collect();
    match (names.len(), known.len()) {
        (0, _) => Ok(Type::String),
        (all, 0) => Ok(Type::Tuple(Arc::new(vec![Type::String; all]))),
        (all, some) if all == some => Ok(Type::object(
            known
                .into_iter()
                .map(|name| (Arc::from(name), Type::String)),
        )),
        _ => Err("either all groups have names or none has".to_owned()),
    }
}

fn groups(pattern: &Regex, found: &Captures<'_>, shape: &Type) -> Value {
    let text = |group: Option<regex::Match<'_>>| {
        group.map_or_else(
            || Value::new(Content::Null(Type::String)),
            |group| Value::string(group.as_str()),
        )
    };
    match shape {
        Type::Tuple(_) => Value::tuple(found.iter().skip(1).map(text).collect()),
        Type::Object(_) => {
            let names = pattern.capture_names().flatten();
            Value::object(
                names
                    .map(|name| (Arc::from(name), text(found.name(name))))
                    .collect::<BTreeMap<_, _>>(),
            )
        }
        _ => text(found.get(0)),
    }
}

fn regex(given: &Given<'_>) -> Result<Value, String> {
    let pattern = compile(given.text(0))?;
    let shape = shape(&pattern)?;
    let found = pattern
        .captures(given.text(1))
        .ok_or("the pattern does not match")?;
    Ok(groups(&pattern, &found, &shape))
}

fn regexall(given: &Given<'_>) -> Result<Value, String> {
    let pattern = compile(given.text(0))?;
    let shape = shape(&pattern)?;
    let found: Vec<Value> = pattern
        .captures_iter(given.text(1))
        .map(|found| groups(&pattern, &found, &shape))
        .collect();
    given.check(found.len())?;
    Ok(Value::list(shape, found))
}

/// Between slashes the second argument is a pattern, and the third may name its groups.
fn replace(given: &Given<'_>) -> Result<Value, String> {
    let (whole, wanted, by) = (given.text(0), given.text(1), given.text(2));
    let inner = wanted
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'));
    let replaced =
        match inner {
            Some(inner) if wanted.len() > 1 => {
                let pattern = compile(inner)?;
                let count = pattern.find_iter(whole).count();
                given.check(whole.len().saturating_add(
                    count.saturating_mul(by.len() + whole.len() / (count.max(1))),
                ))?;
                pattern.replace_all(whole, by).into_owned()
            }
            _ => {
                let count = if wanted.is_empty() {
                    whole.chars().count() + 1
                } else {
                    whole.matches(wanted).count()
                };
                given.check(whole.len().saturating_add(count.saturating_mul(by.len())))?;
                whole.replace(wanted, by)
            }
        };
    text(&replaced)
}
