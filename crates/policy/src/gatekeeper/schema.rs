//! The schema of a constraint's parameters: OpenAPI v3 as CustomResourceDefinitions have it
//! (<https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/>).

use serde_json::{Map, Value};

use crate::rego::go_pattern;

/// What is wrong with a value, and where.
pub(super) type Problems = Vec<String>;

/// Refuses a schema that the API server would refuse: every part must say its type, and patterns must be readable.
pub(super) fn check(schema: &Value, at: &str) -> Result<(), String> {
    let Some(fields) = schema.as_object() else {
        return Err(format!("{at}: a schema must be an object"));
    };
    let open = is(schema, "x-kubernetes-preserve-unknown-fields")
        || is(schema, "x-kubernetes-int-or-string");
    match fields.get("type").and_then(Value::as_str) {
        None if open => {}
        None => return Err(format!("{at}: the schema says no type")),
        Some("object" | "array" | "string" | "integer" | "number" | "boolean") => {}
        Some(other) => return Err(format!("{at}: the type `{other}` is not known")),
    }
    if let Some(pattern) = fields.get("pattern").and_then(Value::as_str)
        && go_pattern::compile(pattern).is_none()
    {
        return Err(format!("{at}: the pattern `{pattern}` cannot be read"));
    }
    for (name, inner) in fields
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        check(inner, &format!("{at}.{name}"))?;
    }
    if let Some(inner) = fields.get("items") {
        check(inner, &format!("{at}[]"))?;
    } else if fields.get("type").and_then(Value::as_str) == Some("array") {
        return Err(format!("{at}: a list without `items`"));
    }
    match fields.get("additionalProperties") {
        Some(inner @ Value::Object(_)) => check(inner, &format!("{at}.*")),
        _ => Ok(()),
    }
}

fn is(schema: &Value, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool) == Some(true)
}

/// A schema of the old kind: every object may hold more than is written, and what is not written may be anything.
pub(super) fn opened(schema: &Value) -> Value {
    let mut schema = schema.clone();
    open(&mut schema);
    schema
}

fn open(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    match fields.get("type").and_then(Value::as_str) {
        None | Some("object") => {
            fields.insert(
                "x-kubernetes-preserve-unknown-fields".to_owned(),
                true.into(),
            );
        }
        Some("array") if !fields.contains_key("items") => {
            let anything = serde_json::json!({"x-kubernetes-preserve-unknown-fields": true});
            fields.insert("items".to_owned(), anything);
        }
        Some(_) => {}
    }
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties.values_mut().for_each(open);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner @ Value::Object(_)) = fields.get_mut(key) {
            open(inner);
        }
    }
}

/// Sets the defaults of what is absent, in objects that are there.
pub(super) fn defaults(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                if let Some(default) = inner.get("default")
                    && fields
                        .get(name)
                        .is_none_or(|given| given.is_null() && !is(inner, "nullable"))
                {
                    fields.insert(name.clone(), default.clone());
                }
                if let Some(given) = fields.get_mut(name) {
                    defaults(inner, given);
                }
            }
            if let Some(inner @ Value::Object(_)) = schema.get("additionalProperties") {
                let named = schema.get("properties");
                for (name, given) in fields.iter_mut() {
                    if named.and_then(|named| named.get(name)).is_none() {
                        defaults(inner, given);
                    }
                }
            }
        }
        Value::Array(items) => {
            if let Some(inner) = schema.get("items") {
                for item in items {
                    defaults(inner, item);
                }
            }
        }
        _ => {}
    }
}

