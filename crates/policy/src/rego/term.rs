use regorus::Value;

/// A value as OPA prints it: JSON with a space after `:` and `,`, sets in braces, keys and members in their order.
pub(super) fn print(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.format_decimal(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", list(items.iter())),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", list(items.iter_sorted())),
        Value::Object(fields) => {
            let fields = fields
                .iter_sorted()
                .map(|(key, value)| format!("{}: {}", print(key), print(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Undefined => "<undefined>".to_owned(),
    }
}

fn list<'a>(items: impl Iterator<Item = &'a Value>) -> String {
    items.map(print).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value as JSON; sets become lists in their order.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Undefined => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => {
            serde_json::from_str(&number.format_decimal()).unwrap_or(serde_json::Value::Null)
        }
        Value::String(text) => text.as_ref().into(),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Set(items) => items.iter_sorted().map(to_json).collect(),
        Value::Object(fields) => fields
            .iter_sorted()
            .map(|(key, value)| {
                let key = match key {
                    Value::String(text) => text.to_string(),
                    other => print(other),
                };
                (key, to_json(value))
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
