use std::collections::BTreeMap;
use std::sync::Arc;

use super::blocks::Place;
use super::repeat::{Instance, Repeat};
use super::{Engine, ModuleInstance};
use crate::address::{Address, Key, Mode, ModuleStep};
use crate::functions::from_json;
use crate::module::{clean_join, is_configuration};
use crate::problem::{Problem, ProblemKind};
use crate::result::ModuleCall;
use crate::syntax::Block;
use crate::types::Type;
use crate::unknown::{Cause, Reference};
use crate::value::{Content, Fields, Value};

/// What became of a call. The numbers are those of the module instances.
pub(super) enum Expansion {
    Single(usize),
    Counted(Vec<(Key, usize)>),
    Each(Vec<(Key, usize)>),
    /// How many there are is not known; this one stands for all.
    Unknown(usize),
    /// The source is not among the texts, or the call is wrong: what others see.
    Closed(Value),
}

impl Expansion {
    pub(super) fn children(&self) -> Vec<(Option<Key>, usize)> {
        match self {
            Self::Single(child) => vec![(None, *child)],
            Self::Counted(children) | Self::Each(children) => children
                .iter()
                .map(|(key, child)| (Some(key.clone()), *child))
                .collect(),
            Self::Unknown(child) => vec![(Some(Key::Unknown), *child)],
            Self::Closed(_) => Vec::new(),
        }
    }
}

/// Arguments of a call that are not passed on.
const META: [&str; 6] = [
    "source",
    "version",
    "count",
    "for_each",
    "providers",
    "depends_on",
];

