use std::borrow::Cow;

use sekisho_text::{Route, Step};
use serde_json::{Map, Value};

use super::{EditError, Operation};

/// Does one operation on the JSON form.
pub(super) fn perform(root: &mut Value, operation: &Operation) -> Result<(), EditError> {
    match operation {
        Operation::Replace { route, value } => {
            *at(root, route)? = value.clone();
            Ok(())
        }
        Operation::Add { route, key, value } => {
            let here = route.key(Cow::Owned(key.clone()));
            let map = map_at(root, route)?;
            if map.contains_key(key) {
                return Err(EditError::Present(here));
            }
            map.insert(key.clone(), value.clone());
            Ok(())
        }
        Operation::Append { route, value } => match at(root, route)? {
            Value::Array(items) => {
                items.push(value.clone());
                Ok(())
            }
            place @ Value::Null => {
                *place = Value::Array(vec![value.clone()]);
                Ok(())
            }
            _ => Err(EditError::Unfit(route.clone(), "a list")),
        },
        Operation::Remove { route } => remove(root, route).map(drop),
        Operation::Rename { route, key } => {
            let parent = route.parent().unwrap_or_default();
            let here = parent.key(Cow::Owned(key.clone()));
            if !matches!(route.last(), Some(Step::Key(_))) {
                return Err(EditError::Unfit(route.clone(), "the value of a key"));
            }
            if at(root, &here).is_ok() {
                return Err(EditError::Present(here));
            }
            let value = remove(root, route)?;
            map_at(root, &parent)?.insert(key.clone(), value);
            Ok(())
        }
        Operation::Ensure { route, value } => ensure(root, route, value),
    }
}

fn at<'v>(root: &'v mut Value, route: &Route) -> Result<&'v mut Value, EditError> {
    let mut value = root;
    for step in route.steps() {
        let next = match (step, value) {
            (Step::Key(key), Value::Object(map)) => map.get_mut(key.as_ref()),
            (Step::Index(index), Value::Array(items)) => items.get_mut(*index),
            _ => None,
        };
        value = next.ok_or_else(|| EditError::Absent(route.clone()))?;
    }
    Ok(value)
}

fn map_at<'v>(root: &'v mut Value, route: &Route) -> Result<&'v mut Map<String, Value>, EditError> {
    as_map(at(root, route)?, route)
}

/// A map; nothing at all becomes an empty one.
fn as_map<'v>(
    value: &'v mut Value,
    route: &Route,
) -> Result<&'v mut Map<String, Value>, EditError> {
    if value.is_null() {
        *value = Value::Object(Map::new());
    }
    value
        .as_object_mut()
        .ok_or_else(|| EditError::Unfit(route.clone(), "a map"))
}

fn remove(root: &mut Value, route: &Route) -> Result<Value, EditError> {
    let parent = route
        .parent()
        .ok_or_else(|| EditError::Unfit(route.clone(), "inside of the document"))?;
    let absent = || EditError::Absent(route.clone());
    let removed = match (route.last(), at(root, &parent)?) {
        (Some(Step::Key(key)), Value::Object(map)) => map.remove(key.as_ref()),
        (Some(Step::Index(index)), Value::Array(items)) if *index < items.len() => {
            Some(items.remove(*index))
        }
        _ => None,
    };
    removed.ok_or_else(absent)
}

fn ensure(root: &mut Value, route: &Route, wanted: &Value) -> Result<(), EditError> {
    let mut value = root;
    let mut here = Route::root();
    for step in route.steps() {
        value = match step {
            Step::Key(key) => as_map(value, &here)?
                .entry(key.as_ref())
                .or_insert(Value::Null),
            // Lists are not made: which items they would need is not said.
            Step::Index(index) => value
                .get_mut(*index)
                .ok_or_else(|| EditError::Absent(route.clone()))?,
        };
        here.push(step.clone());
    }
    *value = wanted.clone();
    Ok(())
}