/// Fields that the schema does not know and the server would drop.
pub(super) fn unknown(schema: &Value, value: &Value, at: &str, found: &mut Problems) {
    match value {
        Value::Object(fields) => {
            let keep = is(schema, "x-kubernetes-preserve-unknown-fields");
            for (name, given) in fields {
                let here = format!("{at}.{name}");
                let named = schema
                    .get("properties")
                    .and_then(|properties| properties.get(name));
                match (named, schema.get("additionalProperties")) {
                    (Some(inner), _) | (None, Some(inner @ Value::Object(_))) => {
                        unknown(inner, given, &here, found);
                    }
                    (None, Some(Value::Bool(true))) => {}
                    _ if keep => {}
                    _ => found.push(here),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(inner) = schema.get("items") {
                    unknown(inner, item, &format!("{at}[{index}]"), found);
                }
            }
        }
        _ => {}
    }
}

/// What of a value the schema forbids.
pub(super) fn validate(schema: &Value, value: &Value, at: &str, problems: &mut Problems) {
    let Some(rules) = schema.as_object() else {
        return;
    };
    if value.is_null() && is(schema, "nullable") {
        return;
    }
    if is(schema, "x-kubernetes-int-or-string") {
        if !(value.is_string() || is_integer(value)) {
            problems.push(format!("{at} must be a whole number or a text"));
        }
    } else if let Some(kind) = rules.get("type").and_then(Value::as_str)
        && !is_of(kind, value)
    {
        problems.push(format!("{at} must be of type {kind}"));
        return;
    }
    if let Some(allowed) = rules.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let allowed: Vec<String> = allowed.iter().map(Value::to_string).collect();
        problems.push(format!("{at} must be one of {}", allowed.join(", ")));
    }
    match value {
        Value::Object(fields) => object(rules, fields, at, problems),
        Value::Array(items) => list(rules, items, at, problems),
        Value::String(text) => string(rules, text, at, problems),
        Value::Number(number) => numbers(rules, number.as_f64().unwrap_or(f64::NAN), at, problems),
        _ => {}
    }
    combined(rules, value, at, problems);
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|real| real.fract() == 0.0)
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => is_integer(value),
        "number" => value.is_number(),
        _ => false,
    }
}

fn limit(rules: &Map<String, Value>, key: &str) -> Option<f64> {
    rules.get(key).and_then(Value::as_f64)
}

/// Checks a count against a pair of limits.
fn count(
    rules: &Map<String, Value>,
    keys: [&str; 2],
    count: usize,
    at: &str,
    problems: &mut Problems,
) {
    let [least, most] = keys;
    let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
    if limit(rules, least).is_some_and(|least| count < least) {
        problems.push(format!("{at} is shorter than {least} allows"));
    }
    if limit(rules, most).is_some_and(|most| count > most) {
        problems.push(format!("{at} is longer than {most} allows"));
    }
}

fn object(
    rules: &Map<String, Value>,
    fields: &Map<String, Value>,
    at: &str,
    problems: &mut Problems,
) {
    count(
        rules,
        ["minProperties", "maxProperties"],
        fields.len(),
        at,
        problems,
    );
    for name in rules
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(name) = name.as_str().filter(|name| !fields.contains_key(*name)) {
            problems.push(format!("{at}.{name} is required"));
        }
    }
    for (name, given) in fields {
        let named = rules
            .get("properties")
            .and_then(|properties| properties.get(name));
        let other = rules
            .get("additionalProperties")
            .filter(|other| other.is_object());
        if let Some(inner) = named.or(other) {
            validate(inner, given, &format!("{at}.{name}"), problems);
        }
    }
}

fn list(rules: &Map<String, Value>, items: &[Value], at: &str, problems: &mut Problems) {
    count(rules, ["minItems", "maxItems"], items.len(), at, problems);
    if rules.get("uniqueItems").and_then(Value::as_bool) == Some(true) {
        let twice = items
            .iter()
            .enumerate()
            .any(|(index, item)| items.iter().skip(index + 1).any(|other| other == item));
        if twice {
            problems.push(format!("{at} holds something twice"));
        }
    }
    if let Some(inner) = rules.get("items") {
        for (index, item) in items.iter().enumerate() {
            validate(inner, item, &format!("{at}[{index}]"), problems);
        }
    }
}

