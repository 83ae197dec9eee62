//! Rendering of what was found; one file per format. No format knows how a finding came about.

mod concise;
mod frame;
mod github;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod report;
mod sarif;
mod sources;
mod texts;

pub use frame::Frame;
pub use report::{Format, Report};
pub use texts::Texts;

use std::io::{self, Write};

/// Writes a report in one format. Colours are written as ANSI escapes when `colour` is set, by the human format alone.
pub fn write(
    report: &Report<'_>,
    format: Format,
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, colour, out),
        Format::Concise => concise::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Github => github::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, out),
    }
}
