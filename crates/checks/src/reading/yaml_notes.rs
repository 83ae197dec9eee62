//! What the reader of YAML noted, by the object that it concerns.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Estate, ReadNote};
use sekisho_yaml::Note;

/// The notes of every object that was read from a file, by its index. What stands outside of the objects of a document,
/// as a second `items` in a list that hides the first, counts for the first object of that document. Documents without an
/// object are nothing that kubectl sends.
pub(crate) fn by_object(estate: &Estate) -> BTreeMap<usize, Vec<&Note>> {
    let mut found: BTreeMap<usize, Vec<&Note>> = BTreeMap::new();
    let mut inside = BTreeSet::new();
    let mut documents: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (index, object) in estate.objects().iter().enumerate() {
        let Some(source) = &object.source else {
            continue;
        };
        documents
            .entry((source.file, source.document))
            .or_insert(index);
        let notes = found.entry(index).or_default();
        for note in &object.notes {
            if let ReadNote::Yaml(note) = note {
                // Objects do not overlap, but an anchor can stand in one and be used in another.
                if inside.insert((source.file, note.span().start)) {
                    notes.push(note);
                }
            }
        }
    }
    for ((file, document), index) in documents {
        let notes = estate
            .files()
            .get(file)
            .and_then(|file| file.documents.get(document))
            .map_or(&[][..], |document| document.notes());
        let outside = notes
            .iter()
            .filter(|note| !inside.contains(&(file, note.span().start)));
        found.entry(index).or_default().extend(outside);
    }
    found
}
