//! Terraform: which folders are configurations of their own, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_aws::modules::{Told, WellKnown, told};
use sekisho_model::{Place, Resource, Skipped, Stack, Unread, Written};
use sekisho_terraform::{
    Configuration, Input, Limits, Mode, ModuleCall, Problem, ProblemKind, evaluate, read_plan,
    read_values,
};
use sekisho_text::LineIndex;

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

/// Evaluates every configuration: each folder of Terraform that no other one calls as a module, and each plan. `all` are the
/// texts that it may read, and `files` gives the place of each that is in the estate.
pub(crate) fn read(
    all: &BTreeMap<String, Arc<str>>,
    files: &BTreeMap<String, usize>,
    mut place: impl FnMut(&str) -> Arc<Place>,
) -> Found {
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
        let mut input = Input::of(all);
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
    for (path, text) in all.iter().filter(|(_, text)| is_plan(text)) {
        configurations.push((path.clone(), read_plan(path, text)));
    }
    for (stack, (root, configuration)) in configurations.into_iter().enumerate() {
        let place = place(&format!("{root}/main.tf"));
        let mut known = Stack::of_terraform(&root, stack);
        known.settings = settings(&configuration, files);
        known.variables = variables(&configuration, files);
        found.stacks.push(known);
        found.take(stack, configuration, files, all, &place);
    }
    for (path, text) in all.iter().filter(|(path, _)| is_values(path)) {
        found.take_values(path, text, files, all);
    }
    found
}

fn is_values(path: &str) -> bool {
    ends_with_any(path, &[".tfvars", ".tfvars.json"])
}

/// `terraform` blocks of the root module: those of a module that is called choose no backend.
fn settings(configuration: &Configuration, files: &BTreeMap<String, usize>) -> Vec<Written> {
    let own = configuration
        .settings
        .iter()
        .filter(|settings| settings.module.is_empty());
    own.filter_map(|settings| {
        Some(Written {
            value: settings.values.clone(),
            file: *files.get(settings.place.file.as_ref())?,
            span: settings.place.span,
        })
    })
    .collect()
}

/// Variables of the root module, each with the place of its value: its default, or a line of a tfvars file.
fn variables(
    configuration: &Configuration,
    files: &BTreeMap<String, usize>,
) -> BTreeMap<String, Written> {
    let known = configuration
        .variables
        .iter()
        .filter(|(_, value)| value.as_unknown().is_none() && !value.is_null());
    known
        .filter_map(|(name, value)| {
            let place = &value.origin()?.place;
            let written = Written {
                value: value.clone(),
                file: *files.get(place.file.as_ref())?,
                span: place.span,
            };
            Some((name.to_string(), written))
        })
        .collect()
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
        texts: &BTreeMap<String, Arc<str>>,
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

impl Found {
    /// Values that stand in a file of variables, kept with the configuration above it; they are in the repository whether
    /// Terraform takes them up or not.
    fn take_values(
        &mut self,
        path: &str,
        text: &str,
        files: &BTreeMap<String, usize>,
        texts: &BTreeMap<String, Arc<str>>,
    ) {
        let (values, problems) = read_values(path, text);
        for told in problems.iter().filter_map(|problem| unread(problem, texts)) {
            if !self.unread.contains(&told) {
                self.unread.push(told);
            }
        }
        let is_above = |stack: &&mut Stack| {
            let below = path.strip_prefix(stack.path.as_str());
            below.is_some_and(|rest| stack.path.is_empty() || rest.starts_with('/'))
        };
        let above = self.stacks.iter_mut().filter(is_above);
        let Some(file) = files.get(path) else {
            return;
        };
        let values = values.into_iter().filter_map(|(name, value)| {
            let span = value.origin()?.place.span;
            let written = Written {
                value,
                file: *file,
                span,
            };
            Some((name.to_string(), written))
        });
        if let Some(stack) = above.max_by_key(|stack| stack.path.len()) {
            stack.values.extend(values);
        } else {
            let mut stack = Stack::of_terraform(folder(path), self.stacks.len());
            stack.values = values.collect();
            self.stacks.push(stack);
        }
    }
}

/// A module whose source is not here. A plan holds what its modules make, and its text is none of these.
fn absent(call: &ModuleCall, texts: &BTreeMap<String, Arc<str>>) -> Option<Unread> {
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
fn guessed(call: &ModuleCall, texts: &BTreeMap<String, Arc<str>>) -> Option<Skipped> {
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
fn unread(problem: &Problem, texts: &BTreeMap<String, Arc<str>>) -> Option<Unread> {
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
