use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::address::Mode;
use crate::problem::{Problem, ProblemKind};
use crate::syntax::{Attribute, Block, Body};

/// What a resource is called in its module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ResourceKey {
    pub(crate) mode: Mode,
    pub(crate) kind: Arc<str>,
    pub(crate) name: Arc<str>,
}

/// Everything that one folder declares, by name.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) folder: Arc<str>,
    pub(crate) variables: BTreeMap<Arc<str>, Block>,
    pub(crate) locals: BTreeMap<Arc<str>, Attribute>,
    pub(crate) outputs: BTreeMap<Arc<str>, Block>,
    pub(crate) resources: BTreeMap<ResourceKey, Block>,
    pub(crate) calls: BTreeMap<Arc<str>, Block>,
    pub(crate) providers: Vec<Block>,
    /// `terraform` blocks.
    pub(crate) settings: Vec<Block>,
    /// Local names of the providers that are required or configured.
    pub(crate) provider_names: BTreeSet<Arc<str>>,
}

impl Module {
    pub(super) fn new(folder: &str, whole: Body, problems: &mut Vec<Problem>) -> Self {
        let mut module = Self {
            folder: Arc::from(folder),
            ..Self::default()
        };
        for block in whole.blocks {
            module.take(block, problems);
        }
        module
    }

    fn take(&mut self, block: Block, problems: &mut Vec<Problem>) {
        let mut refuse = |message: &str| {
            problems.push(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                message,
            ));
        };
        let kind = Arc::clone(&block.kind.text);
        let labels: Vec<Arc<str>> = block
            .labels
            .iter()
            .map(|label| Arc::clone(&label.text))
            .collect();
        match (kind.as_ref(), labels.as_slice()) {
            ("variable", [name]) => {
                self.declare(|module| &mut module.variables, name, block, problems);
            }
            ("output", [name]) => self.declare(|module| &mut module.outputs, name, block, problems),
            ("module", [name]) => self.declare(|module| &mut module.calls, name, block, problems),
            ("locals", []) => {
                for (name, attribute) in block.body.attributes {
                    let place = attribute.name_place();
                    let told = format!("local.{name} is set twice");
                    match self.locals.entry(name) {
                        Entry::Vacant(free) => drop(free.insert(attribute)),
                        Entry::Occupied(_) => {
                            problems.push(Problem::new(ProblemKind::Structure, Some(place), told));
                        }
                    }
                }
            }
            ("resource", [of, name]) => self.resource(Mode::Managed, of, name, block, problems),
            ("data", [of, name]) => self.resource(Mode::Data, of, name, block, problems),
            ("ephemeral", [of, name]) => self.resource(Mode::Ephemeral, of, name, block, problems),
            ("provider", [name]) => {
                self.provider_names.insert(Arc::clone(name));
                self.providers.push(block);
            }
            ("terraform", []) => {
                let required = block.body.blocks_of("required_providers");
                self.provider_names
                    .extend(required.flat_map(|block| block.body.attributes.keys().cloned()));
                self.settings.push(block);
            }
            // A check may read data of its own.
            ("check", [_]) => {
                for inner in block.body.blocks {
                    if let ("data", [of, name]) =
                        (inner.kind.text.as_ref(), inner.labels.as_slice())
                    {
                        let (of, name) = (Arc::clone(&of.text), Arc::clone(&name.text));
                        self.resource(Mode::Data, &of, &name, inner, problems);
                    }
                }
            }
            ("moved" | "import" | "removed", []) => {}
            (
                "variable" | "output" | "module" | "locals" | "resource" | "data" | "ephemeral"
                | "provider" | "terraform" | "check",
                _,
            ) => {
                refuse("this block has another number of labels than it needs");
            }
            _ => refuse("this is no block of a configuration"),
        }
    }

    fn declare(
        &mut self,
        of: fn(&mut Self) -> &mut BTreeMap<Arc<str>, Block>,
        name: &Arc<str>,
        block: Block,
        problems: &mut Vec<Problem>,
    ) {
        if of(self).contains_key(name) {
            problems.push(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                format!("{} {name:?} is declared twice", block.kind.text),
            ));
            return;
        }
        of(self).insert(Arc::clone(name), block);
    }

    fn resource(
        &mut self,
        mode: Mode,
        kind: &Arc<str>,
        name: &Arc<str>,
        block: Block,
        problems: &mut Vec<Problem>,
    ) {
        let key = ResourceKey {
            mode,
            kind: Arc::clone(kind),
            name: Arc::clone(name),
        };
        if self.resources.contains_key(&key) {
            problems.push(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                format!("{kind}.{name} is declared twice"),
            ));
            return;
        }
        self.resources.insert(key, block);
    }
}
