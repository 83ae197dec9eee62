use std::str::FromStr;

use sekisho_model::{
    Control, ControlVerdict, Estate, Evidence, Finding, Lang, Phrase, Severity, Subject, Summary,
    Thing, Threat, ThreatModel, Verdict, phrase,
};
use sekisho_text::Route;

use crate::Texts;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Human,
    /// One line per finding.
    Concise,
    /// `sekisho.findings/v1`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// GitHub workflow commands.
    Github,
    /// Markdown, for comments on pull requests.
    Markdown,
    /// One self-contained page.
    Html,
}

impl Format {
    /// All formats with their names.
    pub const ALL: [(&'static str, Self); 8] = [
        ("human", Self::Human),
        ("concise", Self::Concise),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
        ("junit", Self::Junit),
        ("github", Self::Github),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, format)| *format)
            .ok_or_else(|| format!("`{name}` is no format"))
    }
}

/// Everything a format needs.
#[derive(Debug)]
pub struct Report<'a> {
    /// What was read.
    pub estate: &'a Estate,
    /// Its texts as they may be shown.
    pub texts: Texts<'a>,
    /// The threat model in force.
    pub threat_model: &'a ThreatModel,
    /// Gravest first.
    pub findings: &'a [Finding],
    /// The proof.
    pub evidence: &'a [Evidence],
    /// One verdict per control, in the order of the threat model.
    pub controls: &'a [ControlVerdict],
    /// Counts.
    pub summary: Summary,
    /// The language of texts for people.
    pub lang: Lang,
    /// The least severity that fails the run.
    pub threshold: Severity,
    /// Whether findings that do not count are shown to people, too.
    pub show_suppressed: bool,
}

impl<'a> Report<'a> {
    /// The findings that people are shown.
    pub fn shown(&self) -> impl Iterator<Item = &'a Finding> {
        let all = self.show_suppressed;
        self.findings
            .iter()
            .filter(move |finding| all || finding.suppressed.is_none())
    }

    /// The threats with their controls and verdicts.
    pub fn board(&self) -> Vec<(&'a Threat, Vec<(&'a Control, &'a ControlVerdict)>)> {
        let mut verdicts = self.controls.iter();
        self.threat_model
            .threats()
            .iter()
            .map(|threat| {
                let controls = threat.controls.iter();
                (
                    threat,
                    controls
                        .filter_map(|control| Some((control, verdicts.next()?)))
                        .collect(),
                )
            })
            .collect()
    }

    /// The name of what an evidence is about.
    pub fn evidence_subject(&self, evidence: &Evidence) -> String {
        let subject = evidence.thing.and_then(|thing| self.estate.subject(thing));
        name(&subject.unwrap_or(Subject::Estate))
    }

    /// Where an evidence was read.
    pub fn evidence_origin(&self, evidence: &Evidence) -> Option<String> {
        let thing = evidence.thing?;
        if let Thing::Resource(index) = thing {
            let resource = self.estate.resources().get(index as usize)?;
            let at = self
                .estate
                .location(resource.file, resource.span, Route::root(), false)?;
            return Some(format!("{}:{}", at.path, at.start.line));
        }
        let route = match self.estate.subject(thing)? {
            Subject::Object(..) => Route::of("metadata.name"),
            Subject::Job {
                pipeline, index, ..
            } => {
                let pipeline = self.estate.pipelines().get(pipeline)?;
                pipeline.jobs.get(index)?.route.clone()
            }
            _ => Route::root(),
        };
        let location = self.estate.locate_in(self.estate.source(thing)?, &route)?;
        Some(format!("{}:{}", location.path, location.start.line))
    }

    /// How many controls wait for which sources, most first: `(sources, controls)`.
    pub fn waiting(&self) -> Vec<(String, usize)> {
        let mut counts: std::collections::BTreeMap<String, usize> =
            std::collections::BTreeMap::new();
        for control in self
            .controls
            .iter()
            .filter(|control| control.verdict == Verdict::Unknown)
        {
            for group in &control.needs {
                let names: Vec<&str> = group.iter().map(|source| source.word()).collect();
                *counts.entry(names.join("/")).or_default() += 1;
            }
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

/// The name of what a finding is about, with the number of other instances of which the same holds.
pub(crate) fn subject(finding: &Finding) -> String {
    let name = name(&finding.subject);
    match finding.instances.len() {
        0 => name,
        others => format!("{name} (+{others})"),
    }
}

/// Which other instances of a block the finding speaks of, the first few by name.
pub(crate) fn other_instances(finding: &Finding) -> Option<Phrase> {
    const MOST: usize = 5;
    let count = finding.instances.len();
    let first = finding.instances.iter().take(MOST);
    let quoted: Vec<String> = first.map(|one| format!("`{}`", one.address)).collect();
    let (names, names_ja) = (quoted.join(", "), quoted.join("、"));
    let more = if count > MOST { ", …" } else { "" };
    (count > 0).then(|| {
        phrase!(
            en: "the same holds for {count} more: {names}{more}",
            ja: "ほか {count} 件も同様: {names_ja}{more}",
        )
    })
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Object(id, _) => id.to_string(),
        Subject::Resource(address, _) => address.clone(),
        Subject::Pipeline(path, _) | Subject::File(path) => path.clone(),
        Subject::Job { path, job, .. } => format!("{path} job {job}"),
        Subject::Estate => "estate".to_owned(),
    }
}

/// `path:line:column` of a finding.
pub(crate) fn place(finding: &Finding) -> Option<String> {
    let location = finding.location.as_ref()?;
    Some(format!(
        "{}:{}:{}",
        location.path, location.start.line, location.start.column
    ))
}

/// The sign of a verdict.
pub(crate) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Unknown => "?",
        Verdict::NotApplicable => "-",
    }
}
