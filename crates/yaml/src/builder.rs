use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use crate::document::{Content, Document, Entry, Layout, Merge, NodeData, NodeId, Syntax};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::resolve::float_key;
use crate::scan::Text;

/// Collects the nodes of one document; both readers, YAML and JSON, end here.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(crate) document: Document,
    limits: Limits,
    /// Maps with a merge or with keys that share their text.
    pub(crate) unsettled: Vec<NodeId>,
    /// Values and keys that no JSON can hold.
    pub(crate) unsendable: bool,
    pub(crate) aliases: bool,
    items: Vec<NodeId>,
    entries: Vec<Entry>,
}

impl Builder {
    pub(crate) fn new(text: &Arc<str>, span: Span, syntax: Syntax, limits: &Limits) -> Self {
        Self {
            document: Document {
                text: Arc::clone(text),
                span,
                syntax,
                root: NodeId(0),
                nodes: Vec::new(),
                items: Vec::new(),
                entries: Vec::new(),
                rewritten: BTreeMap::new(),
                key_texts: BTreeMap::new(),
                properties: BTreeMap::new(),
                comments: Vec::new(),
                notes: Vec::new(),
            },
            limits: *limits,
            unsettled: Vec::new(),
            unsendable: false,
            aliases: false,
            items: Vec::new(),
            entries: Vec::new(),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn add(&mut self, span: Span, layout: Layout, content: Content) -> Result<NodeId> {
        let number = u32::try_from(self.document.nodes.len()).unwrap_or(u32::MAX);
        if number >= self.limits.nodes {
            return Err(Error::new(
                span,
                format!("the document has more than {} values", self.limits.nodes),
            ));
        }
        if let Content::Float(value) = content
            && !value.is_finite()
        {
            self.unsendable = true;
        }
        self.document.nodes.push(NodeData {
            span,
            layout,
            content,
        });
        Ok(NodeId(number))
    }

    /// Where the items of a list, which may contain lists, begin among those not finished yet.
    pub(crate) fn open_items(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn item(&mut self, id: NodeId) {
        self.items.push(id);
    }

    pub(crate) fn close_items(&mut self, id: NodeId, opened: usize, span: Span) {
        let start = count(self.document.items.len());
        self.document.items.extend(self.items.drain(opened..));
        let len = count(self.document.items.len()) - start;
        self.finish(id, span, Content::Sequence { start, len });
    }

    pub(crate) fn open_entries(&self) -> usize {
        self.entries.len()
    }

    /// Adds an entry; a key that is no text is given its text here.
    pub(crate) fn entry(&mut self, key: NodeId, value: NodeId, is_merge: bool) -> Result<()> {
        if !is_merge {
            self.name_key(key)?;
        }
        let merge = is_merge.then_some(Merge { key, value });
        self.entries.push(Entry { key, value, merge });
        Ok(())
    }

    pub(crate) fn close_entries(&mut self, id: NodeId, opened: usize, span: Span) {
        let start = count(self.document.entries.len());
        self.document.entries.extend(self.entries.drain(opened..));
        let len = count(self.document.entries.len()) - start;
        self.finish(
            id,
            span,
            Content::Mapping {
                start,
                len,
                rewritten: false,
            },
        );
        if self.is_unsettled(id) {
            self.unsettled.push(id);
        }
    }

    fn finish(&mut self, id: NodeId, span: Span, content: Content) {
        if let Some(node) = self.document.nodes.get_mut(id.0 as usize) {
            node.span = span;
            node.content = content;
        }
    }

    fn name_key(&mut self, key: NodeId) -> Result<()> {
        let text = match self.document.content(self.document.target(key)) {
            Content::String(_) | Content::Bool(_) => return Ok(()),
            Content::Int(value) => value.to_string(),
            Content::Float(value) => float_key(*value),
            Content::Unsigned(_) | Content::Null => {
                self.unsendable = true;
                return Ok(());
            }
            Content::Sequence { .. } | Content::Mapping { .. } | Content::Alias(_) => {
                return Err(Error::new(
                    self.document.node_span(key),
                    "a list or a map cannot be a key",
                ));
            }
        };
        self.document.key_texts.insert(key, text.into_boxed_str());
        Ok(())
    }

    fn is_unsettled(&self, id: NodeId) -> bool {
        let entries = self.document.written(id);
        if entries.iter().any(|entry| entry.merge.is_some()) {
            return true;
        }
        let texts = entries
            .iter()
            .map(|entry| self.document.key_text(entry.key));
        if entries.len() <= FEW {
            let mut seen = [""; FEW];
            for (position, text) in texts.enumerate() {
                if seen.iter().take(position).any(|earlier| *earlier == text) {
                    return true;
                }
                if let Some(slot) = seen.get_mut(position) {
                    *slot = text;
                }
            }
            return false;
        }
        let mut sorted: Vec<&str> = texts.collect();
        sorted.sort_unstable();
        sorted.windows(2).any(|pair| pair.first() == pair.last())
    }

    /// The text of a scalar, without a copy where the bytes of the file say it.
    pub(crate) fn text_of<'a>(&'a self, text: &'a Text) -> &'a str {
        text.as_str(&self.document.text)
    }
}

/// Up to this many keys are compared one by one.
const FEW: usize = 12;

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
