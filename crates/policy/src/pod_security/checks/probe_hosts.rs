use std::collections::BTreeSet;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::wording::{containers, plural, quoted_set};

/// `check_hostProbesAndhostLifecycle.go`: since 1.34. Containers and hosts are listed sorted.
pub(in super::super) fn judge(pod: &Pod<'_>, _minor: u16) -> Option<Finding> {
    let mut names = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    let mut routes = Vec::new();
    for container in &pod.containers {
        for (host, field) in &container.hosts {
            names.insert(container.name);
            hosts.insert(*host);
            routes.push(container.route().join(field));
        }
    }
    if hosts.is_empty() {
        return None;
    }
    let names: Vec<&str> = names.into_iter().collect();
    Some(Finding {
        reason: "probe or lifecycle host".into(),
        detail: format!(
            "{} {} {} {}",
            containers(&names),
            plural("uses", "use", names.len()),
            plural(
                "probe or lifecycle host",
                "probe or lifecycle hosts",
                hosts.len()
            ),
            quoted_set(&hosts)
        ),
        routes,
    })
}
