use std::collections::{BTreeMap, BTreeSet};

use sekisho_text::{Edit, Step};
use serde_json::{Map, Value};

use super::alike::alike;
use super::sequence::{Fate, fates};
use super::source::Source;
use super::{EditError, Operation};
use crate::document::{Content, Document, Entry, Layout, NodeId};
use crate::emit;
use crate::node::Node;

/// Where a value stands: what may be written in its place depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    /// Behind this key of a block map.
    BlockValue {
        key: NodeId,
    },
    /// Behind a `-`.
    BlockItem,
    /// Anywhere inside of a flow collection.
    Flow,
}

/// Compares a document with the wanted value and writes down what differs.
pub(super) struct Differ<'d> {
    pub(super) document: &'d Document,
    pub(super) source: Source<'d>,
    pub(super) edits: Vec<Edit>,
    /// Values that aliases repeat.
    repeated: BTreeSet<NodeId>,
    /// New names of keys, by map and old name.
    renamed: BTreeMap<(NodeId, String), String>,
    /// Items that an operation names to be taken away: among equal ones it must be this one.
    removed: BTreeSet<NodeId>,
    /// Scalars to write anew even when their value stays: `yes` is to become `true`.
    rewritten: BTreeSet<NodeId>,
}

impl<'d> Differ<'d> {
    pub(super) fn new(document: &'d Document, operations: &[Operation]) -> Self {
        let mut renamed = BTreeMap::new();
        let mut rewritten = BTreeSet::new();
        let mut removed = BTreeSet::new();
        for operation in operations {
            match operation {
                Operation::Rename { route, key } => {
                    let map = route.parent().and_then(|parent| document.node_at(&parent));
                    if let (Some(map), Some(Step::Key(old))) = (map, route.last()) {
                        renamed.insert((map.id(), old.to_string()), key.clone());
                    }
                }
                Operation::Replace { route, .. } => {
                    rewritten.extend(document.node_at(route).map(Node::written_id));
                }
                Operation::Remove { route } => {
                    removed.extend(document.node_at(route).map(Node::written_id));
                }
                _ => {}
            }
        }
        let targets = document.nodes.iter().filter_map(|node| match node.content {
            Content::Alias(target) => Some(target),
            _ => None,
        });
        Self {
            document,
            source: Source::new(document),
            edits: Vec::new(),
            repeated: targets.collect(),
            renamed,
            removed,
            rewritten,
        }
    }

    pub(super) fn edits(mut self, wanted: &Value) -> Result<Vec<Edit>, EditError> {
        self.value(self.document.root, Place::Root, wanted)?;
        Ok(self.edits)
    }

    fn value(&mut self, id: NodeId, place: Place, wanted: &Value) -> Result<(), EditError> {
        let node = Node::new(self.document, id);
        let is_collection =
            !self.document.written(id).is_empty() || !self.document.items(id).is_empty();
        if alike(node, wanted) && !self.is_written_anew(node, place, wanted) {
            let may_hold_one = is_collection && !self.rewritten.is_empty();
            if !may_hold_one || node.alias().is_some() || self.repeated.contains(&id) {
                return Ok(());
            }
        }
        let span = self.document.node_span(id);
        if self.repeated.contains(&id) {
            return Err(EditError::Anchor(span));
        }
        match (self.document.content(id), wanted) {
            (Content::Alias(_), _) => Err(EditError::Alias(span)),
            (Content::Mapping { .. }, Value::Object(wanted))
                if !wanted.is_empty() && is_collection =>
            {
                self.map(id, place, wanted)
            }
            (Content::Sequence { .. }, Value::Array(wanted))
                if !wanted.is_empty() && is_collection =>
            {
                self.list(id, place, wanted)
            }
            _ => self.replace(id, place, wanted),
        }
    }

    /// The scalar is to be replaced by itself, but is written in another way: `yes` for true.
    fn is_written_anew(&self, node: Node<'_>, place: Place, wanted: &Value) -> bool {
        let is_scalar = !wanted.is_array() && !wanted.is_object();
        let text = self.source.flow(wanted, place == Place::Flow);
        is_scalar
            && node.alias().is_none()
            && self.rewritten.contains(&node.id())
            && node.span().slice(self.source.text()) != Some(&text)
    }

    /// Writes a value anew as a whole.
    fn replace(&mut self, id: NodeId, place: Place, wanted: &Value) -> Result<(), EditError> {
        if self.contains_repeated(id) {
            return Err(EditError::Anchor(self.document.node_span(id)));
        }
        if place == Place::Flow || self.source.is_json() {
            self.replace_flow(id, wanted);
        } else {
            self.replace_block(id, place, wanted);
        }
        Ok(())
    }

    pub(super) fn replace_list(
        &mut self,
        id: NodeId,
        place: Place,
        wanted: &[Value],
    ) -> Result<(), EditError> {
        self.replace(id, place, &Value::Array(wanted.to_vec()))
    }

    pub(super) fn item(
        &mut self,
        id: NodeId,
        place: Place,
        wanted: &Value,
    ) -> Result<(), EditError> {
        self.value(id, place, wanted)
    }

