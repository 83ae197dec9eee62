//! One door to all engines: a set of policies decides about requests.
//!
//! [`PolicySet`] holds Gatekeeper constraints, ValidatingAdmissionPolicies with their bindings, and Pod Security;
//! [`Request`] is what is asked; [`World`] is what policies may look up. The answer is one [`Decision`](crate::Decision).

mod pod_security;
mod request;
mod rights;
mod set;
mod world;

pub use request::{Request, RequestError};
pub use rights::Rights;
pub use set::{Loaded, Options, PolicySet, Read, is_policy};
pub use world::World;
