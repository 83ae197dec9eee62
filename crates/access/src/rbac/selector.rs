use std::collections::BTreeMap;

use sekisho_text::Route;
use serde_json::Value;

use super::read::Reader;

type Labels = BTreeMap<String, String>;

/// A label selector (`metav1.LabelSelectorAsSelector`): all of its requirements hold. An empty one selects everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector(Vec<Requirement>);

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
    /// Reads a selector; `None` when the API machinery would refuse it.
    pub(super) fn read(value: &Value, at: &Route, reader: &mut Reader<'_>) -> Option<Self> {
        let map = value.as_object()?;
        let exact = reader.pairs(map.get("matchLabels"), &at.at("matchLabels"));
        let mut requirements: Vec<Requirement> = exact
            .into_iter()
            .map(|(key, value)| Requirement {
                key,
                test: Test::In(vec![value]),
            })
            .collect();
        let list = at.at("matchExpressions");
        for (index, item) in reader
            .list(map.get("matchExpressions"), &list)
            .iter()
            .enumerate()
        {
            let here = list.index(index);
            let item = item.as_object()?;
            let key = reader.text(item.get("key"), &here.at("key"));
            let operator = reader.text(item.get("operator"), &here.at("operator"));
            let values = reader.texts(item.get("values"), &here.at("values"));
            let test = match (operator.as_str(), values.is_empty()) {
                ("In", false) => Test::In(values),
                ("NotIn", false) => Test::NotIn(values),
                ("Exists", true) => Test::Exists,
                ("DoesNotExist", true) => Test::Absent,
                _ => return None,
            };
            requirements.push(Requirement { key, test });
        }
        Some(Self(requirements))
    }

    pub(super) fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            match &requirement.test {
                Test::In(values) => value.is_some_and(|value| values.contains(value)),
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn selects(selector: &Value, labels: &[(&str, &str)]) -> Option<bool> {
        let mut problems = Vec::new();
        let selector =
            Selector::read(selector, &Route::root(), &mut Reader::new(0, &mut problems))?;
        let labels = labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Some(selector.matches(&labels))
    }

    #[test]
    fn all_requirements_hold_together() {
        let both = json!({"matchLabels": {"a": "1"}, "matchExpressions": [{"key": "b", "operator": "NotIn", "values": ["2"]}]});
        assert_eq!(selects(&both, &[("a", "1")]), Some(true));
        assert_eq!(selects(&both, &[("a", "1"), ("b", "2")]), Some(false));
        assert_eq!(selects(&both, &[]), Some(false));
    }

    #[test]
    fn an_empty_selector_takes_everything() {
        assert_eq!(selects(&json!({}), &[("x", "y")]), Some(true));
    }

    #[test]
    fn refuses_what_the_server_refuses() {
        for bad in [
            json!({"matchExpressions": [{"key": "a", "operator": "In"}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "exists"}]}),
            json!({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}),
            json!("a=b"),
        ] {
            assert_eq!(selects(&bad, &[]), None, "{bad}");
        }
    }
}