impl Engine<'_> {
    pub(super) fn call(&mut self, module: usize, name: &Arc<str>) -> Expansion {
        let failed = || Expansion::Closed(Value::unknown(Type::Dynamic, Cause::Failed));
        let Some((declared, path)) = self
            .modules
            .get(module)
            .map(|found| (found.declared.clone(), found.path.clone()))
        else {
            return failed();
        };
        let Some(block) = declared.calls.get(name) else {
            return failed();
        };
        let Some(source) = block
            .body
            .attribute("source")
            .and_then(|source| source.expr.as_text())
        else {
            self.tell(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                "a module needs a source, written out",
            ));
            return failed();
        };
        let repeat = self.repeat(module, block);
        let instances = repeat.instances();
        let folder = self.source_folder(&declared.folder, &path, name, block, source);
        let Some(folder) = folder else {
            return Expansion::Closed(self.closed(module, block, source, &path, name, &repeat));
        };
        let message =
            if path.len() >= self.budget.limits.depth || self.is_inside_itself(module, &folder) {
                Some("modules call each other too deep, or a module calls itself")
            } else if self.modules.len() + instances.len() > self.budget.limits.modules {
                Some("there are more instances of modules than are looked at")
            } else {
                None
            };
        if let Some(message) = message {
            self.tell(Problem::new(
                ProblemKind::Limit,
                Some(block.place()),
                message,
            ));
            return Expansion::Closed(Value::unknown(Type::Dynamic, Cause::Limit));
        }
        let Some(child) = self.declared(&folder) else {
            self.tell(Problem::new(
                ProblemKind::Missing,
                Some(block.place()),
                format!("there is no module in {folder:?} among the texts"),
            ));
            return Expansion::Closed(self.closed(module, block, source, &path, name, &repeat));
        };
        let standing = self.standing_of_call(module, block, &folder);
        self.check_arguments(block, &child, standing.is_none());
        let mut children = Vec::new();
        for instance in instances {
            let mut path = path.clone();
            path.push(ModuleStep {
                name: Arc::clone(name),
                key: instance.key.clone(),
            });
            children.push((instance.key.clone(), self.modules.len()));
            self.modules.push(ModuleInstance {
                declared: child.clone(),
                path,
                parent: Some((module, Arc::clone(name), instance)),
                standing: standing.clone(),
            });
        }
        let keyed = || {
            children
                .iter()
                .filter_map(|(key, child)| Some((key.clone()?, *child)))
                .collect()
        };
        match repeat {
            Repeat::Single => children
                .first()
                .map_or_else(failed, |(_, child)| Expansion::Single(*child)),
            Repeat::Counted(_) => Expansion::Counted(keyed()),
            Repeat::Each(_) => Expansion::Each(keyed()),
            Repeat::Unknown(_) => children
                .first()
                .map_or_else(failed, |(_, child)| Expansion::Unknown(*child)),
        }
    }

    /// True when a configuration stands in this folder.
    pub(super) fn has_module(&self, folder: &str) -> bool {
        if self.stand_in(folder).is_some() {
            return true;
        }
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let names = self
            .input
            .texts
            .range(prefix.clone()..)
            .map_while(|(path, _)| path.strip_prefix(prefix.as_str()));
        names
            .into_iter()
            .any(|name| !name.contains('/') && is_configuration(name))
    }

    fn is_inside_itself(&self, module: usize, folder: &str) -> bool {
        let mut at = Some(module);
        while let Some(found) = at.and_then(|at| self.modules.get(at)) {
            if found.declared.folder.as_ref() == folder {
                return true;
            }
            at = found.parent.as_ref().map(|(parent, ..)| *parent);
        }
        false
    }

    fn check_arguments(&self, block: &Block, child: &crate::module::Module, complete: bool) {
        for (name, attribute) in &block.body.attributes {
            if complete && !META.contains(&name.as_ref()) && !child.variables.contains_key(name) {
                self.tell(Problem::new(
                    ProblemKind::Structure,
                    Some(attribute.name_place()),
                    format!("the module has no variable {name:?}"),
                ));
            }
        }
        for (name, variable) in &child.variables {
            if variable.body.attribute("default").is_none() && block.body.attribute(name).is_none()
            {
                self.tell(Problem::new(
                    ProblemKind::Structure,
                    Some(block.place()),
                    format!("the module's variable {name:?} needs a value"),
                ));
            }
        }
    }

    /// The folder of a call's source: relative, as `terraform init` noted, or as the caller knows.
    pub(super) fn source_folder(
        &self,
        folder: &str,
        path: &[ModuleStep],
        name: &str,
        block: &Block,
        source: &str,
    ) -> Option<String> {
        if source.starts_with("./") || source.starts_with("../") {
            return Some(clean_join(folder, source));
        }
        let key: String = path
            .iter()
            .map(|step| format!("{}.", step.name))
            .collect::<String>()
            + name;
        let noted = self.module_folders.get(&key);
        if let Some(folder) = noted.filter(|folder| self.has_module(folder)) {
            return Some(folder.clone());
        }
        let version = block
            .body
            .attribute("version")
            .and_then(|version| version.expr.as_text());
        let known = self.outside.module_folder(source, version);
        known.or_else(|| noted.cloned())
    }

    /// What `terraform init` noted in `.terraform/modules/modules.json`: key and folder of each module.
    pub(super) fn read_module_folders(&mut self, root: &str) {
        let path = clean_join(root, ".terraform/modules/modules.json");
        let Some(text) = self.input.texts.get(&path) else {
            return;
        };
        let Ok(list) = from_json(text) else {
            self.tell(Problem::new(
                ProblemKind::Syntax,
                None,
                format!("{path} is not JSON"),
            ));
            return;
        };
        for entry in list
            .get("Modules")
            .iter()
            .filter_map(Value::items)
            .flatten()
        {
            let part = |name: &str| {
                entry
                    .get(name)
                    .and_then(|value| value.as_str().map(str::to_owned))
            };
            if let (Some(key), Some(dir)) = (part("Key"), part("Dir"))
                && !key.is_empty()
            {
                self.module_folders.insert(key, clean_join(root, &dir));
            }
        }
    }

    /// Notes the instances of a call that is not expanded; gives what others see of it.
    fn closed(
        &mut self,
        module: usize,
        block: &Block,
        source: &str,
        path: &[ModuleStep],
        name: &Arc<str>,
        repeat: &Repeat,
    ) -> Value {
        let mut seen = Vec::new();
        for instance in repeat.instances() {
            let address = Address {
                module: path.to_vec(),
                mode: Mode::Module,
                kind: "".into(),
                name: Arc::clone(name),
                key: instance.key.clone(),
            };
            let inputs = self.inputs(module, block, Some(&instance));
            let outputs = self.outside.module_outputs(&address, source, &inputs);
            let rest = Some(Cause::Module(Reference {
                target: address,
                path: Vec::new(),
            }));
            let value = Value::new(Content::Object(Arc::new(Fields {
                named: outputs,
                rest,
            })));
            seen.push((
                instance.key.clone(),
                value.or_at(|| self.origin_of(module, block)),
            ));
        }
        match repeat {
            Repeat::Single => seen.pop().map_or_else(Value::null, |(_, value)| value),
            Repeat::Counted(_) => Value::tuple(seen.into_iter().map(|(_, value)| value).collect()),
            Repeat::Each(_) => {
                let entry = |(key, value)| {
                    if let Some(Key::Name(name)) = key {
                        Some((name, value))
                    } else {
                        None
                    }
                };
                Value::object(
                    seen.into_iter()
                        .filter_map(entry)
                        .collect::<BTreeMap<_, _>>(),
                )
            }
            Repeat::Unknown(_) => {
                let target = Address {
                    module: path.to_vec(),
                    mode: Mode::Module,
                    kind: "".into(),
                    name: Arc::clone(name),
                    key: None,
                };
                Value::unknown(
                    Type::Dynamic,
                    Cause::Module(Reference {
                        target,
                        path: Vec::new(),
                    }),
                )
            }
        }
    }

    fn inputs(&self, module: usize, block: &Block, instance: Option<&Instance>) -> Value {
        let place = Place {
            module,
            instance,
            bound: Vec::new(),
            left_out: &META,
            rest: None,
            depth: 0,
        };
        Value::object(self.body(&block.body, &place).written)
    }

    /// Tells of all calls of a module, once everything their arguments mention is evaluated.
    pub(super) fn note_calls(&mut self, module: usize) {
        let Some((declared, path)) = self
            .modules
            .get(module)
            .map(|found| (found.declared.clone(), found.path.clone()))
        else {
            return;
        };
        for (name, block) in &declared.calls {
            let Some(source) = block
                .body
                .attribute("source")
                .and_then(|source| source.expr.as_text())
            else {
                continue;
            };
            let version = block
                .body
                .attribute("version")
                .and_then(|version| version.expr.as_text());
            let children = match self.done.get(&super::Node::Call(module, Arc::clone(name))) {
                Some(super::Done::Expansion(expansion)) => expansion.children(),
                _ => Vec::new(),
            };
            let instances: Vec<(Instance, Option<Arc<str>>)> = if children.is_empty() {
                self.repeat(module, block)
                    .instances()
                    .into_iter()
                    .map(|instance| (instance, None))
                    .collect()
            } else {
                let child = |(_, child): &(Option<Key>, usize)| {
                    let found = self.modules.get(*child)?;
                    let (_, _, instance) = found.parent.as_ref()?;
                    Some((instance.clone(), Some(Arc::clone(&found.declared.folder))))
                };
                children.iter().filter_map(child).collect()
            };
            for (instance, folder) in instances {
                let address = Address {
                    module: path.clone(),
                    mode: Mode::Module,
                    kind: "".into(),
                    name: Arc::clone(name),
                    key: instance.key.clone(),
                };
                let inputs = self.inputs(module, block, Some(&instance));
                self.found.modules.push(ModuleCall {
                    address,
                    place: self.place_of(module, block),
                    source: source.into(),
                    version: version.map(Arc::from),
                    inputs,
                    folder,
                });
            }
        }
    }
}
