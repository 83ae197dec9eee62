//! The decision of one policy with one binding about one request.
//!
//! k8s.io/apiserver `pkg/admission/plugin/policy/validating/{validator,dispatcher}.go`.

use sekisho_cel::Value;
use serde_json::Value as Json;

use super::binding::{Action, ParamSource, PolicyBinding};
use super::compile::{AdmissionPolicy, Validation};
use super::matching::Match;
use super::request::{Authorizer, Request};
use super::scope::{PER_CONDITIONS, PER_POLICY, Sight};

/// One reason to refuse the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// As the server words it.
    pub message: String,
    /// The reason that decides the status: `Invalid`, `Forbidden` …
    pub reason: String,
    /// Which validation failed; none when something else did.
    pub validation: Option<usize>,
    /// True when the policy could not be evaluated.
    pub failed: bool,
}

/// A warning to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning(pub String);

/// A note for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditAnnotation {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// What a policy with its binding says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Each refuses the request.
    pub denials: Vec<Denial>,
    /// Shown to the client.
    pub warnings: Vec<Warning>,
    /// Kept in the audit log.
    pub audit: Vec<AuditAnnotation>,
    /// Why it cannot be told whether the policy is about this request at all.
    pub unknown: Option<String>,
}

impl Verdict {
    /// True when nothing refuses the request and nothing is open.
    pub fn allows(&self) -> bool {
        self.denials.is_empty() && self.unknown.is_none()
    }
}

/// What one validation came to.
pub(super) struct Finding {
    pub(super) message: String,
    reason: String,
    validation: Option<usize>,
    pub(super) failed: bool,
}

impl Finding {
    fn failure(message: String) -> Self {
        Self {
            message,
            reason: String::new(),
            validation: None,
            failed: true,
        }
    }
}

impl AdmissionPolicy {
    /// Judges a request under a binding of this policy.
    pub fn judge(
        &self,
        binding: &PolicyBinding,
        request: &Request<'_>,
        params: &dyn ParamSource,
        authorizer: &dyn Authorizer,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        for rules in [&self.rules, &binding.rules] {
            match rules.matches(request) {
                Match::Yes => {}
                Match::No => return verdict,
                Match::Unknown(reason) => {
                    verdict.unknown = Some(reason);
                    return verdict;
                }
            }
        }
        let found = match binding.params(self.param_kind.as_ref(), request.namespace, params) {
            Ok(found) => found,
            Err(reason) => {
                if self.fails {
                    verdict.denials.push(self.denial(
                        binding,
                        Finding::failure(format!("failed to configure binding: {reason}")),
                    ));
                }
                return verdict;
            }
        };
        for param in found {
            self.judge_with(
                param.unwrap_or(&Json::Null),
                binding,
                request,
                authorizer,
                &mut verdict,
            );
        }
        verdict
    }

    fn judge_with(
        &self,
        params: &Json,
        binding: &PolicyBinding,
        request: &Request<'_>,
        authorizer: &dyn Authorizer,
        verdict: &mut Verdict,
    ) {
        let asked = request.value();
        let conditions =
            Sight::new(request, &asked, params, Some(authorizer), &[]).without_namespace();
        match self.conditions_hold(&conditions) {
            Ok(true) => {}
            Ok(false) => return,
            Err(reason) => {
                let findings = if self.fails {
                    vec![Finding::failure(reason)]
                } else {
                    Vec::new()
                };
                self.act(findings, binding, verdict);
                return;
            }
        }
        let seen = Sight::new(request, &asked, params, Some(authorizer), &self.variables);
        let worded = Sight::new(request, &asked, params, None, &self.variables);
        match self.validate(&seen, &worded, PER_POLICY) {
            Ok(findings) => self.act(findings, binding, verdict),
            Err(reason) => {
                if self.fails {
                    self.act(vec![Finding::failure(reason)], binding, verdict);
                }
                return;
            }
        }
        let noted = Sight::new(request, &asked, params, None, &self.variables);
        self.annotate(&noted, binding, verdict);
    }

    /// True when all conditions hold. One that is false decides, whatever failed before it.
    pub(super) fn conditions_hold(&self, sight: &Sight<'_>) -> Result<bool, String> {
        let mut budget = PER_CONDITIONS;
        let mut values = Vec::new();
        for condition in &self.conditions {
            match sight.evaluate(condition, &mut budget) {
                Ok(value) => values.push(value),
                Err(reason) => return if self.fails { Err(reason) } else { Ok(false) },
            }
        }
        let mut errors: Vec<String> = Vec::new();
        for value in values {
            match value {
                Ok(Value::Bool(false)) => return Ok(false),
                Ok(_) => {}
                Err(reason) if errors.contains(&reason) => {}
                Err(reason) => errors.push(reason),
            }
        }
        match errors.as_slice() {
            [] => Ok(true),
            _ if !self.fails => Ok(false),
            [only] => Err(only.clone()),
            several => Err(format!("[{}]", several.join(", "))),
        }
    }

