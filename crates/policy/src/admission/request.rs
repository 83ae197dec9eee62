use sekisho_schema::{Outcome, Scope, admit, scope, server_message};
use serde_json::{Value, json};

use crate::gatekeeper::{Review, ReviewError};
use crate::vap::{self, Asked};

/// Why there is nothing to decide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is no AdmissionReview and no object.
    #[error("{0}")]
    Malformed(String),
    /// The API server refuses the object itself, before any policy is asked; in its words.
    #[error("{0}")]
    Refused(String),
}

impl From<ReviewError> for RequestError {
    fn from(error: ReviewError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// One AdmissionRequest (`admission.k8s.io/v1`), read once for all engines.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) review: Review,
    asked: Asked,
}

impl Request {
    /// Reads an AdmissionReview as the API server sends it: its objects have their defaults.
    ///
    /// # Errors
    /// When something is in it that such a review does not have, or when there is no object.
    pub fn of_review(review: &Value) -> Result<Self, RequestError> {
        let read = Review::of_admission(review)?;
        let nothing = Value::Null;
        let asked = Asked::read(review.get("request").unwrap_or(&nothing));
        Ok(Self {
            review: read,
            asked,
        })
    }

    /// The CREATE of an object that stands in a file by a user. An object of a built-in kind gets its defaults and
    /// loses what the server does not know, as on the way into a cluster; one without a namespace goes into `default`.
    ///
    /// # Errors
    /// When it is no object, or when the server would refuse it.
    pub fn of_object(
        object: &Value,
        plural: Option<&str>,
        user: &vap::User,
    ) -> Result<Self, RequestError> {
        let given = |key: &str| text(object.get(key));
        let (api_version, kind) = (given("apiVersion"), given("kind"));
        if api_version.is_empty() || kind.is_empty() {
            let message = "an object needs `apiVersion` and `kind`".to_owned();
            return Err(RequestError::Malformed(message));
        }
        let name = text(object.pointer("/metadata/name"));
        let object = match admit(object.clone()) {
            Outcome::Stored(stored) => stored.value,
            Outcome::UnknownKind(value) | Outcome::Removed(_, value) => value,
            Outcome::Refused(refusals) => {
                let message = server_message(&api_version, &kind, &name, &refusals);
                return Err(RequestError::Refused(message));
            }
        };
        Self::of_stored(object, plural, user)
    }

    /// The same for an object that has its defaults.
    ///
    /// # Errors
    /// When it is no object.
    pub fn of_stored(
        mut object: Value,
        plural: Option<&str>,
        user: &vap::User,
    ) -> Result<Self, RequestError> {
        let given = |key: &str| text(object.get(key));
        let (api_version, kind) = (given("apiVersion"), given("kind"));
        let name = text(object.pointer("/metadata/name"));
        let mut namespace = text(object.pointer("/metadata/namespace"));
        if namespace.is_empty() && scope(&api_version, &kind) == Some(Scope::Namespaced) {
            "default".clone_into(&mut namespace);
            if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.insert("namespace".to_owned(), namespace.clone().into());
            }
        }
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        let resource = plural.map_or_else(|| plural_of(&kind), str::to_owned);
        let review = json!({"request": {
            "uid": "",
            "kind": {"group": group, "version": version, "kind": kind},
            "resource": {"group": group, "version": version, "resource": resource},
            "name": name,
            "namespace": namespace,
            "operation": "CREATE",
            "userInfo": {"username": user.name, "groups": user.groups},
            "object": object,
        }});
        Self::of_review(&review)
    }

    /// Its `uid`, which the answer repeats.
    pub fn uid(&self) -> &str {
        &self.asked.uid
    }

    /// Group, version and kind of its object.
    pub fn kind(&self) -> (&str, &str, &str) {
        (&self.asked.group, &self.asked.version, &self.asked.kind)
    }

    /// The resource in the plural.
    pub fn resource(&self) -> &str {
        &self.asked.resource
    }

    /// The subresource; empty when there is none.
    pub fn subresource(&self) -> &str {
        &self.asked.subresource
    }

    /// The name; empty when the server makes it.
    pub fn name(&self) -> &str {
        &self.asked.name
    }

    /// The namespace; empty for cluster-wide objects.
    pub fn namespace(&self) -> &str {
        &self.asked.namespace
    }

    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    pub fn operation(&self) -> &str {
        &self.asked.operation
    }

    /// Who asks.
    pub fn user(&self) -> &vap::User {
        &self.asked.user
    }

    /// True when nothing is stored.
    pub fn is_dry_run(&self) -> bool {
        self.asked.is_dry_run
    }

    /// The object as it would be stored; `null` on DELETE.
    pub fn object(&self) -> &Value {
        &self.asked.object
    }

    /// The object as it is stored; `null` on CREATE.
    pub fn old_object(&self) -> &Value {
        &self.asked.old_object
    }

    /// The same request with another object before it.
    #[must_use]
    pub fn with_old_object(&self, old_object: Value) -> Self {
        Self {
            review: self.review.clone().with_old(old_object.clone()),
            asked: Asked {
                old_object,
                ..self.asked.clone()
            },
        }
    }

    /// How the server begins a refusal of this request: `pods "web" is forbidden: `.
    pub fn forbidden(&self, message: &str) -> String {
        self.as_vap(&Value::Null).forbidden(message)
    }

    pub(super) fn as_vap<'a>(&'a self, namespace_object: &'a Value) -> vap::Request<'a> {
        self.asked.request(namespace_object)
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The resource of a kind that no definition names: apimachinery's `meta.UnsafeGuessKindToResource`, but `gateways`.
fn plural_of(kind: &str) -> String {
    let singular = kind.to_lowercase();
    if singular.ends_with("endpoints") {
        return singular;
    }
    if singular.ends_with('s') {
        return format!("{singular}es");
    }
    match singular.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{singular}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_from_a_file_is_what_the_server_would_store() {
        let object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
            "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "a", "image": "x"}]}}}});
        let request = Request::of_object(&object, None, &vap::User::default()).unwrap();
        assert_eq!(request.namespace(), "default");
        assert_eq!(request.resource(), "deployments");
        assert_eq!(request.operation(), "CREATE");
        assert_eq!(request.object()["spec"]["replicas"], json!(1));
    }

    #[test]
    fn what_the_server_refuses_is_refused_in_its_words() {
        let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": []}});
        let error = Request::of_object(&object, None, &vap::User::default()).unwrap_err();
        assert!(
            matches!(&error, RequestError::Refused(message) if message.contains("spec.containers")),
            "{error}"
        );
    }

    #[test]
    fn resources_are_named_as_the_server_names_them() {
        for (kind, resource) in [
            ("NetworkPolicy", "networkpolicies"),
            ("Ingress", "ingresses"),
            ("Endpoints", "endpoints"),
            ("Gateway", "gateways"),
            ("ConfigMap", "configmaps"),
        ] {
            assert_eq!(plural_of(kind), resource);
        }
    }
}
