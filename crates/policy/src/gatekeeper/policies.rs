use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use sha2::{Digest as _, Sha256};

use super::action::{Action, EnforcementPoint};
use super::answers::Answers;
use super::constraint::{Constraint, ConstraintError};
use super::expansion::{self, Expansion};
use super::inventory::Inventory;
use super::matching::{Origin, Target};
use super::object;
use super::review::{Review, ReviewError};
use super::template::{Engine, Template, TemplateError};
use crate::decision::{Decision, PolicyId, PolicyKind, Remark};
use crate::rego::{self, ExternalData, Limits};
use crate::vap::Asked;

/// One violation of one constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The constraint.
    pub policy: PolicyId,
    /// What it does at the point that was asked; several only when actions are scoped.
    pub actions: Vec<Action>,
    /// The template's message.
    pub message: String,
    /// The template's `details`; `{}` when it gives none.
    pub details: Value,
    /// True when the constraint could not be evaluated: it counts as violated, and the message says why.
    pub failed: bool,
}

/// How carefully templates are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Care {
    /// By the fast engine.
    #[default]
    Once,
    /// By both engines; a difference is a failed violation.
    Twice,
}

/// Templates and their constraints, with what they look at.
///
/// ```
/// use sekisho_policy::gatekeeper::{EnforcementPoint, Origin, Policies, Review};
/// use serde_json::json;
///
/// let mut policies = Policies::default();
/// policies.add_template(&json!({
///     "apiVersion": "templates.gatekeeper.sh/v1", "kind": "ConstraintTemplate", "metadata": {"name": "noname"},
///     "spec": {"crd": {"spec": {"names": {"kind": "NoName"}}}, "targets": [{"target": "admission.k8s.gatekeeper.sh",
///         "rego": "package noname\nviolation[{\"msg\": \"no name\"}] { not input.review.object.metadata.name }"}]}
/// })).unwrap();
/// policies.add_constraint(&json!({
///     "apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": "NoName", "metadata": {"name": "all"}
/// })).unwrap();
/// let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}});
/// let review = Review::of_object(&pod, Origin::Original).unwrap();
/// assert!(!policies.decide(&review, EnforcementPoint::Webhook).allowed());
/// ```
#[derive(Default)]
pub struct Policies {
    templates: BTreeMap<String, Template>,
    constraints: BTreeMap<(String, String), Constraint>,
    inventory: Inventory,
    expansions: Vec<Expansion>,
    limits: Limits,
    external: Option<Arc<dyn ExternalData>>,
    care: Care,
}

/// One request, while constraints are asked about it.
struct Asking<'a> {
    review: &'a Review,
    /// It as CEL sees it, read when it is needed.
    asked: OnceCell<Asked>,
    answers: &'a mut Answers,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Policies")
            .field("templates", &self.templates.len())
            .field("constraints", &self.constraints.len())
            .finish_non_exhaustive()
    }
}

impl Policies {
    /// None yet, with what evaluations may cost, how carefully they are done, and who answers `external_data`.
    pub fn new(limits: Limits, care: Care, external: Option<Arc<dyn ExternalData>>) -> Self {
        Self {
            limits,
            external,
            care,
            ..Self::default()
        }
    }

    /// Adds a ConstraintTemplate; one of the same kind gives way.
    pub fn add_template(&mut self, template: &Value) -> Result<(), TemplateError> {
        let template = Template::read(template, self.limits, self.external.clone())?;
        self.templates.insert(template.kind.clone(), template);
        Ok(())
    }

    /// Adds a constraint, whose template must be there.
    pub fn add_constraint(&mut self, constraint: &Value) -> Result<(), ConstraintError> {
        let kind = object::kind(constraint);
        let template = self.templates.get(kind).ok_or_else(|| {
            ConstraintError::Invalid(format!("there is no template for the kind `{kind}`"))
        })?;
        let constraint = Constraint::read(constraint, template)?;
        let key = (constraint.kind.clone(), constraint.name.clone());
        self.constraints.insert(key, constraint);
        Ok(())
    }

