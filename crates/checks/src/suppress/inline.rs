use std::collections::BTreeMap;

use sekisho_model::{Finding, Location, Phrase, Subject, Suppression, SuppressionKind, phrase};
use sekisho_text::{Route, Span};

use super::comment::{self, Ignore};
use super::date::Day;
use super::stale;
use crate::Context;

struct Placed {
    ignore: Ignore,
    location: Location,
    used: bool,
}

/// Comments `# sekisho: ignore[CHECK] …`: on the line of the finding, or alone on the lines above it. Alone above the
/// first line of a document it covers the whole document.
pub(super) fn apply(
    cx: &Context<'_>,
    findings: &mut [Finding],
    today: Day,
    ran: &[&str],
    stale_ones: &mut Vec<Finding>,
) {
    let mut placed = read(cx, stale_ones);
    for finding in findings.iter_mut() {
        let Some(location) = &finding.location else {
            continue;
        };
        let lines = [location.start.line, first_line(cx, finding)];
        for line in lines {
            for exception in placed.get_mut(&(location.file, line)).into_iter().flatten() {
                let names_it = exception
                    .ignore
                    .checks
                    .iter()
                    .any(|check| check == finding.check);
                if !names_it || exception.ignore.last_day < today {
                    continue;
                }
                exception.used = true;
                finding.suppressed = Some(Suppression {
                    kind: SuppressionKind::Inline,
                    reason: Phrase::new(
                        exception.ignore.reason.clone(),
                        exception.ignore.reason.clone(),
                    ),
                    owner: Some(exception.ignore.owner.clone()),
                    until: Some(exception.ignore.until.clone()),
                });
            }
        }
    }
    for exception in placed.into_values().flatten() {
        stale_ones.extend(judge(cx, exception, today, ran));
    }
}

/// All readable exceptions by file and the line they speak of; the others become findings.
fn read(cx: &Context<'_>, stale_ones: &mut Vec<Finding>) -> BTreeMap<(usize, u32), Vec<Placed>> {
    let mut placed: BTreeMap<(usize, u32), Vec<Placed>> = BTreeMap::new();
    for (index, file) in cx.estate.files().iter().enumerate() {
        let of_yaml = file
            .documents
            .iter()
            .flat_map(sekisho_yaml::Document::comments)
            .map(|item| (item.span, item.text(&file.text)));
        let of_hcl = hcl_comments(&file.path, &file.text);
        for (span, text) in of_yaml.chain(of_hcl) {
            let Some(parsed) = comment::parse(text) else {
                continue;
            };
            let Some(location) = cx.estate.location(index, span, Route::root(), false) else {
                continue;
            };
            match parsed {
                Ok(ignore) => {
                    let line = spoken_of(&file.text, &file.lines, location.start.line);
                    placed.entry((index, line)).or_default().push(Placed {
                        ignore,
                        location,
                        used: false,
                    });
                }
                Err(what) => stale_ones.push(malformed(cx, location, &what)),
            }
        }
    }
    placed
}

/// Comments of HCL that may be exceptions: from `#` or `//` to the end of the line.
fn hcl_comments<'t>(path: &str, text: &'t str) -> Vec<(Span, &'t str)> {
    let is_hcl = [".tf", ".tfvars"].iter().any(|end| path.ends_with(end));
    if !is_hcl {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, _) in text.match_indices("sekisho: ignore") {
        let before = text.get(..at).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        let lead = before.get(line..).unwrap_or_default();
        let Some(start) = lead.rfind('#').or_else(|| lead.rfind("//")) else {
            continue;
        };
        let rest = text.get(at..).unwrap_or_default();
        let end = at + rest.find(['\r', '\n']).unwrap_or(rest.len());
        let span = Span::new(line + start, end);
        found.push((span, text.get(at..end).unwrap_or_default()));
    }
    found
}

/// The line a comment speaks of: its own, or the next one with content when it stands alone.
fn spoken_of(text: &str, lines: &sekisho_text::LineIndex, own: u32) -> u32 {
    let content = |line: u32| {
        lines
            .line(text, line)
            .and_then(|span| span.slice(text))
            .map(str::trim)
    };
    let mut line = own;
    while content(line).is_some_and(|text| {
        text.is_empty() || text.starts_with('#') || text.starts_with("//") || text == "---"
    }) {
        line += 1;
    }
    line
}

/// The line on which the document of a finding's object begins.
fn first_line(cx: &Context<'_>, finding: &Finding) -> u32 {
    let line = || {
        let source = cx.estate.source(finding.subject.thing()?)?;
        let file = cx.estate.files().get(source.file)?;
        let root = file.documents.get(source.document)?.node_at(&source.base)?;
        Some(
            file.lines
                .position(&file.text, root.span().start as usize)
                .line,
        )
    };
    line().unwrap_or(0)
}

fn malformed(cx: &Context<'_>, location: Location, what: &str) -> Finding {
    let key = format!("{}\n{}", location.path, what);
    let message = phrase!(
        en: "this exception hides nothing: {what}",
        ja: "この例外は何も抑止しない: {what}",
    );
    let subject = Subject::File(location.path.clone());
    stale::finding(
        cx,
        "exception-malformed",
        subject,
        Some(location),
        &key,
        message,
    )
}

fn judge(cx: &Context<'_>, exception: Placed, today: Day, ran: &[&str]) -> Option<Finding> {
    let Placed {
        ignore,
        location,
        used,
    } = exception;
    let names = ignore.checks.join(", ");
    let key = format!("{}\n{names}\n{}", location.path, ignore.until);
    let subject = Subject::File(location.path.clone());
    if let Some(unknown) = ignore
        .checks
        .iter()
        .find(|check| crate::by_id(check).is_none())
    {
        return Some(malformed(
            cx,
            location,
            &format!("there is no check `{unknown}`"),
        ));
    }
    if ignore.last_day < today {
        let (until, owner) = (&ignore.until, &ignore.owner);
        let message = phrase!(
            en: "the exception for `{names}` ended on {until}; {owner} answers for it",
            ja: "`{names}` の例外は {until} に終了した。責任者は {owner}",
        );
        return Some(stale::finding(
            cx,
            "exception-expired",
            subject,
            Some(location),
            &key,
            message,
        ));
    }
    let all_ran = ignore
        .checks
        .iter()
        .all(|check| ran.contains(&check.as_str()));
    if used || !all_ran {
        return None;
    }
    let message = phrase!(
        en: "`{names}` finds nothing here; delete this exception",
        ja: "`{names}` はここでは何も検出しない。この例外を消す",
    );
    Some(stale::finding(
        cx,
        "exception-unused",
        subject,
        Some(location),
        &key,
        message,
    ))
}
