use sekisho_model::{Container, Fields, Fix, Phrase, Pod, Severity, phrase};
use sekisho_policy::pod_security;
use sekisho_text::Route;
use serde_json::Value;

use super::capabilities::{canonical, gain};
use super::standards::{broken, container_at, value_at};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Each Linux capability that a container adds beyond those every container may have (Pod Security
    /// `baseline`), with what it gives: `SYS_ADMIN`, `NET_ADMIN`, `SYS_PTRACE`, `SYS_MODULE`, `DAC_READ_SEARCH`, `BPF`, `ALL` …
    ///
    /// **Why it matters.** Capabilities are the pieces that root is made of. Some of them alone are enough to leave the
    /// container; others open the network or the memory of neighbours. That the runtime's default ones are kept, `NET_RAW`
    /// among them, is told by `pod-security`.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     add: [SYS_ADMIN, NET_ADMIN]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// securityContext:
    ///   capabilities:
    ///     drop: [ALL]
    ///     add: [NET_BIND_SERVICE]
    /// ```
    ///
    /// **References**
    /// - <https://man7.org/linux/man-pages/man7/capabilities.7.html>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline>
    ///
    /// # 日本語
    /// **示すこと。** すべてのコンテナに許される範囲 (Pod Security の `baseline`) を越えて追加された Linux ケーパビリティと、それで可能になること。`SYS_ADMIN`、`NET_ADMIN`、`SYS_PTRACE`、`SYS_MODULE`、`DAC_READ_SEARCH`、`BPF`、`ALL` など。
    ///
    /// **理由。** ケーパビリティは root の権限を分割したもの。単独でコンテナから脱出できるものもあれば、ネットワークや近隣のメモリに届くものもある。`NET_RAW` などランタイム既定のものが残っている場合は `pod-security` が報告する。
    ///
    /// **直し方。** 追加をやめる。必要な機能を持つ専用のコンテナに分け、名前を挙げて例外とする。
    DangerousCapability = "dangerous-capability";
    control: "T1.5",
    severity: High,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A container adds a dangerous capability", "危険なケーパビリティの追加",
}

impl Check for DangerousCapability {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let rules = ["capabilities_baseline"];
        let found = broken(cx, pod, pod_security::Level::Baseline, &rules);
        let all: Vec<Route> = found
            .places
            .iter()
            .map(|(_, place)| place.clone())
            .collect();
        found.tell(on, |_, place| {
            let written = value_at(pod, &place).and_then(Value::as_str).unwrap_or("");
            let name = canonical(written);
            let (mut severity, what) = gain(&name);
            let sees_node = pod.spec().flag("hostPID") == Some(true);
            if sees_node && name == "SYS_PTRACE" {
                severity = Severity::Critical;
            }
            let container = container_at(pod, &place).map_or("", Container::name);
            let Phrase { en, ja } = what;
            let message = phrase!(
                en: "container `{container}` adds {written}: {en}",
                ja: "コンテナ `{container}` が {written} を追加している。{ja}",
            );
            let fix = removal(pod, &place, &all);
            Fault::at(place, message)
                .severity(severity)
                .key(name)
                .fix(fix)
        });
    }
}

/// Takes an added capability away, with the list when nothing stays in it.
pub(super) fn removal(pod: &Pod<'_>, place: &Route, all: &[Route]) -> Fix {
    let fix = Fix::risky(Phrase::new(
        "Do not add the capability",
        "ケーパビリティを追加しない",
    ));
    let list = place.parent().unwrap_or_default();
    let length = value_at(pod, &list)
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let going = all
        .iter()
        .filter(|other| other.parent().as_ref() == Some(&list))
        .count();
    if going == length {
        fix.remove(list)
    } else {
        fix.remove(place.clone())
    }
}
