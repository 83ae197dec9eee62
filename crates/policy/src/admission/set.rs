use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::pod_security::{self, Configured};
use super::request::Request;
use super::world::World;
use crate::decision::{AuditNote, Decision, PolicyId, PolicyKind, Remark};
use crate::gatekeeper::{self, Answers, Care, EnforcementPoint, Policies};
use crate::pod_security::{Exemptions, Policy};
use crate::rego::{ExternalData, Limits};
use crate::vap::{self, AdmissionPolicy, PolicyBinding, type_warnings};

/// How a set is loaded.
#[derive(Default)]
pub struct Options {
    /// What one evaluation of Rego may cost.
    pub limits: Limits,
    /// How carefully Rego is evaluated.
    pub care: Care,
    /// Who answers `external_data`.
    pub external: Option<Arc<dyn ExternalData>>,
    /// Pod Security of namespaces without labels (`PodSecurityConfiguration.defaults`).
    pub pod_security: Policy,
    /// Whom Pod Security leaves alone (`PodSecurityConfiguration.exemptions`).
    pub exemptions: Exemptions,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Options")
            .field("limits", &self.limits)
            .field("care", &self.care)
            .finish_non_exhaustive()
    }
}

/// What became of one policy object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Its place among the objects that were given.
    pub index: usize,
    /// Its kind: `ConstraintTemplate`, the kind of a constraint, `ValidatingAdmissionPolicy` …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why it is not in force; `None` when it is.
    pub refusal: Option<String>,
    /// What is doubtful about it.
    pub warnings: Vec<String>,
}

/// A set, and what became of each policy object.
#[derive(Debug)]
pub struct Loaded {
    /// The policies that are in force.
    pub set: PolicySet,
    /// Every policy object that was given, in its order.
    pub read: Vec<Read>,
}

/// Policies of all engines.
#[derive(Debug, Default)]
pub struct PolicySet {
    gatekeeper: Policies,
    admission: BTreeMap<String, AdmissionPolicy>,
    bindings: Vec<PolicyBinding>,
    configured: Configured,
}

/// What kind of policy object this is, in the order in which they are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Template,
    Expansion,
    Constraint,
    Admission,
    Binding,
}

/// True for an object that [`PolicySet::load`] takes as a policy or a part of one.
pub fn is_policy(object: &Value) -> bool {
    part_of(object).is_some()
}

fn part_of(object: &Value) -> Option<Part> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let (group, _) = text("apiVersion").split_once('/')?;
    match (group, text("kind")) {
        ("templates.gatekeeper.sh", "ConstraintTemplate") => Some(Part::Template),
        ("expansion.gatekeeper.sh", "ExpansionTemplate") => Some(Part::Expansion),
        ("constraints.gatekeeper.sh", _) => Some(Part::Constraint),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy") => Some(Part::Admission),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding") => Some(Part::Binding),
        _ => None,
    }
}

