use serde_json::Value;

use super::request::{Request, User};

/// An AdmissionRequest (`admission.k8s.io/v1`) that owns what it holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) uid: String,
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) resource: String,
    pub(crate) subresource: String,
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) operation: String,
    pub(crate) user: User,
    pub(crate) is_dry_run: bool,
    pub(crate) options: Value,
    /// `null` on DELETE.
    pub(crate) object: Value,
    pub(crate) old_object: Value,
}

impl Asked {
    /// Reads the fields of a request; what is not there is empty.
    pub(crate) fn read(request: &Value) -> Self {
        let text = |key: &str| text(request.get(key));
        let part =
            |key: &str, name: &str| self::text(request.get(key).and_then(|part| part.get(name)));
        let value = |key: &str| request.get(key).cloned().unwrap_or_default();
        let operation = text("operation");
        Self {
            uid: text("uid"),
            group: part("kind", "group"),
            version: part("kind", "version"),
            kind: part("kind", "kind"),
            resource: part("resource", "resource"),
            subresource: text("subResource"),
            name: text("name"),
            namespace: text("namespace"),
            user: user(request.get("userInfo")),
            is_dry_run: request.get("dryRun") == Some(&Value::Bool(true)),
            options: value("options"),
            object: if operation == "DELETE" {
                Value::Null
            } else {
                value("object")
            },
            old_object: value("oldObject"),
            operation,
        }
    }

    /// As policies see it, in this Namespace; `null` when it is not known or there is none.
    pub(crate) fn request<'a>(&'a self, namespace_object: &'a Value) -> Request<'a> {
        Request {
            group: &self.group,
            version: &self.version,
            kind: &self.kind,
            resource: &self.resource,
            subresource: &self.subresource,
            name: &self.name,
            namespace: &self.namespace,
            operation: &self.operation,
            user: &self.user,
            dry_run: self.is_dry_run,
            options: &self.options,
            object: &self.object,
            old_object: &self.old_object,
            namespace_object,
        }
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn user(info: Option<&Value>) -> User {
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let Some(info) = info else {
        return User::default();
    };
    let extra = info.get("extra").and_then(Value::as_object);
    User {
        name: text(info.get("username")),
        uid: text(info.get("uid")),
        groups: info.get("groups").map(texts).unwrap_or_default(),
        extra: extra
            .into_iter()
            .flatten()
            .map(|(key, values)| (key.clone(), texts(values)))
            .collect(),
    }
}
