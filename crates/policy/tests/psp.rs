//! What becomes of PodSecurityPolicies.

#![cfg(test)]

use sekisho_policy::pod_security::Level;
use sekisho_policy::psp::{Remark, Translation, translate};
use serde_json::{Value, json};

fn fields(remarks: &[Remark]) -> Vec<String> {
    remarks
        .iter()
        .map(|remark| remark.field.to_string())
        .collect()
}

/// The threat model's own example, of an API version that never existed.
fn threat_model() -> Value {
    json!({
        "apiVersion": "policy/v1",
        "kind": "PodSecurityPolicy",
        "metadata": {"name": "restricted"},
        "spec": {
            "privileged": false,
            "allowPrivilegeEscalation": false,
            "runAsUser": {"rule": "MustRunAsNonRoot"},
            "fsGroup": {"rule": "MustRunAs", "ranges": [{"min": 1, "max": 65535}]},
            "seLinux": {"rule": "RunAsAny"},
            "volumes": ["configMap", "emptyDir", "projected", "secret", "downwardAPI"],
        },
    })
}

fn changed(field: &str, value: &Value) -> Translation {
    let mut psp = threat_model();
    psp["spec"][field] = value.clone();
    translate(&psp)
}

#[test]
fn the_threat_models_policy_becomes_restricted() {
    let became = translate(&threat_model());
    assert_eq!(became.level, Level::Restricted);
    assert!(became.held_down_by.is_empty());
    assert_eq!(
        became.labels[..2],
        [
            (
                "pod-security.kubernetes.io/enforce".to_owned(),
                "restricted".to_owned()
            ),
            (
                "pod-security.kubernetes.io/enforce-version".to_owned(),
                "latest".to_owned()
            ),
        ]
    );
    assert_eq!(became.labels.len(), 6);
    assert_eq!(
        fields(&became.left_over),
        ["spec.allowedCapabilities", "spec.volumes", "spec.fsGroup"]
    );
    assert_eq!(
        became.left_over[1].en,
        "does not let pods use csi, ephemeral, image, persistentVolumeClaim; the level restricted does"
    );
    // It says nothing of dropped capabilities and seccomp, but restricted does.
    assert_eq!(
        fields(&became.added),
        [
            "spec.seLinux",
            "spec.requiredDropCapabilities",
            "metadata.annotations"
        ]
    );
}

#[test]
fn a_permission_in_so_many_words_holds_the_level_down() {
    for (field, value, level) in [
        ("privileged", json!(true), Level::Privileged),
        ("hostNetwork", json!(true), Level::Privileged),
        (
            "hostPorts",
            json!([{"min": 80, "max": 80}]),
            Level::Privileged,
        ),
        ("volumes", json!(["*"]), Level::Privileged),
        ("volumes", json!(["hostPath", "secret"]), Level::Privileged),
        ("volumes", json!(["nfs"]), Level::Baseline),
        ("allowedCapabilities", json!(["*"]), Level::Privileged),
        (
            "allowedCapabilities",
            json!(["SYS_ADMIN"]),
            Level::Privileged,
        ),
        ("allowedCapabilities", json!(["CHOWN"]), Level::Baseline),
        (
            "allowedCapabilities",
            json!(["NET_BIND_SERVICE"]),
            Level::Restricted,
        ),
        ("defaultAddCapabilities", json!(["CHOWN"]), Level::Baseline),
        ("runAsUser", json!({"rule": "RunAsAny"}), Level::Baseline),
        (
            "runAsUser",
            json!({"rule": "MustRunAs", "ranges": [{"min": 0, "max": 9}]}),
            Level::Baseline,
        ),
        (
            "runAsUser",
            json!({"rule": "MustRunAs", "ranges": [{"min": 1, "max": 9}]}),
            Level::Restricted,
        ),
        ("allowPrivilegeEscalation", json!(true), Level::Baseline),
        (
            "allowedUnsafeSysctls",
            json!(["kernel.msg*"]),
            Level::Privileged,
        ),
        (
            "allowedProcMountTypes",
            json!(["Unmasked"]),
            Level::Privileged,
        ),
        (
            "seLinux",
            json!({"rule": "MustRunAs", "seLinuxOptions": {"user": "u"}}),
            Level::Privileged,
        ),
        (
            "seLinux",
            json!({"rule": "MustRunAs", "seLinuxOptions": {"level": "s0"}}),
            Level::Restricted,
        ),
    ] {
        let became = changed(field, &value);
        assert_eq!(became.level, level, "{field}: {value}");
        assert_eq!(
            became.held_down_by.is_empty(),
            level == Level::Restricted,
            "{field}: {value}"
        );
        assert!(
            became
                .labels
                .iter()
                .any(|(_, value)| *value == level.to_string())
        );
    }
}

