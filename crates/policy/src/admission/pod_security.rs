//! Pod Security Admission as one of the engines: what the labels of the request's namespace say of its pod.
//!
//! Semantics: k8s.io/pod-security-admission v0.36 `admission/admission.go` (`Validate`, `ValidatePod`, `ValidatePodController`).

use serde_json::{Map, Value, json};

use super::request::Request;
use crate::decision::{AuditNote, Decision, PolicyId, PolicyKind, Remark};
use crate::pod_security::{
    Exemptions, NamespaceLabels, Policy, Stance, Violation, evaluate, evaluated_subresource,
    message, pod_of, significant_update,
};

/// What the server is configured with.
#[derive(Debug, Clone, Default)]
pub(super) struct Configured {
    pub(super) defaults: Policy,
    pub(super) exemptions: Exemptions,
}

/// The decision about a request in this namespace; nothing when the namespace is not known.
pub(super) fn decide(configured: &Configured, request: &Request, namespace: &Value) -> Decision {
    let mut decision = Decision::default();
    let (group, _, kind) = request.kind();
    let is_pod = group.is_empty() && kind == "Pod";
    if namespace.is_null()
        || !matches!(request.operation(), "CREATE" | "UPDATE")
        || !evaluated_subresource(kind, request.subresource())
    {
        return decision;
    }
    let Some((_, pod)) = pod_of(kind, request.object()) else {
        return decision;
    };
    let user = &request.user().name;
    let exempt = configured.exemptions.of(request.namespace(), user, pod);
    if exempt.is_some()
        || is_pod
            && request.operation() == "UPDATE"
            && !significant_update(request.old_object(), request.object())
    {
        return decision;
    }
    let nothing = Map::new();
    let labels = namespace.pointer("/metadata/labels");
    let labels = labels.and_then(Value::as_object).unwrap_or(&nothing);
    let policy = NamespaceLabels::parse(labels, &configured.defaults).policy;
    let found = |stance: Stance| evaluate(stance.level, stance.version, pod);
    if is_pod {
        let violations = found(policy.enforce);
        if !violations.is_empty() {
            let denial = remark(policy.enforce, &violations, "violates");
            decision.denials.push(denial);
        }
    }
    let audited = found(policy.audit);
    if !audited.is_empty() {
        decision.audit.push(AuditNote {
            policy: id(policy.audit),
            key: "pod-security.kubernetes.io/audit-violations".to_owned(),
            value: text(policy.audit, &audited, "would violate"),
        });
    }
    // Who is refused is not warned besides.
    let warned = found(policy.warn);
    if decision.denials.is_empty() && !warned.is_empty() {
        let warning = remark(policy.warn, &warned, "would violate");
        decision.warnings.push(warning);
    }
    decision
}

fn id(stance: Stance) -> PolicyId {
    PolicyId {
        engine: PolicyKind::PodSecurity,
        kind: "PodSecurity".to_owned(),
        name: format!("{}:{}", stance.level, stance.version),
    }
}

fn text(stance: Stance, violations: &[Violation], verb: &str) -> String {
    let what = message(stance.level, stance.version, violations);
    format!("{verb} PodSecurity {what}")
}

fn remark(stance: Stance, violations: &[Violation], verb: &str) -> Remark {
    let details = violations
        .iter()
        .map(|one| json!({"check": one.check, "reason": one.reason, "detail": one.detail}));
    Remark {
        policy: id(stance),
        message: text(stance, violations, verb),
        details: details.collect(),
        place: violations
            .first()
            .and_then(|one| one.routes.first().cloned()),
        failed: false,
    }
}
