//! Who may do what: in a Kubernetes cluster by RBAC, in AWS by IAM.
//!
//! [`rbac`] answers as the API server's authorizer does: one request, or the other way round (who can do this? what can
//! this subject do?). [`iam`] does the same for AWS policies. [`powers`] names what a subject really holds: the closed list of rights that lead to more.

pub mod iam;
pub mod powers;
pub mod rbac;
