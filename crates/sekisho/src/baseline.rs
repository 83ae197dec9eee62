use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

use crate::exit::Usage;

#[derive(Deserialize)]
struct Former {
    version: String,
    findings: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    fingerprint: String,
    #[serde(default)]
    instances: Vec<Instance>,
    suppressed: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Instance {
    fingerprint: String,
}

/// The fingerprints of a former report that counted then.
pub(crate) fn read(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("baseline {shown}"))?;
    let former: Former = serde_json::from_str(&text).map_err(|error| {
        Usage(format!(
            "baseline {shown}: {error}; make it with `sekisho check --format json -o {shown} PATH`"
        ))
    })?;
    if former.version != "sekisho.findings/v1" {
        return Err(Usage(format!(
            "baseline {shown}: `{}` is not `sekisho.findings/v1`",
            former.version
        ))
        .into());
    }
    let from_baseline = |known: &Known| {
        let by = known
            .suppressed
            .as_ref()
            .and_then(|suppressed| suppressed.get("by"));
        by.is_none_or(|by| by == "baseline")
    };
    Ok(former
        .findings
        .into_iter()
        .filter(from_baseline)
        .flat_map(|known| {
            let others = known.instances.into_iter().map(|other| other.fingerprint);
            others.chain([known.fingerprint])
        })
        .collect())
}
