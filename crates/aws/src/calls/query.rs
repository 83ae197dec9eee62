//! The part of JMESPath that the table of calls uses to pick names out of an answer, so that a reader of the answer knows
//! for which names a call had to be made. <https://jmespath.org/specification.html>

use sekisho_terraform::Value;

/// One step from a value to what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step<'q> {
    /// `name`
    Field(&'q str),
    /// `[]`: every item
    Items,
    /// `[?name=='text']`: the items of which it holds
    Where {
        field: &'q str,
        is: bool,
        text: &'q str,
    },
    /// `join('', ['text', name])`
    Prefixed { text: &'q str, field: &'q str },
}

/// The names that a query picks, each with the value it was written as. `Err` when the query uses more of JMESPath than is
/// known here, or when the answer has something else than a text in their place: then names may be missing.
pub(crate) fn names(query: &str, answer: &Value) -> Result<Vec<(String, Value)>, ()> {
    let mut values = vec![answer.clone()];
    let mut prefix = "";
    for step in steps(query).ok_or(())? {
        let mut next = Vec::new();
        for value in values {
            match &step {
                Step::Field(name) => next.extend(field(&value, name)?),
                Step::Items => next.extend(items(&value)?),
                Step::Where {
                    field: name,
                    is,
                    text,
                } => {
                    for item in items(&value)? {
                        let own = field(&item, name)?;
                        if (own
                            .and_then(|own| own.as_str().map(str::to_owned))
                            .as_deref()
                            == Some(*text))
                            == *is
                        {
                            next.push(item);
                        }
                    }
                }
                Step::Prefixed { text, field: name } => {
                    prefix = text;
                    next.extend(field(&value, name)?);
                }
            }
        }
        values = next;
    }
    let name = |value: Value| Ok((format!("{prefix}{}", value.as_str().ok_or(())?), value));
    values.into_iter().map(name).collect()
}

/// `Ok(None)` for what is null or not there: JMESPath passes over it.
fn field(value: &Value, name: &str) -> Result<Option<Value>, ()> {
    if value.is_null() {
        return Ok(None);
    }
    value.entries().ok_or(())?;
    Ok(value.get(name).filter(|part| !part.is_null()))
}

fn items(value: &Value) -> Result<Vec<Value>, ()> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let items = value.items().ok_or(())?;
    Ok(items.iter().map(|item| value.inside(item)).collect())
}

fn steps(query: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    let mut rest = query;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[]").or_else(|| rest.strip_prefix("[*]")) {
            steps.push(Step::Items);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("[?") {
            let (condition, after) = after.split_once(']')?;
            let (field, is, text) = match condition.split_once("!=") {
                Some((field, text)) => (field, false, text),
                None => condition
                    .split_once("==")
                    .map(|(field, text)| (field, true, text))?,
            };
            let text = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            steps.push(Step::Where {
                field: word(field.trim())?,
                is,
                text,
            });
            rest = after;
        } else if let Some(after) = rest.strip_prefix("join('', ['") {
            let (text, after) = after.split_once("', ")?;
            let field = word(after.strip_suffix("])")?)?;
            steps.push(Step::Prefixed { text, field });
            rest = "";
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end)?;
            steps.push(Step::Field(word(name)?));
            rest = after;
        }
        rest = match rest.strip_prefix('.') {
            Some("") => return None,
            Some(after) => after,
            None => rest,
        };
    }
    (!steps.is_empty()).then_some(steps)
}

fn word(text: &str) -> Option<&str> {
    let is_word = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_word && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;

    fn object(entries: &[(&str, Value)]) -> Value {
        let entries = entries
            .iter()
            .map(|(name, value)| (Arc::from(*name), value.clone()));
        Value::object(entries.collect::<BTreeMap<_, _>>())
    }

    fn picked(query: &str, answer: &Value) -> Result<Vec<String>, ()> {
        Ok(names(query, answer)?
            .into_iter()
            .map(|(name, _)| name)
            .collect())
    }

    #[test]
    fn names_are_picked_as_jmespath_picks_them() {
        let item = |name: &str, kind: &str| {
            object(&[("Name", Value::string(name)), ("Type", Value::string(kind))])
        };
        let list = Value::tuple(vec![item("a", "x"), item("b", "y"), object(&[])]);
        let answer = object(&[
            ("List", object(&[("Items", list)])),
            ("Nothing", Value::null()),
        ]);
        assert_eq!(picked("List.Items[].Name", &answer).unwrap(), ["a", "b"]);
        assert_eq!(picked("List.Items[*].Name", &answer).unwrap(), ["a", "b"]);
        assert_eq!(
            picked("List.Items[?Type=='y'].Name", &answer).unwrap(),
            ["b"]
        );
        assert_eq!(
            picked("List.Items[?Type!='y'].Name", &answer).unwrap(),
            ["a"]
        );
        assert_eq!(
            picked("List.Items[].join('', ['type=oidc,name=', Name])", &answer).unwrap(),
            ["type=oidc,name=a", "type=oidc,name=b"]
        );
        assert!(picked("Nothing[].Name", &answer).unwrap().is_empty());
        assert!(picked("Absent[].Name", &answer).unwrap().is_empty());
    }

    #[test]
    fn what_is_written_otherwise_or_is_no_text_is_told() {
        let answer = object(&[("a", Value::tuple(vec![Value::from(true)]))]);
        for query in [
            "",
            "a.",
            "a[0]",
            "a[].length(@)",
            "sort(a)",
            "a[?b]",
            "a | [0]",
            "a[]",
            "a[].b",
            "a.b",
        ] {
            assert!(picked(query, &answer).is_err(), "{query}");
        }
    }
}
