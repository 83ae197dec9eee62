use serde_json::{Map, Value};

/// Reading a JSON object by dotted names. A wrong type reads as absent: the API server would have refused it.
pub trait Fields {
    /// The value at `spec.template`; no indexes, no escapes.
    fn at(&self, dotted: &str) -> Option<&Value>;

    /// The value under one key that may itself hold dots (labels, annotations).
    fn key(&self, key: &str) -> Option<&Value>;

    /// A text.
    fn text(&self, dotted: &str) -> Option<&str> {
        self.at(dotted)?.as_str()
    }

    /// A boolean.
    fn flag(&self, dotted: &str) -> Option<bool> {
        self.at(dotted)?.as_bool()
    }

    /// An integer.
    fn int(&self, dotted: &str) -> Option<i64> {
        self.at(dotted)?.as_i64()
    }

    /// The items of a list; empty when absent.
    fn items(&self, dotted: &str) -> &[Value] {
        self.at(dotted)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    /// The entries of a map.
    fn entries(&self, dotted: &str) -> Option<&Map<String, Value>> {
        self.at(dotted)?.as_object()
    }
}

impl Fields for Value {
    fn at(&self, dotted: &str) -> Option<&Value> {
        dotted
            .split('.')
            .try_fold(self, |value, name| value.as_object()?.get(name))
    }

    fn key(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }
}
