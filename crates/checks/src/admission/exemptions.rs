//! What selectors and conditions of an admission webhook or policy leave out.

use sekisho_model::{Fields, Phrase, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::system_namespaces::is_system;
use crate::Context;

/// One way around a guard.
#[derive(Debug, Clone)]
pub(crate) struct Gap {
    /// The selector or condition.
    pub(crate) route: Route,
    /// Who gets around, and how.
    pub(crate) how: Phrase,
    /// What the field should be instead.
    pub(crate) should: Option<Value>,
}

const NAME: &str = "kubernetes.io/metadata.name";

/// A label that anybody writes on what they create.
pub(crate) fn of_object_selector(selector: &Value, route: Route) -> Option<Gap> {
    let keys = keys(selector);
    if keys.is_empty() {
        return None;
    }
    let keys = keys.join("`, `");
    Some(Gap {
        route,
        how: phrase!(en: "it looks at the label `{keys}` of the object itself, so whoever creates the object decides whether it is judged",
                     ja: "オブジェクト自身のラベル `{keys}` で対象を選ぶため、作成者が判定の有無を決められる"),
        should: Some(json!({})),
    })
}

fn keys(selector: &Value) -> Vec<String> {
    let labels = selector.entries("matchLabels").into_iter().flatten();
    let labels = labels.map(|(key, _)| key.clone());
    let expressions = selector.items("matchExpressions").iter();
    let expressions = expressions.filter_map(|item| item.text("key").map(str::to_owned));
    labels.chain(expressions).collect()
}

/// What a namespace selector leaves out. `home` is the namespace of the webhook itself; `guarded` are labels whose change
/// another webhook refuses; `opt_in` says whether it is a gap that only named namespaces are covered.
pub(crate) fn of_namespace_selector(
    cx: &Context<'_>,
    selector: &Value,
    route: Route,
    home: Option<&str>,
    guarded: &[&str],
    opt_in: bool,
) -> Option<Gap> {
    let is_fine = |name: &str| is_system(cx, name) || home == Some(name);
    let mut named: Vec<String> = Vec::new();
    let mut kept: Vec<String> = home.map(str::to_owned).into_iter().collect();
    let mut optional: Vec<&str> = Vec::new();
    let mut wanted: Vec<&str> = selector
        .entries("matchLabels")
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect();
    for item in selector.items("matchExpressions") {
        let key = item.text("key").unwrap_or("");
        match (item.text("operator").unwrap_or(""), key) {
            ("NotIn", NAME) => {
                for name in item.items("values").iter().filter_map(Value::as_str) {
                    let list = if is_fine(name) { &mut kept } else { &mut named };
                    if !list.iter().any(|known| known == name) {
                        list.push(name.to_owned());
                    }
                }
            }
            // Every namespace has this label.
            ("Exists", NAME) => {}
            ("NotIn" | "DoesNotExist", _) if guarded.contains(&key) => {}
            ("NotIn" | "DoesNotExist", _) => optional.push(key),
            _ => wanted.push(key),
        }
    }
    let how = if let Some(key) = wanted.first().filter(|_| opt_in) {
        phrase!(en: "it covers only namespaces that the label `{key}` selects; every other one, and every new one, is free of it",
                ja: "ラベル `{key}` で選ばれた Namespace だけが対象であり、それ以外と今後作られる Namespace には効かない")
    } else if !named.is_empty() {
        let named = named.join("`, `");
        phrase!(en: "it leaves out more than system namespaces: `{named}`; what is created there is not judged",
                ja: "システム以外の Namespace `{named}` も除外しており、そこで作られるものは判定されない")
    } else if let Some(key) = optional.first() {
        phrase!(en: "a namespace leaves it by the label `{key}`: whoever may label a namespace switches it off there",
                ja: "ラベル `{key}` を付けた Namespace は対象外となる。Namespace にラベルを付けられる者が無効化できる")
    } else {
        return None;
    };
    if !kept.iter().any(|name| name == "kube-system") {
        kept.insert(0, String::from("kube-system"));
    }
    let should = json!({"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": kept}]});
    Some(Gap {
        route,
        how,
        should: Some(should),
    })
}

/// What a CEL condition leaves out, as far as its words tell.
pub(crate) fn of_condition(cx: &Context<'_>, expression: &str, route: Route) -> Option<Gap> {
    let compact: String = expression.split_whitespace().collect();
    let has = |words: &[&str]| words.iter().any(|word| compact.contains(word));
    let literals = literals(expression);
    let how = if has(&[
        "object.metadata.labels",
        "object.metadata.annotations",
        "object.metadata.?labels",
        "object.metadata.?annotations",
    ]) {
        phrase!(en: "its condition reads labels or annotations of the object itself, so whoever creates the object decides whether it is judged",
                ja: "条件がオブジェクト自身のラベルやアノテーションを参照するため、作成者が判定の有無を決められる")
    } else if let Some(group) = literals.iter().find(|text| {
        matches!(
            text.as_str(),
            "system:serviceaccounts" | "system:authenticated" | "system:serviceaccount:"
        )
    }) {
        phrase!(en: "its condition speaks of `{group}`, that is of every service account: the controllers that create nearly all pods are among them",
                ja: "条件が `{group}`、すなわち全 ServiceAccount に及ぶ。ほぼすべての Pod を作るコントローラーもこれに含まれる")
    } else if has(&["request.namespace", "object.metadata.namespace"])
        && literals
            .iter()
            .any(|name| is_name(name) && !is_system(cx, name))
    {
        let names: Vec<&str> = literals
            .iter()
            .filter(|name| is_name(name) && !is_system(cx, name))
            .map(String::as_str)
            .collect();
        let names = names.join("`, `");
        phrase!(en: "its condition tells the namespaces `{names}` apart, which are no system namespaces",
                ja: "条件がシステム以外の Namespace `{names}` を区別している")
    } else {
        return None;
    };
    Some(Gap {
        route,
        how,
        should: None,
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The quoted texts of an expression.
fn literals(expression: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(start) = rest.find(['\'', '"']) {
        let (_, after) = rest.split_at(start);
        let mut letters = after.chars();
        let Some(quote) = letters.next() else {
            break;
        };
        let Some((text, behind)) = letters.as_str().split_once(quote) else {
            break;
        };
        found.push(text.to_owned());
        rest = behind;
    }
    found
}
