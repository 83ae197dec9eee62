use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_terraform::{Cause, Content, Value};

use super::names::snake;

/// Objects whose keys are names that people chose.
const CHOSEN: [&str; 4] = ["tags", "labels", "variables", "parameters"];

/// The attributes of a resource in the making: an answer of AWS brought into the form of the Terraform provider.
///
/// Names become `snake_case`; an object becomes a block, which the provider has as a list of one; tags become a map,
/// however the service writes them. What the provider calls otherwise is renamed by the caller.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    named: BTreeMap<Arc<str>, Value>,
    rest: Option<Cause>,
}

impl Shape {
    /// All that an answer says of one thing.
    pub fn of(answer: &Value) -> Self {
        let mut shape = Self::default();
        for (name, value) in answer.entries().into_iter().flatten() {
            let name = snake(name);
            let value = answer.inside(value);
            let value = if CHOSEN.contains(&name.as_str()) {
                map_of_tags(&value)
            } else {
                formed(&value)
            };
            shape.named.insert(Arc::from(name), value);
        }
        shape
    }

    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The provider's name for an attribute of the API (both in `snake_case`).
    #[must_use]
    pub fn rename(mut self, from: &str, to: &str) -> Self {
        if let Some(value) = self.named.remove(from) {
            self.named.insert(Arc::from(to), value);
        }
        self
    }

    /// An attribute with this value; `None` leaves it unset.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Option<Value>>) -> Self {
        if let Some(value) = value.into() {
            self.named.insert(Arc::from(name), value);
        }
        self
    }

    /// Without an attribute.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.named.remove(name);
        self
    }

    /// What is not set is not known either, for this reason: a call that would have told it was refused.
    #[must_use]
    pub fn and_more(mut self, rest: Option<Cause>) -> Self {
        self.rest = self.rest.or(rest);
        self
    }

    /// With all attributes of another one, which count more.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.named.extend(other.named);
        self.rest = self.rest.or(other.rest);
        self
    }

    /// An attribute as it stands.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.named.get(name)
    }

    /// A text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// As a value: the attributes of a resource.
    pub fn value(self) -> Value {
        match self.rest {
            Some(rest) => Value::object_and_more(self.named, rest),
            None => Value::object(self.named),
        }
    }

    /// As a nested block: a list of one.
    pub fn block(self) -> Value {
        Value::tuple(vec![self.value()])
    }
}

/// Any part of an answer in the provider's form.
pub(crate) fn formed(value: &Value) -> Value {
    let formed = match value.content() {
        Content::Object(_) => Value::tuple(vec![placed(Shape::of(value).value(), value)]),
        Content::Tuple(items) => {
            let item = |item: &Value| match item.content() {
                Content::Object(_) => placed(Shape::of(item).value(), item),
                _ => formed(item),
            };
            Value::tuple(items.iter().map(item).collect())
        }
        _ => return value.clone(),
    };
    placed(formed, value)
}

/// The same value at the place of another one.
pub(crate) fn placed(value: Value, like: &Value) -> Value {
    match like.origin() {
        Some(origin) => value.at(origin.clone()),
        None => value,
    }
}

/// `{"a": "b"}`, `[{"Key": "a", "Value": "b"}]` and `[{"TagKey": …}]` as a map.
fn map_of_tags(value: &Value) -> Value {
    let Some(items) = value.items() else {
        return value.clone();
    };
    let mut map = BTreeMap::new();
    for item in items {
        let part = |names: [&str; 3]| names.iter().find_map(|name| item.get(name));
        let key = part(["Key", "key", "TagKey"]);
        if let Some(key) = key.as_ref().and_then(Value::as_str)
            && let Some(value) = part(["Value", "value", "TagValue"])
        {
            map.insert(Arc::from(key), value);
        }
    }
    placed(Value::object(map), value)
}
