//! What the policies among the objects decide about the objects: those of each cluster by themselves.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Fields, Place};
use sekisho_policy::admission::{Loaded, Options, PolicySet, Read, Request, World, is_policy};
use sekisho_policy::gatekeeper::EnforcementPoint;
use sekisho_policy::pod_security::pod_of;
use sekisho_policy::vap::User;
use sekisho_policy::{Decision, PolicyId, PolicyKind, Remark};
use sekisho_text::Route;
use serde_json::{Value, json};

/// The policies of one cluster, with what they guard.
#[derive(Debug)]
pub(crate) struct Guarded {
    /// The objects of the cluster, by their indexes in the estate.
    objects: Vec<usize>,
    /// What became of each policy, with its index in the estate.
    pub(crate) read: Vec<(usize, Read)>,
    set: PolicySet,
    world: World,
    /// Namespaces that Gatekeeper leaves alone at admission, by prefix and suffix globs.
    left_alone: Vec<String>,
}

/// What policies say about an object itself, or about the pod that it will make.
pub(crate) struct Word {
    /// The object in the estate.
    pub(crate) object: usize,
    /// The pod's place in it; the root for the object itself.
    pub(crate) route: Route,
    pub(crate) decision: Decision,
}

/// The clusters that have policies at all; nothing is done for the others.
pub(crate) fn clusters(estate: &Estate) -> Vec<Guarded> {
    if !estate
        .objects()
        .iter()
        .any(|object| is_policy(&object.value))
    {
        return Vec::new();
    }
    let mut places: BTreeMap<&Place, Vec<usize>> = BTreeMap::new();
    for (index, object) in estate.objects().iter().enumerate() {
        places.entry(&object.place).or_default().push(index);
    }
    let has_policy = |indexes: &Vec<usize>| {
        indexes.iter().any(|index| {
            let object = estate.objects().get(*index);
            object.is_some_and(|object| is_policy(&object.value))
        })
    };
    let guarded = places.into_values().filter(has_policy);
    guarded
        .map(|objects| Guarded::of(estate, objects))
        .collect()
}

impl Guarded {
    fn of(estate: &Estate, objects: Vec<usize>) -> Self {
        let of = |index: &usize| estate.objects().get(*index);
        let values: Vec<Value> = objects
            .iter()
            .map(|index| {
                of(index)
                    .map(|object| object.value.clone())
                    .unwrap_or_default()
            })
            .collect();
        let Loaded { set, read } = PolicySet::load(&values, &Options::default());
        let world = World::of(&values);
        let configurations = objects.iter().filter_map(of);
        let left_alone = configurations
            .filter(|object| object.is("config.gatekeeper.sh", "Config"))
            .flat_map(|config| config.value.items("spec.match"))
            .filter(|entry| {
                let processes = entry.items("processes").iter().filter_map(Value::as_str);
                processes
                    .into_iter()
                    .any(|one| matches!(one, "*" | "webhook"))
            })
            .flat_map(|entry| entry.items("excludedNamespaces"))
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let read = read
            .into_iter()
            .filter_map(|one| Some((*objects.get(one.index)?, one)));
        Self {
            read: read.collect(),
            objects,
            set,
            world,
            left_alone,
        }
    }

    /// The policies in force, each with its index in the estate.
    pub(crate) fn in_force(&self) -> Vec<(usize, PolicyId)> {
        let at = |policy: &PolicyId| {
            let own = |one: &&(usize, Read)| one.1.kind == policy.kind && one.1.name == policy.name;
            self.read.iter().find(own).map(|(index, _)| *index)
        };
        let policies = self.set.policies();
        policies
            .filter_map(|policy| Some((at(&policy)?, policy)))
            .collect()
    }

    /// What is said, object by object; those of which nothing is said are left out.
    pub(crate) fn words(&self, estate: &Estate) -> Vec<Word> {
        if self.set.is_empty() {
            return Vec::new();
        }
        let deployer = User {
            name: "admin".to_owned(),
            groups: vec![
                "system:masters".to_owned(),
                "system:authenticated".to_owned(),
            ],
            ..User::default()
        };
        let controller = User {
            name: "system:serviceaccount:kube-system:replicaset-controller".to_owned(),
            groups: [
                "system:serviceaccounts",
                "system:serviceaccounts:kube-system",
                "system:authenticated",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..User::default()
        };
        let mut words = Vec::new();
        for index in &self.objects {
            let Some(object) = estate.objects().get(*index) else {
                continue;
            };
            if is_policy(&object.value) {
                continue;
            }
            words.extend(self.word(*index, Route::root(), &object.value, &deployer));
            if object.kind != "Pod"
                && let Some((route, template)) = pod_of(&object.kind, &object.value)
            {
                let pod = pod(&object.value, template);
                words.extend(self.word(*index, route, &pod, &controller));
            }
        }
        words
    }

    fn word(&self, object: usize, route: Route, value: &Value, user: &User) -> Option<Word> {
        let plural = self.world.plural(value);
        let request = Request::of_stored(value.clone(), plural, user).ok()?;
        let point = EnforcementPoint::Webhook;
        let mut decision = self.set.by_policies(&request, &self.world, point);
        if self.is_left_alone(request.namespace()) {
            let is_other = |remark: &Remark| remark.policy.engine != PolicyKind::Gatekeeper;
            decision.denials.retain(is_other);
            decision.warnings.retain(is_other);
            decision.dry_runs.retain(is_other);
        }
        let is_silent = decision.denials.is_empty() && decision.warnings.is_empty();
        (!is_silent).then_some(Word {
            object,
            route,
            decision,
        })
    }

    /// `Config.spec.match` of Gatekeeper, and the label that takes a Namespace out of its webhook.
    fn is_left_alone(&self, namespace: &str) -> bool {
        let fits = |glob: &String| match (glob.strip_prefix('*'), glob.strip_suffix('*')) {
            (Some(end), None) => namespace.ends_with(end),
            (None, Some(start)) => namespace.starts_with(start),
            (Some(_), Some(inside)) => namespace.contains(inside.trim_start_matches('*')),
            (None, None) => namespace == glob,
        };
        let known = self.world.namespace(namespace);
        let labels = known.pointer("/metadata/labels").and_then(Value::as_object);
        !namespace.is_empty()
            && (self.left_alone.iter().any(fits)
                || labels
                    .is_some_and(|labels| labels.contains_key("admission.gatekeeper.sh/ignore")))
    }
}

/// The pod that a controller will make of a template.
fn pod(owner: &Value, template: &Value) -> Value {
    let name = owner.text("metadata.name").unwrap_or_default();
    let mut metadata = template.get("metadata").cloned().unwrap_or_default();
    if !metadata.is_object() {
        metadata = json!({});
    }
    if let Some(fields) = metadata.as_object_mut() {
        fields.insert("generateName".to_owned(), format!("{name}-").into());
        fields.insert("name".to_owned(), format!("{name}-00000").into());
        if let Some(namespace) = owner.text("metadata.namespace") {
            fields.insert("namespace".to_owned(), namespace.into());
        }
        fields.insert("ownerReferences".to_owned(), json!([{
            "apiVersion": owner.text("apiVersion"), "kind": owner.text("kind"), "name": name, "uid": "", "controller": true,
        }]));
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec")})
}
