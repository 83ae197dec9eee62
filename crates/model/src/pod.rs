use sekisho_text::Route;
use serde_json::Value;

use crate::{Fields, Object};

/// The part a container plays in its pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerRole {
    /// Runs to its end before the others start.
    Init,
    /// An init container with `restartPolicy: Always`: it starts before and runs beside the others.
    Sidecar,
    /// `spec.containers`.
    Main,
    /// Added to a running pod for debugging.
    Ephemeral,
}

/// One container of a pod.
#[derive(Debug, Clone)]
pub struct Container<'a> {
    /// Its part.
    pub role: ContainerRole,
    /// Its place in the object.
    pub route: Route,
    /// Its fields.
    pub value: &'a Value,
}

/// The pod, or the pod template, of a workload.
#[derive(Debug, Clone)]
pub struct Pod<'a> {
    /// The object that holds it.
    pub object: &'a Object,
    /// Place of the pod (`metadata` and `spec`) in the object: the root for a bare Pod.
    pub route: Route,
    /// `metadata` and `spec`.
    pub value: &'a Value,
    containers: Vec<Container<'a>>,
}

impl<'a> Pod<'a> {
    /// The pod of a workload of any built-in kind; `None` for other kinds.
    pub fn of(object: &'a Object) -> Option<Self> {
        let inside = template_path(object.group(), &object.kind)?;
        let value = if inside.is_empty() {
            &object.value
        } else {
            object.value.at(inside)?
        };
        let route = Route::of(inside);
        let spec = value.at("spec")?;
        let mut containers = Vec::new();
        for (field, plain) in [
            ("initContainers", ContainerRole::Init),
            ("containers", ContainerRole::Main),
            ("ephemeralContainers", ContainerRole::Ephemeral),
        ] {
            let base = route.key("spec").key(field);
            for (index, container) in spec.items(field).iter().enumerate() {
                let always = container.text("restartPolicy") == Some("Always");
                let role = match plain {
                    ContainerRole::Init if always => ContainerRole::Sidecar,
                    other => other,
                };
                containers.push(Container {
                    role,
                    route: base.index(index),
                    value: container,
                });
            }
        }
        Some(Self {
            object,
            route,
            value,
            containers,
        })
    }

    /// All containers: init, then main, then ephemeral.
    pub fn containers(&self) -> &[Container<'a>] {
        &self.containers
    }

    /// The pod's spec.
    pub fn spec(&self) -> &'a Value {
        self.value.key("spec").unwrap_or(&Value::Null)
    }

    /// A place in the spec: `pod.at("hostNetwork")`.
    pub fn at(&self, dotted: &'static str) -> Route {
        self.route.key("spec").at(dotted)
    }

    /// The labels of the pod (not of the workload).
    pub fn labels(&self) -> Option<&'a serde_json::Map<String, Value>> {
        self.value.entries("metadata.labels")
    }

    /// A label of the pod (not of the workload).
    pub fn label(&self, name: &str) -> Option<&'a str> {
        self.value.at("metadata.labels")?.key(name)?.as_str()
    }

    /// An annotation of the pod (not of the workload).
    pub fn annotation(&self, name: &str) -> Option<&'a str> {
        self.value.at("metadata.annotations")?.key(name)?.as_str()
    }

    /// The service account it runs as; `default` when it names none.
    pub fn service_account(&self) -> &'a str {
        let spec = self.spec();
        spec.text("serviceAccountName")
            .filter(|name| !name.is_empty())
            .or_else(|| spec.text("serviceAccount").filter(|name| !name.is_empty()))
            .unwrap_or("default")
    }

    /// True for a Windows pod.
    pub fn is_windows(&self) -> bool {
        self.spec().text("os.name") == Some("windows")
    }
}

impl<'a> Container<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.value.text("name").unwrap_or("")
    }

    /// Its image, as written.
    pub fn image(&self) -> &'a str {
        self.value.text("image").unwrap_or("")
    }

    /// The image without digest and tag: `registry/path`.
    pub fn repository(&self) -> &'a str {
        let image = self.image();
        let image = image.split_once('@').map_or(image, |(before, _)| before);
        match image.rsplit_once(':') {
            Some((before, tag)) if !tag.contains('/') => before,
            _ => image,
        }
    }

    /// A place in the container: `container.at("securityContext.privileged")`.
    pub fn at(&self, dotted: &'static str) -> Route {
        self.route.at(dotted)
    }
}

/// Where a kind keeps its pod: the kinds of upstream's `PodSpecExtractor` (k8s.io/pod-security-admission).
fn template_path(group: &str, kind: &str) -> Option<&'static str> {
    match (group, kind) {
        ("", "Pod") => Some(""),
        ("", "PodTemplate") => Some("template"),
        ("", "ReplicationController")
        | ("apps", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet")
        | ("extensions", "Deployment" | "ReplicaSet" | "DaemonSet")
        | ("batch", "Job") => Some("spec.template"),
        ("batch", "CronJob") => Some("spec.jobTemplate.spec.template"),
        _ => None,
    }
}
