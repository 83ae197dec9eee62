//! Roles and bindings. Upstream: `pkg/apis/rbac/validation`.

use super::findings::{Findings, Path};
use super::{metadata, names};
use crate::access::{Object, Read};

const GROUP: &str = "rbac.authorization.k8s.io";

pub(super) fn role(object: &Object, namespaced: bool, found: &mut Findings) {
    for (at, rule) in object.objects("rules") {
        policy_rule(rule, namespaced, &Path::root("rules").index(at), found);
    }
    if let Some(aggregation) = object.pointer("aggregationRule").filter(|_| !namespaced) {
        let path = Path::root("aggregationRule").child("clusterRoleSelectors");
        if aggregation.items("clusterRoleSelectors").is_empty() {
            found.required(
                &path,
                "at least one clusterRoleSelector required if aggregationRule is non-nil",
            );
        }
        for (at, selector) in aggregation.objects("clusterRoleSelectors") {
            metadata::selector(selector, &path.index(at), found);
        }
    }
}

fn policy_rule(rule: &Object, namespaced: bool, path: &Path, found: &mut Findings) {
    if rule.items("verbs").is_empty() {
        found.required(
            &path.child("verbs"),
            "verbs must contain at least one value",
        );
    }
    let urls = rule.items("nonResourceURLs");
    if !urls.is_empty() {
        let path = path.child("nonResourceURLs");
        if namespaced {
            found.invalid(
                &path,
                urls.to_vec(),
                "namespaced rules cannot apply to non-resource URLs",
            );
        }
        let resources = ["apiGroups", "resources", "resourceNames"]
            .iter()
            .any(|key| !rule.items(key).is_empty());
        if resources {
            let detail = "rules cannot apply to both regular resources and non-resource URLs";
            found.invalid(&path, urls.to_vec(), detail);
        }
        return;
    }
    if rule.items("apiGroups").is_empty() {
        found.required(
            &path.child("apiGroups"),
            "resource rules must supply at least one api group",
        );
    }
    if rule.items("resources").is_empty() {
        found.required(
            &path.child("resources"),
            "resource rules must supply at least one resource",
        );
    }
}

pub(super) fn binding(object: &Object, namespaced: bool, found: &mut Findings) {
    let (role, path) = (object.object("roleRef"), Path::root("roleRef"));
    found.one_of(&path.child("apiGroup"), role.text("apiGroup"), &[GROUP]);
    let kinds: &[&str] = if namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    found.one_of(&path.child("kind"), role.text("kind"), kinds);
    let name = role.text("name");
    if name.is_empty() {
        found.required(&path.child("name"), "");
    } else {
        found.invalid_each(&path.child("name"), name, names::path_segment(name));
    }
    for (at, one) in object.objects("subjects") {
        subject(one, namespaced, &Path::root("subjects").index(at), found);
    }
}

fn subject(subject: &Object, namespaced: bool, path: &Path, found: &mut Findings) {
    let (name, group) = (subject.text("name"), subject.text("apiGroup"));
    if name.is_empty() {
        found.required(&path.child("name"), "");
    }
    match subject.text("kind") {
        "ServiceAccount" => {
            if !name.is_empty() {
                found.invalid_each(&path.child("name"), name, names::subdomain(name));
            }
            if !group.is_empty() {
                found.unsupported(&path.child("apiGroup"), group, &[""]);
            }
            if !namespaced && subject.text("namespace").is_empty() {
                found.required(&path.child("namespace"), "");
            }
        }
        "User" | "Group" => found.one_of(&path.child("apiGroup"), group, &[GROUP]),
        other => found.unsupported(
            &path.child("kind"),
            other,
            &["ServiceAccount", "User", "Group"],
        ),
    }
}
