//! From text to something that runs.

use std::fmt;

use crate::check::{self as checker, Checked};
use crate::declare::Environment;
use crate::issue::{self, Issue};
use crate::parse::{self, Parsed};
use crate::plan::{self, Plan};
use crate::run::{self, Run, Scope};
use crate::types::Type;
use crate::validate;

/// Why an expression is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is wrong.
    Invalid {
        /// Each complaint with its place.
        issues: Vec<Issue>,
        /// All of them as the API server prints them.
        printed: String,
    },
    /// It is right, but a constant in it cannot be computed.
    Instantiation(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { printed, .. } => write!(out, "compilation failed: {printed}"),
            Self::Instantiation(reason) => write!(out, "program instantiation failed: {reason}"),
        }
    }
}

impl std::error::Error for Refusal {}

fn invalid(source: &str, issues: Vec<Issue>) -> Refusal {
    let printed = issue::print(&issues, source);
    Refusal::Invalid { issues, printed }
}

fn checked(source: &str, environment: &Environment) -> Result<(Parsed, Checked), Refusal> {
    let parsed = parse::parse(source).map_err(|issues| invalid(source, issues))?;
    let checked = checker::check(&parsed, environment).map_err(|issues| invalid(source, issues))?;
    let issues = validate::validate(&parsed.root, &checked);
    if issues.is_empty() {
        Ok((parsed, checked))
    } else {
        Err(invalid(source, issues))
    }
}

/// The type of an expression.
///
/// # Errors
/// When it is wrong.
pub fn check(source: &str, environment: &Environment) -> Result<Type, Refusal> {
    let (parsed, checked) = checked(source, environment)?;
    Ok(checked
        .types
        .get(parsed.root.id)
        .cloned()
        .unwrap_or(Type::Dyn))
}

/// An expression that is ready to run, in any thread.
#[derive(Debug)]
pub struct Expression {
    source: String,
    output: Type,
    plan: Plan,
}

impl Expression {
    /// Parses, checks and plans.
    ///
    /// # Errors
    /// When it is wrong, or a constant in it cannot be computed.
    pub fn compile(source: &str, environment: &Environment) -> Result<Self, Refusal> {
        let (parsed, checked) = checked(source, environment)?;
        let plan = plan::plan(&parsed.root, &checked).map_err(Refusal::Instantiation)?;
        let output = checked
            .types
            .get(parsed.root.id)
            .cloned()
            .unwrap_or(Type::Dyn);
        Ok(Self {
            source: source.to_owned(),
            output,
            plan,
        })
    }

    /// Its text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The type of what it computes.
    pub fn output(&self) -> &Type {
        &self.output
    }

    /// Computes it. Beyond the limit of cost it ends with [`crate::Fault::TooCostly`].
    pub fn run<'a>(&self, scope: &dyn Scope<'a>, limit: u64) -> Run<'a> {
        run::run(&self.plan, scope, limit)
    }
}
