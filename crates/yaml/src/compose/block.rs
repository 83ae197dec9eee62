use sekisho_text::Span;

use super::{Before, Composer};
use crate::document::{Content, Layout, NodeId};
use crate::error::{Error, Result};
use crate::scan::TokenKind;

impl<'t> Composer<'t> {
    pub(super) fn block_sequence(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let start = self.scanner.peek()?.span;
        self.scanner.take();
        let id = self.start(start, Layout::BlockCollection, Content::Null, before)?;
        let opened = self.builder.open_items();
        loop {
            let token = self.scanner.peek()?;
            let span = token.span;
            match token.kind {
                TokenKind::BlockEntry => {
                    self.scanner.take();
                    let item = match self.scanner.peek()?.kind {
                        TokenKind::BlockEntry | TokenKind::BlockEnd => self.absent(span.end)?,
                        _ => self.node(true, false)?,
                    };
                    self.builder.item(item);
                }
                TokenKind::BlockEnd => {
                    self.scanner.take();
                    self.close_sequence(id, opened, start);
                    return Ok(id);
                }
                _ => {
                    return Err(Error::new(
                        span,
                        "a list item begins with `-` in the column of the others",
                    ));
                }
            }
        }
    }

    /// A list in the column of its key.
    pub(super) fn indentless_sequence(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let start = self.scanner.peek()?.span;
        let id = self.start(start, Layout::BlockCollection, Content::Null, before)?;
        let opened = self.builder.open_items();
        loop {
            let token = self.scanner.peek()?;
            let span = token.span;
            if token.kind != TokenKind::BlockEntry {
                self.close_sequence(id, opened, start);
                return Ok(id);
            }
            self.scanner.take();
            let item = match self.scanner.peek()?.kind {
                TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                    self.absent(span.end)?
                }
                _ => self.node(true, false)?,
            };
            self.builder.item(item);
        }
    }

    pub(super) fn block_mapping(&mut self, before: &Before<'t>) -> Result<NodeId> {
        let start = self.scanner.peek()?.span;
        self.scanner.take();
        let id = self.start(start, Layout::BlockCollection, Content::Null, before)?;
        let opened = self.builder.open_entries();
        loop {
            let token = self.scanner.peek()?;
            let span = token.span;
            match token.kind {
                TokenKind::Key => {
                    self.scanner.take();
                    let (key, is_merge) = match self.scanner.peek()?.kind {
                        TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                            (self.absent(span.end)?, false)
                        }
                        _ => self.key(true)?,
                    };
                    let value = self.block_value()?;
                    self.builder.entry(key, value, is_merge)?;
                }
                TokenKind::BlockEnd => {
                    self.scanner.take();
                    self.close_mapping(id, opened, start);
                    return Ok(id);
                }
                _ => {
                    return Err(Error::new(
                        span,
                        "a key of this map must begin in the column of the others",
                    ));
                }
            }
        }
    }

    fn block_value(&mut self) -> Result<NodeId> {
        let token = self.scanner.peek()?;
        let span = token.span;
        if token.kind != TokenKind::Value {
            return self.absent(span.start);
        }
        self.scanner.take();
        match self.scanner.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.absent(span.end),
            _ => self.node(true, true),
        }
    }

    /// A block collection ends with its last value, not with the blank lines and comments behind.
    fn close_sequence(&mut self, id: NodeId, opened: usize, start: Span) {
        self.builder.close_items(id, opened, start);
        let document = &self.builder.document;
        let last = document.items(id).last();
        let end = last.map_or(start.end, |item| document.node_span(*item).end);
        self.extend(id, end);
    }

    fn close_mapping(&mut self, id: NodeId, opened: usize, start: Span) {
        self.builder.close_entries(id, opened, start);
        let document = &self.builder.document;
        let last = document.written(id).last();
        let end = last.map_or(start.end, |entry| document.node_span(entry.value).end);
        self.extend(id, end);
    }

    fn extend(&mut self, id: NodeId, end: u32) {
        if let Some(node) = self.builder.document.nodes.get_mut(id.0 as usize) {
            node.span.end = node.span.end.max(end);
        }
    }
}
