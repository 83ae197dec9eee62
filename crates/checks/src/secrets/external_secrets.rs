//! What External Secrets Operator's objects mean (`apis/externalsecrets` of external-secrets/external-secrets).

use regex::Regex;
use sekisho_model::{Fields, Object, Selector};
use serde_json::{Map, Value, json};

/// API group of stores and external secrets.
pub(crate) const GROUP: &str = "external-secrets.io";
/// API group of generators.
pub(crate) const GENERATORS: &str = "generators.external-secrets.io";

/// The Secret that an ExternalSecret makes.
pub(crate) fn target_name(object: &Object) -> &str {
    object
        .value
        .text("spec.target.name")
        .filter(|name| !name.is_empty())
        .unwrap_or(&object.name)
}

/// Namespaces that nobody has: what admits all of them admits any.
const STRANGERS: [&str; 3] = ["q7", "zz-9x-unheard-of", "a0b1c2d3e4f5"];

/// True when a namespace selector admits a namespace that nobody chose: it has only the label that every namespace has.
pub(crate) fn selects_strangers(selector: &Value) -> bool {
    let Some(selector) = Selector::read(selector) else {
        return false;
    };
    STRANGERS
        .iter()
        .all(|name| selector.matches(Some(&labels(name))))
}

/// True when a regular expression over namespace names admits any; upstream does not anchor it.
pub(crate) fn names_strangers(pattern: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| STRANGERS.iter().all(|name| pattern.is_match(name)))
}

fn labels(name: &str) -> Map<String, Value> {
    let labels = json!({"kubernetes.io/metadata.name": name});
    labels.as_object().cloned().unwrap_or_default()
}

/// `secretStoreRef`s of an external secret's spec: its own, and those of single keys. The kind defaults to SecretStore.
pub(crate) fn store_refs(spec: &Value) -> impl Iterator<Item = &Value> {
    let of = |list: &'static str| {
        spec.items(list)
            .iter()
            .filter_map(|item| item.at("sourceRef.storeRef"))
    };
    spec.at("secretStoreRef")
        .into_iter()
        .chain(of("data"))
        .chain(of("dataFrom"))
}
