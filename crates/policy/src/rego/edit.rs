use regorus::unstable::Span;

use super::token::{Kind, Token};

/// One change of a text: bytes `start..end` give way to `with`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) with: String,
}

impl Edit {
    pub(super) fn insert(at: usize, with: &str) -> Self {
        Self {
            start: at,
            end: at,
            with: with.to_owned(),
        }
    }
}

/// The text after the edits, which must not overlap.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut made = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in &edits {
        made.push_str(text.get(done..edit.start).unwrap_or_default());
        made.push_str(&edit.with);
        done = edit.end;
    }
    made.push_str(text.get(done..).unwrap_or_default());
    made
}

/// The bytes of a span. The parser leaves the quotes out of spans that begin or end with a string.
pub(super) fn bytes(tokens: &[Token<'_>], span: &Span) -> (usize, usize) {
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    for token in tokens.iter().filter(|token| token.kind == Kind::Text) {
        if token.start < start && start < token.end() {
            start = token.start;
        }
        if token.start < end && end < token.end() {
            end = token.end();
        }
    }
    (start, end)
}
