use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use sekisho_aws::calls::{self, Scope};
use sekisho_checks::{Check, Context, Level, judge, suppress};
use sekisho_estate::{Text, assemble, parse_settings};
use sekisho_model::{Finding, Settings, ThreatModel, Verdict};

use crate::mending;

/// The day on which literate tests run.
pub(crate) const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 24);

/// What a section of a literate test is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseKind {
    /// As it should be: no finding, and a pass as proof.
    Good,
    /// Plainly wrong.
    Bad,
    /// Wrong in a way that slips past a careless reader.
    Evasive,
}

/// An expected finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// File of the block; empty for a finding without place.
    pub file: String,
    /// Line in the block, from 1; 0 for a finding without place.
    pub line: u32,
    /// The check.
    pub check: String,
    /// Words that the message holds.
    pub words: Option<String>,
}

/// One section: an estate and what is expected of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The heading.
    pub title: String,
    /// What it is for.
    pub kind: CaseKind,
    /// The blocks, each a file.
    pub texts: Vec<(String, String)>,
    /// `sekisho.yaml` of the section.
    pub settings: Option<String>,
    /// Expected findings.
    pub marks: Vec<Mark>,
    /// Words of inputs that are expected to be unread: `<!-- unread "words" -->`.
    pub unread: Vec<String>,
    /// The section says `not-applicable` or `unknown` in a comment.
    pub verdict: Option<Verdict>,
}

/// What ran, for further looks.
#[derive(Debug)]
pub struct Outcome {
    /// What differs from the expectation; empty when all is as expected.
    pub complaints: String,
    /// How many findings a fix mended.
    pub mended: usize,
}

/// Reads the sections of a literate test. Headings begin with `Good`, `Bad` or `Evasive`; blocks are fenced as `yaml`
/// or `hcl` (with an optional file name), `aws` (an answer of AWS in a snapshot: `aws eks describe-cluster shop`), `file`
/// (whose name alone counts) or `settings`; a finding is expected on the line of
/// `# error: [CHECK] "words"`, or on the
/// next line when the comment stands alone; a finding without place is `<!-- error: [CHECK] "words" -->` in the prose.
pub fn cases(markdown: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut fence: Option<(String, String)> = None;
    for line in markdown.lines() {
        if let Some((info, mut body)) = fence.take() {
            if line.trim_end() == "```" {
                close(&mut cases, &info, body);
            } else {
                body.push_str(line);
                body.push('\n');
                fence = Some((info, body));
            }
        } else if let Some(info) = line.strip_prefix("```") {
            fence = Some((info.trim().to_owned(), String::new()));
        } else if let Some(title) = line.strip_prefix("## ") {
            if let Some(kind) = kind_of(title) {
                cases.push(Case {
                    title: title.to_owned(),
                    kind,
                    texts: Vec::new(),
                    settings: None,
                    marks: Vec::new(),
                    verdict: None,
                    unread: Vec::new(),
                });
            }
        } else if let (Some(comment), Some(case)) =
            (line.trim().strip_prefix("<!--"), cases.last_mut())
        {
            let comment = comment.trim_end_matches("-->").trim();
            case.marks.extend(mark(comment, "", 0));
            if let Some((_, words)) = comment.split_once("unread \"") {
                case.unread.push(words.trim_end_matches('"').to_owned());
            }
            if comment.starts_with("not-applicable") {
                case.verdict = Some(Verdict::NotApplicable);
            } else if comment.starts_with("unknown") {
                case.verdict = Some(Verdict::Unknown);
            }
        }
    }
    cases
}

fn kind_of(title: &str) -> Option<CaseKind> {
    match title.split([':', ' ']).next()? {
        "Good" => Some(CaseKind::Good),
        "Bad" => Some(CaseKind::Bad),
        "Evasive" => Some(CaseKind::Evasive),
        _ => None,
    }
}

