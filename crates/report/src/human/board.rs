use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use sekisho_model::{Lang, Verdict};

use crate::Report;
use crate::report::sign;
use crate::sources;

/// Threats × controls, then why each failing control fails, then the input that would settle most.
pub(crate) fn write(report: &Report<'_>, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let paint = |verdict: Verdict, text: &str| {
        let style = if colour { style(verdict) } else { Style::new() };
        format!("{style}{text}{style:#}")
    };
    let summary = &report.summary;
    writeln!(out, "{}", sources::line(report))?;
    for (threat, controls) in report.board() {
        write!(out, "{:<4}", threat.id)?;
        for (control, decided) in &controls {
            let number = control.id.rsplit('.').next().unwrap_or("");
            let cell = format!("{number:>2}{}", sign(decided.verdict));
            write!(out, " {}", paint(decided.verdict, &cell))?;
        }
        writeln!(out, "  {}", threat.title.get(report.lang))?;
    }
    let [pass, fail, unknown, not_applicable] = summary.controls;
    let legend = match report.lang {
        Lang::En => format!(
            "✗ {fail} fail  ? {unknown} unknown  ✓ {pass} pass  - {not_applicable} not applicable"
        ),
        Lang::Ja => {
            format!("✗ 不適合 {fail}  ? 不明 {unknown}  ✓ 適合 {pass}  - 対象なし {not_applicable}")
        }
    };
    writeln!(out, "{legend}")?;
    for (_, controls) in report.board() {
        for (control, decided) in controls
            .iter()
            .filter(|(_, decided)| decided.verdict == Verdict::Fail)
        {
            let title = control.title.get(report.lang);
            let reason = decided.reason.get(report.lang);
            writeln!(
                out,
                "  {} {title}: {reason}",
                paint(Verdict::Fail, &format!("✗ {:<5}", control.id))
            )?;
        }
    }
    if let Some((sources, count)) = report.waiting().first() {
        match report.lang {
            Lang::En => writeln!(
                out,
                "{count} controls need {sources}: add it to decide them"
            )?,
            Lang::Ja => writeln!(out, "{count} 個の統制は {sources} があれば判定できる")?,
        }
    }
    Ok(())
}

fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Pass => AnsiColor::Green,
        Verdict::Fail => AnsiColor::Red,
        Verdict::Unknown => AnsiColor::Yellow,
        Verdict::NotApplicable => AnsiColor::BrightBlack,
    };
    colour.on_default()
}
