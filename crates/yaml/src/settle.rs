//! From what is written to what is sent: aliases are counted, merges followed, keys that stand twice decided.

use std::collections::BTreeMap;

use crate::builder::Builder;
use crate::document::{Content, Document, Entry, Merge, NodeId};
use crate::error::{Error, Result};
use crate::expand::Expansion;
use crate::note::Note;

/// Finishes a document whose nodes are all there.
pub(crate) fn settle(builder: Builder) -> Result<Document> {
    let limits = *builder.limits();
    let Builder {
        mut document,
        unsettled,
        unsendable,
        aliases,
        ..
    } = builder;
    if aliases || !unsettled.is_empty() {
        Expansion::check(&document, &limits)?;
    }
    // A map is finished before any map that merges it, so each one finds its parts settled.
    for id in unsettled {
        let (entries, notes) = Settling::of(&document, id);
        document.rewritten.insert(id, entries);
        document.notes.extend(notes);
        if let Some(node) = document.nodes.get_mut(id.0 as usize)
            && let Content::Mapping { rewritten, .. } = &mut node.content
        {
            *rewritten = true;
        }
    }
    if unsendable {
        check_sendable(&document, document.root)?;
    }
    document.notes.sort_by_key(Note::span);
    document.nodes.shrink_to_fit();
    document.items.shrink_to_fit();
    document.entries.shrink_to_fit();
    Ok(document)
}

/// JSON has no infinite numbers, no null keys, and the reader converts no unsigned keys.
fn check_sendable(document: &Document, id: NodeId) -> Result<()> {
    let id = document.target(id);
    if let Content::Float(value) = document.content(id)
        && !value.is_finite()
    {
        return Err(Error::new(
            document.node_span(id),
            "JSON has no such number",
        ));
    }
    for item in document.items(id) {
        check_sendable(document, *item)?;
    }
    for entry in document.sent(id) {
        if is_unsendable(document, entry.key) {
            return Err(Error::new(
                document.node_span(entry.key),
                "this key cannot become text",
            ));
        }
        check_sendable(document, entry.value)?;
    }
    Ok(())
}

fn is_unsendable(document: &Document, key: NodeId) -> bool {
    matches!(
        document.content(document.target(key)),
        Content::Null | Content::Unsigned(_)
    )
}

/// One map while its entries are decided, in the order in which the reader writes them.
struct Settling<'d> {
    document: &'d Document,
    entries: Vec<Entry>,
    places: BTreeMap<&'d str, usize>,
    notes: Vec<Note>,
}

impl<'d> Settling<'d> {
    fn of(document: &'d Document, id: NodeId) -> (Vec<Entry>, Vec<Note>) {
        let mut settling = Self {
            document,
            entries: Vec::new(),
            places: BTreeMap::new(),
            notes: Vec::new(),
        };
        for entry in document.written(id) {
            match entry.merge {
                None => settling.write(*entry),
                Some(merge) => settling.merge(merge),
            }
        }
        (settling.entries, settling.notes)
    }

    /// Of a list of maps the earlier ones win, so the last is written first.
    fn merge(&mut self, merge: Merge) {
        let parts = match self.document.content(merge.value) {
            Content::Sequence { .. } => self.document.items(merge.value),
            _ => &[merge.value],
        };
        for part in parts.iter().rev() {
            for entry in self.document.sent(self.document.target(*part)) {
                let merge = Merge {
                    key: merge.key,
                    value: *part,
                };
                self.write(Entry {
                    merge: Some(merge),
                    ..*entry
                });
            }
        }
    }

    fn write(&mut self, entry: Entry) {
        let document = self.document;
        if is_unsendable(document, entry.key) {
            self.entries.push(entry);
            return;
        }
        let key = document.key_text(entry.key);
        let place = self
            .places
            .get(key)
            .and_then(|place| self.entries.get_mut(*place));
        let Some(place) = place else {
            self.places.insert(key, self.entries.len());
            self.entries.push(entry);
            return;
        };
        let (old, new) = (document.node_span(place.key), document.node_span(entry.key));
        if !same_key(document, place.key, entry.key) {
            self.notes.push(Note::CollidingKey {
                key: key.to_owned(),
                first: old,
                second: new,
            });
            return;
        }
        match (place.merge, entry.merge) {
            (None, None) => self.notes.push(Note::DuplicateKey {
                key: key.to_owned(),
                lost: old,
                kept: new,
            }),
            (None, Some(merge)) => self.notes.push(Note::MergeReplaces {
                key: key.to_owned(),
                lost: old,
                merge: document.node_span(merge.key),
            }),
            (Some(_), _) => {}
        }
        *place = entry;
    }
}

/// Whether two keys with the same text are the same key for the reader, which compares them before they become text.
fn same_key(document: &Document, one: NodeId, other: NodeId) -> bool {
    match (
        document.content(document.target(one)),
        document.content(document.target(other)),
    ) {
        (Content::Float(one), Content::Float(other)) => one.to_bits() == other.to_bits(),
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}
