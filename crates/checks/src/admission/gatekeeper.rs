//! What Gatekeeper does when a constraint is violated.

use std::collections::BTreeSet;

use sekisho_model::{Estate, Fields, Object, Place};
use sekisho_text::Route;
use serde_json::Value;

/// The API group of every constraint.
pub(crate) const CONSTRAINTS: &str = "constraints.gatekeeper.sh";

/// Enforcement points that stand in the way of a request: the webhook, and the admission policy that Gatekeeper makes of
/// a template. `audit.gatekeeper.sh` and `gator.gatekeeper.sh` look afterwards or elsewhere.
const AT_ADMISSION: &[&str] = &["validation.gatekeeper.sh", "vap.k8s.io", "*"];

/// A constraint that lets pass what it finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weak {
    /// The field that says so.
    pub(crate) route: Route,
    /// Its value.
    pub(crate) action: String,
    /// The entry of `scopedEnforcementActions` to mend, when there is one for admission.
    pub(crate) entry: Option<usize>,
}

/// `None` when the constraint denies. As `pkg/util/enforcement_action.go`: nothing or an empty text is `deny`, and what is none
/// of the four words is not obeyed at all.
pub(crate) fn weak(constraint: &Object) -> Option<Weak> {
    let route = Route::of("spec.enforcementAction");
    let action = constraint
        .value
        .text("spec.enforcementAction")
        .unwrap_or("");
    if matches!(action, "" | "deny") {
        return None;
    }
    if action != "scoped" {
        return Some(Weak {
            route,
            action: action.to_owned(),
            entry: None,
        });
    }
    let entries = constraint.value.items("spec.scopedEnforcementActions");
    let at_admission: Vec<(usize, &Value)> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| {
            entry.items("enforcementPoints").iter().any(|point| {
                point
                    .text("name")
                    .is_some_and(|name| AT_ADMISSION.contains(&name))
            })
        })
        .collect();
    if at_admission
        .iter()
        .any(|(_, entry)| entry.text("action") == Some("deny"))
    {
        return None;
    }
    let all = Route::of("spec.scopedEnforcementActions");
    Some(match at_admission.first() {
        Some((index, entry)) => Weak {
            route: all.index(*index).key("action"),
            action: entry.text("action").unwrap_or("").to_owned(),
            entry: Some(*index),
        },
        None => Weak {
            route: all,
            action: String::new(),
            entry: None,
        },
    })
}

/// True when a constraint's own match leaves every namespace out.
pub(crate) fn matches_nothing(constraint: &Object) -> bool {
    constraint
        .value
        .items("spec.match.excludedNamespaces")
        .iter()
        .any(|name| name == "*")
}

/// The kinds that the templates of the estate define.
pub(crate) fn defined(estate: &Estate) -> BTreeSet<(&Place, &str)> {
    estate
        .of_kind("templates.gatekeeper.sh", "ConstraintTemplate")
        .filter_map(|(_, template)| {
            let kind = template.value.text("spec.crd.spec.names.kind")?;
            Some((&*template.place, kind))
        })
        .collect()
}
