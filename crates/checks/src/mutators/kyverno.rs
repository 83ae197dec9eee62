//! Mutate rules of Kyverno's `ClusterPolicy` and `Policy` (`kyverno.io`).

use std::collections::BTreeSet;

use sekisho_model::{Estate, Fields, Object};
use serde_json::Value;

use super::scope::Rule;
use super::write::{Change, Step, Write};
use super::{Effect, Mutator, plain, text_words, words};

/// What Kyverno leaves alone as it is shipped (`resourceFilters` of its ConfigMap).
const LEFT_ALONE: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "kyverno"];

pub(super) fn read(estate: &Estate) -> Vec<Mutator<'_>> {
    let mut found = Vec::new();
    for kind in ["ClusterPolicy", "Policy"] {
        for (_, object) in estate.of_kind("kyverno.io", kind) {
            if object.value.flag("spec.admission") == Some(false) {
                continue;
            }
            for rule in object.value.items("spec.rules") {
                found.extend(mutator(object, rule));
            }
        }
    }
    found
}

fn mutator<'a>(object: &'a Object, rule: &'a Value) -> Option<Mutator<'a>> {
    let mutate = rule.at("mutate")?;
    // With targets it changes other objects than the one that is admitted.
    if !mutate.items("targets").is_empty() {
        return None;
    }
    let mut effect = Effect::default();
    if let Some(patch) = mutate.at("patchStrategicMerge") {
        overlay(patch, &mut Vec::new(), &mut effect);
    }
    if let Some(text) = mutate.text("patchesJson6902") {
        json_patch(text, &mut effect);
    }
    if let Some(each) = mutate.at("foreach") {
        effect.open.extend(text_words(&each.to_string()));
    }
    let mut all = vec![filter(rule.at("match")), exempt()];
    if let Some(exclude) = rule.at("exclude") {
        all.push(Rule::Not(Box::new(filter(Some(exclude)))));
    }
    if rule
        .at("preconditions")
        .is_some_and(|conditions| !conditions.is_null())
    {
        all.push(Rule::Open);
    }
    if let Some(own) = object.namespace.given() {
        all.push(Rule::Namespaces(vec![own.to_owned()]));
    }
    Some(Mutator {
        object,
        scope: Rule::All(all),
        effect,
    })
}

fn exempt() -> Rule {
    let names = LEFT_ALONE.map(str::to_owned).to_vec();
    Rule::Not(Box::new(Rule::Namespaces(names)))
}

fn filter(value: Option<&Value>) -> Rule {
    let Some(value) = value else {
        return Rule::never();
    };
    let (any, all) = (value.items("any"), value.items("all"));
    if !any.is_empty() {
        return Rule::Any(any.iter().map(resources).collect());
    }
    if !all.is_empty() {
        return Rule::All(all.iter().map(resources).collect());
    }
    resources(value)
}

