use std::collections::BTreeMap;

use sekisho_text::Route;
use serde_json::Value;

use super::container::Container;
use super::security_context::SecurityContext;
use super::volume::Volume;
use crate::place::{Faults, Place};

/// The lists of containers, in the order in which the server visits them.
const CONTAINER_LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// The part of a pod that Pod Security reads, borrowed from the object and seen as the server sees it: after its defaults,
/// so that a manifest and the stored object give the same answer.
#[derive(Debug)]
pub struct Pod<'a> {
    pub(super) annotations: BTreeMap<&'a str, &'a str>,
    /// The namespaces of the node that the pod shares, by field.
    pub(super) host_namespaces: Vec<&'static str>,
    pub(super) host_users: Option<bool>,
    pub(super) windows: bool,
    pub(super) security: SecurityContext<'a>,
    pub(super) sysctls: Vec<&'a str>,
    pub(super) volumes: Vec<Volume<'a>>,
    pub(super) containers: Vec<Container<'a>>,
    pub(super) faults: Faults,
}

impl<'a> Pod<'a> {
    /// Reads `metadata` and `spec` of a pod or pod template. Fields the server would refuse to decode are kept as faults
    /// and make every level but privileged forbid the pod.
    pub fn read(pod: &'a Value) -> Self {
        let mut faults = Faults::new();
        let f = &mut faults;
        let root = Place::root(pod);
        if !root.is_set() {
            root.fault("must be an object", f);
        }
        let metadata = root.key("metadata", f);
        let annotations_at = metadata.key("annotations", f);
        let mut annotations = BTreeMap::new();
        for (name, value) in annotations_at.map(f).into_iter().flatten() {
            let text = annotations_at.named(name, value).text(f);
            annotations.insert(name.as_str(), text.unwrap_or_default());
        }
        let spec = root.key("spec", f);
        let host_namespaces: Vec<&'static str> = ["hostNetwork", "hostPID", "hostIPC"]
            .into_iter()
            .filter(|field| spec.key(field, f).flag(f) == Some(true))
            .collect();
        let host_network = host_namespaces.contains(&"hostNetwork");
        let security_at = spec.key("securityContext", f);
        let windows = spec.key("os", f).key("name", f).text(f) == Some("windows");
        let mut containers = Vec::new();
        for list in CONTAINER_LISTS {
            let list_at = spec.key(list, f);
            for (index, item) in list_at.items(f).iter().enumerate() {
                let at = list_at.index(index, item);
                containers.push(Container::read(list, index, &at, host_network, f));
            }
        }
        let pod = Self {
            annotations,
            host_namespaces,
            host_users: spec.key("hostUsers", f).flag(f),
            windows,
            security: SecurityContext::read(&security_at, f),
            sysctls: sysctls(&security_at, f),
            volumes: Volume::read_all(&spec.key("volumes", f), f),
            containers,
            faults: Faults::new(),
        };
        if windows {
            refuse_linux_fields(&pod, f);
        }
        Self { faults, ..pod }
    }

    /// True when the pod lives in a user namespace, for which later rules are looser.
    pub(super) fn in_user_namespace(&self) -> bool {
        self.host_users == Some(false)
    }
}

fn sysctls<'a>(security_at: &Place<'a, '_>, f: &mut Faults) -> Vec<&'a str> {
    let at = security_at.key("sysctls", f);
    at.items(f)
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let name = at.index(index, item).key("name", f).text(f);
            name.unwrap_or_default()
        })
        .collect()
}

/// Restricted skips three checks for Windows because the server's validation refuses these fields there; a manifest
/// that was not validated yet must not slip through between the two.
fn refuse_linux_fields(pod: &Pod<'_>, f: &mut Faults) {
    let mut refuse = |set: bool, route: Route| {
        if set {
            f.entry(route)
                .or_insert_with(|| "may not be set when spec.os.name is \"windows\"".to_owned());
        }
    };
    let of_pod = Route::of("spec.securityContext.seccompProfile");
    refuse(pod.security.seccomp.is_some(), of_pod);
    for container in &pod.containers {
        let security = &container.security;
        refuse(
            security.seccomp.is_some(),
            container.at("securityContext.seccompProfile"),
        );
        refuse(
            security.capabilities.is_some(),
            container.at("securityContext.capabilities"),
        );
    }
}
