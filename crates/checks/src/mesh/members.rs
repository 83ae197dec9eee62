//! The service mesh as the objects show it: which pods belong to it, and which policies attach to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Namespace, Object, Place, Pod, Selector};
use serde_json::{Map, Value};

use super::config::{self, MeshConfig};
use crate::Context;
use crate::network::policies::on_host_network;

/// The label that asks for a sidecar, or refuses it. As an annotation it counts only where the label is absent.
pub(crate) const INJECT: &str = "sidecar.istio.io/inject";
/// The label of ambient mode.
pub(crate) const DATAPLANE: &str = "istio.io/dataplane-mode";

/// Namespaces that the sidecar injector never touches (`IgnoredNamespaces` in istio's pkg/kube/inject).
pub(crate) const IGNORED: [&str; 4] = [
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "local-path-storage",
];

/// Whether a pod belongs to the mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Membership {
    /// Through a proxy of its own.
    Sidecar,
    /// Through ztunnel of its node.
    Ambient,
    /// Not, and this is why.
    Outside(Outside),
    /// Its Namespace object, which decides, is not in the files.
    Unknown,
}

impl Membership {
    /// True for both ways of belonging.
    pub(crate) fn is_member(self) -> bool {
        matches!(self, Self::Sidecar | Self::Ambient)
    }
}

/// Why a pod does not belong to the mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// It lives in the network of its node.
    HostNetwork,
    /// Its own label refuses.
    Label,
    /// Its own annotation refuses.
    Annotation,
    /// Its own label refuses ambient mode.
    Dataplane,
    /// Nothing asks for it: its namespace is not part of the mesh.
    Namespace,
}

/// What is true of the mesh of one place.
#[derive(Debug)]
pub(crate) struct MeshOfPlace {
    /// Something shows that a mesh is used here.
    pub(crate) is_used: bool,
    /// The namespace whose policies hold for the whole mesh.
    pub(crate) root: String,
    /// Some namespace or pod asks for ambient mode.
    pub(crate) is_ambient: bool,
}

/// The mesh of every place.
#[derive(Debug)]
pub(crate) struct Mesh<'a> {
    /// Every MeshConfig.
    pub(crate) configs: Vec<MeshConfig<'a>>,
    places: BTreeMap<Arc<Place>, MeshOfPlace>,
    members: BTreeMap<usize, Membership>,
    policies: BTreeMap<(Arc<Place>, Namespace), Vec<Indexed<'a>>>,
}

/// An object with its index in the estate.
pub(crate) type Indexed<'a> = (usize, &'a Object);

impl<'a> Mesh<'a> {
    pub(crate) fn of(cx: &Context<'a>) -> Self {
        let mut mesh = Self {
            configs: config::all(cx.estate),
            places: BTreeMap::new(),
            members: BTreeMap::new(),
            policies: BTreeMap::new(),
        };
        for kind in [
            "PeerAuthentication",
            "AuthorizationPolicy",
            "RequestAuthentication",
        ] {
            for (index, object) in cx.estate.of_kind("security.istio.io", kind) {
                let home = (Arc::clone(&object.place), object.namespace.clone());
                mesh.policies.entry(home).or_default().push((index, object));
            }
        }
        let ambient: BTreeSet<Arc<Place>> = ambient_places(cx);
        let by_default = injects_by_default(cx.estate);
        for (index, pod) in cx.workloads().all() {
            let place = &pod.object.place;
            let labels = namespace_labels(cx, pod.object);
            let found = membership(
                pod,
                labels.as_ref(),
                ambient.contains(place),
                by_default.contains(place),
            );
            mesh.members.insert(*index, found);
        }
        mesh.places = places(cx, &mesh, &ambient);
        mesh
    }

    /// What is true of the mesh of a place; `None` when nothing shows one.
    pub(crate) fn at(&self, place: &Arc<Place>) -> Option<&MeshOfPlace> {
        self.places.get(place).filter(|mesh| mesh.is_used)
    }

