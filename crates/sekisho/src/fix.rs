use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use sekisho_checks::fixing::{self, FixPlan};
use sekisho_checks::{Context, judge, secrecy, suppress};
use sekisho_model::File;
use sekisho_text::{Edit, Span, mask};

use crate::args::FixArgs;
use crate::exit::{Exit, talk};
use crate::{language, output, selection, threat_model};

pub(crate) fn run(args: &FixArgs) -> anyhow::Result<Exit> {
    let settings = selection::settings(&args.selection)?;
    let threat_model = threat_model::with(&settings)?;
    let checks = selection::checks(&args.selection, &settings)?;
    let inputs = selection::inputs(&args.selection)?;
    let estate = sekisho_estate::read(&inputs, &settings, selection::render(&args.selection));
    let today = jiff::Zoned::now().date();
    let cx = Context::new(&estate, &settings, &threat_model).on_day(today);
    let mut judged = judge(&cx, &checks);
    let ran: Vec<&str> = checks.iter().map(|check| check.meta().id).collect();
    suppress::apply(&cx, &mut judged, today, &BTreeSet::new(), &ran);
    let plan = fixing::plan(&estate, &judged.findings, args.allow_unsafe);
    let lang = language::choose(args.lang);
    for (index, reason) in &plan.refused {
        if let Some(finding) = judged.findings.get(*index) {
            talk(&format!(
                "not mended: {} ({}): {reason}",
                finding.title.get(lang),
                finding.check
            ));
        }
    }
    let written = secrecy::of_resources(&estate);
    for (number, changed) in changed(&plan, estate.files())? {
        let Some(file) = estate.files().get(number) else {
            continue;
        };
        if args.diff || file.path == "-" {
            let mut out = anstream::stdout();
            let shown = match (written.get(&number), plan.edits.get(&number)) {
                (Some(spans), Some(edits)) => masked_diff(file, spans, edits)?,
                _ => diff(file, &changed),
            };
            write!(out, "{shown}")?;
        } else {
            let path = Path::new(&file.path);
            output::replace(path, |out| out.write_all(changed.as_bytes()))
                .with_context(|| file.path.clone())?;
            talk(&format!("mended {}", file.path));
        }
    }
    let unread = &estate.unread;
    for unread in unread {
        talk(&format!("unread: {}: {}", unread.path, unread.reason));
    }
    talk(&format!(
        "{} findings mended in {} files",
        plan.mended.len(),
        plan.edits.len()
    ));
    Ok(
        match (args.diff && !plan.edits.is_empty(), unread.is_empty()) {
            (true, _) => Exit::Findings,
            (false, true) => Exit::Clean,
            (false, false) => Exit::Incomplete,
        },
    )
}

fn changed(plan: &FixPlan, files: &[File]) -> anyhow::Result<Vec<(usize, String)>> {
    let mut all = Vec::new();
    for (number, edits) in &plan.edits {
        if let Some(file) = files.get(*number) {
            all.push((
                *number,
                sekisho_text::apply(&file.text, edits).with_context(|| file.path.clone())?,
            ));
        }
    }
    Ok(all)
}

/// A unified diff, for reading, and for `patch -p1` where no secret value stands near a change: those are stars.
fn diff(file: &File, new: &str) -> String {
    let path = &file.path;
    let documents = sekisho_estate::documents(new);
    let old = secrecy::hide(&file.text, &file.documents);
    let new = secrecy::hide(new, &documents);
    unified(path, &old, &new)
}

/// The same of a Terraform file in which credentials stand: stars are as long as what they hide, so the edits fit.
fn masked_diff(file: &File, written: &[Span], edits: &[Edit]) -> anyhow::Result<String> {
    let old = mask(&secrecy::hide(&file.text, &file.documents), written);
    let new = sekisho_text::apply(&old, edits).with_context(|| file.path.clone())?;
    Ok(unified(&file.path, &old, &new))
}

fn unified(path: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
