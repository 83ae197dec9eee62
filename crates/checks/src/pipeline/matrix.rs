//! The values that a job's matrix gives.

use std::collections::BTreeSet;

use sekisho_model::{Fields, Job};
use serde_json::Value;

/// GitHub makes no more jobs of one matrix.
const MOST: usize = 256;

/// All values of one key of the matrix, those of `include` too; none when they are made at run time or left out by `exclude`
/// as a whole.
pub(crate) fn values(job: &Job, key: &str) -> Option<Vec<Value>> {
    let matrix = job.value.entries("strategy.matrix")?;
    let mut found: Vec<Value> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut add = |value: &Value| {
        if found.len() < MOST && seen.insert(value.to_string()) {
            found.push(value.clone());
        }
    };
    let (head, rest) = key
        .split_once('.')
        .map_or((key, None), |(head, rest)| (head, Some(rest)));
    let inner = |value: &Value| match rest {
        Some(rest) => value.at(rest).cloned(),
        None => Some(value.clone()),
    };
    let entry = matrix
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(head));
    match entry.map(|(_, value)| value) {
        Some(Value::Array(values)) => values
            .iter()
            .filter_map(inner)
            .for_each(|value| add(&value)),
        Some(_) => return None,
        None => {}
    }
    match matrix.get("include") {
        Some(Value::Array(extra)) => {
            let extra = extra.iter().filter_map(|one| one.key(head));
            extra.filter_map(inner).for_each(|value| add(&value));
        }
        Some(_) => return None,
        None => {}
    }
    // A value that `exclude` names alone never comes.
    for excluded in matrix
        .get("exclude")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let Some(entries) = excluded.as_object().filter(|entries| entries.len() == 1) else {
            continue;
        };
        if let Some(value) = entries.get(head).and_then(inner) {
            found.retain(|other| *other != value);
        }
    }
    (!found.is_empty()).then_some(found)
}