fn close(cases: &mut [Case], info: &str, body: String) {
    let Some(case) = cases.last_mut() else {
        return;
    };
    let mut words = info.split_whitespace();
    match words.next() {
        Some("settings") => case.settings = Some(body),
        // A file of which only the name counts.
        Some("file") => case
            .texts
            .extend(words.next().map(|name| (name.to_owned(), body))),
        Some(syntax @ ("yaml" | "json" | "hcl" | "aws")) => {
            let ending = if syntax == "hcl" { "tf" } else { "yaml" };
            let name = if syntax == "aws" {
                answer(case, words)
            } else {
                let name = words.next().map(str::to_owned);
                name.unwrap_or_else(|| format!("file{}.{ending}", case.texts.len() + 1))
            };
            for (number, line) in (1_u32..).zip(body.lines()) {
                let Some((before, comment)) = line.split_once("# error:") else {
                    continue;
                };
                let on = if before.trim().is_empty() {
                    number + 1
                } else {
                    number
                };
                case.marks
                    .extend(mark(&format!("error:{comment}"), &name, on));
            }
            // JSON has no comments: what is expected is no part of the answer.
            let body = if syntax == "aws" {
                let plain = |line: &str| line.split("# error:").next().unwrap_or("").to_owned();
                body.lines().map(|line| plain(line) + "\n").collect()
            } else {
                body
            };
            case.texts.push((name, body));
        }
        _ => {}
    }
}

/// The file of an answer, given as on the command line: `eks describe-cluster shop`, with another region than
/// `eu-west-1` before it where it matters, and `refused` after it for an error.
fn answer<'w>(case: &mut Case, words: impl Iterator<Item = &'w str>) -> String {
    const MANIFEST: &str = "snapshot/sekisho-snapshot.json";
    if !case.texts.iter().any(|(path, _)| path == MANIFEST) {
        let text = r#"{"version": "sekisho.aws-snapshot/v1", "account": "111122223333", "complete": true}"#;
        case.texts.push((MANIFEST.to_owned(), text.to_owned()));
    }
    let mut words: Vec<&str> = words.collect();
    let is_refused = words.last() == Some(&"refused");
    if is_refused {
        words.pop();
    }
    let is_region = |word: &&str| word.ends_with(|last: char| last.is_ascii_digit());
    let region = match words.first() {
        Some(first) if *first == "global" || (is_region(first) && first.contains('-')) => {
            words.remove(0)
        }
        Some(service) => match words.get(1).and_then(|call| calls::find(service, call)) {
            Some(call) if call.scope == Scope::Global => "global",
            Some(_) | None => "eu-west-1",
        },
        None => "eu-west-1",
    };
    let path: Vec<String> = words
        .iter()
        .map(|word| word.replace('/', "%2F").replace(':', "%3A"))
        .collect();
    let ending = if is_refused { ".error.json" } else { ".json" };
    format!("snapshot/{region}/{}{ending}", path.join("/"))
}

fn mark(comment: &str, file: &str, line: u32) -> Vec<Mark> {
    let Some(rest) = comment.strip_prefix("error:") else {
        return Vec::new();
    };
    let Some((names, words)) = rest
        .trim()
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    else {
        return Vec::new();
    };
    let words = words
        .trim()
        .strip_prefix('"')
        .and_then(|words| words.split_once('"'));
    names
        .split(',')
        .map(|check| Mark {
            file: file.to_owned(),
            line,
            check: check.trim().to_owned(),
            words: words.map(|(words, _)| words.to_owned()),
        })
        .collect()
}

