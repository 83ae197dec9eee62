//! Whether a pod holds a token for the API server.

use std::collections::BTreeMap;

use sekisho_model::{Fields, Pod};
use sekisho_text::Route;

use super::service_accounts::Known;
use crate::Context;

/// How a pod holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiToken {
    /// The pod's own `automountServiceAccountToken: true`.
    AskedFor(Route),
    /// Neither pod nor service account turn the default off.
    ByDefault,
    /// A projected volume that a container mounts.
    Projected(Route),
    /// It has none.
    None,
    /// The service account decides, and is not among the files.
    Undecided,
}

/// Audiences that the API server of an EKS cluster accepts; an absent or empty one means its own.
const API_AUDIENCES: [&str; 3] = [
    "",
    "https://kubernetes.default.svc",
    "https://kubernetes.default.svc.cluster.local",
];

/// The token of a pod: its own setting goes before that of its service account, and the default is to mount
/// (`shouldAutomount` in `plugin/pkg/admission/serviceaccount`).
pub(crate) fn of(cx: &Context<'_>, pod: &Pod<'_>) -> ApiToken {
    if let Some(route) = projected(pod) {
        return ApiToken::Projected(route);
    }
    match pod.spec().flag("automountServiceAccountToken") {
        Some(true) => return ApiToken::AskedFor(pod.at("automountServiceAccountToken")),
        Some(false) => return ApiToken::None,
        None => {}
    }
    match cx.service_accounts().of_pod(pod, cx.complete()) {
        Known::Object(_, account)
            if account.value.flag("automountServiceAccountToken") == Some(false) =>
        {
            ApiToken::None
        }
        Known::Object(..) | Known::Absent => ApiToken::ByDefault,
        Known::Unseen => ApiToken::Undecided,
    }
}

/// A volume of the pod brings the token, whatever is mounted by itself.
pub(crate) fn is_projected(pod: &Pod<'_>) -> bool {
    projected(pod).is_some()
}

/// A projected token for the API server, in a volume that some container mounts.
fn projected(pod: &Pod<'_>) -> Option<Route> {
    let mut volumes = BTreeMap::new();
    for (index, volume) in pod.spec().items("volumes").iter().enumerate() {
        for (at, source) in volume.items("projected.sources").iter().enumerate() {
            let Some(token) = source.at("serviceAccountToken") else {
                continue;
            };
            if API_AUDIENCES.contains(&token.text("audience").unwrap_or_default()) {
                let route = pod
                    .at("volumes")
                    .index(index)
                    .at("projected.sources")
                    .index(at)
                    .key("serviceAccountToken");
                volumes.insert(volume.text("name").unwrap_or_default(), route);
            }
        }
    }
    let mut mounts = pod
        .containers()
        .iter()
        .flat_map(|container| container.value.items("volumeMounts"));
    mounts.find_map(|mount| volumes.remove(mount.text("name").unwrap_or_default()))
}
