use std::fmt;
use std::sync::Arc;

use crate::address::Address;
use crate::types::Type;

/// Reasons beyond this many are not kept.
const MOST_CAUSES: usize = 16;
/// Texts of more pieces than this are unknown as a whole.
const MOST_PIECES: usize = 1024;

/// A value that cannot be known from the texts, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What it will be, as far as that is known.
    pub of: Type,
    /// Why it is not known: sorted, none twice, never empty.
    pub causes: Vec<Cause>,
    /// For text put together from known and unknown pieces: the pieces. Empty for any other value.
    pub pieces: Vec<Piece>,
    /// True when it is certain not to be null.
    pub not_null: bool,
}

/// A piece of a text that is known in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Known characters.
    Text(Arc<str>),
    /// Characters that are not known.
    Unknown(Vec<Cause>),
}

/// Why something is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// A variable of the root module has no value.
    Variable(Arc<str>),
    /// An attribute of a resource or data source that only the provider knows.
    Reference(Reference),
    /// An output of a module whose source was not among the texts.
    Module(Reference),
    /// A file that was not among the texts.
    File(Arc<str>),
    /// A function whose result depends on the machine or the moment: `timestamp`, `uuid`.
    Function(Arc<str>),
    /// The text says something wrong there; the problem is reported once, at its place.
    Failed,
    /// The work or the size of the result went past a limit.
    Limit,
    /// The plan says that it is known after apply.
    AfterApply,
    /// It was not read where it stands; the text says what was asked, and what came of it.
    Unread(Arc<str>),
}

/// A resource, data source or module, and the way into it: `aws_subnet.a[0].id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// What is referred to, in its module.
    pub target: Address,
    /// The attributes and indexes from there: `id`, `[0]`, `["a"]`; empty for the whole.
    pub path: Vec<Arc<str>>,
}

impl Unknown {
    /// Unknown for one reason.
    pub fn because(of: Type, cause: Cause) -> Self {
        Self {
            of,
            causes: vec![cause],
            pieces: Vec::new(),
            not_null: false,
        }
    }

    /// Unknown for all of these reasons.
    pub(crate) fn joined(of: Type, mut causes: Vec<Cause>) -> Self {
        causes.sort();
        causes.dedup();
        causes.truncate(MOST_CAUSES);
        if causes.is_empty() {
            causes.push(Cause::Failed);
        }
        Self {
            of,
            causes,
            pieces: Vec::new(),
            not_null: false,
        }
    }

    /// The same, certain to be text of these pieces; when there are too many, only the reasons are kept.
    pub(crate) fn of_pieces(pieces: Vec<Piece>, causes: Vec<Cause>) -> Self {
        let pieces = if pieces.len() <= MOST_PIECES {
            pieces
        } else {
            Vec::new()
        };
        Self {
            pieces,
            not_null: true,
            ..Self::joined(Type::String, causes)
        }
    }

    /// What a walk over the pieces costs.
    pub(crate) fn weight(&self) -> usize {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => 1 + text.len() / 64,
            Piece::Unknown(causes) => 1 + causes.len(),
        };
        1 + self.pieces.iter().map(piece).sum::<usize>()
    }

    /// The references among the reasons: what this value will be joined from.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.causes.iter().filter_map(Cause::reference)
    }

    /// The one attribute this value is, when it is exactly that.
    pub fn is_exactly(&self) -> Option<&Reference> {
        match self.causes.as_slice() {
            [cause] if self.pieces.is_empty() => cause.reference(),
            _ => None,
        }
    }
}

impl Cause {
    /// The resource or module behind it, if one is.
    pub fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Reference(reference) | Self::Module(reference) => Some(reference),
            _ => None,
        }
    }

    /// The reason for a part of what is unknown for this reason.
    #[must_use]
    pub(crate) fn within(&self, step: &str) -> Self {
        match self {
            Self::Reference(reference) => Self::Reference(reference.within(step)),
            Self::Module(reference) => Self::Module(reference.within(step)),
            other => other.clone(),
        }
    }
}

impl Reference {
    fn within(&self, step: &str) -> Self {
        let mut path = self.path.clone();
        if path.len() < 32 {
            path.push(Arc::from(step));
        }
        Self {
            target: self.target.clone(),
            path,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.target)?;
        for step in &self.path {
            let dot = if step.starts_with('[') { "" } else { "." };
            write!(out, "{dot}{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(out, "var.{name} has no value"),
            Self::Reference(reference) => write!(out, "{reference} is known after apply"),
            Self::Module(reference) => write!(out, "{reference}: the module's source was not read"),
            Self::File(path) => write!(out, "{path} was not read"),
            Self::Function(name) => write!(out, "{name}() is known when it runs"),
            Self::Failed => out.write_str("it could not be evaluated"),
            Self::Limit => out.write_str("a limit was reached"),
            Self::AfterApply => out.write_str("it is known after apply"),
            Self::Unread(what) => write!(out, "{what} was not read"),
        }
    }
}
