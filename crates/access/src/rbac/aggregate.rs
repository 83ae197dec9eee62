use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::role::Role;
use super::rule::Rule;

/// The place of a rule: position of its role, index of the rule.
pub(super) type Place = (usize, usize);

/// The rules that count for each role, by position.
///
/// A plain role has its own. An aggregated ClusterRole has, as `clusterroleaggregation` fills it: for each selector in
/// order, the rules of the selected ClusterRoles by name, each rule once. Selected roles may be aggregated themselves
/// (`view` → `edit` → `admin`); the end state the controller runs to is what can be reached through all of them.
pub(super) fn effective_rules(roles: &[Role]) -> Vec<Vec<Place>> {
    let by_name: BTreeMap<(&str, usize), &Role> = roles
        .iter()
        .enumerate()
        .filter(|(_, role)| role.kind == super::binding::RoleKind::ClusterRole)
        .map(|(at, role)| ((role.name.as_str(), at), role))
        .collect();
    let sources: BTreeMap<usize, Vec<usize>> = roles
        .iter()
        .enumerate()
        .filter_map(|(at, role)| {
            let selectors = role.aggregation.as_ref()?;
            let selected = selectors.iter().flat_map(|selector| {
                by_name
                    .iter()
                    .filter(|(_, other)| selector.matches(&other.labels))
                    .map(|((_, position), _)| *position)
            });
            Some((at, selected.collect()))
        })
        .collect();
    (0..roles.len())
        .map(|start| collect(start, roles, &sources))
        .collect()
}

fn collect(start: usize, roles: &[Role], sources: &BTreeMap<usize, Vec<usize>>) -> Vec<Place> {
    // Also keeps a role whose selector takes itself, or a ring of roles, from going round.
    let mut seen = BTreeSet::new();
    let mut taken: HashSet<&Rule> = HashSet::new();
    let mut places = Vec::new();
    // A stack instead of recursion: a chain of aggregated roles may be as long as the input.
    let mut open = vec![start];
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        if let Some(selected) = sources.get(&at) {
            open.extend(selected.iter().rev());
            continue;
        }
        for (index, rule) in roles
            .get(at)
            .iter()
            .flat_map(|role| role.rules.iter().enumerate())
        {
            // A plain role keeps even rules it repeats; the controller drops them only where it aggregates.
            if at == start || taken.insert(rule) {
                places.push((at, index));
            }
        }
    }
    places
}
