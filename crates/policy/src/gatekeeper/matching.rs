use sekisho_model::Selector;
use serde_json::Value;

use super::object;
use super::wildcard::Wildcard;

/// Where an object comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody sent it.
    Original,
    /// An expansion made it from its controller.
    Generated,
}

/// Which objects a constraint is about: `spec.match` (Gatekeeper `pkg/mutation/match`).
#[derive(Debug, Clone, Default)]
pub(super) struct Match {
    kinds: Vec<(Vec<String>, Vec<String>)>,
    scope: Option<String>,
    namespaces: Vec<Wildcard>,
    excluded: Vec<Wildcard>,
    labels: Option<Selector>,
    namespace_labels: Option<Selector>,
    name: Option<Wildcard>,
    source: Option<String>,
}

/// What is matched.
pub(super) struct Target<'a> {
    pub(super) object: &'a Value,
    /// The object's Namespace, when it is known.
    pub(super) namespace: Option<&'a Value>,
    pub(super) origin: Option<Origin>,
}

impl Match {
    /// Reads `spec.match`; the error is what the API server or Gatekeeper would refuse.
    pub(super) fn read(value: Option<&Value>) -> Result<Self, String> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Ok(Self::default());
        };
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let wildcards = |key: &str| {
            let texts = object::texts(value.get(key), &format!("spec.match.{key}"))?;
            Ok::<_, String>(texts.into_iter().map(Wildcard).collect())
        };
        let mut kinds = Vec::new();
        for entry in value
            .get("kinds")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let groups = object::texts(entry.get("apiGroups"), "spec.match.kinds.apiGroups")?;
            let names = object::texts(entry.get("kinds"), "spec.match.kinds.kinds")?;
            kinds.push((groups, names));
        }
        Ok(Self {
            kinds,
            scope: text("scope"),
            namespaces: wildcards("namespaces")?,
            excluded: wildcards("excludedNamespaces")?,
            labels: selector(value, "labelSelector")?,
            namespace_labels: selector(value, "namespaceSelector")?,
            name: text("name").filter(|name| !name.is_empty()).map(Wildcard),
            source: text("source").filter(|source| !source.is_empty()),
        })
    }

    /// Whether the object is meant. An error means that nobody can tell: the constraint then counts as violated.
    pub(super) fn matches(&self, target: &Target<'_>) -> Result<bool, String> {
        Ok(self.kind(target)
            && self.scope(target)
            && self.namespace(target)
            && self
                .labels
                .as_ref()
                .is_none_or(|labels| labels.matches(object::labels(target.object)))
            && self.namespace_labels(target)?
            && self.name(target)
            && self.source(target)?)
    }

    fn kind(&self, target: &Target<'_>) -> bool {
        let (group, _) = object::group_version(target.object);
        let kind = object::kind(target.object);
        let has = |list: &[String], word: &str| {
            list.is_empty() || list.iter().any(|entry| entry == "*" || entry == word)
        };
        self.kinds.is_empty()
            || self
                .kinds
                .iter()
                .any(|(groups, kinds)| has(kinds, kind) && has(groups, group))
    }

    fn scope(&self, target: &Target<'_>) -> bool {
        let is_namespace = object::is_namespace(target.object);
        let inside = !object::namespace(target.object).is_empty() || target.namespace.is_some();
        match self.scope.as_deref() {
            Some("Cluster") => is_namespace || !inside,
            Some("Namespaced") => !is_namespace && inside,
            _ => true,
        }
    }

    /// The name that `namespaces` and `excludedNamespaces` look at; a Namespace is in itself.
    fn in_namespace<'a>(target: &Target<'a>) -> Option<&'a str> {
        let own = object::namespace(target.object);
        match target.namespace {
            _ if object::is_namespace(target.object) => Some(object::name(target.object)),
            Some(namespace) => Some(object::name(namespace)),
            None if !own.is_empty() => Some(own),
            None => None,
        }
    }

    fn namespace(&self, target: &Target<'_>) -> bool {
        // What is in no namespace is disqualified by neither list.
        let Some(name) = Self::in_namespace(target) else {
            return true;
        };
        let named = |list: &[Wildcard]| list.iter().any(|entry| entry.matches(name));
        (self.namespaces.is_empty() || named(&self.namespaces)) && !named(&self.excluded)
    }

    fn namespace_labels(&self, target: &Target<'_>) -> Result<bool, String> {
        let Some(selector) = &self.namespace_labels else {
            return Ok(true);
        };
        if object::is_namespace(target.object) {
            return Ok(selector.matches(object::labels(target.object)));
        }
        match target.namespace {
            Some(namespace) => Ok(selector.matches(object::labels(namespace))),
            None if object::namespace(target.object).is_empty() => Ok(true),
            None => Err(format!(
                "the labels of namespace {} are not known, and `namespaceSelector` asks for them",
                object::namespace(target.object)
            )),
        }
    }

    fn name(&self, target: &Target<'_>) -> bool {
        let start = object::generate_name(target.object);
        self.name.as_ref().is_none_or(|name| {
            name.matches(object::name(target.object)) || name.matches_generated(start)
        })
    }

    fn source(&self, target: &Target<'_>) -> Result<bool, String> {
        let wanted = match self.source.as_deref() {
            None | Some("All") => return Ok(true),
            Some("Original") => Origin::Original,
            Some("Generated") => Origin::Generated,
            Some(other) => return Err(format!("spec.match.source `{other}` is not known")),
        };
        let origin = target
            .origin
            .ok_or("it is not known whether the object was generated")?;
        Ok(origin == wanted)
    }
}

