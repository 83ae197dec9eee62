use std::collections::BTreeMap;

use sekisho_text::Route;
use serde_json::Value;

use super::binding::RoleKind;
use super::problem::ProblemKind;
use super::read::Reader;
use super::rule::Rule;
use super::selector::Selector;

/// Where a role or binding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// An object of the input, by the caller's key.
    Given(usize),
    /// One that every API server creates at its start.
    BuiltIn,
}

/// A Role or ClusterRole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Where it comes from.
    pub origin: Origin,
    /// Role or ClusterRole.
    pub kind: RoleKind,
    /// The namespace of a Role; empty for a ClusterRole and where the object states none.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The rules as written, at their indexes. An aggregated role's written rules do not count.
    pub rules: Vec<Rule>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) aggregation: Option<Vec<Selector>>,
}

/// One rule at the place where it is written; for an aggregated role that is another role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleAt<'a> {
    /// The role the rule is written in.
    pub role: &'a Role,
    /// The index in its `rules`.
    pub index: usize,
    /// The rule.
    pub rule: &'a Rule,
}

impl RuleAt<'_> {
    /// The place of the rule in the object of its role: `rules[2]`.
    pub fn route(&self) -> Route {
        Route::of("rules").index(self.index)
    }
}

impl Role {
    /// True when the rules come from other roles by label.
    pub fn is_aggregated(&self) -> bool {
        self.aggregation.is_some()
    }

    pub(super) fn read(
        origin: Origin,
        kind: RoleKind,
        object: &Value,
        reader: &mut Reader<'_>,
    ) -> Self {
        let metadata = reader.map(object.get("metadata"), &Route::of("metadata"));
        let field = |name: &str| metadata.and_then(|map| map.get(name));
        let name = reader.text(field("name"), &Route::of("metadata.name"));
        if name.is_empty() {
            reader.problem(Route::of("metadata"), ProblemKind::NoName);
        }
        let namespace = match kind {
            RoleKind::Role => reader.text(field("namespace"), &Route::of("metadata.namespace")),
            RoleKind::ClusterRole => String::new(),
        };
        let labels = reader.pairs(field("labels"), &Route::of("metadata.labels"));
        let at = Route::of("rules");
        let rules = reader
            .list(object.get("rules"), &at)
            .iter()
            .enumerate()
            .map(|(index, rule)| read_rule(rule, &at.index(index), reader))
            .collect();
        let aggregation = match kind {
            RoleKind::Role => None,
            RoleKind::ClusterRole => read_aggregation(object.get("aggregationRule"), reader),
        };
        Self {
            origin,
            kind,
            namespace,
            name,
            rules,
            labels,
            aggregation,
        }
    }
}

fn read_rule(value: &Value, at: &Route, reader: &mut Reader<'_>) -> Rule {
    let Some(map) = reader.map(Some(value), at) else {
        return Rule::default();
    };
    let mut texts = |field: &'static str| reader.texts(map.get(field), &at.at(field));
    Rule {
        verbs: texts("verbs"),
        api_groups: texts("apiGroups"),
        resources: texts("resources"),
        resource_names: texts("resourceNames"),
        non_resource_urls: texts("nonResourceURLs"),
    }
}

/// The selectors of an aggregated role; `None` when it is none, or when a selector is bad and the controller gives up on it.
fn read_aggregation(value: Option<&Value>, reader: &mut Reader<'_>) -> Option<Vec<Selector>> {
    let at = Route::of("aggregationRule");
    let map = reader.map(value, &at)?;
    let at = at.at("clusterRoleSelectors");
    let mut selectors = Vec::new();
    for (index, item) in reader
        .list(map.get("clusterRoleSelectors"), &at)
        .iter()
        .enumerate()
    {
        let here = at.index(index);
        let Some(selector) = Selector::read(item, &here, reader) else {
            reader.problem(here, ProblemKind::BadSelector);
            return None;
        };
        selectors.push(selector);
    }
    Some(selectors)
}
