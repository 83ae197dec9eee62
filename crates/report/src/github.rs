use std::io::{self, Write};

use sekisho_model::Severity;

use crate::Report;

/// GitHub workflow commands: annotations on the lines of a pull request.
/// Escapes: actions/toolkit `packages/core/src/command.ts`.
pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.shown() {
        let command = match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let title = property(&format!(
            "{} [{}] {}",
            finding.control,
            finding.check,
            finding.title.get(report.lang)
        ));
        let message = data(finding.message.get(report.lang));
        match &finding.location {
            Some(at) => writeln!(
                out,
                "::{command} file={},line={},col={},endLine={},endColumn={},title={title}::{message}",
                property(&at.path),
                at.start.line,
                at.start.column,
                at.end.line,
                at.end.column
            )?,
            None => writeln!(out, "::{command} title={title}::{message}")?,
        }
    }
    for unread in &report.estate.unread {
        writeln!(
            out,
            "::error file={},title=unread::{}",
            property(&unread.path),
            data(&unread.reason)
        )?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
