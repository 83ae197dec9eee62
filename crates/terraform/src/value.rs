use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::number::Number;
use crate::origin::{Origin, Via};
use crate::types::Type;
use crate::unknown::{Cause, Unknown};

/// A value, where it came from, and whether it is secret. Equality looks at the content alone.
#[derive(Clone)]
pub struct Value {
    content: Content,
    origin: Option<Arc<Origin>>,
    sensitive: bool,
    /// Collections inside of each other.
    depth: u16,
    /// Values in it, shared ones as often as they stand: what a walk over it costs.
    weight: u32,
}

/// What a value is.
#[derive(Clone, PartialEq)]
pub enum Content {
    /// Nothing, of this type.
    Null(Type),
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text, in Unicode's composed form as Terraform keeps it.
    String(Arc<str>),
    /// A list of one type.
    List(Type, Arc<Vec<Value>>),
    /// A set of one type, sorted, nothing twice.
    Set(Type, Arc<Vec<Value>>),
    /// A list of any types.
    Tuple(Arc<Vec<Value>>),
    /// A map of one type.
    Map(Type, Arc<BTreeMap<Arc<str>, Value>>),
    /// Named attributes.
    Object(Arc<Fields>),
    /// Not known, with the reasons.
    Unknown(Arc<Unknown>),
}

/// The attributes of an object.
#[derive(Clone, PartialEq, Default)]
pub struct Fields {
    /// Those that are known by name.
    pub named: BTreeMap<Arc<str>, Value>,
    /// Why there may be more: attributes of a resource that only its provider knows. `None` when these are all.
    pub rest: Option<Cause>,
}

impl Value {
    /// A value without a place.
    pub fn new(content: Content) -> Self {
        let (depth, weight) = measure(&content);
        Self {
            content,
            origin: None,
            sensitive: false,
            depth,
            weight,
        }
    }

    /// Collections inside of each other, and values altogether.
    pub(crate) fn measures(&self) -> (usize, usize) {
        (
            usize::from(self.depth),
            usize::try_from(self.weight).unwrap_or(usize::MAX),
        )
    }

    /// Null of no particular type.
    pub fn null() -> Self {
        Self::new(Content::Null(Type::Dynamic))
    }

    /// Text; brought into Unicode's composed form.
    pub fn string(text: &str) -> Self {
        let text: Arc<str> = if text.is_ascii() || is_nfc(text) {
            Arc::from(text)
        } else {
            text.nfc().collect::<String>().into()
        };
        Self::new(Content::String(text))
    }

