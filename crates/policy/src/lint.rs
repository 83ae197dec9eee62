//! What is wrong with a set of policies before anybody is judged by it.

use std::collections::BTreeSet;

use sekisho_model::{Phrase, phrase};
use sekisho_schema::{Scope, kinds, scope};
use serde_json::Value;

use crate::admission::{Loaded, Options, PolicySet};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// The object's place among those that were given.
    pub index: usize,
    /// The name of the rule.
    pub rule: &'static str,
    /// What is wrong.
    pub message: Phrase,
}

fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn texts<'v>(object: &'v Value, pointer: &str) -> Vec<&'v str> {
    let items = object.pointer(pointer).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Looks through policy objects; the others are passed over. In the order of the objects.
pub fn lint(objects: &[Value]) -> Vec<Lint> {
    let mut found = Vec::new();
    let Loaded { read, .. } = PolicySet::load(objects, &Options::default());
    for one in &read {
        let mut add = |rule, message| {
            found.push(Lint {
                index: one.index,
                rule,
                message,
            });
        };
        if let Some(why) = &one.refusal {
            let rule = if why.starts_with("there is no template") {
                "constraint-without-template"
            } else {
                "refused"
            };
            add(
                rule,
                phrase!(en: "it is not in force: {why}", ja: "効力がない: {why}"),
            );
        }
        for warning in &one.warnings {
            add(
                "type-warning",
                phrase!(en: "its expressions do not fit a kind that it is for: {warning}", ja: "対象の種類に式が合わない: {warning}"),
            );
        }
    }
    let of_kind = |kind: &str| -> BTreeSet<&str> {
        let own = objects
            .iter()
            .filter(|object| text(object, "/kind") == kind);
        own.map(|object| text(object, "/metadata/name")).collect()
    };
    let policies = of_kind("ValidatingAdmissionPolicy");
    let bound: BTreeSet<&str> = objects
        .iter()
        .filter(|object| text(object, "/kind") == "ValidatingAdmissionPolicyBinding")
        .map(|object| text(object, "/spec/policyName"))
        .collect();
    let constrained: BTreeSet<&str> = objects
        .iter()
        .filter(|object| text(object, "/apiVersion").starts_with("constraints.gatekeeper.sh/"))
        .map(|object| text(object, "/kind"))
        .collect();
    for (index, object) in objects.iter().enumerate() {
        let mut add = |rule, message| {
            found.push(Lint {
                index,
                rule,
                message,
            });
        };
        let name = text(object, "/metadata/name");
        match text(object, "/kind") {
            "ConstraintTemplate" => {
                let kind = text(object, "/spec/crd/spec/names/kind");
                if !constrained.contains(kind) {
                    add(
                        "template-without-constraint",
                        phrase!(en: "no constraint of the kind `{kind}` is here: it judges nothing", ja: "`{kind}` の制約がなく、何も判定しない"),
                    );
                }
                if has_ignored_conditions(object) {
                    add(
                        "conditions-ignored",
                        phrase!(en: "Gatekeeper knows no `matchConditions` in the code of a template and passes over them: the key is `matchCondition`", ja: "Gatekeeper はテンプレートの `matchConditions` を無視する。キーは `matchCondition` である"),
                    );
                }
            }
            "ValidatingAdmissionPolicy" if !bound.contains(name) => {
                add(
                    "policy-without-binding",
                    phrase!(en: "no binding brings it into force: it judges nothing", ja: "バインディングがなく、何も判定しない"),
                );
            }
            "ValidatingAdmissionPolicyBinding" => {
                let policy = text(object, "/spec/policyName");
                if !policies.contains(policy) {
                    add(
                        "binding-without-policy",
                        phrase!(en: "the policy `{policy}` that it binds is not here", ja: "対象の policy `{policy}` がない"),
                    );
                }
            }
            _ => {}
        }
        if text(object, "/apiVersion").starts_with("constraints.gatekeeper.sh/") {
            if let Some(why) = matches_nothing(object) {
                add("matches-nothing", why);
            }
            if text(object, "/spec/enforcementAction") == "dryrun" {
                add(
                    "only-tried",
                    phrase!(en: "it is `dryrun`: it denies nothing until it is promoted", ja: "`dryrun` であり、昇格するまで何も拒否しない"),
                );
            }
        }
    }
    found.sort_by_key(|one| one.index);
    found
}

fn has_ignored_conditions(template: &Value) -> bool {
    let targets = template.pointer("/spec/targets").and_then(Value::as_array);
    let targets = targets.into_iter().flatten();
    let mut code = targets
        .filter_map(|target| target.get("code")?.as_array())
        .flatten();
    code.any(|entry| entry.pointer("/source/matchConditions").is_some())
}

