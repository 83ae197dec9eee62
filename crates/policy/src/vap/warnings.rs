//! What the server's type checker writes into the status of a policy: it knows the fields of the kinds that are meant.
//!
//! k8s.io/apiserver `pkg/admission/plugin/policy/validating/typechecking.go`.

use std::collections::BTreeSet;

use sekisho_cel::{Environment, Refusal, check};
use serde_json::Value;

use super::environment::{Optional, VARIABLES, environment, variable_type};
use super::matching::MatchRules;
use super::types::{declare, kinds_of};

/// More kinds than this are not looked at.
const MOST: usize = 10;

/// What is doubtful about an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeWarning {
    /// Where it stands: `spec.validations[0].expression`.
    pub field: String,
    /// For each kind what the checker says.
    pub warning: String,
}

/// Checks the expressions of a policy against each kind that it names without a wildcard.
pub fn type_warnings(policy: &Value) -> Vec<TypeWarning> {
    let nothing = Value::Null;
    let spec = policy.get("spec").unwrap_or(&nothing);
    let kinds = kinds(spec.get("matchConstraints").unwrap_or(&nothing));
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut warnings = Vec::new();
    let validations = spec.get("validations").and_then(Value::as_array);
    for (index, validation) in validations.into_iter().flatten().enumerate() {
        for key in ["expression", "messageExpression"] {
            let source = text(validation, key);
            if source.is_empty() {
                continue;
            }
            let told: Vec<String> = kinds
                .iter()
                .filter_map(|kind| warn(spec, kind, &source))
                .collect();
            if !told.is_empty() {
                let field = format!("spec.validations[{index}].{key}");
                warnings.push(TypeWarning {
                    field,
                    warning: told.join("\n"),
                });
            }
        }
    }
    warnings
}

type Kind = (String, String, &'static str);

fn kinds(constraints: &Value) -> BTreeSet<Kind> {
    let mut found = BTreeSet::new();
    let Some(rules) = MatchRules::read(constraints) else {
        return found;
    };
    for (groups, versions, resources) in rules.written() {
        let is_open = |all: &[String]| all.iter().any(|one| one.contains('*'));
        if is_open(groups) || is_open(versions) {
            continue;
        }
        let sorted = |all: &[String]| all.iter().cloned().collect::<BTreeSet<_>>();
        let mut count = 0;
        for group in sorted(groups) {
            for version in &sorted(versions) {
                for resource in sorted(resources)
                    .iter()
                    .filter(|resource| !resource.contains(['*', '/']))
                {
                    for kind in kinds_of(&group, version, resource) {
                        found.insert((group.clone(), version.clone(), kind));
                        count += 1;
                        if count == MOST {
                            return found;
                        }
                    }
                }
            }
        }
    }
    found
}

fn warn(spec: &Value, (group, version, kind): &Kind, source: &str) -> Option<String> {
    let mut environment = typed(spec, group, version, kind);
    let variables = spec.get("variables").and_then(Value::as_array);
    for variable in variables.into_iter().flatten() {
        let text = |key: &str| {
            variable
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let of = check(text("expression"), &environment)
            .map_or(sekisho_cel::Type::Dyn, |of| variable_type(&of));
        environment.field(VARIABLES, text("name"), of);
    }
    match check(source, &environment) {
        Err(Refusal::Invalid { printed, .. }) => {
            let name = if group.is_empty() {
                version.clone()
            } else {
                format!("{group}/{version}")
            };
            let slash = if group.is_empty() { "/" } else { "" };
            Some(format!("{slash}{name}, Kind={kind}: {printed}\n"))
        }
        _ => None,
    }
}

fn typed(spec: &Value, group: &str, version: &str, kind: &str) -> Environment {
    let param = spec.get("paramKind").filter(|kind| !kind.is_null());
    let mut environment = environment(Optional {
        params: param.is_some(),
        authorizer: true,
        variables: true,
    });
    if let Some(of) = declare(&mut environment, group, version, kind) {
        environment.variable("object", of.clone());
        environment.variable("oldObject", of);
    }
    if let Some(param) = param {
        let text = |key: &str| param.get(key).and_then(Value::as_str).unwrap_or_default();
        let (group, version) = text("apiVersion")
            .split_once('/')
            .unwrap_or(("", text("apiVersion")));
        if let Some(of) = declare(&mut environment, group, version, text("kind")) {
            environment.variable("params", of);
        }
    }
    environment
}
