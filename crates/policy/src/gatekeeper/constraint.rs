use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::action::Enforcement;
use super::matching::Match;
use super::template::Template;
use super::{object, schema};
use crate::rego;

/// Why a constraint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// It does not fit the schema of its template; this is what `invalid: true` in a suite expects.
    #[error("the constraint does not fit its schema: {}", .0.join("; "))]
    Schema(Vec<String>),
    /// Anything else that Gatekeeper would refuse.
    #[error("{0}")]
    Invalid(String),
}

/// A constraint, checked against its template.
#[derive(Debug)]
pub(super) struct Constraint {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) rule: Match,
    pub(super) enforcement: Enforcement,
    /// Of the template's code and the parameters.
    pub(super) digest: [u8; 32],
    /// `variables.params`; `null` when there are none.
    pub(super) given: Value,
    /// `input.parameters`.
    pub(super) parameters: rego::Value,
}

impl Constraint {
    pub(super) fn read(value: &Value, template: &Template) -> Result<Self, ConstraintError> {
        let invalid = ConstraintError::Invalid;
        let (group, version) = object::group_version(value);
        if group != "constraints.gatekeeper.sh" {
            return Err(invalid(format!(
                "the group `{group}` is not that of constraints"
            )));
        }
        if !matches!(version, "v1alpha1" | "v1beta1") {
            return Err(invalid(format!(
                "the version `{version}` of a constraint is not known"
            )));
        }
        let name = object::name(value);
        if !is_subdomain(name) {
            return Err(invalid(format!("`{name}` is no name for an object")));
        }
        let empty = json!({});
        let mut spec = value.get("spec").unwrap_or(&empty).clone();
        let rules = template.schema();
        let mut problems = Vec::new();
        if name.chars().count() > 63 {
            problems.push("metadata.name is longer than 63 characters".to_owned());
        }
        schema::validate(&rules, &spec, "spec", &mut problems);
        if !problems.is_empty() {
            return Err(ConstraintError::Schema(problems));
        }
        schema::unknown(&rules, &spec, "spec", &mut problems);
        if !problems.is_empty() {
            return Err(invalid(format!(
                "fields that the template does not know: {}",
                problems.join(", ")
            )));
        }
        schema::defaults(&rules, &mut spec);
        let parameters = match spec.get("parameters") {
            None | Some(Value::Null) => json!({}),
            Some(given) => given.clone(),
        };
        Ok(Self {
            kind: object::kind(value).to_owned(),
            name: name.to_owned(),
            rule: Match::read(spec.get("match")).map_err(invalid)?,
            enforcement: Enforcement::read(&spec).map_err(invalid)?,
            digest: Sha256::new()
                .chain_update(template.digest)
                .chain_update(parameters.to_string())
                .finalize()
                .into(),
            given: spec.get("parameters").cloned().unwrap_or_default(),
            parameters: parameters.into(),
        })
    }
}

/// A DNS subdomain (RFC 1123) as the API server wants it.
fn is_subdomain(name: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= 253
        && name.split('.').all(|part| {
            part.starts_with(is_edge)
                && part.ends_with(is_edge)
                && part.chars().all(|c| is_edge(c) || c == '-')
        })
}
