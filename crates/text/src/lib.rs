//! Source text as every reader and reporter of sekisho sees it.
//!
//! A [`Span`] is a half-open range of bytes in one text. A [`Route`] names a place inside a document by keys and
//! indexes (`spec.containers[0].image`); readers turn routes into spans. An [`Edit`] replaces the bytes of one span, and
//! [`apply`] keeps every byte outside of the edits.

mod edit;
mod lines;
mod mask;
mod route;
mod span;

pub use edit::{Edit, EditError, apply};
pub use lines::{LineIndex, Position};
pub use mask::mask;
pub use route::{Route, Step};
pub use span::Span;
