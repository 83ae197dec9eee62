//! Pod Security Admission, from the pod as sent or as stored.
//!
//! Semantics: kubernetes/pod-security-admission v0.36.2 (`policy/`, `api/`, `admission/`), together with what the server
//! does to a pod before that plugin sees it (defaults, AppArmor annotations copied to fields).
//!
//! The verdict concerns the pod itself or the pod that a template makes. Of pod templates the server only warns, and it
//! warns before those defaults apply: its warning for a Deployment may say less than [`message`] does, never more.

mod carrier;
mod checks;
mod container;
mod exemption;
mod label;
mod level;
mod nearest;
mod pod;
mod registry;
mod security_context;
mod update;
mod version;
mod volume;
mod wording;

pub use carrier::{CarriedPod, pod_of};
pub use checks::{BASELINE_CAPABILITIES, allows_capability, allows_se_linux_type, allows_sysctl};
pub use exemption::{Exemption, Exemptions};
pub use label::{LABEL_PREFIX, LabelError, NamespaceLabels, Policy, Stance, UnknownLabel};
pub use level::{Level, UnknownLevel};
pub use pod::Pod;
pub use registry::{CHECK_IDS, SHAPE, Violation, later_checks};
pub use update::{evaluated_subresource, significant_update};
pub use version::{NEWEST_MINOR, UnknownVersion, Version};
pub use volume::{RESTRICTED_VOLUMES, allows_volume};

use serde_json::Value;

/// What the server of Kubernetes 1.[`NEWEST_MINOR`] finds in this pod (`{metadata, spec}`), in the server's order.
/// Empty means allowed. To judge one pod several times, read it once with [`Pod::read`].
pub fn evaluate(level: Level, version: Version, pod: &Value) -> Vec<Violation> {
    Pod::read(pod).evaluate(level, version, NEWEST_MINOR)
}

/// The server's text after `violates PodSecurity `; empty without violations.
pub fn message(level: Level, version: Version, violations: &[Violation]) -> String {
    if violations.is_empty() {
        return String::new();
    }
    let findings: Vec<String> = violations.iter().map(ToString::to_string).collect();
    format!("\"{level}:{version}\": {}", findings.join(", "))
}