    /// A tuple.
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::new(Content::Tuple(Arc::new(items)))
    }

    /// A list; the items are of the type.
    pub(crate) fn list(of: Type, items: Vec<Self>) -> Self {
        Self::new(Content::List(of, Arc::new(items)))
    }

    /// A set; the items are of the type, in any order.
    pub(crate) fn set(of: Type, mut items: Vec<Self>) -> Self {
        items.sort_by(crate::equality::order);
        items.dedup();
        Self::new(Content::Set(of, Arc::new(items)))
    }

    /// A map; the values are of the type.
    pub(crate) fn map(of: Type, entries: BTreeMap<Arc<str>, Self>) -> Self {
        Self::new(Content::Map(of, Arc::new(entries)))
    }

    /// An object with exactly these attributes.
    pub fn object(named: BTreeMap<Arc<str>, Self>) -> Self {
        Self::new(Content::Object(Arc::new(Fields { named, rest: None })))
    }

    /// An object with these attributes; of all others is not known whether they are set, for this reason.
    pub fn object_and_more(named: BTreeMap<Arc<str>, Self>, rest: Cause) -> Self {
        let rest = Some(rest);
        Self::new(Content::Object(Arc::new(Fields { named, rest })))
    }

    /// Unknown for one reason.
    pub fn unknown(of: Type, cause: Cause) -> Self {
        Self::new(Content::Unknown(Arc::new(Unknown::because(of, cause))))
    }

    /// Unknown for all of these reasons.
    pub(crate) fn unknown_for(of: Type, causes: Vec<Cause>) -> Self {
        Self::new(Content::Unknown(Arc::new(Unknown::joined(of, causes))))
    }

    /// What it is.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Where it was set. A part of a collection that came through a variable knows only its own place; see [`Value::inside`].
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_deref()
    }

    /// True when this value, as a whole, must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// True when it or any part of it must not be shown.
    pub fn is_sensitive_inside(&self) -> bool {
        self.sensitive || self.parts().any(Self::is_sensitive_inside)
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self.content, Content::Null(_))
    }

    /// The reasons, when the value as a whole is not known.
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.content {
            Content::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// The value as JSON text, as `jsonencode` writes it, sensitive values included; `None` when something in it is not known.
    pub fn to_json(&self) -> Option<String> {
        crate::functions::to_json(self)
    }

    /// The value of JSON text, as `jsondecode` reads it.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn from_json(text: &str) -> Result<Self, String> {
        crate::functions::from_json(text)
    }

    /// Text, when it is known text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, when it is a known one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.content {
            Content::Number(number) => Some(number),
            _ => None,
        }
    }

    /// True or false, when that is known.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.content {
            Content::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of a list, set or tuple.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.content {
            Content::List(_, items) | Content::Set(_, items) | Content::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map or object.
    pub fn entries(&self) -> Option<&BTreeMap<Arc<str>, Self>> {
        match &self.content {
            Content::Map(_, entries) => Some(entries),
            Content::Object(fields) => Some(&fields.named),
            _ => None,
        }
    }

    /// The attribute or entry of this name; its origin tells the way of the whole too. Where an object may have more
    /// attributes than are known, one that is not known is an unknown value.
    pub fn get(&self, name: &str) -> Option<Self> {
        if let Some(part) = self.entries()?.get(name) {
            return Some(self.inside(part));
        }
        let Content::Object(fields) = &self.content else {
            return None;
        };
        let cause = fields.rest.as_ref()?.within(name);
        Some(self.inside(&Self::unknown(Type::Dynamic, cause)))
    }

    /// A part with what it inherits from the whole: the way through variables, and secrecy.
    #[must_use]
    pub fn inside(&self, part: &Self) -> Self {
        let mut part = part.clone();
        part.sensitive |= self.sensitive;
        if let Some(whole) = &self.origin {
            let origin = match &part.origin {
                Some(origin) if whole.via().next().is_none() => Arc::clone(origin),
                Some(origin) => Arc::new(origin.inside(whole)),
                None => Arc::clone(whole),
            };
            part.origin = Some(origin);
        }
        part
    }

    /// Every value directly in it.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Self> {
        let items = self.items().into_iter().flatten();
        items.chain(self.entries().into_iter().flat_map(BTreeMap::values))
    }

    /// The type, which for an object with unknown attributes is not settled.
    pub fn kind(&self) -> Type {
        match &self.content {
            Content::Null(of) => of.clone(),
            Content::Bool(_) => Type::Bool,
            Content::Number(_) => Type::Number,
            Content::String(_) => Type::String,
            Content::List(of, _) => Type::list(of.clone()),
            Content::Set(of, _) => Type::set(of.clone()),
            Content::Map(of, _) => Type::map(of.clone()),
            Content::Tuple(items) => Type::Tuple(Arc::new(items.iter().map(Self::kind).collect())),
            Content::Object(fields) if fields.rest.is_some() => Type::Dynamic,
            Content::Object(fields) => Type::object(
                fields
                    .named
                    .iter()
                    .map(|(name, value)| (Arc::clone(name), value.kind())),
            ),
            Content::Unknown(unknown) => unknown.of.clone(),
        }
    }

    /// True when nothing in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match &self.content {
            Content::Unknown(_) => false,
            Content::Object(fields) if fields.rest.is_some() => false,
            _ => self.parts().all(Self::is_wholly_known),
        }
    }

    /// All reasons for which something in it is not known.
    pub fn causes(&self) -> Vec<Cause> {
        let mut found = Vec::new();
        self.collect_causes(&mut found);
        found.sort();
        found.dedup();
        found
    }

    fn collect_causes(&self, found: &mut Vec<Cause>) {
        match &self.content {
            Content::Unknown(unknown) => found.extend(unknown.causes.iter().cloned()),
            Content::Object(fields) => found.extend(fields.rest.iter().cloned()),
            _ => {}
        }
        for part in self.parts() {
            part.collect_causes(found);
        }
    }

    /// The same content, written here.
    #[must_use]
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(Arc::new(origin));
        self
    }

    /// The same content, written here, unless it already knows its place.
    #[must_use]
    pub(crate) fn or_at(mut self, origin: impl FnOnce() -> Origin) -> Self {
        if self.origin.is_none() {
            self.origin = Some(Arc::new(origin()));
        }
        self
    }

    /// The same value read through one more name.
    #[must_use]
    pub(crate) fn through(mut self, via: Via) -> Self {
        let origin = match &self.origin {
            Some(origin) => origin.through(via),
            None => Origin::at(via.place.clone()).through(via),
        };
        self.origin = Some(Arc::new(origin));
        self
    }

    /// Secret, if it was or `more` says so.
    #[must_use]
    pub fn hidden(mut self, more: bool) -> Self {
        self.sensitive |= more;
        self
    }

    /// Not secret as a whole.
    #[must_use]
    pub(crate) fn shown(mut self) -> Self {
        self.sensitive = false;
        self
    }

    /// The same place and secrecy with other content.
    #[must_use]
    pub(crate) fn with_content(&self, content: Content) -> Self {
        Self {
            origin: self.origin.clone(),
            sensitive: self.sensitive,
            ..Self::new(content)
        }
    }
}

fn measure(content: &Content) -> (u16, u32) {
    let add = |(depth, weight): (u16, u32), part: &Value| {
        (
            depth.max(part.depth.saturating_add(1)),
            weight.saturating_add(part.weight),
        )
    };
    match content {
        Content::List(_, items) | Content::Set(_, items) | Content::Tuple(items) => {
            items.iter().fold((1, 1), add)
        }
        Content::Map(_, entries) => entries.values().fold((1, 1), add),
        Content::Object(fields) => fields.named.values().fold((1, 1), add),
        Content::Unknown(unknown) => (0, u32::try_from(unknown.weight()).unwrap_or(u32::MAX)),
        Content::String(text) => (
            0,
            u32::try_from(text.len() / 64)
                .unwrap_or(u32::MAX)
                .saturating_add(1),
        ),
        _ => (0, 1),
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::new(Content::Bool(value))
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::new(Content::Number(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::string(value)
    }
}
