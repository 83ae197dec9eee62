//! Runs the literate tests: `tests/FAMILY/CHECK.md` beside `src/FAMILY/CHECK.rs`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may panic and reads the tree"
)]

use std::fs;
use std::path::{Path, PathBuf};

use sekisho_checks::{FixKind, all};
use sekisho_model::ThreatModel;
use sekisho_testkit::{cases, run};

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut pages = Vec::new();
    for family in fs::read_dir(folder).unwrap() {
        let family = family.unwrap().path();
        if family.is_dir() {
            pages.extend(
                fs::read_dir(family)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    pages.retain(|page| page.extension().is_some_and(|ending| ending == "md"));
    pages.sort();
    pages
}

#[test]
fn every_page_holds() {
    let only = std::env::var("SEKISHO_PAGE").ok();
    let mut failures = String::new();
    let mut ran = 0;
    for page in pages() {
        let name = page
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .replace('_', "-");
        if only
            .as_ref()
            .is_some_and(|only| !name.contains(&only.replace('_', "-")))
        {
            continue;
        }
        let Some(check) = all().find(|check| check.meta().id == name) else {
            failures.push_str(&format!("{name}: no such check\n"));
            continue;
        };
        let mut mended = 0;
        for case in cases(&fs::read_to_string(&page).unwrap()) {
            ran += 1;
            let outcome = run(check, &ThreatModel::default(), &case);
            mended += outcome.mended;
            if !outcome.complaints.is_empty() {
                failures.push_str(&format!("{name}: {}\n{}", case.title, outcome.complaints));
            }
        }
        let promises = check.meta().fix != FixKind::None;
        if promises != (mended > 0) {
            failures.push_str(&format!(
                "{name}: promises a fix: {promises}, mended here: {mended}\n"
            ));
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(ran > 0, "no section ran");
}
