//! Gatekeeper's mutators (`mutations.gatekeeper.sh`). Upstream: `pkg/mutation/mutators`, `pkg/mutation/match`.

use sekisho_model::{Estate, Fields, Object};
use serde_json::Value;

use super::scope::Rule;
use super::write::{Change, Write};
use super::{Effect, Mutator, location, words};

const GROUP: &str = "mutations.gatekeeper.sh";

pub(super) fn read(estate: &Estate) -> Vec<Mutator<'_>> {
    estate
        .of_group(GROUP)
        .filter_map(|(_, object)| {
            Some(Mutator {
                object,
                scope: scope(object),
                effect: effect(object)?,
            })
        })
        .collect()
}

fn effect(object: &Object) -> Option<Effect> {
    let spec = object.value.at("spec")?;
    let steps = location::parse(spec.text("location")?)?;
    let assign = spec.at("parameters.assign");
    let value = assign.and_then(|assign| assign.key("value"));
    let change = match (object.kind.as_str(), value) {
        ("Assign", Some(value)) => Some(Change::Set(value.clone())),
        // It adds labels and annotations; it never changes them.
        ("AssignMetadata", Some(value)) => Some(Change::Default(value.clone())),
        ("ModifySet", _) => {
            let items = spec.items("parameters.values.fromList").to_vec();
            match spec.text("parameters.operation").unwrap_or("merge") {
                "merge" => Some(Change::Include(items)),
                "prune" => Some(Change::Exclude(items)),
                _ => None,
            }
        }
        _ => None,
    };
    let mut write = Write::new(steps, Change::Set(Value::Null));
    let Some(change) = change else {
        // From metadata, from an external provider, or a part of an image.
        let mut open = write.words();
        words(spec, &mut open);
        return Some(Effect {
            writes: Vec::new(),
            open,
        });
    };
    write.change = change;
    for test in spec.items("parameters.pathTests") {
        let depth = location::parse(test.text("subPath")?)?.len();
        write
            .tests
            .push((depth, test.text("condition") == Some("MustExist")));
    }
    Some(Effect {
        writes: vec![write],
        ..Effect::default()
    })
}

fn scope(object: &Object) -> Rule {
    let empty = Value::Null;
    let spec = object.value.at("spec").unwrap_or(&empty);
    let mut all = Vec::new();
    if object.kind != "AssignMetadata" {
        let targets = spec.items("applyTo").iter();
        all.push(Rule::Any(
            targets
                .flat_map(|target| {
                    kinds(
                        &texts(target, "groups"),
                        &texts(target, "versions"),
                        &texts(target, "kinds"),
                    )
                })
                .collect(),
        ));
    }
    let matches = spec.at("match").unwrap_or(&empty);
    let wanted = matches.items("kinds");
    if !wanted.is_empty() {
        let any = |names: Vec<String>| {
            if names.is_empty() {
                vec!["*".to_owned()]
            } else {
                names
            }
        };
        all.push(Rule::Any(
            wanted
                .iter()
                .flat_map(|item| {
                    kinds(
                        &any(texts(item, "apiGroups")),
                        &["*".to_owned()],
                        &any(texts(item, "kinds")),
                    )
                })
                .collect(),
        ));
    }
    match matches.text("scope") {
        Some("Cluster") => all.push(Rule::ClusterWide(true)),
        Some("Namespaced") => all.push(Rule::ClusterWide(false)),
        _ => {}
    }
    let namespaces = texts(matches, "namespaces");
    if !namespaces.is_empty() {
        all.push(Rule::Namespaces(namespaces));
    }
    let excluded = texts(matches, "excludedNamespaces");
    if !excluded.is_empty() {
        all.push(Rule::Not(Box::new(Rule::Namespaces(excluded))));
    }
    all.push(Rule::selector(matches.at("labelSelector"), Rule::Labels));
    all.push(Rule::selector(
        matches.at("namespaceSelector"),
        Rule::NamespaceLabels,
    ));
    if let Some(name) = matches.text("name").filter(|name| !name.is_empty()) {
        all.push(Rule::Names(vec![name.to_owned()]));
    }
    if matches.text("source") == Some("Generated") {
        all.push(Rule::never());
    }
    Rule::All(all)
}

fn kinds(groups: &[String], versions: &[String], kinds: &[String]) -> Vec<Rule> {
    let mut found = Vec::new();
    for group in groups {
        for version in versions {
            for kind in kinds {
                found.push(Rule::Kind(group.clone(), version.clone(), kind.clone()));
            }
        }
    }
    found
}

fn texts(value: &Value, dotted: &str) -> Vec<String> {
    value
        .items(dotted)
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}
