//! MeshConfig, wherever an estate keeps it.

use sekisho_model::{Estate, Fields, Object};
use sekisho_text::Route;
use sekisho_yaml::Limits;
use serde_json::Value;

/// One MeshConfig, and where it stands.
#[derive(Debug)]
pub(crate) struct MeshConfig<'a> {
    /// The object that holds it, by its index.
    pub(crate) index: usize,
    /// The object.
    pub(crate) object: &'a Object,
    /// Its place in the object: the text of a ConfigMap, or a map.
    pub(crate) route: Route,
    /// What it says.
    pub(crate) value: Value,
}

/// Every MeshConfig of an estate: ConfigMaps as istiod reads them, and what an operator would write into them.
pub(crate) fn all(estate: &Estate) -> Vec<MeshConfig<'_>> {
    let mut found = Vec::new();
    for (index, object) in estate.of_kind("", "ConfigMap") {
        let is_mesh = object.name == "istio" || object.name.starts_with("istio-");
        let text = object.value.at("data").and_then(|data| data.text("mesh"));
        if let Some(value) = text.filter(|_| is_mesh).and_then(read_text) {
            found.push(MeshConfig {
                index,
                object,
                route: Route::of("data.mesh"),
                value,
            });
        }
    }
    for (group, kind, route) in [
        ("install.istio.io", "IstioOperator", "spec.meshConfig"),
        ("sailoperator.io", "Istio", "spec.values.meshConfig"),
        ("sailoperator.io", "IstioRevision", "spec.values.meshConfig"),
    ] {
        for (index, object) in estate.of_kind(group, kind) {
            if let Some(value) = object.value.at(route) {
                found.push(MeshConfig {
                    index,
                    object,
                    route: Route::of(route),
                    value: value.clone(),
                });
            }
        }
    }
    found
}

/// Reads YAML that stands in a text of YAML. The separator keeps a flow map from being taken for JSON.
pub(crate) fn read_text(text: &str) -> Option<Value> {
    let stream = sekisho_yaml::parse(&format!("---\n{text}"), &Limits::default());
    let document = stream
        .documents
        .into_iter()
        .find(|document| !document.is_empty())?;
    stream.errors.is_empty().then(|| document.to_json())
}

impl MeshConfig<'_> {
    /// The namespace whose policies hold for the whole mesh, when it says one.
    pub(crate) fn root_namespace(&self) -> Option<&str> {
        self.value
            .text("rootNamespace")
            .filter(|name| !name.is_empty())
    }
}
