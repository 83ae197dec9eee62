//! Collected validation errors, worded as `k8s.io/apimachinery/pkg/util/validation/field` words them.

use sekisho_text::Route;
use serde_json::Value;

use crate::note::Refusal;

/// A place in the object, as a route and as Go prints it.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    route: Route,
    text: String,
}

impl Path {
    /// A field at the root of the object.
    pub(super) fn root(name: &'static str) -> Self {
        Self::default().child(name)
    }

    /// A field; several may be joined with dots.
    pub(super) fn child(&self, dotted: &'static str) -> Self {
        let text = if self.text.is_empty() {
            dotted.to_owned()
        } else {
            format!("{}.{dotted}", self.text)
        };
        Self {
            route: self.route.at(dotted),
            text,
        }
    }

    /// A list item.
    pub(super) fn index(&self, index: usize) -> Self {
        Self {
            route: self.route.index(index),
            text: format!("{}[{index}]", self.text),
        }
    }

    /// A map entry.
    pub(super) fn key(&self, key: &str) -> Self {
        Self {
            route: self.route.key(key.to_owned()),
            text: format!("{}[{key}]", self.text),
        }
    }

    /// A map entry that upstream prints like a field.
    pub(super) fn named(&self, key: &str) -> Self {
        Self {
            route: self.route.key(key.to_owned()),
            text: format!("{}.{key}", self.text),
        }
    }

    /// The same route, printed differently: upstream misnames some fields.
    pub(super) fn printed(&self, text: impl Into<String>) -> Self {
        Self {
            route: self.route.clone(),
            text: text.into(),
        }
    }
}

/// The errors found so far.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Refusal>);

impl Findings {
    pub(super) fn into_refusals(self) -> Vec<Refusal> {
        self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn required(&mut self, path: &Path, detail: &str) {
        self.add(path, "Required value", detail);
    }

    pub(super) fn forbidden(&mut self, path: &Path, detail: &str) {
        self.add(path, "Forbidden", detail);
    }

    pub(super) fn invalid(&mut self, path: &Path, value: impl Into<Value>, detail: &str) {
        self.add(path, &format!("Invalid value: {}", value.into()), detail);
    }

    /// One error for each message.
    pub(super) fn invalid_each(&mut self, path: &Path, value: &str, details: Vec<String>) {
        for detail in details {
            self.invalid(path, value, &detail);
        }
    }

    /// An amount stands unquoted.
    pub(super) fn invalid_amount(&mut self, path: &Path, amount: &str, detail: &str) {
        self.add(path, &format!("Invalid value: {amount}"), detail);
    }

    pub(super) fn unsupported(&mut self, path: &Path, value: impl Into<Value>, supported: &[&str]) {
        let listed: Vec<String> = supported.iter().map(|one| format!("{one:?}")).collect();
        let detail = format!("supported values: {}", listed.join(", "));
        self.add(
            path,
            &format!("Unsupported value: {}", value.into()),
            &detail,
        );
    }

    pub(super) fn not_found(&mut self, path: &Path, value: &str) {
        self.add(path, &format!("Not found: {value:?}"), "");
    }

    pub(super) fn duplicate(&mut self, path: &Path, value: impl Into<Value>) {
        self.add(path, &format!("Duplicate value: {}", value.into()), "");
    }

    pub(super) fn too_long(&mut self, path: &Path, limit: usize) {
        self.add(
            path,
            "Too long",
            &format!("may not be more than {limit} bytes"),
        );
    }

    pub(super) fn not_negative(&mut self, path: &Path, value: Option<i64>) {
        if let Some(value) = value.filter(|value| *value < 0) {
            self.invalid(path, value, "must be greater than or equal to 0");
        }
    }

    /// A text that must be one of a few.
    pub(super) fn one_of(&mut self, path: &Path, value: &str, supported: &[&str]) {
        if !supported.contains(&value) {
            self.unsupported(path, value, supported);
        }
    }

    fn add(&mut self, path: &Path, what: &str, detail: &str) {
        let colon = if detail.is_empty() { "" } else { ": " };
        let reason = format!("{}: {what}{colon}{detail}", path.text);
        self.0.push(Refusal {
            status: 422,
            route: path.route.clone(),
            reason,
        });
    }
}
