//! The plan of the house, kept by tests: who may use whom, how long a file may be, what a pure crate must not touch.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic and reads the tree"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Each crate with the crates of the house it uses, tests left out.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    packages
        .iter()
        .map(|package| {
            let uses = package["dependencies"].as_array().unwrap().iter();
            let uses = uses
                .filter(|dependency| dependency["kind"].is_null())
                .map(name);
            (
                name(package),
                uses.filter(|used| ours.contains(used)).collect(),
            )
        })
        .collect()
}

#[test]
fn the_crate_graph_is_the_planned_one() {
    let drawn: String = graph()
        .iter()
        .map(|(name, uses)| {
            format!(
                "{name}: {}\n",
                uses.iter().cloned().collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    let path = root().join("crates/xtask/tests/crate-graph.txt");
    if std::env::var_os("SEKISHO_BLESS").is_some() {
        fs::write(&path, &drawn).unwrap();
    }
    let planned = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        drawn, planned,
        "change crate-graph.txt on purpose: SEKISHO_BLESS=1 cargo test -p sekisho-xtask"
    );
}

#[test]
fn a_crate_uses_only_crates_above_it_in_the_plan() {
    let plan = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rooms: Vec<String> = plan
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?
                .split_once("` |")
                .map(|(names, _)| names.to_owned())
        })
        .flat_map(|names| names.split("`, `").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let rank = |package: &str| {
        let room = package.strip_prefix("sekisho-").unwrap_or(package);
        rooms
            .iter()
            .position(|name| name == room)
            .unwrap_or_else(|| panic!("{package} has no row in ARCHITECTURE.md"))
    };
    for (name, uses) in graph() {
        for used in uses {
            assert!(rank(&used) < rank(&name), "{name} must not use {used}");
        }
    }
}

fn rust_files() -> Vec<(PathBuf, usize)> {
    let mut open = vec![root().join("crates")];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let lines = fs::read_to_string(&path).unwrap().lines().count();
                files.push((path, lines));
            }
        }
    }
    files.sort_by_key(|(_, lines)| *lines);
    files
}

#[test]
fn files_stay_short() {
    let files = rust_files();
    let at = |share: usize| files[files.len() * share / 100].1;
    assert!(at(50) <= 150, "the median file has {} lines", at(50));
    assert!(
        at(90) <= 400,
        "one file in ten has more than {} lines",
        at(90)
    );
    let (path, longest) = files.last().unwrap();
    assert!(*longest <= 1000, "{} has {longest} lines", path.display());
}

#[test]
fn every_pure_crate_has_the_same_bans() {
    let planned = fs::read_to_string(root().join("crates/text/clippy.toml")).unwrap();
    for pure in [
        "yaml",
        "terraform",
        "model",
        "schema",
        "aws",
        "access",
        "cel",
        "policy",
        "checks",
        "report",
    ] {
        let bans = fs::read_to_string(root().join("crates").join(pure).join("clippy.toml"))
            .unwrap_or_default();
        assert_eq!(
            bans, planned,
            "crates/{pure}/clippy.toml must equal crates/text/clippy.toml"
        );
    }
}

#[test]
fn no_vague_room_names() {
    for (path, _) in rust_files() {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !["utils", "util", "common", "helpers", "manager", "misc"].contains(&stem),
            "{}",
            path.display()
        );
    }
}
