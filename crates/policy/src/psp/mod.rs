//! PodSecurityPolicy, served for the last time by Kubernetes 1.24: what its `spec` becomes today.
//!
//! Semantics: the field documentation of `policy/v1beta1` and the project's own mapping of PodSecurityPolicies to Pod
//! Security Standards. The level is the strictest one that forbids nothing the policy permits in so many words, because
//! a PodSecurityPolicy forbids whatever it does not permit. What the policy is silent about (a seccomp profile, dropped
//! capabilities) does not loosen the level; it is listed as [`Translation::added`].

mod added;
mod ceiling;
mod remainder;
mod spec;

use sekisho_text::Route;
use serde_json::Value;

use crate::pod_security::{LABEL_PREFIX, Level};
use spec::Spec;

/// What becomes of a PodSecurityPolicy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The strictest level that forbids nothing the policy permits.
    pub level: Level,
    /// The fields that keep the level from being stricter; empty for restricted.
    pub held_down_by: Vec<Remark>,
    /// Labels for each namespace whose pods used the policy.
    pub labels: Vec<(String, String)>,
    /// What the policy asked for and the labels cannot say: it needs another policy.
    pub left_over: Vec<Remark>,
    /// What the level asks for and the policy did not: pods may have to change.
    pub added: Vec<Remark>,
}

/// One thing to know about one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The field, from the PodSecurityPolicy.
    pub field: Route,
    /// In English.
    pub en: String,
    /// In Japanese.
    pub ja: String,
}

impl Remark {
    fn new(field: Route, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self {
            field,
            en: en.into(),
            ja: ja.into(),
        }
    }

    fn on(dotted: &'static str, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self::new(Route::of(dotted), en, ja)
    }
}

/// Reads a PodSecurityPolicy of any `apiVersion`. Fields that cannot be read are left over and loosen nothing.
pub fn translate(psp: &Value) -> Translation {
    let spec = Spec::read(psp);
    let ceilings = ceiling::ceilings(&spec);
    let level = ceilings
        .iter()
        .map(|(level, _)| *level)
        .min()
        .unwrap_or(Level::Restricted);
    Translation {
        level,
        held_down_by: ceilings
            .into_iter()
            .filter(|(ceiling, _)| *ceiling == level)
            .map(|(_, remark)| remark)
            .collect(),
        labels: labels(level),
        left_over: remainder::left_over(&spec, level),
        added: added::added(&spec, level),
    }
}

fn labels(level: Level) -> Vec<(String, String)> {
    ["enforce", "audit", "warn"]
        .into_iter()
        .flat_map(|mode| {
            [
                (format!("{LABEL_PREFIX}{mode}"), level.to_string()),
                (format!("{LABEL_PREFIX}{mode}-version"), "latest".to_owned()),
            ]
        })
        .collect()
}
