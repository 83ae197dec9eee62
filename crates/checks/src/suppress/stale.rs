use sekisho_model::{Evidence, Finding, Location, Phrase, Severity, Subject, Verdict};

use crate::{Context, finding};

/// A finding about an exception itself.
pub(super) fn finding(
    cx: &Context<'_>,
    check: &'static str,
    subject: Subject,
    location: Option<Location>,
    key: &str,
    message: Phrase,
) -> Finding {
    let meta = crate::by_id(check).map(crate::Described::meta);
    let own = cx.settings.severities.get(check).copied();
    let control = meta.map_or("", |meta| meta.control);
    Finding {
        check,
        control: control.to_owned(),
        threat: control.split('.').next().unwrap_or_default().to_owned(),
        severity: own.unwrap_or(meta.map_or(Severity::Medium, |meta| meta.severity)),
        verdict: Verdict::Fail,
        title: meta.map(|meta| meta.title.clone()).unwrap_or_default(),
        message,
        subject,
        location,
        related: Vec::new(),
        fingerprint: finding::hash([check, key]),
        fix: None,
        instances: Vec::new(),
        suppressed: None,
    }
}

/// The proof that goes with it.
pub(super) fn evidence(finding: &Finding) -> Evidence {
    Evidence {
        check: finding.check,
        thing: None,
        verdict: Verdict::Fail,
        excepted: finding.suppressed.is_some(),
        reason: None,
        told_by: Vec::new(),
    }
}
