use sekisho_text::Span;

use super::{Before, Composer};
use crate::document::{Content, Layout, NodeId};
use crate::error::{Error, Result};
use crate::scan::TokenKind;

impl<'t> Composer<'t> {
    pub(super) fn flow_sequence(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let start = self.scanner.peek()?.span;
        self.scanner.take();
        let id = self.start(start, Layout::FlowCollection, Content::Null, before)?;
        let opened = self.builder.open_items();
        let mut first = true;
        loop {
            let mut token = self.scanner.peek()?;
            if token.kind != TokenKind::FlowSequenceEnd && !first {
                if token.kind != TokenKind::FlowEntry {
                    return Err(Error::new(token.span, "`,` or `]` is missing before this"));
                }
                self.scanner.take();
                token = self.scanner.peek()?;
            }
            first = false;
            let span = token.span;
            let item = match token.kind {
                TokenKind::FlowSequenceEnd => {
                    self.scanner.take();
                    self.builder.close_items(id, opened, start.to(span));
                    return Ok(id);
                }
                TokenKind::Key => {
                    self.scanner.take();
                    self.pair(span)?
                }
                _ => self.node(false, false)?,
            };
            self.builder.item(item);
        }
    }

    /// A map of one entry without braces: `[a: 1]`.
    fn pair(&mut self, start: Span) -> Result<NodeId> {
        let id = self
            .builder
            .add(start, Layout::FlowCollection, Content::Null)?;
        let opened = self.builder.open_entries();
        let token = self.scanner.peek()?;
        let span = token.span;
        let (key, is_merge) = match token.kind {
            // The reader takes this token even when it closes the list; what follows then fails.
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                self.scanner.take();
                (self.absent(span.end)?, false)
            }
            _ => self.key(false)?,
        };
        let value = self.flow_value(&TokenKind::FlowSequenceEnd)?;
        self.builder.entry(key, value, is_merge)?;
        let end = self.builder.document.node_span(value);
        self.builder.close_entries(id, opened, start.to(end));
        Ok(id)
    }

    pub(super) fn flow_mapping(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let start = self.scanner.peek()?.span;
        self.scanner.take();
        let id = self.start(start, Layout::FlowCollection, Content::Null, before)?;
        let opened = self.builder.open_entries();
        let mut first = true;
        loop {
            let mut token = self.scanner.peek()?;
            if token.kind != TokenKind::FlowMappingEnd && !first {
                if token.kind != TokenKind::FlowEntry {
                    return Err(Error::new(token.span, "`,` or `}` is missing before this"));
                }
                self.scanner.take();
                token = self.scanner.peek()?;
            }
            first = false;
            let span = token.span;
            let (key, value, is_merge) = match token.kind {
                TokenKind::FlowMappingEnd => {
                    self.scanner.take();
                    self.builder.close_entries(id, opened, start.to(span));
                    return Ok(id);
                }
                TokenKind::Key => {
                    self.scanner.take();
                    let token = self.scanner.peek()?;
                    let span = token.span;
                    let (key, is_merge) = match token.kind {
                        TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                            (self.absent(span.start)?, false)
                        }
                        _ => self.key(false)?,
                    };
                    (key, self.flow_value(&TokenKind::FlowMappingEnd)?, is_merge)
                }
                _ => {
                    let (key, is_merge) = self.key(false)?;
                    let next = self.scanner.peek()?.span;
                    (key, self.absent(next.start)?, is_merge)
                }
            };
            self.builder.entry(key, value, is_merge)?;
        }
    }

    fn flow_value(&mut self, close: &TokenKind) -> Result<NodeId> {
        if self.scanner.peek()?.kind == TokenKind::Value {
            self.scanner.take();
            let token = self.scanner.peek()?;
            if token.kind != TokenKind::FlowEntry && token.kind != *close {
                return self.node(false, false);
            }
        }
        let next = self.scanner.peek()?.span;
        self.absent(next.start)
    }
}
