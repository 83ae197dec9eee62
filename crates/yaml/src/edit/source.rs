use sekisho_text::{Edit, Span};
use serde_json::Value;

use crate::document::{Content, Document, Layout, NodeId, Syntax};
use crate::emit;

/// The text around the nodes, and how it is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'d> {
    pub(super) document: &'d Document,
    pub(super) layout: emit::Layout,
    line_break: &'static str,
}

impl<'d> Source<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let part = document.span.slice(&document.text).unwrap_or_default();
        let first_line = part.split_inclusive('\n').next().unwrap_or_default();
        let line_break = if first_line.ends_with("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let mut source = Self {
            document,
            layout: emit::Layout::default(),
            line_break,
        };
        source.layout = source.observed_layout();
        source
    }

    /// The layout of the first nested map and of the first list below a key; two spaces when there is none.
    fn observed_layout(&self) -> emit::Layout {
        let (mut step, mut list_offset) = (None, None);
        for number in 0..self.document.nodes.len() {
            let map = NodeId(u32::try_from(number).unwrap_or(u32::MAX));
            if self.document.layout(map) != Layout::BlockCollection {
                continue;
            }
            for entry in self.document.written(map) {
                let (key, value) = (
                    self.document.node_span(entry.key),
                    self.document.node_span(entry.value),
                );
                if self.document.layout(entry.value) != Layout::BlockCollection
                    || !self.begins_line(value.start)
                {
                    continue;
                }
                let deeper = self
                    .column(value.start)
                    .saturating_sub(self.column(key.start));
                match self.document.content(entry.value) {
                    Content::Mapping { .. } if deeper > 0 => step = step.or(Some(deeper)),
                    Content::Sequence { .. } => list_offset = list_offset.or(Some(deeper)),
                    _ => {}
                }
            }
            if step.is_some() && list_offset.is_some() {
                break;
            }
        }
        let step = step.unwrap_or(2);
        emit::Layout {
            step,
            list_offset: list_offset.unwrap_or(step),
        }
    }

    pub(super) fn text(&self) -> &'d str {
        &self.document.text
    }

    pub(super) fn is_json(&self) -> bool {
        self.document.syntax == Syntax::Json
    }

    fn before(&self, offset: u32) -> &'d str {
        self.text().get(..offset as usize).unwrap_or_default()
    }

    pub(super) fn after(&self, offset: u32) -> &'d str {
        self.text().get(offset as usize..).unwrap_or_default()
    }

    /// Where the line of an offset begins.
    pub(super) fn line_start(&self, offset: u32) -> u32 {
        let before = self.before(offset);
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let mark = if before
            .get(start..)
            .is_some_and(|line| line.starts_with('\u{FEFF}'))
        {
            3
        } else {
            0
        };
        u32::try_from(start + mark).unwrap_or(u32::MAX)
    }

    /// Where the line of an offset ends, before its line break.
    pub(super) fn line_end(&self, offset: u32) -> u32 {
        let rest = self.after(offset);
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        offset + u32::try_from(length).unwrap_or(u32::MAX - offset)
    }

    /// The offset after the line break at a line's end; the same offset at the end of the text.
    pub(super) fn next_line(&self, line_end: u32) -> u32 {
        let rest = self.after(line_end);
        if rest.starts_with("\r\n") {
            line_end + 2
        } else {
            line_end + u32::from(rest.starts_with(['\n', '\r']))
        }
    }

    pub(super) fn column(&self, offset: u32) -> usize {
        (offset - self.line_start(offset)) as usize
    }

    /// Only spaces stand before it on its line.
    pub(super) fn begins_line(&self, offset: u32) -> bool {
        let line = Span {
            start: self.line_start(offset),
            end: offset,
        };
        line.slice(self.text())
            .is_some_and(|before| before.bytes().all(|byte| byte == b' '))
    }

    /// Something other than blanks follows on the line: most often a comment.
    pub(super) fn has_rest(&self, offset: u32) -> bool {
        let rest = Span {
            start: offset,
            end: self.line_end(offset),
        };
        rest.slice(self.text())
            .is_some_and(|rest| !rest.trim().is_empty())
    }

    /// A node with its anchor and tag.
    pub(super) fn whole(&self, id: NodeId) -> Span {
        let span = self.document.node_span(id);
        match self.document.properties.get(&id) {
            Some(properties) => properties.span.to(span),
            None => span,
        }
    }

    /// Where text can be put on a new line after a value: the end of its last line. The blank lines that `|+` keeps
    /// belong to the value.
    pub(super) fn insertion_point(&self, id: NodeId) -> u32 {
        let end = self.document.node_span(id).end;
        let mut deepest = id;
        loop {
            let written = self
                .document
                .written(deepest)
                .last()
                .map(|entry| entry.value);
            match written.or_else(|| self.document.items(deepest).last().copied()) {
                Some(last) => deepest = last,
                None => break,
            }
        }
        let mut line_end = self.line_end(end);
        let start = self.document.node_span(deepest).start;
        let header = Span {
            start,
            end: self.line_end(start),
        };
        let keeps = self.document.layout(deepest) == Layout::Block
            && header
                .slice(self.text())
                .is_some_and(|header| header.starts_with("|+") || header.starts_with(">+"));
        if keeps {
            loop {
                let next = self.next_line(line_end);
                let next_end = self.line_end(next);
                if next == line_end || next_end >= self.document.span.end || self.has_rest(next) {
                    break;
                }
                line_end = next_end;
            }
        }
        line_end
    }

    /// New text with the line breaks of the document.
    pub(super) fn edit(&self, span: Span, replacement: &str) -> Edit {
        let replacement = if self.line_break == "\n" {
            replacement.to_owned()
        } else {
            replacement.replace('\n', self.line_break)
        };
        Edit { span, replacement }
    }

    pub(super) fn insert(&self, offset: u32, text: &str) -> Edit {
        self.edit(
            Span {
                start: offset,
                end: offset,
            },
            text,
        )
    }

    /// A value on one line in the document's language.
    pub(super) fn flow(&self, value: &Value, inside: bool) -> String {
        if self.is_json() {
            value.to_string()
        } else {
            emit::flow(value, inside)
        }
    }

    /// A key with its colon in the document's language.
    pub(super) fn flow_key(&self, name: &str) -> String {
        if self.is_json() {
            format!("{}: ", Value::from(name))
        } else {
            emit::key(name, true)
        }
    }
}
