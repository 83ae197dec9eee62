//! Suites and the files that they name.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sekisho_policy::gatekeeper::suite::{Files, Suite};
use serde_json::Value;

use super::documents;

/// A suite that was found, or why there is none.
pub(super) struct Found {
    /// The path as the user would write it.
    pub(super) path: PathBuf,
    pub(super) suites: Result<Vec<Suite>, String>,
}

/// All suites at the paths, in their order; below a folder in the order of names.
pub(super) fn find(paths: &[PathBuf]) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        // gator's way to say "and everything below".
        let path = match path.strip_prefix("...") {
            Ok(_) => Path::new("."),
            Err(_) if path.ends_with("...") => path.parent().unwrap_or(path),
            Err(_) => path,
        };
        let metadata = std::fs::metadata(path).with_context(|| path.display().to_string())?;
        if metadata.is_dir() {
            below(path, &mut found)?;
            continue;
        }
        let suites = match read(path) {
            Ok(suites) if suites.is_empty() => Err("this file holds no suite".to_owned()),
            other => other,
        };
        found.push(Found {
            path: path.to_path_buf(),
            suites,
        });
    }
    Ok(found)
}

fn below(folder: &Path, found: &mut Vec<Found>) -> anyhow::Result<()> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        entries.push(entry?.path());
    }
    entries.sort();
    for path in entries {
        let is_yaml = path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml");
        if path.is_dir() && !path.is_symlink() {
            below(&path, found)?;
        } else if is_yaml {
            let suites = read(&path);
            // Other files below a folder are no matter of ours, readable or not.
            let is_ours = match &suites {
                Ok(suites) => !suites.is_empty(),
                Err(_) => names_a_suite(&path),
            };
            if is_ours {
                found.push(Found { path, suites });
            }
        }
    }
    Ok(())
}

fn names_a_suite(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| {
        let text = String::from_utf8_lossy(&bytes);
        text.lines()
            .any(|line| line.starts_with("kind:") && line.contains("Suite"))
    })
}

fn read(path: &Path) -> Result<Vec<Suite>, String> {
    let documents = documents::read(path)?;
    documents
        .iter()
        .filter(|document| Suite::is(document))
        .map(Suite::read)
        .collect()
}

/// The files beside a suite.
pub(super) struct Beside<'a>(pub(super) &'a Path);

impl Files for Beside<'_> {
    fn documents(&self, path: &str) -> Result<Vec<Value>, String> {
        documents::read(&self.0.join(path))
    }
}
