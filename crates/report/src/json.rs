//! `sekisho.findings/v1`: described by `schemas/findings.v1.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;
use sekisho_checks::fixing;
use sekisho_model::{
    Change, ControlVerdict, Evidence, Finding, Fix, Location, Severity, Subject, SuppressionKind,
    Thing, Verdict,
};
use serde_json::{Map, Value, json};

use crate::Report;

/// How many items are prepared at a time: enough for every core, little for the memory.
const BATCH: usize = 2048;

/// Writes one item per line, so that a large report needs no large memory and makes small diffs.
pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{{\n\"version\": \"sekisho.findings/v1\",\n\"summary\": {},",
        summary(report)
    )?;
    let names = Names::of(report);
    out.write_all(b"\"controls\": [")?;
    let mut separator = "\n";
    for decided in report.controls {
        out.write_all(separator.as_bytes())?;
        control(report, decided, &names, out)?;
        separator = ",\n";
    }
    out.write_all(b"],\n\"findings\": [")?;
    batches(report.findings, out, |finding| {
        one(report, finding).to_string()
    })?;
    out.write_all(b"],\n\"unread\": [")?;
    batches(&report.estate.unread, out, |unread| {
        let mut item = json!({"file": unread.path, "reason": unread.reason});
        if let (Some(at), Some(item)) = (unread.position, item.as_object_mut()) {
            item.insert("line".to_owned(), json!(at.line));
            item.insert("column".to_owned(), json!(at.column));
        }
        item.to_string()
    })?;
    out.write_all(b"],\n\"skipped\": [")?;
    batches(&report.estate.skipped, out, |skipped| {
        json!({"file": skipped.path, "reason": skipped.reason}).to_string()
    })?;
    out.write_all(b"]\n}\n")
}

/// Prepares items on every core and writes them in their order.
fn batches<T: Sync>(
    all: &[T],
    out: &mut dyn Write,
    text: impl Fn(&T) -> String + Sync,
) -> io::Result<()> {
    let mut separator = "\n";
    for batch in all.chunks(BATCH) {
        let texts: Vec<String> = batch.par_iter().map(&text).collect();
        for text in texts {
            out.write_all(separator.as_bytes())?;
            out.write_all(text.as_bytes())?;
            separator = ",\n";
        }
    }
    Ok(())
}

/// Subject and origin of each thing that evidence is about, as JSON: many checks speak of the same thing.
struct Names(BTreeMap<Option<Thing>, String>);

impl Names {
    fn of(report: &Report<'_>) -> Self {
        let mut first: BTreeMap<Option<Thing>, &Evidence> = BTreeMap::new();
        for evidence in report.evidence {
            first.entry(evidence.thing).or_insert(evidence);
        }
        let named = |(thing, evidence): (Option<Thing>, &Evidence)| {
            let subject = json!(report.evidence_subject(evidence));
            let origin = json!(report.evidence_origin(evidence));
            (thing, format!("\"origin\":{origin},\"subject\":{subject}"))
        };
        Self(first.into_par_iter().map(named).collect())
    }
}

fn summary(report: &Report<'_>) -> Value {
    let summary = &report.summary;
    let by_severity: Map<String, Value> = Severity::ALL
        .iter()
        .map(|severity| (severity.word().to_owned(), json!(summary.of(*severity))))
        .collect();
    let [pass, fail, unknown, not_applicable] = summary.controls;
    json!({
        "files": summary.files,
        "objects": summary.objects,
        "findings": by_severity,
        "suppressed": summary.suppressed,
        "unread": summary.unread,
        "threshold": report.threshold,
        "controls": {"pass": pass, "fail": fail, "unknown": unknown, "not-applicable": not_applicable},
    })
}

fn control(
    report: &Report<'_>,
    decided: &ControlVerdict,
    names: &Names,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (id, verdict) = (json!(decided.id), json!(decided.verdict));
    let (reason, needs) = (json!(decided.reason.get(report.lang)), json!(decided.needs));
    write!(
        out,
        "{{\"id\":{id},\"verdict\":{verdict},\"reason\":{reason},\"needs\":{needs},\"evidence\":["
    )?;
    let mut separator = "";
    for evidence in decided
        .evidence
        .iter()
        .filter_map(|index| report.evidence.get(*index))
    {
        let about = names.0.get(&evidence.thing).map_or("", String::as_str);
        let (check, verdict) = (evidence.check, evidence.verdict);
        write!(
            out,
            "{separator}{{\"check\":\"{check}\",{about},\"verdict\":\"{verdict}\""
        )?;
        if evidence.excepted {
            out.write_all(b",\"excepted\":true")?;
        }
        if let Some(reason) = &evidence.reason {
            write!(out, ",\"reason\":{}", json!(reason.get(report.lang)))?;
        }
        out.write_all(b"}")?;
        separator = ",";
    }
    out.write_all(b"]}")
}

