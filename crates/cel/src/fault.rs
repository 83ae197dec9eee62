//! How running an expression fails.

use std::fmt;
use std::sync::Arc;

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An error of the expression, in the API server's words. `&&`, `||` and comprehensions may absorb it.
    Error(Arc<str>),
    /// The cost limit was passed: nothing absorbs that.
    TooCostly,
    /// The server's own code fails on these values: nothing absorbs that either.
    Internal(Arc<str>),
}

impl Fault {
    pub(crate) fn new(message: impl Into<Arc<str>>) -> Self {
        Self::Error(message.into())
    }

    /// True when nothing may absorb it.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self, Self::Error(_))
    }

    pub(crate) fn no_overload() -> Self {
        Self::new("no such overload")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(message) => out.write_str(message),
            Self::Internal(message) => write!(out, "internal error: {message}"),
            Self::TooCostly => out.write_str("operation cancelled: actual cost limit exceeded"),
        }
    }
}

impl std::error::Error for Fault {}

/// A value, or why there is none.
pub(crate) type Outcome<T> = Result<T, Fault>;
