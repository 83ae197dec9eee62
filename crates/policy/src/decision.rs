use std::fmt;

use sekisho_text::Route;
use serde_json::Value;

/// What kind of policy spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// A Gatekeeper constraint.
    Gatekeeper,
    /// A ValidatingAdmissionPolicy with its binding.
    Admission,
    /// Pod Security Admission.
    PodSecurity,
}

/// The policy behind a word of a [`Decision`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId {
    /// Whose policy it is.
    pub engine: PolicyKind,
    /// The kind of the policy's object: `K8sPSPPrivilegedContainer`, `ValidatingAdmissionPolicyBinding`, `PodSecurity`.
    pub kind: String,
    /// The name of the policy's object; for Pod Security the level and version.
    pub name: String,
}

impl fmt::Display for PolicyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.kind, self.name)
    }
}

/// One thing that a policy says about an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// Who says it.
    pub policy: PolicyId,
    /// The policy's own words.
    pub message: String,
    /// Whatever the policy adds for programs; `null` when it adds nothing.
    pub details: Value,
    /// Where in the object, when the policy tells.
    pub place: Option<Route>,
    /// True when the policy could not be evaluated and the remark says why.
    pub failed: bool,
}

/// A note for the audit log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditNote {
    /// Who writes it.
    pub policy: PolicyId,
    /// The annotation's key.
    pub key: String,
    /// The annotation's value.
    pub value: String,
}

/// What admission decides about one request, whichever engines took part.
///
/// Denials, warnings and dry runs keep the order in which the policies were asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// Each of them alone refuses the request.
    pub denials: Vec<Remark>,
    /// Shown to the client; the request goes on.
    pub warnings: Vec<Remark>,
    /// Recorded only: policies that are tried before they are enforced.
    pub dry_runs: Vec<Remark>,
    /// Notes for the audit log.
    pub audit: Vec<AuditNote>,
}

impl Decision {
    /// True when nothing denies.
    pub fn allowed(&self) -> bool {
        self.denials.is_empty()
    }

    /// Adds what another engine decided about the same request.
    pub fn join(&mut self, other: Self) {
        self.denials.extend(other.denials);
        self.warnings.extend(other.warnings);
        self.dry_runs.extend(other.dry_runs);
        self.audit.extend(other.audit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_denial_of_any_engine_refuses() {
        let remark = Remark {
            policy: PolicyId {
                engine: PolicyKind::Gatekeeper,
                kind: "NoRoot".to_owned(),
                name: "all".to_owned(),
            },
            message: "runs as root".to_owned(),
            details: Value::Null,
            place: Some(Route::of("spec.containers").index(0)),
            failed: false,
        };
        let mut decision = Decision {
            warnings: vec![remark.clone()],
            ..Decision::default()
        };
        assert!(decision.allowed());
        decision.join(Decision {
            denials: vec![remark],
            ..Decision::default()
        });
        assert!(!decision.allowed());
        assert_eq!(decision.denials[0].policy.to_string(), "NoRoot/all");
    }
}
