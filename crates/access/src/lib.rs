//! Who may do what in a Kubernetes cluster, by RBAC.
//!
//! [`rbac`] answers as the API server's authorizer does: one request, or the other way round (who can do this? what can
//! this subject do?). [`powers`] names what a subject really holds: the closed list of rights that lead to more.

pub mod powers;
pub mod rbac;
