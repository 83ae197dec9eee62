use std::io::{self, Write};

use sekisho_model::{Lang, Verdict};

use crate::Report;
use crate::report::{place, sign, subject};

/// A board and a table: what fits into a comment on a pull request.
pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ja = report.lang == Lang::Ja;
    writeln!(out, "## sekisho\n")?;
    writeln!(
        out,
        "{}",
        if ja {
            "| 脅威 | 統制 |"
        } else {
            "| threat | controls |"
        }
    )?;
    writeln!(out, "|---|---|")?;
    for (threat, controls) in report.board() {
        let cells: Vec<String> = controls
            .iter()
            .map(|(control, decided)| format!("{}{}", control.id, sign(decided.verdict)))
            .collect();
        writeln!(
            out,
            "| {} {} | {} |",
            threat.id,
            cell(threat.title.get(report.lang)),
            cells.join(" ")
        )?;
    }
    writeln!(
        out,
        "\n{}",
        if ja {
            "### 不適合の統制\n"
        } else {
            "### Failing controls\n"
        }
    )?;
    for (_, controls) in report.board() {
        for (control, decided) in controls
            .iter()
            .filter(|(_, decided)| decided.verdict == Verdict::Fail)
        {
            let (title, reason) = (
                control.title.get(report.lang),
                decided.reason.get(report.lang),
            );
            writeln!(out, "- **{}** {title}: {reason}", control.id)?;
        }
    }
    writeln!(
        out,
        "\n{}",
        if ja {
            "| 重大度 | 検査 | 統制 | 対象 | 場所 | 内容 |"
        } else {
            "| severity | check | control | subject | place | what |"
        }
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for finding in report.shown() {
        let at = place(finding).unwrap_or_default();
        let (severity, check, control) = (finding.severity, finding.check, &finding.control);
        let message = cell(finding.message.get(report.lang));
        writeln!(
            out,
            "| {severity} | `{check}` | {control} | {} | {} | {message} |",
            cell(&subject(finding)),
            cell(&at)
        )?;
    }
    if !report.estate.unread.is_empty() {
        writeln!(
            out,
            "\n{}",
            if ja {
                "### 判定できなかった入力\n"
            } else {
                "### Unread\n"
            }
        )?;
    }
    for unread in &report.estate.unread {
        writeln!(out, "- `{}`: {}", unread.path, cell(&unread.reason))?;
    }
    Ok(())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('<', "&lt;")
        .replace(['\n', '\r'], " ")
}
