use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_access::rbac::{Defaults, Rbac};
use sekisho_schema::{Scope, scope};
use serde_json::{Value, json};

use super::rights::Rights;
use crate::vap::{Authorizer, ParamSource};

/// What policies may look up: namespaces, parameters and rights.
#[derive(Clone)]
pub struct World {
    namespaces: BTreeMap<String, Value>,
    objects: BTreeMap<(String, String), Vec<Value>>,
    /// Group and kind of custom resources: their plural, and whether they live in namespaces.
    definitions: BTreeMap<(String, String), (String, bool)>,
    rights: Arc<dyn Authorizer + Send + Sync>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("World")
            .field("namespaces", &self.namespaces.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// The objects of a cluster, as far as they are known.
    pub fn of(objects: &[Value]) -> Self {
        let rbac = Rbac::with_defaults(objects.iter().enumerate(), Defaults::RolesAndBindings);
        let mut world = Self {
            namespaces: BTreeMap::new(),
            objects: BTreeMap::new(),
            definitions: BTreeMap::new(),
            rights: Arc::new(Rights::new(rbac)),
        };
        for object in objects {
            world.add(object);
        }
        world
    }

    /// Another authority on rights than RBAC objects: the cluster itself.
    #[must_use]
    pub fn with_rights(mut self, rights: Arc<dyn Authorizer + Send + Sync>) -> Self {
        self.rights = rights;
        self
    }

    fn add(&mut self, object: &Value) {
        let text = |pointer: &str| {
            let found = object.pointer(pointer);
            found.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let (api_version, kind) = (text("/apiVersion"), text("/kind"));
        if api_version == "v1" && kind == "Namespace" {
            let name = text("/metadata/name");
            self.namespaces
                .insert(name.clone(), labelled(object, &name));
        }
        if api_version.starts_with("apiextensions.k8s.io/") && kind == "CustomResourceDefinition" {
            let key = (text("/spec/group"), text("/spec/names/kind"));
            let is_namespaced = text("/spec/scope") == "Namespaced";
            self.definitions
                .insert(key, (text("/spec/names/plural"), is_namespaced));
        }
        self.objects
            .entry((api_version, kind))
            .or_default()
            .push(object.clone());
    }

    /// A Namespace by its name; `null` when it is not known.
    pub fn namespace(&self, name: &str) -> &Value {
        const UNKNOWN: &Value = &Value::Null;
        self.namespaces.get(name).unwrap_or(UNKNOWN)
    }

    /// The plural of a kind that a definition tells.
    pub fn plural(&self, object: &Value) -> Option<&str> {
        let api_version = object.get("apiVersion")?.as_str()?;
        let (group, _) = api_version.split_once('/').unwrap_or(("", api_version));
        let key = (group.to_owned(), object.get("kind")?.as_str()?.to_owned());
        self.definitions
            .get(&key)
            .map(|(plural, _)| plural.as_str())
    }

    pub(super) fn rights(&self) -> &dyn Authorizer {
        self.rights.as_ref()
    }
}

/// The server gives every Namespace the label of its name (`NamespaceDefaultLabelName`).
fn labelled(namespace: &Value, name: &str) -> Value {
    let mut namespace = namespace.clone();
    if let Some(metadata) = namespace.get_mut("metadata").and_then(Value::as_object_mut) {
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        if labels.is_null() {
            *labels = json!({});
        }
        if let Some(labels) = labels.as_object_mut() {
            labels.insert("kubernetes.io/metadata.name".to_owned(), name.into());
        }
    }
    namespace
}

impl ParamSource for World {
    fn is_namespaced(&self, api_version: &str, kind: &str) -> Option<bool> {
        let (group, _) = api_version.split_once('/').unwrap_or(("", api_version));
        let defined = self
            .definitions
            .get(&(group.to_owned(), kind.to_owned()))
            .map(|(_, is_namespaced)| *is_namespaced);
        defined.or_else(|| scope(api_version, kind).map(|scope| scope == Scope::Namespaced))
    }

    fn objects(&self, api_version: &str, kind: &str, namespace: Option<&str>) -> Vec<&Value> {
        let all = self.objects.get(&(api_version.to_owned(), kind.to_owned()));
        let is_within = |object: &&Value| {
            let own = object
                .pointer("/metadata/namespace")
                .and_then(Value::as_str);
            namespace.is_none_or(|namespace| own.unwrap_or("default") == namespace)
        };
        all.into_iter().flatten().filter(is_within).collect()
    }
}
