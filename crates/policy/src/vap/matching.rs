//! Which requests a policy or binding is about.
//!
//! k8s.io/apiserver `pkg/admission/plugin/policy/matching` and `plugin/webhook/predicates`.

use sekisho_model::Selector;
use serde_json::Value;

use super::request::Request;

/// Whether a request is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// That cannot be told here, for this reason.
    Unknown(String),
}

/// `matchConstraints` of a policy or `matchResources` of a binding.
#[derive(Debug, Clone, Default)]
pub struct MatchRules {
    namespaces: Option<Selector>,
    objects: Option<Selector>,
    rules: Vec<Rule>,
    excluded: Vec<Rule>,
    is_exact: bool,
}

#[derive(Debug, Clone)]
struct Rule {
    groups: Vec<String>,
    versions: Vec<String>,
    resources: Vec<String>,
    operations: Vec<String>,
    names: Vec<String>,
    scope: String,
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

impl Rule {
    fn read(value: &Value) -> Self {
        Self {
            groups: texts(value, "apiGroups"),
            versions: texts(value, "apiVersions"),
            resources: texts(value, "resources"),
            operations: texts(value, "operations"),
            names: texts(value, "resourceNames"),
            scope: value
                .get("scope")
                .and_then(Value::as_str)
                .unwrap_or("*")
                .to_owned(),
        }
    }

    /// True for all but the version.
    fn means(&self, request: &Request<'_>) -> bool {
        let any = |own: &[String], value: &str| own.iter().any(|one| one == "*" || one == value);
        let in_scope = match self.scope.as_str() {
            "Namespaced" => !request.namespace.is_empty() && !is_namespace(request),
            "Cluster" => request.namespace.is_empty() || is_namespace(request),
            _ => true,
        };
        let named = self.names.is_empty() || self.names.iter().any(|name| name == request.name);
        in_scope
            && named
            && any(&self.groups, request.group)
            && any(&self.operations, request.operation)
            && self.means_resource(request)
    }

    fn means_resource(&self, request: &Request<'_>) -> bool {
        self.resources.iter().any(|own| {
            let (resource, subresource) = own.split_once('/').unwrap_or((own, ""));
            (resource == "*" || resource == request.resource)
                && (subresource == "*" || subresource == request.subresource)
        })
    }

    fn means_version(&self, request: &Request<'_>) -> bool {
        self.versions
            .iter()
            .any(|version| version == "*" || version == request.version)
    }
}

fn is_namespace(request: &Request<'_>) -> bool {
    request.group.is_empty() && request.kind == "Namespace"
}

const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Policies and webhooks themselves are never judged: nobody could be helped out of a bad one.
fn is_exempt(request: &Request<'_>) -> bool {
    request.group == "admissionregistration.k8s.io"
        && matches!(
            request.resource,
            "validatingwebhookconfigurations"
                | "mutatingwebhookconfigurations"
                | "validatingadmissionpolicies"
                | "validatingadmissionpolicybindings"
                | "mutatingadmissionpolicies"
                | "mutatingadmissionpolicybindings"
        )
}

impl MatchRules {
    /// Reads the rules; `None` when a selector is one that the server would refuse.
    pub fn read(value: &Value) -> Option<Self> {
        let selector = |key: &str| match value.get(key) {
            None | Some(Value::Null) => Some(None),
            Some(selector) => Selector::read(selector).map(Some),
        };
        let rules = |key: &str| {
            let items = value.get(key).and_then(Value::as_array);
            items.into_iter().flatten().map(Rule::read).collect()
        };
        Some(Self {
            namespaces: selector("namespaceSelector")?,
            objects: selector("objectSelector")?,
            rules: rules("resourceRules"),
            excluded: rules("excludeResourceRules"),
            is_exact: value.get("matchPolicy").and_then(Value::as_str) == Some("Exact"),
        })
    }

    /// Whether a request is meant.
    pub fn matches(&self, request: &Request<'_>) -> Match {
        if is_exempt(request) || !self.has_labels(request) {
            return Match::No;
        }
        match self.in_namespace(request) {
            Match::Yes => {}
            other => return other,
        }
        match self.rules_match(&self.excluded, request) {
            Match::Yes => return Match::No,
            Match::No => {}
            unknown @ Match::Unknown(_) => return unknown,
        }
        // A binding without rules takes what its policy takes.
        if self.rules.is_empty() {
            Match::Yes
        } else {
            self.rules_match(&self.rules, request)
        }
    }

    fn rules_match(&self, rules: &[Rule], request: &Request<'_>) -> Match {
        let mut means: Vec<&Rule> = rules.iter().filter(|rule| rule.means(request)).collect();
        if means.iter().any(|rule| rule.means_version(request)) {
            return Match::Yes;
        }
        means.retain(|rule| {
            rule.versions
                .iter()
                .any(|version| is_served(request, version))
        });
        match means.first() {
            Some(rule) if !self.is_exact => Match::Unknown(format!(
                "the policy is written for {} of {}, and the object was given as {}: give it in a version that the policy names",
                rule.versions.join(", "),
                request.resource,
                request.version
            )),
            _ => Match::No,
        }
    }

    fn in_namespace(&self, request: &Request<'_>) -> Match {
        let Some(selector) = self
            .namespaces
            .as_ref()
            .filter(|selector| !selector.is_empty())
        else {
            return Match::Yes;
        };
        let labels = |of: &Value| {
            let labels = of.pointer("/metadata/labels");
            labels.and_then(Value::as_object).cloned()
        };
        let found = if is_namespace(request) {
            labels(if request.object.is_null() {
                request.old_object
            } else {
                request.object
            })
        } else if request.namespace.is_empty() {
            return Match::Yes;
        } else if request.namespace_object.is_null() {
            // The one label that every Namespace has.
            if selector.keys().any(|key| key != NAME_LABEL) {
                let namespace = request.namespace;
                return Match::Unknown(format!(
                    "its namespace selector asks for labels of the Namespace `{namespace}`, which was not given"
                ));
            }
            let label = (NAME_LABEL.to_owned(), request.namespace.into());
            Some([label].into_iter().collect())
        } else {
            labels(request.namespace_object)
        };
        if selector.matches(found.as_ref()) {
            Match::Yes
        } else {
            Match::No
        }
    }

    fn has_labels(&self, request: &Request<'_>) -> bool {
        let Some(selector) = self
            .objects
            .as_ref()
            .filter(|selector| !selector.is_empty())
        else {
            return true;
        };
        [request.object, request.old_object]
            .into_iter()
            .any(|object| {
                !object.is_null()
                    && selector.matches(
                        object
                            .pointer("/metadata/labels")
                            .and_then(Value::as_object),
                    )
            })
    }

    /// Groups, versions and resources of each rule, for the type checker.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&[String], &[String], &[String])> {
        self.rules.iter().map(|rule| {
            (
                rule.groups.as_slice(),
                rule.versions.as_slice(),
                rule.resources.as_slice(),
            )
        })
    }
}

fn is_served(request: &Request<'_>, version: &str) -> bool {
    sekisho_schema::kinds().any(|(group, known, kind)| {
        group == request.group && known == version && kind == request.kind
    })
}
