//! Questions to an authorizer: what an expression may ask about rights.
//!
//! k8s.io/apiserver `pkg/cel/library/authz.go`.

use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::value::{Thing, Value};

/// A question, as far as it is put together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// A service account (namespace, name) to ask about instead of the requesting user.
    pub account: Option<(String, String)>,
    /// A path of the API server, for a question about no resource.
    pub path: Option<String>,
    /// The API group.
    pub group: Option<String>,
    /// The resource.
    pub resource: Option<String>,
    /// The subresource.
    pub subresource: String,
    /// The namespace.
    pub namespace: String,
    /// The object's name.
    pub name: String,
    /// A field selector, as written.
    pub field_selector: String,
    /// A label selector, as written.
    pub label_selector: String,
}

/// The authorizer's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// True when it allows.
    pub is_allowed: bool,
    /// Its reason.
    pub reason: String,
    /// What went wrong.
    pub error: Option<String>,
}

impl Check {
    /// The name of its type.
    pub(crate) fn type_name(&self) -> &'static str {
        match (&self.path, &self.group, &self.resource) {
            (Some(_), _, _) => "kubernetes.authorization.PathCheck",
            (None, _, Some(_)) => "kubernetes.authorization.ResourceCheck",
            (None, Some(_), None) => "kubernetes.authorization.GroupCheck",
            (None, None, None) => "kubernetes.authorization.Authorizer",
        }
    }
}

/// The value of the variable `authorizer`.
pub fn authorizer<'a>() -> Value<'a> {
    Value::Thing(Thing::Check(Arc::new(Check::default())))
}

/// A question that is put together already: the value of `authorizer.requestResource`.
pub fn question<'a>(check: Check) -> Value<'a> {
    Value::Thing(Thing::Check(Arc::new(check)))
}

/// Adds one thing to a question.
pub(crate) fn narrow<'a>(check: &Check, function: &str, texts: &[&str]) -> Outcome<Value<'a>> {
    let mut check = check.clone();
    let text = texts.first().copied().unwrap_or_default().to_owned();
    match function {
        "path" if text.trim().is_empty() => return Err(Fault::new("path must not be empty")),
        "path" => check.path = Some(text),
        "group" => check.group = Some(text),
        "resource" if text.trim().is_empty() => {
            return Err(Fault::new("resource must not be empty"));
        }
        "resource" => check.resource = Some(text),
        "subresource" => check.subresource = text,
        "namespace" => check.namespace = text,
        "name" => check.name = text,
        "fieldSelector" => check.field_selector = text,
        "labelSelector" => check.label_selector = text,
        _ => {
            let name = texts.get(1).copied().unwrap_or_default().to_owned();
            if !crate::named::complaints("dns1123Subdomain", &name).is_empty() {
                return Err(Fault::new("Invalid service account name"));
            }
            if !crate::named::complaints("dns1123Label", &text).is_empty() {
                return Err(Fault::new("Invalid service account namespace"));
            }
            check.account = Some((text, name));
        }
    }
    Ok(question(check))
}
