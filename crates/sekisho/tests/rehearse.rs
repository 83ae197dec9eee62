//! `sekisho rehearse` on what a real API server 1.36.2 recorded while an attack ran inside of normal work.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn run(arguments: &[&str]) -> (i32, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .arg("rehearse")
        .args(arguments)
        .args(["--format", "json"])
        .env("LANG", "C")
        .output()
        .unwrap();
    let out = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let talk = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), out, talk)
}

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
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

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn owners(report: &Value, change: &str, origin: &str) -> BTreeSet<String> {
    let all = report["differences"].as_array().unwrap().iter();
    all.filter(|one| one["change"] == change && one["origin"] == origin)
        .map(|one| {
            format!(
                "{} {}",
                one["owner"]["kind"].as_str().unwrap(),
                one["owner"]["name"].as_str().unwrap()
            )
        })
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const CUT_OFF: [&str; 3] = ["Deployment cart", "Deployment web", "Pod preview-7f2"];

#[test]
fn restricted_on_shop_cuts_off_these_owners() {
    let reviews = here("web-takeover-admission.jsonl");
    let (code, report, _) = run(&[
        "--namespace",
        "shop",
        "--pod-security",
        "restricted",
        "--recordings",
        text(&reviews),
    ]);
    assert_eq!(code, 1);
    assert_eq!(owners(&report, "newly-denied", "recorded"), set(&CUT_OFF));
    // What makes the pods stays allowed.
    assert_eq!(
        owners(&report, "newly-warned", "recorded"),
        set(&["Deployment cart", "Deployment web"])
    );
    assert_eq!(report["exceptions"][0]["namespaces"], json!(["shop"]));
    let web = report["differences"].as_array().unwrap().iter();
    let web = web.filter(|one| one["owner"]["name"] == "web" && one["change"] == "newly-denied");
    assert_eq!(
        web.map(|one| one["count"].as_u64().unwrap()).sum::<u64>(),
        2
    );
}

#[test]
fn the_whole_recording_and_the_cluster_agree() {
    let (Some(reviews), Some(cluster)) = (
        shared("recordings/web-takeover/admission.jsonl"),
        shared("recordings/web-takeover/cluster.json"),
    ) else {
        return;
    };
    let (code, report, _) = run(&[
        "--namespace",
        "shop",
        "--pod-security",
        "restricted",
        "--recordings",
        text(&reviews),
        text(&cluster),
    ]);
    assert_eq!(code, 1);
    // Who was denied then is who would be refused by a reschedule now.
    assert_eq!(owners(&report, "newly-denied", "recorded"), set(&CUT_OFF));
    assert_eq!(owners(&report, "newly-denied", "inventory"), set(&CUT_OFF));
    assert_eq!(
        owners(&report, "newly-denied", "template"),
        set(&["Deployment cart", "Deployment web"])
    );
}

#[test]
fn requests_are_rebuilt_from_the_audit_log() {
    let log = here("web-takeover-audit.jsonl");
    let (code, report, _) = run(&[
        "--namespace",
        "shop",
        "--pod-security",
        "restricted",
        "--recordings",
        text(&log),
    ]);
    assert_eq!(code, 1);
    assert_eq!(
        owners(&report, "newly-denied", "recorded"),
        set(&["Pod preview-7f2"])
    );
    assert!(report["window"][0].as_str().unwrap().starts_with("2026-"));
}

const TEMPLATE: &str = r#"
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: needsowner}
spec:
  crd: {spec: {names: {kind: NeedsOwner}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package needsowner
        violation[{"msg": "no owner"}] { not input.review.object.metadata.labels.owner }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: NeedsOwner
metadata: {name: all}
spec:
  enforcementAction: dryrun
  match: {kinds: [{apiGroups: ["*"], kinds: [ConfigMap, Deployment]}]}
"#;

#[test]
fn a_constraint_from_dryrun_to_deny_and_a_record_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("policies.yaml");
    fs::write(&policies, TEMPLATE).unwrap();
    let objects = folder.path().join("objects.yaml");
    fs::write(
        &objects,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: shop, labels: {owner: x}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: pay}\n",
    )
    .unwrap();
    let records = folder.path().join("records");
    let (code, report, _) = run(&[
        "--from",
        text(&policies),
        "--constraint",
        "NeedsOwner/all",
        "--action",
        "deny",
        "--record",
        text(&records),
        text(&objects),
    ]);
    assert_eq!(code, 1);
    assert_eq!(
        owners(&report, "newly-denied", "inventory"),
        set(&["ConfigMap a", "ConfigMap c"])
    );
    assert_eq!(report["exceptions"][0]["policy"], "NeedsOwner/all");
    assert_eq!(
        report["exceptions"][0]["namespaces"],
        json!(["pay", "shop"])
    );
    let record = fs::read_dir(&records)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let record: Value = serde_json::from_str(&fs::read_to_string(record).unwrap()).unwrap();
    assert_eq!(record["version"], "sekisho.record/v1");
    assert_eq!(record["newly_denied"], 2);
    assert_ne!(record["from"], record["to"]);
    // A set compared with itself changes nothing.
    let (code, report, _) = run(&[
        "--from",
        text(&policies),
        "--to",
        text(&policies),
        text(&objects),
    ]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(report["differences"], json!([]));
}

#[test]
fn a_policy_that_looks_at_the_old_object_is_unknown_for_the_audit_log() {
    let folder = tempfile::tempdir().unwrap();
    let policies = folder.path().join("policies.yaml");
    fs::write(
        &policies,
        r#"
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: replicas-stay}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}]
  validations: [{expression: "oldObject == null || object.spec.replicas == oldObject.spec.replicas"}, {expression: "oldObject != null"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: replicas-stay}
spec: {policyName: replicas-stay, validationActions: [Deny]}
"#,
    )
    .unwrap();
    let log = folder.path().join("audit.jsonl");
    let event = json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "stage": "ResponseComplete", "verb": "update",
        "auditID": "1", "user": {"username": "jo"}, "objectRef": {"resource": "deployments", "namespace": "shop", "name": "web", "apiGroup": "apps", "apiVersion": "v1"},
        "responseStatus": {"code": 200}, "requestReceivedTimestamp": "2026-11-23T10:00:00Z",
        "responseObject": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"replicas": 2}}});
    fs::write(&log, format!("{event}\n")).unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let (code, report, _) = run(&[
        "--from",
        text(&empty),
        "--to",
        text(&policies),
        "--recordings",
        text(&log),
    ]);
    assert_eq!(code, 3, "{report}");
    assert_eq!(
        report["undecided"][0]["policy"],
        "ValidatingAdmissionPolicy/replicas-stay"
    );
    assert_eq!(report["differences"], json!([]));
}

