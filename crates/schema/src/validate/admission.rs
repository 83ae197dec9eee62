//! Webhook configurations and admission policies. Upstream: `pkg/apis/admissionregistration/validation`.
//!
//! Expressions are not compiled here: the policy crate judges them.

use std::collections::BTreeSet;

use super::findings::{Findings, Path};
use super::{metadata, names};
use crate::access::{Object, Read};

const OPERATIONS: [&str; 5] = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

pub(super) fn webhooks(object: &Object, mutating: bool, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (at, hook) in object.objects("webhooks") {
        let path = Path::root("webhooks").index(at);
        webhook(hook, mutating, &path, found);
        review_versions(hook, &path.child("admissionReviewVersions"), found);
        let name = hook.text("name");
        if !name.is_empty() && !seen.insert(name) {
            found.duplicate(&path.child("name"), name);
        }
    }
}

fn webhook(hook: &Object, mutating: bool, path: &Path, found: &mut Findings) {
    full_name(hook.text("name"), &path.child("name"), found);
    for (at, one) in hook.objects("rules") {
        rule(one, &path.child("rules").index(at), found);
    }
    found.one_of(
        &path.child("failurePolicy"),
        hook.text("failurePolicy"),
        &["Fail", "Ignore"],
    );
    found.one_of(
        &path.child("matchPolicy"),
        hook.text("matchPolicy"),
        &["Equivalent", "Exact"],
    );
    if hook.has("sideEffects") {
        found.one_of(
            &path.child("sideEffects"),
            hook.text("sideEffects"),
            &["None", "NoneOnDryRun"],
        );
    } else {
        found.required(
            &path.child("sideEffects"),
            "must specify one of None, NoneOnDryRun",
        );
    }
    if let Some(seconds) = hook
        .number("timeoutSeconds")
        .filter(|seconds| !(1..=30).contains(seconds))
    {
        found.invalid(
            &path.child("timeoutSeconds"),
            seconds,
            "the timeout value must be between 1 and 30 seconds",
        );
    }
    for key in ["namespaceSelector", "objectSelector"] {
        metadata::selector(hook.object(key), &path.child(key), found);
    }
    if mutating {
        let policy = hook.text("reinvocationPolicy");
        found.one_of(
            &path.child("reinvocationPolicy"),
            policy,
            &["IfNeeded", "Never"],
        );
    }
    client(
        hook.object("clientConfig"),
        &path.child("clientConfig"),
        found,
    );
}

fn full_name(name: &str, path: &Path, found: &mut Findings) {
    let problems = names::subdomain(name);
    if name.is_empty() {
        found.required(path, "");
    } else if !problems.is_empty() {
        found.invalid(path, name, &problems.join(","));
    } else if name.split('.').count() < 3 {
        found.invalid(
            path,
            name,
            "should be a domain with at least three segments separated by dots",
        );
    }
}

fn client(client: &Object, path: &Path, found: &mut Findings) {
    match (
        client.has("url").then(|| client.text("url")),
        client.pointer("service"),
    ) {
        (Some(url), None) => {
            let path = path.child("url");
            let host = url.strip_prefix("https://");
            if host.is_none() {
                let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
                let detail =
                    "'https' is the only allowed URL scheme; desired format: https://host[/path]"
                        .to_string();
                found.invalid(&path, scheme, &detail);
            }
            if host.is_some_and(|host| host.is_empty() || host.starts_with('/')) {
                found.invalid(
                    &path,
                    "",
                    "host must be specified; desired format: https://host[/path]",
                );
            }
        }
        (None, Some(service)) => {
            let path = path.child("service");
            for key in ["name", "namespace"] {
                if service.text(key).is_empty() {
                    let detail = format!("service {key} is required");
                    found.required(&path.child(key), &detail);
                }
            }
            let number = service.number("port").unwrap_or(443);
            for detail in names::port_number(number) {
                found.invalid(
                    &path.child("port"),
                    number,
                    &format!("port is not valid: {detail}"),
                );
            }
        }
        _ => found.required(path, "exactly one of url or service is required"),
    }
}

fn review_versions(hook: &Object, path: &Path, found: &mut Findings) {
    let versions = hook.items("admissionReviewVersions");
    if versions.is_empty() {
        found.required(path, "must specify one of v1, v1beta1");
        return;
    }
    let mut seen = BTreeSet::new();
    for (at, version) in hook.texts("admissionReviewVersions") {
        if seen.insert(version) {
            found.invalid_each(&path.index(at), version, names::letter_label(version));
        } else {
            found.invalid(&path.index(at), version, "duplicate version");
        }
    }
    if !seen.contains("v1") && !seen.contains("v1beta1") {
        found.invalid(
            path,
            versions.to_vec(),
            "must include at least one of v1, v1beta1",
        );
    }
}

