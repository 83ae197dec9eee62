//! Tokens to values, by the grammar of libyaml's parser.

mod block;
mod directives;
mod flow;
mod scalar;

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use crate::builder::Builder;
use crate::document::{Content, Document, Layout, NodeId, Properties, Syntax};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::resolve::Wanted;
use crate::scan::{Scanner, Tag, Token, TokenKind};

/// What the reader made of one piece of the text.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) document: Document,
    /// Text after the document that kubectl passes over without a word.
    pub(crate) leftover: Option<Error>,
}

/// Reads the one document in this part of the text.
pub(crate) fn compose(text: &Arc<str>, span: Span, limits: &Limits) -> Result<Composed> {
    let depth = limits.depth.min(Limits::DEEPEST) as usize;
    let mut composer = Composer {
        scanner: Scanner::new(text, span, depth),
        builder: Builder::new(text, span, Syntax::Yaml, limits),
        anchors: BTreeMap::new(),
        handles: Vec::new(),
        text,
        depth,
        level: 0,
        merging: None,
    };
    let root = composer.document()?;
    let leftover = composer.leftover();
    let mut builder = composer.builder;
    builder.document.root = root;
    builder.document.comments = composer.scanner.comments;
    let document = crate::settle::settle(builder)?;
    Ok(Composed { document, leftover })
}

struct Composer<'t> {
    scanner: Scanner<'t>,
    builder: Builder,
    anchors: BTreeMap<&'t str, NodeId>,
    /// Tag handles and what they stand for.
    handles: Vec<(Vec<u8>, Vec<u8>)>,
    text: &'t str,
    depth: usize,
    level: usize,
    /// The last scalar that merges if it is a key.
    merging: Option<NodeId>,
}

/// What stands before a value.
#[derive(Debug, Default)]
struct Before<'t> {
    span: Option<Span>,
    anchor: Option<&'t str>,
    tag: Option<Vec<u8>>,
}

impl Before<'_> {
    fn wanted(&self) -> Wanted {
        self.tag.as_deref().map_or(Wanted::Any, Wanted::of_tag)
    }
}

impl<'t> Composer<'t> {
    fn document(&mut self) -> Result<NodeId> {
        let start = self.directives()?;
        if start.is_some() {
            let next = self.scanner.peek()?;
            let span = next.span;
            if matches!(
                next.kind,
                TokenKind::Version { .. }
                    | TokenKind::TagDirective(_)
                    | TokenKind::DocumentStart
                    | TokenKind::DocumentEnd
                    | TokenKind::StreamEnd
            ) {
                return self.absent(span.start);
            }
        } else if let Token {
            span,
            kind: TokenKind::StreamEnd,
        } = self.scanner.peek()?
        {
            let start = span.start;
            return self.absent(start);
        }
        let root = self.node(true, false)?;
        // The reader looks at one more token before it is content.
        self.scanner.peek()?;
        Ok(root)
    }

    /// The reader stops after the first document; what follows must not pass unseen.
    fn leftover(&mut self) -> Option<Error> {
        loop {
            let found = match self.scanner.peek() {
                Ok(Token {
                    kind: TokenKind::StreamEnd,
                    ..
                }) => return None,
                Ok(Token {
                    kind: TokenKind::DocumentEnd,
                    ..
                }) => None,
                Ok(Token { span, .. }) => Some(*span),
                Err(error) => Some(error.span),
            };
            if let Some(span) = found {
                let rest = self.text.get(span.range().start..).unwrap_or_default();
                let line = rest.lines().next().unwrap_or_default();
                let start = span.range().start;
                let span = Span::new(start, start + line.len());
                return Some(Error::new(
                    span,
                    "kubectl ignores everything from here to the next `---`",
                ));
            }
            self.scanner.take();
        }
    }

    /// A value that is not written.
    fn absent(&mut self, offset: u32) -> Result<NodeId> {
        let span = Span {
            start: offset,
            end: offset,
        };
        self.builder.add(span, Layout::Absent, Content::Null)
    }

    fn node(&mut self, block: bool, indentless: bool) -> Result<NodeId> {
        self.level += 1;
        if self.level > self.depth + 1 {
            let span = self.scanner.peek()?.span;
            return Err(Error::new(
                span,
                format!("nested deeper than {} levels", self.depth),
            ));
        }
        let node = self.node_inside(block, indentless);
        self.level -= 1;
        node
    }