#[test]
fn a_damaged_recording_is_read_as_far_as_it_goes_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("admission.jsonl");
    let good = fs::read_to_string(here("web-takeover-admission.jsonl")).unwrap();
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let torn = good.lines().next().unwrap();
    let torn = torn.get(..torn.len() / 2).unwrap();
    fs::write(
        &log,
        format!("{deep}\nnot json\n\n{good}{{\"kind\": \"Pod\"}}\n{torn}"),
    )
    .unwrap();
    let (code, report, talk) = run(&[
        "--namespace",
        "shop",
        "--pod-security",
        "restricted",
        "--recordings",
        text(&log),
    ]);
    assert_eq!(code, 1);
    assert_eq!(owners(&report, "newly-denied", "recorded"), set(&CUT_OFF));
    assert!(
        talk.contains("line 1") && talk.contains("3 more lines"),
        "{talk}"
    );
}

#[test]
fn mistakes_in_the_call_are_told() {
    for (arguments, words) in [
        (vec!["--namespace", "shop"], "--pod-security"),
        (
            vec!["--namespace", "shop", "--pod-security", "tight"],
            "no level",
        ),
        (
            vec!["--constraint", "A/b", "--action", "deny"],
            "no constraint",
        ),
        (vec!["--vap", "x", "--action", "Deny"], "no binding"),
        (vec![], "what changes"),
    ] {
        let (code, _, talk) = run(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {talk}");
        assert!(talk.contains(words), "{arguments:?}: {talk}");
    }
}
