//! Values while an expression runs. JSON is borrowed, never copied.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::authorize::{Check, Decision};
use crate::net::{Address, Network};
use crate::quantity::Quantity;
use crate::semver::Version;
use crate::time::Moment;
use crate::url::Url;

/// A value of CEL.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// Text.
    Text(Text<'a>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A list.
    List(List<'a>),
    /// A map.
    Map(Map<'a>),
    /// A point in time.
    Timestamp(Moment),
    /// A span of time, in nanoseconds.
    Duration(i64),
    /// A type, by its name.
    Type(Arc<str>),
    /// `optional.of(…)` or `optional.none()`.
    Optional(Option<Arc<Value<'a>>>),
    /// The object whose fields are computed when they are asked for ([`crate::Scope::lazy`]).
    Lazy,
    /// A value of the Kubernetes library.
    Thing(Thing),
}

/// Values of the Kubernetes library.
#[derive(Debug, Clone)]
pub enum Thing {
    /// A resource quantity.
    Quantity(Arc<Quantity>),
    /// A URL.
    Url(Arc<Url>),
    /// An address.
    Address(Address),
    /// A network.
    Network(Network),
    /// A version.
    Version(Arc<Version>),
    /// A named format, such as `dns1123Label`.
    Format(&'static str),
    /// A question to the authorizer that is being put together.
    Check(Arc<Check>),
    /// The authorizer's answer.
    Decision(Arc<Decision>),
}

/// Text of the object, or text that was made.
#[derive(Debug, Clone)]
pub enum Text<'a> {
    /// From JSON.
    Borrowed(&'a str),
    /// Made.
    Shared(Arc<str>),
}

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

/// A list of the object, or one that was made.
#[derive(Debug, Clone)]
pub enum List<'a> {
    /// From JSON.
    Borrowed(&'a [Json]),
    /// Made.
    Shared(Arc<Vec<Value<'a>>>),
}

impl<'a> List<'a> {
    /// How many elements it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Borrowed(items) => items.len(),
            Self::Shared(items) => items.len(),
        }
    }

    /// True when it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One element.
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Borrowed(items) => items.get(index).map(Value::from_json),
            Self::Shared(items) => items.get(index).cloned(),
        }
    }

    /// All elements.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// A map of the object, or one that was made.
#[derive(Debug, Clone)]
pub enum Map<'a> {
    /// From JSON.
    Borrowed(&'a serde_json::Map<String, Json>),
    /// Made.
    Shared(Arc<Table<'a>>),
}

/// A map that was made: its entries in their order, found by key.
#[derive(Debug, Clone, Default)]
pub struct Table<'a> {
    entries: Vec<(Value<'a>, Value<'a>)>,
    places: HashMap<Key, usize>,
}

/// A key such that equal keys of CEL are equal: `1`, `1u` and `1.0` are one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Bool(bool),
    Number(i128),
    Fraction(u64),
    Text(Box<str>),
    /// A key that no look-up finds.
    Odd(usize),
}

impl Key {
    fn of(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Number(i128::from(*value)),
            Value::Uint(value) => Self::Number(i128::from(*value)),
            Value::Double(value) => Self::of_double(*value)?,
            Value::Text(text) => Self::Text(text.as_str().into()),
            _ => return None,
        })
    }

    fn of_double(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        if value.fract() == 0.0 && value.abs() < 1e30 {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and far below the bounds of i128"
            )]
            return Some(Self::Number(value as i128));
        }
        Some(Self::Fraction(value.to_bits()))
    }
}

impl<'a> Table<'a> {
    /// Sets an entry; the first place of a key stays.
    pub fn insert(&mut self, key: Value<'a>, value: Value<'a>) {
        let place = self.entries.len();
        let found = Key::of(&key).unwrap_or(Key::Odd(place));
        if let Some(entry) = self
            .places
            .get(&found)
            .and_then(|place| self.entries.get_mut(*place))
        {
            entry.1 = value;
        } else {
            self.places.insert(found, place);
            self.entries.push((key, value));
        }
    }

