use sekisho_text::Route;
use serde_json::Value;

use super::context::{Context, Presence};
use super::operator::Operator;
use super::reader::scalars;
use super::refusal::DocumentError;
use super::tri::Tri;
use super::variable::{Filled, fill};
use super::version::Version;

/// How a key with several values is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// No set form: keys with one value.
    One,
    /// `ForAllValues:`; holds without the key.
    All,
    /// `ForAnyValue:`; never holds without the key.
    Any,
}

/// One line of a `Condition` element: an operator, a key, and values of which one is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its place in the document.
    pub route: Route,
    /// The set form.
    pub quantifier: Quantifier,
    /// The operator.
    pub operator: Operator,
    /// `…IfExists`.
    pub if_exists: bool,
    /// The context key, as written.
    pub key: String,
    /// The policy's values.
    pub values: Vec<String>,
}

impl Condition {
    pub(super) fn read_all(value: &Value, route: &Route) -> Result<Vec<Self>, DocumentError> {
        let Some(operators) = value.as_object() else {
            return Err(DocumentError::new(route, "a map of operators is expected"));
        };
        let mut all = Vec::new();
        for (name, keys) in operators {
            let route = route.key(name.clone());
            let (quantifier, operator, if_exists) = form(name)
                .ok_or_else(|| DocumentError::new(&route, "no such condition operator"))?;
            let Some(keys) = keys.as_object() else {
                return Err(DocumentError::new(
                    &route,
                    "a map of condition keys is expected",
                ));
            };
            for (key, values) in keys {
                let route = route.key(key.clone());
                all.push(Self {
                    values: scalars(values, &route)?,
                    route,
                    quantifier,
                    operator,
                    if_exists,
                    key: key.clone(),
                });
            }
        }
        Ok(all)
    }

    /// Whether the condition holds (IAM User Guide, "Condition operators" and "Multivalued context keys").
    pub fn holds(&self, version: Version, context: &Context) -> Tri {
        let presence = context.get(&self.key);
        if self.operator == Operator::Null {
            return self.is_null(&presence);
        }
        match presence {
            Presence::Unknown => Tri::unknown(self.key.clone()),
            Presence::Absent => Tri::from(self.holds_when_absent()),
            Presence::Values(values) => self.compare(version, context, &values),
        }
    }

    fn is_null(&self, presence: &Presence) -> Tri {
        let is_absent = match presence {
            Presence::Unknown => return Tri::unknown(self.key.clone()),
            Presence::Absent => true,
            Presence::Values(values) => values.is_empty(),
        };
        let wanted = is_absent.to_string();
        Tri::from(
            self.values
                .iter()
                .any(|value| value.eq_ignore_ascii_case(&wanted)),
        )
    }

    /// `ForAnyValue` asks for a value, so that neither a negation nor `IfExists` saves it.
    fn holds_when_absent(&self) -> bool {
        match self.quantifier {
            Quantifier::All => true,
            Quantifier::Any => false,
            Quantifier::One => self.if_exists || self.operator.is_negated(),
        }
    }

    fn compare(&self, version: Version, context: &Context, request: &[String]) -> Tri {
        let one = |value: &String| {
            let hit = |policy: &String| self.meets(policy, value, version, context);
            let met = Tri::any(self.values.iter().map(hit));
            if self.operator.is_negated() {
                met.not()
            } else {
                met
            }
        };
        // Without a set form a negation must hold of every value, a plain comparison of some value.
        match (self.quantifier, self.operator.is_negated()) {
            (Quantifier::All, _) | (Quantifier::One, true) => Tri::all(request.iter().map(one)),
            (Quantifier::Any, _) | (Quantifier::One, false) => Tri::any(request.iter().map(one)),
        }
    }

    fn meets(&self, policy: &str, request: &str, version: Version, context: &Context) -> Tri {
        if version == Version::V2008 {
            return Tri::from(self.operator.meets(policy, request));
        }
        match fill(policy, context) {
            Filled::Text(policy) => Tri::from(self.operator.meets(&policy, request)),
            Filled::Void => Tri::No,
            Filled::Unknown(key) => Tri::unknown(key),
        }
    }
}

fn form(name: &str) -> Option<(Quantifier, Operator, bool)> {
    let (quantifier, rest) = match name.split_once(':') {
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => (Quantifier::All, rest),
        Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => (Quantifier::Any, rest),
        Some(_) => return None,
        None => (Quantifier::One, name),
    };
    let at = rest.len().checked_sub("IfExists".len());
    let (base, if_exists) = match at.and_then(|at| rest.split_at_checked(at)) {
        Some((base, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (base, true),
        _ => (rest, false),
    };
    let operator = Operator::named(base)?;
    (operator != Operator::Null || !if_exists).then_some((quantifier, operator, if_exists))
}
