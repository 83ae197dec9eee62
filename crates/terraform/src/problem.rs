use std::fmt;

use crate::origin::Place;

/// Something in the texts that could not be read or evaluated. The rest is judged all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort of thing it is.
    pub kind: ProblemKind,
    /// Where, when there is a place.
    pub place: Option<Place>,
    /// What is wrong, in one sentence; never with a secret value.
    pub message: String,
}

/// Sorts of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The text is not HCL or JSON there.
    Syntax,
    /// A block or attribute that Terraform does not accept there.
    Structure,
    /// An expression has no value.
    Evaluation,
    /// Things refer to each other in a circle.
    Cycle,
    /// A limit on size or work was reached.
    Limit,
    /// Something needed was not among the texts: a module, a file, the value of a variable.
    Missing,
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, place: Option<Place>, message: impl Into<String>) -> Self {
        Self {
            kind,
            place,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(out, "{}:{}: ", place.file, place.span.start)?;
        }
        out.write_str(&self.message)
    }
}
