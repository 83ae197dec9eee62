//! From text to syntax. `hcl-edit` reads the native syntax; only its positions and structure are used, never its printing.

mod expression;
mod json;
mod native;
mod pieces;
mod repeated;
mod template;

pub(crate) use json::{read_json, read_json_values};
pub(crate) use native::{read_native, read_template};

use sekisho_text::Span;

use crate::origin::Place;
use crate::problem::{Problem, ProblemKind};
use std::sync::Arc;

/// The file being read, and where in it the text at hand begins.
#[derive(Clone, Copy)]
pub(crate) struct Source<'t> {
    /// The text handed to the parser.
    pub(crate) text: &'t str,
    pub(crate) at: At,
}

/// How a position in the parsed text becomes one in the file.
#[derive(Clone, Copy)]
pub(crate) enum At {
    /// The text begins at this byte of the file.
    Offset(usize),
    /// The text was unescaped from these bytes, so that only all of them can be pointed at.
    Whole(Span),
}

impl Source<'_> {
    pub(crate) fn span(self, range: Option<std::ops::Range<usize>>) -> Span {
        match self.at {
            At::Whole(span) => span,
            At::Offset(offset) => {
                let range = range.unwrap_or(0..self.text.len());
                Span::new(range.start + offset, range.end + offset)
            }
        }
    }
}

pub(crate) fn syntax_problem(file: &Arc<str>, span: Span, message: impl Into<String>) -> Problem {
    let place = Place {
        file: Arc::clone(file),
        span,
    };
    Problem::new(ProblemKind::Syntax, Some(place), message)
}