    fn node_inside(&mut self, block: bool, indentless: bool) -> Result<NodeId> {
        if let Token {
            span,
            kind: TokenKind::Alias,
        } = self.scanner.peek()?
        {
            let span = *span;
            self.scanner.take();
            return self.alias(span);
        }
        let before = self.properties()?;
        let next = self.scanner.peek()?;
        let span = next.span;
        match &next.kind {
            TokenKind::BlockEntry if indentless => self.indentless_sequence(&before),
            TokenKind::Scalar { .. } => self.scalar(&before),
            TokenKind::FlowSequenceStart => self.flow_sequence(&before),
            TokenKind::FlowMappingStart => self.flow_mapping(&before),
            TokenKind::BlockSequenceStart if block => self.block_sequence(&before),
            TokenKind::BlockMappingStart if block => self.block_mapping(&before),
            _ if before.span.is_some() => self.empty_scalar(&before),
            kind => Err(Error::new(span, unexpected(kind))),
        }
    }

    fn properties(&mut self) -> Result<Before<'t>> {
        let mut before = Before::default();
        let mut handle_tag = None;
        loop {
            let token = self.scanner.peek()?;
            let span = token.span;
            match &token.kind {
                TokenKind::Anchor if before.anchor.is_none() => {
                    before.anchor = self
                        .text
                        .get(span.range())
                        .and_then(|written| written.get(1..));
                }
                TokenKind::Tag(tag) if handle_tag.is_none() => {
                    handle_tag = Some((span, tag.clone()));
                }
                _ => break,
            }
            before.span = Some(before.span.map_or(span, |first| first.to(span)));
            self.scanner.take();
        }
        if let Some((span, tag)) = handle_tag {
            before.tag = Some(self.full_tag(span, &tag)?);
        }
        Ok(before)
    }

    fn full_tag(&self, span: Span, tag: &Tag) -> Result<Vec<u8>> {
        if tag.handle.is_empty() {
            return Ok(tag.suffix.clone());
        }
        let known = self
            .handles
            .iter()
            .find(|(handle, _)| *handle == tag.handle);
        let (_, prefix) =
            known.ok_or_else(|| Error::new(span, "the handle of this tag is not declared"))?;
        Ok([prefix.as_slice(), &tag.suffix].concat())
    }

    /// Adds a node and, when it is anchored, its name: an alias inside of it is then an alias to itself.
    fn start(
        &mut self,
        span: Span,
        layout: Layout,
        content: Content,
        before: &Before<'t>,
    ) -> Result<NodeId> {
        let id = self.builder.add(span, layout, content)?;
        if let Some(name) = before.anchor {
            self.anchors.insert(name, id);
        }
        if let Some(span) = before.span {
            let anchored = before.anchor.is_some();
            self.builder
                .document
                .properties
                .insert(id, Properties { span, anchored });
        }
        Ok(id)
    }

    fn alias(&mut self, span: Span) -> Result<NodeId> {
        let name = self
            .text
            .get(span.range())
            .and_then(|written| written.get(1..))
            .unwrap_or_default();
        let Some(target) = self.anchors.get(name) else {
            return Err(Error::new(
                span,
                format!("no anchor `&{name}` stands before this alias"),
            ));
        };
        let target = *target;
        self.builder.aliases = true;
        self.builder
            .add(span, Layout::Alias, Content::Alias(target))
    }
}

/// What is wrong when a value should begin with this token.
fn unexpected(kind: &TokenKind) -> &'static str {
    match kind {
        TokenKind::StreamEnd | TokenKind::DocumentEnd | TokenKind::DocumentStart => {
            "a value is missing before the end"
        }
        TokenKind::FlowEntry => "a value is missing before this `,`",
        TokenKind::BlockEntry => "a list item cannot begin here",
        TokenKind::Anchor | TokenKind::Tag(_) => "a value has one anchor and one tag",
        TokenKind::FlowSequenceEnd | TokenKind::FlowMappingEnd => "this bracket closes nothing",
        _ => "a value cannot begin here",
    }
}
