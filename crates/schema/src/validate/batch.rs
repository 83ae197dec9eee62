//! Jobs and cron jobs. Upstream: `pkg/apis/batch/validation`.

use super::findings::{Findings, Path};
use super::{metadata, pod};
use crate::access::{Object, Read};

const COUNTS: [&str; 7] = [
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
];

pub(super) fn job(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    job_spec(spec, &path, found);
    if spec.flag("manualSelector") {
        let selector = spec.object("selector");
        if !spec.has("selector") {
            found.required(&path.child("selector"), "");
        }
        metadata::selector(selector, &path.child("selector"), found);
        let meta = spec.object("template").object("metadata");
        if !(spec.has("selector") && metadata::matches(selector, meta.object("labels"))) {
            let at = path.child("template.metadata.labels");
            found.invalid(
                &at,
                metadata::shown(meta),
                "`selector` does not match template `labels`",
            );
        }
    } else if let Some(selector) = spec.pointer("selector") {
        found.invalid(
            &path.child("selector"),
            selector.clone(),
            "`selector` not auto-generated",
        );
    }
}

pub(super) fn cron_job(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    let schedule = spec.text("schedule");
    let at = path.child("schedule");
    if schedule.is_empty() {
        found.required(&at, "");
    } else {
        if let Some(problem) = schedule_problem(schedule) {
            found.invalid(&at, schedule, &problem);
        }
        if schedule.contains("TZ") {
            let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
            found.invalid(&at, schedule, detail);
        }
    }
    found.not_negative(
        &path.child("startingDeadlineSeconds"),
        spec.number("startingDeadlineSeconds"),
    );
    let policy = spec.text("concurrencyPolicy");
    found.one_of(
        &path.child("concurrencyPolicy"),
        policy,
        &["Allow", "Forbid", "Replace"],
    );
    let at = path.child("jobTemplate.spec");
    let job = spec.object("jobTemplate").object("spec");
    job_spec(job, &at, found);
    if let Some(selector) = job.pointer("selector") {
        found.invalid(
            &at.child("selector"),
            selector.clone(),
            "`selector` will be auto-generated",
        );
    }
    if job.flag("manualSelector") {
        found.unsupported(&at.child("manualSelector"), true, &["nil", "false"]);
    }
    for key in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        found.not_negative(&path.child(key), spec.number(key));
    }
    let name = object.object("metadata").text("name");
    if name.len() > 52 {
        found.invalid(
            &Path::root("metadata").child("name"),
            name,
            "must be no more than 52 characters",
        );
    }
}

fn job_spec(spec: &Object, path: &Path, found: &mut Findings) {
    for key in COUNTS {
        found.not_negative(&path.child(key), spec.number(key));
    }
    if spec.has("maxFailedIndexes") && !spec.has("backoffLimitPerIndex") {
        found.required(
            &path.child("backoffLimitPerIndex"),
            "when maxFailedIndexes is specified",
        );
    }
    let mode = spec.text("completionMode");
    if !mode.is_empty() {
        found.one_of(
            &path.child("completionMode"),
            mode,
            &["NonIndexed", "Indexed"],
        );
    }
    if mode == "Indexed" && !spec.has("completions") {
        found.required(
            &path.child("completions"),
            "when completion mode is Indexed",
        );
    }
    if matches!(mode, "" | "NonIndexed") {
        for key in ["backoffLimitPerIndex", "maxFailedIndexes"] {
            if let Some(number) = spec.number(key) {
                found.invalid(&path.child(key), number, "requires indexed completion mode");
            }
        }
    }
    pod::template(spec.object("template"), &[], &path.child("template"), found);
    let restart = spec.object("template").object("spec").text("restartPolicy");
    let at = path.child("template.spec.restartPolicy");
    match restart {
        "Always" => found.required(&at, "valid values: \"OnFailure\", \"Never\""),
        "OnFailure" if spec.has("podFailurePolicy") => {
            found.invalid(
                &at,
                restart,
                "only \"Never\" is supported when podFailurePolicy is specified",
            );
        }
        "OnFailure" | "Never" => {}
        _ => found.unsupported(&at, restart, &["OnFailure", "Never"]),
    }
}

/// Why a text is no schedule. Upstream: `robfig/cron`, standard form with five fields or a descriptor.
fn schedule_problem(schedule: &str) -> Option<String> {
    let schedule = match schedule
        .strip_prefix("TZ=")
        .or_else(|| schedule.strip_prefix("CRON_TZ="))
    {
        Some(rest) => rest.split_once(' ').map_or("", |(_, rest)| rest.trim()),
        None => schedule,
    };
    if let Some(descriptor) = schedule.strip_prefix('@') {
        let known = [
            "yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly",
        ];
        let every = descriptor
            .strip_prefix("every ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        return (!known.contains(&descriptor) && !every)
            .then(|| format!("unrecognized descriptor: {schedule}"));
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != 5 {
        return Some(format!(
            "expected exactly 5 fields, found {}: [{}]",
            fields.len(),
            fields.join(" ")
        ));
    }
    let ranges = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
    fields
        .iter()
        .zip(ranges)
        .find_map(|(field, (least, most))| {
            field
                .split(',')
                .find_map(|part| part_problem(part, least, most))
        })
}

fn part_problem(part: &str, least: u32, most: u32) -> Option<String> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    if step.is_some_and(|step| step.parse::<u32>().is_ok_and(|step| step == 0)) {
        return Some(format!("step of range should be a positive number: {part}"));
    }
    if let Some(step) = step.filter(|step| step.parse::<u32>().is_err()) {
        return Some(format!(
            "failed to parse int from {step}: strconv.Atoi: parsing \"{step}\": invalid syntax"
        ));
    }
    if matches!(range, "*" | "?") {
        return None;
    }
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let number = |text: &str| text.parse::<u32>().ok().or_else(|| named(text, most));
    let (Some(from_number), Some(to_number)) = (number(from), number(to)) else {
        let bad = if number(from).is_none() { from } else { to };
        return Some(format!(
            "failed to parse int from {bad}: strconv.Atoi: parsing \"{bad}\": invalid syntax"
        ));
    };
    if from_number < least {
        return Some(format!(
            "beginning of range ({from_number}) below minimum ({least}): {part}"
        ));
    }
    if to_number > most {
        return Some(format!(
            "end of range ({to_number}) above maximum ({most}): {part}"
        ));
    }
    (from_number > to_number).then(|| {
        format!("beginning of range ({from_number}) beyond end of range ({to_number}): {part}")
    })
}

/// Months and days of the week by their first three letters.
fn named(text: &str, most: u32) -> Option<u32> {
    let list: &[&str] = match most {
        12 => &[
            "", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
        6 => &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
        _ => return None,
    };
    let lower = text.to_lowercase();
    let at = list
        .iter()
        .position(|name| *name == lower && !name.is_empty())?;
    u32::try_from(at).ok()
}