    /// Every place where a mesh is used.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&Arc<Place>, &MeshOfPlace)> {
        self.places.iter().filter(|(_, mesh)| mesh.is_used)
    }

    /// Whether a workload belongs to it, by the index of its object.
    pub(crate) fn membership(&self, index: usize) -> Membership {
        self.members
            .get(&index)
            .copied()
            .unwrap_or(Membership::Unknown)
    }

    /// The namespace whose policies hold for the whole mesh of a place.
    pub(crate) fn root(&self, place: &Arc<Place>) -> Namespace {
        let name = self
            .places
            .get(place)
            .map_or("istio-system", |mesh| mesh.root.as_str());
        Namespace::Given(name.to_owned())
    }

    /// The security policies of one kind that live in one namespace.
    pub(crate) fn living(
        &self,
        place: &Arc<Place>,
        namespace: &Namespace,
        kind: &'static str,
    ) -> impl Iterator<Item = (usize, &'a Object)> {
        self.policies
            .get(&(Arc::clone(place), namespace.clone()))
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .copied()
            .filter(move |(_, object)| object.kind == kind)
    }

    /// The security policies of one kind that attach to a workload: those of the root namespace and of its own, whose
    /// selector matches. One with `targetRefs` is read by gateways alone (istio's pilot/pkg/model/policyattachment.go).
    pub(crate) fn attached(&self, pod: &Pod<'_>, kind: &'static str) -> Vec<(usize, &'a Object)> {
        let (place, own) = (&pod.object.place, &pod.object.namespace);
        let root = self.root(place);
        let mut found: Vec<_> = self.living(place, own, kind).collect();
        if root != *own {
            found.extend(self.living(place, &root, kind));
        }
        found.retain(|(_, policy)| !has_target(policy) && selects(policy, pod));
        found
    }
}

/// The workloads that a security policy holds for: those of its namespace, or of the whole place for one in the root
/// namespace. None for a policy that names its targets.
pub(crate) fn held<'c, 'a>(
    cx: &'c Context<'a>,
    policy: &'c Object,
) -> impl Iterator<Item = (usize, &'c Pod<'a>)> {
    let is_mesh_wide = cx.mesh().root(&policy.place) == policy.namespace;
    let all = is_mesh_wide.then(|| cx.workloads().all().iter());
    let own = (!is_mesh_wide).then(|| cx.workloads().beside(policy));
    all.into_iter()
        .flatten()
        .filter(|(_, pod)| pod.object.place == policy.place)
        .chain(own.into_iter().flatten())
        .filter(|(_, pod)| !has_target(policy) && selects(policy, pod))
        .map(|(index, pod)| (*index, pod))
}

/// True when the policy names a gateway or service instead of workloads.
pub(crate) fn has_target(policy: &Object) -> bool {
    policy.value.at("spec.targetRef").is_some() || !policy.value.items("spec.targetRefs").is_empty()
}

/// Whether the selector of a security policy takes in a workload; none, or one without labels, takes in all.
pub(crate) fn selects(policy: &Object, pod: &Pod<'_>) -> bool {
    selector(policy).is_none_or(|selector| selector.matches(pod.labels()))
}

/// The labels that a security policy asks for; `None` when it asks for none.
pub(crate) fn selector(policy: &Object) -> Option<Selector> {
    policy
        .value
        .at("spec.selector.matchLabels")
        .and_then(Selector::of_labels)
        .filter(|selector| !selector.is_empty())
}

/// True for a pod whose proxy is all it runs: traffic comes in over its own listeners, not over those of a sidecar.
pub(crate) fn is_gateway(pod: &Pod<'_>) -> bool {
    let by_template = pod
        .annotation("inject.istio.io/templates")
        .is_some_and(|names| names.split(',').any(|name| name.trim() == "gateway"));
    let mut main = pod.spec().items("containers").iter();
    by_template || main.all(|container| container.text("name") == Some("istio-proxy"))
}

/// True for what the mesh itself runs.
pub(crate) fn is_mesh_system(pod: &Pod<'_>) -> bool {
    let own = [
        "istio/pilot",
        "istio-release/pilot",
        "istio/install-cni",
        "istio-release/install-cni",
        "istio/ztunnel",
        "istio-release/ztunnel",
        "istio/operator",
    ];
    let named = matches!(pod.label("app"), Some("istiod" | "ztunnel"))
        || matches!(pod.label("k8s-app"), Some("istio-cni-node"));
    named
        || pod.containers().iter().any(|container| {
            let repository = container.repository();
            own.iter().any(|image| repository.ends_with(image))
        })
}

/// The labels of a workload's namespace: `None` when they are not known.
fn namespace_labels(cx: &Context<'_>, object: &Object) -> Option<Map<String, Value>> {
    let name = object.namespace.given()?;
    let is_known = cx.complete() || cx.namespaces().get(&object.place, name).is_some();
    let labels = cx.namespaces().labels(&object.place, name);
    is_known.then(|| labels.cloned().unwrap_or_default())
}

