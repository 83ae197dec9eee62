use std::collections::BTreeSet;

use sekisho_text::Route;

use super::super::container::Container;
use super::super::level::Level;
use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{containers, quoted_set};

/// What baseline lets containers add: the default of container runtimes but for `NET_RAW`.
pub const BASELINE_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// What restricted lets containers add.
const RESTRICTED_CAPABILITIES: [&str; 1] = ["NET_BIND_SERVICE"];

/// Whether containers may add this capability at this level.
pub fn allows_capability(level: Level, capability: &str) -> bool {
    match level {
        Level::Privileged => true,
        Level::Baseline => BASELINE_CAPABILITIES.contains(&capability),
        Level::Restricted => RESTRICTED_CAPABILITIES.contains(&capability),
    }
}

/// `check_capabilities_baseline.go`.
pub(in super::super) fn judge_baseline(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let added = Added::beyond(pod, &BASELINE_CAPABILITIES);
    Some(Finding {
        reason: "non-default capabilities".into(),
        detail: added.detail()?,
        routes: added.routes,
    })
}

/// `check_capabilities_restricted.go`: since 1.25 not on Windows.
pub(in super::super) fn judge_restricted(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    if minor >= 25 && pod.windows {
        return None;
    }
    let (keeping, mut routes): (Vec<_>, Vec<_>) = pod
        .containers
        .iter()
        .filter(|container| !drops_all(container))
        .map(|container| {
            (
                container.name,
                container.at("securityContext.capabilities.drop"),
            )
        })
        .unzip();
    let added = Added::beyond(pod, &RESTRICTED_CAPABILITIES);
    let mut details = Vec::new();
    if !keeping.is_empty() {
        details.push(format!(
            "{} must set securityContext.capabilities.drop=[\"ALL\"]",
            containers(&keeping)
        ));
    }
    details.extend(added.detail());
    if details.is_empty() {
        return None;
    }
    routes.extend(added.routes);
    Some(Finding {
        reason: "unrestricted capabilities".into(),
        detail: details.join("; "),
        routes,
    })
}

/// Exactly `ALL`: the server does not take `all` for it.
fn drops_all(container: &Container<'_>) -> bool {
    let capabilities = container.security.capabilities.as_ref();
    capabilities.is_some_and(|capabilities| capabilities.drop.contains(&"ALL"))
}

/// Capabilities that containers add without being allowed to.
struct Added<'a> {
    names: Vec<&'a str>,
    capabilities: BTreeSet<&'a str>,
    routes: Vec<Route>,
}

impl<'a> Added<'a> {
    fn beyond(pod: &Pod<'a>, allowed: &[&str]) -> Self {
        let mut found = Self {
            names: Vec::new(),
            capabilities: BTreeSet::new(),
            routes: Vec::new(),
        };
        for container in &pod.containers {
            let add = container.security.capabilities.as_ref().map(|it| &it.add);
            let before = found.routes.len();
            for (index, capability) in add.into_iter().flatten().enumerate() {
                if !allowed.contains(capability) {
                    found.capabilities.insert(capability);
                    let list = container.at("securityContext.capabilities.add");
                    found.routes.push(list.index(index));
                }
            }
            if found.routes.len() > before {
                found.names.push(container.name);
            }
        }
        found
    }

    fn detail(&self) -> Option<String> {
        if self.names.is_empty() {
            return None;
        }
        Some(format!(
            "{} must not include {} in securityContext.capabilities.add",
            containers(&self.names),
            quoted_set(&self.capabilities)
        ))
    }
}