#[test]
fn a_policy_held_down_names_the_protection_that_labels_lose() {
    let became = changed("hostNetwork", &json!(true));
    assert_eq!(fields(&became.held_down_by), ["spec.hostNetwork"]);
    let left = fields(&became.left_over);
    for lost in [
        "spec.runAsUser",
        "spec.allowPrivilegeEscalation",
        "spec.privileged",
        "spec.hostPID",
        "spec.hostIPC",
        "spec.volumes",
    ] {
        assert!(left.contains(&lost.to_owned()), "{lost} in {left:?}");
    }
    assert!(!left.contains(&"spec.hostNetwork".to_owned()));
}

#[test]
fn labels_know_no_read_only_root_no_lists_and_no_defaults() {
    for (field, value) in [
        ("readOnlyRootFilesystem", json!(true)),
        ("allowedHostPaths", json!([{"pathPrefix": "/var/log"}])),
        ("allowedCSIDrivers", json!([{"name": "ebs.csi.aws.com"}])),
        (
            "runAsGroup",
            json!({"rule": "MustRunAs", "ranges": [{"min": 1, "max": 9}]}),
        ),
        (
            "supplementalGroups",
            json!({"rule": "MayRunAs", "ranges": [{"min": 1, "max": 9}]}),
        ),
        ("forbiddenSysctls", json!(["*"])),
        (
            "runtimeClass",
            json!({"allowedRuntimeClassNames": ["kata"]}),
        ),
        ("defaultAllowPrivilegeEscalation", json!(false)),
        (
            "seLinux",
            json!({"rule": "MustRunAs", "seLinuxOptions": {"level": "s0"}}),
        ),
    ] {
        let became = changed(field, &value);
        assert_eq!(became.level, Level::Restricted, "{field}");
        let left = fields(&became.left_over);
        assert!(
            left.contains(&format!("spec.{field}")),
            "{field} in {left:?}"
        );
    }
}

#[test]
fn seccomp_and_apparmor_annotations_count() {
    let key = "seccomp.security.alpha.kubernetes.io/allowedProfileNames";
    let with = |value: &str| {
        let mut psp = threat_model();
        psp["metadata"]["annotations"] = json!({ key: value });
        translate(&psp)
    };
    let strict = with("docker/default, runtime/default");
    assert_eq!(strict.level, Level::Restricted);
    assert!(!fields(&strict.added).contains(&"metadata.annotations".to_owned()));
    assert_eq!(with("*").level, Level::Privileged);
    assert_eq!(with("runtime/default,unconfined").level, Level::Privileged);
}

#[test]
fn what_cannot_be_read_is_said_and_loosens_nothing() {
    let became = changed("privileged", &json!("yes"));
    assert_eq!(became.level, Level::Restricted);
    assert_eq!(became.left_over[0].field.to_string(), "spec.privileged");
    assert!(became.left_over[0].en.contains("must be true or false"));
    let became = changed("requiredDropCapability", &json!(["ALL"]));
    assert_eq!(
        became.left_over[0].field.to_string(),
        "spec.requiredDropCapability"
    );
    for odd in [json!(null), json!([]), json!({"spec": "x"}), json!({})] {
        let became = translate(&odd);
        assert_eq!(became.level, Level::Restricted);
        assert!(became.left_over[0].en.contains("cannot be read"), "{odd}");
    }
}
