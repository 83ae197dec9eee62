use std::collections::BTreeSet;

use super::Remark;
use super::spec::Spec;
use crate::pod_security::{
    Level, allows_capability, allows_se_linux_type, allows_sysctl, allows_volume,
};

/// Whether a level allows a name.
type Allows = fn(Level, &str) -> bool;

/// What the policy permits in so many words, with the strictest level that still permits it.
pub(super) fn ceilings(spec: &Spec<'_>) -> Vec<(Level, Remark)> {
    let flags = [
        (spec.on.contains("privileged"), "spec.privileged"),
        (spec.on.contains("hostNetwork"), "spec.hostNetwork"),
        (spec.on.contains("hostPID"), "spec.hostPID"),
        (spec.on.contains("hostIPC"), "spec.hostIPC"),
        (spec.listed.contains("hostPorts"), "spec.hostPorts"),
        (
            spec.proc_mounts.iter().any(|kind| *kind != "Default"),
            "spec.allowedProcMountTypes",
        ),
        (
            spec.se_linux_identity != ["", ""],
            "spec.seLinux.seLinuxOptions",
        ),
        (
            !allows_se_linux_type(spec.se_linux_type),
            "spec.seLinux.seLinuxOptions.type",
        ),
    ];
    let mut found: Vec<(Level, Remark)> = flags
        .into_iter()
        .filter(|(permitted, _)| *permitted)
        .map(|(_, field)| (Level::Privileged, permitted(field, Level::Privileged)))
        .collect();
    let sets: [(&BTreeSet<&str>, Allows, &'static str); 4] = [
        (
            &spec.allowed_capabilities,
            allows_capability,
            "spec.allowedCapabilities",
        ),
        (
            &spec.default_capabilities,
            allows_capability,
            "spec.defaultAddCapabilities",
        ),
        (&spec.volumes, allows_volume, "spec.volumes"),
        (
            &spec.unsafe_sysctls,
            allows_sysctl,
            "spec.allowedUnsafeSysctls",
        ),
    ];
    for (names, allows, field) in sets {
        let level = strictest(names, allows);
        if level < Level::Restricted {
            found.push((level, permitted(field, level)));
        }
    }
    let root = match spec.user.rule {
        "RunAsAny" => true,
        "MustRunAs" => spec.user.root,
        _ => false,
    };
    let hardening = [
        (root, "spec.runAsUser"),
        (
            spec.allow_escalation == Some(true),
            "spec.allowPrivilegeEscalation",
        ),
        (
            spec.default_escalation == Some(true),
            "spec.defaultAllowPrivilegeEscalation",
        ),
    ];
    for (is_permitted, field) in hardening {
        if is_permitted {
            found.push((Level::Baseline, permitted(field, Level::Baseline)));
        }
    }
    let profiles = [
        (
            &spec.seccomp,
            "seccomp.security.alpha.kubernetes.io/allowedProfileNames",
        ),
        (
            &spec.app_armor,
            "apparmor.security.beta.kubernetes.io/allowedProfileNames",
        ),
    ];
    for (profiles, key) in profiles {
        if profiles.permits_unconfined() {
            let mut remark = permitted("metadata.annotations", Level::Privileged);
            remark.field = remark.field.key(key);
            found.push((Level::Privileged, remark));
        }
    }
    found
}

/// The strictest level that allows every one of these names.
fn strictest(names: &BTreeSet<&str>, allows: Allows) -> Level {
    [Level::Restricted, Level::Baseline]
        .into_iter()
        .find(|level| names.iter().all(|name| allows(*level, name)))
        .unwrap_or(Level::Privileged)
}

fn permitted(field: &'static str, level: Level) -> Remark {
    Remark::on(
        field,
        format!("permits what only levels up to {level} permit"),
        format!("{level} 以下の水準でしか許されないことを許しています"),
    )
}
