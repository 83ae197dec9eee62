//! Reading decoded objects the way Go code reads its structs: what is absent is zero.

use std::sync::LazyLock;

use serde_json::{Map, Value};

/// A decoded object.
pub(crate) type Object = Map<String, Value>;

static NOTHING: LazyLock<Object> = LazyLock::new(Map::new);

/// The object that has no fields.
pub(crate) fn nothing() -> &'static Object {
    &NOTHING
}

/// Zero-value reads of a decoded object.
pub(crate) trait Read {
    /// The text, or the empty text.
    fn text(&self, key: &str) -> &str;
    /// The whole number, when it is set.
    fn number(&self, key: &str) -> Option<i64>;
    /// The flag, or false.
    fn flag(&self, key: &str) -> bool;
    /// The object, or an empty one.
    fn object(&self, key: &str) -> &Object;
    /// The object, when it is set.
    fn pointer(&self, key: &str) -> Option<&Object>;
    /// The items, or none.
    fn items(&self, key: &str) -> &[Value];
    /// The items that are objects, numbered.
    fn objects(&self, key: &str) -> impl Iterator<Item = (usize, &Object)>;
    /// The items that are texts, numbered.
    fn texts(&self, key: &str) -> impl Iterator<Item = (usize, &str)>;
    /// True when the field is set, be it to zero.
    fn has(&self, key: &str) -> bool;
}

impl Read for Object {
    fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Value::as_i64)
    }

    fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or_default()
    }

    fn object(&self, key: &str) -> &Object {
        self.pointer(key).unwrap_or(&NOTHING)
    }

    fn pointer(&self, key: &str) -> Option<&Object> {
        self.get(key).and_then(Value::as_object)
    }

    fn items(&self, key: &str) -> &[Value] {
        self.get(key)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn objects(&self, key: &str) -> impl Iterator<Item = (usize, &Object)> {
        self.items(key)
            .iter()
            .enumerate()
            .filter_map(|(at, item)| Some((at, item.as_object()?)))
    }

    fn texts(&self, key: &str) -> impl Iterator<Item = (usize, &str)> {
        self.items(key)
            .iter()
            .enumerate()
            .filter_map(|(at, item)| Some((at, item.as_str()?)))
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| !value.is_null())
    }
}

/// Changes to a decoded object.
pub(crate) trait Write {
    /// Sets a text that is empty.
    fn default_text(&mut self, key: &str, value: &str);
    /// Sets a field that is absent.
    fn default_value(&mut self, key: &str, value: impl Into<Value>);
    /// Sets a number that is zero.
    fn default_number(&mut self, key: &str, value: i64);
    /// The object under a key, made when absent.
    fn object_mut(&mut self, key: &str) -> &mut Object;
    /// The object under a key, when it is set.
    fn pointer_mut(&mut self, key: &str) -> Option<&mut Object>;
    /// The items that are objects.
    fn objects_mut(&mut self, key: &str) -> impl Iterator<Item = &mut Object>;
}

impl Write for Object {
    fn default_text(&mut self, key: &str, value: &str) {
        if self.text(key).is_empty() {
            self.insert(key.to_owned(), value.into());
        }
    }

    fn default_value(&mut self, key: &str, value: impl Into<Value>) {
        if !self.has(key) {
            self.insert(key.to_owned(), value.into());
        }
    }

    fn default_number(&mut self, key: &str, value: i64) {
        if self.number(key).unwrap_or_default() == 0 {
            self.insert(key.to_owned(), value.into());
        }
    }

    fn object_mut(&mut self, key: &str) -> &mut Object {
        let slot = self.entry(key).or_insert(Value::Null);
        if !slot.is_object() {
            *slot = Value::Object(Object::new());
        }
        match slot {
            Value::Object(object) => object,
            // Not reached after the lines above; it keeps this function total.
            _ => Box::leak(Box::default()),
        }
    }

    fn pointer_mut(&mut self, key: &str) -> Option<&mut Object> {
        self.get_mut(key).and_then(Value::as_object_mut)
    }

    fn objects_mut(&mut self, key: &str) -> impl Iterator<Item = &mut Object> {
        self.get_mut(key)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
    }
}
