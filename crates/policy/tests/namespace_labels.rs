//! Labels of namespaces, as the server reads them.

#![cfg(test)]

use sekisho_policy::pod_security::{Level, NamespaceLabels, Policy, Stance, Version};
use serde_json::{Value, json};

fn parse(labels: &Value) -> NamespaceLabels {
    NamespaceLabels::parse(labels.as_object().unwrap(), &Policy::default())
}

fn stance(level: Level, version: Version) -> Stance {
    Stance { level, version }
}

#[test]
fn without_labels_nothing_is_forbidden() {
    let read = parse(&json!({"app": "shop"}));
    assert_eq!(read.policy, Policy::default());
    assert!(read.errors.is_empty() && read.unknown.is_empty() && !read.enforce_is_set);
}

#[test]
fn what_is_enforced_is_told_unless_warn_says_otherwise() {
    let read = parse(&json!({
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/enforce-version": "v1.30",
    }));
    assert_eq!(
        read.policy.enforce,
        stance(Level::Baseline, Version::Minor(30))
    );
    assert_eq!(read.policy.warn, read.policy.enforce);
    assert_eq!(
        read.policy.audit,
        stance(Level::Privileged, Version::Latest)
    );
    let quiet = parse(&json!({
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "privileged",
    }));
    assert_eq!(quiet.policy.warn.level, Level::Privileged);
    let own_version = parse(&json!({
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/enforce-version": "v1.30",
        "pod-security.kubernetes.io/warn-version": "v1.31",
    }));
    assert_eq!(
        own_version.policy.warn,
        stance(Level::Baseline, Version::Minor(31))
    );
}

#[test]
fn unreadable_values_close_enforce_and_open_the_other_modes() {
    let read = parse(&json!({
        "pod-security.kubernetes.io/warn": "strict",
        "pod-security.kubernetes.io/audit": 7,
        "pod-security.kubernetes.io/enforce": "Restricted",
        "pod-security.kubernetes.io/enforce-version": "1.30",
    }));
    assert_eq!(
        read.policy.enforce,
        stance(Level::Restricted, Version::Latest)
    );
    assert_eq!(read.policy.audit.level, Level::Privileged);
    assert_eq!(read.policy.warn.level, Level::Privileged);
    assert!(!read.enforce_is_set);
    let said: Vec<String> = read.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"Restricted\": must be one of privileged, baseline, restricted",
            "metadata.labels[pod-security.kubernetes.io/enforce-version]: Invalid value: \"1.30\": must be \"latest\" or \"v1.x\"",
            "metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: 7: must be a string",
            "metadata.labels[pod-security.kubernetes.io/warn]: Invalid value: \"strict\": must be one of privileged, baseline, restricted",
        ]
    );
    assert_eq!(
        read.errors[0].route.to_string(),
        "metadata.labels[\"pod-security.kubernetes.io/enforce\"]"
    );
}

#[test]
fn an_unreadable_enforce_is_not_told() {
    let read = parse(&json!({"pod-security.kubernetes.io/enforce": "x"}));
    assert_eq!(read.policy.enforce.level, Level::Restricted);
    assert_eq!(read.policy.warn.level, Level::Privileged);
}

#[test]
fn misspelt_labels_protect_nothing_and_are_named() {
    let read = parse(&json!({
        "pod-security.kubernetes.io/enfroce": "restricted",
        "pod-security.kubernetes.io/warn_version": "latest",
        "podsecurity.kubernetes.io/enforce": "restricted",
        "pod-security.k8s.io/audit": "restricted",
        "policy.example.com/enforce": "restricted",
        "kubernetes.io/metadata.name": "shop",
    }));
    assert_eq!(read.policy, Policy::default());
    let mut found: Vec<(&str, &str)> = read
        .unknown
        .iter()
        .map(|label| (label.label.as_str(), label.nearest.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (
                "pod-security.k8s.io/audit",
                "pod-security.kubernetes.io/audit"
            ),
            (
                "pod-security.kubernetes.io/enfroce",
                "pod-security.kubernetes.io/enforce"
            ),
            (
                "pod-security.kubernetes.io/warn_version",
                "pod-security.kubernetes.io/warn-version"
            ),
            (
                "podsecurity.kubernetes.io/enforce",
                "pod-security.kubernetes.io/enforce"
            ),
        ]
    );
}

#[test]
fn a_servers_defaults_fill_what_labels_leave_open() {
    let baseline = stance(Level::Baseline, Version::Latest);
    let defaults = Policy {
        enforce: baseline,
        audit: baseline,
        warn: baseline,
    };
    let labels = json!({"pod-security.kubernetes.io/enforce": "privileged"});
    let read = NamespaceLabels::parse(labels.as_object().unwrap(), &defaults);
    assert_eq!(read.policy.enforce.level, Level::Privileged);
    assert_eq!(read.policy.warn, baseline);
    assert_eq!(read.policy.audit, baseline);
}