fn string(rules: &Map<String, Value>, text: &str, at: &str, problems: &mut Problems) {
    count(
        rules,
        ["minLength", "maxLength"],
        text.chars().count(),
        at,
        problems,
    );
    if let Some(pattern) = rules.get("pattern").and_then(Value::as_str) {
        let fits = go_pattern::compile(pattern).is_some_and(|pattern| pattern.is_match(text));
        if !fits {
            problems.push(format!("{at} does not match `{pattern}`"));
        }
    }
}

fn numbers(rules: &Map<String, Value>, number: f64, at: &str, problems: &mut Problems) {
    let strict = |key: &str| rules.get(key).and_then(Value::as_bool) == Some(true);
    if let Some(least) = limit(rules, "minimum")
        && (number < least || (strict("exclusiveMinimum") && number <= least))
    {
        problems.push(format!("{at} is less than {least} allows"));
    }
    if let Some(most) = limit(rules, "maximum")
        && (number > most || (strict("exclusiveMaximum") && number >= most))
    {
        problems.push(format!("{at} is more than {most} allows"));
    }
    if let Some(step) = limit(rules, "multipleOf").filter(|step| *step > 0.0)
        && (number / step).fract() != 0.0
    {
        problems.push(format!("{at} is no multiple of {step}"));
    }
}

fn combined(rules: &Map<String, Value>, value: &Value, at: &str, problems: &mut Problems) {
    let fits = |schema: &Value| {
        let mut inner = Problems::new();
        validate(schema, value, at, &mut inner);
        inner.is_empty()
    };
    let schemas = |key: &str| rules.get(key).and_then(Value::as_array);
    for schema in schemas("allOf").into_iter().flatten() {
        validate(schema, value, at, problems);
    }
    if schemas("anyOf").is_some_and(|schemas| !schemas.iter().any(fits)) {
        problems.push(format!("{at} fits none of `anyOf`"));
    }
    if schemas("oneOf")
        .is_some_and(|schemas| schemas.iter().filter(|schema| fits(schema)).count() != 1)
    {
        problems.push(format!("{at} does not fit exactly one of `oneOf`"));
    }
    if rules.get("not").is_some_and(fits) {
        problems.push(format!("{at} fits what `not` forbids"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{defaults, opened, unknown, validate};

    fn problems(schema: &Value, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        validate(schema, value, "p", &mut found);
        unknown(schema, value, "p", &mut found);
        found
    }

    #[test]
    fn types_and_limits_are_held() {
        let schema = json!({"type": "object", "required": ["repos"], "properties": {
            "repos": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[a-z./]+$"}},
            "max": {"type": "integer", "maximum": 5}}});
        assert!(problems(&schema, &json!({"repos": ["a/"], "max": 5})).is_empty());
        assert_eq!(problems(&schema, &json!({})), ["p.repos is required"]);
        assert_eq!(
            problems(&schema, &json!({"repos": "a/"})),
            ["p.repos must be of type array"]
        );
        assert_eq!(
            problems(&schema, &json!({"repos": ["A"], "max": 6})).len(),
            2
        );
        assert_eq!(
            problems(&schema, &json!({"repos": ["a"], "repo": 1})),
            ["p.repo"]
        );
    }

    #[test]
    fn an_old_schema_lets_unknown_fields_in() {
        let schema = opened(&json!({"properties": {"a": {"type": "array"}}}));
        assert!(problems(&schema, &json!({"a": [{"b": 1}], "c": {"d": 2}})).is_empty());
    }

    #[test]
    fn defaults_fill_objects_that_are_there() {
        let schema = json!({"properties": {"a": {"properties": {"b": {"default": 3}}}, "c": {"default": {}, "properties": {"d": {"default": 1}}}}});
        let mut value = json!({});
        defaults(&schema, &mut value);
        assert_eq!(value, json!({"c": {"d": 1}}));
        let mut value = json!({"a": {}});
        defaults(&schema, &mut value);
        assert_eq!(value["a"], json!({"b": 3}));
    }
}
