use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Function, Given, Param};
use crate::convert::{convert, to_text};
use crate::equality::{Equality, equal};
use crate::number::Number;
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

const N: Param = Param::Number;
const ANY: Param = Param::Any;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "alltrue",
        params: &[Param::Bools],
        required: 1,
        more: None,
        gives: Param::Bool,
        run: |given| truth(given, true),
    },
    Function {
        name: "anytrue",
        params: &[Param::Bools],
        required: 1,
        more: None,
        gives: Param::Bool,
        run: |given| truth(given, false),
    },
    Function {
        name: "chunklist",
        params: &[Param::List, N],
        required: 2,
        more: None,
        gives: ANY,
        run: chunklist,
    },
    Function {
        name: "compact",
        params: &[Param::Texts],
        required: 1,
        more: None,
        gives: Param::Texts,
        run: compact,
    },
    Function {
        name: "concat",
        params: &[],
        required: 1,
        more: Some(ANY),
        gives: ANY,
        run: concat,
    },
    Function {
        name: "contains",
        params: &[ANY, ANY],
        required: 2,
        more: None,
        gives: Param::Bool,
        run: contains,
    },
    Function {
        name: "distinct",
        params: &[Param::List],
        required: 1,
        more: None,
        gives: Param::List,
        run: distinct,
    },
    Function {
        name: "element",
        params: &[ANY, N],
        required: 2,
        more: None,
        gives: ANY,
        run: element,
    },
    Function {
        name: "index",
        params: &[ANY, ANY],
        required: 2,
        more: None,
        gives: N,
        run: index,
    },
    Function {
        name: "reverse",
        params: &[ANY],
        required: 1,
        more: None,
        gives: ANY,
        run: reverse,
    },
    Function {
        name: "slice",
        params: &[ANY, N, N],
        required: 3,
        more: None,
        gives: ANY,
        run: slice,
    },
    Function {
        name: "sort",
        params: &[Param::Texts],
        required: 1,
        more: None,
        gives: Param::Texts,
        run: sort,
    },
    Function {
        name: "zipmap",
        params: &[Param::Texts, ANY],
        required: 2,
        more: None,
        gives: ANY,
        run: zipmap,
    },
];

fn truth(given: &Given<'_>, all: bool) -> Result<Value, String> {
    let items = given.items(0);
    // Null counts as false.
    if items
        .iter()
        .any(|item| item.as_unknown().is_none() && item.as_bool().unwrap_or(false) != all)
    {
        return Ok(Value::from(!all));
    }
    let causes = unknown_items(items);
    Ok(if causes.is_empty() {
        Value::from(all)
    } else {
        Value::unknown_for(Type::Bool, causes)
    })
}

fn unknown_items(items: &[Value]) -> Vec<Cause> {
    items
        .iter()
        .filter_map(Value::as_unknown)
        .flat_map(|unknown| unknown.causes.iter().cloned())
        .collect()
}

/// A list, set or tuple, or a refusal.
fn sequence<'g>(given: &'g Given<'_>, at: usize) -> Result<&'g [Value], String> {
    given
        .value(at)?
        .items()
        .ok_or_else(|| "a list is needed".to_owned())
}

/// Items like those of the argument: a list stays a list, a tuple a tuple.
fn like(whole: &Value, items: Vec<Value>) -> Value {
    match whole.content() {
        Content::List(of, _) | Content::Set(of, _) => Value::list(of.clone(), items),
        _ => Value::tuple(items),
    }
}

fn chunklist(given: &Given<'_>) -> Result<Value, String> {
    let size = usize::try_from(given.whole(1)?).map_err(|_| "the size must not be negative")?;
    let items = given.items(0);
    let of = items.first().map_or(Type::Dynamic, Value::kind);
    let size = if size == 0 { items.len().max(1) } else { size };
    let chunks = items
        .chunks(size)
        .map(|chunk| Value::list(of.clone(), chunk.to_vec()))
        .collect();
    Ok(Value::list(Type::list(of), chunks))
}

fn compact(given: &Given<'_>) -> Result<Value, String> {
    let items = given.items(0);
    let causes = unknown_items(items);
    if !causes.is_empty() {
        return Ok(Value::unknown_for(Type::list(Type::String), causes));
    }
    let kept = items
        .iter()
        .filter(|item| item.as_str().is_some_and(|text| !text.is_empty()));
    Ok(Value::list(Type::String, kept.cloned().collect()))
}

