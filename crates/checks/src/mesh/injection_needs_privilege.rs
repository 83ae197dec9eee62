use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Fields, Place, Pod, phrase};
use sekisho_text::Route;

use super::concerned::counted;
use super::members::{Membership, is_gateway};
use crate::{Check, Context, Fault, Level, Sheet, check};

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

check! {
    /// **What it shows.** A namespace that enforces Pod Security `baseline` or `restricted` gets its sidecars without extra
    /// rights: the Istio CNI plugin (or ambient mode) sets up the pod's network instead of the init container
    /// `istio-init`, which needs `NET_ADMIN` and `NET_RAW`.
    ///
    /// **Why it matters.** Without the plugin every injected pod is refused there, and the usual way out is to lower the
    /// namespace to `privileged`, for all of its pods.
    ///
    /// **Bad.** `pod-security.kubernetes.io/enforce: restricted` and `istio-injection: enabled`, and no Istio CNI.
    ///
    /// **Good.** The DaemonSet `istio-cni-node`, and istiod installed with `pilot.cni.enabled: true`.
    ///
    /// **References.** [Istio: Install the Istio CNI node agent](https://istio.io/latest/docs/setup/additional-setup/cni/)
    /// · [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)
    ///
    /// # 日本語
    /// **示すこと。** Pod Security の `baseline` や `restricted` を enforce する Namespace で、サイドカーが追加の権限なしに注入されること。
    /// `NET_ADMIN` と `NET_RAW` を要する init コンテナ `istio-init` の代わりに、Istio CNI プラグイン (または ambient モード) が Pod の
    /// ネットワークを構成すること。
    ///
    /// **理由。** プラグインがなければ注入された Pod はすべて拒否され、Namespace 全体を `privileged` に緩めるのが常套の回避策になる。
    ///
    /// **悪い例。** `enforce: restricted` と `istio-injection: enabled` があり、Istio CNI がない。
    ///
    /// **良い例。** DaemonSet `istio-cni-node` を入れ、istiod を `pilot.cni.enabled: true` で導入する。
    InjectionNeedsPrivilege = "injection-needs-privilege";
    control: "T1.5",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Injected pods are refused by Pod Security", "Pod Security に拒否されるサイドカー注入",
}

impl Check for InjectionNeedsPrivilege {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let with_cni = places_with_cni(cx);
        let mut injected: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, pod) in cx.workloads().all() {
            // The gateway template brings no init container.
            if cx.mesh().membership(*index) != Membership::Sidecar || is_gateway(pod) {
                continue;
            }
            let namespace = pod
                .object
                .namespace
                .given()
                .and_then(|name| cx.namespaces().get(&pod.object.place, name));
            if let Some((namespace, _)) = namespace {
                injected.entry(namespace).or_default().push(*index);
            }
        }
        for (index, pods) in injected {
            let Some(namespace) = cx.estate.objects().get(index) else {
                continue;
            };
            let level = namespace.label(ENFORCE);
            let Some(level @ ("baseline" | "restricted")) = level else {
                continue;
            };
            let mut on = sheet.on(index);
            if with_cni.contains(&namespace.place) {
                on.pass();
            } else if cx.complete() {
                let (name, count, said) = (&namespace.name, pods.len(), counted(&pods));
                on.fail(Fault::at(
                    Route::of("metadata.labels").key(ENFORCE),
                    phrase!(
                        en: "Namespace `{name}` enforces `{level}`, and no Istio CNI is there: `istio-init` needs NET_ADMIN, so the pods of {said} are refused. Install Istio CNI before anybody lowers the level.",
                        ja: "Namespace `{name}` は `{level}` を enforce するが Istio CNI がない。`istio-init` が NET_ADMIN を要するため、{count} 個のワークロードの Pod は拒否される。レベルを下げる前に Istio CNI を導入する。",
                    ),
                ));
            } else {
                on.unknown(phrase!(
                    en: "whether Istio CNI is installed cannot be seen in the files",
                    ja: "Istio CNI が導入されているかはファイルから分からない",
                ));
            }
        }
    }
}

/// Places where the plugin runs, or where the injector or an operator is told that it does.
fn places_with_cni(cx: &Context<'_>) -> BTreeSet<Arc<Place>> {
    let mut places = BTreeSet::new();
    for (_, object) in cx.estate.of_kind("apps", "DaemonSet") {
        let is_plugin = Pod::of(object).is_some_and(|pod| {
            pod.containers()
                .iter()
                .any(|container| container.repository().ends_with("/install-cni"))
        });
        if is_plugin || object.name == "istio-cni-node" {
            places.insert(Arc::clone(&object.place));
        }
    }
    for (_, object) in cx.estate.of_kind("sailoperator.io", "IstioCNI") {
        places.insert(Arc::clone(&object.place));
    }
    for (_, object) in cx.estate.of_kind("install.istio.io", "IstioOperator") {
        let flags = [
            "spec.components.cni.enabled",
            "spec.values.pilot.cni.enabled",
            "spec.values.istio_cni.enabled",
        ];
        if flags
            .iter()
            .any(|flag| object.value.flag(flag) == Some(true))
        {
            places.insert(Arc::clone(&object.place));
        }
    }
    places
}
