//! Equality with a real API server: verdict, checks, order and wording.

#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "the answers are outside of the repository, and the environment may say where"
)]

use std::path::{Path, PathBuf};

use sekisho_policy::pod_security::{CHECK_IDS, Level, SHAPE, Version, evaluate, message};
use serde_json::Value;

/// Compares every row and returns their number.
fn compare(rows: &str) -> usize {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (line, row) in rows.lines().enumerate() {
        let row: Value = serde_json::from_str(row).unwrap();
        let level: Level = row["level"].as_str().unwrap().parse().unwrap();
        let version: Version = row["version"].as_str().unwrap().parse().unwrap();
        let found = evaluate(level, version, &row["pod"]);
        for violation in &found {
            assert!(CHECK_IDS.contains(&violation.check) || violation.check == SHAPE);
            assert!(!violation.routes.is_empty(), "row {line}: {violation}");
        }
        let said = message(level, version, &found);
        let truth = row["message"].as_str().unwrap_or_default();
        if row["allowed"] != found.is_empty() || said != truth {
            wrong.push(format!("row {line}\n  server: {truth}\n  we:     {said}"));
        }
        count += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    count
}

fn shared() -> Option<PathBuf> {
    let given = std::env::var_os("SEKISHO_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    given
        .or(Some(beside))
        .filter(|folder| folder.join("pod-security-truth").is_dir())
}

#[test]
fn picked_rows_are_equal_to_the_server() {
    assert!(compare(include_str!("data/pod-security.jsonl")) >= 40);
}

#[test]
fn all_rows_are_equal_to_the_server() {
    let Some(shared) = shared() else {
        println!("skipped: shared/pod-security-truth is absent");
        return;
    };
    let rows = std::fs::read_to_string(shared.join("pod-security-truth/answers.jsonl")).unwrap();
    assert_eq!(compare(&rows), 1500);
}
