use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_yaml::{Limits, Node, Value as Yaml, parse};

use super::{Function, Given, Param};
use crate::number::Number;
use crate::value::Value;

pub(super) const ALL: &[Function] = &[Function {
    name: "yamldecode",
    params: &[Param::Text],
    required: 1,
    more: None,
    gives: Param::Any,
    run: decode,
}];

fn decode(given: &Given<'_>) -> Result<Value, String> {
    let text = given.text(0);
    let stream = parse(
        text,
        &Limits {
            depth: 100,
            nodes: 400_000,
            bytes: 8 << 20,
        },
    );
    if let Some(error) = stream.errors.first() {
        return Err(format!("this is not YAML: {}", error.message));
    }
    match stream.documents.as_slice() {
        [] => Ok(Value::null()),
        [document] => value(document.root(), text),
        _ => Err("only one document can be decoded".to_owned()),
    }
}

/// Structure and quoting come from the reader; what a plain scalar means is decided as go-cty-yaml does (`resolve.go`),
/// which reads `010` as ten.
fn value(node: Node<'_>, text: &str) -> Result<Value, String> {
    match node.value() {
        Yaml::Sequence => Ok(Value::tuple(
            node.items()
                .map(|item| value(item, text))
                .collect::<Result<_, _>>()?,
        )),
        Yaml::Mapping => {
            let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            for entry in node.entries() {
                entries.insert(Arc::from(entry.key), value(entry.value, text)?);
            }
            Ok(Value::object(entries))
        }
        scalar => {
            let written = node.span().slice(text).unwrap_or_default();
            let is_quoted = written.starts_with(['"', '\'', '|', '>']);
            match scalar {
                Yaml::String(found) if is_quoted || written.contains('\n') => {
                    Ok(Value::string(found))
                }
                _ => plain(written),
            }
        }
    }
}

fn plain(text: &str) -> Result<Value, String> {
    Ok(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::from(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::from(false)
        }
        "" | "~" | "null" | "Null" | "NULL" => Value::null(),
        ".nan" | ".NaN" | ".NAN" => return Err("NaN is not supported".to_owned()),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" => {
            return Err("infinity is not supported".to_owned());
        }
        _ if text.starts_with([
            '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
        ]) =>
        {
            number(text)
        }
        _ => Value::string(text),
    })
}

fn number(text: &str) -> Value {
    let digits = if text.starts_with('.') {
        text.to_owned()
    } else {
        text.replace('_', "")
    };
    if let Some(number) = Number::parse(&digits) {
        return Value::from(number);
    }
    let (sign, bits) = digits
        .strip_prefix('-')
        .map_or((1, digits.as_str()), |rest| (-1, rest));
    let binary = bits
        .strip_prefix("0b")
        .and_then(|bits| i64::from_str_radix(bits, 2).ok());
    if let Some(value) = binary {
        return Value::from(Number::from(sign * value));
    }
    super::dates::from_yaml(text).map_or_else(|| Value::string(text), |date| Value::string(&date))
}
