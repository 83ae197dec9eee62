//! One self-contained page: no script, no request to anywhere.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sekisho_checks::fixing;
use sekisho_model::{Finding, Lang, Severity, Verdict};

use crate::report::{place, sign, subject};
use crate::{Frame, Report, sources};

const STYLE: &str = include_str!("page.css");

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ja = report.lang == Lang::Ja;
    let page = html! {
        (DOCTYPE)
        html lang=(if ja { "ja" } else { "en" }) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "sekisho" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "sekisho 関所" }
                    (intro(report, ja))
                    h2 { (if ja { "脅威と統制" } else { "Threats and controls" }) }
                    (board(report))
                    h2 { (if ja { "統制ごとの判定" } else { "Verdict of each control" }) }
                    (controls(report, ja))
                    h2 { (if ja { "検出" } else { "Findings" }) }
                    @for finding in report.shown() { (one(report, finding)) }
                    @if !report.estate.unread.is_empty() {
                        h2 { (if ja { "判定できなかった入力" } else { "Input that could not be judged" }) }
                        ul { @for unread in &report.estate.unread { li { code { (unread.path) } " " (unread.reason) } } }
                    }
                }
            }
        }
    };
    out.write_all(page.into_string().as_bytes())?;
    out.write_all(b"\n")
}

fn intro(report: &Report<'_>, ja: bool) -> Markup {
    let summary = &report.summary;
    let [pass, fail, unknown, _] = summary.controls;
    html! {
        p.sub {
            (sources::line(report))
        }
        div.counts {
            div.count { b.fail { (fail) } span { (if ja { "不適合の統制" } else { "controls fail" }) } }
            div.count { b.unknown { (unknown) } span { (if ja { "不明の統制" } else { "controls unknown" }) } }
            div.count { b.pass { (pass) } span { (if ja { "適合の統制" } else { "controls pass" }) } }
            @for severity in Severity::ALL.iter().rev().filter(|severity| summary.of(**severity) > 0) {
                div.count { b class=(severity.word()) { (summary.of(*severity)) } span { (severity.word()) } }
            }
        }
        @if let Some((sources, count)) = report.waiting().first() {
            p {
                @if ja { (count) " 個の統制は " (sources) " があれば判定できる。" }
                @else { (count) " controls need " (sources) ": add it to decide them." }
            }
        }
    }
}

fn board(report: &Report<'_>) -> Markup {
    html! {
        table {
            @for (threat, controls) in report.board() {
                tr {
                    th { (threat.id) }
                    td { (threat.title.get(report.lang)) }
                    td {
                        div.cells {
                            @for (control, decided) in controls {
                                a.cell.(decided.verdict.word()) href={"#" (control.id)} title=(control.title.get(report.lang)) {
                                    (control.id) " " (sign(decided.verdict))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn controls(report: &Report<'_>, ja: bool) -> Markup {
    html! {
        table {
            @for (_, controls) in report.board() {
                @for (control, decided) in controls {
                    tr id=(control.id) {
                        td { span.cell.(decided.verdict.word()) { (control.id) " " (sign(decided.verdict)) } }
                        td {
                            (control.title.get(report.lang))
                            div.soft { (control.shown.get(report.lang)) }
                        }
                        td {
                            (decided.reason.get(report.lang))
                            @if decided.verdict == Verdict::Pass {
                                div.soft { (proof(report, decided, ja)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn proof(report: &Report<'_>, decided: &sekisho_model::ControlVerdict, ja: bool) -> String {
    let mut names: Vec<String> = decided
        .evidence
        .iter()
        .filter_map(|index| report.evidence.get(*index))
        .filter(|evidence| evidence.verdict == Verdict::Pass)
        .map(|evidence| format!("{} {}", evidence.check, report.evidence_subject(evidence)))
        .take(4)
        .collect();
    if decided.passed > names.len() {
        names.push(if ja {
            "ほか".to_owned()
        } else {
            "…".to_owned()
        });
    }
    names.join(", ")
}

fn one(report: &Report<'_>, finding: &Finding) -> Markup {
    let frame = Frame {
        texts: &report.texts,
        lang: report.lang,
        colour: false,
    };
    let edits = fixing::preview(report.estate, finding);
    let edits = edits.as_deref().filter(|edits| !edits.is_empty());
    html! {
        details {
            summary {
                span.sev.(finding.severity.word()) { (finding.severity.word()) }
                strong { (finding.title.get(report.lang)) }
                span.soft { (finding.control) " · " (subject(finding)) }
                @if let Some(at) = place(finding) { code.soft { (at) } }
            }
            div {
                p { (finding.message.get(report.lang)) }
                pre { (frame.render(finding, edits)) }
            }
        }
    }
}
