use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_yaml::{Limits, Node, Value, parse_shared};

use crate::process;
use crate::{Gathered, Render, Text};
use sekisho_model::Unread;

/// The files of one kustomization, as it names them.
#[derive(Debug, Default)]
struct Kustomization {
    folder: String,
    component: bool,
    /// Files and folders it takes as resources, components or bases.
    resources: Vec<String>,
    /// Files that are no whole objects: patches, generators' input, values.
    parts: Vec<String>,
}

/// Renders kustomizations and puts the result in the place of the files they are made of. Without a renderer, whole
/// resources are judged as written, parts are left out, and the kustomization itself counts as unread.
pub(crate) fn render(gathered: &mut Gathered, render: Render) {
    let all = find(gathered);
    if all.is_empty() {
        return;
    }
    let used: BTreeSet<&str> = all
        .values()
        .flat_map(|one| &one.resources)
        .map(String::as_str)
        .collect();
    let roots: Vec<&Kustomization> = all
        .values()
        .filter(|one| !one.component && !used.contains(one.folder.as_str()))
        .collect();
    let mut gone: BTreeSet<String> = all.values().flat_map(|one| one.parts.clone()).collect();
    let mut rendered = Vec::new();
    for root in roots {
        match build(&root.folder, render) {
            Ok((text, by)) => {
                gone.extend(members(root, &all));
                rendered.push(Text {
                    path: format!("{} (rendered)", join(&root.folder, "kustomization.yaml")),
                    text: Arc::from(text),
                    rendered_by: Some(by),
                });
            }
            Err(reason) => gathered.unread.push(Unread {
                path: join(&root.folder, "kustomization.yaml"),
                position: None,
                reason: format!(
                    "not rendered: {reason}; what stands in its resources was judged as written"
                ),
            }),
        }
    }
    gathered
        .texts
        .retain(|text| !gone.contains(&text.path) && !is_kustomization(&text.path));
    gathered.texts.extend(rendered);
}

fn build(folder: &str, render: Render) -> Result<(String, String), String> {
    if render == Render::Never {
        return Err("rendering is off".to_owned());
    }
    let folder = if folder.is_empty() { "." } else { folder };
    if process::exists("kustomize") {
        return Ok((
            process::output("kustomize", &["build", folder])?,
            "kustomize".to_owned(),
        ));
    }
    if process::exists("kubectl") {
        return Ok((
            process::output("kubectl", &["kustomize", folder])?,
            "kubectl kustomize".to_owned(),
        ));
    }
    Err("neither `kustomize` nor `kubectl` is installed".to_owned())
}

/// Every file that goes into a kustomization, through the kustomizations below it.
fn members(root: &Kustomization, all: &BTreeMap<String, Kustomization>) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![root];
    while let Some(one) = open.pop() {
        if !seen.insert(&one.folder) {
            continue;
        }
        for resource in &one.resources {
            match all.get(resource) {
                Some(below) => open.push(below),
                None => drop(files.insert(resource.clone())),
            }
        }
    }
    files
}

fn is_kustomization(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

fn find(gathered: &Gathered) -> BTreeMap<String, Kustomization> {
    gathered
        .texts
        .iter()
        .filter(|text| is_kustomization(&text.path))
        .filter_map(|text| {
            let stream = parse_shared(&text.text, &Limits::default());
            let folder = text.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let one = understand(folder, stream.documents.first()?.root());
            Some((folder.to_owned(), one))
        })
        .collect()
}

fn understand(folder: &str, root: Node<'_>) -> Kustomization {
    let mut one = Kustomization {
        folder: folder.to_owned(),
        component: text_at(root, "kind") == Some("Component"),
        ..Kustomization::default()
    };
    for field in ["resources", "bases", "components", "crds"] {
        one.resources
            .extend(texts(root, field).map(|path| join(folder, path)));
    }
    for field in [
        "patchesStrategicMerge",
        "patchesJson6902",
        "patches",
        "configurations",
        "transformers",
        "replacements",
    ] {
        one.parts.extend(
            texts(root, field)
                .filter(|text| !text.contains('\n'))
                .map(|path| join(folder, path)),
        );
        let maps = root
            .get(field)
            .into_iter()
            .flat_map(|entry| entry.value.items());
        one.parts.extend(
            maps.filter_map(|item| text_at(item, "path"))
                .map(|path| join(folder, path)),
        );
    }
    for field in ["configMapGenerator", "secretGenerator"] {
        for generator in root
            .get(field)
            .into_iter()
            .flat_map(|entry| entry.value.items())
        {
            let files = texts(generator, "files")
                .map(|file| file.split_once('=').map_or(file, |(_, path)| path));
            one.parts.extend(files.map(|path| join(folder, path)));
        }
    }
    one
}

fn text_at<'d>(node: Node<'d>, key: &str) -> Option<&'d str> {
    match node.get(key)?.value.value() {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn texts<'d>(node: Node<'d>, key: &str) -> impl Iterator<Item = &'d str> + use<'d> {
    let items: Vec<Node<'d>> = node
        .get(key)
        .into_iter()
        .flat_map(|entry| entry.value.items())
        .collect();
    items.into_iter().filter_map(|item| match item.value() {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// A path relative to a folder, with `.` and `..` taken out.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = if folder.starts_with('/') { "/" } else { "" };
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    format!("{absolute}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_taken_relative_to_the_folder() {
        assert_eq!(join("a/b", "../c.yaml"), "a/c.yaml");
        assert_eq!(join("", "./x.yaml"), "x.yaml");
        assert_eq!(join("/a", "b"), "/a/b");
    }
}
