//! Terraform as a person meets it: findings, exceptions, fixes, and what it does not settle.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const CLUSTER: &str = "\
# 決済
resource \"aws_eks_cluster\" \"shop\" {
  name                      = \"shop\" # kept
  enabled_cluster_log_types = [\"api\"]
}
";

fn sekisho(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "C")
        .output()
        .unwrap()
}

fn report(folder: &Path) -> Value {
    let output = sekisho(
        folder,
        &["check", ".", "--only", "T6.3,T1.10", "--format", "json"],
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf"), text).unwrap();
    folder
}

fn findings(report: &Value) -> Vec<&Value> {
    let all = report.pointer("/findings").unwrap().as_array().unwrap();
    let of_logs = |finding: &&Value| finding.pointer("/check").unwrap() == "control-plane-logs";
    all.iter().filter(of_logs).collect()
}

fn control<'r>(report: &'r Value, id: &str) -> &'r Value {
    let controls = report.pointer("/controls").unwrap().as_array().unwrap();
    controls
        .iter()
        .find(|control| control.pointer("/id").unwrap() == id)
        .unwrap()
}

#[test]
fn a_finding_names_the_resource_and_the_line() {
    let folder = folder(CLUSTER);
    let report = report(folder.path());
    let found = findings(&report);
    let [finding] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        finding.pointer("/resource/address").unwrap(),
        "aws_eks_cluster.shop"
    );
    assert_eq!(finding.pointer("/location/line").unwrap(), 4);
    assert_eq!(finding.pointer("/location/column").unwrap(), 31);
}

#[test]
fn a_fix_changes_one_value_and_no_other_byte() {
    let folder = folder(CLUSTER);
    let output = sekisho(folder.path(), &["fix", ".", "--only", "control-plane-logs"]);
    assert_eq!(output.status.code(), Some(0));
    let mended = fs::read_to_string(folder.path().join("main.tf")).unwrap();
    let all = "[\"api\", \"audit\", \"authenticator\", \"controllerManager\", \"scheduler\"]";
    assert_eq!(mended, CLUSTER.replace("[\"api\"]", all));
    assert!(findings(&report(folder.path())).is_empty());
}

#[test]
fn an_exception_stands_in_a_comment() {
    let excepted = CLUSTER.replace(
        "[\"api\"]",
        "[\"api\"] # sekisho: ignore[control-plane-logs] reason=\"sandbox\" owner=\"platform\" until=2099-01-31",
    );
    let folder = folder(&excepted);
    let report = report(folder.path());
    let found = findings(&report);
    assert_eq!(found.len(), 1);
    assert!(
        found
            .iter()
            .all(|finding| finding.pointer("/suppressed/owner").unwrap() == "platform")
    );
}

#[test]
fn bad_hcl_is_told_and_the_rest_is_judged() {
    let folder = folder(CLUSTER);
    fs::write(folder.path().join("bad.tf"), "resource \"aws_vpc\" {\n").unwrap();
    let report = report(folder.path());
    assert_eq!(findings(&report).len(), 1);
    assert_eq!(report.pointer("/unread/0/file").unwrap(), "bad.tf");
}

#[test]
fn terraform_without_a_cluster_settles_nothing_about_it() {
    let folder = folder("resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\n");
    fs::write(
        folder.path().join("a.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n",
    )
    .unwrap();
    let report = report(folder.path());
    for id in ["T6.3", "T1.10"] {
        let verdict = control(&report, id).pointer("/verdict").unwrap();
        assert_eq!(verdict, "unknown", "{id}");
    }
}

#[test]
fn a_module_whose_source_is_absent_is_told() {
    let folder = folder(
        "module \"eks\" {\n  source                 = \"example/eks/aws\"\n  endpoint_public_access = true\n}\n",
    );
    let output = sekisho(folder.path(), &["check", ".", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reason = report
        .pointer("/unread/0/reason")
        .unwrap()
        .as_str()
        .unwrap();
    assert!(reason.contains("example/eks/aws"), "{reason}");
}

#[test]
fn a_well_known_module_is_judged_where_it_is_called() {
    let folder = folder(
        "module \"eks\" {\n  source     = \"terraform-aws-modules/eks/aws\"\n  subnet_ids = [\"subnet-1\"]\n  eks_managed_node_groups = { web = {} }\n}\n",
    );
    let output = sekisho(folder.path(), &["check", ".", "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for inside in ["\\u0000", "\0", "cluster.tf", "launch_template.tf"] {
        assert!(!text.contains(inside), "{inside:?} is shown");
    }
    let report: Value = serde_json::from_str(&text).unwrap();
    let reason = report.pointer("/skipped/0/reason").unwrap();
    let reason = reason.as_str().unwrap();
    assert!(
        reason.contains("no version is named") && reason.contains("major version 21"),
        "{reason}"
    );
    let findings = report.pointer("/findings").unwrap().as_array().unwrap();
    let logs = findings
        .iter()
        .find(|finding| finding.pointer("/check").unwrap() == "control-plane-logs")
        .unwrap();
    let location = logs.pointer("/location").unwrap().to_string();
    assert!(location.contains("main.tf"), "{location}");
    let related = logs.pointer("/related/0").unwrap().to_string();
    assert!(
        related.contains("default of the module `terraform-aws-modules/eks/aws 21`"),
        "{related}"
    );
}

#[test]
fn a_fix_sets_the_input_of_a_module_and_adds_nothing_to_its_call() {
    let text = "module \"eks\" {\n  source  = \"terraform-aws-modules/eks/aws\"\n  version = \"~> 20.0\"\n  cluster_endpoint_public_access = true # for now\n  subnet_ids = [\"subnet-1\"]\n  eks_managed_node_groups = { web = {} }\n}\n";
    let folder = folder(text);
    sekisho(folder.path(), &["fix", ".", "--unsafe"]);
    let fixed = fs::read_to_string(folder.path().join("main.tf")).unwrap();
    assert_eq!(fixed, text.replace("= true", "= false"));
}

#[test]
fn folders_that_call_each_other_are_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    for (name, other) in [("a", "b"), ("b", "a")] {
        fs::create_dir(folder.path().join(name)).unwrap();
        let call = format!("module \"{other}\" {{\n  source = \"../{other}\"\n}}\n");
        fs::write(
            folder.path().join(name).join("main.tf"),
            format!("{call}{CLUSTER}"),
        )
        .unwrap();
    }
    let report = report(folder.path());
    assert!(!findings(&report).is_empty(), "the clusters are judged");
    assert!(
        !report
            .pointer("/unread")
            .unwrap()
            .as_array()
            .unwrap()
            .is_empty()
    );
}
