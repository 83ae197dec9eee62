//! Security contexts. Upstream: `ValidateSecurityContext`, `validatePodSpecSecurityContext` in `core/validation`.

use std::collections::BTreeSet;

use super::findings::{Findings, Path};
use super::{names, volume};
use crate::access::{Object, Read};

fn identities(context: &Object, keys: &[&'static str], path: &Path, found: &mut Findings) {
    for key in keys {
        if let Some(number) = context.number(key) {
            for detail in names::identity(number) {
                found.invalid(&path.child(key), number, &detail);
            }
        }
    }
}

pub(super) fn container(context: &Object, host_users: bool, path: &Path, found: &mut Findings) {
    identities(context, &["runAsUser", "runAsGroup"], path, found);
    if context.has("procMount") {
        let kind = context.text("procMount");
        found.one_of(&path.child("procMount"), kind, &["Default", "Unmasked"]);
        if host_users && kind == "Unmasked" {
            found.invalid(
                &path.child("procMount"),
                kind,
                "`hostUsers` must be false to use `Unmasked`",
            );
        }
    }
    seccomp(context, path, found);
    let escalation_off =
        context.has("allowPrivilegeEscalation") && !context.flag("allowPrivilegeEscalation");
    if escalation_off {
        if context.flag("privileged") {
            let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
            found.invalid(path, context.clone(), detail);
        }
        for (_, capability) in context.object("capabilities").texts("add") {
            if capability == "CAP_SYS_ADMIN" {
                let detail = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
                found.invalid(path, context.clone(), detail);
            }
        }
    }
    app_armor(context, path, found);
}

pub(super) fn pod(spec: &Object, path: &Path, found: &mut Findings) {
    let Some(context) = spec.pointer("securityContext") else {
        return;
    };
    identities(
        context,
        &["fsGroup", "runAsUser", "runAsGroup"],
        path,
        found,
    );
    for (at, group) in context.items("supplementalGroups").iter().enumerate() {
        let number = group.as_i64().unwrap_or_default();
        for detail in names::identity(number) {
            found.invalid(&path.child("supplementalGroups").index(at), number, &detail);
        }
    }
    if spec.flag("shareProcessNamespace") && spec.flag("hostPID") {
        let detail = "ShareProcessNamespace and HostPID cannot both be enabled";
        found.invalid(&path.child("shareProcessNamespace"), true, detail);
    }
    sysctls(context, &path.child("sysctls"), found);
    if context.has("fsGroupChangePolicy") {
        let policy = context.text("fsGroupChangePolicy");
        found.one_of(
            &path.child("fsGroupChangePolicy"),
            policy,
            &["Always", "OnRootMismatch"],
        );
    }
    seccomp(context, path, found);
    app_armor(context, path, found);
    if context.has("supplementalGroupsPolicy") {
        let policy = context.text("supplementalGroupsPolicy");
        found.one_of(
            &path.child("supplementalGroupsPolicy"),
            policy,
            &["Merge", "Strict"],
        );
    }
}

fn sysctls(context: &Object, path: &Path, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (at, sysctl) in context.objects("sysctls") {
        let path = path.index(at).child("name");
        let name = sysctl.text("name");
        if name.is_empty() {
            found.required(&path, "");
        } else if !is_sysctl(name) {
            let detail = "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
            found.invalid(&path, name, detail);
        } else if !seen.insert(name) {
            found.duplicate(&path, name);
        }
    }
}

fn is_sysctl(name: &str) -> bool {
    let is_low = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= 253
        && name.split(['.', '/']).all(|part| {
            part.starts_with(is_low)
                && part.ends_with(is_low)
                && part.chars().all(|c| is_low(c) || c == '-' || c == '_')
        })
}

fn seccomp(context: &Object, path: &Path, found: &mut Findings) {
    let Some(profile) = context.pointer("seccompProfile") else {
        return;
    };
    let path = path.child("seccompProfile");
    let kind = profile.text("type");
    if kind.is_empty() {
        found.required(
            &path.child("type"),
            "type is required when seccompProfile is set",
        );
    } else {
        found.one_of(
            &path.child("type"),
            kind,
            &["Localhost", "RuntimeDefault", "Unconfined"],
        );
    }
    match (kind, profile.has("localhostProfile")) {
        ("Localhost", false) => {
            found.required(
                &path.child("localhostProfile"),
                "must be set when seccomp type is Localhost",
            );
        }
        ("Localhost", true) => {
            volume::descending(
                profile.text("localhostProfile"),
                &path.child("localhostProfile"),
                found,
            );
        }
        (_, true) => {
            let detail = "can only be set when seccomp type is Localhost";
            // Upstream shows its internal struct.
            let local = serde_json::Value::from(profile.text("localhostProfile"));
            let shown = format!("{{\"Type\":{kind:?},\"LocalhostProfile\":{local}}}");
            found.invalid_amount(&path.child("localhostProfile"), &shown, detail);
        }
        _ => {}
    }
}

fn app_armor(context: &Object, path: &Path, found: &mut Findings) {
    let Some(profile) = context.pointer("appArmorProfile") else {
        return;
    };
    let path = path.child("appArmorProfile");
    let local = profile
        .has("localhostProfile")
        .then(|| profile.text("localhostProfile"));
    match (profile.text("type"), local) {
        ("Localhost", Some(name)) if name.trim() != name => {
            found.invalid(
                &path.child("localhostProfile"),
                name,
                "must not be padded with whitespace",
            );
        }
        ("Localhost", None | Some("")) => {
            found.required(
                &path.child("localhostProfile"),
                "must be set when AppArmor type is Localhost",
            );
        }
        ("RuntimeDefault" | "Unconfined", Some(name)) => {
            found.invalid(
                &path.child("localhostProfile"),
                name,
                "can only be set when AppArmor type is Localhost",
            );
        }
        ("", _) => found.required(
            &path.child("type"),
            "type is required when appArmorProfile is set",
        ),
        (kind, _) => found.one_of(
            &path.child("type"),
            kind,
            &["Localhost", "RuntimeDefault", "Unconfined"],
        ),
    }
}
