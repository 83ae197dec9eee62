use std::sync::Arc;

use sekisho_model::{Fields, Namespace, Object, Place, ReadNote, Source};
use sekisho_schema::{Gone, NoteKind, Outcome, RemovedVersion, Scope, admit, scope};
use sekisho_text::Route;
use sekisho_yaml::{Document, Node, Value};

use crate::kubeconfig::is_kubeconfig;
use crate::pipelines;

/// What stands in one document.
#[derive(Default)]
pub(crate) struct Found {
    /// Kubernetes objects: one, or the items of a list.
    pub(crate) objects: Vec<Object>,
    /// Meant as an object, but kubectl could not send it.
    pub(crate) broken: Vec<String>,
    /// The document is nothing of ours.
    pub(crate) is_other: bool,
    /// The document is a kubeconfig.
    pub(crate) is_kubeconfig: bool,
}

/// The objects of one document, as the API server would store them.
pub(crate) fn of_document(
    document: &Document,
    path: &str,
    file: usize,
    number: usize,
    place: &Arc<Place>,
) -> Found {
    let mut found = Found::default();
    if document.is_empty() {
        return found;
    }
    if pipelines::kind_of(document, path).is_some() {
        return found;
    }
    if is_kubeconfig(document) {
        found.is_kubeconfig = true;
        return found;
    }
    collect(document, document.root(), &Route::root(), None, &mut found);
    for object in &mut found.objects {
        object.place = Arc::clone(place);
        if let Some(source) = &mut object.source {
            source.file = file;
            source.document = number;
        }
    }
    found
}

/// Lists may hold lists; the reader has bounded the depth of the document. Items of a typed list (`RoleList`) may leave out
/// their kind.
fn collect(
    document: &Document,
    node: Node<'_>,
    base: &Route,
    inherited: Option<(&str, &str)>,
    found: &mut Found,
) {
    let text = |key: &str| match node.get(key).map(|entry| entry.value.value()) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let api_version = text("apiVersion").or(inherited.map(|(api_version, _)| api_version));
    let kind = text("kind").or(inherited.map(|(_, kind)| kind));
    let items = node
        .get("items")
        .filter(|items| items.value.value() == Value::Sequence);
    match (api_version, kind) {
        (Some(api_version), Some(kind)) => match (kind.strip_suffix("List"), items) {
            (Some(item_kind), Some(items)) => {
                let inherited = (!item_kind.is_empty()).then_some((api_version, item_kind));
                let base = base.key("items");
                for (index, item) in items.value.items().enumerate() {
                    collect(document, item, &base.index(index), inherited, found);
                }
            }
            _ => found
                .objects
                .push(object(document, node, api_version, kind, base)),
        },
        (Some(_), None) => found.broken.push(missing(base, "kind")),
        (None, Some(_)) => found.broken.push(missing(base, "apiVersion")),
        (None, None) if base.steps().is_empty() => found.is_other = true,
        (None, None) => found.broken.push(missing(base, "apiVersion and kind")),
    }
}

fn missing(base: &Route, what: &str) -> String {
    if base.steps().is_empty() {
        format!("an object without `{what}`")
    } else {
        format!("`{base}` is an object without `{what}`")
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
    let value = match admit(as_sent(node, api_version, kind)) {
        Outcome::Stored(stored) => {
            notes.extend(stored.notes.into_iter().map(|note| {
                let NoteKind::UnknownField { meant } = note.what;
                ReadNote::UnknownField {
                    route: note.route,
                    meant: meant.map(|meant| meant.route),
                }
            }));
            stored.value
        }
        Outcome::Refused(refusals) => {
            notes.extend(refusals.into_iter().map(|refusal| ReadNote::Refused {
                route: refusal.route,
                reason: refusal.reason,
            }));
            as_sent(node, api_version, kind)
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

/// The object as kubectl sends it; an item of a typed list gets the kind that it left out.
fn as_sent(node: Node<'_>, api_version: &str, kind: &str) -> serde_json::Value {
    let mut sent = node.to_json();
    if let Some(fields) = sent.as_object_mut() {
        fields
            .entry("apiVersion")
            .or_insert_with(|| api_version.into());
        fields.entry("kind").or_insert_with(|| kind.into());
    }
    sent
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
