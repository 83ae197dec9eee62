//! Terraform: which folders are configurations of their own, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_aws::modules::{Told, WellKnown, told};
use sekisho_model::{Place, Resource, Skipped, Stack, Unread};
use sekisho_terraform::{
    Configuration, Input, Limits, Mode, ModuleCall, Problem, ProblemKind, evaluate, read_plan,
};
use sekisho_text::LineIndex;

use crate::Text;

/// True for the files of Terraform: configurations and values of variables.
pub(crate) fn is_terraform(path: &str) -> bool {
    ends_with_any(path, &[".tf", ".tf.json", ".tfvars", ".tfvars.json"])
        || path.ends_with(".terraform/modules/modules.json")
}

fn ends_with_any(path: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| path.ends_with(end))
}

/// True for the output of `terraform show -json` on a plan.
pub(crate) fn is_plan(text: &str) -> bool {
    let head = text.get(..text.len().min(4096)).unwrap_or(text);
    head.trim_start().starts_with('{')
        && head.contains("\"format_version\"")
        && head.contains("\"terraform_version\"")
        && text.contains("\"planned_values\"")
}

/// What the configurations among the texts say.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) resources: Vec<Resource>,
    pub(crate) stacks: Vec<Stack>,
    pub(crate) unread: Vec<Unread>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Evaluates every configuration: each folder of Terraform that no other one calls as a module, and each plan. `files`
/// gives the place of each text in the estate.
pub(crate) fn read(
    texts: &[Text],
    files: &BTreeMap<String, usize>,
    mut place: impl FnMut(&str) -> Arc<Place>,
) -> Found {
    let all: BTreeMap<String, String> = texts
        .iter()
        .filter(|text| is_terraform(&text.path))
        .map(|text| (text.path.clone(), text.text.to_string()))
        .collect();
    let mut found = Found::default();
    // What stands higher calls what stands deeper more often than the other way round.
    let folders: BTreeSet<(usize, &str)> = all
        .keys()
        .filter(|path| ends_with_any(path, &[".tf", ".tf.json"]))
        .map(|path| folder(path))
        .map(|folder| (folder.split('/').count(), folder))
        .collect();
    let mut calls: BTreeMap<String, BTreeSet<Arc<str>>> = BTreeMap::new();
    let mut configurations = Vec::new();
    let mut modules: BTreeSet<Arc<str>> = BTreeSet::new();
    for (_, root) in folders {
        if modules.contains(root) {
            continue;
        }
        let mut input = Input::of(&all);
        input.root = root;
        input.limits = Limits::default();
        let configuration = evaluate(&input, &WellKnown);
        let inside = configuration.modules.iter();
        let called: BTreeSet<_> = inside.filter_map(|call| call.folder.clone()).collect();
        // Where a limit was met, a circle of calls may be the reason, and nobody's module is passed over.
        let is_whole = |problem: &Problem| problem.kind != ProblemKind::Limit;
        if configuration.problems.iter().all(is_whole) {
            modules.extend(called.iter().cloned());
        }
        calls.insert(root.to_owned(), called);
        configurations.push((root.to_owned(), configuration));
    }
    // Folders that call each other in a circle are nobody's module: Terraform refuses them, and they are told as they are.
    let is_module = |root: &str| {
        let own = calls.get(root);
        calls.iter().any(|(other, called)| {
            called.contains(root) && own.is_none_or(|own| !own.contains(other.as_str()))
        })
    };
    configurations.retain(|(root, _)| !is_module(root));
    for text in texts.iter().filter(|text| is_plan(&text.text)) {
        configurations.push((text.path.clone(), read_plan(&text.path, &text.text)));
    }
    for (stack, (root, configuration)) in configurations.into_iter().enumerate() {
        let place = place(&format!("{root}/main.tf"));
        found.stacks.push(Stack::of_terraform(&root, stack));
        found.take(stack, configuration, files, &all, &place);
    }
    found
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Found {
    fn take(
        &mut self,
        stack: usize,
        configuration: Configuration,
        files: &BTreeMap<String, usize>,
        texts: &BTreeMap<String, String>,
        place: &Arc<Place>,
    ) {
        for resource in configuration.resources {
            let Some(file) = files.get(resource.place.file.as_ref()) else {
                continue;
            };
            self.resources.push(Resource {
                address: resource.address.to_string(),
                kind: resource.address.kind.to_string(),
                is_data: resource.address.mode == Mode::Data,
                values: resource.values,
                file: *file,
                span: resource.place.span,
                stack,
                place: Arc::clone(place),
            });
        }
        self.unread.extend(
            configuration
                .modules
                .iter()
                .filter_map(|call| absent(call, texts)),
        );
        self.skipped.extend(
            configuration
                .modules
                .iter()
                .filter_map(|call| guessed(call, texts)),
        );
        self.unread.extend(
            configuration
                .problems
                .iter()
                .filter_map(|problem| unread(problem, texts)),
        );
    }
}

/// A module whose source is not here. A plan holds what its modules make, and its text is none of these.
fn absent(call: &ModuleCall, texts: &BTreeMap<String, String>) -> Option<Unread> {
    let text = texts.get(call.place.file.as_ref())?;
    if call.folder.is_some() {
        return None;
    }
    let why = match told(&call.source, call.version.as_deref()) {
        Told::Unknown(why) => format!(" ({why})"),
        Told::Stranger | Told::Known { .. } => String::new(),
    };
    Some(Unread {
        path: call.place.file.to_string(),
        position: Some(LineIndex::new(text).position(text, call.place.span.start as usize)),
        reason: format!(
            "`{}`: its source `{}` is not here, so what it makes was not judged{why}; run `terraform init`, or add a plan",
            call.address, call.source
        ),
    })
}

/// A well-known module that was judged as a version which may not be the one that is used.
fn guessed(call: &ModuleCall, texts: &BTreeMap<String, String>) -> Option<Skipped> {
    let path = call.place.file.as_ref();
    let Told::Known { folder, guess } = told(&call.source, call.version.as_deref()) else {
        return None;
    };
    let is_taken = texts.contains_key(path) && call.folder.as_deref() == Some(folder.as_str());
    let guess = guess.filter(|_| is_taken)?;
    Some(Skipped {
        path: path.to_owned(),
        reason: format!("`{}`: {guess}", call.address),
    })
}

/// What could not be read or evaluated. A variable without a value is no fault of the text: what needs it is unknown.
fn unread(problem: &Problem, texts: &BTreeMap<String, String>) -> Option<Unread> {
    if problem.kind == ProblemKind::Missing {
        return None;
    }
    let place = problem.place.as_ref();
    let path = place.map_or_else(String::new, |place| place.file.to_string());
    let position = place.and_then(|place| {
        let text = texts.get(place.file.as_ref())?;
        Some(LineIndex::new(text).position(text, place.span.start as usize))
    });
    Some(Unread {
        path,
        position,
        reason: problem.message.clone(),
    })
}
