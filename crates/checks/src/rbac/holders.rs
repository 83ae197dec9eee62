//! Who holds a right: everybody, those who are allowed everything anyway, known administrators, or somebody else.

use std::collections::BTreeSet;

use sekisho_access::rbac::{Binding, BoundSubject, SUPERUSERS, Subject};
use sekisho_model::Settings;

use super::power_words::Text;

/// Who stands behind a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    /// Whoever reaches the API server, without credentials.
    Anonymous,
    /// Whoever has any credentials: every mapped AWS identity and every pod with a token.
    Authenticated,
    /// `system:masters`, whom the server allows everything before it asks RBAC.
    Superusers,
    /// Named in `administrators` of the settings.
    Administrator,
    /// Anybody else.
    Other,
}

/// Sorts the subjects of bindings.
#[derive(Debug)]
pub(super) struct Holders {
    administrators: BTreeSet<Subject>,
}

impl Holders {
    pub(super) fn of(settings: &Settings) -> Self {
        let administrators = settings
            .administrators
            .iter()
            .filter_map(|text| subject(text))
            .collect();
        Self { administrators }
    }

    pub(super) fn kind(&self, subject: &Subject) -> Holder {
        match subject {
            // Everybody is nobody's list of administrators.
            Subject::User(name) if name == "system:anonymous" => Holder::Anonymous,
            Subject::Group(name) if name == "system:unauthenticated" => Holder::Anonymous,
            Subject::Group(name) if name == "system:authenticated" => Holder::Authenticated,
            Subject::Group(name) if name == SUPERUSERS => Holder::Superusers,
            Subject::Group(name) if name.starts_with("system:serviceaccounts") => Holder::Other,
            _ if self.administrators.contains(&subject.canonical()) => Holder::Administrator,
            _ => Holder::Other,
        }
    }
}

/// `Group:admins`, `User:jane`, `ServiceAccount:ns/name`.
fn subject(text: &str) -> Option<Subject> {
    let (kind, name) = text.split_once(':')?;
    match kind {
        "User" => Some(Subject::User(name.to_owned()).canonical()),
        "Group" => Some(Subject::Group(name.to_owned())),
        "ServiceAccount" => {
            let (namespace, name) = name.split_once('/')?;
            Some(Subject::service_account(namespace, name))
        }
        _ => None,
    }
}

/// The subject as people write it.
pub(super) fn called(subject: &Subject) -> String {
    match subject {
        Subject::User(name) => format!("User `{name}`"),
        Subject::Group(name) => format!("Group `{name}`"),
        Subject::ServiceAccount { namespace, name } if namespace.is_empty() => {
            format!("ServiceAccount `{name}`")
        }
        Subject::ServiceAccount { namespace, name } => {
            format!("ServiceAccount `{namespace}/{name}`")
        }
    }
}

/// Up to three names, and how many more there are.
pub(super) fn list(names: &[String], limit: usize) -> (String, String) {
    let shown = names.iter().take(limit).cloned().collect::<Vec<_>>();
    let more = names.len().saturating_sub(limit);
    match (shown.as_slice(), more) {
        ([.., last], 0) if shown.len() > 1 => {
            let before = shown.get(..shown.len() - 1).unwrap_or_default().join(", ");
            (format!("{before} and {last}"), shown.join("、"))
        }
        (_, 0) => (shown.join(", "), shown.join("、")),
        _ => (
            format!("{} and {more} more", shown.join(", ")),
            format!("{} ほか {more} 件", shown.join("、")),
        ),
    }
}

/// The subjects in a sentence.
pub(super) fn called_all(subjects: &[&BoundSubject]) -> (String, String) {
    let names: Vec<String> = subjects.iter().map(|one| called(&one.subject)).collect();
    list(&names, 3)
}

/// `in the whole cluster`, or the namespace; the Japanese with the spaces that set a name off.
pub(super) fn place(namespace: Option<&str>) -> (String, String) {
    match namespace {
        None => ("in the whole cluster".to_owned(), "クラスタ全体".to_owned()),
        Some("") => (
            "in the namespace of the binding".to_owned(),
            "バインディングの Namespace ".to_owned(),
        ),
        Some(name) => (
            format!("in namespace `{name}`"),
            format!(" Namespace `{name}` "),
        ),
    }
}

/// The role that a binding refers to.
pub(super) fn role(binding: &Binding) -> String {
    format!("{} `{}`", binding.role_ref.kind, binding.role_ref.name)
}

/// Several fixed texts in a sentence.
pub(super) fn texts(all: &[Text], limit: usize) -> (String, String) {
    let list_in = |pick: fn(&Text) -> &'static str| -> Vec<String> {
        all.iter().map(|text| pick(text).to_owned()).collect()
    };
    (
        list(&list_in(|text| text.0), limit).0,
        list(&list_in(|text| text.1), limit).1,
    )
}
