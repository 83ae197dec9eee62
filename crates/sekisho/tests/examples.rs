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
    let failed: Vec<&Value> = report["controls"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|control| control["verdict"] == "fail")
        .map(|control| &control["id"])
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}