impl PolicySet {
    /// Loads the policies among these objects; the others are what constraints may look up (`data.inventory`).
    pub fn load(objects: &[Value], options: &Options) -> Loaded {
        let mut set = Self {
            gatekeeper: Policies::new(options.limits, options.care, options.external.clone()),
            configured: Configured {
                defaults: options.pod_security,
                exemptions: options.exemptions.clone(),
            },
            ..Self::default()
        };
        let mut parts: Vec<(Part, usize, &Value)> = Vec::new();
        let mut inventory = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            match part_of(object) {
                Some(part) => parts.push((part, index, object)),
                None => inventory.push(object.clone()),
            }
        }
        parts.sort_by_key(|(part, index, _)| (*part, *index));
        let mut read: Vec<Read> = parts
            .into_iter()
            .map(|(part, index, object)| {
                let text = |pointer: &str| {
                    let found = object.pointer(pointer);
                    found.and_then(Value::as_str).unwrap_or_default().to_owned()
                };
                let refusal = set.add(part, object).err();
                let is_policy = part == Part::Admission && refusal.is_none();
                Read {
                    index,
                    kind: text("/kind"),
                    name: text("/metadata/name"),
                    refusal,
                    warnings: if is_policy {
                        type_warnings(object)
                            .into_iter()
                            .map(|one| one.warning)
                            .collect()
                    } else {
                        Vec::new()
                    },
                }
            })
            .collect();
        read.sort_by_key(|one| one.index);
        // An object without kind or version is no object of a cluster, and nothing can look it up.
        inventory.retain(|object| {
            ["apiVersion", "kind"].iter().all(|key| {
                object
                    .get(key)
                    .is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()))
            })
        });
        let added = set.gatekeeper.add_inventory(&inventory);
        debug_assert!(added.is_ok(), "objects without a kind are left out");
        Loaded { set, read }
    }

    fn add(&mut self, part: Part, object: &Value) -> Result<(), String> {
        let plain = |why: &dyn std::fmt::Display| why.to_string();
        match part {
            Part::Template => self
                .gatekeeper
                .add_template(object)
                .map_err(|why| plain(&why)),
            Part::Expansion => self.gatekeeper.add_expansion(object),
            Part::Constraint => self
                .gatekeeper
                .add_constraint(object)
                .map_err(|why| plain(&why)),
            Part::Admission => {
                let policy = AdmissionPolicy::compile(object)?;
                self.admission.insert(policy.name().to_owned(), policy);
                Ok(())
            }
            Part::Binding => {
                let binding = PolicyBinding::read(object)
                    .ok_or_else(|| "a selector in it is malformed".to_owned())?;
                self.bindings.retain(|own| own.name() != binding.name());
                self.bindings.push(binding);
                self.bindings
                    .sort_by(|one, other| one.name().cmp(other.name()));
                Ok(())
            }
        }
    }

    /// True when nothing in it can decide anything but Pod Security.
    pub fn is_empty(&self) -> bool {
        self.gatekeeper.constraints().next().is_none()
            && self
                .bindings
                .iter()
                .all(|binding| !self.admission.contains_key(binding.policy()))
    }

    /// The policies in force, by engine and name; of ValidatingAdmissionPolicies those that are bound.
    pub fn policies(&self) -> impl Iterator<Item = PolicyId> {
        let constraints = self.gatekeeper.constraints().map(|(kind, name)| PolicyId {
            engine: PolicyKind::Gatekeeper,
            kind: kind.to_owned(),
            name: name.to_owned(),
        });
        let is_bound = |name: &&String| {
            self.bindings
                .iter()
                .any(|own| own.policy() == name.as_str())
        };
        constraints.chain(
            self.admission
                .keys()
                .filter(is_bound)
                .map(|name| admission_id(name)),
        )
    }

    /// What all policies together decide about a request, at a point where Gatekeeper enforces.
    pub fn decide(&self, request: &Request, world: &World, point: EnforcementPoint) -> Decision {
        self.decide_among(request, world, point, &mut Answers::default())
    }

    /// The same, with what code answered about the same request in the same Namespace before, and adding to it.
    pub(crate) fn decide_among(
        &self,
        request: &Request,
        world: &World,
        point: EnforcementPoint,
        answers: &mut Answers,
    ) -> Decision {
        let namespace = world.namespace(request.namespace());
        let mut decision = self.by_constraints(request, namespace, point, answers);
        decision.join(self.by_admission(request, world, namespace));
        decision.join(pod_security::decide(&self.configured, request, namespace));
        decision
    }

    /// The same without Pod Security.
    pub fn by_policies(
        &self,
        request: &Request,
        world: &World,
        point: EnforcementPoint,
    ) -> Decision {
        let namespace = world.namespace(request.namespace());
        let mut decision = self.by_constraints(request, namespace, point, &mut Answers::default());
        decision.join(self.by_admission(request, world, namespace));
        decision
    }

    fn by_constraints(
        &self,
        request: &Request,
        namespace: &Value,
        point: EnforcementPoint,
        answers: &mut Answers,
    ) -> Decision {
        if self.gatekeeper.constraints().next().is_none() {
            return Decision::default();
        }
        let review = if namespace.is_null() {
            request.review.clone()
        } else {
            request.review.clone().in_namespace(namespace.clone())
        };
        match self
            .gatekeeper
            .violations_with_expansion(&review, point, answers)
        {
            Ok(violations) => gatekeeper::decision(violations),
            Err(why) => Decision {
                denials: vec![Remark {
                    policy: PolicyId {
                        engine: PolicyKind::Gatekeeper,
                        kind: "ExpansionTemplate".to_owned(),
                        name: String::new(),
                    },
                    message: why.to_string(),
                    details: Value::Null,
                    place: None,
                    failed: true,
                }],
                ..Decision::default()
            },
        }
    }

    fn by_admission(&self, request: &Request, world: &World, namespace: &Value) -> Decision {
        let asked = request.as_vap(namespace);
        let mut decision = Decision::default();
        for binding in &self.bindings {
            let Some(policy) = self.admission.get(binding.policy()) else {
                continue;
            };
            let verdict = policy.judge(binding, &asked, world, world.rights());
            decision.join(of_verdict(policy.name(), verdict));
        }
        decision
    }
}

fn admission_id(name: &str) -> PolicyId {
    PolicyId {
        engine: PolicyKind::Admission,
        kind: "ValidatingAdmissionPolicy".to_owned(),
        name: name.to_owned(),
    }
}

fn of_verdict(name: &str, verdict: vap::Verdict) -> Decision {
    let remark = |message: String, failed: bool| Remark {
        policy: admission_id(name),
        message,
        details: Value::Null,
        place: None,
        failed,
    };
    let denials = verdict.denials.into_iter();
    let mut denials: Vec<Remark> = denials
        .map(|denial| remark(denial.message, denial.failed))
        .collect();
    // Whether the policy is about the request at all is not known: nothing may pass because of that.
    denials.extend(verdict.unknown.map(|why| {
        let message = format!("it cannot be told whether ValidatingAdmissionPolicy '{name}' is about the request: {why}");
        remark(message, true)
    }));
    Decision {
        denials,
        warnings: verdict
            .warnings
            .into_iter()
            .map(|warning| remark(warning.0, false))
            .collect(),
        dry_runs: Vec::new(),
        audit: verdict
            .audit
            .into_iter()
            .map(|note| AuditNote {
                policy: admission_id(name),
                key: note.key,
                value: note.value,
            })
            .collect(),
    }
}
