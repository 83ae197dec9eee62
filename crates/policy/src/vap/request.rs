//! What is asked of the API server, and by whom.

use sekisho_cel::{Check, Decision};
use serde_json::{Value, json};

/// The requesting user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: String,
    /// Unique identifier; empty when there is none.
    pub uid: String,
    /// Groups.
    pub groups: Vec<String>,
    /// Whatever else the authenticator tells.
    pub extra: Vec<(String, Vec<String>)>,
}

/// One request, after defaulting and mutation.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// API group of the object; empty for the core group.
    pub group: &'a str,
    /// API version of the object.
    pub version: &'a str,
    /// Kind of the object.
    pub kind: &'a str,
    /// Resource in the plural.
    pub resource: &'a str,
    /// Subresource; empty when there is none.
    pub subresource: &'a str,
    /// Name; empty when the server makes it.
    pub name: &'a str,
    /// Namespace; empty for cluster-wide objects.
    pub namespace: &'a str,
    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    pub operation: &'a str,
    /// Who asks.
    pub user: &'a User,
    /// True when nothing is stored.
    pub dry_run: bool,
    /// The options of the operation; null when there are none.
    pub options: &'a Value,
    /// The object as it would be stored; null on DELETE.
    pub object: &'a Value,
    /// The object as it is stored; null on CREATE.
    pub old_object: &'a Value,
    /// The Namespace object that the request falls into; null for cluster-wide objects.
    pub namespace_object: &'a Value,
}

/// Answers questions about rights.
pub trait Authorizer {
    /// Decides. A check without an account is about the user.
    fn decide(&self, user: &User, check: &Check, verb: &str) -> Decision;
}

impl Request<'_> {
    /// The variable `request`: an AdmissionRequest without objects; empty parts are left out as Go's encoder leaves them out.
    pub(crate) fn value(&self) -> Value {
        let kind = json!({"group": self.group, "version": self.version, "kind": self.kind});
        let resource =
            json!({"group": self.group, "version": self.version, "resource": self.resource});
        let mut user = json!({});
        let mut out = json!({
            "uid": "",
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            "operation": self.operation,
            "dryRun": self.dry_run,
            "options": self.options,
        });
        let put = |into: &mut Value, key: &str, value: Value| {
            if let Some(map) = into.as_object_mut() {
                map.insert(key.to_owned(), value);
            }
        };
        for (key, text) in [("username", &self.user.name), ("uid", &self.user.uid)] {
            if !text.is_empty() {
                put(&mut user, key, json!(text));
            }
        }
        if !self.user.groups.is_empty() {
            put(&mut user, "groups", json!(self.user.groups));
        }
        if !self.user.extra.is_empty() {
            let extra = self
                .user
                .extra
                .iter()
                .map(|(key, values)| (key.clone(), json!(values)));
            put(&mut user, "extra", Value::Object(extra.collect()));
        }
        put(&mut out, "userInfo", user);
        for (key, text) in [
            ("name", self.name),
            ("namespace", self.namespace),
            ("subResource", self.subresource),
            ("requestSubResource", self.subresource),
        ] {
            if !text.is_empty() {
                put(&mut out, key, json!(text));
            }
        }
        out
    }

    /// How the server begins a refusal of this request: `pods "web" is forbidden: `.
    pub fn forbidden(&self, message: &str) -> String {
        let group = if self.group.is_empty() {
            String::new()
        } else {
            format!(".{}", self.group)
        };
        format!(
            "{}{group} {} is forbidden: {message}",
            self.resource,
            sekisho_cel::quoted(self.name)
        )
    }
}