    /// Adds an ExpansionTemplate.
    pub fn add_expansion(&mut self, template: &Value) -> Result<(), String> {
        let expansion = Expansion::read(template)?;
        self.expansions.retain(|other| other.name != expansion.name);
        self.expansions.push(expansion);
        self.expansions
            .sort_by(|one, other| one.name.cmp(&other.name));
        Ok(())
    }

    /// Adds objects that templates may look up, and Namespaces for selectors.
    pub fn add_inventory(&mut self, objects: &[Value]) -> Result<(), String> {
        self.inventory.add(objects)
    }

    /// The objects that are looked up are forgotten; templates and constraints stay.
    pub fn clear_inventory(&mut self) {
        self.inventory = Inventory::default();
    }

    /// The kinds and names of the constraints, in their order.
    pub fn constraints(&self) -> impl Iterator<Item = (&str, &str)> {
        self.constraints
            .keys()
            .map(|(kind, name)| (kind.as_str(), name.as_str()))
    }

    /// All violations of a request itself, in the order of kind, name and message.
    pub fn violations(&self, review: &Review, point: EnforcementPoint) -> Vec<Violation> {
        self.violations_among(review, point, &mut Answers::default())
    }

    fn violations_among(
        &self,
        review: &Review,
        point: EnforcementPoint,
        answers: &mut Answers,
    ) -> Vec<Violation> {
        let mut all = Vec::new();
        let mut asking = Asking {
            review,
            asked: OnceCell::new(),
            answers,
        };
        for constraint in self.constraints.values() {
            let actions = constraint.enforcement.at(point);
            let Some(template) = self.templates.get(&constraint.kind) else {
                continue;
            };
            if actions.is_empty()
                || (point == EnforcementPoint::Webhook && !template.is_for(&review.operation))
            {
                continue;
            }
            match self.is_meant(constraint, review) {
                Ok(true) => all.extend(self.evaluate(template, constraint, &actions, &mut asking)),
                Ok(false) => {}
                Err(why) => {
                    let message = format!(
                        "it cannot be told whether the constraint is about the object: {why}"
                    );
                    all.push(failed(constraint, &actions, message));
                }
            }
        }
        all
    }

    /// As [`Self::violations`], and those of the objects that the request's object will make. `answers` are those about this request
    /// in this Namespace.
    ///
    /// # Errors
    /// When the object cannot be expanded.
    pub fn violations_with_expansion(
        &self,
        review: &Review,
        point: EnforcementPoint,
        answers: &mut Answers,
    ) -> Result<Vec<Violation>, ReviewError> {
        let mut all = self.violations_among(review, point, answers);
        let Some(object) = review.object() else {
            return Ok(all);
        };
        for made in expansion::expand(&self.expansions, object).map_err(ReviewError)? {
            let mut inner = Review::of_object(&made.object, Origin::Generated)?;
            if let Some(namespace) = &review.namespace {
                inner = inner.in_namespace(namespace.clone());
            }
            for mut violation in self.violations(&inner, point) {
                violation.message = format!("[Implied by {}] {}", made.by, violation.message);
                if let Some(action) = made.action {
                    violation.actions = vec![action];
                }
                all.push(violation);
            }
        }
        Ok(all)
    }

    /// The decision about a request.
    pub fn decide(&self, review: &Review, point: EnforcementPoint) -> Decision {
        decision(self.violations(review, point))
    }

    fn namespace_of<'a>(&'a self, review: &'a Review) -> Option<&'a Value> {
        let known = match review.namespace_name.as_str() {
            "" => None,
            name => self.inventory.namespace(name),
        };
        review.namespace.as_ref().or(known)
    }