/// Why a constraint is about nothing at all.
fn matches_nothing(constraint: &Value) -> Option<Phrase> {
    let excluded = texts(constraint, "/spec/match/excludedNamespaces");
    if excluded.contains(&"*") {
        return Some(
            phrase!(en: "it excludes every namespace (`*`)", ja: "すべての Namespace (`*`) を除外している"),
        );
    }
    let named = texts(constraint, "/spec/match/namespaces");
    if !named.is_empty() && named.iter().all(|name| excluded.contains(name)) {
        return Some(
            phrase!(en: "it excludes every namespace that it names", ja: "指定した Namespace をすべて除外している"),
        );
    }
    let wanted = match text(constraint, "/spec/match/scope") {
        "Cluster" => Scope::Cluster,
        "Namespaced" => Scope::Namespaced,
        _ => return None,
    };
    let entries = constraint
        .pointer("/spec/match/kinds")
        .and_then(Value::as_array)?;
    let all: Vec<&str> = entries
        .iter()
        .flat_map(|entry| texts(entry, "/kinds"))
        .collect();
    let is_other = |kind: &&str| {
        let mut served = kinds().filter(|(_, _, own)| own == kind).peekable();
        served.peek().is_some()
            && served.all(|(group, version, kind)| {
                let api_version = if group.is_empty() {
                    version.to_owned()
                } else {
                    format!("{group}/{version}")
                };
                scope(&api_version, kind).is_some_and(|scope| scope != wanted)
            })
    };
    (!all.is_empty() && all.iter().all(is_other)).then(|| {
        let scope = text(constraint, "/spec/match/scope");
        let all = all.join(", ");
        phrase!(en: "its scope is `{scope}`, and no object of {all} is", ja: "scope が `{scope}` だが、{all} はそれに当たらない")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules(objects: &[Value]) -> Vec<(usize, &'static str)> {
        lint(objects)
            .into_iter()
            .map(|one| (one.index, one.rule))
            .collect()
    }

    fn template(code: &Value) -> Value {
        json!({"apiVersion": "templates.gatekeeper.sh/v1", "kind": "ConstraintTemplate", "metadata": {"name": "needsowner"},
            "spec": {"crd": {"spec": {"names": {"kind": "NeedsOwner"}}}, "targets": [{"target": "admission.k8s.gatekeeper.sh", "code": [code]}]}})
    }

    fn constraint(spec: &Value) -> Value {
        json!({"apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": "NeedsOwner", "metadata": {"name": "all"}, "spec": spec})
    }

    fn rego() -> Value {
        json!({"engine": "Rego", "source": {"version": "v1", "rego": "package needsowner\nviolation contains {\"msg\": \"no\"} if { not input.review.object.metadata.labels.owner }"}})
    }

    #[test]
    fn a_good_set_has_nothing_wrong() {
        assert!(rules(&[template(&rego()), constraint(&json!({}))]).is_empty());
    }

    #[test]
    fn parts_without_their_other_half_are_told() {
        assert_eq!(
            rules(&[template(&rego())]),
            [(0, "template-without-constraint")]
        );
        assert_eq!(
            rules(&[constraint(&json!({}))]),
            [(0, "constraint-without-template")]
        );
        let policy = json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"},
            "spec": {"validations": [{"expression": "true"}]}});
        let binding = json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"},
            "spec": {"policyName": "other", "validationActions": ["Deny"]}});
        assert_eq!(
            rules(&[policy, binding]),
            [(0, "policy-without-binding"), (1, "binding-without-policy")]
        );
    }

    #[test]
    fn constraints_that_are_about_nothing_are_told() {
        for spec in [
            json!({"match": {"excludedNamespaces": ["*"]}}),
            json!({"match": {"namespaces": ["a", "b"], "excludedNamespaces": ["b", "a"]}}),
            json!({"match": {"scope": "Cluster", "kinds": [{"apiGroups": [""], "kinds": ["Pod", "ConfigMap"]}]}}),
        ] {
            assert_eq!(
                rules(&[template(&rego()), constraint(&spec)]),
                [(1, "matches-nothing")],
                "{spec}"
            );
        }
        let mixed = json!({"match": {"scope": "Cluster", "kinds": [{"apiGroups": [""], "kinds": ["Pod", "Namespace"]}]}});
        assert!(rules(&[template(&rego()), constraint(&mixed)]).is_empty());
    }

    #[test]
    fn what_gatekeeper_passes_over_is_told() {
        let code = json!({"engine": "K8sNativeValidation", "source": {
            "matchConditions": [{"name": "a", "expression": "false"}], "validations": [{"expression": "true"}]}});
        assert_eq!(
            rules(&[
                template(&code),
                constraint(&json!({"enforcementAction": "dryrun"}))
            ]),
            [(0, "conditions-ignored"), (1, "only-tried")]
        );
    }
}
