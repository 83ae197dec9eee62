//! What Terraform leaves open and a snapshot of the account tells.
//!
//! A verdict about a resource of Terraform that is unknown before apply counts no longer once the same check has decided
//! the same resource in a snapshot: same type, same name, and not another account. What differs in Terraform still fails there.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Evidence, Resource, Seen, SourceKind, Verdict, phrase};

/// Attributes that tell two resources of one type apart where people name them.
const NAMES: [&str; 7] = [
    "name",
    "bucket",
    "node_group_name",
    "addon_name",
    "fargate_profile_name",
    "alarm_name",
    "tags.Name",
];

/// One check's view of one resource by name.
type Key<'a> = (&'static str, &'a str, String);

/// Sets aside what a snapshot settles.
pub(crate) fn set_aside(estate: &Estate, evidence: &mut [Evidence]) {
    if !estate.has(SourceKind::Aws) || !estate.has(SourceKind::Terraform) {
        return;
    }
    let mut told: BTreeMap<Key<'_>, Vec<(&Resource, Verdict)>> = BTreeMap::new();
    for item in evidence.iter() {
        let Some(resource) = about(estate, item, SourceKind::Aws) else {
            continue;
        };
        for name in names(resource) {
            let key = (item.check, resource.kind.as_str(), name);
            told.entry(key).or_default().push((resource, item.verdict));
        }
    }
    for item in evidence.iter_mut() {
        if item.verdict != Verdict::Unknown {
            continue;
        }
        let Some(resource) = about(estate, item, SourceKind::Terraform) else {
            continue;
        };
        let account = resource.place.account.as_ref();
        let is_same = |other: &&(&Resource, Verdict)| {
            account.is_none_or(|account| other.0.place.account.as_ref() == Some(account))
        };
        for name in names(resource) {
            let key = (item.check, resource.kind.as_str(), name);
            let found: Vec<_> = told
                .get(&key)
                .into_iter()
                .flatten()
                .filter(is_same)
                .collect();
            let is_decided =
                |other: &&(&Resource, Verdict)| matches!(other.1, Verdict::Pass | Verdict::Fail);
            if let Some((first, _)) = found.first()
                && found.iter().all(is_decided)
            {
                let address = &first.address;
                item.verdict = Verdict::NotApplicable;
                item.reason = Some(phrase!(
                    en: "the snapshot tells it of `{address}`",
                    ja: "スナップショットの `{address}` で判定した",
                ));
                break;
            }
        }
    }
}

fn about<'e>(estate: &'e Estate, item: &Evidence, source: SourceKind) -> Option<&'e Resource> {
    let resource = estate.resources().get(item.thing?.resource()?)?;
    let stack = estate.stacks().get(resource.stack)?;
    (stack.source == source).then_some(resource)
}

/// The names of a resource, with its cluster's where it belongs to one.
fn names(resource: &Resource) -> Vec<String> {
    let text = |name: &str| match resource.text(name) {
        Seen::Set(text, _) => Some(text),
        Seen::Unset | Seen::Unknown(_) => None,
    };
    let cluster = text("cluster_name").unwrap_or_default();
    let own = NAMES.iter().filter_map(|name| Some((name, text(name)?)));
    own.map(|(name, text)| format!("{name}\n{cluster}\n{text}"))
        .collect()
}
