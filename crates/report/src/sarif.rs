//! SARIF 2.1.0 (OASIS), in the shape that GitHub code scanning shows best.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sekisho_checks::fixing;
use sekisho_model::{Finding, Location, Severity};
use serde_json::{Map, Value, json};

use crate::Report;

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ids: BTreeMap<&str, usize> = report
        .findings
        .iter()
        .map(|finding| finding.check)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .enumerate()
        .map(|(index, id)| (id, index))
        .collect();
    let rules: Vec<Value> = ids.keys().filter_map(|id| rule(report, id)).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(report, finding, &ids))
        .collect();
    let notifications: Vec<Value> = report
        .estate
        .unread
        .iter()
        .map(|unread| {
            json!({
                "level": "error",
                "message": {"text": unread.reason},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": unread.path}}}],
            })
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "sekisho",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notifications}],
        }],
    });
    writeln!(out, "{log:#}")
}

fn rule(report: &Report<'_>, id: &str) -> Option<Value> {
    let meta = sekisho_checks::by_id(id)?.meta();
    let text = meta.explanation(report.lang);
    let title = meta.title.get(report.lang);
    Some(json!({
        "id": id,
        "name": id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": level(meta.severity)},
        "properties": {
            "tags": ["security", meta.control],
            "security-severity": score(meta.severity),
            "precision": "very-high",
        },
    }))
}

fn result(report: &Report<'_>, finding: &Finding, ids: &BTreeMap<&str, usize>) -> Value {
    let mut fields = Map::new();
    fields.insert("ruleId".to_owned(), json!(finding.check));
    fields.insert("ruleIndex".to_owned(), json!(ids.get(finding.check)));
    fields.insert("level".to_owned(), json!(level(finding.severity)));
    fields.insert(
        "message".to_owned(),
        json!({"text": finding.message.get(report.lang)}),
    );
    let physical = finding.location.as_ref().map(|at| place(report, at));
    let logical =
        json!([{"fullyQualifiedName": crate::report::subject(finding), "kind": "object"}]);
    let location = match physical {
        Some(physical) => json!({"physicalLocation": physical, "logicalLocations": logical}),
        None => json!({"logicalLocations": logical}),
    };
    fields.insert("locations".to_owned(), json!([location]));
    let related: Vec<Value> = finding
        .related
        .iter()
        .filter_map(|related| {
            let at = related.location.as_ref()?;
            Some(json!({"physicalLocation": place(report, at), "message": {"text": related.text.get(report.lang)}}))
        })
        .collect();
    if !related.is_empty() {
        fields.insert("relatedLocations".to_owned(), json!(related));
    }
    fields.insert(
        "partialFingerprints".to_owned(),
        json!({"sekisho/v1": finding.fingerprint}),
    );
    let properties = json!({
        "control": finding.control,
        "threat": finding.threat,
        "severity": finding.severity,
        "security-severity": score(finding.severity),
        "until": finding.suppressed.as_ref().and_then(|suppressed| suppressed.until.clone()),
    });
    fields.insert("properties".to_owned(), properties);
    if let Some(suppressed) = &finding.suppressed {
        let kind = if suppressed.kind == sekisho_model::SuppressionKind::Inline {
            "inSource"
        } else {
            "external"
        };
        let suppression =
            json!([{"kind": kind, "justification": suppressed.reason.get(report.lang)}]);
        fields.insert("suppressions".to_owned(), suppression);
    }
    if let Some(fix) = fix(report, finding) {
        fields.insert("fixes".to_owned(), json!([fix]));
    }
    Value::Object(fields)
}

fn fix(report: &Report<'_>, finding: &Finding) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    let at = finding.location.as_ref()?;
    let number = fixing::file_of(report.estate, finding)?;
    let file = report.estate.files().get(number)?;
    let edits = fixing::preview(report.estate, finding).filter(|edits| !edits.is_empty())?;
    let replacements: Vec<Value> = edits
        .iter()
        .filter_map(|edit| {
            let span = report.estate.location(number, edit.span, at.field.clone(), false)?;
            Some(json!({"deletedRegion": region(&span), "insertedContent": {"text": edit.replacement}}))
        })
        .collect();
    Some(json!({
        "description": {"text": fix.title.get(report.lang)},
        "artifactChanges": [{"artifactLocation": {"uri": file.path}, "replacements": replacements}],
    }))
}

fn place(report: &Report<'_>, at: &Location) -> Value {
    let snippet = report
        .texts
        .file(at.file)
        .and_then(|(file, text)| file.lines.line(text, at.start.line)?.slice(text));
    let mut region = region(at);
    if let (Some(region), Some(snippet)) = (region.as_object_mut(), snippet) {
        region.insert("snippet".to_owned(), json!({"text": snippet}));
    }
    json!({"artifactLocation": {"uri": at.path}, "region": region})
}

fn region(at: &Location) -> Value {
    json!({
        "startLine": at.start.line,
        "startColumn": at.start.column,
        "endLine": at.end.line,
        "endColumn": at.end.column,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub reads these as: above 9 critical, above 7 high, above 4 medium.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.5",
    }
}
