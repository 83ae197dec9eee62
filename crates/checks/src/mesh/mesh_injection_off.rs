use std::collections::BTreeMap;

use sekisho_model::{Fix, Object, Phrase, phrase};
use sekisho_text::Route;

use super::concerned::{counted, naming};
use super::members::{DATAPLANE, IGNORED, INJECT, Membership, Outside, is_mesh_system};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Where a mesh is used, every pod belongs to it: its namespace asks for sidecars
    /// (`istio-injection: enabled`, or `istio.io/rev`) or for ambient mode, and the pod does not refuse.
    ///
    /// **Why it matters.** A pod outside of the mesh speaks plaintext and has no identity. Nobody can be strict with it, no
    /// AuthorizationPolicy guards it, and it is the place from which a permissive workload is called.
    ///
    /// **Bad.**
    /// ```yaml
    /// metadata: { labels: { sidecar.istio.io/inject: "false" } }
    /// ```
    ///
    /// **Good.** The Namespace has `istio-injection: enabled`, and no pod of it says otherwise. Jobs end by themselves where
    /// sidecars are native (Kubernetes 1.29 and later).
    ///
    /// **References.** [Istio: Installing the Sidecar](https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/)
    ///
    /// # 日本語
    /// **示すこと。** メッシュを使う環境では、すべての Pod がメッシュに属すること。Namespace がサイドカー注入 (`istio-injection: enabled`
    /// または `istio.io/rev`) か ambient モードを指定し、Pod がそれを拒否していないこと。
    ///
    /// **理由。** メッシュ外の Pod は平文で通信し、ID を持たない。STRICT にできず、AuthorizationPolicy にも守られず、PERMISSIVE な
    /// ワークロードを呼び出す足場になる。
    ///
    /// **悪い例。** ラベル `sidecar.istio.io/inject: "false"`
    ///
    /// **良い例。** Namespace に `istio-injection: enabled` を付け、Pod 側で打ち消さない。ネイティブサイドカー
    /// (Kubernetes 1.29 以降) なら Job も正常に終了する。
    MeshInjectionOff = "mesh-injection-off";
    control: "T2.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Pods are outside of the mesh", "メッシュに属さない Pod",
}

impl Check for MeshInjectionOff {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mesh = cx.mesh();
        let mut namespaces: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, pod) in cx.workloads().all() {
            let object = pod.object;
            let Some(place) = mesh.at(&object.place) else {
                continue;
            };
            let own = object.namespace.given().unwrap_or("");
            // The injector leaves these namespaces alone, and the mesh's own parts are what a sidecar needs first.
            if IGNORED.contains(&own) || own == place.root || is_mesh_system(pod) {
                continue;
            }
            let labels = pod.route.join(&Route::of("metadata.labels"));
            let mut on = sheet.on(*index);
            match mesh.membership(*index) {
                Membership::Sidecar | Membership::Ambient => on.pass(),
                Membership::Unknown => on.unknown(phrase!(
                    en: "whether its namespace is part of the mesh stands in a Namespace object that is not in the files",
                    ja: "Namespace がメッシュに属するかは、ファイルにない Namespace オブジェクトによる",
                )),
                Membership::Outside(Outside::HostNetwork) => on.fail_told_by(&["host-namespaces"]),
                Membership::Outside(Outside::Label) => {
                    on.fail(refused(&labels.key(INJECT), INJECT, "true"));
                }
                Membership::Outside(Outside::Annotation) => {
                    let annotations = pod.route.join(&Route::of("metadata.annotations"));
                    on.fail(refused(&annotations.key(INJECT), INJECT, "true"));
                }
                Membership::Outside(Outside::Dataplane) => {
                    on.fail(refused(&labels.key(DATAPLANE), DATAPLANE, "ambient"));
                }
                Membership::Outside(Outside::Namespace) => {
                    match cx.namespaces().get(&object.place, own) {
                        Some((namespace, _)) => {
                            namespaces.entry(namespace).or_default().push(*index);
                        }
                        None => on.fail(Fault::at(Route::of("metadata.namespace"), nowhere(own))),
                    }
                }
            }
        }
        for (namespace, pods) in namespaces {
            if let Some(object) = cx.estate.objects().get(namespace) {
                sheet.on(namespace).fail(unasked(cx, object, &pods));
            }
        }
    }
}

