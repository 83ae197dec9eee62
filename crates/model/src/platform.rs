use serde::{Deserialize, Serialize};

use crate::{Object, Phrase, Pod};

/// An exception that ships with the product, for a piece of the platform that cannot comply by its nature.
///
/// It is bounded: it names exactly what it covers, and something that merely carries the same name but runs another
/// image or binds other subjects is not covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformException {
    /// Stable name.
    pub id: String,
    /// What it is.
    pub what: Phrase,
    /// Why it cannot comply.
    pub reason: Phrase,
    /// Exactly which objects.
    #[serde(rename = "match")]
    pub matches: PlatformMatch,
    /// The checks that it is excepted from.
    pub checks: Vec<String>,
}

/// Which objects an exception covers: all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformMatch {
    /// Namespace, for namespaced kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// For workloads: the image repository of every container must end with one of these, in whole path segments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// For bindings: the role's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// For bindings: exactly these subjects, as `Kind:name` or `ServiceAccount:namespace/name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
}

impl PlatformException {
    /// True when the exception covers `check` on `object`.
    pub fn covers(&self, check: &str, object: &Object) -> bool {
        self.checks.iter().any(|name| name == check) && self.matches.covers(object)
    }
}

impl PlatformMatch {
    /// True when everything that is given holds of the object.
    pub fn covers(&self, object: &Object) -> bool {
        self.kind == object.kind
            && self.name == object.name
            && self.namespace.as_deref() == object.namespace.given()
            && self.covers_images(object)
            && self.covers_binding(object)
    }

    fn covers_images(&self, object: &Object) -> bool {
        let Some(pod) = Pod::of(object) else {
            return self.images.is_empty();
        };
        !self.images.is_empty()
            && pod.containers().iter().all(|container| {
                let repository = container.repository();
                self.images
                    .iter()
                    .any(|suffix| ends_with_segments(repository, suffix))
            })
    }

    fn covers_binding(&self, object: &Object) -> bool {
        let is_binding = object.kind.ends_with("RoleBinding");
        if !is_binding {
            return self.role.is_none() && self.subjects.is_empty();
        }
        let mut subjects = object.bound_subjects();
        let mut wanted = self.subjects.clone();
        subjects.sort();
        wanted.sort();
        self.role.as_deref() == object.bound_role() && subjects == wanted
    }
}

fn ends_with_segments(repository: &str, suffix: &str) -> bool {
    repository
        .strip_suffix(suffix)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::ends_with_segments;

    #[test]
    fn an_image_matches_in_whole_segments() {
        assert!(ends_with_segments(
            "602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni",
            "amazon-k8s-cni"
        ));
        assert!(!ends_with_segments(
            "evil.example/not-amazon-k8s-cni",
            "amazon-k8s-cni"
        ));
    }
}
