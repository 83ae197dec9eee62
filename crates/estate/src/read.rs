use sekisho_model::{Estate, Settings};

use crate::{Input, assemble_beside, chart, gather, kustomization};

/// Whether charts and kustomizations are rendered with the programs that are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Render {
    /// With `helm`, `kustomize` or `kubectl`, when they are there.
    #[default]
    Auto,
    /// Never; charts and kustomizations then count as unread.
    Never,
}

/// Reads everything below the inputs into one estate.
pub fn read(inputs: &[Input], settings: &Settings, render: Render) -> Estate {
    let mut gathered = gather(inputs);
    chart::render(&mut gathered, render);
    kustomization::render(&mut gathered, render);
    gathered.texts.retain(|text| !is_settings(&text.path));
    gathered.texts.sort_by(|a, b| a.path.cmp(&b.path));
    let mut estate = assemble_beside(gathered.texts, &gathered.beside, settings);
    estate.manifests.extend(gathered.manifests);
    estate.unread.extend(gathered.unread);
    estate.skipped.extend(gathered.skipped);
    estate.unread.sort();
    estate.skipped.sort();
    estate
}

fn is_settings(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("sekisho.yaml"))
}
