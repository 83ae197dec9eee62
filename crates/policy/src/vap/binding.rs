//! What brings a policy into force, and with which parameters.

use sekisho_model::Selector;
use serde_json::Value;

use super::matching::MatchRules;

/// What happens when a validation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The request is refused.
    Deny,
    /// The client is warned.
    Warn,
    /// The audit log gets a note.
    Audit,
}

/// A ValidatingAdmissionPolicyBinding.
#[derive(Debug, Clone)]
pub struct PolicyBinding {
    pub(crate) name: String,
    pub(crate) policy: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) rules: MatchRules,
    pub(crate) params: Option<ParamRef>,
}

#[derive(Debug, Clone)]
pub(crate) struct ParamRef {
    name: String,
    namespace: String,
    selector: Option<Selector>,
    denies: bool,
}

/// Knows the objects that policies take as parameters.
pub trait ParamSource {
    /// True when objects of the kind live in namespaces; `None` when the kind is not known.
    fn is_namespaced(&self, api_version: &str, kind: &str) -> Option<bool>;

    /// All objects of the kind, in one namespace where it has any.
    fn objects(&self, api_version: &str, kind: &str, namespace: Option<&str>) -> Vec<&Value>;
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

impl PolicyBinding {
    /// Reads a binding; `None` when a selector in it is one that the server would refuse.
    pub fn read(object: &Value) -> Option<Self> {
        let nothing = Value::Null;
        let spec = object.get("spec").unwrap_or(&nothing);
        let actions = spec.get("validationActions").and_then(Value::as_array);
        let actions = actions.into_iter().flatten().filter_map(Value::as_str);
        let params = match spec.get("paramRef").filter(|given| !given.is_null()) {
            None => None,
            Some(given) => Some(ParamRef {
                name: text(given, "name").to_owned(),
                namespace: text(given, "namespace").to_owned(),
                selector: match given.get("selector").filter(|selector| !selector.is_null()) {
                    None => None,
                    Some(selector) => Some(Selector::read(selector)?),
                },
                denies: text(given, "parameterNotFoundAction") == "Deny",
            }),
        };
        Some(Self {
            name: object
                .pointer("/metadata/name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            policy: text(spec, "policyName").to_owned(),
            actions: actions
                .filter_map(|action| match action {
                    "Deny" => Some(Action::Deny),
                    "Warn" => Some(Action::Warn),
                    "Audit" => Some(Action::Audit),
                    _ => None,
                })
                .collect(),
            rules: MatchRules::read(spec.get("matchResources").unwrap_or(&nothing))?,
            params,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its policy.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The parameters to judge with, one after the other; `None` stands for none at all.
    ///
    /// # Errors
    /// In the server's words, when the binding cannot be used.
    pub(crate) fn params<'s>(
        &self,
        kind: Option<&(String, String)>,
        namespace: &str,
        source: &'s dyn ParamSource,
    ) -> Result<Vec<Option<&'s Value>>, String> {
        let (Some((api_version, kind)), Some(given)) = (kind, &self.params) else {
            return Ok(vec![None]);
        };
        let Some(is_namespaced) = source.is_namespaced(api_version, kind) else {
            return Err(format!(
                "paramKind kind `&ParamKind{{APIVersion:{api_version},Kind:{kind},}}` not known"
            ));
        };
        let within = match (is_namespaced, given.namespace.as_str(), namespace) {
            (false, "", _) => None,
            (false, _, _) => return Err("paramRef.namespace must not be provided for a cluster-scoped `paramKind`".to_owned()),
            (true, "", "") => return Err("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources".to_owned()),
            (true, "", own) => Some(own),
            (true, given, _) => Some(given),
        };
        let all = source.objects(api_version, kind, within).into_iter();
        let found: Vec<Option<&Value>> = match (given.name.as_str(), &given.selector) {
            ("", None) => return Err("one of name or selector must be provided".to_owned()),
            ("", Some(selector)) => {
                let labels = |object: &Value| {
                    object
                        .pointer("/metadata/labels")
                        .and_then(Value::as_object)
                        .cloned()
                };
                all.filter(|object| selector.matches(labels(object).as_ref()))
                    .map(Some)
                    .collect()
            }
            (_, Some(_)) => {
                return Err("paramRef.name and paramRef.selector are mutually exclusive".to_owned());
            }
            (name, None) => {
                let named = |object: &&Value| {
                    object.pointer("/metadata/name").and_then(Value::as_str) == Some(name)
                };
                all.filter(named).take(1).map(Some).collect()
            }
        };
        if found.is_empty() && given.denies {
            return Err(
                "no params found for policy binding with `Deny` parameterNotFoundAction".to_owned(),
            );
        }
        Ok(found)
    }
}
