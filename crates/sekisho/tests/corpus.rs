//! What the default profile finds in manifests that nobody here wrote, each check with one line of judgement.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const UNJUDGED: &str = "JUDGE: true or false, because …";

/// Check → objects, in order; and what could not be read, with the reason.
struct Found {
    by_check: BTreeMap<String, BTreeSet<String>>,
    unread: BTreeSet<String>,
}

fn find(corpus: &Path) -> Found {
    let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["check", ".", "--format", "json", "--render", "never"])
        .current_dir(corpus)
        .output()
        .unwrap();
    assert!(
        matches!(output.status.code(), Some(1 | 3)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let mut by_check: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let object = &finding["object"];
        let subject = if object.is_null() {
            "the estate".to_owned()
        } else {
            let namespace = object["namespace"]
                .as_str()
                .map_or(String::new(), |name| format!("{name}/"));
            format!(
                "{} {namespace}{}",
                text(&object["kind"]),
                text(&object["name"])
            )
        };
        let file = finding
            .pointer("/location/file")
            .map_or(String::new(), |file| format!(" in {}", text(file)));
        let accepted = if finding["suppressed"].is_null() {
            ""
        } else {
            " (accepted by an exception that ships)"
        };
        by_check
            .entry(text(&finding["check"]))
            .or_default()
            .insert(format!("{subject}{file}{accepted}"));
    }
    let unread = report["unread"].as_array().unwrap();
    Found {
        by_check,
        unread: unread
            .iter()
            .map(|one| format!("{}: {}", text(&one["file"]), text(&one["reason"])))
            .collect(),
    }
}

/// The judgement of each check: the line below its heading.
fn judgements(golden: &str) -> BTreeMap<String, String> {
    let mut judged = BTreeMap::new();
    let mut lines = golden.lines();
    while let Some(line) = lines.next() {
        if let Some(check) = line.strip_prefix("## ") {
            judged.insert(check.to_owned(), lines.next().unwrap_or("").to_owned());
        }
    }
    judged
}

fn page(found: &Found, judged: &BTreeMap<String, String>) -> String {
    let mut page = String::from(
        "# What the default profile finds in the corpus\n\nWritten by `SEKISHO_BLESS=1 cargo test -p sekisho --test corpus`; the line below each check is a person's judgement and stays.\n\n",
    );
    for (check, objects) in &found.by_check {
        let judgement = judged.get(check).map_or(UNJUDGED, String::as_str);
        page.push_str(&format!("## {check}\n{judgement}\n"));
        for object in objects {
            page.push_str(&format!("- {object}\n"));
        }
        page.push('\n');
    }
    page.push_str("# What could not be read there\n");
    for unread in &found.unread {
        page.push_str(&format!("- {unread}\n"));
    }
    page
}

#[test]
fn the_corpus_gives_the_judged_findings() {
    let Some(corpus) = sekisho_testkit::shared("corpus") else {
        return;
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus.md");
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let judged = judgements(&golden);
    let now = page(&find(&corpus), &judged);
    if std::env::var_os("SEKISHO_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &now).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    assert!(
        golden == now,
        "the findings changed; bless them and read the difference"
    );
    for (check, judgement) in judgements(&golden) {
        assert!(
            judgement.starts_with("True because "),
            "{check}: {judgement}"
        );
    }
}
