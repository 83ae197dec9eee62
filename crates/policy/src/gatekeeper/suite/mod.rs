//! Tests of templates and constraints, as `gator verify` runs them: [`Suite`] files.

mod assertion;
mod read;
mod run;

pub use read::{Case, Suite, Test};
pub use run::{Files, Filter, Outcome, TestResult, run};
