//! Fixes that narrow the rules behind a binding, where the right answer does not depend on what people meant.

use std::collections::BTreeSet;

use sekisho_model::{Fields, Fix, Phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::held::Found;
use crate::{Context, RuleId};

const READING: &[&str] = &["get", "list", "watch"];

/// A rule as it is written, in the object of its role.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub(super) object: usize,
    pub(super) index: usize,
    pub(super) value: &'a Value,
}

impl<'a> Written<'a> {
    pub(super) fn of(cx: &Context<'a>, rule: &RuleId) -> Option<Self> {
        let object = rule.object?;
        let rules = cx.estate.objects().get(object)?.value.items("rules");
        Some(Self {
            object,
            index: rule.index,
            value: rules.get(rule.index)?,
        })
    }

    /// The texts of `verbs`, `resources`, `apiGroups`.
    pub(super) fn texts(&self, field: &'static str) -> Vec<&'a str> {
        self.value
            .items(field)
            .iter()
            .filter_map(Value::as_str)
            .collect()
    }

    pub(super) fn at(&self, field: &'static str) -> Route {
        Route::of("rules").index(self.index).key(field)
    }

    fn only_reads(&self) -> bool {
        self.texts("verbs")
            .iter()
            .all(|verb| READING.contains(verb))
    }
}

/// The rules behind the finding, when all stand in one object: a fix writes into one object only.
pub(super) fn rules_of<'a>(cx: &Context<'a>, found: &Found<'_>) -> Option<Vec<Written<'a>>> {
    let ids: BTreeSet<&RuleId> = found.rights.iter().map(|right| &right.rule).collect();
    let rules: Option<Vec<Written<'a>>> = ids.into_iter().map(|id| Written::of(cx, id)).collect();
    let rules = rules?;
    let first = rules.first()?.object;
    rules
        .iter()
        .all(|rule| rule.object == first)
        .then_some(rules)
}

/// Takes these verbs on these resources away; what else the rules give stays as it is.
pub(super) fn without_verbs(
    cx: &Context<'_>,
    found: &Found<'_>,
    resources: &[&str],
    verbs: &[&str],
    title: Phrase,
) -> Option<Fix> {
    let rules = rules_of(cx, found)?;
    let mut fix = Fix::risky(title).inside(rules.first()?.object);
    for rule in &rules {
        let kept: Vec<&str> = rule
            .texts("verbs")
            .into_iter()
            .filter(|verb| !verbs.contains(verb))
            .collect();
        let (hit, others): (Vec<&str>, Vec<&str>) = rule
            .texts("resources")
            .into_iter()
            .partition(|resource| resources.contains(resource));
        if kept.is_empty() || hit.is_empty() || kept.contains(&"*") || others.contains(&"*") {
            return None;
        }
        if others.is_empty() {
            fix = fix.set(rule.at("verbs"), json!(kept));
        } else {
            fix = fix.set(rule.at("resources"), json!(others)).append(
                Route::of("rules"),
                json!({"apiGroups": rule.texts("apiGroups"), "resources": hit, "verbs": kept}),
            );
        }
    }
    Some(fix)
}

/// Takes these resources out of rules that only read: the role goes on reading the rest.
pub(super) fn without_resources(
    cx: &Context<'_>,
    found: &Found<'_>,
    resources: &[&str],
    title: Phrase,
) -> Option<Fix> {
    let rules = rules_of(cx, found)?;
    let mut fix = Fix::risky(title).inside(rules.first()?.object);
    for rule in &rules {
        let kept: Vec<&str> = rule
            .texts("resources")
            .into_iter()
            .filter(|resource| !resources.contains(resource))
            .collect();
        let is_literal = kept.iter().all(|resource| !resource.contains('*'));
        if kept.is_empty() || !is_literal || !rule.only_reads() {
            return None;
        }
        fix = fix.set(rule.at("resources"), json!(kept));
    }
    Some(fix)
}

/// Puts other resources in the place of one in rules that only read.
pub(super) fn instead(
    cx: &Context<'_>,
    found: &Found<'_>,
    resource: &str,
    others: &[&'static str],
    title: Phrase,
) -> Option<Fix> {
    let rules = rules_of(cx, found)?;
    let mut fix = Fix::risky(title).inside(rules.first()?.object);
    for rule in &rules {
        let written = rule.texts("resources");
        if !rule.only_reads() || !written.contains(&resource) {
            return None;
        }
        let mut kept: Vec<&str> = Vec::new();
        for one in written {
            let these = if one == resource { others } else { &[one] };
            for one in these {
                if one.contains('*') {
                    return None;
                }
                if !kept.contains(one) {
                    kept.push(one);
                }
            }
        }
        fix = fix.set(rule.at("resources"), json!(kept));
    }
    Some(fix)
}

/// Leaves these subjects out of the binding, as long as it still binds somebody.
pub(super) fn without_subjects(
    cx: &Context<'_>,
    object: usize,
    gone: &BTreeSet<usize>,
) -> Option<Value> {
    let subjects = cx.estate.objects().get(object)?.value.items("subjects");
    let kept: Vec<&Value> = subjects
        .iter()
        .enumerate()
        .filter(|(index, _)| !gone.contains(index))
        .map(|(_, subject)| subject)
        .collect();
    (!kept.is_empty()).then(|| json!(kept))
}
