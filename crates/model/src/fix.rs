use sekisho_text::{Route, Span};
use serde_json::Value;

use crate::Phrase;

/// One change of an object. Routes are relative to the object; the engine writes it so that every other byte stays.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Sets a field, with the maps above it where they are missing.
    Set(Route, Value),
    /// Adds an item to a list, with the list where it is missing.
    Append(Route, Value),
    /// Takes a field or an item away.
    Remove(Route),
    /// Gives a key another name.
    Rename(Route, String),
    /// Replaces bytes of a file that is no YAML.
    Replace {
        /// The file, by its place in the estate.
        file: usize,
        /// The bytes.
        span: Span,
        /// What stands there instead.
        text: String,
    },
    /// Adds an object to the file behind this one.
    NewObject(Value),
}

/// How to mend a finding. A fix keeps the object doing its job; deleting it is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What it does.
    pub title: Phrase,
    /// True when it cannot stop a workload or cut traffic.
    pub safe: bool,
    /// What changes, in order.
    pub changes: Vec<Change>,
    /// The object that changes, by its index in the estate, when it is another than the finding's own.
    pub object: Option<usize>,
}

impl Fix {
    /// A fix that cannot stop a workload or cut traffic.
    pub fn safe(title: Phrase) -> Self {
        Self {
            title,
            safe: true,
            changes: Vec::new(),
            object: None,
        }
    }

    /// A fix that can: people must ask for it with `--unsafe`.
    pub fn risky(title: Phrase) -> Self {
        Self {
            safe: false,
            ..Self::safe(title)
        }
    }

    /// The changes are those of another object than the finding's own: of the role behind a binding.
    #[must_use]
    pub fn inside(mut self, object: usize) -> Self {
        self.object = Some(object);
        self
    }

    /// Adds a change.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Sets a field.
    #[must_use]
    pub fn set(self, route: Route, value: impl Into<Value>) -> Self {
        self.with(Change::Set(route, value.into()))
    }

    /// Adds an item to a list.
    #[must_use]
    pub fn append(self, route: Route, value: impl Into<Value>) -> Self {
        self.with(Change::Append(route, value.into()))
    }

    /// Takes a field or an item away.
    #[must_use]
    pub fn remove(self, route: Route) -> Self {
        self.with(Change::Remove(route))
    }

    /// Gives a key another name.
    #[must_use]
    pub fn rename(self, route: Route, key: impl Into<String>) -> Self {
        self.with(Change::Rename(route, key.into()))
    }

    /// Adds an object to the file.
    #[must_use]
    pub fn new_object(self, value: Value) -> Self {
        self.with(Change::NewObject(value))
    }
}
