//! Changes to a document that keep every byte they need not touch.
//!
//! The operations are first done on the JSON form. The result is then compared with the document, and only where both
//! differ is text written. Last, the changed text is read again: edits that would not give exactly that result are refused.

mod alike;
mod block;
mod diff;
mod flow;
mod model;
mod sequence;
mod source;

use sekisho_text::{Edit, Route, Span, apply};
use serde_json::Value;

use crate::document::{Document, Syntax};
use crate::limits::Limits;
use crate::stream::parse;
use diff::Differ;

/// One change. Routes and values are those of the form kubectl sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// Gives an existing place another value.
    Replace {
        /// The place.
        route: Route,
        /// Its new value.
        value: Value,
    },
    /// Adds a key that is not there yet to an existing map.
    Add {
        /// The map.
        route: Route,
        /// The new key.
        key: String,
        /// Its value.
        value: Value,
    },
    /// Adds an item at the end of an existing list.
    Append {
        /// The list.
        route: Route,
        /// The new item.
        value: Value,
    },
    /// Takes a key or an item away.
    Remove {
        /// The place.
        route: Route,
    },
    /// Gives a key another name; its value and its place among the others stay.
    Rename {
        /// The place the key leads to.
        route: Route,
        /// The new name.
        key: String,
    },
    /// Sets a value; maps on the way that are missing or null are made.
    Ensure {
        /// The place.
        route: Route,
        /// Its value.
        value: Value,
    },
}

/// Why a document cannot be changed in this way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no such place.
    #[error("there is no `{0}` in the document")]
    Absent(Route),
    /// The place is there already.
    #[error("`{0}` is in the document already")]
    Present(Route),
    /// The place holds something else than the operation needs.
    #[error("`{0}` is not {1}")]
    Unfit(Route, &'static str),
    /// The value comes through an alias.
    #[error("the value comes from an alias; a change would reach other places too")]
    Alias(Span),
    /// The value comes through a merge (`<<`).
    #[error("the value comes from a merge; a change would reach other places too")]
    Merge(Span),
    /// The value is repeated elsewhere by aliases.
    #[error("the value is anchored and used by aliases; a change would reach other places too")]
    Anchor(Span),
    /// The text is written in a way this cannot change without harm.
    #[error("the text is written in a way that cannot be changed safely here")]
    Layout(Span),
}

/// The edits that do these operations, one after the other; spans belong to the whole text of the document.
pub fn edits(document: &Document, operations: &[Operation]) -> Result<Vec<Edit>, EditError> {
    let mut wanted = document.to_json();
    for operation in operations {
        model::perform(&mut wanted, operation)?;
    }
    let edits = Differ::new(document, operations).edits(&wanted)?;
    let is_unchanged = edits.is_empty() && alike::alike(document.root(), &wanted);
    if is_unchanged || reads_as(document, &edits, &wanted) {
        Ok(edits)
    } else {
        Err(EditError::Layout(document.span()))
    }
}

/// Whether the document, changed, is exactly this value.
fn reads_as(document: &Document, edits: &[Edit], wanted: &Value) -> bool {
    let span = document.span();
    let shifted: Option<Vec<Edit>> = edits
        .iter()
        .map(|edit| {
            let start = edit.span.start.checked_sub(span.start)?;
            let end = edit.span.end.checked_sub(span.start)?;
            Some(Edit {
                span: Span { start, end },
                replacement: edit.replacement.clone(),
            })
        })
        .collect();
    let Some(changed) = shifted
        .zip(span.slice(document.text()))
        .and_then(|(shifted, text)| apply(text, &shifted).ok())
    else {
        return false;
    };
    // Behind a separator no document is taken for JSON.
    let separator = if span.start > 0 && document.syntax() == Syntax::Yaml {
        "---\n"
    } else {
        ""
    };
    let changed = format!("{separator}{changed}");
    let limits = Limits {
        depth: Limits::DEEPEST,
        nodes: u32::MAX,
        bytes: u32::MAX,
    };
    let stream = parse(&changed, &limits);
    match stream.documents.as_slice() {
        [only] => {
            stream.errors.is_empty()
                && only.syntax() == document.syntax()
                && alike::alike(only.root(), wanted)
        }
        _ => false,
    }
}