    /// Takes an entry away.
    pub fn remove(&mut self, key: &Value<'a>) {
        let Some(place) = Key::of(key).and_then(|key| self.places.remove(&key)) else {
            return;
        };
        self.entries.remove(place);
        #[expect(
            clippy::iter_over_hash_type,
            reason = "every place is moved by the same rule"
        )]
        for other in self.places.values_mut() {
            *other -= usize::from(*other > place);
        }
    }

    fn get(&self, key: &Value<'_>) -> Option<&Value<'a>> {
        let place = self.places.get(&Key::of(key)?)?;
        self.entries.get(*place).map(|(_, value)| value)
    }
}

impl<'a> Map<'a> {
    /// How many entries it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Borrowed(entries) => entries.len(),
            Self::Shared(table) => table.entries.len(),
        }
    }

    /// True when it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key; numbers of different kinds find each other.
    pub fn get(&self, key: &Value<'_>) -> Option<Value<'a>> {
        match (self, key) {
            (Self::Borrowed(entries), Value::Text(key)) => {
                entries.get(key.as_str()).map(Value::from_json)
            }
            (Self::Borrowed(_), _) => None,
            (Self::Shared(table), key) => table.get(key).cloned(),
        }
    }

    /// All entries.
    pub fn entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        match self {
            Self::Borrowed(entries) => entries
                .iter()
                .map(|(key, value)| (Value::Text(Text::Borrowed(key)), Value::from_json(value)))
                .collect(),
            Self::Shared(table) => table.entries.clone(),
        }
    }
}

impl<'a> Value<'a> {
    /// Sees JSON as a value. Whole numbers are `int` (`uint` beyond its range), others `double`.
    pub fn from_json(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Self::Int(number),
                (None, Some(number)) => Self::Uint(number),
                (None, None) => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Self::Text(Text::Borrowed(text)),
            Json::Array(items) => Self::List(List::Borrowed(items)),
            Json::Object(entries) => Self::Map(Map::Borrowed(entries)),
        }
    }

    /// Text that was made.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::Shared(text.into()))
    }

    /// A list that was made.
    pub fn list(items: Vec<Value<'a>>) -> Self {
        Self::List(List::Shared(Arc::new(items)))
    }

    /// A list of texts.
    pub fn texts<T: Into<Arc<str>>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::list(items.into_iter().map(Self::text).collect())
    }

    /// A map that was made.
    pub fn map(table: Table<'a>) -> Self {
        Self::Map(Map::Shared(Arc::new(table)))
    }

    /// An optional with a value.
    pub fn some(value: Value<'a>) -> Self {
        Self::Optional(Some(Arc::new(value)))
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::Lazy => "kubernetes.variables",
            Self::Thing(thing) => match thing {
                Thing::Quantity(_) => "kubernetes.Quantity",
                Thing::Url(_) => "kubernetes.URL",
                Thing::Address(_) => "net.IP",
                Thing::Network(_) => "net.CIDR",
                Thing::Version(_) => "kubernetes.Semver",
                Thing::Format(_) => "kubernetes.NamedFormat",
                Thing::Check(check) => check.type_name(),
                Thing::Decision(_) => "kubernetes.authorization.Decision",
            },
        }
    }

    /// The name of cel-go's own type, which some of its messages tell.
    pub(crate) fn inner_name(&self) -> String {
        match self {
            Self::Null => "types.Null".to_owned(),
            Self::Text(_) => "types.String".to_owned(),
            Self::Type(_) => "*types.Type".to_owned(),
            Self::Optional(_) => "*types.Optional".to_owned(),
            Self::Timestamp(_) => "types.Timestamp".to_owned(),
            Self::Duration(_) => "types.Duration".to_owned(),
            Self::Lazy => "*lazy.MapValue".to_owned(),
            Self::List(_) => "*types.baseList".to_owned(),
            Self::Map(_) => "*types.baseMap".to_owned(),
            Self::Bool(_) | Self::Int(_) | Self::Uint(_) | Self::Double(_) | Self::Bytes(_) => {
                let name = self.type_name();
                let (first, rest) = name.split_at_checked(1).unwrap_or(("", name));
                format!("types.{}{rest}", first.to_uppercase())
            }
            Self::Thing(_) => self.type_name().to_owned(),
        }
    }
}
