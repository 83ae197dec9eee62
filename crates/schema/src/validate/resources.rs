//! Amounts and resource names. Upstream: `pkg/apis/core/validation` and `pkg/apis/core/helper`.

use super::findings::{Findings, Path};
use super::names;
use crate::access::{Object, Read};
use crate::quantity::Quantity;

/// Names without a prefix that exist at all.
const STANDARD: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];

/// Names that count whole things.
const COUNTED: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::label_key(&format!("requests.{name}")).is_empty()
}

fn may_overcommit(name: &str) -> bool {
    is_native(name) && !is_huge_page(name)
}

/// The name of any resource; true when it is fine so far.
pub(super) fn name(name: &str, path: &Path, found: &mut Findings) -> bool {
    let problems = names::label_key(name);
    if !problems.is_empty() {
        found.invalid_each(path, name, problems);
        return false;
    }
    let standard =
        STANDARD.contains(&name) || is_huge_page(name) || name.starts_with("requests.hugepages-");
    if !name.contains('/') && !standard {
        found.invalid(
            path,
            name,
            "must be a standard resource type or fully qualified",
        );
    }
    true
}

fn container_name(text: &str, path: &Path, found: &mut Findings) {
    name(text, path, found);
    if !text.contains('/') {
        if !matches!(text, "cpu" | "memory" | "ephemeral-storage") && !is_huge_page(text) {
            found.invalid(path, text, "must be a standard resource for containers");
        }
    } else if !is_native(text) && !is_extended(text) {
        found.invalid(path, text, "doesn't follow extended resource name standard");
    }
}

/// An amount that may not be negative, and whole for things that are counted.
pub(super) fn amount(name: &str, text: &str, path: &Path, found: &mut Findings) {
    let Ok(amount) = Quantity::parse(text) else {
        return;
    };
    if amount.nano() < 0 {
        found.invalid(path, text, "must be greater than or equal to 0");
    }
    if (COUNTED.contains(&name) || is_extended(name))
        && amount.rounded_to_milli().nano() % 1_000_000_000 != 0
    {
        found.invalid_amount(path, text, "must be an integer");
    }
}

/// Requests and limits of a container. Requests may not pass limits.
pub(super) fn container(resources: &Object, claims: &[&str], path: &Path, found: &mut Findings) {
    let (limits_path, requests_path) = (path.child("limits"), path.child("requests"));
    let limits = resources.object("limits");
    let requests = resources.object("requests");
    for (name, _) in limits {
        let path = limits_path.key(name);
        container_name(name, &path, found);
        amount(name, limits.text(name), &path, found);
    }
    for (name, _) in requests {
        let path = requests_path.key(name);
        container_name(name, &path, found);
        let text = requests.text(name);
        amount(name, text, &path, found);
        let Ok(wanted) = Quantity::parse(text) else {
            continue;
        };
        match Quantity::parse(limits.text(name)) {
            Ok(limit) if wanted.nano() != limit.nano() && !may_overcommit(name) => {
                let detail = format!("must be equal to {name} limit of {}", limits.text(name));
                found.invalid(&requests_path, text, &detail);
            }
            Ok(limit) if wanted.nano() > limit.nano() => {
                let detail = format!(
                    "must be less than or equal to {name} limit of {}",
                    limits.text(name)
                );
                found.invalid(&requests_path, text, &detail);
            }
            Err(_) if !may_overcommit(name) => {
                found.required(
                    &limits_path,
                    "Limit must be set for non overcommitable resources",
                );
            }
            _ => {}
        }
    }
    let uses = |wanted: fn(&str) -> bool| {
        limits
            .keys()
            .chain(requests.keys())
            .any(|name| wanted(name))
    };
    if uses(is_huge_page) && !uses(|name| name == "cpu" || name == "memory") {
        found.forbidden(path, "HugePages require cpu or memory");
    }
    for (at, claim) in resources.objects("claims") {
        let path = path.child("claims").index(at);
        let name = claim.text("name");
        if name.is_empty() {
            found.required(&path.child("name"), "");
        } else if !claims.contains(&name) {
            found.not_found(&path.child("name"), name);
        }
    }
}
