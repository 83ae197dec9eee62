//! The record of a rehearsal: what, when, by whom, of which inputs, with what result. `docs/records.md` describes it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::report::Report;
use super::sides::Sides;
use crate::output;

#[derive(Serialize)]
struct Record<'r> {
    version: &'static str,
    kind: &'static str,
    /// When it ran, RFC 3339 in UTC.
    at: String,
    /// The version of the program.
    program: &'static str,
    change: Option<&'r str>,
    /// Digests of the policies and Namespaces of both sides.
    from: String,
    to: String,
    window: &'r Option<(String, String)>,
    requests: u64,
    distinct: u64,
    newly_denied: u64,
    newly_failing: u64,
    undecided: usize,
    unread: usize,
}

/// Writes the record below a folder; the name has its time.
pub(super) fn write(folder: &Path, report: &Report<'_>, sides: &Sides) -> anyhow::Result<PathBuf> {
    let now = jiff::Timestamp::now();
    let at = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let record = Record {
        version: "sekisho.record/v1",
        kind: "rehearsal",
        program: env!("CARGO_PKG_VERSION"),
        change: sides.change.as_deref(),
        from: digest(&sides.from.policies),
        to: digest(&sides.to.policies),
        window: report.window,
        requests: report.requests,
        distinct: report.distinct,
        newly_denied: report.summary.newly_denied,
        newly_failing: report.summary.newly_failing,
        undecided: report.undecided.len(),
        unread: report.unread.len(),
        at: at.clone(),
    };
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let name = format!("rehearsal-{}.json", at.replace([':', '-'], ""));
    let path = folder.join(name);
    output::replace(&path, |out| output::json(&record, out))
        .with_context(|| path.display().to_string())?;
    Ok(path)
}

fn digest(objects: &[Value]) -> String {
    let mut hash = Sha256::new();
    for object in objects {
        hash.update(object.to_string());
        hash.update("\n");
    }
    let bytes: [u8; 32] = hash.finalize().into();
    bytes.iter().fold("sha256:".to_owned(), |text, byte| {
        text + &format!("{byte:02x}")
    })
}
