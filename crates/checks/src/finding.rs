use std::cmp::Reverse;
use std::collections::BTreeMap;

use sekisho_model::{Fields, Finding, Object, Related, Subject, Verdict};
use sekisho_text::{Route, Step};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::sheet::Fault;
use crate::{Context, Meta};

/// Makes a finding of a fault: places become lines and columns, the fingerprint is taken.
pub(crate) fn from_fault(
    cx: &Context<'_>,
    meta: &'static Meta,
    object: Option<u32>,
    fault: Fault,
) -> Finding {
    let judged =
        object.and_then(|index| Some((index as usize, cx.estate.objects().get(index as usize)?)));
    let location = judged.and_then(|(_, object)| {
        let source = object.source.as_ref()?;
        match fault.span {
            Some(span) => cx
                .estate
                .location(source.file, span, fault.route.clone(), false),
            None => cx.estate.locate(object, &fault.route),
        }
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
        })
        .collect();
    let fingerprint = fingerprint(
        meta.id,
        judged.map(|(_, object)| object),
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
        subject: judged.map_or(Subject::Estate, |(index, object)| {
            Subject::Object(object.id(), index)
        }),
        location,
        related,
        fingerprint,
        fix: fault.fix,
        suppressed: None,
    }
}

/// Gravest first, then by place; nothing depends on the order in which threads finished.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            (
                Reverse(finding.severity),
                finding
                    .location
                    .as_ref()
                    .map(|location| (location.file, location.span)),
                finding.check,
                finding.subject.clone(),
                finding.fingerprint.clone(),
            )
        };
        key(a).cmp(&key(b))
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
fn fingerprint(check: &str, object: Option<&Object>, route: &Route, key: &str) -> String {
    let id = object
        .map(|object| format!("{}\n{}", object.group(), object.id()))
        .unwrap_or_default();
    let field = object
        .map(|object| named_route(&object.value, route))
        .unwrap_or_default();
    hash([check, &id, &field, key])
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
