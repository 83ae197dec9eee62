//! Which value a scalar is: the table of go-yaml v2 (YAML 1.1 with its own number rules).

mod binary;
mod core;
mod number;
mod timestamp;

pub(crate) use self::core::core_reading;
pub(crate) use number::{float_key, normal_float};

/// The value of a scalar that is not the string it is written as.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    /// The characters of the scalar.
    Same,
    /// Other characters: a `!!binary` scalar, decoded.
    Text(String),
}

/// The type a tag asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No tag: the characters decide.
    Any,
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    Binary,
    /// `!!str`, quotes, and every tag the reader does not know.
    String,
}

impl Wanted {
    /// The type behind a full tag.
    pub(crate) fn of_tag(tag: &[u8]) -> Self {
        match tag.strip_prefix(b"tag:yaml.org,2002:") {
            Some(b"null") => Self::Null,
            Some(b"bool") => Self::Bool,
            Some(b"int") => Self::Int,
            Some(b"float") => Self::Float,
            Some(b"timestamp") => Self::Timestamp,
            Some(b"binary") => Self::Binary,
            _ => Self::String,
        }
    }
}

/// The value of a scalar, or what is wrong with it under its tag.
pub(crate) fn resolve(wanted: Wanted, text: &str) -> Result<Resolved, String> {
    let resolved = match wanted {
        Wanted::Any => return Ok(by_characters(text)),
        Wanted::String => return Ok(Resolved::Same),
        Wanted::Binary => {
            return binary::decode(text)
                .map(Resolved::Text)
                .ok_or_else(|| "this `!!binary` value is no base64".to_owned());
        }
        Wanted::Timestamp if timestamp::is_timestamp(text) => return Ok(Resolved::Same),
        _ => by_characters(text),
    };
    match (wanted, resolved) {
        (Wanted::Null, Resolved::Null) => Ok(Resolved::Null),
        (Wanted::Bool, Resolved::Bool(value)) => Ok(Resolved::Bool(value)),
        (Wanted::Int, value @ (Resolved::Int(_) | Resolved::Unsigned(_))) => Ok(value),
        (Wanted::Float, Resolved::Float(value)) => Ok(Resolved::Float(value)),
        #[expect(
            clippy::cast_precision_loss,
            reason = "the reader converts in the same way"
        )]
        (Wanted::Float, Resolved::Int(value)) => Ok(Resolved::Float(value as f64)),
        _ => Err(format!("`{text}` does not fit its tag")),
    }
}

fn by_characters(text: &str) -> Resolved {
    let Some(first) = text.bytes().next() else {
        return Resolved::Null;
    };
    match first {
        b'+' | b'-' | b'0'..=b'9' => special_float(text)
            .or_else(|| number::number(text))
            .unwrap_or(Resolved::Same),
        b'.' => special_float(text)
            .or_else(|| number::dotted(text))
            .unwrap_or(Resolved::Same),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        _ => Resolved::Same,
    }
}

fn word(text: &str) -> Resolved {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Resolved::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Resolved::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        _ => Resolved::Same,
    }
}

fn special_float(text: &str) -> Option<Resolved> {
    let value = match text {
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => f64::INFINITY,
        "-.inf" | "-.Inf" | "-.INF" => f64::NEG_INFINITY,
        _ => return None,
    };
    Some(Resolved::Float(value))
}
