use std::collections::BTreeSet;

use sekisho_text::Route;

use super::super::container::Container;
use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::security_context::Profile;
use super::super::wording::{annotation, plural, quoted, setters};

const PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";
const UNCONFINED: &str = "Unconfined";

/// `check_appArmorProfile.go`, after the server copied annotations to fields.
pub(in super::super) fn judge(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let mut types = BTreeSet::new();
    let mut routes = Vec::new();
    let of_pod = pod
        .security
        .app_armor
        .filter(|profile| !is_allowed(profile.kind));
    if let Some(profile) = of_pod {
        types.insert(profile.kind);
        routes.push(Route::of("spec.securityContext.appArmorProfile.type"));
    }
    let mut names = Vec::new();
    for container in &pod.containers {
        let written = container.security.app_armor.map(|profile| profile.kind);
        let kind = written.or_else(|| copied(pod, container));
        let Some(kind) = kind.filter(|kind| !is_allowed(kind)) else {
            continue;
        };
        names.push(container.name);
        types.insert(kind);
        if written.is_some() {
            routes.push(container.at("securityContext.appArmorProfile.type"));
        }
    }
    let mut annotations = Vec::new();
    for (key, value) in &pod.annotations {
        if key.starts_with(PREFIX) && !is_allowed_annotation(value) {
            annotations.push(annotation(key, value));
            routes.push(Route::of("metadata.annotations").key((*key).to_owned()));
        }
    }
    annotations.sort();

    let mut who: Vec<String> = setters(of_pod.is_some(), &names).into_iter().collect();
    if !annotations.is_empty() {
        who.push(plural("annotation", "annotations", annotations.len()).to_owned());
    }
    if who.is_empty() {
        return None;
    }
    let values: Vec<&str> = types
        .into_iter()
        .chain(annotations.iter().map(String::as_str))
        .collect();
    let reason = plural(
        "forbidden AppArmor profile",
        "forbidden AppArmor profiles",
        values.len(),
    );
    Some(Finding {
        reason: reason.into(),
        detail: format!(
            "{} must not set AppArmor profile type to {}",
            who.join(" and "),
            quoted(values)
        ),
        routes,
    })
}

fn is_allowed(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

fn is_allowed_annotation(value: &str) -> bool {
    value.is_empty() || value == "runtime/default" || value.starts_with("localhost/")
}

/// The forbidden type that the server copies from the annotation of a container without a profile of its own, unless
/// the pod says the same (`applyAppArmorVersionSkew`). Allowed types need no copy to be judged.
fn copied(pod: &Pod<'_>, container: &Container<'_>) -> Option<&'static str> {
    if pod.windows || container.is_ephemeral() {
        return None;
    }
    let key = format!("{PREFIX}{}", container.name);
    let unconfined = pod.annotations.get(key.as_str()) == Some(&"unconfined");
    let same = matches!(
        pod.security.app_armor,
        Some(Profile {
            kind: UNCONFINED,
            local: None
        })
    );
    (unconfined && !same).then_some(UNCONFINED)
}
