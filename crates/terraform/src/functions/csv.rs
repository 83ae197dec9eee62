use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Function, Given, Param};
use crate::types::Type;
use crate::value::Value;

pub(super) const ALL: &[Function] = &[Function {
    name: "csvdecode",
    params: &[Param::Text],
    required: 1,
    more: None,
    gives: Param::List,
    run: decode,
}];

/// The first record names the attributes of all others.
fn decode(given: &Given<'_>) -> Result<Value, String> {
    let mut records = records(given.text(0))?.into_iter();
    let header = records.next().ok_or("there is no header line")?;
    let names: Vec<Arc<str>> = header.iter().map(|name| Arc::from(name.as_str())).collect();
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|other| other == name) {
            return Err(format!("the column {name:?} stands twice"));
        }
    }
    let mut rows = Vec::new();
    for record in records {
        if record.len() != names.len() {
            return Err(format!("each record must have {} columns", names.len()));
        }
        let fields = names
            .iter()
            .cloned()
            .zip(record.iter().map(|field| Value::string(field)));
        rows.push(Value::object(fields.collect::<BTreeMap<_, _>>()));
    }
    Ok(Value::list(
        Type::object(names.into_iter().map(|name| (name, Type::String))),
        rows,
    ))
}

/// RFC 4180 as Go's `encoding/csv` reads it: empty lines are passed over, a bare quote is an error.
fn records(text: &str) -> Result<Vec<Vec<String>>, String> {
    let text = text.replace("\r\n", "\n");
    let mut rest = text.chars().peekable();
    let mut records = Vec::new();
    while rest.peek().is_some() {
        if rest.next_if_eq(&'\n').is_some() {
            continue;
        }
        let mut record = Vec::new();
        loop {
            let mut field = String::new();
            if rest.next_if_eq(&'"').is_some() {
                loop {
                    match rest.next() {
                        Some('"') if rest.next_if_eq(&'"').is_some() => field.push('"'),
                        Some('"') => break,
                        Some(found) => field.push(found),
                        None => return Err("a quoted field is not closed".to_owned()),
                    }
                }
                if rest.peek().is_some_and(|next| !matches!(next, ',' | '\n')) {
                    return Err("a quote stands inside of a quoted field".to_owned());
                }
            } else {
                while let Some(found) = rest.next_if(|next| !matches!(next, ',' | '\n')) {
                    if found == '"' {
                        return Err("a quote stands inside of a field".to_owned());
                    }
                    field.push(found);
                }
            }
            record.push(field);
            if rest.next_if_eq(&',').is_none() {
                rest.next();
                break;
            }
        }
        records.push(record);
    }
    Ok(records)
}