fn one(report: &Report<'_>, finding: &Finding) -> Value {
    let mut item = json!({
        "check": finding.check,
        "control": finding.control,
        "threat": finding.threat,
        "severity": finding.severity,
        "verdict": if finding.suppressed.is_some() { Verdict::Fail } else { finding.verdict },
        "title": finding.title.get(report.lang),
        "message": finding.message.get(report.lang),
        "fingerprint": finding.fingerprint,
    });
    let Some(fields) = item.as_object_mut() else {
        return item;
    };
    match &finding.subject {
        Subject::Object(id, _) => drop(fields.insert("object".to_owned(), json!(id))),
        Subject::Resource(address, _) => {
            fields.insert("resource".to_owned(), json!({"address": address}));
        }
        Subject::Pipeline(path, _) => drop(fields.insert("pipeline".to_owned(), json!(path))),
        Subject::Job { path, job, .. } => {
            fields.insert("job".to_owned(), json!({"pipeline": path, "name": job}));
        }
        Subject::File(path) => drop(fields.insert("file".to_owned(), json!(path))),
        Subject::Estate => drop(fields.insert("origin".to_owned(), json!("estate"))),
    }
    if let Some(at) = &finding.location {
        fields.insert("location".to_owned(), location(at));
    }
    let related = finding.related.iter().map(|related| {
        let mut item = related
            .location
            .as_ref()
            .map_or_else(|| json!({}), location);
        if let Some(item) = item.as_object_mut() {
            item.insert("text".to_owned(), json!(related.text.get(report.lang)));
        }
        item
    });
    fields.insert("related".to_owned(), related.collect());
    if !finding.instances.is_empty() {
        let others = finding.instances.iter();
        let others =
            others.map(|other| json!({"address": other.address, "fingerprint": other.fingerprint}));
        fields.insert("instances".to_owned(), others.collect());
    }
    if let Some(mend) = &finding.fix {
        fields.insert("fix".to_owned(), fix(report, finding, mend));
    }
    if let Some(suppressed) = &finding.suppressed {
        let by = match &suppressed.kind {
            SuppressionKind::Inline => "inline".to_owned(),
            SuppressionKind::Settings => "settings".to_owned(),
            SuppressionKind::Platform(id) => format!("platform:{id}"),
            SuppressionKind::Baseline => "baseline".to_owned(),
        };
        let suppressed = json!({
            "by": by,
            "reason": suppressed.reason.get(report.lang),
            "owner": suppressed.owner,
            "until": suppressed.until,
        });
        fields.insert("suppressed".to_owned(), suppressed);
    }
    item
}

fn location(at: &Location) -> Value {
    json!({
        "file": at.path,
        "line": at.start.line,
        "column": at.start.column,
        "endLine": at.end.line,
        "endColumn": at.end.column,
        "path": at.field.to_string(),
        "absent": at.absent,
    })
}

fn fix(report: &Report<'_>, finding: &Finding, fix: &Fix) -> Value {
    let edits: Vec<Value> = fixing::preview(report.estate, finding)
        .unwrap_or_default()
        .iter()
        .map(|edit| json!({"start": edit.span.start, "end": edit.span.end, "replacement": edit.replacement}))
        .collect();
    let adds = fix
        .changes
        .iter()
        .filter(|change| matches!(change, Change::NewObject(_)))
        .count();
    let mut written = json!({"title": fix.title.get(report.lang), "safe": fix.safe, "edits": edits, "newObjects": adds});
    let own = finding.location.as_ref().map(|at| at.file);
    let other = fixing::file_of(report.estate, finding)
        .filter(|number| own != Some(*number))
        .and_then(|number| report.estate.files().get(number));
    if let (Some(file), Some(fields)) = (other, written.as_object_mut()) {
        fields.insert("file".to_owned(), json!(file.path));
    }
    written
}
