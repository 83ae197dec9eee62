//! Types as the checker knows them.
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#values>

use std::fmt;
use std::sync::Arc;

/// A type of CEL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything; decided when it runs.
    Dyn,
    /// What an expression with a complaint has.
    Error,
    /// `null`.
    Null,
    /// `true` and `false`.
    Bool,
    /// 64 bits, signed.
    Int,
    /// 64 bits, unsigned.
    Uint,
    /// IEEE 754, 64 bits.
    Double,
    /// Unicode text.
    Text,
    /// A sequence of bytes.
    Bytes,
    /// A span of time.
    Duration,
    /// A point in time.
    Timestamp,
    /// A list of one type.
    List(Arc<Type>),
    /// A map with keys of one type and values of one type.
    Map(Arc<Type>, Arc<Type>),
    /// The type of a type; without a parameter the type `type` itself.
    Type(Option<Arc<Type>>),
    /// A parameter of a function: below 26 a letter of a declaration, above a fresh one.
    Param(u32),
    /// An object whose fields the environment declares.
    Object(Arc<str>),
    /// Any other named type: `optional_type(T)`, `kubernetes.Quantity` …
    Named(Arc<str>, Vec<Type>),
}

/// Larger types than this are an attack on the checker.
const HEAVY: usize = 2_000;

impl Type {
    /// `list(T)`.
    pub fn list(of: Type) -> Self {
        Self::List(Arc::new(of))
    }

    /// `map(K, V)`.
    pub fn map(key: Type, value: Type) -> Self {
        Self::Map(Arc::new(key), Arc::new(value))
    }

    /// `optional_type(T)`.
    pub fn optional(of: Type) -> Self {
        Self::Named(Arc::from("optional_type"), vec![of])
    }

    /// The name without parameters, as a value of this type tells it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Dyn | Self::Param(_) => "dyn",
            Self::Error => "!error!",
            Self::Null => "null_type",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Duration => "google.protobuf.Duration",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::List(_) => "list",
            Self::Map(..) => "map",
            Self::Type(_) => "type",
            Self::Object(name) | Self::Named(name, _) => name,
        }
    }

    /// What an optional may hold.
    pub(crate) fn optional_of(&self) -> Option<&Type> {
        match self {
            Self::Named(name, parameters) if &**name == "optional_type" => parameters.first(),
            _ => None,
        }
    }

    /// Types inside of this one, itself excluded.
    pub(crate) fn parts(&self) -> Vec<&Type> {
        match self {
            Self::Map(key, value) => vec![key, value],
            Self::List(of) | Self::Type(Some(of)) => vec![of],
            Self::Named(_, parameters) => parameters.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// True when it has more parts than any honest expression needs.
    pub(crate) fn is_heavy(&self) -> bool {
        let mut open = vec![self];
        let mut seen = 0;
        while let Some(next) = open.pop() {
            seen += 1;
            if seen > HEAVY {
                return true;
            }
            open.extend(next.parts());
        }
        false
    }

    /// As the API server names it in "must evaluate to".
    pub fn told(&self) -> String {
        let parts = self.parts();
        match self {
            Self::Param(_) => self.to_string(),
            _ if parts.is_empty() => self.name().to_owned(),
            _ => {
                let parts: Vec<String> = parts.into_iter().map(Self::told).collect();
                format!("{}({})", self.name(), parts.join(", "))
            }
        }
    }

    /// Reads `map(K, V)`, as declarations write it.
    pub(crate) fn read(text: &str) -> Option<Type> {
        let text = text.trim();
        if let Some((name, inside)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            let mut parts = apart(inside).into_iter();
            let first = Self::read(parts.next()?)?;
            return Some(match name {
                "list" => Self::list(first),
                "map" => Self::map(first, Self::read(parts.next()?)?),
                "type" => Self::Type(Some(Arc::new(first))),
                _ => Self::Named(Arc::from(name), vec![first]),
            });
        }
        Some(match text {
            "dyn" => Self::Dyn,
            "null" => Self::Null,
            "bool" => Self::Bool,
            "int" => Self::Int,
            "uint" => Self::Uint,
            "double" => Self::Double,
            "string" => Self::Text,
            "bytes" => Self::Bytes,
            "duration" => Self::Duration,
            "timestamp" => Self::Timestamp,
            "type" => Self::Type(None),
            _ => match text.as_bytes() {
                [letter @ b'A'..=b'Z'] => Self::Param(u32::from(letter - b'A')),
                _ => Self::Named(Arc::from(text), Vec::new()),
            },
        })
    }
}

/// Splits at the commas outside of parentheses.
fn apart(inside: &str) -> Vec<&str> {
    let mut depth = 0;
    inside
        .split(|letter| {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            letter == ',' && depth == 0
        })
        .collect()
}

impl fmt::Display for Type {
    /// As the checker's messages name it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => return out.write_str("null"),
            Self::Duration => return out.write_str("duration"),
            Self::Timestamp => return out.write_str("timestamp"),
            Self::Param(number @ 0..=25) => {
                let letter = u8::try_from(*number).map_or('?', |number| char::from(b'A' + number));
                return write!(out, "{letter}");
            }
            Self::Param(number) => return write!(out, "_var{}", number - 26),
            _ => {}
        }
        out.write_str(self.name())?;
        let parts = self.parts();
        for (index, part) in parts.iter().enumerate() {
            out.write_str(if index == 0 { "(" } else { ", " })?;
            part.fmt(out)?;
        }
        out.write_str(if parts.is_empty() { "" } else { ")" })
    }
}
