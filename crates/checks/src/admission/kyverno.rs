//! What Kyverno and Kubewarden do when a policy is violated.

use sekisho_model::{Fields, Object};
use sekisho_text::Route;
use serde_json::Value;

/// One place of a policy that lets pass what it finds.
#[derive(Debug, Clone)]
pub(crate) struct Weak {
    /// The field that says so, or the one that should.
    pub(crate) route: Route,
    /// What it says.
    pub(crate) says: String,
    /// What it should say.
    pub(crate) should: Value,
    /// The rules that it concerns; empty for the whole policy.
    pub(crate) rules: Vec<String>,
    /// The namespaces that it concerns; empty for all.
    pub(crate) namespaces: Vec<String>,
    /// True when signatures of images are what is only reported.
    pub(crate) signatures: bool,
}

/// The kinds that decide whether a request is admitted.
pub(crate) const KINDS: &[(&str, &str)] = &[
    ("kyverno.io", "ClusterPolicy"),
    ("kyverno.io", "Policy"),
    ("policies.kyverno.io", "ValidatingPolicy"),
    ("policies.kyverno.io", "NamespacedValidatingPolicy"),
    ("policies.kyverno.io", "ImageValidatingPolicy"),
    ("policies.kyverno.io", "NamespacedImageValidatingPolicy"),
    ("policies.kubewarden.io", "ClusterAdmissionPolicy"),
    ("policies.kubewarden.io", "AdmissionPolicy"),
    ("policies.kubewarden.io", "ClusterAdmissionPolicyGroup"),
    ("policies.kubewarden.io", "AdmissionPolicyGroup"),
];

/// What a policy decides, and where it does not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged {
    /// It has something to decide.
    pub(crate) decides: bool,
    /// Where it lets pass what it finds.
    pub(crate) weak: Vec<Weak>,
    /// Some of it is enforced.
    pub(crate) enforces: bool,
}

/// Judges a policy of any of [`KINDS`].
pub(crate) fn judge(policy: &Object) -> Judged {
    match policy.group() {
        "kyverno.io" => rules(policy),
        "policies.kyverno.io" => actions(policy),
        _ => mode(policy),
    }
}

/// `api/kyverno/v1/spec_types.go`: only `Enforce` and its old spelling deny; a rule's own action counts before the policy's.
fn rules(policy: &Object) -> Judged {
    let mut judged = Judged::default();
    let spec = policy.value.at("spec").unwrap_or(&Value::Null);
    let whole = spec.text("validationFailureAction");
    let mut inherited: Vec<String> = Vec::new();
    let mut inherited_signatures = false;
    let base = Route::of("spec.rules");
    for (index, rule) in spec.items("rules").iter().enumerate() {
        let name = rule.text("name").unwrap_or("").to_owned();
        let route = base.index(index);
        let mut parts = Vec::new();
        if let Some(validate) = rule.at("validate").filter(|value| value.is_object()) {
            parts.push((validate, route.at("validate.failureAction"), false));
        }
        for (at, images) in rule.items("verifyImages").iter().enumerate() {
            let route = route.key("verifyImages").index(at).key("failureAction");
            parts.push((images, route, true));
        }
        for (part, route, signatures) in parts {
            judged.decides = true;
            let own = part.text("failureAction").filter(|own| !own.is_empty());
            match (own, whole) {
                (Some(own), _) if !is_enforce(own) => judged.weak.push(Weak {
                    route,
                    says: own.to_owned(),
                    should: "Enforce".into(),
                    rules: vec![name.clone()],
                    namespaces: Vec::new(),
                    signatures,
                }),
                (None, whole) if !whole.is_some_and(is_enforce) => {
                    inherited_signatures |= signatures;
                    if !inherited.contains(&name) {
                        inherited.push(name.clone());
                    }
                }
                _ => judged.enforces = true,
            }
        }
        let own = rule.items("validate.failureActionOverrides");
        let route = route.at("validate.failureActionOverrides");
        judged.weak.extend(overridden(own, &route, &name));
    }
    if !inherited.is_empty() {
        judged.weak.push(Weak {
            route: Route::of("spec.validationFailureAction"),
            says: whole.unwrap_or("Audit").to_owned(),
            should: "Enforce".into(),
            rules: inherited,
            namespaces: Vec::new(),
            signatures: inherited_signatures,
        });
    }
    if judged.decides {
        let route = Route::of("spec.validationFailureActionOverrides");
        let overrides = spec.items("validationFailureActionOverrides");
        judged.weak.extend(overridden(overrides, &route, ""));
    }
    if judged.decides && spec.flag("admission") == Some(false) {
        judged.enforces = false;
        judged.weak = vec![off(Route::of("spec.admission"))];
    }
    judged
}

fn is_enforce(action: &str) -> bool {
    matches!(action, "Enforce" | "enforce")
}

fn off(route: Route) -> Weak {
    Weak {
        route,
        says: String::from("false"),
        should: true.into(),
        rules: Vec::new(),
        namespaces: Vec::new(),
        signatures: false,
    }
}

fn overridden(overrides: &[Value], route: &Route, rule: &str) -> Vec<Weak> {
    let weak = overrides.iter().enumerate().filter_map(|(index, entry)| {
        let action = entry.text("action").unwrap_or("Audit");
        if is_enforce(action) {
            return None;
        }
        let mut namespaces: Vec<String> = entry
            .items("namespaces")
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        if namespaces.is_empty() {
            namespaces.push(String::from("*"));
        }
        Some(Weak {
            route: route.index(index).key("action"),
            says: action.to_owned(),
            should: "Enforce".into(),
            rules: if rule.is_empty() {
                Vec::new()
            } else {
                vec![rule.to_owned()]
            },
            namespaces,
            signatures: false,
        })
    });
    weak.collect()
}

/// `api/policies.kyverno.io/v1`: no action at all means `Deny`.
fn actions(policy: &Object) -> Judged {
    let spec = policy.value.at("spec").unwrap_or(&Value::Null);
    let signatures = policy.kind.ends_with("ImageValidatingPolicy");
    // A policy for JSON payloads has nothing to do with requests to the API server.
    if spec.text("evaluation.mode") == Some("JSON") {
        return Judged::default();
    }
    let listed = spec.items("validationActions");
    let mut judged = Judged {
        decides: true,
        ..Judged::default()
    };
    if spec.flag("evaluation.admission.enabled") == Some(false) {
        judged.weak.push(Weak {
            signatures,
            ..off(Route::of("spec.evaluation.admission.enabled"))
        });
    } else if listed.is_empty() || listed.iter().any(|action| action == "Deny") {
        judged.enforces = true;
    } else {
        let says: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
        judged.weak.push(Weak {
            route: Route::of("spec.validationActions"),
            says: says.join(", "),
            should: vec!["Deny"].into(),
            rules: Vec::new(),
            namespaces: Vec::new(),
            signatures,
        });
    }
    judged
}

/// Kubewarden: `protect` unless the policy says `monitor`.
fn mode(policy: &Object) -> Judged {
    let mode = policy.value.text("spec.mode").unwrap_or("protect");
    let mut judged = Judged {
        decides: true,
        enforces: mode == "protect",
        weak: Vec::new(),
    };
    if !judged.enforces {
        judged.weak.push(Weak {
            route: Route::of("spec.mode"),
            says: mode.to_owned(),
            should: "protect".into(),
            rules: Vec::new(),
            namespaces: Vec::new(),
            signatures: false,
        });
    }
    judged
}
