//! Functions over texts, as Go and OPA have them.

use regorus::Value;

use super::term;

/// Go maps letter by letter: what becomes several letters stays as it is.
fn letters(value: &Value, map: impl Fn(char) -> Option<char>) -> Option<Value> {
    let text = value.as_string().ok()?;
    let mapped: String = text.chars().map(|c| map(c).unwrap_or(c)).collect();
    Some(Value::from(mapped))
}

fn only<I: Iterator<Item = char>>(mut letters: I) -> Option<char> {
    let first = letters.next()?;
    letters.next().is_none().then_some(first)
}

pub(super) fn lower(value: &Value) -> Option<Value> {
    letters(value, |c| match c {
        // The one letter whose single lower form is not its only one.
        '\u{130}' => Some('i'),
        c => only(c.to_lowercase()),
    })
}

pub(super) fn upper(value: &Value) -> Option<Value> {
    letters(value, |c| only(c.to_uppercase()))
}

/// OPA `v1/topdown/casts.go`: null is 0, booleans are 0 and 1, a text must be a number.
pub(super) fn to_number(value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(Value::from(0_i64)),
        Value::Bool(flag) => Some(Value::from(i64::from(*flag))),
        Value::Number(number) => Some(Value::Number(number.clone())),
        Value::String(text) => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let good = digits.contains(|c: char| c.is_ascii_digit())
                && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && digits
                    .chars()
                    .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
            if !good {
                return None;
            }
            let text = text.strip_prefix('+').unwrap_or(text);
            let plain = Value::from_numeric_string(text).ok();
            plain.or_else(|| text.parse::<f64>().ok().map(Value::from))
        }
        _ => None,
    }
}

/// Go's encoder: no spaces, and what HTML could misread is escaped.
pub(super) fn json(value: &Value) -> Value {
    let mut out = String::new();
    for c in term::to_json(value).to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    Value::from(out)
}

/// The first document, read as Kubernetes reads YAML.
pub(super) fn from_yaml(value: &Value) -> Option<Value> {
    let text = value.as_string().ok()?;
    let stream = sekisho_yaml::parse(text, &sekisho_yaml::Limits::default());
    if !stream.errors.is_empty() {
        return None;
    }
    let json = stream
        .documents
        .first()
        .map(sekisho_yaml::Document::to_json);
    Some(Value::from(json.unwrap_or_default()))
}

/// Go's `strings.NewReplacer` over the pairs in the order of their keys: at each place the first that fits.
pub(super) fn replace_n(args: &[Value]) -> Option<Value> {
    let pairs: Option<Vec<(&str, &str)>> = args
        .first()?
        .as_object()
        .ok()?
        .iter_sorted()
        .map(|(old, new)| {
            Some((
                old.as_string().ok()?.as_ref(),
                new.as_string().ok()?.as_ref(),
            ))
        })
        .collect();
    let pairs = pairs?;
    let mut rest = args.get(1)?.as_string().ok()?.as_ref();
    let mut out = String::new();
    loop {
        let found = pairs
            .iter()
            .find_map(|(old, new)| Some((rest.strip_prefix(old)?, old, new)));
        if let Some((after, old, new)) = found {
            out.push_str(new);
            if !old.is_empty() {
                rest = after;
                continue;
            }
        }
        let mut letters = rest.chars();
        let Some(c) = letters.next() else {
            return Some(Value::from(out));
        };
        out.push(c);
        rest = letters.as_str();
    }
}
