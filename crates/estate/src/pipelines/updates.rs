use sekisho_model::{Fields, Pipeline, PipelineKind};
use sekisho_yaml::Document;

use super::files::{Files, root_of};

/// What keeps dependencies up to date: Dependabot or Renovate. It has no jobs.
pub(super) fn read(files: &Files<'_>, file: usize, number: usize, kind: PipelineKind) -> Pipeline {
    let path = files.path(file);
    let value = files
        .document(file, number)
        .map(Document::to_json)
        .unwrap_or_default();
    let value = match value.key("renovate") {
        Some(inside) if path.ends_with("package.json") => inside.clone(),
        _ => value,
    };
    let mut root = root_of(path);
    if let Some(above) = root.strip_suffix(".gitlab/") {
        root = above;
    }
    let mut pipeline = files.begin(file, number, kind, root, value);
    path.clone_into(&mut pipeline.name);
    if path.ends_with("package.json") {
        pipeline.source.base = sekisho_text::Route::of("renovate");
    }
    pipeline
}
