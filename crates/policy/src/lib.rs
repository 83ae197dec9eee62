//! Policies as the API server itself judges them.
//!
//! [`pod_security`] is Pod Security Admission: the same verdicts, the same checks in the same order and the same words
//! as the server's built-in plugin, with the exact places that violate. [`psp`] turns a PodSecurityPolicy, which no
//! supported Kubernetes version obeys, into the namespace labels that come closest and lists what they cannot say.
//! [`vap`] is ValidatingAdmissionPolicy: expressions, bindings, parameters, decisions and type warnings as the server has them.

mod decision;
mod place;

pub mod admission;
pub mod gatekeeper;
pub mod lint;
pub mod pod_security;
pub mod psp;
pub mod rego;
pub mod rehearsal;

pub use decision::{AuditNote, Decision, PolicyId, PolicyKind, Remark};
pub mod vap;
