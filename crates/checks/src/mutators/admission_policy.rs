//! MutatingAdmissionPolicies with their bindings, and Kyverno's MutatingPolicies, which have the same shape and need none.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Object, Place};
use serde_json::Value;

use super::scope::Rule;
use super::{Effect, Mutator, cel, text_words};

const GROUP: &str = "admissionregistration.k8s.io";

pub(super) fn read(estate: &Estate) -> Vec<Mutator<'_>> {
    let mut bindings: BTreeMap<(Arc<Place>, &str), Vec<Rule>> = BTreeMap::new();
    for (_, binding) in estate.of_kind(GROUP, "MutatingAdmissionPolicyBinding") {
        if let Some(policy) = binding.value.text("spec.policyName") {
            bindings
                .entry((Arc::clone(&binding.place), policy))
                .or_default()
                .push(resources(binding.value.at("spec.matchResources")));
        }
    }
    let mut found = Vec::new();
    for (_, policy) in estate.of_kind(GROUP, "MutatingAdmissionPolicy") {
        let key = (Arc::clone(&policy.place), policy.name.as_str());
        if let Some(bound) = bindings.remove(&key) {
            found.push(mutator(policy, Some(Rule::Any(bound))));
        }
    }
    for (_, policy) in estate.of_kind("policies.kyverno.io", "MutatingPolicy") {
        found.push(mutator(policy, None));
    }
    found
}

fn mutator(policy: &Object, bound: Option<Rule>) -> Mutator<'_> {
    let mut all = vec![resources(policy.value.at("spec.matchConstraints"))];
    all.extend(bound);
    if !policy.value.items("spec.matchConditions").is_empty() {
        all.push(Rule::Open);
    }
    Mutator {
        object: policy,
        scope: Rule::All(all),
        effect: effect(policy),
    }
}

fn effect(policy: &Object) -> Effect {
    let mut effect = Effect::default();
    for mutation in policy.value.items("spec.mutations") {
        let text = mutation.text("applyConfiguration.expression");
        match text.and_then(cel::apply_configuration) {
            Some(mut writes) => effect.writes.append(&mut writes),
            None => effect.open.extend(text_words(&mutation.to_string())),
        }
    }
    // A variable may hold the names that a patch only refers to.
    if !effect.open.is_empty() {
        for variable in policy.value.items("spec.variables") {
            effect.open.extend(text_words(&variable.to_string()));
        }
    }
    effect
}

/// `matchConstraints` of a policy, `matchResources` of a binding; absent means everything.
fn resources(value: Option<&Value>) -> Rule {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Rule::always();
    };
    let mut all = Vec::new();
    let wanted = value.items("resourceRules");
    if !wanted.is_empty() {
        all.push(Rule::Any(wanted.iter().map(rule).collect()));
    }
    let excluded = value.items("excludeResourceRules");
    if !excluded.is_empty() {
        let any = Rule::Any(excluded.iter().map(rule).collect());
        all.push(Rule::Not(Box::new(any)));
    }
    all.push(Rule::selector(
        value.at("namespaceSelector"),
        Rule::NamespaceLabels,
    ));
    all.push(Rule::selector(value.at("objectSelector"), Rule::Labels));
    Rule::All(all)
}

fn rule(value: &Value) -> Rule {
    let operations = value.items("operations");
    let creates = operations.is_empty()
        || operations
            .iter()
            .any(|it| matches!(it.as_str(), Some("CREATE" | "*")));
    if !creates {
        return Rule::never();
    }
    let mut any = Vec::new();
    for group in value.items("apiGroups").iter().filter_map(Value::as_str) {
        for version in value.items("apiVersions").iter().filter_map(Value::as_str) {
            for resource in value.items("resources").iter().filter_map(Value::as_str) {
                any.push(Rule::Resource(
                    group.to_owned(),
                    version.to_owned(),
                    resource.to_owned(),
                ));
            }
        }
    }
    let names: Vec<String> = value
        .items("resourceNames")
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let mut all = vec![Rule::Any(any)];
    if !names.is_empty() {
        all.push(Rule::Names(names));
    }
    Rule::All(all)
}
