//! A policy, read and compiled, or refused in the server's words.

use sekisho_cel::{Environment, Expression, Refusal, Type, quoted};
use serde_json::Value;

use super::environment::{Optional, VARIABLES, environment, variable_type};
use super::matching::MatchRules;

/// A ValidatingAdmissionPolicy, ready to judge.
#[derive(Debug)]
pub struct AdmissionPolicy {
    pub(crate) name: String,
    pub(crate) rules: MatchRules,
    pub(crate) fails: bool,
    pub(crate) param_kind: Option<(String, String)>,
    pub(crate) conditions: Vec<Expression>,
    pub(crate) variables: Vec<(String, Expression)>,
    pub(crate) validations: Vec<Validation>,
    pub(crate) annotations: Vec<(String, Expression)>,
}

/// One validation.
#[derive(Debug)]
pub(crate) struct Validation {
    pub(crate) expression: Expression,
    pub(crate) message: String,
    pub(crate) message_expression: Option<Expression>,
    pub(crate) reason: String,
}

/// Collects what is wrong.
pub(super) struct Compiler {
    pub(super) errors: Vec<String>,
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (usize, &'v Value)> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
}

impl AdmissionPolicy {
    /// Reads and compiles a policy object.
    ///
    /// # Errors
    /// The message with which the server refuses the object.
    pub fn compile(object: &Value) -> Result<Self, String> {
        let nothing = Value::Null;
        let name = object
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let spec = object.get("spec").unwrap_or(&nothing);
        let mut compiler = Compiler { errors: Vec::new() };
        let param_kind = spec.get("paramKind").filter(|kind| !kind.is_null());
        let params = param_kind.is_some();
        let rules = MatchRules::read(spec.get("matchConstraints").unwrap_or(&nothing))
            .unwrap_or_else(|| {
                compiler.errors.push(
                    "spec.matchConstraints: Invalid value: a selector is malformed".to_owned(),
                );
                MatchRules::default()
            });
        let mut with = environment(Optional {
            params,
            authorizer: true,
            variables: true,
        });
        let mut without = environment(Optional {
            params,
            authorizer: false,
            variables: true,
        });
        let first = environment(Optional {
            params,
            authorizer: true,
            variables: false,
        });
        let mut conditions = Vec::new();
        for (index, condition) in items(spec, "matchConditions") {
            let path = format!("spec.matchConditions[{index}].expression");
            conditions.extend(compiler.compile(
                &path,
                text(condition, "expression"),
                &first,
                &[Type::Bool],
            ));
        }
        let mut variables = Vec::new();
        for (index, variable) in items(spec, "variables") {
            let path = format!("spec.variables[{index}].expression");
            let Some(expression) =
                compiler.compile(&path, text(variable, "expression"), &with, &[])
            else {
                continue;
            };
            let name = text(variable, "name");
            let of = variable_type(expression.output());
            with.field(VARIABLES, name, of.clone());
            without.field(VARIABLES, name, of);
            variables.push((name.to_owned(), expression));
        }
        let mut validations = Vec::new();
        for (index, validation) in items(spec, "validations") {
            let path = format!("spec.validations[{index}]");
            let expression = compiler.compile(
                &format!("{path}.expression"),
                text(validation, "expression"),
                &with,
                &[Type::Bool],
            );
            let worded = text(validation, "messageExpression");
            let message_expression = (!worded.is_empty())
                .then(|| {
                    compiler.compile(
                        &format!("{path}.messageExpression"),
                        worded,
                        &without,
                        &[Type::Text],
                    )
                })
                .flatten();
            validations.extend(expression.map(|expression| Validation {
                expression,
                message: text(validation, "message").to_owned(),
                message_expression,
                reason: text(validation, "reason").to_owned(),
            }));
        }
        let mut annotations = Vec::new();
        for (index, annotation) in items(spec, "auditAnnotations") {
            let path = format!("spec.auditAnnotations[{index}].valueExpression");
            let allowed = [Type::Text, Type::Null];
            let expression =
                compiler.compile(&path, text(annotation, "valueExpression"), &with, &allowed);
            annotations.extend(
                expression.map(|expression| (text(annotation, "key").to_owned(), expression)),
            );
        }
        if let Some(message) = compiler.message() {
            return Err(format!(
                "ValidatingAdmissionPolicy.admissionregistration.k8s.io {} is invalid: {message}",
                quoted(name)
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            rules,
            fails: text(spec, "failurePolicy") != "Ignore",
            param_kind: param_kind.map(|kind| {
                (
                    text(kind, "apiVersion").to_owned(),
                    text(kind, "kind").to_owned(),
                )
            }),
            conditions,
            variables,
            validations,
            annotations,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Compiler {
    /// Compiles one expression; without `allowed` types it may have any.
    pub(super) fn compile(
        &mut self,
        path: &str,
        source: &str,
        environment: &Environment,
        allowed: &[Type],
    ) -> Option<Expression> {
        let source = source.trim();
        if source.is_empty() {
            self.errors.push(format!(
                "{path}: Required value: expression is not specified"
            ));
            return None;
        }
        let reason = match Expression::compile(source, environment) {
            Err(refusal @ Refusal::Instantiation(_)) => {
                self.errors
                    .push(format!("{path}: Internal error: {refusal}"));
                return None;
            }
            Err(refusal) => refusal.to_string(),
            Ok(expression) => {
                let found = expression.output().told();
                match allowed {
                    [] => return Some(expression),
                    allowed if allowed.contains(expression.output()) => return Some(expression),
                    [only] => format!("must evaluate to {} but got {found}", only.told()),
                    several => {
                        let several: Vec<String> = several.iter().map(Type::told).collect();
                        format!(
                            "must evaluate to one of [{}] but got {found}",
                            several.join(" ")
                        )
                    }
                }
            }
        };
        self.errors.push(format!(
            "{path}: Invalid value: {}: {reason}",
            quoted(source)
        ));
        None
    }

    /// All errors as the server joins them.
    pub(super) fn message(&self) -> Option<String> {
        match self.errors.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            several => Some(format!("[{}]", several.join(", "))),
        }
    }
}
