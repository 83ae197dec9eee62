use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Fix, Place, Severity, phrase};
use sekisho_text::Route;
use serde_json::json;

use super::concerned::{counted, naming};
use super::members::{Membership, is_gateway};
use super::mtls::{Decided, Mode};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Every workload of the mesh takes nothing but mutual TLS: the mode that holds for it is `STRICT`,
    /// on every port. A PeerAuthentication with a selector counts before the one of the namespace, that before the one of
    /// the root namespace; `UNSET` inherits; where nothing is said, Istio takes plaintext as well (`PERMISSIVE`).
    ///
    /// **Why it matters.** A workload that takes plaintext can be reached without any identity: from a pod outside of the
    /// mesh, or from a node. Who listens on the way reads everything, and rules that name principals lose their ground.
    ///
    /// **Bad.**
    /// ```yaml
    /// spec: { mtls: { mode: PERMISSIVE } }
    /// ```
    ///
    /// **Good.** In the root namespace, and nowhere a weaker one:
    /// ```yaml
    /// kind: PeerAuthentication
    /// metadata: { name: default, namespace: istio-system }
    /// spec: { mtls: { mode: STRICT } }
    /// ```
    ///
    /// **References.** [Istio: PeerAuthentication](https://istio.io/latest/docs/reference/config/security/peer_authentication/)
    ///
    /// # 日本語
    /// **示すこと。** メッシュの全ワークロードが、全ポートで相互 TLS しか受け付けないこと (有効なモードが `STRICT`)。セレクター付きの
    /// PeerAuthentication が Namespace のものに、それがルート Namespace のものに優先し、`UNSET` は上位を継承する。何も指定がなければ、
    /// Istio は平文も受け付ける (`PERMISSIVE`)。
    ///
    /// **理由。** 平文を受け付けるワークロードには、メッシュ外の Pod やノードから ID なしで接続できる。通信は盗聴でき、principal に基づく
    /// ルールは根拠を失う。
    ///
    /// **悪い例。** `mtls.mode: PERMISSIVE`、ポート単位の `DISABLE`。
    ///
    /// **良い例。** ルート Namespace の PeerAuthentication で `STRICT` とし、それより弱いものを置かない。
    MtlsStrict = "mtls-strict";
    control: "T2.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Mutual TLS is not strict", "mTLS が STRICT でない",
}

impl Check for MtlsStrict {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mesh = cx.mesh();
        let mut weak: BTreeMap<(usize, Route), (Decided, Vec<usize>)> = BTreeMap::new();
        let mut undecided: BTreeMap<Arc<Place>, Vec<usize>> = BTreeMap::new();
        for (index, pod) in cx.workloads().all() {
            let membership = mesh.membership(*index);
            let place = &pod.object.place;
            // A gateway terminates what its own listeners say; PeerAuthentication does not speak of them.
            if mesh.at(place).is_none() || !membership.is_member() || is_gateway(pod) {
                continue;
            }
            let mut is_strict = true;
            for decided in mesh.modes(pod) {
                // Ambient mode never leaves mutual TLS: DISABLE is read as PERMISSIVE there, and neither is strict.
                if decided.mode == Mode::Strict {
                    continue;
                }
                is_strict = false;
                match decided.by.clone() {
                    Some(key) => weak
                        .entry(key)
                        .or_insert_with(|| (decided, Vec::new()))
                        .1
                        .push(*index),
                    None => undecided.entry(Arc::clone(place)).or_default().push(*index),
                }
            }
            if is_strict {
                sheet.on(*index).pass();
            }
        }
        for ((policy, route), (decided, workloads)) in weak {
            sheet
                .on(policy)
                .fail(weakened(cx, &route, &decided, &workloads));
        }
        for (place, workloads) in undecided {
            silent(cx, &place, &workloads, sheet);
        }
    }
}

fn weakened(cx: &Context<'_>, route: &Route, decided: &Decided, workloads: &[usize]) -> Fault {
    let mode = decided.mode.word();
    let (count, said) = (workloads.len(), counted(workloads));
    let effect = match (decided.mode, &decided.port) {
        (Mode::Disable, None) => phrase!(
            en: "`{mode}`: only plaintext is taken ({said}). Anybody on the network reads it and can call without an identity.",
            ja: "`{mode}` のため、{count} 個のワークロードが平文だけを受け付ける。ネットワーク上で盗聴でき、ID なしで呼び出せる。",
        ),
        (_, None) => phrase!(
            en: "`{mode}`: plaintext is taken beside mutual TLS ({said}), so that anybody can call without an identity.",
            ja: "`{mode}` のため、{count} 個のワークロードが mTLS のほかに平文も受け付け、ID なしで呼び出せる。",
        ),
        (_, Some(port)) => phrase!(
            en: "`{mode}` on port {port}: plaintext is taken there ({said}), so that anybody can call without an identity.",
            ja: "ポート {port} が `{mode}` のため、{count} 個のワークロードがそこで平文を受け付け、ID なしで呼び出せる。",
        ),
    };
    let title = phrase!(en: "Take mutual TLS only", ja: "mTLS だけを受け付ける");
    let fault =
        Fault::at(route.clone(), effect).fix(Fix::risky(title).set(route.clone(), "STRICT"));
    naming(cx, fault, workloads)
}

/// Nothing decides, so plaintext is taken everywhere.
fn silent(cx: &Context<'_>, place: &Arc<Place>, workloads: &[usize], sheet: &mut Sheet<'_>) {
    let Some(first) = workloads.first() else {
        return;
    };
    if !cx.complete() {
        for workload in workloads {
            sheet.on(*workload).unknown(phrase!(
                en: "no PeerAuthentication of the files holds for it; `estate.complete: true` would settle it",
                ja: "これに効く PeerAuthentication がファイルにない。`estate.complete: true` なら判定できる",
            ));
        }
        return;
    }
    let root = cx.mesh().root(place);
    let root = root.given().unwrap_or("istio-system");
    let (count, said) = (workloads.len(), counted(workloads));
    let configs = &cx.mesh().configs;
    let config = configs.iter().find(|config| config.object.place == *place);
    let subject = config.map_or(*first, |config| config.index);
    let title = phrase!(en: "Take mutual TLS only, in the whole mesh", ja: "メッシュ全体で mTLS だけを受け付ける");
    let policy = json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "default", "namespace": root},
        "spec": {"mtls": {"mode": "STRICT"}},
    });
    let is_encrypted = workloads
        .iter()
        .all(|workload| cx.mesh().membership(*workload) == Membership::Ambient);
    let severity = if is_encrypted {
        Severity::Medium
    } else {
        Severity::High
    };
    sheet.on(subject).fail(
        Fault::at(
            Route::of("metadata.name"),
            phrase!(
                en: "No PeerAuthentication says `STRICT` for {said} of the mesh: Istio takes plaintext as well, so that anybody can call without an identity.",
                ja: "メッシュの {count} 個のワークロードに `STRICT` を指定する PeerAuthentication がない。Istio は平文も受け付けるため、ID なしで呼び出せる。",
            ),
        )
        .severity(severity)
        .fix(Fix::risky(title).new_object(policy)),
    );
}