fn concat(given: &Given<'_>) -> Result<Value, String> {
    let mut items = Vec::new();
    let mut of = None;
    let mut all_lists = true;
    for value in given.values {
        let more = value.items().ok_or("a list is needed")?;
        match value.content() {
            Content::List(found, _) if of.as_ref().is_none_or(|of| of == found) => {
                of = Some(found.clone());
            }
            _ => all_lists = false,
        }
        items.extend(more.iter().map(|item| value.inside(item)));
        given.check(items.len())?;
    }
    Ok(match of {
        Some(of) if all_lists => Value::list(of, items),
        _ => Value::tuple(items),
    })
}

fn contains(given: &Given<'_>) -> Result<Value, String> {
    let mut causes = Vec::new();
    for item in sequence(given, 0)? {
        match equal(item, given.value(1)?) {
            Equality::Known(true) => return Ok(Value::from(true)),
            Equality::Known(false) => {}
            Equality::Unknown(more) => causes.extend(more),
        }
    }
    Ok(if causes.is_empty() {
        Value::from(false)
    } else {
        Value::unknown_for(Type::Bool, causes)
    })
}

fn distinct(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    let items = given.items(0);
    if !whole.is_wholly_known() {
        return Ok(Value::unknown_for(whole.kind(), whole.causes()));
    }
    let mut sorted: Vec<(usize, &Value)> = items.iter().enumerate().collect();
    sorted.sort_by(|(_, left), (_, right)| crate::equality::order(left, right));
    sorted.dedup_by(|(_, later), (_, first)| later == first);
    sorted.sort_by_key(|(at, _)| *at);
    Ok(like(
        whole,
        sorted.into_iter().map(|(_, item)| item.clone()).collect(),
    ))
}

fn element(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    if matches!(whole.content(), Content::Set(..)) {
        return Err("a set has no order".to_owned());
    }
    let items = sequence(given, 0)?;
    let at = usize::try_from(given.whole(1)?).map_err(|_| "the index must not be negative")?;
    let at = at
        .checked_rem(items.len())
        .ok_or("an empty list has no element")?;
    items
        .get(at)
        .map(|item| whole.inside(item))
        .ok_or_else(|| "there is no such element".to_owned())
}

fn index(given: &Given<'_>) -> Result<Value, String> {
    if matches!(given.value(0)?.content(), Content::Set(..)) {
        return Err("a list is needed".to_owned());
    }
    for (at, item) in sequence(given, 0)?.iter().enumerate() {
        match equal(item, given.value(1)?) {
            Equality::Known(true) => return Ok(Number::from(at).into()),
            Equality::Known(false) => {}
            Equality::Unknown(causes) => return Ok(Value::unknown_for(Type::Number, causes)),
        }
    }
    Err("the value is not in the list".to_owned())
}

fn reverse(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    Ok(like(
        whole,
        sequence(given, 0)?.iter().rev().cloned().collect(),
    ))
}

fn slice(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    if matches!(whole.content(), Content::Set(..)) {
        return Err("a set has no order".to_owned());
    }
    let items = sequence(given, 0)?;
    let bound = |at| {
        given
            .whole(at)
            .ok()
            .and_then(|bound| usize::try_from(bound).ok())
    };
    let cut = bound(1)
        .zip(bound(2))
        .and_then(|(start, end)| items.get(start..end));
    Ok(like(
        whole,
        cut.ok_or_else(|| format!("the bounds must lie within 0 and {}", items.len()))?
            .to_vec(),
    ))
}

fn sort(given: &Given<'_>) -> Result<Value, String> {
    let items = given.items(0);
    let causes = unknown_items(items);
    if !causes.is_empty() {
        return Ok(Value::unknown_for(Type::list(Type::String), causes));
    }
    let mut sorted = items.to_vec();
    if sorted.iter().any(Value::is_null) {
        return Err("null cannot be sorted".to_owned());
    }
    sorted.sort_by(|left, right| left.as_str().cmp(&right.as_str()));
    Ok(Value::list(Type::String, sorted))
}

fn zipmap(given: &Given<'_>) -> Result<Value, String> {
    let (keys, whole) = (given.items(0), given.value(1)?);
    let values = sequence(given, 1)?;
    if keys.len() != values.len() {
        return Err("there must be as many values as keys".to_owned());
    }
    let causes = unknown_items(keys);
    if !causes.is_empty() {
        return Ok(Value::unknown_for(Type::Dynamic, causes));
    }
    let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for (key, value) in keys.iter().zip(values) {
        entries.insert(to_text(key)?, value.clone());
    }
    Ok(match whole.content() {
        Content::List(of, _) => Value::map(of.clone(), entries),
        _ => Value::object(entries),
    })
}

/// The items of a list whose every part is converted to text.
pub(super) fn texts(items: &[Value]) -> Result<Vec<Arc<str>>, String> {
    items
        .iter()
        .map(|item| convert(item, &Type::String).and_then(|item| to_text(&item)))
        .collect()
}
