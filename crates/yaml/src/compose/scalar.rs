use sekisho_text::Span;

use super::{Before, Composer};
use crate::document::{Content, Layout, NodeId};
use crate::error::{Error, Result};
use crate::note::Note;
use crate::resolve::{Resolved, Wanted, core_reading, resolve};
use crate::scan::{Style, Text, Token, TokenKind};

/// The tag that makes `<<` a merge in any style.
const MERGE_TAG: &[u8] = b"tag:yaml.org,2002:merge";

impl<'t> Composer<'t> {
    pub(super) fn scalar(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let Some(Token {
            span,
            kind: TokenKind::Scalar { text, style },
        }) = self.scanner.take()
        else {
            return Err(Error::new(
                self.scanner.peek()?.span,
                "a value is missing here",
            ));
        };
        let wanted = match (style, before.wanted()) {
            (Style::Single | Style::Double | Style::Literal | Style::Folded, Wanted::Any) => {
                Wanted::String
            }
            (_, wanted) => wanted,
        };
        let layout = match style {
            Style::Plain => Layout::Plain,
            Style::Single | Style::Double => Layout::Quoted,
            Style::Literal | Style::Folded => Layout::Block,
        };
        let merges = self.builder.text_of(&text) == "<<"
            && match before.tag.as_deref() {
                None => style == Style::Plain,
                Some(tag) => tag == b"!" || tag == MERGE_TAG,
            };
        let content = self.content(span, wanted, text)?;
        let id = self.start(span, layout, content, before)?;
        if merges {
            self.merging = Some(id);
        }
        Ok(id)
    }

    /// A value of which only anchor or tag are written: `!!str`.
    pub(super) fn empty_scalar(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let end = before.span.map_or(0, |span| span.end);
        let span = Span { start: end, end };
        let content = self.content(span, before.wanted(), Text::Slice(span))?;
        self.start(span, Layout::Absent, content, before)
    }

    fn content(&mut self, span: Span, wanted: Wanted, text: Text) -> Result<Content> {
        if wanted == Wanted::String {
            return Ok(Content::String(text));
        }
        let characters = self.builder.text_of(&text);
        let resolved = resolve(wanted, characters).map_err(|message| Error::new(span, message))?;
        if wanted == Wanted::Any && may_be_ambiguous(characters) {
            let core = core_reading(characters);
            if !same(&resolved, &core) {
                let note = Note::Ambiguous {
                    span,
                    kubectl: shown(&resolved, characters),
                    core: shown(&core, characters),
                };
                self.builder.document.notes.push(note);
            }
        }
        Ok(match resolved {
            Resolved::Null => Content::Null,
            Resolved::Bool(value) => Content::Bool(value),
            Resolved::Int(value) => Content::Int(value),
            Resolved::Unsigned(value) => Content::Unsigned(value),
            Resolved::Float(value) => Content::Float(value),
            Resolved::Same => Content::String(text),
            Resolved::Text(text) => Content::String(Text::Owned(text.into_boxed_str())),
        })
    }

    /// A key, and whether it merges.
    pub(super) fn key(&mut self, block: bool) -> Result<(NodeId, bool)> {
        let key = self.node(block, block)?;
        Ok((key, self.merging == Some(key)))
    }
}

fn may_be_ambiguous(text: &str) -> bool {
    matches!(
        text.bytes().next(),
        Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'y' | b'Y' | b'n' | b'N' | b'o' | b'O')
    )
}

#[expect(clippy::float_cmp, reason = "both readings come from the same digits")]
#[expect(
    clippy::cast_precision_loss,
    reason = "only numbers that JSON would not tell apart are equal"
)]
fn same(one: &Resolved, other: &Resolved) -> bool {
    match (one, other) {
        (Resolved::Float(one), Resolved::Float(other)) => {
            one == other || (one.is_nan() && other.is_nan())
        }
        (Resolved::Float(one), Resolved::Int(other))
        | (Resolved::Int(other), Resolved::Float(one)) => *one == *other as f64,
        _ => one == other,
    }
}

fn shown(value: &Resolved, text: &str) -> String {
    match value {
        Resolved::Null => "null".to_owned(),
        Resolved::Bool(value) => value.to_string(),
        Resolved::Int(value) => value.to_string(),
        Resolved::Unsigned(value) => value.to_string(),
        Resolved::Float(value) => value.to_string(),
        Resolved::Same => serde_json::Value::from(text).to_string(),
        Resolved::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
    }
}