/// What a webhook or policy is asked about.
fn rule(rule: &Object, path: &Path, found: &mut Findings) {
    let has_star =
        |key: &str| rule.items(key).len() > 1 && rule.texts(key).any(|(_, one)| one == "*");
    let operations = path.child("operations");
    if rule.items("operations").is_empty() {
        found.required(&operations, "");
    }
    if has_star("operations") {
        let shown = rule.items("operations").to_vec();
        found.invalid(
            &operations,
            shown,
            "if '*' is present, must not specify other operations",
        );
    }
    for (at, operation) in rule.texts("operations") {
        found.one_of(&operations.index(at), operation, &OPERATIONS);
    }
    for (key, what) in [("apiGroups", "API groups"), ("apiVersions", "API versions")] {
        if rule.items(key).is_empty() {
            found.required(&path.child(key), "");
        }
        if has_star(key) {
            let detail = format!("if '*' is present, must not specify other {what}");
            found.invalid(&path.child(key), rule.items(key).to_vec(), &detail);
        }
    }
    for (at, version) in rule.texts("apiVersions") {
        if version.is_empty() {
            found.required(&path.child("apiVersions").index(at), "");
        }
    }
    if rule.items("resources").is_empty() {
        found.required(&path.child("resources"), "");
    }
    for (at, resource) in rule.texts("resources") {
        if resource.is_empty() {
            found.required(&path.child("resources").index(at), "");
        }
    }
    found.one_of(
        &path.child("scope"),
        rule.text("scope"),
        &["*", "Cluster", "Namespaced"],
    );
}

pub(super) fn policy(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    found.one_of(
        &path.child("failurePolicy"),
        spec.text("failurePolicy"),
        &["Fail", "Ignore"],
    );
    if let Some(kind) = spec.pointer("paramKind") {
        for key in ["apiVersion", "kind"] {
            if kind.text(key).is_empty() {
                found.required(&path.child("paramKind").child(key), "");
            }
        }
    }
    let at = path.child("matchConstraints");
    match spec.pointer("matchConstraints") {
        None => found.required(&at, ""),
        Some(constraints) => {
            matched(constraints, &at, found);
            if constraints.items("resourceRules").is_empty() {
                found.required(&at.child("resourceRules"), "");
            }
        }
    }
    if spec.items("validations").is_empty() && spec.items("auditAnnotations").is_empty() {
        for key in ["validations", "auditAnnotations"] {
            let detail = "validations or auditAnnotations must contain at least one item";
            found.required(&path.child(key), detail);
        }
    }
    for (at, validation) in spec.objects("validations") {
        if validation.text("expression").trim().is_empty() {
            let detail = "expression is not specified";
            found.required(
                &path.child("validations").index(at).child("expression"),
                detail,
            );
        }
    }
}

fn matched(constraints: &Object, path: &Path, found: &mut Findings) {
    found.one_of(
        &path.child("matchPolicy"),
        constraints.text("matchPolicy"),
        &["Equivalent", "Exact"],
    );
    for key in ["namespaceSelector", "objectSelector"] {
        metadata::selector(constraints.object(key), &path.child(key), found);
    }
    for key in ["resourceRules", "excludeResourceRules"] {
        for (at, one) in constraints.objects(key) {
            rule(one, &path.child(key).index(at), found);
        }
    }
}

pub(super) fn policy_binding(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    let name = spec.text("policyName");
    if name.is_empty() {
        found.required(&path.child("policyName"), "");
    } else {
        found.invalid_each(&path.child("policyName"), name, names::subdomain(name));
    }
    if let Some(constraints) = spec.pointer("matchResources") {
        matched(constraints, &path.child("matchResources"), found);
    }
    if object.text("kind") == "MutatingAdmissionPolicyBinding" {
        return;
    }
    let at = path.child("validationActions");
    if spec.items("validationActions").is_empty() {
        found.required(&at, "");
    }
    let mut seen = BTreeSet::new();
    for (nth, action) in spec.texts("validationActions") {
        found.one_of(&at.index(nth), action, &["Audit", "Deny", "Warn"]);
        if !seen.insert(action) {
            found.duplicate(&at.index(nth), action);
        }
    }
    if seen.contains("Deny") && seen.contains("Warn") {
        let shown = spec.items("validationActions").to_vec();
        found.invalid(&at, shown, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
    }
}
