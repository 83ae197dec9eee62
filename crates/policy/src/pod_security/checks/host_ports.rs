use std::collections::BTreeSet;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{containers, plural};

/// `check_hostPorts.go`. Ports are listed as texts, so 8080 comes before 9.
pub(in super::super) fn judge(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let mut names = Vec::new();
    let mut ports = BTreeSet::new();
    let mut routes = Vec::new();
    for container in &pod.containers {
        for asked in &container.host_ports {
            ports.insert(asked.port.to_string());
            routes.push(container.route().join(&asked.field));
        }
        if !container.host_ports.is_empty() {
            names.push(container.name);
        }
    }
    if names.is_empty() {
        return None;
    }
    let list: Vec<&str> = ports.iter().map(String::as_str).collect();
    Some(Finding {
        reason: "hostPort".into(),
        detail: format!(
            "{} {} {} {}",
            containers(&names),
            plural("uses", "use", names.len()),
            plural("hostPort", "hostPorts", list.len()),
            list.join(", ")
        ),
        routes,
    })
}
