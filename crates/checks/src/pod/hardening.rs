//! The fields that `restricted` wants to see and a pod does not set: one edit of the pod, so one fault.

use std::collections::BTreeMap;

use sekisho_model::{Fields, Fix, Phrase, Pod, phrase};
use sekisho_text::{Route, Step};
use serde_json::json;

use super::standards::container_at;
use crate::Fault;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    NonRoot,
    Escalation,
    Drop,
    Seccomp,
}

/// What is missing, and where.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) place: Route,
}

/// The kind of a violation; `None` for one that is no missing hardening.
pub(super) fn kind(rule: &str, place: &Route) -> Option<Kind> {
    let ends_with = |name: &str| matches!(place.last(), Some(Step::Key(key)) if key == name);
    match rule {
        "allowPrivilegeEscalation" => Some(Kind::Escalation),
        "capabilities_restricted" if ends_with("drop") => Some(Kind::Drop),
        "seccompProfile_restricted" => Some(Kind::Seccomp),
        "runAsNonRoot" => Some(Kind::NonRoot),
        _ => None,
    }
}

/// One fault for everything that is missing in a pod; `None` when nothing is.
pub(super) fn fault(pod: &Pod<'_>, missing: &[Place]) -> Option<Fault> {
    let first = missing.first()?.place.clone();
    let mut by_field: BTreeMap<Kind, Vec<&str>> = BTreeMap::new();
    let mut fix = Fix::risky(Phrase::new(
        "Harden it as `restricted` demands",
        "`restricted` の求める堅牢化を施す",
    ));
    for Place { kind, place } in missing {
        let names = by_field.entry(*kind).or_default();
        if let Some(container) = container_at(pod, place) {
            names.push(container.name());
        }
        fix = mend(fix, pod, *kind, place);
    }
    let words: Vec<String> = by_field
        .iter()
        .map(|(kind, names)| {
            let field = field(*kind);
            if names.is_empty() || *kind == Kind::Seccomp {
                format!("`{field}`")
            } else {
                format!("`{field}` (`{}`)", names.join("`, `"))
            }
        })
        .collect();
    let (en, ja) = (words.join(", "), words.join("、"));
    let mut message = phrase!(
        en: "`restricted` refuses this pod: it lacks {en}",
        ja: "`restricted` がこの Pod を拒否する。不足: {ja}",
    );
    if by_field.contains_key(&Kind::Seccomp)
        && let Some(annotation) = dead_annotation(pod)
    {
        let Phrase { en, ja } = message;
        message = phrase!(
            en: "{en}; the annotation `{annotation}` has done nothing since Kubernetes 1.27",
            ja: "{ja}。アノテーション `{annotation}` は Kubernetes 1.27 以降、何の効果もない",
        );
    }
    Some(Fault::at(first, message).fix(fix))
}

fn field(kind: Kind) -> &'static str {
    match kind {
        Kind::Escalation => "allowPrivilegeEscalation: false",
        Kind::Drop => "capabilities.drop: [ALL]",
        Kind::NonRoot => "runAsNonRoot: true",
        Kind::Seccomp => "seccompProfile.type: RuntimeDefault",
    }
}

fn mend(fix: Fix, pod: &Pod<'_>, kind: Kind, place: &Route) -> Fix {
    let (route, value) = match kind {
        Kind::Escalation => (place.clone(), json!(false)),
        // ALL is every other item of the list as well.
        Kind::Drop => (place.clone(), json!(["ALL"])),
        Kind::Seccomp => (
            pod.at("securityContext.seccompProfile.type"),
            json!("RuntimeDefault"),
        ),
        Kind::NonRoot => {
            let says = container_at(pod, place)
                .and_then(|container| container.value.flag("securityContext.runAsNonRoot"));
            let route = match says {
                Some(_) => place.clone(),
                None => pod.at("securityContext.runAsNonRoot"),
            };
            (route, json!(true))
        }
    };
    let is_planned = fix
        .changes
        .iter()
        .any(|change| matches!(change, sekisho_model::Change::Set(other, _) if *other == route));
    if is_planned {
        fix
    } else {
        fix.set(route, value)
    }
}

/// An annotation that once set a seccomp profile.
fn dead_annotation<'a>(pod: &Pod<'a>) -> Option<&'a str> {
    pod.value
        .entries("metadata.annotations")?
        .keys()
        .map(String::as_str)
        .find(|key| {
            *key == "seccomp.security.alpha.kubernetes.io/pod"
                || key.starts_with("container.seccomp.security.alpha.kubernetes.io/")
        })
}
