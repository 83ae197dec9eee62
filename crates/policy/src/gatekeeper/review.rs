use serde_json::{Map, Value, json};

use super::matching::Origin;
use super::object;
use crate::rego;
use crate::vap::Asked;

/// Why something cannot be reviewed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReviewError(pub(super) String);

/// What is judged: one admission request, or one object as if somebody sent it.
#[derive(Debug, Clone)]
pub struct Review {
    pub(super) object: Option<Value>,
    pub(super) old: Option<Value>,
    pub(super) namespace_name: String,
    pub(super) namespace: Option<Value>,
    pub(super) operation: String,
    pub(super) origin: Origin,
    /// `input.review` (Gatekeeper `pkg/target`).
    pub(super) value: rego::Value,
}

/// The fields of an AdmissionRequest (k8s.io/api/admission/v1), and whether they are always there.
const FIELDS: [(&str, bool); 15] = [
    ("uid", true),
    ("kind", true),
    ("resource", true),
    ("subResource", false),
    ("requestKind", false),
    ("requestResource", false),
    ("requestSubResource", false),
    ("name", false),
    ("namespace", false),
    ("operation", true),
    ("userInfo", true),
    ("object", true),
    ("oldObject", true),
    ("dryRun", false),
    ("options", true),
];

impl Review {
    /// An object that is judged by itself: no operation, no user, no old object.
    ///
    /// # Errors
    /// When the object has no kind or no version.
    pub fn of_object(object: &Value, origin: Origin) -> Result<Self, ReviewError> {
        let (group, version) = object::group_version(object);
        let kind = object::kind(object);
        if kind.is_empty() || version.is_empty() {
            return Err(ReviewError(
                "an object needs `apiVersion` and `kind`".to_owned(),
            ));
        }
        let mut request = Map::new();
        request.insert(
            "kind".to_owned(),
            json!({"group": group, "version": version, "kind": kind}),
        );
        request.insert("object".to_owned(), object.clone());
        for (key, text) in [
            ("name", object::name(object)),
            ("namespace", object::namespace(object)),
        ] {
            request.insert(key.to_owned(), text.into());
        }
        Self::of_request(&request, origin)
    }

    /// An AdmissionReview (`admission.k8s.io/v1`).
    ///
    /// # Errors
    /// When a field is not known, or when there is no request or no object in it.
    pub fn of_admission(review: &Value) -> Result<Self, ReviewError> {
        let error = |what: String| Err(ReviewError(what));
        for key in review.as_object().into_iter().flat_map(Map::keys) {
            if !matches!(key.as_str(), "apiVersion" | "kind" | "request" | "response") {
                return error(format!("an AdmissionReview has no field `{key}`"));
            }
        }
        let Some(Value::Object(request)) = review.get("request") else {
            return error("the AdmissionReview has no request".to_owned());
        };
        for key in request.keys() {
            if !FIELDS.iter().any(|(known, _)| known == key) {
                return error(format!("a request has no field `{key}`"));
            }
        }
        let set = |key: &str| request.get(key).is_some_and(|value| !value.is_null());
        if !set("object") && !set("oldObject") {
            return error("the request holds neither an object nor an old one".to_owned());
        }
        for key in ["object", "oldObject"] {
            if set(key)
                && request
                    .get(key)
                    .is_some_and(|object| object::kind(object).is_empty())
            {
                return error(format!("the request's `{key}` has no kind"));
            }
        }
        Self::of_request(request, Origin::Original)
    }

    fn of_request(given: &Map<String, Value>, origin: Origin) -> Result<Self, ReviewError> {
        let mut request = Map::new();
        for (key, always) in FIELDS {
            let value = given.get(key).filter(|value| !value.is_null());
            let value = match (key, value) {
                ("kind", value) => parts(value, ["group", "version", "kind"]),
                ("resource", value) => parts(value, ["group", "version", "resource"]),
                ("uid" | "operation", None) => "".into(),
                ("userInfo", None) => json!({}),
                (_, Some(value)) if always || value.as_str() != Some("") => value.clone(),
                (_, None) if always => Value::Null,
                _ => continue,
            };
            request.insert(key.to_owned(), value);
        }
        let text = |key: &str| {
            request
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (operation, namespace_name) = (text("operation"), text("namespace"));
        if operation == "DELETE" {
            let old = request.get("oldObject").cloned().unwrap_or_default();
            if old.is_null() {
                return Err(ReviewError(
                    "a request to delete needs the old object".to_owned(),
                ));
            }
            request.insert("object".to_owned(), old);
        }
        let part = |key: &str| request.get(key).filter(|value| !value.is_null()).cloned();
        let (object, old) = (part("object"), part("oldObject"));
        request.insert("namespaceObject".to_owned(), json!({}));
        Ok(Self {
            object,
            old,
            namespace_name,
            namespace: None,
            operation,
            origin,
            value: Value::Object(request).into(),
        })
    }

    /// Tells the object's Namespace; templates see it as `input.review.namespaceObject`.
    #[must_use]
    pub fn in_namespace(mut self, namespace: Value) -> Self {
        if let Ok(fields) = self.value.as_object_mut() {
            fields.insert("namespaceObject".into(), namespace.clone().into());
        }
        self.namespace = Some(namespace);
        self
    }

    /// The same review with another object before it.
    #[must_use]
    pub(crate) fn with_old(mut self, old: Value) -> Self {
        if let Ok(fields) = self.value.as_object_mut() {
            fields.insert("oldObject".into(), old.clone().into());
        }
        self.old = Some(old).filter(|old| !old.is_null());
        self
    }

    /// The request as CEL sees it.
    pub(super) fn asked(&self) -> Asked {
        let mut request = rego::to_json(&self.value);
        // Rego sees the old object in both places when something is deleted.
        if self.operation == "DELETE"
            && let Some(fields) = request.as_object_mut()
        {
            fields.remove("object");
        }
        Asked::read(&request)
    }

    /// The object as it would be, or as it was when it is deleted.
    pub fn object(&self) -> Option<&Value> {
        self.object.as_ref()
    }
}

fn parts(value: Option<&Value>, keys: [&str; 3]) -> Value {
    let text = |key: &str| {
        value
            .and_then(|value| value.get(key)?.as_str())
            .unwrap_or_default()
    };
    keys.into_iter()
        .map(|key| (key.to_owned(), Value::from(text(key))))
        .collect::<Map<_, _>>()
        .into()
}
