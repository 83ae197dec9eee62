use sekisho_model::{Fix, Phrase, Pod, phrase};
use sekisho_policy::pod_security;

use super::standards::{broken, container_at};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container, init container or debug container that runs with `privileged: true`.
    ///
    /// **Why it matters.** A privileged container has every capability and every device of its node, and neither seccomp nor
    /// AppArmor bounds it. Whoever gets into it mounts the node's disk and is root on the node, with the tokens of every pod
    /// there.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   privileged: true
    /// ```
    ///
    /// **Good.** Ask for the one capability or device that is needed, or for none:
    /// ```yaml
    /// securityContext:
    ///   privileged: false
    ///   allowPrivilegeEscalation: false
    ///   capabilities:
    ///     drop: [ALL]
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline>
    /// - <https://attack.mitre.org/techniques/T1611/>
    ///
    /// # 日本語
    /// **示すこと。** `privileged: true` で動くコンテナ (初期化コンテナ、デバッグ用コンテナを含む)。
    ///
    /// **理由。** 特権コンテナはすべてのケーパビリティとノードの全デバイスを持ち、seccomp や AppArmor の制限も受けない。侵入者はノードのディスクをマウントしてノードの root となり、そこで動く全 Pod のトークンを手にする。
    ///
    /// **直し方。** 必要なケーパビリティやデバイスだけを個別に与える。不要であれば `privileged` を false にする。
    PrivilegedContainer = "privileged-container";
    control: "T1.5",
    severity: Critical,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A container runs privileged", "特権コンテナ",
}

impl Check for PrivilegedContainer {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        broken(cx, pod, pod_security::Level::Baseline, &["privileged"]).tell(on, |_, place| {
            let name = container_at(pod, &place).map_or("", |container| container.name());
            let title = Phrase::new("Run it without privileges", "特権なしで動かす");
            let fix = Fix::risky(title).set(place.clone(), false);
            let message = phrase!(
                en: "container `{name}` runs privileged: whoever gets into it is root on the node",
                ja: "コンテナ `{name}` は特権で動作する。侵入者はそのままノードの root になる",
            );
            Fault::at(place, message).fix(fix)
        });
    }
}
