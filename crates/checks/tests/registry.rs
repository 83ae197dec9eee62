//! What every check owes: its explanation in two languages, its literate test with good, bad and evasive cases, its
//! control, and for most a fix.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may panic and reads the tree"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sekisho_checks::{FixKind, Level, Profile, all};
use sekisho_estate::shipped_threat_model;
use sekisho_model::{Lang, SourceKind};
use sekisho_testkit::{CaseKind, cases};

fn page_of(id: &str) -> PathBuf {
    let name = format!("{}.md", id.replace('-', "_"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let found = fs::read_dir(folder)
        .unwrap()
        .map(|family| family.unwrap().path().join(&name))
        .find(|page| page.exists());
    found.expect("a literate test for every check")
}

#[test]
fn names_are_unique_and_plain() {
    let mut seen = BTreeSet::new();
    for check in all() {
        let id = check.meta().id;
        assert!(seen.insert(id), "two checks are called {id}");
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(id.bytes().all(plain), "{id}");
    }
}

#[test]
fn every_check_is_explained_in_both_languages() {
    for check in all() {
        let meta = check.meta();
        let id = meta.id;
        assert!(
            !meta.title.en.is_empty() && !meta.title.ja.is_empty(),
            "{id}: title"
        );
        let english = meta.explanation(Lang::En);
        let japanese = meta.explanation(Lang::Ja);
        for part in ["**What it shows.**", "**Why it matters.**"] {
            assert!(english.contains(part), "{id}: no {part}");
        }
        for part in ["**示すこと。**", "**理由。**"] {
            assert!(japanese.contains(part), "{id}: no {part}");
        }
        let is_japanese = |letter: char| ('\u{3040}'..='\u{30ff}').contains(&letter);
        assert!(
            japanese
                .chars()
                .filter(|letter| is_japanese(*letter))
                .count()
                > 20,
            "{id}"
        );
        assert!(
            !english.chars().any(is_japanese),
            "{id}: Japanese in the English part"
        );
    }
}

#[test]
fn every_check_has_good_bad_and_evasive_cases() {
    for check in all() {
        let id = check.meta().id;
        let text = fs::read_to_string(page_of(id)).unwrap();
        let kinds: BTreeSet<CaseKind> = cases(&text).iter().map(|case| case.kind).collect();
        assert_eq!(kinds.len(), 3, "{id} has only {kinds:?}");
        let told = cases(&text)
            .iter()
            .flat_map(|case| &case.marks)
            .filter(|mark| mark.check == id)
            .count();
        assert!(told > 0, "{id} is never found in its own literate test");
    }
}

#[test]
fn the_threat_model_names_every_check_and_no_other() {
    let threat_model = shipped_threat_model().unwrap();
    let ids: BTreeSet<&str> = all().map(|check| check.meta().id).collect();
    for (_, control) in threat_model.controls() {
        for check in &control.checks {
            assert!(
                ids.contains(check.as_str()),
                "{}: no check `{check}`",
                control.id
            );
        }
    }
    for check in all() {
        let meta = check.meta();
        let (_, control) = threat_model
            .control(meta.control)
            .unwrap_or_else(|| panic!("{}: no control {}", meta.id, meta.control));
        assert!(
            control.checks.iter().any(|name| name == meta.id),
            "{} does not list its check {}",
            meta.control,
            meta.id
        );
    }
    for exception in threat_model.platform() {
        for check in &exception.checks {
            assert!(
                ids.contains(check.as_str()),
                "{}: no check `{check}`",
                exception.id
            );
        }
    }
}

/// The source that a file of a literate case speaks for.
fn source_of(path: &str) -> SourceKind {
    if path.starts_with("snapshot/") {
        SourceKind::Aws
    } else if path.contains(".tf") {
        SourceKind::Terraform
    } else if path.starts_with(".github/")
        || path.starts_with(".gitlab")
        || path.contains("renovate")
    {
        SourceKind::Pipelines
    } else {
        SourceKind::Kubernetes
    }
}

#[test]
fn every_source_of_a_control_has_bad_good_and_evasive_cases() {
    let mut missing = Vec::new();
    for (_, control) in shipped_threat_model().unwrap().controls() {
        let pages: Vec<String> = control
            .checks
            .iter()
            .map(|id| fs::read_to_string(page_of(id)).unwrap())
            .collect();
        let all: Vec<_> = pages.iter().flat_map(|page| cases(page)).collect();
        for source in control.needs.0.iter().flatten() {
            if !matches!(
                source,
                SourceKind::Terraform | SourceKind::Aws | SourceKind::Pipelines
            ) {
                continue;
            }
            let own = || {
                all.iter().filter(|case| {
                    case.texts
                        .iter()
                        .any(|(path, _)| source_of(path) == *source)
                })
            };
            for (kind, least) in [
                (CaseKind::Bad, 3),
                (CaseKind::Good, 3),
                (CaseKind::Evasive, 1),
            ] {
                let found = own().filter(|case| case.kind == kind).count();
                if found < least {
                    missing.push(format!("{} {source:?} {kind:?}: {found}", control.id));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn most_checks_of_the_default_profile_can_mend() {
    let judges: Vec<_> = all()
        .map(sekisho_checks::Described::meta)
        .filter(|meta| meta.profile == Profile::Default && meta.level != Level::Engine)
        .collect();
    let mend = judges
        .iter()
        .filter(|meta| meta.fix != FixKind::None)
        .count();
    assert!(
        mend * 100 >= judges.len() * 60,
        "{mend} of {} checks have a fix",
        judges.len()
    );
}
