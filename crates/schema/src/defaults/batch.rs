//! Jobs and cron jobs. Upstream: `pkg/apis/batch/v1/defaults.go`.

use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "batch/v1.Job" => job(object),
        "batch/v1.CronJob" => {
            let spec = object.object_mut("spec");
            spec.default_text("concurrencyPolicy", "Allow");
            spec.default_value("suspend", false);
            spec.default_value("successfulJobsHistoryLimit", 3);
            spec.default_value("failedJobsHistoryLimit", 1);
        }
        "batch/v1.PodFailurePolicyOnPodConditionsPattern" => object.default_text("status", "True"),
        _ => return false,
    }
    true
}

fn job(job: &mut Object) {
    let spec = job.object_mut("spec");
    if !spec.has("completions") && !spec.has("parallelism") {
        spec.insert("completions".to_owned(), 1.into());
    }
    spec.default_value("parallelism", 1);
    let per_index = spec.has("backoffLimitPerIndex");
    spec.default_value("backoffLimit", if per_index { i32::MAX } else { 6 });
    spec.default_value("completionMode", "NonIndexed");
    spec.default_value("suspend", false);
    let replacement = if spec.has("podFailurePolicy") {
        "Failed"
    } else {
        "TerminatingOrFailed"
    };
    spec.default_value("podReplacementPolicy", replacement);
    spec.default_value("manualSelector", false);
    labels_from_template(job);
}

/// A job without labels takes those of its template.
fn labels_from_template(job: &mut Object) {
    let labels = job
        .object("spec")
        .object("template")
        .object("metadata")
        .object("labels")
        .clone();
    if !labels.is_empty() && job.object("metadata").object("labels").is_empty() {
        job.object_mut("metadata")
            .insert("labels".to_owned(), labels.into());
    }
}
