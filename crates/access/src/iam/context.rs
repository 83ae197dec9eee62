use std::collections::BTreeMap;

/// What is known of one context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// The request carries it, with these values.
    Values(Vec<String>),
    /// The request does not carry it.
    Absent,
    /// Nobody said.
    Unknown,
}

/// The context keys of a request. Names are not case-sensitive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    keys: BTreeMap<String, Presence>,
    /// True when every key that is not named is absent.
    closed: bool,
}

impl Context {
    /// A context in which keys that are not named are unknown: for questions about what somebody could do at all.
    pub fn open() -> Self {
        Self::default()
    }

    /// A context that is everything the request carries.
    pub fn closed() -> Self {
        Self {
            closed: true,
            ..Self::default()
        }
    }

    /// Adds a key with one value.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<String>) -> Self {
        self.with_presence(key, Presence::Values(vec![value.into()]))
    }

    /// Adds what is known of a key.
    #[must_use]
    pub fn with_presence(mut self, key: &str, presence: Presence) -> Self {
        self.keys.insert(key.to_ascii_lowercase(), presence);
        self
    }

    /// What is known of a key.
    pub fn get(&self, key: &str) -> Presence {
        match self.keys.get(&key.to_ascii_lowercase()) {
            Some(presence) => presence.clone(),
            None if self.closed => Presence::Absent,
            None => Presence::Unknown,
        }
    }
}
