//! ValidatingAdmissionPolicy, as the API server 1.36 judges it.
//!
//! [`AdmissionPolicy::compile`] reads a policy and refuses it with the server's own words where the server would;
//! [`AdmissionPolicy::judge`] decides about one [`Request`] under one [`PolicyBinding`]; [`type_warnings`] tells what the
//! server's type checker writes into the status. Objects must be as the server stores them: defaults set, unknown fields
//! dropped (`sekisho_schema::admit`).
//!
//! Rules: k8s.io/apiserver v0.36 `pkg/admission/plugin/policy`.
//! <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>

mod asked;
mod binding;
mod compile;
mod environment;
mod judge;
mod matching;
mod native;
mod request;
mod scope;
mod types;
mod warnings;

pub(crate) use asked::Asked;
pub use binding::{Action, ParamSource, PolicyBinding};
pub use compile::AdmissionPolicy;
pub use judge::{AuditAnnotation, Denial, Verdict, Warning};
pub use matching::{Match, MatchRules};
pub use request::{Authorizer, Request, User};
pub use warnings::{TypeWarning, type_warnings};
