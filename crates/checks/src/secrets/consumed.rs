//! Which Secrets a pod takes in, and where.

use sekisho_model::{Fields, Pod};
use sekisho_text::Route;

/// A reference to a Secret.
#[derive(Debug, Clone)]
pub(crate) struct Consumed<'a> {
    pub(crate) name: &'a str,
    pub(crate) route: Route,
}

/// The Secrets that a pod's containers read, as variables or files; image pull secrets are the kubelet's, not theirs.
pub(crate) fn by<'a>(pod: &Pod<'a>) -> Vec<Consumed<'a>> {
    let mut found = Vec::new();
    for (index, volume) in pod.spec().items("volumes").iter().enumerate() {
        let here = pod.at("volumes").index(index);
        if let Some(name) = volume.text("secret.secretName") {
            found.push(Consumed {
                name,
                route: here.at("secret.secretName"),
            });
        }
        for (at, source) in volume.items("projected.sources").iter().enumerate() {
            if let Some(name) = source.text("secret.name") {
                let route = here.at("projected.sources").index(at).at("secret.name");
                found.push(Consumed { name, route });
            }
        }
    }
    for container in pod.containers() {
        for (index, variable) in container.value.items("env").iter().enumerate() {
            if let Some(name) = variable.text("valueFrom.secretKeyRef.name") {
                let route = container
                    .at("env")
                    .index(index)
                    .at("valueFrom.secretKeyRef.name");
                found.push(Consumed { name, route });
            }
        }
        for (index, source) in container.value.items("envFrom").iter().enumerate() {
            if let Some(name) = source.text("secretRef.name") {
                let route = container.at("envFrom").index(index).at("secretRef.name");
                found.push(Consumed { name, route });
            }
        }
    }
    found
}
