use sekisho_text::Route;

use super::Remark;
use super::spec::{Spec, Strategy};
use crate::pod_security::{BASELINE_CAPABILITIES, Level, RESTRICTED_VOLUMES, allows_capability};

/// What the policy asks for and labels of this level do not.
pub(super) fn left_over(spec: &Spec<'_>, level: Level) -> Vec<Remark> {
    let mut left: Vec<Remark> = Vec::new();
    unreadable(spec, &mut left);
    if level < Level::Restricted {
        lost_hardening(spec, &mut left);
    }
    if level == Level::Privileged {
        lost_baseline(spec, &mut left);
    }
    allow_lists(spec, level, &mut left);
    fixed_values(spec, &mut left);
    defaults(spec, &mut left);
    left
}

fn unreadable(spec: &Spec<'_>, left: &mut Vec<Remark>) {
    for (route, what) in &spec.faults {
        left.push(Remark::new(
            route.clone(),
            format!("cannot be read ({what}), so it says nothing"),
            "形が正しくないため読めず、何も定めていません",
        ));
    }
    for route in &spec.unknown {
        left.push(Remark::new(
            route.clone(),
            "is no field of a PodSecurityPolicy, so it says nothing",
            "PodSecurityPolicy にない項目で、何も定めていません",
        ));
    }
}

/// Rules that only restricted keeps, when something else holds the level down.
fn lost_hardening(spec: &Spec<'_>, left: &mut Vec<Remark>) {
    let keeps_non_root =
        spec.user.rule == "MustRunAsNonRoot" || (spec.user.rule == "MustRunAs" && !spec.user.root);
    if keeps_non_root {
        left.push(Remark::on(
            "spec.runAsUser",
            "forbids root; only the level restricted does so by label",
            "root での実行を禁じています。ラベルで禁じられるのは restricted だけです",
        ));
    }
    if spec.allow_escalation == Some(false) {
        left.push(Remark::on(
            "spec.allowPrivilegeEscalation",
            "forbids privilege escalation; only the level restricted does so by label",
            "権限昇格を禁じています。ラベルで禁じられるのは restricted だけです",
        ));
    }
    if !spec.dropped_capabilities.is_empty() {
        left.push(Remark::on(
            "spec.requiredDropCapabilities",
            "asks containers to drop capabilities; only the level restricted does so by label",
            "ケーパビリティを落とすよう求めています。ラベルで求められるのは restricted だけです",
        ));
    }
}

/// Rules that baseline keeps, when something else holds the level at privileged.
fn lost_baseline(spec: &Spec<'_>, left: &mut Vec<Remark>) {
    let forbidden = [
        (spec.on.contains("privileged"), "spec.privileged"),
        (spec.on.contains("hostNetwork"), "spec.hostNetwork"),
        (spec.on.contains("hostPID"), "spec.hostPID"),
        (spec.on.contains("hostIPC"), "spec.hostIPC"),
        (spec.listed.contains("hostPorts"), "spec.hostPorts"),
    ];
    for (permitted, field) in forbidden {
        if !permitted {
            left.push(Remark::on(
                field,
                "is forbidden by the policy; the level privileged forbids nothing",
                "このポリシーは禁じていますが、privileged は何も禁じません",
            ));
        }
    }
}

