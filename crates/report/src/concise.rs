use std::io::{self, Write};

use crate::Report;
use crate::report::{place, subject};

/// One line per finding: `path:line:column: severity[check] control message (subject)`.
pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.shown() {
        let at = place(finding).map_or_else(String::new, |place| format!("{place}: "));
        let message = finding.message.get(report.lang);
        let (severity, check, control) = (finding.severity, finding.check, &finding.control);
        writeln!(
            out,
            "{at}{severity}[{check}] {control} {message} ({})",
            subject(finding)
        )?;
    }
    for unread in &report.estate.unread {
        let at = unread
            .position
            .map_or_else(String::new, |at| format!("{}:{}:", at.line, at.column));
        writeln!(out, "{}:{at} unread {}", unread.path, unread.reason)?;
    }
    Ok(())
}
