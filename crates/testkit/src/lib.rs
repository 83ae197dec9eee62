//! What tests share: the runner of literate tests and the way to the shared recordings. Never part of the product.

mod literate;
mod mending;
mod shared;

pub use literate::{Case, CaseKind, Mark, Outcome, cases, run};
pub use shared::shared;
