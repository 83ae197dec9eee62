use crate::{Phrase, Severity, Thing, Verdict};

/// One check's verdict about one thing: the proof behind a control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The check's name.
    pub check: &'static str,
    /// What it is about; `None` when it is about the estate as a whole.
    pub thing: Option<Thing>,
    /// What was seen.
    pub verdict: Verdict,
    /// True when a failure was accepted by an exception.
    pub excepted: bool,
    /// Why it is unknown.
    pub reason: Option<Phrase>,
    /// The checks whose findings tell the cause of a failure that has no finding of its own.
    pub told_by: Vec<&'static str>,
}

/// What the evidence adds up to for one control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlVerdict {
    /// The control's name.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: Phrase,
    /// What would settle an unknown: groups of sources, any one of each.
    pub needs: Vec<Vec<crate::SourceKind>>,
    /// Indexes into the list of evidence.
    pub evidence: Vec<usize>,
    /// Failed, passed, unknown and excepted subjects.
    pub failed: usize,
    /// Subjects with a pass.
    pub passed: usize,
    /// Subjects that could not be judged.
    pub unknown: usize,
    /// Subjects whose failure is accepted.
    pub excepted: usize,
}

/// Counts for the end of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Findings that count, by severity, least first.
    pub findings: [usize; 5],
    /// Findings that do not count.
    pub suppressed: usize,
    /// Objects read.
    pub objects: usize,
    /// Files read.
    pub files: usize,
    /// Things supplied that could not be judged.
    pub unread: usize,
    /// Controls by verdict: pass, fail, unknown, not-applicable.
    pub controls: [usize; 4],
}

impl Summary {
    /// Findings of one severity.
    pub fn of(&self, severity: Severity) -> usize {
        self.findings.get(severity as usize).copied().unwrap_or(0)
    }

    /// All findings that count.
    pub fn total(&self) -> usize {
        self.findings.iter().sum()
    }
}
