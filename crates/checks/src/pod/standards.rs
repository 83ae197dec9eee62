//! Pod Security's verdict about a pod, as the cluster of the estate gives it: after its mutators, by the rules of its version.

use sekisho_model::{Container, Phrase, Pod, phrase};
use sekisho_policy::pod_security::{self, Level, NEWEST_MINOR, SHAPE, Version};
use sekisho_text::{Route, Step};
use serde_json::Value;

use crate::{Context, Fault, On};

/// Where a pod breaks some rules of Pod Security.
#[derive(Debug, Default)]
pub(super) struct Broken {
    /// Upstream's id of each rule, and the place in the object: the field that violates, or the one that is missing.
    pub(super) places: Vec<(&'static str, Route)>,
    /// Why it cannot be told whether more is broken.
    pub(super) open: Option<Phrase>,
}

impl Broken {
    /// Says what was found: one fault for each place, else what keeps it open, else that all is well.
    pub(super) fn tell(self, on: &mut On<'_>, mut fault: impl FnMut(&'static str, Route) -> Fault) {
        if self.places.is_empty() {
            match self.open {
                Some(reason) => on.unknown(reason),
                None => on.pass(),
            }
        }
        for (rule, place) in self.places {
            on.fail(fault(rule, place));
        }
    }
}

/// Where a pod breaks these rules of a level; all of the level's with none named.
pub(super) fn broken(cx: &Context<'_>, pod: &Pod<'_>, level: Level, rules: &[&str]) -> Broken {
    let newest = minor(cx);
    let judge = |value| {
        let mut found: Vec<(&'static str, Route)> = Vec::new();
        for violation in pod_security::Pod::read(value).evaluate(level, Version::Latest, newest) {
            if violation.check == SHAPE || rules.is_empty() || rules.contains(&violation.check) {
                let places = violation.routes.into_iter();
                found.extend(places.map(|place| (violation.check, place)));
            }
        }
        found
    };
    let written = judge(pod.value);
    if written.is_empty() {
        return Broken::default();
    }
    let mutated = cx.mutators().of_pod(pod);
    let stored = mutated.as_ref().map(|mutated| judge(&mutated.value));
    let mut broken = Broken::default();
    for (rule, place) in written {
        let is_mended = stored
            .as_ref()
            .is_some_and(|stored| !stored.contains(&(rule, place.clone())));
        if is_mended {
            continue;
        }
        if rule == SHAPE {
            broken.open.get_or_insert_with(refused);
        } else if let Some(reason) = mutated.as_ref().and_then(|mutated| mutated.open(&place)) {
            broken.open = Some(reason);
        } else {
            broken.places.push((rule, pod.route.join(&place)));
        }
    }
    broken
}

/// The minor version of the estate's cluster: what `sekisho.yaml` says, else the newest one known.
pub(super) fn minor(cx: &Context<'_>) -> u16 {
    let said = cx.settings.kubernetes.as_deref();
    said.and_then(|version| {
        version
            .trim_start_matches('v')
            .split('.')
            .nth(1)?
            .parse()
            .ok()
    })
    .unwrap_or(NEWEST_MINOR)
}

/// The container that a place belongs to; `None` for the pod's own fields.
pub(super) fn container_at<'c, 'a>(pod: &'c Pod<'a>, place: &Route) -> Option<&'c Container<'a>> {
    pod.containers()
        .iter()
        .find(|container| place.starts_with(&container.route))
}

/// Who sets a field: "container `web`", or "the pod".
pub(super) fn setter(pod: &Pod<'_>, place: &Route) -> Phrase {
    match container_at(pod, place).map(Container::name) {
        Some(name) => phrase!(en: "container `{name}`", ja: "コンテナ `{name}`"),
        None => Phrase::new("the pod", "Pod"),
    }
}

fn refused() -> Phrase {
    Phrase::new(
        "the API server would refuse this pod, so what it would run as is open; mend the fields that it cannot read",
        "API サーバーがこの Pod を拒否するため、実行時の状態は定まらない。読めないフィールドを直す",
    )
}

/// The value of a field of the pod, as it was written; the place is of the object.
pub(super) fn value_at<'a>(pod: &Pod<'a>, place: &Route) -> Option<&'a Value> {
    let inside = place.steps().iter().skip(pod.route.steps().len());
    value_in(pod.value, &inside.cloned().collect())
}

/// The value at a route.
pub(super) fn value_in<'v>(value: &'v Value, route: &Route) -> Option<&'v Value> {
    route
        .steps()
        .iter()
        .try_fold(value, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key.as_ref()),
            Step::Index(index) => value.as_array()?.get(*index),
        })
}
