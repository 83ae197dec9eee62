//! The key names (never the values) of Secrets and ConfigMaps, from what makes them. Built once per run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Namespace, Object, Place};
use serde_json::Value;

use super::external_secrets::{GROUP, target_name};

/// The keys of one Secret or ConfigMap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keys {
    /// These and no others.
    Exactly(BTreeSet<String>),
    /// These, and others that only another system knows.
    AtLeast(BTreeSet<String>),
}

impl Keys {
    /// The names that are known.
    pub(crate) fn known(&self) -> &BTreeSet<String> {
        match self {
            Self::Exactly(keys) | Self::AtLeast(keys) => keys,
        }
    }
}

type Home = (Arc<Place>, Namespace, String);

/// The index.
#[derive(Debug, Default)]
pub(crate) struct KeyNames {
    secrets: BTreeMap<Home, Keys>,
    config_maps: BTreeMap<Home, Keys>,
}

impl KeyNames {
    pub(crate) fn of(estate: &Estate) -> Self {
        let mut names = Self::default();
        for (_, object) in estate.of_kind("", "ConfigMap") {
            names.config_maps.insert(
                home(object, &object.name),
                Keys::Exactly(data_keys(&object.value)),
            );
        }
        for (_, object) in estate.of_kind(GROUP, "ExternalSecret") {
            names.secrets.insert(
                home(object, target_name(object)),
                of_external(&object.value),
            );
        }
        for (_, object) in estate.of_kind("", "Secret") {
            let home = home(object, &object.name);
            let mut keys = data_keys(&object.value);
            // An ExternalSecret that merges into it adds keys of its own.
            let keys = match names.secrets.get(&home) {
                Some(fetched) => {
                    keys.extend(fetched.known().iter().cloned());
                    Keys::AtLeast(keys)
                }
                None => Keys::Exactly(keys),
            };
            names.secrets.insert(home, keys);
        }
        names
    }

    /// The keys of a Secret beside an object; `None` when nothing in the estate makes it.
    pub(crate) fn of_secret(&self, beside: &Object, name: &str) -> Option<&Keys> {
        self.secrets.get(&home(beside, name))
    }

    /// The keys of a ConfigMap beside an object.
    pub(crate) fn of_config_map(&self, beside: &Object, name: &str) -> Option<&Keys> {
        self.config_maps.get(&home(beside, name))
    }
}

fn home(beside: &Object, name: &str) -> Home {
    (
        Arc::clone(&beside.place),
        beside.namespace.clone(),
        name.to_owned(),
    )
}

fn data_keys(value: &Value) -> BTreeSet<String> {
    ["data", "stringData", "binaryData"]
        .iter()
        .filter_map(|field| value.entries(field))
        .flat_map(|entries| entries.keys().cloned())
        .collect()
}

/// A template replaces the fetched keys, unless it merges (`spec.target.template.mergePolicy`).
fn of_external(value: &Value) -> Keys {
    let template = value.at("spec.target.template");
    let templated = template.and_then(|template| template.entries("data"));
    let is_open_template =
        template.is_some_and(|template| !template.items("templateFrom").is_empty());
    let merges = template.and_then(|template| template.text("mergePolicy")) == Some("Merge");
    let mut keys: BTreeSet<String> = templated
        .into_iter()
        .flat_map(|data| data.keys().cloned())
        .collect();
    let mut is_open = is_open_template || value.text("spec.target.creationPolicy") == Some("Merge");
    if keys.is_empty() && !is_open_template || merges {
        keys.extend(
            value
                .items("spec.data")
                .iter()
                .filter_map(|item| item.text("secretKey").map(str::to_owned)),
        );
        is_open |= !value.items("spec.dataFrom").is_empty();
    }
    if is_open {
        Keys::AtLeast(keys)
    } else {
        Keys::Exactly(keys)
    }
}
