use std::collections::BTreeSet;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use sekisho_checks::{Context, Judged, controls, instances, judge, suppress};
use sekisho_model::{ControlVerdict, Estate, Severity, SourceKind, Summary, Verdict};
use sekisho_report::{Report, Texts};

use crate::args::{CheckArgs, Format};
use crate::exit::{Exit, Usage, talk};
use crate::{baseline, language, output, selection, threat_model};

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let settings = selection::settings(&args.selection)?;
    let threat_model = threat_model::with(&settings)?;
    let checks = selection::checks(&args.selection, &settings)?;
    let known = match &args.baseline {
        Some(path) => baseline::read(path)?,
        None => BTreeSet::new(),
    };
    let required = required(&args.require)?;
    let inputs = selection::inputs(&args.selection)?;
    let progress = output::progress(args.quiet, "reading");
    let estate = sekisho_estate::read(&inputs, &settings, selection::render(&args.selection));
    progress.set_message("judging");
    let today = jiff::Zoned::now().date();
    let cx = Context::new(&estate, &settings, &threat_model).on_day(today);
    let mut judged = judge(&cx, &checks);
    let ran: Vec<&str> = checks.iter().map(|check| check.meta().id).collect();
    suppress::apply(&cx, &mut judged, today, &known, &ran);
    instances::join(&mut judged.findings);
    let controls = controls::decide(
        &threat_model,
        &estate,
        settings.estate.complete,
        &judged.evidence,
        &ran,
    );
    progress.finish_and_clear();
    let threshold = args
        .threshold
        .or(settings.threshold)
        .unwrap_or(Severity::Medium);
    let report = Report {
        estate: &estate,
        texts: Texts::of(&estate),
        threat_model: &threat_model,
        findings: &judged.findings,
        evidence: &judged.evidence,
        controls: &controls,
        summary: summarise(&estate, &judged, &controls),
        lang: language::choose(args.lang),
        threshold,
        show_suppressed: args.show_accepted,
    };
    if !args.quiet {
        tell_skipped(&estate);
    }
    print(&report, args)?;
    let missing: Vec<&SourceKind> = required
        .iter()
        .filter(|source| !estate.has(**source))
        .collect();
    if !args.quiet {
        for source in &missing {
            talk(&format!(
                "error: --require {source}: no such source was supplied"
            ));
        }
    }
    let grave = judged
        .findings
        .iter()
        .any(|finding| finding.counts() && finding.severity >= threshold);
    Ok(if grave {
        Exit::Findings
    } else if !estate.unread.is_empty() || !missing.is_empty() {
        Exit::Incomplete
    } else {
        Exit::Clean
    })
}

/// What was left out is talk, not data: a line each, and no more than ten.
fn tell_skipped(estate: &Estate) {
    const MOST: usize = 10;
    for skipped in estate.skipped.iter().take(MOST) {
        talk(&format!("skipped {}: {}", skipped.path, skipped.reason));
    }
    if estate.skipped.len() > MOST {
        talk(&format!(
            "skipped {} more; `--format json` lists them",
            estate.skipped.len() - MOST
        ));
    }
}

fn required(names: &[String]) -> anyhow::Result<Vec<SourceKind>> {
    let source = |name: &String| {
        serde_json::from_value(serde_json::Value::String(name.clone()))
            .map_err(|_| Usage(format!("--require {name}: no such source")).into())
    };
    names.iter().map(source).collect()
}

fn summarise(estate: &Estate, judged: &Judged, controls: &[ControlVerdict]) -> Summary {
    let mut summary = Summary {
        objects: estate.objects().len(),
        files: estate.files().len(),
        unread: estate.unread.len(),
        ..Summary::default()
    };
    for finding in &judged.findings {
        if finding.suppressed.is_some() {
            summary.suppressed += 1;
        } else if let Some(count) = summary.findings.get_mut(finding.severity as usize) {
            *count += 1;
        }
    }
    let order = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Unknown,
        Verdict::NotApplicable,
    ];
    summary.controls = order.map(|verdict| {
        controls
            .iter()
            .filter(|control| control.verdict == verdict)
            .count()
    });
    summary
}

fn print(report: &Report<'_>, args: &CheckArgs) -> anyhow::Result<()> {
    let format = match args.format {
        Format::Human => sekisho_report::Format::Human,
        Format::Concise => sekisho_report::Format::Concise,
        Format::Json => sekisho_report::Format::Json,
        Format::Sarif => sekisho_report::Format::Sarif,
        Format::Junit => sekisho_report::Format::Junit,
        Format::Github => sekisho_report::Format::Github,
        Format::Markdown => sekisho_report::Format::Markdown,
        Format::Html => sekisho_report::Format::Html,
    };
    if let Some(path) = &args.output {
        return to_file(report, format, path);
    }
    let stdout = std::io::stdout();
    let colour = match anstream::AutoStream::choice(&stdout) {
        anstream::ColorChoice::Auto => stdout.is_terminal(),
        choice => choice != anstream::ColorChoice::Never,
    };
    let mut out = BufWriter::new(stdout.lock());
    sekisho_report::write(report, format, colour, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Written beside the file and then put in its place, so that Ctrl-C leaves the old one whole.
fn to_file(report: &Report<'_>, format: sekisho_report::Format, path: &Path) -> anyhow::Result<()> {
    output::replace(path, |out| {
        sekisho_report::write(report, format, false, out)
    })
    .with_context(|| path.display().to_string())
}
