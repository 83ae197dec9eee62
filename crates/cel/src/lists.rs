//! Functions on lists and sets.
//!
//! k8s.io/apiserver `pkg/cel/library/lists.go`, cel-go `ext/lists.go` (version 3) and `ext/sets.go`.

use std::cmp::Ordering;

use crate::arithmetic::binary;
use crate::compare::{equal, is_ordered, order};
use crate::fault::{Fault, Outcome};
use crate::value::{List, Value};

/// More elements than this are not made.
pub(crate) const MOST: usize = 2_000_000;

pub(crate) fn is_sorted(list: &List<'_>) -> Outcome<bool> {
    let mut before: Option<Value<'_>> = None;
    for item in list.iter() {
        if !is_ordered(&item) {
            return Err(Fault::no_overload());
        }
        if let Some(before) = &before
            && matches!(order(before, &item), Ok(Ordering::Greater))
        {
            return Ok(false);
        }
        before = Some(item);
    }
    Ok(true)
}

/// The sum of a list, from the zero of its type.
pub(crate) fn sum<'a>(list: &List<'a>, zero: Value<'a>) -> Outcome<Value<'a>> {
    list.iter()
        .try_fold(zero, |sum, item| binary('+', sum, item))
}

/// The first element that no other passes in the given direction.
pub(crate) fn extreme<'a>(list: &List<'a>, name: &str, wanted: Ordering) -> Outcome<Value<'a>> {
    let mut found: Option<Value<'a>> = None;
    for item in list.iter() {
        if !is_ordered(&item) {
            return Err(Fault::no_overload());
        }
        let is_better = found
            .as_ref()
            .is_none_or(|found| order(&item, found) == Ok(wanted));
        if is_better {
            found = Some(item);
        }
    }
    found.ok_or_else(|| Fault::new(format!("{name} called on empty list")))
}

pub(crate) fn position(list: &List<'_>, wanted: &Value<'_>, from_end: bool) -> i64 {
    let is_it = |index: &usize| {
        list.get(*index)
            .is_some_and(|item| equal(&item, wanted).unwrap_or(false))
    };
    let found = if from_end {
        (0..list.len()).rev().find(is_it)
    } else {
        (0..list.len()).find(is_it)
    };
    found
        .and_then(|index| i64::try_from(index).ok())
        .unwrap_or(-1)
}

pub(crate) fn contains(list: &List<'_>, wanted: &Value<'_>) -> bool {
    position(list, wanted, false) >= 0
}

pub(crate) fn slice<'a>(list: &List<'a>, start: i64, end: i64) -> Outcome<Value<'a>> {
    let fail = |reason: String| Fault::new(format!("cannot slice({start}, {end}), {reason}"));
    let (Ok(from), Ok(to)) = (usize::try_from(start), usize::try_from(end)) else {
        return Err(fail("negative indexes not supported".to_owned()));
    };
    if from > to {
        return Err(fail(
            "start index must be less than or equal to end index".to_owned(),
        ));
    }
    if list.len() < to {
        return Err(fail(format!("list is length {}", list.len())));
    }
    Ok(Value::list(
        (from..to).filter_map(|index| list.get(index)).collect(),
    ))
}

pub(crate) fn flatten<'a>(list: &List<'a>, depth: i64) -> Outcome<Vec<Value<'a>>> {
    if depth < 0 {
        return Err(Fault::new("level must be non-negative"));
    }
    let mut flat = Vec::new();
    for item in list.iter() {
        match item {
            Value::List(inner) if depth > 0 => flat.extend(flatten(&inner, depth - 1)?),
            other => flat.push(other),
        }
        if flat.len() > MOST {
            return Err(Fault::TooCostly);
        }
    }
    Ok(flat)
}

/// The list in the order of its keys.
pub(crate) fn sort_by<'a>(list: &List<'a>, keys: &List<'a>) -> Outcome<Value<'a>> {
    if list.len() != keys.len() {
        return Err(Fault::new(format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got {} and {} elements respectively",
            list.len(),
            keys.len()
        )));
    }
    let Some(first) = keys.get(0) else {
        return Ok(Value::List(list.clone()));
    };
    if !is_ordered(&first) {
        return Err(Fault::new("list elements must be comparable"));
    }
    if keys.len() > 1 && keys.iter().any(|key| key.type_name() != first.type_name()) {
        return Err(Fault::new("list elements must have the same type"));
    }
    let mut pairs: Vec<(Value<'a>, Value<'a>)> = keys.iter().zip(list.iter()).collect();
    pairs.sort_by(|left, right| order(&left.0, &right.0).unwrap_or(Ordering::Equal));
    Ok(Value::list(
        pairs.into_iter().map(|(_, item)| item).collect(),
    ))
}

pub(crate) fn range<'a>(length: i64) -> Outcome<Value<'a>> {
    let is_small = usize::try_from(length).is_ok_and(|length| length <= MOST) || length < 0;
    if !is_small {
        return Err(Fault::TooCostly);
    }
    Ok(Value::list((0..length).map(Value::Int).collect()))
}

pub(crate) fn distinct<'a>(list: &List<'a>) -> Value<'a> {
    let mut found: Vec<Value<'a>> = Vec::new();
    for item in list.iter() {
        if !found
            .iter()
            .any(|known| equal(&item, known).unwrap_or(false))
        {
            found.push(item);
        }
    }
    Value::list(found)
}

/// True when all of the second list are in the first.
pub(crate) fn covers(list: &List<'_>, part: &List<'_>) -> bool {
    part.iter().all(|item| contains(list, &item))
}