    /// What fails, with its message.
    pub(super) fn validate(
        &self,
        seen: &Sight<'_>,
        worded: &Sight<'_>,
        mut budget: u64,
    ) -> Result<Vec<Finding>, String> {
        let mut values = Vec::new();
        for validation in &self.validations {
            values.push(seen.evaluate(&validation.expression, &mut budget)?);
        }
        let mut messages = Vec::new();
        let mut spent = None;
        for validation in &self.validations {
            let message = match &validation.message_expression {
                Some(expression) => match worded.evaluate(expression, &mut budget) {
                    Ok(message) => message.ok(),
                    Err(reason) => {
                        spent = Some(reason);
                        break;
                    }
                },
                None => None,
            };
            messages.push(message);
        }
        let mut findings = Vec::new();
        for (index, (validation, value)) in self.validations.iter().zip(values).enumerate() {
            let failure = match (value, &spent) {
                (Err(reason), _) => Some(reason),
                (Ok(_), Some(reason)) => Some(format!("failed messageExpression: {reason}")),
                (Ok(Value::Bool(true)), None) => continue,
                (Ok(_), None) => None,
            };
            if let Some(message) = failure {
                if self.fails {
                    findings.push(Finding {
                        validation: Some(index),
                        ..Finding::failure(message)
                    });
                }
                continue;
            }
            let made = messages
                .get(index)
                .and_then(Option::as_ref)
                .and_then(Value::as_text);
            findings.push(Finding {
                message: worded_as(validation, made),
                reason: validation.reason.clone(),
                validation: Some(index),
                failed: false,
            });
        }
        Ok(findings)
    }

    fn act(&self, findings: Vec<Finding>, binding: &PolicyBinding, verdict: &mut Verdict) {
        for finding in findings {
            for action in &binding.actions {
                match action {
                    Action::Deny => {
                        let Finding { message, reason, validation, failed } = &finding;
                        let (message, reason) = (message.clone(), reason.clone());
                        let finding = Finding { message, reason, validation: *validation, failed: *failed };
                        verdict.denials.push(self.denial(binding, finding));
                    }
                    Action::Warn => verdict.warnings.push(Warning(format!(
                        "Validation failed for ValidatingAdmissionPolicy '{}' with binding '{}': {}",
                        self.name, binding.name, finding.message
                    ))),
                    Action::Audit => verdict.audit.push(self.failure_note(&finding, binding)),
                }
            }
        }
    }

    fn denial(&self, binding: &PolicyBinding, finding: Finding) -> Denial {
        let reason = if finding.reason.is_empty() {
            "Invalid".to_owned()
        } else {
            finding.reason
        };
        Denial {
            message: format!(
                "ValidatingAdmissionPolicy '{}' with binding '{}' denied request: {}",
                self.name, binding.name, finding.message
            ),
            reason,
            validation: finding.validation,
            failed: finding.failed,
        }
    }

    fn failure_note(&self, finding: &Finding, binding: &PolicyBinding) -> AuditAnnotation {
        let actions: Vec<&str> = binding
            .actions
            .iter()
            .map(|action| match action {
                Action::Deny => "Deny",
                Action::Warn => "Warn",
                Action::Audit => "Audit",
            })
            .collect();
        let note = serde_json::json!([{
            "message": finding.message,
            "policy": self.name,
            "binding": binding.name,
            "expressionIndex": finding.validation.unwrap_or_default(),
            "validationActions": actions,
        }]);
        AuditAnnotation {
            key: "validation.policy.admission.k8s.io/validation_failure".to_owned(),
            value: note.to_string(),
        }
    }

    fn annotate(&self, sight: &Sight<'_>, binding: &PolicyBinding, verdict: &mut Verdict) {
        let mut budget = PER_POLICY;
        for (key, expression) in &self.annotations {
            let value = sight
                .evaluate(expression, &mut budget)
                .and_then(|value| value);
            match value {
                Ok(value) => {
                    let text = value.as_text().map(str::trim).unwrap_or_default();
                    let note = AuditAnnotation {
                        key: format!("{}/{key}", self.name),
                        value: first_bytes(text, 10 * 1024).to_owned(),
                    };
                    if !text.is_empty() && !verdict.audit.contains(&note) {
                        verdict.audit.push(note);
                    }
                }
                // The server refuses the request for this whatever the binding's actions are.
                Err(reason) if self.fails => verdict
                    .denials
                    .push(self.denial(binding, Finding::failure(reason))),
                Err(_) => {}
            }
        }
    }
}

fn first_bytes(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The message: what the expression made, when it is short and on one line; the fixed text; the expression itself.
fn worded_as(validation: &Validation, made: Option<&str>) -> String {
    let made = made
        .map(str::trim)
        .filter(|made| made.len() <= 5 * 1024 && !made.contains('\n'));
    let fixed = validation.message.trim();
    match made.filter(|made| !made.is_empty()) {
        Some(made) => made.to_owned(),
        None if !fixed.is_empty() => fixed.to_owned(),
        None => format!(
            "failed expression: {}",
            validation.expression.source().trim()
        ),
    }
}
