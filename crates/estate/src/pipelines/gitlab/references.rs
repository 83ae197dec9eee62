use sekisho_model::{Phrase, phrase};
use serde_json::Value;

use super::super::marked::REFERENCE;
use super::merge::Book;

/// GitLab's limit of references behind references.
const DEEPEST: usize = 10;
/// How many broken references of a job are told.
const MOST_TOLD: usize = 8;

/// A value with every `!reference` in its place; what cannot be found stays as null and is told.
pub(super) fn settled(book: &mut Book<'_>, value: &Value, gaps: &mut Vec<Phrase>) -> Value {
    settle(book, value, 0, gaps)
}

fn settle(book: &mut Book<'_>, value: &Value, depth: usize, gaps: &mut Vec<Phrase>) -> Value {
    match value {
        Value::Array(items) => {
            let items = items.iter().map(|item| settle(book, item, depth, gaps));
            Value::Array(items.collect())
        }
        Value::Object(entries) => {
            if let Some(Value::Array(path)) = entries.get(REFERENCE) {
                return follow(book, path, depth, gaps);
            }
            let entries = entries.iter();
            Value::Object(
                entries
                    .map(|(key, value)| (key.clone(), settle(book, value, depth, gaps)))
                    .collect(),
            )
        }
        plain => plain.clone(),
    }
}

fn follow(book: &mut Book<'_>, path: &[Value], depth: usize, gaps: &mut Vec<Phrase>) -> Value {
    let mut names = path.iter().filter_map(Value::as_str);
    let first = names.next().unwrap_or("");
    let rest: Vec<&str> = names.collect();
    let start = match book.named(first) {
        Some(merged) => Some(Value::Object(merged.value.clone())),
        None => book.global(first).map(|(value, _)| value),
    };
    let target = start.and_then(|start| {
        let found = rest
            .iter()
            .try_fold(&start, |value, name| value.get(name))?;
        Some(found.clone())
    });
    match target {
        Some(target) if depth < DEEPEST && book.spend(&target) => {
            settle(book, &target, depth + 1, gaps)
        }
        _ if gaps.len() >= MOST_TOLD => Value::Null,
        _ => {
            let written = path
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            gaps.push(phrase!(
                en: "`!reference [{written}]` leads to nothing that was read",
                ja: "`!reference [{written}]` の参照先を読み取れない"
            ));
            Value::Null
        }
    }
}
