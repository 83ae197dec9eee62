use std::fmt;

use serde_json::{Value, json};

/// The workload that an object belongs to; the object itself when nothing owns it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind, self.name)
    }
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

impl Owner {
    /// The owner of an object, up to the Deployment of a ReplicaSet, which the label `pod-template-hash` tells.
    pub fn of(object: &Value) -> Self {
        let own = |kind: &str, name: &str| Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
        };
        let (kind, name) = match Self::controller(object) {
            Some(owner) => (text(owner, "/kind"), text(owner, "/name")),
            None => (text(object, "/kind"), called(object)),
        };
        let hash = text(object, "/metadata/labels/pod-template-hash");
        let stem = name
            .strip_suffix(hash)
            .and_then(|stem| stem.strip_suffix('-'));
        match stem.filter(|_| kind == "ReplicaSet" && !hash.is_empty()) {
            Some(deployment) => own("Deployment", deployment),
            None => own(kind, name),
        }
    }

    /// The owner reference that controls an object.
    pub(super) fn controller(object: &Value) -> Option<&Value> {
        let references = object.pointer("/metadata/ownerReferences")?.as_array()?;
        let is_controller = |one: &&Value| one.get("controller") == Some(&Value::Bool(true));
        references.iter().find(is_controller)
    }

    /// The pod that a controller makes of its template.
    pub(super) fn pod_of_template(object: &Value, template: &Value) -> Value {
        let name = text(object, "/metadata/name");
        let mut metadata = template.get("metadata").cloned().unwrap_or_default();
        if !metadata.is_object() {
            metadata = json!({});
        }
        if let Some(fields) = metadata.as_object_mut() {
            fields.insert("generateName".to_owned(), format!("{name}-").into());
            fields.insert("name".to_owned(), format!("{name}-00000").into());
            fields.insert(
                "namespace".to_owned(),
                text(object, "/metadata/namespace").into(),
            );
            let owner = json!([{
                "apiVersion": text(object, "/apiVersion"),
                "kind": text(object, "/kind"),
                "name": name,
                "uid": "",
                "controller": true,
            }]);
            fields.insert("ownerReferences".to_owned(), owner);
        }
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec")})
    }
}

fn called(object: &Value) -> &str {
    match text(object, "/metadata/name") {
        "" => text(object, "/metadata/generateName"),
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_belongs_to_the_deployment_behind_its_replica_set() {
        let pod = json!({"kind": "Pod", "metadata": {"name": "web-6b88894d98-x", "labels": {"pod-template-hash": "6b88894d98"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "web-6b88894d98", "controller": true}]}});
        assert_eq!(Owner::of(&pod).to_string(), "Deployment web");
        let alone = json!({"kind": "Pod", "metadata": {"name": "preview"}});
        assert_eq!(Owner::of(&alone).to_string(), "Pod preview");
        let set = json!({"kind": "Pod", "metadata": {"name": "db-0",
            "ownerReferences": [{"kind": "StatefulSet", "name": "db", "controller": true}]}});
        assert_eq!(Owner::of(&set).to_string(), "StatefulSet db");
    }
}