/// Lists that permit less than the level does.
fn allow_lists(spec: &Spec<'_>, level: Level, left: &mut Vec<Remark>) {
    let all = |names: &std::collections::BTreeSet<&str>| names.contains("*");
    let wider: Vec<&str> = BASELINE_CAPABILITIES
        .into_iter()
        .filter(|name| allows_capability(level, name))
        .filter(|name| {
            !spec.allowed_capabilities.contains(name) && !spec.default_capabilities.contains(name)
        })
        .collect();
    if !all(&spec.allowed_capabilities) && (level == Level::Privileged || !wider.is_empty()) {
        let names = if level == Level::Privileged {
            "ALL".to_owned()
        } else {
            wider.join(", ")
        };
        left.push(Remark::on(
            "spec.allowedCapabilities",
            format!("does not let containers add {names}; the level {level} does"),
            format!("{names} の追加を許していませんが、{level} は許します"),
        ));
    }
    if !all(&spec.volumes) {
        let wider: Vec<&str> = RESTRICTED_VOLUMES
            .into_iter()
            .filter(|kind| !spec.volumes.contains(kind))
            .collect();
        if level < Level::Restricted {
            left.push(Remark::on(
                "spec.volumes",
                format!(
                    "lists the volume types that may be used; the level {level} has no such list"
                ),
                format!("使えるボリューム型を限っていますが、{level} にはその一覧がありません"),
            ));
        } else if !wider.is_empty() {
            let names = wider.join(", ");
            left.push(Remark::on(
                "spec.volumes",
                format!("does not let pods use {names}; the level restricted does"),
                format!("{names} の使用を許していませんが、restricted は許します"),
            ));
        }
    }
    let lists = [
        (
            "allowedHostPaths",
            "spec.allowedHostPaths",
            "host paths",
            "ホストパス",
        ),
        (
            "allowedFlexVolumes",
            "spec.allowedFlexVolumes",
            "FlexVolume drivers",
            "FlexVolume ドライバー",
        ),
        (
            "allowedCSIDrivers",
            "spec.allowedCSIDrivers",
            "CSI drivers",
            "CSI ドライバー",
        ),
        ("hostPorts", "spec.hostPorts", "host ports", "ホストポート"),
    ];
    for (name, field, en, ja) in lists {
        if spec.listed.contains(name) {
            left.push(Remark::on(
                field,
                format!("lists the {en} that may be used; labels know no such list"),
                format!("使える{ja}を限っています。ラベルにはその一覧がありません"),
            ));
        }
    }
    if !spec.forbidden_sysctls.is_empty() {
        left.push(Remark::on(
            "spec.forbiddenSysctls",
            "forbids further kernel parameters; labels know only their own list of safe ones",
            "追加のカーネルパラメーターを禁じています。ラベルには固定の安全な一覧しかありません",
        ));
    }
}

/// Values that every pod must have.
fn fixed_values(spec: &Spec<'_>, left: &mut Vec<Remark>) {
    if spec.on.contains("readOnlyRootFilesystem") {
        left.push(Remark::on(
            "spec.readOnlyRootFilesystem",
            "asks for a read-only root file system; no level does",
            "読み取り専用のルートファイルシステムを求めています。どの水準も求めません",
        ));
    }
    let rules: [(&Strategy<'_>, &'static str); 4] = [
        (&spec.user, "spec.runAsUser"),
        (&spec.group, "spec.runAsGroup"),
        (&spec.supplemental_groups, "spec.supplementalGroups"),
        (&spec.fs_group, "spec.fsGroup"),
    ];
    for (rule, field) in rules {
        if rule.ranges > 0 && matches!(rule.rule, "MustRunAs" | "MayRunAs") {
            left.push(Remark::on(
                field,
                format!(
                    "{}: keeps ids within ranges; labels know no ranges",
                    rule.rule
                ),
                format!(
                    "{}: ID を範囲に限っています。ラベルは範囲を扱えません",
                    rule.rule
                ),
            ));
        }
    }
    if spec.se_linux.rule == "MustRunAs" {
        left.push(Remark::on(
            "spec.seLinux",
            "asks for one set of SELinux options; labels only forbid foreign types, users and roles",
            "特定の SELinux 設定を求めています。ラベルは異質な type・user・role を禁じるだけです",
        ));
    }
    if spec.listed.contains("runtimeClass") {
        left.push(Remark::on(
            "spec.runtimeClass",
            "limits runtime classes; labels do not",
            "ランタイムクラスを限っています。ラベルでは限れません",
        ));
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
        if profiles.allowed.is_some() && !profiles.permits_unconfined() {
            left.push(Remark::new(
                Route::of("metadata.annotations").key(key),
                "lists single profiles; labels let pods choose any profile of the node",
                "個々のプロファイルを限っています。ラベルではノード上のどのプロファイルも選べます",
            ));
        }
    }
}

/// Values that the policy wrote into pods. Labels refuse; they never write.
fn defaults(spec: &Spec<'_>, left: &mut Vec<Remark>) {
    let written = [
        (
            !spec.default_capabilities.is_empty(),
            Route::of("spec.defaultAddCapabilities"),
        ),
        (
            spec.default_escalation.is_some(),
            Route::of("spec.defaultAllowPrivilegeEscalation"),
        ),
        (
            spec.seccomp.default,
            Route::of("metadata.annotations")
                .key("seccomp.security.alpha.kubernetes.io/defaultProfileName"),
        ),
        (
            spec.app_armor.default,
            Route::of("metadata.annotations")
                .key("apparmor.security.beta.kubernetes.io/defaultProfileName"),
        ),
    ];
    for (is_written, field) in written {
        if is_written {
            left.push(Remark::new(
                field,
                "wrote a default into pods; labels write nothing",
                "Pod に既定値を書き込んでいました。ラベルは何も書き込みません",
            ));
        }
    }
}
