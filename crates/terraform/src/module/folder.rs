use std::collections::BTreeMap;
use std::sync::Arc;

use super::declared::Module;
use super::overrides::apply;
use crate::functions::clean;
use crate::problem::Problem;
use crate::read::{read_json, read_native};
use crate::syntax::Body;

/// A path below a folder, cleaned; the folder of the texts themselves is the empty path.
pub(crate) fn clean_join(folder: &str, path: &str) -> String {
    let joined = if folder.is_empty() || path.starts_with('/') {
        clean(path)
    } else {
        clean(&format!("{folder}/{path}"))
    };
    if joined == "." { String::new() } else { joined }
}

/// How a folder is called from another one, as `path.module` is from the root module.
pub(crate) fn relative(folder: &str, from: &str) -> String {
    let (folder, from): (Vec<&str>, Vec<&str>) = (parts(folder), parts(from));
    let shared = folder
        .iter()
        .zip(&from)
        .take_while(|(left, right)| left == right)
        .count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    let path: Vec<&str> = up.chain(folder.into_iter().skip(shared)).collect();
    if path.is_empty() {
        ".".to_owned()
    } else {
        path.join("/")
    }
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The names of the files directly in a folder, with their texts.
fn files<'t>(
    texts: &'t BTreeMap<String, String>,
    folder: &str,
) -> impl Iterator<Item = (&'t str, &'t str, &'t str)> {
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let below = texts
        .range(prefix.clone()..)
        .map_while(move |(path, text)| Some((path, path.strip_prefix(prefix.as_str())?, text)));
    below.filter_map(|(path, name, text)| {
        // Terraform passes over hidden files and those that editors leave behind.
        let is_left_over = name.starts_with('.')
            || name.ends_with('~')
            || name.starts_with('#') && name.ends_with('#');
        (!name.contains('/') && !is_left_over).then_some((path.as_str(), name, text.as_str()))
    })
}

/// Reads the module in a folder; `None` when no configuration is there.
pub(crate) fn read_module(
    texts: &BTreeMap<String, String>,
    folder: &str,
    problems: &mut Vec<Problem>,
) -> Option<Module> {
    let (mut primary, mut overrides) = (Vec::new(), Vec::new());
    for (path, name, text) in files(texts, folder) {
        let file: Arc<str> = Arc::from(path);
        let stem = name
            .strip_suffix(".tf.json")
            .or_else(|| name.strip_suffix(".tf"));
        let Some(stem) = stem else { continue };
        let body = if is_json(name) {
            read_json(&file, text, problems)
        } else {
            read_native(&file, text, problems)
        };
        let is_override = stem == "override" || stem.ends_with("_override");
        if is_override {
            overrides.push(body);
        } else {
            primary.push(body);
        }
    }
    if primary.is_empty() && overrides.is_empty() {
        return None;
    }
    let mut whole = Body::default();
    for body in primary {
        for attribute in body.attributes.into_values() {
            problems.push(Problem::new(
                crate::problem::ProblemKind::Structure,
                Some(attribute.name_place()),
                "only blocks stand at the top of a file",
            ));
        }
        whole.blocks.extend(body.blocks);
    }
    for body in overrides {
        apply(&mut whole, body, problems);
    }
    Some(Module::new(folder, whole, problems))
}

/// The files of variable values in the root folder, in the order in which the later wins.
pub(crate) fn texts_of_values<'t>(
    texts: &'t BTreeMap<String, String>,
    folder: &str,
) -> Vec<(&'t str, &'t str)> {
    let mut first = Vec::new();
    let mut automatic = Vec::new();
    for (path, name, text) in files(texts, folder) {
        match name {
            "terraform.tfvars" | "terraform.tfvars.json" => first.push((path, text)),
            _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => {
                automatic.push((path, text));
            }
            _ => {}
        }
    }
    first.extend(automatic);
    first
}

/// Names of files are compared letter by letter, as Terraform does.
pub(crate) fn is_json(name: &str) -> bool {
    name.rsplit('.').next() == Some("json")
}

/// True for a file of configuration.
pub(crate) fn is_configuration(name: &str) -> bool {
    let name = name.strip_suffix(".json").unwrap_or(name);
    name.rsplit('.').next() == Some("tf")
}
