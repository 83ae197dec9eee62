use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_checks::{Check, Context, fixing, judge};
use sekisho_estate::{Text, assemble};
use sekisho_model::{Estate, Finding, ObjectId, Settings, ThreatModel};

use crate::literate;

/// What became of the fixes of one section.
#[derive(Debug, Default)]
pub(crate) struct Mending {
    pub(crate) mended: usize,
    pub(crate) complaints: Vec<String>,
}

/// Applies every fix, safe or not, and looks again: what was mended is found no more, no object is lost, and a second
/// round changes nothing.
pub(crate) fn try_fixes(
    check: &'static dyn Check,
    threat_model: &ThreatModel,
    settings: &Settings,
    estate: &Estate,
    findings: &[Finding],
) -> Mending {
    let mut mending = Mending::default();
    let plan = fixing::plan(estate, findings, true);
    for (index, reason) in &plan.refused {
        let message = findings
            .get(*index)
            .map_or("", |finding| finding.message.en.as_ref());
        mending
            .complaints
            .push(format!("a fix cannot be written: {reason} ({message})"));
    }
    mending.mended = plan.mended.len();
    if plan.edits.is_empty() {
        return mending;
    }
    let mended = assemble(changed(estate, &plan), settings);
    for unread in mended
        .unread
        .iter()
        .filter(|unread| !estate.unread.contains(unread))
    {
        mending
            .complaints
            .push(format!("unreadable after the fix: {}", unread.reason));
    }
    let before = census(estate);
    let after = census(&mended);
    for (id, count) in before {
        if after.get(&id).is_none_or(|now| *now < count) {
            mending
                .complaints
                .push(format!("{id} is lost after the fix"));
        }
    }
    let cx = Context::new(&mended, settings, threat_model).on_day(literate::TODAY);
    let again = judge(&cx, &[check]);
    for index in &plan.mended {
        let Some(old) = findings.get(*index) else {
            continue;
        };
        if again
            .findings
            .iter()
            .any(|finding| finding.fingerprint == old.fingerprint)
        {
            mending
                .complaints
                .push(format!("still found after the fix: {}", old.message.en));
        }
    }
    if !fixing::plan(&mended, &again.findings, true)
        .edits
        .is_empty()
    {
        mending
            .complaints
            .push("a second round of fixes changes something again".to_owned());
    }
    mending
}

fn changed(estate: &Estate, plan: &fixing::FixPlan) -> Vec<Text> {
    let texts = estate.files().iter().enumerate().map(|(number, file)| {
        let edits = plan.edits.get(&number).map_or(&[][..], Vec::as_slice);
        let text = sekisho_text::apply(&file.text, edits)
            .map_or_else(|_| Arc::clone(&file.text), Arc::from);
        Text {
            path: file.path.clone(),
            text,
            rendered_by: None,
        }
    });
    // Files of which only the name counts stay, too.
    let read: BTreeSet<&str> = estate
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    let named = estate
        .manifests
        .iter()
        .filter(|path| !read.contains(path.as_str()));
    let named = named.map(|path| Text {
        path: path.clone(),
        text: Arc::from(""),
        rendered_by: None,
    });
    texts.chain(named).collect()
}

/// Every object by name, and every job with its steps; the version may change, the object may not go.
fn census(estate: &Estate) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for object in estate.objects() {
        let id = ObjectId {
            api_version: String::new(),
            ..object.id()
        };
        *counts.entry(id.to_string()).or_default() += 1;
    }
    for pipeline in estate.pipelines() {
        for job in &pipeline.jobs {
            let count = counts
                .entry(format!("{} {}", pipeline.path, job.id))
                .or_default();
            *count += job.steps.len();
        }
    }
    counts
}