/// Runs one check over one section and compares.
pub fn run(check: &'static dyn Check, threat_model: &ThreatModel, case: &Case) -> Outcome {
    let mut complaints = String::new();
    let settings = match &case.settings {
        Some(text) => parse_settings(&Arc::from(text.as_str())).unwrap_or_else(|error| {
            complain(
                &mut complaints,
                &format!("the settings cannot be read: {error}"),
            );
            Settings::default()
        }),
        None => Settings::default(),
    };
    let estate = assemble(texts(case), &settings);
    let told: String = estate
        .unread
        .iter()
        .map(|unread| format!("{}\n", unread.reason))
        .collect();
    for words in case
        .unread
        .iter()
        .filter(|words| !told.contains(words.as_str()))
    {
        complain(&mut complaints, &format!("nothing is unread for {words:?}"));
    }
    for unread in estate.unread.iter().filter(|unread| {
        !case
            .unread
            .iter()
            .any(|words| unread.reason.contains(words.as_str()))
    }) {
        complain(
            &mut complaints,
            &format!("unread: {}: {}", unread.path, unread.reason),
        );
    }
    let id = check.meta().id;
    let cx = Context::new(&estate, &settings, threat_model).on_day(TODAY);
    let is_engine = check.meta().level == Level::Engine;
    let checks: Vec<&'static dyn Check> = if is_engine {
        sekisho_checks::all().collect()
    } else {
        vec![check]
    };
    let ran: Vec<&str> = checks.iter().map(|check| check.meta().id).collect();
    let mut judged = judge(&cx, &checks);
    suppress::apply(&cx, &mut judged, TODAY, &BTreeSet::new(), &ran);
    let mut expected: BTreeSet<Mark> = case
        .marks
        .iter()
        .filter(|mark| mark.check == id)
        .cloned()
        .collect();
    for finding in judged
        .findings
        .iter()
        .filter(|finding| finding.check == id && finding.suppressed.is_none())
    {
        let (file, line) = finding
            .location
            .as_ref()
            .map_or((String::new(), 0), |location| {
                (location.path.clone(), location.start.line)
            });
        let message = &finding.message.en;
        let met = expected
            .iter()
            .find(|mark| {
                mark.file == file
                    && mark.line == line
                    && mark
                        .words
                        .as_ref()
                        .is_none_or(|words| message.contains(words.as_str()))
            })
            .cloned();
        match met {
            Some(mark) => drop(expected.remove(&mark)),
            None => complain(
                &mut complaints,
                &format!("unexpected at {file}:{line}: {message}"),
            ),
        }
    }
    for mark in expected {
        complain(
            &mut complaints,
            &format!("missing at {}:{}: {:?}", mark.file, mark.line, mark.words),
        );
    }
    let verdicts: BTreeSet<Verdict> = judged
        .evidence
        .iter()
        .filter(|evidence| evidence.check == id)
        .map(|evidence| evidence.verdict)
        .collect();
    let wanted = case.verdict.unwrap_or(match case.kind {
        CaseKind::Good => Verdict::Pass,
        CaseKind::Bad | CaseKind::Evasive => Verdict::Fail,
    });
    let shown = if wanted == Verdict::NotApplicable {
        verdicts.is_empty()
    } else {
        verdicts.contains(&wanted)
    };
    let is_silent_engine = is_engine && wanted == Verdict::Pass;
    if !shown && !is_silent_engine {
        complain(
            &mut complaints,
            &format!("no {wanted} in the evidence, only {verdicts:?}"),
        );
    }
    let mine: Vec<Finding> = judged
        .findings
        .into_iter()
        .filter(|finding| finding.check == id)
        .collect();
    let mending = mending::try_fixes(check, threat_model, &settings, &estate, &mine);
    for complaint in &mending.complaints {
        complain(&mut complaints, complaint);
    }
    Outcome {
        complaints,
        mended: mending.mended,
    }
}

fn texts(case: &Case) -> Vec<Text> {
    case.texts
        .iter()
        .map(|(path, text)| Text {
            path: path.clone(),
            text: Arc::from(text.as_str()),
            rendered_by: None,
        })
        .collect()
}

fn complain(complaints: &mut String, what: &str) {
    let written = writeln!(complaints, "    {what}");
    debug_assert!(written.is_ok(), "a string takes any text");
}
