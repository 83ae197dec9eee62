use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_access::rbac::Subject;
use sekisho_model::{Estate, Fields, Namespace, Object, Place};
use serde_json::Value;

use crate::{Rights, Workloads};

type Account = (Arc<Place>, String, String);

/// The service accounts of the estate: which exist, which are bound, which are used.
#[derive(Debug)]
pub struct Accounts {
    existing: BTreeSet<Account>,
    bound: BTreeSet<Account>,
    used: BTreeSet<Account>,
    /// Named by an object of an operator, which may start pods anywhere.
    mentioned: BTreeSet<(Arc<Place>, String)>,
}

impl Accounts {
    pub(crate) fn of(estate: &Estate, rights: &Rights, workloads: &Workloads<'_>) -> Self {
        let existing = estate
            .of_kind("", "ServiceAccount")
            .map(|(_, object)| account(object, &object.name))
            .collect();
        let used = workloads
            .all()
            .iter()
            .map(|(_, pod)| account(pod.object, pod.service_account()))
            .collect();
        let mut bound = BTreeSet::new();
        for kind in ["ClusterRoleBinding", "RoleBinding"] {
            for (index, object) in estate.of_kind("rbac.authorization.k8s.io", kind) {
                let subjects = rights
                    .of_binding(index)
                    .into_iter()
                    .flat_map(|(binding, _)| &binding.subjects);
                for subject in subjects {
                    if let Subject::ServiceAccount { namespace, name } = subject.subject.canonical()
                    {
                        bound.insert((Arc::clone(&object.place), namespace, name));
                    }
                }
            }
        }
        let mut mentioned = BTreeSet::new();
        // The groups of Kubernetes itself have no dot, or end in `.k8s.io`; their pods are known already.
        let operators = estate.objects().iter().filter(|object| {
            let group = object.group();
            group.contains('.') && !group.ends_with(".k8s.io")
        });
        for object in operators {
            for name in names_in(&object.value) {
                mentioned.insert((Arc::clone(&object.place), name.to_owned()));
            }
        }
        Self {
            existing,
            bound,
            used,
            mentioned,
        }
    }

    /// Whether a service account is among the objects. An empty namespace is one that the files leave open.
    pub fn exists(&self, place: &Arc<Place>, namespace: &str, name: &str) -> bool {
        let is_there = |namespace: &str| {
            let key = (Arc::clone(place), namespace.to_owned(), name.to_owned());
            self.existing.contains(&key)
        };
        if namespace.is_empty() {
            // Wherever the binding goes: any account of the name may be the one.
            return self
                .existing
                .iter()
                .any(|(own, _, one)| one == name && own == place);
        }
        is_there(namespace) || is_there("")
    }

    /// Whether some binding names the account.
    pub fn is_bound(&self, object: &Object) -> bool {
        self.bound.contains(&account(object, &object.name))
    }

    /// Whether a workload runs as the account, or an operator's object names it.
    pub fn is_used(&self, object: &Object) -> bool {
        let mention = (Arc::clone(&object.place), object.name.clone());
        self.used.contains(&account(object, &object.name)) || self.mentioned.contains(&mention)
    }
}

fn account(object: &Object, name: &str) -> Account {
    let namespace = match &object.namespace {
        Namespace::Given(name) => name.clone(),
        Namespace::Open | Namespace::Cluster => String::new(),
    };
    (Arc::clone(&object.place), namespace, name.to_owned())
}

/// Every `serviceAccountName: x`, `serviceAccount: x` and `serviceAccountRef: {name: x}` in a value.
fn names_in(value: &Value) -> Vec<&str> {
    let mut names = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    if key.starts_with("serviceAccount") {
                        names.extend(inner.as_str().or_else(|| inner.text("name")));
                    }
                    open.push(inner);
                }
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    names
}
