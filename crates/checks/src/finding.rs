use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::slice::ParallelSliceMut as _;
use sekisho_model::{Change, Fields, Finding, Fix, Related, Subject, Thing, Verdict};
use sekisho_text::{Route, Span, Step};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::sheet::Fault;
use crate::{Context, Meta};

/// Makes a finding of a fault: places become lines and columns, the fingerprint is taken.
pub(crate) fn from_fault(
    cx: &Context<'_>,
    meta: &'static Meta,
    thing: Option<Thing>,
    fault: Fault,
) -> Finding {
    let subject = thing.and_then(|thing| cx.estate.subject(thing));
    let source = thing.and_then(|thing| cx.estate.source(thing));
    let in_file = |(path, span): &(Arc<str>, Span)| {
        let file = cx.estate.file_named(path)?;
        let span = head_of_call(cx, file, *span);
        cx.estate.location(file, span, Route::root(), false)
    };
    let elsewhere = fault.elsewhere.as_ref().and_then(in_file);
    let within = source.and_then(|source| match fault.span {
        Some(span) => cx
            .estate
            .location(source.file, span, fault.route.clone(), false),
        None => cx.estate.locate_in(source, &fault.route),
    });
    let location = elsewhere.or(within);
    let through = fault.through.into_iter().map(|(path, span, text)| Related {
        location: in_file(&(path, span)),
        text,
    });
    let related = fault
        .related
        .into_iter()
        .filter_map(|(index, route, text)| {
            let object = cx.estate.objects().get(index as usize)?;
            Some(Related {
                location: cx.estate.locate(object, &route),
                text,
            })
        });
    let related = through.chain(related).collect();
    let fingerprint = fingerprint(
        meta.id,
        subject.as_ref().zip(thing).map(|(subject, thing)| {
            let value = cx.estate.value(thing).unwrap_or(&Value::Null);
            (name_of(cx, subject, thing), value)
        }),
        &fault.route,
        &fault.key,
    );
    let threat = cx.threat_model.control(meta.control).map_or_else(
        || meta.control.split('.').next().unwrap_or("").to_owned(),
        |(threat, _)| threat.id.clone(),
    );
    let severity = cx
        .settings
        .severities
        .get(meta.id)
        .copied()
        .unwrap_or(fault.severity.unwrap_or(meta.severity));
    Finding {
        check: meta.id,
        control: meta.control.to_owned(),
        threat,
        severity,
        verdict: Verdict::Fail,
        title: fault.title.unwrap_or_else(|| meta.title.clone()),
        message: fault.message,
        subject: subject.unwrap_or(Subject::Estate),
        location,
        related,
        instances: Vec::new(),
        fingerprint,
        fix: fault.fix.filter(|fix| keeps_calls(cx, fix)),
        suppressed: None,
    }
}

/// What is said of a whole call of a well-known module is said of the words before its brace: what stands between the
/// braces is about other things.
fn head_of_call(cx: &Context<'_>, file: usize, span: Span) -> Span {
    if cx.estate.module_call(file, span) != Some(span) {
        return span;
    }
    let text = cx.estate.files().get(file).map(|file| &*file.text);
    let block = text.and_then(|text| span.slice(text));
    let head = block.and_then(|block| block.split('{').next());
    let length = head.map_or(0, |head| head.trim_end().len());
    let start = span.start as usize;
    Span::new(start, start + length)
}

/// In the call of a well-known module a value that stands there can be another, but nothing can be added: what a resource
/// takes is no input of the module.
fn keeps_calls(cx: &Context<'_>, fix: &Fix) -> bool {
    fix.changes.iter().all(|change| {
        let Change::Replace { file, span, .. } = change else {
            return true;
        };
        cx.estate
            .module_call(*file, *span)
            .is_none_or(|call| span.start > call.start && span.start < span.end)
    })
}

/// Gravest first, then by place; nothing depends on the order in which threads finished.
pub(crate) fn sort(findings: &mut [Finding]) {
    let place = |finding: &Finding| {
        let location = finding.location.as_ref();
        location.map(|location| (location.file, location.span))
    };
    findings.par_sort_by(|a, b| {
        Reverse(a.severity)
            .cmp(&Reverse(b.severity))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.check.cmp(b.check))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
}

/// Findings that look the same to the fingerprint (one object in two files) get different ones, by their order.
pub(crate) fn number_twins(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        if *count > 0 {
            finding.fingerprint = hash([finding.fingerprint.as_str(), &count.to_string()]);
        }
        *count += 1;
    }
}

/// The fingerprint names the object and the field, not the line: list items count by their name where they have one.
fn fingerprint(check: &str, thing: Option<(String, &Value)>, route: &Route, key: &str) -> String {
    let (id, field) = thing
        .map(|(id, value)| (id, named_route(value, route)))
        .unwrap_or_default();
    hash([check, &id, &field, key])
}

/// The name by which a thing is known again when its file has changed.
fn name_of(cx: &Context<'_>, subject: &Subject, thing: Thing) -> String {
    let object = thing
        .object()
        .and_then(|index| cx.estate.objects().get(index));
    match (object, subject) {
        (Some(object), _) => format!("{}\n{}", object.group(), object.id()),
        (None, Subject::Job { path, job, .. }) => format!("{path}\n{job}"),
        (None, Subject::Resource(address, _)) => address.clone(),
        (None, Subject::Pipeline(path, _) | Subject::File(path)) => path.clone(),
        (None, Subject::Object(..) | Subject::Estate) => String::new(),
    }
}

fn named_route(value: &Value, route: &Route) -> String {
    let mut here = Some(value);
    let mut name = String::new();
    for step in route.steps() {
        match step {
            Step::Key(key) => {
                here = here.and_then(|value| value.key(key));
                name.push('/');
                name.push_str(key);
            }
            Step::Index(index) => {
                here = here.and_then(|value| value.as_array()?.get(*index));
                if let Some(item) = here.and_then(|item| item.text("name")) {
                    name.push('=');
                    name.push_str(item);
                } else {
                    name.push('#');
                    name.push_str(&index.to_string());
                }
            }
        }
    }
    name
}

pub(crate) fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    let hex = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or('0');
    digest
        .iter()
        .take(16)
        .flat_map(|byte| [hex(byte >> 4), hex(byte & 0xf)])
        .collect()
}
