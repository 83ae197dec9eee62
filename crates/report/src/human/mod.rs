//! For people at a terminal: the board first, then code frames, then what to do next.

mod board;

use std::io::{self, Write};

use sekisho_checks::fixing;
use sekisho_model::{Lang, Severity};

use crate::{Frame, Report};

pub(crate) fn write(report: &Report<'_>, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    board::write(report, colour, out)?;
    let frame = Frame {
        texts: &report.texts,
        lang: report.lang,
        colour,
    };
    for finding in report.shown() {
        let edits = fixing::preview(report.estate, finding);
        let edits = edits.as_deref().filter(|edits| !edits.is_empty());
        writeln!(out, "\n{}", frame.render(finding, edits))?;
    }
    for unread in &report.estate.unread {
        let at = unread
            .position
            .map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        let label = if report.lang == Lang::Ja {
            "未判定"
        } else {
            "unread"
        };
        writeln!(out, "\n{label}: {}{at}: {}", unread.path, unread.reason)?;
    }
    closing(report, out)
}

fn closing(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    let counts: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .filter(|severity| summary.of(**severity) > 0)
        .map(|severity| format!("{} {severity}", summary.of(*severity)))
        .collect();
    let mendable = report
        .shown()
        .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe))
        .count();
    let (total, suppressed, unread) = (summary.total(), summary.suppressed, summary.unread);
    let counts = if counts.is_empty() {
        String::new()
    } else {
        format!(" ({})", counts.join(", "))
    };
    match report.lang {
        Lang::En => {
            writeln!(
                out,
                "\n{total} finding{}{counts}, {suppressed} accepted, {unread} unread",
                if total == 1 { "" } else { "s" }
            )?;
            if mendable > 0 {
                writeln!(
                    out,
                    "{mendable} can be mended safely: `sekisho fix --diff PATH` shows how"
                )?;
            }
        }
        Lang::Ja => {
            writeln!(
                out,
                "\n検出 {total} 件{counts}、受容 {suppressed} 件、未判定の入力 {unread} 件"
            )?;
            if mendable > 0 {
                writeln!(
                    out,
                    "{mendable} 件は安全に自動修正できる: `sekisho fix --diff PATH` で内容を確認"
                )?;
            }
        }
    }
    Ok(())
}
