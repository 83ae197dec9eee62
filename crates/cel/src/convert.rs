//! Conversions between types: `int(…)`, `string(…)`, `timestamp(…)` …

use std::fmt;
use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::number;
use crate::time::{Moment, span, written_span};
use crate::value::{Thing, Value};

fn refused<'a>(from: &Value<'_>, to: &str) -> Outcome<Value<'a>> {
    Err(Fault::new(format!(
        "type conversion error from '{}' to '{to}'",
        from.type_name()
    )))
}

/// Converts by the function of that name.
pub(crate) fn convert<'a>(to: &str, value: &Value<'a>) -> Outcome<Value<'a>> {
    match to {
        "dyn" => Ok(value.clone()),
        "type" => Ok(Value::Type(Arc::from(value.type_name()))),
        "bool" => to_bool(value),
        "bytes" => match value {
            Value::Bytes(_) => Ok(value.clone()),
            Value::Text(text) => Ok(Value::Bytes(text.as_str().as_bytes().into())),
            other => refused(other, "bytes"),
        },
        "double" => to_double(value),
        "int" => to_int(value),
        "uint" => to_uint(value),
        "string" => to_text(value),
        "duration" => match value {
            Value::Duration(_) => Ok(value.clone()),
            Value::Text(text) => match span(text.as_str()) {
                Some(span) => Ok(Value::Duration(span)),
                None => refused(value, "google.protobuf.Duration"),
            },
            other => refused(other, "google.protobuf.Duration"),
        },
        _ => match value {
            Value::Timestamp(_) => Ok(value.clone()),
            Value::Int(seconds) => Moment::of_seconds(*seconds).map(Value::Timestamp),
            Value::Text(text) => match Moment::parse(text.as_str()) {
                Some(moment) => moment.map(Value::Timestamp),
                None => refused(value, "google.protobuf.Timestamp"),
            },
            other => refused(other, "google.protobuf.Timestamp"),
        },
    }
}

fn to_bool<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::Text(text) => match text.as_str() {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Value::Bool(false)),
            _ => refused(value, "bool"),
        },
        other => refused(other, "bool"),
    }
}

/// Go lets single underscores stand between digits of a double.
fn without_underscores(text: &str) -> String {
    let bytes = text.as_bytes();
    let between = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before.is_some_and(u8::is_ascii_digit) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    };
    let is_fine = text
        .bytes()
        .enumerate()
        .all(|(at, byte)| byte != b'_' || between(at));
    if is_fine {
        text.replace('_', "")
    } else {
        text.to_owned()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a double is asked for")]
fn to_double<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    Ok(Value::Double(match value {
        Value::Double(value) => *value,
        Value::Int(value) => *value as f64,
        Value::Uint(value) => *value as f64,
        Value::Text(text) => match without_underscores(text.as_str()).parse::<f64>() {
            Ok(number)
                if number.is_infinite()
                    && text
                        .as_str()
                        .contains(|letter: char| letter.is_ascii_digit()) =>
            {
                return refused(value, "double");
            }
            Ok(number) => number,
            Err(_) => return refused(value, "double"),
        },
        other => return refused(other, "double"),
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "bounds are checked before"
)]
fn to_int<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    let overflow = || Fault::new("integer overflow");
    Ok(Value::Int(match value {
        Value::Int(value) => *value,
        Value::Uint(value) => i64::try_from(*value).map_err(|_| overflow())?,
        Value::Double(value) if *value > i64::MIN as f64 && *value < i64::MAX as f64 => {
            *value as i64
        }
        Value::Double(_) => return Err(overflow()),
        Value::Duration(span) => *span,
        Value::Timestamp(moment) => moment.seconds(),
        Value::Text(text) => match text.as_str().parse() {
            Ok(number) => number,
            Err(_) => return refused(value, "int"),
        },
        other => return refused(other, "int"),
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounds are checked before"
)]
fn to_uint<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    let overflow = || Fault::new("unsigned integer overflow");
    Ok(Value::Uint(match value {
        Value::Uint(value) => *value,
        Value::Int(value) => u64::try_from(*value).map_err(|_| overflow())?,
        Value::Double(value) if *value >= 0.0 && *value < 18_446_744_073_709_551_616.0 => {
            *value as u64
        }
        Value::Double(_) => return Err(overflow()),
        Value::Text(text) if !text.as_str().starts_with('+') => match text.as_str().parse() {
            Ok(number) => number,
            Err(_) => return refused(value, "uint"),
        },
        other => return refused(other, "uint"),
    }))
}

fn to_text<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    Ok(Value::text(match value {
        Value::Text(_) => return Ok(value.clone()),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => number::general(*value),
        Value::Bytes(bytes) => std::str::from_utf8(bytes)
            .map_err(|_| Fault::new("invalid UTF-8 in bytes, cannot convert to string"))?
            .to_owned(),
        Value::Timestamp(moment) => moment.written(),
        Value::Duration(span) => written_span(*span),
        Value::Thing(Thing::Address(address)) => address.0.to_string(),
        Value::Thing(Thing::Network(network)) => network.written(),
        Value::Type(name) => name.to_string(),
        other => return refused(other, "string"),
    }))
}

/// How messages show a value.
pub(crate) fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Optional(None) => "optional.none()".to_owned(),
        Value::Optional(Some(inner)) => format!("optional({})", shown(inner)),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(&item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> = map
                .entries()
                .iter()
                .map(|(key, value)| format!("{}: {}", shown(key), shown(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => match to_text(other) {
            Ok(Value::Text(text)) => text.as_str().to_owned(),
            _ => other.type_name().to_owned(),
        },
    }
}

impl fmt::Display for Value<'_> {
    /// As CEL would write it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(&number::quoted(text.as_str())),
            Self::Uint(value) => write!(out, "{value}u"),
            Self::Double(value) if value.is_nan() => out.write_str("double(\"NaN\")"),
            Self::Double(value) if value.is_infinite() => out.write_str(if *value > 0.0 {
                "double(\"Infinity\")"
            } else {
                "double(\"-Infinity\")"
            }),
            Self::Double(value) if value.fract() == 0.0 => write!(out, "{value}.0"),
            Self::Double(value) => write!(out, "{value}"),
            Self::Bytes(bytes) => {
                out.write_str("b\"")?;
                bytes
                    .iter()
                    .try_for_each(|byte| write!(out, "\\{byte:03o}"))?;
                out.write_str("\"")
            }
            Self::Timestamp(moment) => write!(out, "timestamp(\"{}\")", moment.in_utc().written()),
            Self::Duration(span) => write!(out, "duration(\"{}\")", written_span(*span)),
            Self::Optional(Some(inner)) => write!(out, "optional.of({inner})"),
            Self::List(items) => {
                out.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                out.write_str("]")
            }
            Self::Map(map) => {
                out.write_str("{")?;
                for (index, (key, value)) in map.entries().iter().enumerate() {
                    write!(out, "{}{key}: {value}", if index > 0 { ", " } else { "" })?;
                }
                out.write_str("}")
            }
            other => out.write_str(&shown(other)),
        }
    }
}
