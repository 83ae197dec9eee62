use super::Remark;
use super::spec::Spec;
use crate::pod_security::Level;

/// What labels of this level ask of pods and the policy did not.
pub(super) fn added(spec: &Spec<'_>, level: Level) -> Vec<Remark> {
    let mut added = Vec::new();
    if level >= Level::Baseline && spec.se_linux.rule != "MustRunAs" {
        added.push(Remark::on(
            "spec.seLinux",
            "let pods set any SELinux options; the level forbids foreign types, users and roles",
            "SELinux 設定を自由にさせていましたが、この水準は異質な type・user・role を禁じます",
        ));
    }
    if level < Level::Restricted {
        return added;
    }
    if spec.allow_escalation != Some(false) {
        added.push(Remark::on(
            "spec.allowPrivilegeEscalation",
            "does not forbid privilege escalation; every container must now set it to false",
            "権限昇格を禁じていません。今後は各コンテナで false にする必要があります",
        ));
    }
    if !spec.dropped_capabilities.contains("ALL") {
        added.push(Remark::on(
            "spec.requiredDropCapabilities",
            "does not contain ALL; every container must now drop ALL capabilities",
            "ALL を含みません。今後は各コンテナが ALL を落とす必要があります",
        ));
    }
    if spec.seccomp.allowed.is_none() {
        added.push(Remark::on(
            "metadata.annotations",
            "names no seccomp profiles; every container must now run under RuntimeDefault or Localhost",
            "seccomp プロファイルを定めていません。今後は RuntimeDefault か Localhost が必要です",
        ));
    }
    added
}
