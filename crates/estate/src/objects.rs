use std::sync::Arc;

use sekisho_model::{Fields, Namespace, Object, Place, ReadNote, Source};
use sekisho_schema::{Gone, NoteKind, Outcome, RemovedVersion, Scope, admit, scope};
use sekisho_text::Route;
use sekisho_yaml::{Document, Node, Value};

/// What one document is.
pub(crate) enum Found {
    /// Kubernetes objects, one or the items of a list.
    Objects(Vec<Object>),
    /// Nothing of ours, and what it is instead.
    Other(String),
    /// Only comments.
    Nothing,
}

/// The objects of one document, as the API server would store them.
pub(crate) fn of_document(
    document: &Document,
    file: usize,
    number: usize,
    place: &Arc<Place>,
) -> Found {
    if document.is_empty() {
        return Found::Nothing;
    }
    let mut objects = Vec::new();
    let mut others = Vec::new();
    collect(
        document,
        document.root(),
        &Route::root(),
        &mut objects,
        &mut others,
    );
    if let (true, Some(other)) = (objects.is_empty(), others.first()) {
        return Found::Other(other.clone());
    }
    for object in &mut objects {
        object.place = Arc::clone(place);
        if let Some(source) = &mut object.source {
            source.file = file;
            source.document = number;
        }
    }
    Found::Objects(objects)
}

/// Lists may hold lists; the reader has bounded the depth of the document.
fn collect(
    document: &Document,
    node: Node<'_>,
    base: &Route,
    objects: &mut Vec<Object>,
    others: &mut Vec<String>,
) {
    let text = |key: &str| match node.get(key).map(|entry| entry.value.value()) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    match (text("apiVersion"), text("kind")) {
        (Some(_), Some(kind)) if kind.ends_with("List") && node.get("items").is_some() => {
            let Some(items) = node.get("items") else {
                return;
            };
            let base = base.key("items");
            for (index, item) in items.value.items().enumerate() {
                collect(document, item, &base.index(index), objects, others);
            }
        }
        (Some(api_version), Some(kind)) => {
            objects.push(object(document, node, api_version, kind, base));
        }
        (Some(_), None) => {
            others.push("a document with `apiVersion` but without `kind`".to_owned());
        }
        (None, Some(_)) => {
            others.push("a document with `kind` but without `apiVersion`".to_owned());
        }
        (None, None) => {
            others.push("no Kubernetes object: it has neither `apiVersion` nor `kind`".to_owned());
        }
    }
}

fn object(
    document: &Document,
    node: Node<'_>,
    api_version: &str,
    kind: &str,
    base: &Route,
) -> Object {
    let mut notes = yaml_notes(document, node);
    let value = match admit(node.to_json()) {
        Outcome::Stored(stored) => {
            notes.extend(stored.notes.into_iter().map(|note| {
                let NoteKind::UnknownField { meant } = note.what;
                ReadNote::UnknownField {
                    route: note.route,
                    meant: meant.map(|meant| meant.route.to_string()),
                }
            }));
            stored.value
        }
        Outcome::Refused(refusals) => {
            notes.extend(refusals.into_iter().map(|refusal| ReadNote::Refused {
                route: refusal.route,
                reason: refusal.reason,
            }));
            node.to_json()
        }
        Outcome::UnknownKind(value) => value,
        Outcome::Removed(version, value) => {
            notes.extend(gone(version, scope(api_version, kind).is_some()));
            value
        }
    };
    let namespace = value
        .text("metadata.namespace")
        .filter(|name| !name.is_empty());
    let namespace = match (scope(api_version, kind), namespace) {
        (Some(Scope::Cluster), _) => Namespace::Cluster,
        (_, Some(name)) => Namespace::Given(name.to_owned()),
        (_, None) => Namespace::Open,
    };
    Object {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace,
        name: value.text("metadata.name").unwrap_or_default().to_owned(),
        value,
        source: Some(Source {
            file: 0,
            document: 0,
            base: base.clone(),
        }),
        place: Arc::default(),
        notes,
    }
}

/// A kind that its group never had is unknown; one that the group has or had is only asked for in a wrong version.
fn gone(version: RemovedVersion, is_known: bool) -> Option<ReadNote> {
    let removed_in = match version.gone {
        Gone::RemovedIn(release) => Some(release.to_owned()),
        Gone::NeverExisted if is_known || version.replacement.is_some() => None,
        Gone::NeverExisted => return Some(ReadNote::UnknownKind),
        Gone::OffByDefault => return None,
    };
    Some(ReadNote::Removed {
        removed_in,
        replacement: version.replacement.map(str::to_owned),
    })
}

/// The notes of the document that lie inside of this object.
fn yaml_notes(document: &Document, node: Node<'_>) -> Vec<ReadNote> {
    let span = node.span();
    document
        .notes()
        .iter()
        .filter(|note| span.contains(note.span().start as usize))
        .map(|note| ReadNote::Yaml(note.clone()))
        .collect()
}