/// The rules of the injector: its webhooks' selectors (istio's chart, templates/mutatingwebhook.yaml), then
/// `injectRequired` (pkg/kube/inject/inject.go). Ambient mode holds where no sidecar does (cni/pkg/util).
fn membership(
    pod: &Pod<'_>,
    namespace: Option<&Map<String, Value>>,
    is_ambient: bool,
    by_default: bool,
) -> Membership {
    if on_host_network(pod) {
        return Membership::Outside(Outside::HostNetwork);
    }
    let has_proxy = pod
        .containers()
        .iter()
        .any(|container| container.name() == "istio-proxy");
    if has_proxy && pod.label(INJECT) != Some("false") {
        return Membership::Sidecar;
    }
    let wish = pod
        .label(INJECT)
        .or_else(|| pod.annotation(INJECT))
        .unwrap_or("");
    let Some(labels) = namespace else {
        return match (wish, pod.label(DATAPLANE)) {
            ("true", _) if pod.label(INJECT).is_some() => Membership::Sidecar,
            (_, Some("ambient")) => Membership::Ambient,
            ("false", _) if !is_ambient => Membership::Outside(refusal(pod)),
            _ => Membership::Unknown,
        };
    };
    let label = |name: &str| labels.get(name)?.as_str();
    let is_ignored = IGNORED.contains(&pod.object.namespace.given().unwrap_or(""));
    let revision = pod.label("istio.io/rev");
    let is_asked = match (label("istio-injection"), label("istio.io/rev")) {
        (Some(injection), _) => injection == "enabled",
        (None, Some(_)) => true,
        (None, None) => pod.label(INJECT) == Some("true") || revision.is_some() || by_default,
    };
    if is_asked && wish != "false" && !is_ignored {
        return Membership::Sidecar;
    }
    let is_enrolled =
        label(DATAPLANE) == Some("ambient") || pod.label(DATAPLANE) == Some("ambient");
    if is_enrolled && pod.label(DATAPLANE) != Some("none") {
        return Membership::Ambient;
    }
    Membership::Outside(if is_enrolled {
        Outside::Dataplane
    } else if is_asked && wish == "false" {
        refusal(pod)
    } else {
        Outside::Namespace
    })
}

fn refusal(pod: &Pod<'_>) -> Outside {
    if pod.label(INJECT).is_some() {
        Outside::Label
    } else {
        Outside::Annotation
    }
}

fn ambient_places(cx: &Context<'_>) -> BTreeSet<Arc<Place>> {
    let namespaces = cx
        .namespaces()
        .all()
        .filter(|(_, object)| object.label(DATAPLANE) == Some("ambient"))
        .map(|(_, object)| object);
    let pods = cx
        .workloads()
        .all()
        .iter()
        .filter(|(_, pod)| pod.label(DATAPLANE) == Some("ambient"))
        .map(|(_, pod)| pod.object);
    namespaces
        .chain(pods)
        .map(|object| Arc::clone(&object.place))
        .collect()
}

/// Places whose injector takes pods that nothing is said of (`enableNamespacesByDefault`).
fn injects_by_default(estate: &Estate) -> BTreeSet<Arc<Place>> {
    estate
        .of_kind(
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration",
        )
        .filter(|(_, object)| {
            object.value.items("webhooks").iter().any(|webhook| {
                webhook
                    .text("name")
                    .is_some_and(|name| name.starts_with("auto.sidecar-injector"))
            })
        })
        .map(|(_, object)| Arc::clone(&object.place))
        .collect()
}

fn places(
    cx: &Context<'_>,
    mesh: &Mesh<'_>,
    ambient: &BTreeSet<Arc<Place>>,
) -> BTreeMap<Arc<Place>, MeshOfPlace> {
    let mut used: BTreeSet<Arc<Place>> = ambient.clone();
    used.extend(
        mesh.configs
            .iter()
            .map(|config| Arc::clone(&config.object.place)),
    );
    used.extend(mesh.policies.keys().map(|(place, _)| Arc::clone(place)));
    for (_, namespace) in cx.namespaces().all() {
        if namespace.label("istio-injection") == Some("enabled")
            || namespace.label("istio.io/rev").is_some()
        {
            used.insert(Arc::clone(&namespace.place));
        }
    }
    for (index, pod) in cx.workloads().all() {
        if mesh.membership(*index).is_member() || is_mesh_system(pod) {
            used.insert(Arc::clone(&pod.object.place));
        }
    }
    let mut roots: BTreeMap<&Arc<Place>, &str> = BTreeMap::new();
    for config in &mesh.configs {
        if let Some(root) = config.root_namespace() {
            roots.entry(&config.object.place).or_insert(root);
        }
    }
    used.into_iter()
        .map(|place| {
            let mesh = MeshOfPlace {
                is_used: true,
                root: roots
                    .get(&place)
                    .copied()
                    .unwrap_or("istio-system")
                    .to_owned(),
                is_ambient: ambient.contains(&place),
            };
            (place, mesh)
        })
        .collect()
}
