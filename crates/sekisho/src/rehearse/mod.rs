//! `sekisho rehearse`: who would be cut off by other policies.

mod record;
mod recordings;
mod report;
mod sides;

use std::io::Write;

use sekisho_policy::admission::is_policy;
use sekisho_policy::rehearsal::{Change, Rehearser, Side, Trial};

use self::report::Report;
use crate::args::{RehearseArgs, RehearseFormat};
use crate::exit::{Exit, Usage, talk};
use crate::policy::documents::items;
use crate::{language, output};

pub(crate) fn run(args: &RehearseArgs) -> anyhow::Result<Exit> {
    let inventory = items(&args.paths)?;
    let sides = sides::of(args, &inventory)?;
    let progress = output::progress(false, "rehearsing");
    let mut rehearser = Rehearser::new(
        Side {
            set: &sides.from.set,
            world: &sides.from.world,
        },
        Side {
            set: &sides.to.set,
            world: &sides.to.world,
        },
    );
    let mut unread = sides.unread.clone();
    let mut there = Vec::new();
    for item in &inventory.all {
        if is_policy(&item.value) {
            continue;
        }
        match Trial::inventory(&item.value, sides.to.world.plural(&item.value)) {
            Ok(made) => there.extend(made),
            Err(why) => unread.push((item.file.clone(), why.to_string())),
        }
    }
    rehearser.try_out(&there);
    drop(there);
    let mut passed_over = recordings::PassedOver::default();
    recordings::read(
        &args.recordings,
        &mut passed_over,
        &mut unread,
        &mut |trials| rehearser.try_out(trials),
    )?;
    let rehearsal = rehearser.done();
    if rehearsal.requests == 0 && unread.is_empty() {
        let message =
            "there is nothing to try the policies on: give files of objects, or `--recordings`";
        return Err(Usage(message.to_owned()).into());
    }
    let side = |side: &'_ sides::Loaded| -> (usize, usize) {
        let refused = side.read.iter().filter(|one| one.refusal.is_some()).count();
        (side.read.len(), refused)
    };
    progress.finish_and_clear();
    let report = Report::of(
        &rehearsal,
        [side(&sides.from), side(&sides.to)],
        &passed_over,
        &unread,
        sides.change.as_deref(),
    );
    let lang = language::choose(args.lang);
    let write = |out: &mut dyn Write| match args.format {
        RehearseFormat::Human => report.human(lang, out),
        RehearseFormat::Json => output::json(&report, out),
        RehearseFormat::Markdown => report.markdown(lang, out),
    };
    output::to(args.output.as_deref(), write)?;
    for (file, reason) in &unread {
        talk(&format!("unread: {file}: {reason}"));
    }
    for one in sides.to.read.iter().filter(|one| one.refusal.is_some()) {
        let why = one.refusal.as_deref().unwrap_or_default();
        talk(&format!("refused: {}/{}: {why}", one.kind, one.name));
    }
    if let Some(folder) = &args.record {
        let path = record::write(folder, &report, &sides)?;
        talk(&format!("record: {}", path.display()));
    }
    let cut_off = rehearsal.count(Change::NewlyDenied) + rehearsal.count(Change::NewlyFailing);
    let is_open = !unread.is_empty() || !rehearsal.undecided.is_empty() || side(&sides.to).1 > 0;
    Ok(match (cut_off, is_open) {
        (1.., _) => Exit::Findings,
        (0, true) => Exit::Incomplete,
        (0, false) => Exit::Clean,
    })
}