fn resources(item: &Value) -> Rule {
    let mut all = Vec::new();
    for who in ["subjects", "roles", "clusterRoles"] {
        if !item.items(who).is_empty() {
            all.push(Rule::Open);
        }
    }
    let Some(wanted) = item.at("resources") else {
        return Rule::All(all);
    };
    let texts = |dotted| -> Vec<String> {
        let items: &[Value] = wanted.items(dotted);
        items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let kinds = texts("kinds");
    if !kinds.is_empty() {
        all.push(Rule::Any(kinds.iter().filter_map(|it| kind(it)).collect()));
    }
    let mut names = texts("names");
    names.extend(wanted.text("name").map(str::to_owned));
    if !names.is_empty() {
        all.push(Rule::Names(names));
    }
    let namespaces = texts("namespaces");
    if !namespaces.is_empty() {
        all.push(Rule::Namespaces(namespaces));
    }
    let operations = texts("operations");
    if !operations.is_empty() && !operations.iter().any(|it| it == "CREATE") {
        all.push(Rule::never());
    }
    if wanted
        .entries("annotations")
        .is_some_and(|map| !map.is_empty())
    {
        all.push(Rule::Open);
    }
    all.push(Rule::selector(wanted.at("selector"), Rule::Labels));
    all.push(Rule::selector(
        wanted.at("namespaceSelector"),
        Rule::NamespaceLabels,
    ));
    Rule::All(all)
}

/// `Pod`, `v1/Pod`, `apps/v1/Deployment`; `None` for a subresource (`Pod/exec`).
fn kind(text: &str) -> Option<Rule> {
    let parts: Vec<&str> = text.split('/').collect();
    let any = || "*".to_owned();
    match parts.as_slice() {
        ["*"] => Some(Rule::always()),
        [kind] => Some(Rule::Kind(any(), any(), (*kind).to_owned())),
        [first, _] if first.starts_with(char::is_uppercase) => None,
        [version, kind] => Some(Rule::Kind(any(), (*version).to_owned(), (*kind).to_owned())),
        [group, version, kind] => Some(Rule::Kind(
            (*group).to_owned(),
            (*version).to_owned(),
            (*kind).to_owned(),
        )),
        _ => None,
    }
}

/// A strategic merge patch. Of the anchors only `+(field)` (add where absent) and `(name): "*"` (every item) can be told
/// without running the rule; any other one makes what stands beside it open.
fn overlay(patch: &Value, steps: &mut Vec<Step>, effect: &mut Effect) {
    let Some(map) = patch.as_object() else {
        return;
    };
    let is_conditional = map.keys().any(|key| {
        key.ends_with(')') && !key.starts_with("+(") && !(key == "(name)" && is_item(steps))
    });
    if is_conditional {
        words(patch, &mut effect.open);
        return;
    }
    for (key, value) in map {
        if is_item(steps) && matches!(key.as_str(), "(name)" | "name") {
            continue;
        }
        steps.push(Step::Key(plain(key).to_owned()));
        let is_default = key.starts_with("+(");
        match value {
            _ if value.to_string().contains("{{") && !value.is_object() => {
                effect.open.insert(plain(key).to_owned());
                words(value, &mut effect.open);
            }
            Value::Object(_) if !is_default => overlay(value, steps, effect),
            Value::Array(items) if items.iter().any(Value::is_object) && !is_default => {
                for item in items {
                    each(item, steps, effect);
                }
            }
            _ if value.to_string().contains("{{") => words(value, &mut effect.open),
            _ => {
                let change = if is_default {
                    Change::Default(value.clone())
                } else {
                    Change::Set(value.clone())
                };
                effect.writes.push(Write::new(steps.clone(), change));
            }
        }
        steps.pop();
    }
}

fn is_item(steps: &[Step]) -> bool {
    matches!(steps.last(), Some(Step::Each(..)))
}

fn each(item: &Value, steps: &mut Vec<Step>, effect: &mut Effect) {
    let name = item.key("(name)").or_else(|| item.key("name"));
    let Some(name) = name.and_then(Value::as_str) else {
        words(item, &mut effect.open);
        return;
    };
    steps.push(Step::Each("name".to_owned(), name.to_owned()));
    overlay(item, steps, effect);
    steps.pop();
}

/// A JSON patch, written as YAML.
fn json_patch(text: &str, effect: &mut Effect) {
    let stream = sekisho_yaml::parse(text, &sekisho_yaml::Limits::default());
    let list = stream
        .documents
        .first()
        .map(sekisho_yaml::Document::to_json);
    let Some(Value::Array(operations)) = list else {
        effect.open.extend(text_words(text));
        return;
    };
    for operation in operations {
        let path = operation.text("path").unwrap_or_default();
        let steps: Vec<Step> = path.split('/').skip(1).map(pointer_step).collect();
        let value = operation.key("value");
        let is_clear = matches!(operation.text("op"), Some("add" | "replace"))
            && !path.contains("{{")
            && !path.ends_with("/-")
            && !value.is_some_and(|value| value.to_string().contains("{{"));
        match value {
            Some(value) if is_clear => {
                effect
                    .writes
                    .push(Write::new(steps, Change::Set(value.clone())));
            }
            _ => {
                let mut open: BTreeSet<String> = text_words(path).collect();
                if let Some(value) = value {
                    words(value, &mut open);
                }
                effect.open.append(&mut open);
            }
        }
    }
}

fn pointer_step(part: &str) -> Step {
    match part.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key(part.replace("~1", "/").replace("~0", "~")),
    }
}
