use sekisho_text::{Position, Route, Span};

use crate::{Fix, ObjectId, Phrase, Severity, Thing, Verdict};

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Index of the file in the estate.
    pub file: usize,
    /// The file's path, as given.
    pub path: String,
    /// The bytes.
    pub span: Span,
    /// First character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
    /// The field, as `kubectl` writes paths.
    pub field: Route,
    /// True when the field itself is absent and the span is the nearest thing above it.
    pub absent: bool,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A Kubernetes object; the index is its place in the estate.
    Object(ObjectId, usize),
    /// A resource of Terraform, by its address; the index is its place in the estate.
    Resource(String, usize),
    /// A pipeline definition, by the path of its file; the index is its place in the estate.
    Pipeline(String, usize),
    /// A job of a pipeline: path of the file, key of the job, and both places in the estate.
    Job {
        /// Path of the file.
        path: String,
        /// Key of the job.
        job: String,
        /// The pipeline's place in the estate.
        pipeline: usize,
        /// The job's place in the pipeline.
        index: usize,
    },
    /// A file as a whole, by path.
    File(String),
    /// Everything that was read.
    Estate,
}

impl Subject {
    /// The thing it is, when it is a single one.
    pub fn thing(&self) -> Option<Thing> {
        let short = |index: usize| u32::try_from(index).ok();
        match self {
            Self::Object(_, index) => short(*index).map(Thing::Object),
            Self::Resource(_, index) => short(*index).map(Thing::Resource),
            Self::Pipeline(_, index) => short(*index).map(Thing::Pipeline),
            Self::Job {
                pipeline, index, ..
            } => Some(Thing::Job(short(*pipeline)?, short(*index)?)),
            Self::File(_) | Self::Estate => None,
        }
    }
}

/// A second place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where; absent for an object without file.
    pub location: Option<Location>,
    /// What it shows.
    pub text: Phrase,
}

/// One more resource that `count` or `for_each` makes of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its address: `aws_subnet.node["b"]`.
    pub address: String,
    /// The fingerprint of the finding about it alone.
    pub fingerprint: String,
}

/// Who said that a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuppressionKind {
    /// A comment beside it.
    Inline,
    /// `sekisho.yaml`.
    Settings,
    /// An exception of the platform that ships with sekisho, by name.
    Platform(String),
    /// It was there when the baseline was taken.
    Baseline,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Who said so.
    pub kind: SuppressionKind,
    /// Why.
    pub reason: Phrase,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day it holds, `2027-01-31`.
    pub until: Option<String>,
}

/// A verdict worth telling.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// The control it speaks for.
    pub control: String,
    /// The threat of that control.
    pub threat: String,
    /// What an attacker gains.
    pub severity: Severity,
    /// [`Verdict::Fail`] or [`Verdict::Unknown`].
    pub verdict: Verdict,
    /// The check's short statement.
    pub title: Phrase,
    /// What is wrong here.
    pub message: Phrase,
    /// What it is about.
    pub subject: Subject,
    /// Where; absent for an object without file.
    pub location: Option<Location>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// Other instances of the same block of Terraform of which the same holds.
    pub instances: Vec<Instance>,
    /// 32 hexadecimal digits that stay when lines move.
    pub fingerprint: String,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// Why it does not count, when it does not.
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// True when it counts for exit codes and controls.
    pub fn counts(&self) -> bool {
        self.suppressed.is_none() && self.verdict == Verdict::Fail
    }
}
