//! The example shop shows something in every threat that objects can show; its hardened twin shows nothing.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn check(example: &str) -> (i32, Value) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["check", example, "--format", "json"])
        .current_dir(examples)
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), report)
}

#[test]
fn the_shop_shows_something_in_every_threat() {
    let (code, report) = check("shop");
    assert_eq!(code, 1);
    let threats: BTreeSet<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["threat"].as_str().unwrap())
        .collect();
    let wanted: BTreeSet<&str> = ["T1", "T2", "T3", "T4", "T5", "T6", "O1", "O2"].into();
    let silent: Vec<_> = wanted.difference(&threats).collect();
    assert!(silent.is_empty(), "nothing in {silent:?}");
    assert_eq!(report["unread"].as_array().unwrap().len(), 0);
}

#[test]
fn the_hardened_twin_is_clean() {
    let (code, report) = check("shop-hardened");
    let open: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["suppressed"].is_null())
        .map(|finding| {
            format!(
                "{} {}: {}",
                finding["check"], finding["location"], finding["message"]
            )
        })
        .collect();
    assert!(open.is_empty(), "{open:#?}");
    assert_eq!(code, 0);
    assert_eq!(report["unread"].as_array().unwrap().len(), 0);
    // What needs neither AWS, logs nor our own state is decided by the files.
    let open: Vec<&str> = verdicts(&report)
        .filter(|(control, verdict)| *verdict != "pass" && only_files(control))
        .map(|(control, _)| control)
        .collect();
    assert!(open.is_empty(), "{open:?}");
    let failed: Vec<&Value> = report["controls"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|control| control["verdict"] == "fail")
        .map(|control| &control["id"])
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}

fn verdicts(report: &Value) -> impl Iterator<Item = (&str, &str)> {
    let controls = report["controls"].as_array().unwrap().iter();
    controls.map(|one| {
        (
            one["id"].as_str().unwrap(),
            one["verdict"].as_str().unwrap(),
        )
    })
}

/// The sources that a control needs, in groups of which one is enough.
fn needs(control: &str) -> Vec<Vec<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["controls", "--json"])
        .output()
        .unwrap();
    let threats: Value = serde_json::from_slice(&output.stdout).unwrap();
    let threats = threats.as_array().unwrap().iter();
    let mut controls = threats.flat_map(|threat| threat["controls"].as_array().unwrap());
    let control = controls.find(|one| one["id"] == control).unwrap();
    serde_json::from_value(control["needs"].clone()).unwrap()
}

fn only_files(control: &str) -> bool {
    const FILES: [&str; 3] = ["kubernetes", "terraform", "pipelines"];
    let is_file = |group: &Vec<String>| group.iter().any(|one| FILES.contains(&one.as_str()));
    needs(control).iter().all(is_file)
}

#[test]
fn the_terraform_of_the_shop_fails_every_control_that_terraform_can_tell() {
    let (_, report) = check("shop");
    let findings = report["findings"].as_array().unwrap().iter();
    let told: BTreeSet<&str> = findings
        .filter(|finding| finding["location"].to_string().contains("shop/terraform/"))
        .map(|finding| finding["control"].as_str().unwrap())
        .collect();
    let silent: Vec<&str> = verdicts(&report)
        .map(|(control, _)| control)
        .filter(|control| {
            let needs = needs(control);
            needs.iter().flatten().any(|source| source == "terraform")
        })
        .filter(|control| !told.contains(control))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}