    fn is_meant(&self, constraint: &Constraint, review: &Review) -> Result<bool, String> {
        let namespace = self.namespace_of(review);
        for object in [&review.object, &review.old].into_iter().flatten() {
            let target = Target {
                object,
                namespace,
                origin: Some(review.origin),
            };
            if constraint.rule.matches(&target)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn evaluate(
        &self,
        template: &Template,
        constraint: &Constraint,
        actions: &[Action],
        asking: &mut Asking<'_>,
    ) -> Vec<Violation> {
        let review = asking.review;
        let program = match &template.engine {
            Engine::Rego(program) => program,
            Engine::Native(policy) => {
                let asked = asking.asked.get_or_init(|| review.asked());
                let namespace = self.namespace_of(review).unwrap_or(&Value::Null);
                let failing = policy.failing(&asked.request(namespace), &constraint.given);
                let violations = failing.into_iter().map(|(message, failed)| Violation {
                    policy: policy_id(constraint),
                    actions: actions.to_vec(),
                    message,
                    details: Value::Object(serde_json::Map::new()),
                    failed,
                });
                return violations.collect();
            }
        };
        let mut input = rego::Value::new_object();
        if let Ok(fields) = input.as_object_mut() {
            fields.insert("review".into(), review.value.clone());
            fields.insert("parameters".into(), constraint.parameters.clone());
        }
        let data = self.inventory.data();
        let evaluation = Sha256::new()
            .chain_update(constraint.digest)
            .chain_update(self.inventory.digest())
            .finalize()
            .into();
        let found = asking.answers.of(evaluation, || {
            let found = match self.care {
                Care::Once => program.violations(&input, data),
                Care::Twice => program.violations_twice(&input, data),
            };
            found.map_err(|why| why.to_string())
        });
        match found {
            Ok(found) => {
                let mut told: Vec<Violation> = found
                    .iter()
                    .filter_map(|one| violation(constraint, actions, one))
                    .collect();
                told.sort_by(|one, other| one.message.cmp(&other.message));
                told.dedup_by(|one, other| {
                    one.message == other.message && one.details == other.details
                });
                told
            }
            Err(why) => vec![failed(constraint, actions, why.clone())],
        }
    }
}

/// Sorts violations by what they do.
pub fn decision(violations: Vec<Violation>) -> Decision {
    let mut decision = Decision::default();
    for violation in violations {
        let remark = Remark {
            policy: violation.policy,
            message: violation.message,
            details: violation.details,
            place: None,
            failed: violation.failed,
        };
        for action in violation.actions {
            match action {
                Action::Deny => decision.denials.push(remark.clone()),
                Action::Warn => decision.warnings.push(remark.clone()),
                Action::Dryrun => decision.dry_runs.push(remark.clone()),
            }
        }
    }
    decision
}

fn policy_id(constraint: &Constraint) -> PolicyId {
    PolicyId {
        engine: PolicyKind::Gatekeeper,
        kind: constraint.kind.clone(),
        name: constraint.name.clone(),
    }
}

fn failed(constraint: &Constraint, actions: &[Action], message: String) -> Violation {
    Violation {
        policy: policy_id(constraint),
        actions: actions.to_vec(),
        message,
        details: Value::Object(serde_json::Map::new()),
        failed: true,
    }
}

/// A member of `violation`; without a `msg` it is none, and one whose `msg` is no text cannot be told.
fn violation(
    constraint: &Constraint,
    actions: &[Action],
    found: &rego::Value,
) -> Option<Violation> {
    let fields = found.as_object().ok()?;
    let Ok(message) = fields.get(&"msg".into())?.as_string() else {
        return Some(failed(
            constraint,
            actions,
            "the `msg` of a violation is no text".to_owned(),
        ));
    };
    let details = fields.get(&"details".into()).map(rego::to_json);
    Some(Violation {
        policy: policy_id(constraint),
        actions: actions.to_vec(),
        message: message.to_string(),
        details: details.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
        failed: false,
    })
}
