//! Exceptions: which findings are accepted, by whom, and until when.
//!
//! Fail closed: an exception that cannot be read, has expired or covers nothing hides nothing and is a finding itself.

mod comment;
mod date;
mod inline;
mod listed;
mod stale;

use std::collections::BTreeSet;

use sekisho_model::{Finding, Phrase, Subject, Suppression, SuppressionKind, Thing, Verdict};

use crate::{Context, Judged, finding};

pub use date::Day;

/// Takes accepted findings out of the count, and reports exceptions that do not do what they say.
///
/// `today` is the day of the run; `baseline` holds fingerprints that were known before; `ran` names the checks that ran.
pub fn apply(
    cx: &Context<'_>,
    judged: &mut Judged,
    today: Day,
    baseline: &BTreeSet<String>,
    ran: &[&str],
) {
    let mut stale = Vec::new();
    inline::apply(cx, &mut judged.findings, today, ran, &mut stale);
    listed::apply(cx, &mut judged.findings, today, ran, &mut stale);
    stale.retain(|finding| ran.contains(&finding.check));
    for finding in judged.findings.iter_mut().chain(&mut stale) {
        if finding.suppressed.is_none() {
            finding.suppressed = platform(cx, finding).or_else(|| known(finding, baseline));
        }
    }
    mark_evidence(judged);
    judged.evidence.extend(stale.iter().map(stale::evidence));
    judged.findings.append(&mut stale);
    finding::sort(&mut judged.findings);
}

fn platform(cx: &Context<'_>, finding: &Finding) -> Option<Suppression> {
    let Subject::Object(_, index) = finding.subject else {
        return None;
    };
    let object = cx.estate.objects().get(index)?;
    let exception = cx
        .threat_model
        .platform()
        .iter()
        .find(|exception| exception.covers(finding.check, object))?;
    Some(Suppression {
        kind: SuppressionKind::Platform(exception.id.clone()),
        reason: exception.reason.clone(),
        owner: None,
        until: None,
    })
}

fn known(finding: &Finding, baseline: &BTreeSet<String>) -> Option<Suppression> {
    baseline
        .contains(&finding.fingerprint)
        .then(|| Suppression {
            kind: SuppressionKind::Baseline,
            reason: Phrase::new(
                "known when the baseline was taken",
                "基準線を取った時点で既知",
            ),
            owner: None,
            until: None,
        })
}

/// A failure counts as accepted when findings tell it and every one of them is accepted.
fn mark_evidence(judged: &mut Judged) {
    let mut told: BTreeSet<(&str, Option<Thing>)> = BTreeSet::new();
    let mut open: BTreeSet<(&str, Option<Thing>)> = BTreeSet::new();
    for finding in &judged.findings {
        let key = (finding.check, finding.subject.thing());
        told.insert(key);
        if finding.suppressed.is_none() {
            open.insert(key);
        }
    }
    for item in &mut judged.evidence {
        if item.verdict == Verdict::Fail {
            let mut tellers = std::iter::once(&item.check).chain(&item.told_by);
            let is_told = tellers
                .clone()
                .any(|check| told.contains(&(*check, item.thing)));
            item.excepted = is_told && !tellers.any(|check| open.contains(&(*check, item.thing)));
        }
    }
}
