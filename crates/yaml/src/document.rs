use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use crate::node::Node;
use crate::note::{Comment, Note};
use crate::scan::Text;

/// Number of a node in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

/// What a node is. Aliases stay aliases: an anchored value is kept once.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    String(Text),
    Sequence {
        start: u32,
        len: u32,
    },
    Mapping {
        start: u32,
        len: u32,
        rewritten: bool,
    },
    Alias(NodeId),
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nothing is written: the value of `key:`.
    Absent,
    Plain,
    Quoted,
    Block,
    BlockCollection,
    FlowCollection,
    Alias,
}

#[derive(Debug, Clone)]
pub(crate) struct NodeData {
    pub(crate) span: Span,
    pub(crate) layout: Layout,
    pub(crate) content: Content,
}

/// One key and its value. `merge` is the key `<<` it came through, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: NodeId,
    pub(crate) value: NodeId,
    pub(crate) merge: Option<Merge>,
}

/// Where a merged entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merge {
    /// The key `<<`.
    pub(crate) key: NodeId,
    /// The alias, or the map written in its place.
    pub(crate) value: NodeId,
}

/// Anchor and tag before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Properties {
    pub(crate) span: Span,
    pub(crate) anchored: bool,
}

/// The language a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// YAML 1.1 as go-yaml v2 reads it.
    Yaml,
    /// JSON: the text began with `{`, and kubectl then reads no YAML.
    Json,
}

/// One document: its values with their places in the text, which it shares.
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) text: Arc<str>,
    pub(crate) span: Span,
    pub(crate) syntax: Syntax,
    pub(crate) root: NodeId,
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) items: Vec<NodeId>,
    pub(crate) entries: Vec<Entry>,
    /// Maps whose entries differ from the written ones, because of merges or keys that stand twice.
    pub(crate) rewritten: BTreeMap<NodeId, Vec<Entry>>,
    /// The text of keys that are no strings.
    pub(crate) key_texts: BTreeMap<NodeId, Box<str>>,
    pub(crate) properties: BTreeMap<NodeId, Properties>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) notes: Vec<Note>,
}

impl Document {
    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, self.root)
    }

    /// The bytes of the whole document, comments included.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The text the document was read from: the whole file, to which all spans belong.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// YAML or JSON.
    pub fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// All comments, in their order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// What other readers may read differently.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// True when the document holds no value, only comments or nothing; kubectl passes over it.
    pub fn is_empty(&self) -> bool {
        matches!(self.content(self.root), Content::Null)
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&NodeData> {
        self.nodes.get(id.0 as usize)
    }

    pub(crate) fn content(&self, id: NodeId) -> &Content {
        self.node(id).map_or(&Content::Null, |node| &node.content)
    }

    pub(crate) fn node_span(&self, id: NodeId) -> Span {
        self.node(id).map_or(self.span, |node| node.span)
    }

    pub(crate) fn layout(&self, id: NodeId) -> Layout {
        self.node(id).map_or(Layout::Absent, |node| node.layout)
    }

    /// The node an alias stands for; any other node is itself.
    pub(crate) fn target(&self, id: NodeId) -> NodeId {
        match self.content(id) {
            Content::Alias(target) => *target,
            _ => id,
        }
    }

    pub(crate) fn items(&self, id: NodeId) -> &[NodeId] {
        match self.content(id) {
            Content::Sequence { start, len } => slice(&self.items, *start, *len),
            _ => &[],
        }
    }

    /// The entries as written, merges and lost duplicates included.
    pub(crate) fn written(&self, id: NodeId) -> &[Entry] {
        match self.content(id) {
            Content::Mapping { start, len, .. } => slice(&self.entries, *start, *len),
            _ => &[],
        }
    }

    /// The entries kubectl sends.
    pub(crate) fn sent(&self, id: NodeId) -> &[Entry] {
        match self.content(id) {
            Content::Mapping {
                rewritten: true, ..
            } => self.rewritten.get(&id).map_or(&[], Vec::as_slice),
            _ => self.written(id),
        }
    }

    /// A key as it is sent.
    pub(crate) fn key_text(&self, key: NodeId) -> &str {
        match self.content(self.target(key)) {
            Content::String(text) => text.as_str(&self.text),
            Content::Bool(true) => "true",
            Content::Bool(false) => "false",
            _ => self.key_texts.get(&key).map_or("", AsRef::as_ref),
        }
    }
}

fn slice<T>(all: &[T], start: u32, len: u32) -> &[T] {
    let start = start as usize;
    all.get(start..start + len as usize).unwrap_or_default()
}
