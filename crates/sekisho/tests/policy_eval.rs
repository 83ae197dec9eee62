//! `sekisho policy eval` and `sekisho policy pod-security` against what a real API server 1.36.2 decided.
//!
//! `data/web-takeover-admission.jsonl` holds the reviews of new pods and Deployments that a real server sent to a webhook while an attack ran
//! inside of normal work; names, tokens and addresses in it are made up.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn sekisho(arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(arguments)
        .args(["--format", "json"])
        .output()
        .unwrap();
    let out = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap(), out)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn shared(name: &str) -> Option<PathBuf> {
    let given = std::env::var_os("SEKISHO_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = given.unwrap_or(beside).join(name);
    if !path.exists() {
        println!("skipped: shared/{name} is absent");
        return None;
    }
    Some(path)
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// One row: the policy with a binding that denies, in namespace `vap`, tried on an object by an administrator.
fn as_the_server(row: &Value, folder: &Path) -> Result<(), String> {
    let name = row["case"].as_str().unwrap();
    let of = |kind: &str, spec: &Value| json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec});
    let binding = json!({"policyName": name, "validationActions": ["Deny"]});
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "vap", "labels": {"env": "test"}}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [
        of("ValidatingAdmissionPolicy", &row["policy"]),
        of("ValidatingAdmissionPolicyBinding", &binding),
        namespace,
    ]});
    let (policies, object) = (folder.join("policies.json"), folder.join("object.json"));
    fs::write(&policies, list.to_string()).unwrap();
    fs::write(&object, row["object"].to_string()).unwrap();
    let (_, found) = sekisho(&[
        "policy",
        "eval",
        "--policies",
        text(&policies),
        text(&object),
    ]);
    let policy = &found["policies"][0];
    let (policy_found, policy_wanted) = (
        json!([policy["accepted"], policy["refusal"]]),
        json!([row["accepted"], row["refusal"]]),
    );
    if policy_found != policy_wanted {
        return Err(format!(
            "{name}: wanted {policy_wanted}, found {policy_found}"
        ));
    }
    if row["accepted"] != json!(true) {
        return Ok(());
    }
    let decided = &found["decisions"][0];
    let message = decided["denials"]
        .get(0)
        .map_or("", |denial| denial["message"].as_str().unwrap());
    let found = json!([policy["warnings"], decided["allowed"], message]);
    let wanted = json!([row["typeWarnings"], row["allowed"], row["message"]]);
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{name}: wanted {wanted}, found {found}"))
    }
}

fn compare_policies(path: &Path) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let rows = fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = rows
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| as_the_server(row, folder.path()).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    rows.len()
}

#[test]
fn admission_policies_decide_as_the_server_does() {
    assert_eq!(
        compare_policies(&here("../policy/tests/data/vap.jsonl")),
        40
    );
    if let Some(path) = shared("vap-truth/answers.jsonl") {
        assert_eq!(compare_policies(&path), 90);
    }
}

/// Pods that are new in `shop` are denied where it enforces `restricted`; what makes them is allowed, with a warning.
fn takeover(reviews: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let folder = tempfile::tempdir().unwrap();
    let namespace = folder.path().join("shop.yaml");
    fs::write(
        &namespace,
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}\n",
    )
    .unwrap();
    let (code, found) = sekisho(&[
        "policy",
        "eval",
        "--policies",
        text(&namespace),
        text(reviews),
    ]);
    assert_eq!(code, 1);
    let of = |which: fn(&Value) -> bool| {
        let all = found["decisions"].as_array().unwrap().iter();
        all.filter(|decided| which(decided))
            .map(|decided| decided["object"].as_str().unwrap().to_owned())
            .collect()
    };
    (
        of(|decided| decided["allowed"] == json!(false)),
        of(|decided| !decided["warnings"].as_array().unwrap().is_empty()),
    )
}

#[test]
fn pod_security_denies_the_pods_of_a_recording_and_warns_of_what_makes_them() {
    let here = here("tests/data/web-takeover-admission.jsonl");
    let all = shared("recordings/web-takeover/admission.jsonl");
    for reviews in [Some(here), all].into_iter().flatten() {
        let (denied, warned) = takeover(&reviews);
        let reviewed = fs::read_to_string(&reviews).unwrap();
        let pods: BTreeSet<String> = reviewed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["request"].clone())
            .filter(|request| {
                request["kind"]["kind"] == json!("Pod")
                    && request["namespace"] == json!("shop")
                    && request["operation"] == json!("CREATE")
                    && request["resource"]["resource"] == json!("pods")
                    && request.get("subResource").is_none()
            })
            .map(|request| {
                format!(
                    "Pod shop/{}",
                    request["object"]["metadata"]["name"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(denied, pods);
        assert!(pods.len() >= 4);
        for deployment in ["Deployment shop/web", "Deployment shop/cart"] {
            assert!(warned.contains(deployment), "{warned:?}");
        }
        assert!(
            warned.iter().all(|object| object.contains(" shop/")),
            "{warned:?}"
        );
    }
}

#[test]
fn pod_security_says_what_the_server_says() {
    let rows = fs::read_to_string(here("../policy/tests/data/pod-security.jsonl")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pod = folder.path().join("pod.json");
    for row in rows.lines().take(25) {
        let row: Value = serde_json::from_str(row).unwrap();
        fs::write(&pod, row["pod"].to_string()).unwrap();
        let (level, version) = (
            row["level"].as_str().unwrap(),
            row["version"].as_str().unwrap(),
        );
        let (_, found) = sekisho(&[
            "policy",
            "pod-security",
            "--level",
            level,
            "--version",
            version,
            text(&pod),
        ]);
        let parts = found[0]["forbidden"].as_array().unwrap().iter().map(|one| {
            let (reason, detail) = (
                one["reason"].as_str().unwrap(),
                one["detail"].as_str().unwrap(),
            );
            if detail.is_empty() {
                reason.to_owned()
            } else {
                format!("{reason} ({detail})")
            }
        });
        let parts: Vec<String> = parts.collect();
        let said = if parts.is_empty() {
            String::new()
        } else {
            format!("\"{level}:{version}\": {}", parts.join(", "))
        };
        assert_eq!(said, row["message"].as_str().unwrap_or_default());
        assert_eq!(found[0]["allowed"], row["allowed"]);
    }
}

#[test]
fn what_cannot_be_read_or_is_refused_is_told_and_never_green() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let good = write(
        "good.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    );
    let template = write(
        "template.yaml",
        "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: bad}\nspec: {crd: {spec: {names: {kind: Bad}}}, targets: [{target: admission.k8s.gatekeeper.sh, rego: 'package bad\nviolation[{\"msg\": m}] { m := nosuch(1) }'}]}\n",
    );
    let (code, found) = sekisho(&["policy", "eval", "--policies", text(&template), text(&good)]);
    assert_eq!(code, 3, "{found}");
    assert_eq!(found["policies"][0]["accepted"], json!(false));
    let broken = write("broken.yaml", "a: [\n");
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let (code, found) = sekisho(&[
        "policy",
        "eval",
        "--policies",
        text(&empty),
        text(&broken),
        text(&good),
    ]);
    assert_eq!(code, 3);
    assert_eq!(found["unread"].as_array().unwrap().len(), 1);
    // The server has the first word about an object that is none.
    let wrong = write(
        "wrong.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n",
    );
    let (code, found) = sekisho(&["policy", "eval", "--policies", text(&empty), text(&wrong)]);
    assert_eq!(code, 1);
    assert!(
        found["decisions"][0]["denials"][0]["message"]
            .as_str()
            .unwrap()
            .contains("spec.containers")
    );
}
