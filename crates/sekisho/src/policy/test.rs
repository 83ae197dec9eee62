//! `sekisho policy test`: the suites of Gatekeeper policies.

use std::io::Write;
use std::path::Path;

use regex::Regex;
use sekisho_policy::gatekeeper::suite;

use super::junit;
use super::outcome::Outcomes;
use super::suites::{Beside, find};
use crate::args::{PolicyTestArgs, PolicyTestFormat};
use crate::exit::{Exit, Usage, talk};
use crate::{language, output};

pub(crate) fn run(args: &PolicyTestArgs) -> anyhow::Result<Exit> {
    let filter = Filter::read(args.run.as_deref())?;
    let found = find(&args.paths)?;
    if found.is_empty() {
        talk("error: there is no suite (`kind: Suite` of `test.gatekeeper.sh`) at these paths");
        return Ok(Exit::Incomplete);
    }
    let progress = output::progress(false, "testing");
    let mut results = Vec::new();
    for one in found {
        let path = one.path.display().to_string();
        let folder = one.path.parent().unwrap_or(Path::new(""));
        let ran = one.suites.map(|suites| {
            let wanted = |test: &str, case: Option<&str>| filter.wants(test, case);
            suites
                .iter()
                .flat_map(|one| suite::run(one, &Beside(folder), &wanted))
                .collect()
        });
        results.push((path, ran));
    }
    progress.finish_and_clear();
    let outcomes = Outcomes::of(results);
    let write = |out: &mut dyn Write| match args.format {
        PolicyTestFormat::Human => outcomes.human(language::choose(args.lang), out),
        PolicyTestFormat::Json => output::json(&outcomes, out),
        PolicyTestFormat::Junit => junit::write(&outcomes, out),
    };
    output::to(args.output.as_deref(), write)?;
    Ok(match &outcomes.summary {
        summary if summary.failed > 0 => Exit::Findings,
        summary if summary.errors > 0 => Exit::Incomplete,
        _ => Exit::Clean,
    })
}

/// Names of tests and cases, as gator's `--run` has them.
enum Filter {
    All,
    /// Tests of this name with all their cases, and cases of this name.
    Either(Regex),
    /// Cases of this name in tests of this name.
    Both(Regex, Regex),
}

impl Filter {
    fn read(text: Option<&str>) -> anyhow::Result<Self> {
        let compile = |text: &str| {
            Regex::new(text)
                .map_err(|_| Usage(format!("--run {text}: this is no regular expression")))
        };
        Ok(match text.filter(|text| !text.is_empty()) {
            None => Self::All,
            Some(text) => match text.split_once("//") {
                Some((name, case)) => Self::Both(compile(name)?, compile(case)?),
                None => Self::Either(compile(text)?),
            },
        })
    }

    fn wants(&self, test: &str, case: Option<&str>) -> bool {
        match (self, case) {
            (Self::All, _) | (Self::Either(_), None) => true,
            (Self::Either(name), Some(case)) => name.is_match(test) || name.is_match(case),
            (Self::Both(name, _), None) => name.is_match(test),
            (Self::Both(name, part), Some(case)) => name.is_match(test) && part.is_match(case),
        }
    }
}
