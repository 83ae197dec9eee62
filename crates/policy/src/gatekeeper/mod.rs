//! Gatekeeper: ConstraintTemplates and constraints, accepted unchanged and evaluated as Gatekeeper 3.23 does.
//!
//! [`Policies`] holds templates and constraints and answers for one [`Review`] at one [`EnforcementPoint`]. A template
//! that would not be evaluated exactly is refused when it is added; a constraint that cannot be evaluated counts as violated.

mod action;
mod answers;
mod constraint;
mod expansion;
mod inventory;
mod matching;
mod object;
mod policies;
mod review;
mod schema;
pub mod suite;
mod template;
mod wildcard;

pub use action::{Action, EnforcementPoint};
pub use answers::Answers;
pub use constraint::ConstraintError;
pub use matching::Origin;
pub use policies::{Care, Policies, Violation, decision};
pub use review::{Review, ReviewError};
pub use template::TemplateError;
