use std::fmt;

use sekisho_text::Span;

use crate::document::{Content, Document, Entry, Layout, NodeId};

/// A value in a document, aliases followed.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    /// As written: perhaps an alias.
    written: NodeId,
    /// What it stands for.
    id: NodeId,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'d> {
    /// Nothing, or a written null.
    Null,
    /// True or false, `yes` and `off` included.
    Bool(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// A whole number above the signed range.
    Unsigned(u64),
    /// Any other number; never infinite, never NaN.
    Float(f64),
    /// Text.
    String(&'d str),
    /// A list, read with [`Node::items`].
    Sequence,
    /// A map, read with [`Node::entries`].
    Mapping,
}

/// One entry of a map as kubectl sends it.
#[derive(Debug, Clone, Copy)]
pub struct MapEntry<'d> {
    /// The key as text.
    pub key: &'d str,
    /// The bytes of the key: in the anchored map, when it came through a merge.
    pub key_span: Span,
    /// Its value.
    pub value: Node<'d>,
    /// The alias or map behind `<<` that brought it here.
    pub merge: Option<Span>,
    /// That `<<`.
    pub merge_key: Option<Span>,
}

impl<'d> Node<'d> {
    pub(crate) fn new(document: &'d Document, written: NodeId) -> Self {
        Self {
            document,
            written,
            id: document.target(written),
        }
    }

    pub(crate) fn document(self) -> &'d Document {
        self.document
    }

    pub(crate) fn written_id(self) -> NodeId {
        self.written
    }

    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    /// The bytes of the value itself; behind an alias, those of the anchored value. Anchor and tag are outside.
    pub fn span(self) -> Span {
        self.document.node_span(self.id)
    }

    /// The bytes of the alias it was reached through.
    pub fn alias(self) -> Option<Span> {
        (self.written != self.id).then(|| self.document.node_span(self.written))
    }

    /// True when nothing is written, as for the value of `key:`.
    pub fn is_absent(self) -> bool {
        self.document.layout(self.id) == Layout::Absent
    }

    /// The tag before the value as it is written: `!reference`. What kubectl reads does not hang on tags of one's own;
    /// other readers of YAML know some.
    pub fn tag(self) -> Option<&'d str> {
        let properties = self.document.properties.get(&self.id)?;
        let written = properties.span.slice(&self.document.text)?;
        written
            .split_whitespace()
            .find(|word| word.starts_with('!'))
    }

    /// What it is.
    pub fn value(self) -> Value<'d> {
        match self.document.content(self.id) {
            Content::Null | Content::Alias(_) => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Int(value) => Value::Int(*value),
            Content::Unsigned(value) => Value::Unsigned(*value),
            Content::Float(value) => Value::Float(*value),
            Content::String(text) => Value::String(text.as_str(&self.document.text)),
            Content::Sequence { .. } => Value::Sequence,
            Content::Mapping { .. } => Value::Mapping,
        }
    }

    /// The items of a list; none for any other value.
    pub fn items(self) -> impl ExactSizeIterator<Item = Self> {
        let document = self.document;
        document
            .items(self.id)
            .iter()
            .map(move |id| Self::new(document, *id))
    }

    /// The entries of a map as kubectl sends it, merges included and duplicates resolved; none for any other value.
    pub fn entries(self) -> impl ExactSizeIterator<Item = MapEntry<'d>> {
        let document = self.document;
        document
            .sent(self.id)
            .iter()
            .map(move |entry| MapEntry::new(document, entry))
    }

    /// The entry with this key.
    pub fn get(self, key: &str) -> Option<MapEntry<'d>> {
        let document = self.document;
        let sent = document.sent(self.id);
        sent.iter()
            .find(|entry| document.key_text(entry.key) == key)
            .map(|entry| MapEntry::new(document, entry))
    }
}

impl<'d> MapEntry<'d> {
    fn new(document: &'d Document, entry: &Entry) -> Self {
        Self {
            key: document.key_text(entry.key),
            key_span: document.node_span(entry.key),
            value: Node::new(document, entry.value),
            merge: entry.merge.map(|merge| document.node_span(merge.value)),
            merge_key: entry.merge.map(|merge| document.node_span(merge.key)),
        }
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = out.debug_struct("Node");
        shown
            .field("span", &self.span())
            .field("value", &self.value())
            .finish_non_exhaustive()
    }
}
