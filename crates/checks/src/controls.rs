//! How evidence adds up to a control's verdict: the one rule.
//!
//! 1. **fail** when a deciding check failed on any subject that no exception covers;
//! 2. else **unknown** when a deciding check could not judge a subject, when a source that the control needs was not
//!    supplied, when no check reads that source for it, or when what was supplied of Terraform, AWS or pipelines holds
//!    nothing that the control speaks of and the estate does not claim to be whole: it may stand in a part not supplied;
//! 3. else **pass** when at least one subject passed: the proof; when there are only accepted failures, **unknown**;
//! 4. else **not-applicable**: everything needed was there, and nothing in it is what the control speaks of.

use std::collections::BTreeMap;

use sekisho_model::{
    Control, ControlVerdict, Estate, Evidence, Phrase, SourceKind, ThreatModel, Verdict, phrase,
};

/// Adds the evidence up for every control of the threat model, in its order. `complete` when the estate claims to be whole.
pub fn decide(
    threat_model: &ThreatModel,
    estate: &Estate,
    complete: bool,
    evidence: &[Evidence],
    ran: &[&str],
) -> Vec<ControlVerdict> {
    let mut by_check: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, item) in evidence.iter().enumerate() {
        by_check.entry(item.check).or_default().push(index);
    }
    threat_model
        .controls()
        .map(|(_, control)| {
            let mut decided = decide_one(control, estate, evidence, &by_check, ran);
            if decided.needs.is_empty()
                && matches!(decided.verdict, Verdict::Pass | Verdict::NotApplicable)
                && let Some(open) = unread_source(control, complete, &by_check)
            {
                decided.verdict = Verdict::Unknown;
                decided.reason = open;
            }
            decided
        })
        .collect()
}

/// A source that was supplied and yet does not decide the control.
fn unread_source(
    control: &Control,
    complete: bool,
    by_check: &BTreeMap<&str, Vec<usize>>,
) -> Option<Phrase> {
    for group in &control.needs.0 {
        let readers: Vec<&str> = control
            .checks
            .iter()
            .map(String::as_str)
            .filter(|check| {
                let known = crate::by_id(check).map(|check| check.meta().sources());
                known.is_some_and(|reads| reads.iter().any(|source| group.contains(source)))
            })
            .collect();
        let (en, ja) = (words(group, " or "), words(group, " か "));
        if readers.is_empty() {
            return Some(phrase!(
                en: "no check reads {en} for it yet",
                ja: "{ja} からこれを判定する検査はまだない",
            ));
        }
        let spoke = readers.iter().any(|check| by_check.contains_key(check));
        if !spoke && !complete && !group.contains(&SourceKind::Kubernetes) {
            return Some(phrase!(
                en: "nothing in the {en} that was read speaks of it",
                ja: "読んだ {ja} に対象となるものがない",
            ));
        }
    }
    None
}

fn decide_one(
    control: &Control,
    estate: &Estate,
    evidence: &[Evidence],
    by_check: &BTreeMap<&str, Vec<usize>>,
    ran: &[&str],
) -> ControlVerdict {
    let mut decided = ControlVerdict {
        id: control.id.clone(),
        verdict: Verdict::NotApplicable,
        reason: Phrase::default(),
        needs: Vec::new(),
        evidence: Vec::new(),
        failed: 0,
        passed: 0,
        unknown: 0,
        excepted: 0,
    };
    let mut open: Option<Phrase> = None;
    for check in &control.checks {
        for index in by_check.get(check.as_str()).into_iter().flatten() {
            let Some(item) = evidence.get(*index) else {
                continue;
            };
            decided.evidence.push(*index);
            match item.verdict {
                Verdict::Fail if item.excepted => decided.excepted += 1,
                Verdict::Fail => decided.failed += 1,
                Verdict::Pass => decided.passed += 1,
                Verdict::Unknown => {
                    decided.unknown += 1;
                    open = open.or_else(|| item.reason.clone());
                }
                Verdict::NotApplicable => {}
            }
        }
    }
    decided.needs = control
        .needs
        .missing(|source| estate.has(source))
        .into_iter()
        .map(<[SourceKind]>::to_vec)
        .collect();
    let any_ran = control
        .checks
        .iter()
        .any(|check| ran.contains(&check.as_str()));
    (decided.verdict, decided.reason) = add_up(&decided, open, any_ran);
    decided
}

fn add_up(decided: &ControlVerdict, open: Option<Phrase>, any_ran: bool) -> (Verdict, Phrase) {
    let (failed, passed, unknown, excepted) = (
        decided.failed,
        decided.passed,
        decided.unknown,
        decided.excepted,
    );
    if failed > 0 {
        let reason =
            phrase!(en: "{failed} failed, {passed} passed", ja: "不適合 {failed}、適合 {passed}");
        return (Verdict::Fail, reason);
    }
    if let Some(reason) = open {
        let (en, ja) = (&reason.en, &reason.ja);
        let reason = phrase!(en: "{unknown} could not be judged: {en}", ja: "{unknown} 件は判定できない: {ja}");
        return (Verdict::Unknown, reason);
    }
    if !decided.needs.is_empty() {
        let groups: Vec<String> = decided
            .needs
            .iter()
            .map(|group| words(group, " or "))
            .collect();
        let groups_ja: Vec<String> = decided
            .needs
            .iter()
            .map(|group| words(group, " か "))
            .collect();
        let (en, ja) = (groups.join(" and "), groups_ja.join(" と "));
        let reason = if passed > 0 {
            phrase!(en: "needs {en}; {passed} passed in what was read", ja: "{ja} が必要。読んだ範囲では適合 {passed}")
        } else {
            phrase!(en: "needs {en}", ja: "{ja} が必要")
        };
        return (Verdict::Unknown, reason);
    }
    if !any_ran {
        let reason =
            phrase!(en: "no check that decides it ran", ja: "これを判定する検査は実行されていない");
        return (Verdict::Unknown, reason);
    }
    if passed > 0 {
        let reason = if excepted > 0 {
            phrase!(en: "{passed} passed, {excepted} accepted by exception", ja: "適合 {passed}、例外として受容 {excepted}")
        } else {
            phrase!(en: "{passed} passed", ja: "適合 {passed}")
        };
        return (Verdict::Pass, reason);
    }
    if excepted > 0 {
        let reason = phrase!(
            en: "nothing passed, {excepted} failed and are accepted by exception",
            ja: "適合はなく、不適合 {excepted} 件が例外として受容されている",
        );
        return (Verdict::Unknown, reason);
    }
    let reason = phrase!(en: "nothing here that it speaks of", ja: "対象となるものがない");
    (Verdict::NotApplicable, reason)
}

fn words(group: &[SourceKind], or: &str) -> String {
    group
        .iter()
        .map(|source| source.word())
        .collect::<Vec<_>>()
        .join(or)
}
