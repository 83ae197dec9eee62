use std::io::{self, Write};

use sekisho_model::{Finding, Verdict};

use crate::Report;
use crate::report::{place, subject};

/// JUnit XML: one test case per control; a failing control lists its findings.
pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let [_, failures, unknown, not_applicable] = report.summary.controls;
    let tests = report.controls.len() + report.estate.unread.len();
    let errors = report.estate.unread.len();
    let skipped = unknown + not_applicable;
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    writeln!(
        out,
        "  <testsuite name=\"sekisho\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">"
    )?;
    for (threat, controls) in report.board() {
        for (control, decided) in controls {
            let name = escape(&format!(
                "{} {}",
                control.id,
                control.title.get(report.lang)
            ));
            let class = escape(&format!("sekisho.{}", threat.id));
            let reason = escape(decided.reason.get(report.lang));
            writeln!(out, "    <testcase classname=\"{class}\" name=\"{name}\">")?;
            match decided.verdict {
                Verdict::Pass => {}
                Verdict::Fail => {
                    writeln!(out, "      <failure message=\"{reason}\">")?;
                    for finding in report
                        .shown()
                        .filter(|finding| finding.control == control.id)
                    {
                        writeln!(out, "{}", line(report, finding))?;
                    }
                    writeln!(out, "      </failure>")?;
                }
                Verdict::Unknown | Verdict::NotApplicable => {
                    writeln!(
                        out,
                        "      <skipped message=\"{}: {reason}\"/>",
                        decided.verdict
                    )?;
                }
            }
            writeln!(out, "    </testcase>")?;
        }
    }
    for unread in &report.estate.unread {
        writeln!(
            out,
            "    <testcase classname=\"sekisho.unread\" name=\"{}\">",
            escape(&unread.path)
        )?;
        writeln!(out, "      <error message=\"{}\"/>", escape(&unread.reason))?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn line(report: &Report<'_>, finding: &Finding) -> String {
    let at = place(finding).unwrap_or_default();
    let (severity, check) = (finding.severity, finding.check);
    escape(&format!(
        "{at} {severity}[{check}] {} ({})",
        finding.message.get(report.lang),
        subject(finding)
    ))
}

/// XML 1.0 has no way to write most control characters: they become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            other if other.is_control() => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}
