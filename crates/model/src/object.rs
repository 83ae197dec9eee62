use std::fmt;
use std::sync::Arc;

use sekisho_text::Route;
use serde::Serialize;
use serde_json::Value;

use crate::{Fields, Phrase, Place};

/// A kind of object, whatever its version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKind {
    /// API group; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
}

/// The namespace of an object, as far as the input tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// Named in the object.
    Given(String),
    /// The kind is namespaced, but the file leaves the namespace to whoever applies it.
    Open,
    /// The kind has none.
    Cluster,
}

impl Namespace {
    /// The name, when the object gives one.
    pub fn given(&self) -> Option<&str> {
        match self {
            Self::Given(name) => Some(name),
            Self::Open | Self::Cluster => None,
        }
    }
}

/// The text an object was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Index of the file in the estate.
    pub file: usize,
    /// Index of the document in the file.
    pub document: usize,
    /// The object's place in the document: the root, or `items[3]` in a list.
    pub base: Route,
}

/// What reading the object brought up before any check looked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadNote {
    /// The API server would drop this field.
    UnknownField {
        /// Where it stands.
        route: Route,
        /// The field that was probably meant.
        meant: Option<Route>,
    },
    /// The API server would refuse the object.
    Refused {
        /// Where.
        route: Route,
        /// The server's reason.
        reason: String,
    },
    /// This version of the kind is no longer served, or never was.
    Removed {
        /// The release that removed it; absent when it never existed.
        removed_in: Option<String>,
        /// What to use.
        replacement: Option<String>,
    },
    /// A built-in API group that has no such kind.
    UnknownKind,
    /// Other readers of YAML read this place differently, or a key hides another.
    Yaml(sekisho_yaml::Note),
}

/// One Kubernetes object, as the API server would store it.
#[derive(Debug, Clone)]
pub struct Object {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Its namespace.
    pub namespace: Namespace,
    /// Its name; empty when it has only a `generateName`.
    pub name: String,
    /// Defaults set, unknown fields dropped.
    pub value: Value,
    /// The text it came from; absent for an object of a live cluster.
    pub source: Option<Source>,
    /// Where it lives.
    pub place: Arc<Place>,
    /// What reading brought up.
    pub notes: Vec<ReadNote>,
}

/// The name of an object in output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectId {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Absent for cluster-wide kinds and when the file leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(out, "{} {namespace}/{}", self.kind, self.name),
            None => write!(out, "{} {}", self.kind, self.name),
        }
    }
}

impl Object {
    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }

    /// True for this group and kind, in any version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group() == group
    }

    /// Its name in output.
    pub fn id(&self) -> ObjectId {
        ObjectId {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.given().map(str::to_owned),
            name: self.name.clone(),
        }
    }

    /// A label's value.
    pub fn label(&self, name: &str) -> Option<&str> {
        self.value.at("metadata.labels")?.key(name)?.as_str()
    }

    /// An annotation's value.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.value.at("metadata.annotations")?.key(name)?.as_str()
    }

    /// The role that a binding binds.
    pub fn bound_role(&self) -> Option<&str> {
        self.value.text("roleRef.name")
    }

    /// The subjects of a binding, as `Kind:name` or `ServiceAccount:namespace/name`.
    pub fn bound_subjects(&self) -> Vec<String> {
        self.value
            .items("subjects")
            .iter()
            .map(|subject| {
                let kind = subject.text("kind").unwrap_or("");
                let name = subject.text("name").unwrap_or("");
                match (kind, subject.text("namespace")) {
                    ("ServiceAccount", Some(namespace)) => format!("{kind}:{namespace}/{name}"),
                    _ => format!("{kind}:{name}"),
                }
            })
            .collect()
    }

    /// The text that the API server would report for the phrase "this object".
    pub fn called(&self) -> Phrase {
        let id = self.id().to_string();
        Phrase::new(id.clone(), id)
    }
}