fn selector(value: &Value, key: &str) -> Result<Option<Selector>, String> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(given) => Selector::read(given)
            .map(Some)
            .ok_or_else(|| format!("spec.match.{key} is no label selector")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Match, Origin, Target};

    fn matches(rule: &Value, object: &Value, namespace: Option<&Value>) -> Result<bool, String> {
        let target = Target {
            object,
            namespace,
            origin: Some(Origin::Original),
        };
        Match::read(Some(rule)).unwrap().matches(&target)
    }

    fn pod() -> Value {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}}})
    }

    fn namespace(name: &str) -> Value {
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"env": "prod"}}})
    }

    #[test]
    fn kinds_join_groups_and_kinds_entry_by_entry() {
        let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}});
        let kinds = json!({"kinds": [{"apiGroups": [""], "kinds": ["Role"]}, {"apiGroups": ["rbac.authorization.k8s.io"], "kinds": ["Pod"]}]});
        assert_eq!(matches(&kinds, &role, None), Ok(false));
        assert_eq!(
            matches(&json!({"kinds": [{"kinds": ["Role"]}]}), &role, None),
            Ok(true)
        );
        assert_eq!(
            matches(
                &json!({"kinds": [{"apiGroups": ["*"], "kinds": ["*"]}]}),
                &role,
                None
            ),
            Ok(true)
        );
        assert_eq!(
            matches(
                &json!({"kinds": [{"apiGroups": ["*"], "kinds": ["Ro*"]}]}),
                &role,
                None
            ),
            Ok(false)
        );
    }

    #[test]
    fn cluster_wide_objects_pass_the_lists_of_namespaces() {
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}});
        for rule in [
            json!({"namespaces": ["shop"]}),
            json!({"excludedNamespaces": ["*"]}),
            json!({"namespaceSelector": {"matchLabels": {"a": "b"}}}),
        ] {
            assert_eq!(matches(&rule, &node, None), Ok(true), "{rule}");
        }
        assert_eq!(
            matches(&json!({"scope": "Namespaced"}), &node, None),
            Ok(false)
        );
        assert_eq!(
            matches(&json!({"scope": "namespaced"}), &node, None),
            Ok(true)
        );
    }

    #[test]
    fn a_namespace_is_in_itself_and_selected_by_its_own_labels() {
        let shop = namespace("shop");
        assert_eq!(
            matches(&json!({"namespaces": ["sh*"]}), &shop, None),
            Ok(true)
        );
        assert_eq!(
            matches(&json!({"excludedNamespaces": ["shop"]}), &shop, None),
            Ok(false)
        );
        assert_eq!(
            matches(
                &json!({"namespaceSelector": {"matchLabels": {"env": "prod"}}}),
                &shop,
                None
            ),
            Ok(true)
        );
        assert_eq!(matches(&json!({"scope": "Cluster"}), &shop, None), Ok(true));
    }

    #[test]
    fn unknown_labels_of_a_namespace_are_an_error_and_not_a_pass() {
        let rule = json!({"namespaceSelector": {"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["dev"]}]}});
        assert!(matches(&rule, &pod(), None).is_err());
        assert_eq!(matches(&rule, &pod(), Some(&namespace("shop"))), Ok(true));
        let elsewhere = json!({"namespaceSelector": {}, "kinds": [{"kinds": ["Service"]}]});
        assert_eq!(matches(&elsewhere, &pod(), None), Ok(false));
    }

    #[test]
    fn an_empty_selector_selects_everything_and_a_wrong_one_is_refused() {
        assert_eq!(
            matches(&json!({"labelSelector": {}}), &pod(), None),
            Ok(true)
        );
        assert!(
            Match::read(Some(
                &json!({"labelSelector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}})
            ))
            .is_err()
        );
    }
}