    /// What becomes of the items of this list, see [`fates`].
    pub(super) fn fates(&self, id: NodeId, wanted: &[Value]) -> Vec<Fate> {
        let items = Node::new(self.document, id).items();
        let (named, left): (Vec<_>, Vec<_>) = items
            .enumerate()
            .partition(|(_, item)| self.removed.contains(&item.written_id()));
        let nodes: Vec<Node<'_>> = left.iter().map(|(_, node)| *node).collect();
        let number = |item: usize| left.get(item).map_or(item, |(number, _)| *number);
        let mut gone = named.into_iter().map(|(item, _)| item).peekable();
        let mut all = Vec::with_capacity(wanted.len());
        for fate in fates(&nodes, wanted) {
            let fate = match fate {
                Fate::Becomes { item, wanted } => Fate::Becomes {
                    item: number(item),
                    wanted,
                },
                Fate::Goes { item } => Fate::Goes { item: number(item) },
                new @ Fate::New { .. } => new,
            };
            if let Fate::Becomes { item: here, .. } | Fate::Goes { item: here } = fate {
                while let Some(item) = gone.next_if(|item| *item < here) {
                    all.push(Fate::Goes { item });
                }
            }
            all.push(fate);
        }
        all.extend(gone.map(|item| Fate::Goes { item }));
        all
    }

    /// Refuses to take away what aliases repeat.
    pub(super) fn check_free(&self, id: NodeId) -> Result<(), EditError> {
        if self.contains_repeated(id) {
            return Err(EditError::Anchor(self.document.node_span(id)));
        }
        Ok(())
    }

    fn contains_repeated(&self, id: NodeId) -> bool {
        self.repeated.contains(&id)
            || self
                .document
                .items(id)
                .iter()
                .any(|item| self.contains_repeated(*item))
            || self
                .document
                .written(id)
                .iter()
                .any(|entry| self.contains_repeated(entry.value))
    }

    fn map(
        &mut self,
        id: NodeId,
        place: Place,
        wanted: &Map<String, Value>,
    ) -> Result<(), EditError> {
        let in_block = self.document.layout(id) == Layout::BlockCollection;
        let mut written: BTreeSet<String> = BTreeSet::new();
        let mut gone: BTreeSet<String> = BTreeSet::new();
        let sent = self.document.sent(id);
        for entry in sent {
            let old = self.document.key_text(entry.key);
            let new = self.new_name(id, old, wanted);
            written.insert(new.clone());
            let Some(value) = wanted.get(&new) else {
                if let Some(merge) = entry.merge {
                    return Err(EditError::Merge(self.document.node_span(merge.value)));
                }
                gone.insert(old.to_owned());
                continue;
            };
            self.entry(id, entry, in_block, &new, value)?;
        }
        let kept = |entry: &Entry| {
            entry.merge.is_some() || !gone.contains(self.document.key_text(entry.key))
        };
        let entries: Vec<Entry> = self.document.written(id).to_vec();
        let new: Vec<(&String, &Value)> = wanted
            .iter()
            .filter(|(key, _)| !written.contains(*key))
            .collect();
        if !entries.iter().any(kept) {
            return self.replace(id, place, &Value::Object(wanted.clone()));
        }
        if self.repeated_among(&entries, &gone) {
            return Err(EditError::Anchor(self.document.node_span(id)));
        }
        if in_block {
            self.change_block_map(id, &entries, kept, &new);
        } else {
            self.change_flow_map(id, &entries, kept, &new);
        }
        Ok(())
    }

    fn entry(
        &mut self,
        map: NodeId,
        entry: &Entry,
        in_block: bool,
        new: &str,
        value: &Value,
    ) -> Result<(), EditError> {
        let old = self.document.key_text(entry.key);
        if let Some(merge) = entry.merge {
            if old == new && alike(Node::new(self.document, entry.value), value) {
                return Ok(());
            }
            return Err(EditError::Merge(self.document.node_span(merge.value)));
        }
        if old != new {
            // Every key of that name, or the value of a lost one would come back.
            for twin in self.document.written(map) {
                if twin.merge.is_none() && self.document.key_text(twin.key) == old {
                    let span = self.source.whole(twin.key);
                    let text = if in_block {
                        emit::string(new, false)
                    } else {
                        self.source.flow(&Value::from(new), true)
                    };
                    self.edits.push(self.source.edit(span, &text));
                }
            }
        }
        let place = if in_block {
            Place::BlockValue { key: entry.key }
        } else {
            Place::Flow
        };
        self.value(entry.value, place, value)
    }

    fn new_name(&self, map: NodeId, old: &str, wanted: &Map<String, Value>) -> String {
        match self.renamed.get(&(map, old.to_owned())) {
            Some(new) if !wanted.contains_key(old) && wanted.contains_key(new) => new.clone(),
            _ => old.to_owned(),
        }
    }

    fn repeated_among(&self, entries: &[Entry], gone: &BTreeSet<String>) -> bool {
        entries.iter().any(|entry| {
            entry.merge.is_none()
                && gone.contains(self.document.key_text(entry.key))
                && (self.contains_repeated(entry.value) || self.contains_repeated(entry.key))
        })
    }
}
