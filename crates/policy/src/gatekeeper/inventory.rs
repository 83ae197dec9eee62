use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use sha2::{Digest as _, Sha256};

use super::object;
use crate::rego;

/// The cluster's objects that templates may look up: `data.inventory`, and the Namespaces that matching needs.
#[derive(Debug)]
pub(super) struct Inventory {
    cluster: Map<String, Value>,
    namespace: Map<String, Value>,
    namespaces: BTreeMap<String, Value>,
    data: rego::Value,
    digest: [u8; 32],
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            cluster: Map::new(),
            namespace: Map::new(),
            namespaces: BTreeMap::new(),
            data: json!({"inventory": {}}).into(),
            digest: [0; 32],
        }
    }
}

/// The map below a key, made when it is absent.
fn below<'a>(map: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    map.entry(key).or_insert_with(|| json!({})).as_object_mut()
}

impl Inventory {
    /// Adds objects: `cluster[groupVersion][kind][name]` or `namespace[namespace][groupVersion][kind][name]`.
    pub(super) fn add(&mut self, objects: &[Value]) -> Result<(), String> {
        for given in objects {
            let (_, version) = object::group_version(given);
            let kind = object::kind(given);
            if version.is_empty() || kind.is_empty() {
                return Err(format!(
                    "{} needs `apiVersion` and `kind`",
                    object::called(given)
                ));
            }
            let api_version = given
                .get("apiVersion")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let top = match object::namespace(given) {
                "" => Some(&mut self.cluster),
                name => below(&mut self.namespace, name),
            };
            let kinds = top.and_then(|top| below(top, api_version));
            if let Some(names) = kinds.and_then(|kinds| below(kinds, kind)) {
                names.insert(object::name(given).to_owned(), given.clone());
            }
            if object::is_namespace(given) {
                self.namespaces
                    .insert(object::name(given).to_owned(), given.clone());
            }
        }
        let mut inventory = Map::new();
        for (key, map) in [("cluster", &self.cluster), ("namespace", &self.namespace)] {
            if !map.is_empty() {
                inventory.insert(key.to_owned(), Value::Object(map.clone()));
            }
        }
        let data = json!({ "inventory": inventory });
        self.digest = Sha256::digest(data.to_string()).into();
        self.data = data.into();
        Ok(())
    }

    pub(super) fn namespace(&self, name: &str) -> Option<&Value> {
        self.namespaces.get(name)
    }

    /// Tells inventories apart.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The base document of every evaluation.
    pub(super) fn data(&self) -> &rego::Value {
        &self.data
    }
}
