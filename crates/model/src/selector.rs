use serde_json::{Map, Value};

use crate::Fields;

/// A label selector: all of its requirements hold. An empty one selects everything.
///
/// Semantics: `metav1.LabelSelectorAsSelector` and `labels.Requirement.Matches` (k8s.io/apimachinery): `NotIn` and
/// `DoesNotExist` hold where the key is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(Vec<Requirement>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Absent,
}

impl Selector {
    /// Reads `{matchLabels, matchExpressions}`; `None` when the API server would refuse it.
    pub fn read(value: &Value) -> Option<Self> {
        let mut requirements = match value.at("matchLabels") {
            Some(labels) => Self::of_labels(labels)?.0,
            None => Vec::new(),
        };
        for item in value.items("matchExpressions") {
            let key = item.text("key")?.to_owned();
            let values: Option<Vec<String>> = item
                .items("values")
                .iter()
                .map(|value| value.as_str().map(str::to_owned))
                .collect();
            let values = values?;
            let test = match (item.text("operator")?, values.is_empty()) {
                ("In", false) => Test::In(values),
                ("NotIn", false) => Test::NotIn(values),
                ("Exists", true) => Test::Exists,
                ("DoesNotExist", true) => Test::Absent,
                _ => return None,
            };
            requirements.push(Requirement { key, test });
        }
        value.as_object().map(|_| Self(requirements))
    }

    /// Reads a plain map of labels, as Services and Istio's `matchLabels` have it; `None` when a value is no text.
    pub fn of_labels(labels: &Value) -> Option<Self> {
        let requirements = labels.as_object()?.iter().map(|(key, value)| {
            Some(Requirement {
                key: key.clone(),
                test: Test::In(vec![value.as_str()?.to_owned()]),
            })
        });
        requirements.collect::<Option<Vec<_>>>().map(Self)
    }

    /// The labels that it asks for.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|requirement| requirement.key.as_str())
    }

    /// True when it names nothing, and so selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether labels (`metadata.labels`; `None` when there are none) satisfy it.
    pub fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels
                .and_then(|labels| labels.get(&requirement.key))
                .and_then(Value::as_str);
            match &requirement.test {
                Test::In(values) => {
                    value.is_some_and(|value| values.iter().any(|own| own == value))
                }
                Test::NotIn(values) => {
                    value.is_none_or(|value| values.iter().all(|own| own != value))
                }
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Selector;

    fn matches(selector: &serde_json::Value, labels: &serde_json::Value) -> bool {
        Selector::read(selector)
            .unwrap()
            .matches(labels.as_object())
    }

    #[test]
    fn every_requirement_must_hold() {
        let selector = json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["data"]}]});
        assert!(matches(&selector, &json!({"app": "web"})));
        assert!(matches(&selector, &json!({"app": "web", "tier": "front"})));
        assert!(!matches(&selector, &json!({"app": "web", "tier": "data"})));
        assert!(!matches(&selector, &json!({"tier": "front"})));
    }

    #[test]
    fn an_empty_selector_matches_no_labels_at_all_too() {
        assert!(Selector::read(&json!({})).unwrap().matches(None));
    }

    #[test]
    fn what_the_server_refuses_is_not_read() {
        let exists_with_values =
            json!({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]});
        assert_eq!(Selector::read(&exists_with_values), None);
        assert_eq!(Selector::read(&json!("app=web")), None);
    }
}