fn refused(route: &Route, name: &str, value: &str) -> Fault {
    let title = phrase!(en: "Take the pod into the mesh", ja: "Pod をメッシュに入れる");
    Fault::at(
        route.clone(),
        phrase!(
            en: "`{name}` keeps this pod out of the mesh: it speaks plaintext, without an identity, and no mesh policy guards it.",
            ja: "`{name}` によりこの Pod はメッシュから外れ、ID のない平文で通信し、メッシュのポリシーにも守られない。",
        ),
    )
    .fix(Fix::risky(title).set(route.clone(), value))
}

fn nowhere(namespace: &str) -> Phrase {
    phrase!(
        en: "Namespace `{namespace}` has no Namespace object that asks for the mesh: this pod speaks plaintext, without an identity.",
        ja: "Namespace `{namespace}` にはメッシュを指定する Namespace オブジェクトがなく、この Pod は ID のない平文で通信する。",
    )
}

/// A namespace with pods that nothing takes into the mesh.
fn unasked(cx: &Context<'_>, namespace: &Object, pods: &[usize]) -> Fault {
    let name = &namespace.name;
    let (count, said) = (pods.len(), counted(pods));
    let (label, value) = label_in_use(cx, namespace);
    let labels = Route::of("metadata.labels");
    let written = namespace.label("istio-injection");
    let (route, message) = match written {
        Some(written) => (
            labels.key("istio-injection"),
            phrase!(
                en: "`istio-injection: {written}` keeps {said} of `{name}` out of the mesh: only `enabled` asks for sidecars.",
                ja: "`istio-injection: {written}` により `{name}` の {count} 個のワークロードがメッシュから外れる。サイドカーを注入するのは `enabled` だけである。",
            ),
        ),
        None => (
            Route::of("metadata.name"),
            phrase!(
                en: "Namespace `{name}` is not part of the mesh: plaintext and no identity for {said}.",
                ja: "Namespace `{name}` はメッシュに属さず、その {count} 個のワークロードは ID のない平文で通信する。",
            ),
        ),
    };
    let title = phrase!(en: "Take the namespace into the mesh", ja: "Namespace をメッシュに入れる");
    let mut fix = Fix::risky(title);
    // The old label counts before a revision, so that one that refuses has to go.
    if written.is_some() && label != "istio-injection" {
        fix = fix.remove(labels.key("istio-injection"));
    }
    let fault = Fault::at(route, message).fix(fix.set(labels.key(label), value));
    naming(cx, fault, pods)
}

/// The label by which other namespaces of the place belong to the mesh.
fn label_in_use(cx: &Context<'_>, beside: &Object) -> (&'static str, String) {
    let others: Vec<&Object> = cx
        .namespaces()
        .all()
        .map(|(_, object)| object)
        .filter(|object| object.place == beside.place)
        .collect();
    let is_default = others
        .iter()
        .any(|object| object.label("istio-injection") == Some("enabled"));
    let revision = others
        .iter()
        .find_map(|object| object.label("istio.io/rev"));
    let is_ambient = cx
        .mesh()
        .at(&beside.place)
        .is_some_and(|mesh| mesh.is_ambient);
    match revision {
        _ if is_default => ("istio-injection", "enabled".to_owned()),
        Some(revision) => ("istio.io/rev", revision.to_owned()),
        None if is_ambient => (DATAPLANE, "ambient".to_owned()),
        None => ("istio-injection", "enabled".to_owned()),
    }
}
