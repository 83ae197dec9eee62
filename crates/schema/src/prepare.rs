//! What the server's registries do to a defaulted object when it is created.
//!
//! Upstream: the conversions to the internal form and `PrepareForCreate` in `pkg/registry/*/*/strategy.go`. What needs the
//! cluster is left out: generated identifiers, allocated addresses and ports.

use serde_json::{Value, json};

use crate::access::{Object, Read, Write};
use crate::armor;
use crate::base64;
use crate::quality;

/// Metadata that belongs to the server.
const SERVER_METADATA: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Changes a defaulted object in place.
pub(crate) fn prepare(object: &mut Object, group: &str, kind: &str) {
    if let Some(metadata) = object.pointer_mut("metadata") {
        for key in SERVER_METADATA {
            metadata.remove(key);
        }
    }
    if kind != "Node" {
        object.remove("status");
    }
    switched_off(object, group, kind);
    match (group, kind) {
        ("", "Pod") => {
            armor::from_annotations(object);
            let quality = quality::class(object.object("spec"));
            object.insert(
                "status".to_owned(),
                json!({"phase": "Pending", "qosClass": quality}),
            );
        }
        ("", "Namespace") => {
            object.insert("status".to_owned(), json!({"phase": "Active"}));
            finalized(object.object_mut("spec"));
        }
        ("", "PersistentVolume" | "PersistentVolumeClaim") => {
            object.insert("status".to_owned(), json!({"phase": "Pending"}));
            if kind == "PersistentVolumeClaim" {
                data_sources(object.object_mut("spec"));
            }
        }
        ("", "Secret") => string_data(object),
        ("", "ServiceAccount") => {
            for secret in object.objects_mut("secrets") {
                secret.retain(|key, _| key == "name");
            }
        }
        // The internal form counts template generations; the conversion back writes the count as an annotation.
        ("apps", "DaemonSet") => object
            .object_mut("metadata")
            .object_mut("annotations")
            .default_value("deprecated.daemonset.template.generation", "1"),
        ("batch", "Job") => job(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            let spec = object.object("spec");
            let stored = spec
                .objects("versions")
                .find(|(_, version)| version.flag("storage"));
            if let Some(name) = stored.map(|(_, version)| version.text("name").to_owned()) {
                object.insert("status".to_owned(), json!({"storedVersions": [name]}));
            }
        }
        ("certificates.k8s.io", "CertificateSigningRequest") => {
            let spec = object.object_mut("spec");
            for key in ["username", "uid", "groups", "extra"] {
                spec.remove(key);
            }
        }
        _ => {}
    }
}

/// Drops the fields of features that a server has switched off by default.
fn switched_off(object: &mut Object, group: &str, kind: &str) {
    let dropped: &[&str] = match (group, kind) {
        ("coordination.k8s.io", "Lease") => &["strategy", "preferredHolder"],
        ("", "Node") => &["configSource"],
        ("storage.k8s.io", "CSIDriver") => &["preventPodSchedulingIfMissing"],
        _ => &[],
    };
    if let Some(spec) = object.pointer_mut("spec") {
        for key in dropped {
            spec.remove(*key);
        }
        if let Some(rolling) = spec
            .pointer_mut("updateStrategy")
            .and_then(|update| update.pointer_mut("rollingUpdate"))
            && kind == "StatefulSet"
        {
            rolling.remove("maxUnavailable");
        }
    }
    if kind == "EndpointSlice" {
        for endpoint in object.objects_mut("endpoints") {
            endpoint.remove("deprecatedTopology");
        }
    }
    if let Some(spec) = pod_spec(object, group, kind) {
        spec.remove("schedulingGroup");
        for list in ["containers", "initContainers", "ephemeralContainers"] {
            for container in spec.objects_mut(list) {
                let dropped = container
                    .pointer_mut("lifecycle")
                    .and_then(|lifecycle| lifecycle.remove("stopSignal"));
                if dropped.is_some() && container.object("lifecycle").is_empty() {
                    container.remove("lifecycle");
                }
            }
        }
    }
}

/// The pod spec in a workload.
fn pod_spec<'a>(object: &'a mut Object, group: &str, kind: &str) -> Option<&'a mut Object> {
    let path: &[&str] = match (group, kind) {
        ("", "Pod") => &["spec"],
        ("", "PodTemplate") => &["template", "spec"],
        ("", "ReplicationController") | ("apps", _) | ("batch", "Job") => {
            &["spec", "template", "spec"]
        }
        ("batch", "CronJob") => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => return None,
    };
    path.iter()
        .try_fold(object, |here, key| here.pointer_mut(key))
}

fn finalized(spec: &mut Object) {
    let has = spec
        .texts("finalizers")
        .any(|(_, name)| name == "kubernetes");
    if !has {
        let mut finalizers = spec.items("finalizers").to_vec();
        finalizers.push("kubernetes".into());
        spec.insert("finalizers".to_owned(), finalizers.into());
    }
}

/// The old and the new name of a claim's source are kept equal; the old one may only name a claim or a snapshot.
fn data_sources(spec: &mut Object) {
    let known = |source: &Object| {
        matches!(
            (source.text("apiGroup"), source.text("kind")),
            ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot")
        )
    };
    if !spec.has("dataSourceRef")
        && spec
            .pointer("dataSource")
            .is_some_and(|source| !known(source))
    {
        spec.remove("dataSource");
    }
    let old = spec.pointer("dataSource").cloned();
    let new = spec.pointer("dataSourceRef").cloned();
    match (old, new) {
        (Some(old), None) => {
            spec.insert("dataSourceRef".to_owned(), old.into());
        }
        (None, Some(mut new)) if new.text("namespace").is_empty() => {
            new.remove("namespace");
            spec.insert("dataSource".to_owned(), new.into());
        }
        _ => {}
    }
}

/// `stringData` is written over `data` and is never stored.
fn string_data(secret: &mut Object) {
    let Some(Value::Object(texts)) = secret.remove("stringData") else {
        return;
    };
    if texts.is_empty() {
        return;
    }
    let data = secret.object_mut("data");
    for (key, text) in texts {
        let encoded = base64::encode(text.as_str().unwrap_or_default().as_bytes());
        data.insert(key, encoded.into());
    }
}

/// The labels that name the job; those that carry its generated identifier cannot be known before.
fn job(job: &mut Object) {
    let name = job.object("metadata").text("name").to_owned();
    let spec = job.object_mut("spec");
    if spec.flag("manualSelector") || name.is_empty() {
        return;
    }
    let labels = spec
        .object_mut("template")
        .object_mut("metadata")
        .object_mut("labels");
    labels.insert("job-name".to_owned(), name.clone().into());
    labels.insert("batch.kubernetes.io/job-name".to_owned(), name.into());
    // Reading the stored job back applies the defaults again, so that a job without labels takes these.
    let labels = labels.clone();
    if job.object("metadata").object("labels").is_empty() {
        job.object_mut("metadata")
            .insert("labels".to_owned(), labels.into());
    }
}
