use sekisho_model::{Fields, Fix, Phrase, Pod, phrase};
use sekisho_policy::pod_security;
use sekisho_text::{Route, Step};

use super::standards::{broken, setter, value_at};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container port that is also opened on the node: `hostPort`.
    ///
    /// **Why it matters.** Traffic to the node's address reaches the pod past Services, load balancers and their rules, from
    /// everywhere the node can be reached, and takes the port from every other pod of the node. With `hostNetwork` every
    /// container port is a port of the node; that is told by `host-namespaces`.
    ///
    /// **Bad**
    /// ```yaml
    /// ports:
    ///   - containerPort: 8080
    ///     hostPort: 80
    /// ```
    ///
    /// **Good.** Publish the port through a Service:
    /// ```yaml
    /// ports:
    ///   - containerPort: 8080
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline>
    ///
    /// # 日本語
    /// **示すこと。** ノード側でも開かれるコンテナポート (`hostPort`)。
    ///
    /// **理由。** ノードのアドレスに届く通信は、Service やロードバランサーとその規則を通らずに Pod に届く。届く範囲はノードに到達できるすべての送信元であり、同じノードの他の Pod はそのポートを使えなくなる。`hostNetwork` の Pod では全コンテナポートがノードのポートになるが、それは `host-namespaces` が報告する。
    ///
    /// **直し方。** `hostPort` を外し、Service で公開する。
    HostPort = "host-port";
    control: "T1.5",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A port is opened on the node", "ノード上で開かれるポート",
}

impl Check for HostPort {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let found = broken(cx, pod, pod_security::Level::Baseline, &["hostPorts"]);
        let (own, implied): (Vec<_>, Vec<_>) = found
            .places
            .into_iter()
            .partition(|(_, place)| is_written(cx, pod, place));
        if own.is_empty() && implied.is_empty() {
            match found.open {
                Some(reason) => on.unknown(reason),
                None => on.pass(),
            }
        }
        if !implied.is_empty() {
            on.fail_told_by(&["host-namespaces"]);
        }
        for (_, place) in own {
            let port = value_at(pod, &place).map_or_else(String::new, ToString::to_string);
            let who = setter(pod, &place);
            let (en, ja) = (who.en, who.ja);
            let message = phrase!(
                en: "{en} opens port {port} of its node: it is reached past Services and load balancers",
                ja: "{ja} がノードのポート {port} を開く。Service やロードバランサーを通らずに到達できる",
            );
            let title = Phrase::new("Close the node's port", "ノードのポートを閉じる");
            let fix = Fix::risky(title).remove(place.clone());
            on.fail(Fault::at(place, message).fix(fix));
        }
    }
}

/// False for a port that is one of the node's only because the pod is on the node's network.
fn is_written(cx: &Context<'_>, pod: &Pod<'_>, place: &Route) -> bool {
    let asks = matches!(place.last(), Some(Step::Key(key)) if key == "hostPort");
    if pod.spec().flag("hostNetwork") != Some(true) {
        return asks;
    }
    asks && cx
        .estate
        .locate(pod.object, place)
        .is_some_and(|location| !location.absent)
}
