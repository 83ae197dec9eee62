//! IAM policies: read exactly, judged in three values, with the statement that decides.
//!
//! [`Document`] is one policy. [`Request`] is one call: who, what, on which resource, with which context keys known, absent
//! or unknown. [`Layers`] holds the policies that meet in it, and [`Layers::decide`] answers allowed, denied or unknown, as
//! the policy evaluation logic of the IAM User Guide has it. What depends on a key nobody supplied is unknown and names it.

mod condition;
mod context;
mod decide;
mod document;
mod glob;
mod operator;
mod principal;
mod reader;
mod refusal;
mod request;
mod statement;
mod tri;
mod variable;
mod version;

pub use condition::{Condition, Quantifier};
pub use context::{Context, Presence};
pub use decide::{Answer, Because, Layers, Source};
pub use document::Document;
pub use glob::{arn_matches, text_matches};
pub use operator::Operator;
pub use principal::{Principal, Principals, Who};
pub use refusal::DocumentError;
pub use request::Request;
pub use statement::{Effect, Listed, Statement};
pub use tri::Tri;
pub use version::Version;
