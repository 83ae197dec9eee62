//! ValidatingAdmissionPolicies tried on a real API server 1.36.2: accepted or refused, type warnings, decision, message.
//!
//! `data/vap.jsonl` holds rows picked from a recording of kube-apiserver 1.36.2 (policies with one validation each, tried
//! by user `admin` in namespace `vap`); the whole recording is compared where it is at hand.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "the answers are outside of the repository, and the environment may say where"
)]

use std::path::{Path, PathBuf};

use sekisho_policy::vap::{
    AdmissionPolicy, Authorizer, ParamSource, PolicyBinding, Request, User, type_warnings,
};
use sekisho_schema::Outcome;
use serde_json::{Value, json};

struct Everything;

impl Authorizer for Everything {
    fn decide(
        &self,
        user: &User,
        _check: &sekisho_cel::Check,
        _verb: &str,
    ) -> sekisho_cel::Decision {
        let is_allowed = user.groups.iter().any(|group| group == "system:masters");
        sekisho_cel::Decision {
            is_allowed,
            reason: String::new(),
            error: None,
        }
    }
}

struct Nothing;

impl ParamSource for Nothing {
    fn is_namespaced(&self, _api_version: &str, _kind: &str) -> Option<bool> {
        None
    }

    fn objects(&self, _api_version: &str, _kind: &str, _namespace: Option<&str>) -> Vec<&Value> {
        Vec::new()
    }
}

fn compare(rows: &str) -> usize {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        count += 1;
        let (wanted, found) = (wanted(&row), found(&row));
        if wanted != found {
            wrong.push(format!(
                "{}\n wanted {wanted}\n found  {found}",
                row["policy"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    count
}

fn wanted(row: &Value) -> Value {
    if row["accepted"] != json!(true) {
        return json!({"refusal": row["refusal"]});
    }
    json!({"typeWarnings": row["typeWarnings"], "allowed": row["allowed"], "message": row["message"]})
}

fn found(row: &Value) -> Value {
    let name = row["case"].as_str().unwrap();
    let policy = json!({"metadata": {"name": name}, "spec": row["policy"]});
    let compiled = match AdmissionPolicy::compile(&policy) {
        Ok(compiled) => compiled,
        Err(refusal) => return json!({"refusal": refusal}),
    };
    let warnings: Vec<String> = type_warnings(&policy)
        .into_iter()
        .map(|one| one.warning)
        .collect();
    let binding = json!({"metadata": {"name": name}, "spec": {"policyName": name, "validationActions": ["Deny"]}});
    let binding = PolicyBinding::read(&binding).unwrap();
    let Outcome::Stored(stored) = sekisho_schema::admit(row["object"].clone()) else {
        return json!("the object is refused");
    };
    let user = User {
        name: "admin".to_owned(),
        groups: vec![
            "system:masters".to_owned(),
            "system:authenticated".to_owned(),
        ],
        ..User::default()
    };
    let namespace = json!({"metadata": {"name": "vap", "labels": {"env": "test"}}});
    let is_deployment = stored.value["kind"] == json!("Deployment");
    let request = Request {
        group: if is_deployment { "apps" } else { "" },
        version: "v1",
        kind: stored.value["kind"].as_str().unwrap(),
        resource: if is_deployment {
            "deployments"
        } else {
            "configmaps"
        },
        subresource: "",
        name,
        namespace: "vap",
        operation: "CREATE",
        user: &user,
        dry_run: true,
        options: &Value::Null,
        object: &stored.value,
        old_object: &Value::Null,
        namespace_object: &namespace,
    };
    let verdict = compiled.judge(&binding, &request, &Nothing, &Everything);
    let message = verdict
        .denials
        .first()
        .map(|denial| request.forbidden(&denial.message));
    json!({"typeWarnings": warnings, "allowed": verdict.allows(), "message": message.unwrap_or_default()})
}

fn shared() -> Option<PathBuf> {
    let given = std::env::var_os("SEKISHO_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = given.unwrap_or(beside).join("vap-truth");
    folder.is_dir().then_some(folder)
}

#[test]
fn picked_rows_are_equal_to_the_server() {
    assert!(compare(include_str!("data/vap.jsonl")) >= 30);
}

#[test]
fn all_rows_are_equal_to_the_server() {
    let Some(shared) = shared() else {
        println!("skipped: shared/vap-truth is absent");
        return;
    };
    let rows = std::fs::read_to_string(shared.join("answers.jsonl")).unwrap();
    assert_eq!(compare(&rows), 90);
}
