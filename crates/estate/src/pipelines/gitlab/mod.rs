//! GitLab CI: one pipeline of a file and of what it includes from the same repository, with what jobs extend and inherit.
//!
//! The order is GitLab's (`lib/gitlab/ci/config.rb`): includes are merged, then `extends` is followed, then `!reference`.

mod includes;
mod inherit;
mod jobs;
mod merge;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Called, Gap, Pipeline, PipelineKind, phrase};
use sekisho_text::Route;
use sekisho_yaml::Document;

use super::files::{Files, root_of};
use includes::Sources;
use merge::Book;

/// GitLab runs no pipeline with more.
const MOST_JOBS: usize = 1_000;
/// Child pipelines of one file.
const MOST_CHILDREN: usize = 50;

/// Reads a pipeline and the child pipelines that it starts from files of the same repository.
pub(super) fn read(files: &mut Files<'_>, file: usize, number: usize, all: &mut Vec<Pipeline>) {
    if files.is_included(file) {
        return;
    }
    let root = root_of(files.path(file)).to_owned();
    let mut open = vec![(file, number)];
    let mut known: BTreeSet<usize> = BTreeSet::from([file]);
    while let Some((file, number)) = open.pop() {
        let pipeline = one(files, file, number, &root);
        let children = pipeline.jobs.iter().filter_map(|job| match &job.calls {
            Some(Called::Elsewhere(path)) => files.named(&format!("{root}{path}")),
            _ => None,
        });
        for child in children.collect::<Vec<_>>() {
            if known.len() < MOST_CHILDREN && known.insert(child) {
                files.include(child);
                let last = files.documents(child).len().saturating_sub(1);
                open.push((child, last));
            }
        }
        all.push(pipeline);
    }
}

fn one(files: &mut Files<'_>, file: usize, number: usize, root: &str) -> Pipeline {
    let value = files
        .document(file, number)
        .map(Document::to_json)
        .unwrap_or_default();
    let mut pipeline = files.begin(file, number, PipelineKind::Gitlab, root, value);
    files.path(file).clone_into(&mut pipeline.name);
    let sources = Sources::gather(files, file, number, root);
    pipeline.gaps.extend(sources.gaps.iter().cloned());
    let mut book = Book::of(&sources);
    let names = jobs::names(&sources);
    if names.len() > MOST_JOBS {
        let count = names.len();
        pipeline.gaps.push(Gap {
            route: Route::root(),
            reason: phrase!(
                en: "it has {count} jobs, of which {MOST_JOBS} are read",
                ja: "job が {count} 個あり、{MOST_JOBS} 個までを読み取った"
            ),
        });
    }
    for name in names.into_iter().take(MOST_JOBS) {
        pipeline.jobs.extend(jobs::job(&mut book, &name));
    }
    jobs::order(&mut pipeline.jobs, &book);
    if book.is_spent() {
        pipeline.gaps.push(Gap {
            route: Route::root(),
            reason: phrase!(
                en: "what its jobs extend and refer to grows too large to be read",
                ja: "job の extends と !reference の展開が大きすぎて読み取れない"
            ),
        });
    }
    pipeline
}

/// Finds the child pipelines among what was read.
pub(super) fn join(pipeline: &mut Pipeline, known: &BTreeMap<String, usize>) {
    if pipeline.kind != PipelineKind::Gitlab {
        return;
    }
    for job in &mut pipeline.jobs {
        let Some(Called::Elsewhere(path)) = &job.calls else {
            continue;
        };
        if let Some(called) = known.get(&format!("{}{path}", pipeline.root)) {
            job.calls = Some(Called::Local(*called));
        } else {
            let reason = phrase!(
                en: "it starts the pipeline `{path}`, which is not among the files",
                ja: "起動するパイプライン `{path}` は読み取ったファイルの中にない"
            );
            job.gaps.push(Gap {
                route: job.route.key("trigger"),
                reason,
            });
        }
    }
}
