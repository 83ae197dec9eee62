//! Evaluates a tree of modules. Each variable, local, output, resource and call is a node that is evaluated once, after
//! everything it mentions; a circle of mentions is an error. No recursion goes from one node into another.

mod blocks;
mod calls;
mod given;
mod names;
mod node;
mod problems;
mod repeat;
mod resources;
mod stand_ins;
mod variables;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::address::ModuleStep;
use crate::evaluate::{Budget, Scope, failed};
use crate::module::{Module, clean_join, mentions_of_body, read_module};
use crate::outside::{Outside, StandIn};
use crate::problem::{Problem, ProblemKind};
use crate::result::Configuration;
use crate::standing::Standing;
use crate::syntax::{Attribute, Block, Expr};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::Value;
use calls::Expansion;
pub use given::Input;
use names::ModuleNames;
use node::Node;
use repeat::Instance;

/// One instance of a module.
struct ModuleInstance {
    declared: Rc<Module>,
    path: Vec<ModuleStep>,
    /// The module, the call and the instance it comes from; the root has none.
    parent: Option<(usize, Arc<str>, Instance)>,
    /// Set for a stand-in.
    standing: Option<Rc<Standing>>,
}

/// What evaluating a node gave.
enum Done {
    Value(Value),
    Expansion(Expansion),
}

pub(crate) struct Engine<'i> {
    input: &'i Input<'i>,
    outside: &'i dyn Outside,
    budget: Budget,
    modules: Vec<ModuleInstance>,
    folders: BTreeMap<String, Option<Rc<Module>>>,
    stand_ins: RefCell<BTreeMap<String, Option<StandIn>>>,
    module_folders: BTreeMap<String, String>,
    done: BTreeMap<Node, Done>,
    problems: RefCell<Vec<Problem>>,
    told: RefCell<BTreeSet<(Option<crate::origin::Place>, String)>>,
    limit_told: Cell<bool>,
    given: BTreeMap<Arc<str>, Value>,
    found: Configuration,
}

/// Evaluates a configuration.
pub fn evaluate(input: &Input<'_>, outside: &dyn Outside) -> Configuration {
    let mut engine = Engine {
        input,
        outside,
        budget: Budget::new(input.limits),
        modules: Vec::new(),
        folders: BTreeMap::new(),
        stand_ins: RefCell::default(),
        module_folders: BTreeMap::new(),
        done: BTreeMap::new(),
        problems: RefCell::default(),
        told: RefCell::default(),
        limit_told: Cell::new(false),
        given: BTreeMap::new(),
        found: Configuration::default(),
    };
    engine.run();
    let mut found = engine.found;
    found.problems = engine.problems.into_inner();
    found
        .problems
        .sort_by(|left, right| (&left.place, left.kind).cmp(&(&right.place, right.kind)));
    found
        .resources
        .sort_by(|left, right| left.address.cmp(&right.address));
    found
        .modules
        .sort_by(|left, right| left.address.cmp(&right.address));
    found
}

impl Engine<'_> {
    fn run(&mut self) {
        let root = clean_join("", self.input.root);
        self.read_module_folders(&root);
        let Some(declared) = self.declared(&root) else {
            let message = "there is no Terraform configuration in this folder";
            self.tell(Problem::new(ProblemKind::Missing, None, message));
            return;
        };
        self.read_values(&root, &declared);
        self.modules.push(ModuleInstance {
            declared,
            path: Vec::new(),
            parent: None,
            standing: None,
        });
        let mut next = 0;
        // Calls append the instances they make.
        while let Some(declared) = self
            .modules
            .get(next)
            .map(|module| Rc::clone(&module.declared))
        {
            for node in self.nodes_of(next) {
                self.demand(node);
            }
            let blocks: Vec<&Block> = declared
                .calls
                .values()
                .chain(&declared.providers)
                .chain(&declared.settings)
                .collect();
            self.demand_bodies(next, &blocks);
            self.note_calls(next);
            self.finish_module(next);
            next += 1;
        }
    }

    /// The module in a folder, read once.
    fn declared(&mut self, folder: &str) -> Option<Rc<Module>> {
        if let Some(found) = self.folders.get(folder) {
            return found.clone();
        }
        let found = match self.stand_in(folder) {
            Some(stand_in) => {
                let texts = stand_in.texts.iter();
                let texts = texts
                    .map(|(name, text)| (format!("{folder}/{name}"), (*text).to_owned()))
                    .collect();
                read_module(&texts, folder, &mut self.problems.borrow_mut())
            }
            None => read_module(self.input.texts, folder, &mut self.problems.borrow_mut()),
        };
        let found = found.map(Rc::new);
        self.folders.insert(folder.to_owned(), found.clone());
        found
    }

    fn nodes_of(&self, module: usize) -> Vec<Node> {
        let Some(instance) = self.modules.get(module) else {
            return Vec::new();
        };
        let declared = &instance.declared;
        let variables = declared
            .variables
            .keys()
            .map(|name| Node::Variable(module, Arc::clone(name)));
        let locals = declared
            .locals
            .keys()
            .map(|name| Node::Local(module, Arc::clone(name)));
        let resources = declared
            .resources
            .keys()
            .map(|key| Node::Resource(module, key.clone()));
        let calls = declared
            .calls
            .keys()
            .map(|name| Node::Call(module, Arc::clone(name)));
        let outputs = declared
            .outputs
            .keys()
            .map(|name| Node::Output(module, Arc::clone(name)));
        variables
            .chain(locals)
            .chain(resources)
            .chain(calls)
            .chain(outputs)
            .collect()
    }

    /// Evaluates a node and, before it, everything it needs; without recursion.
    fn demand(&mut self, node: Node) {
        let mut stack = vec![node];
        let mut open: BTreeSet<Node> = BTreeSet::new();
        while let Some(node) = stack.last().cloned() {
            if self.done.contains_key(&node) {
                open.remove(&node);
                stack.pop();
                continue;
            }
            open.insert(node.clone());
            let mut needed = self.needs(&node);
            needed.retain(|needed| !self.done.contains_key(needed));
            if !self.budget.spend(1 + needed.len()) {
                self.tell_limit();
                needed.clear();
            }
            if self.is_closed(&node) {
                // What goes into a module that is not read need not come out of it.
                needed.retain(|needed| !open.contains(needed));
            }
            if let Some(circle) = needed.iter().find(|needed| open.contains(needed)) {
                self.tell_circle(&stack, circle);
                let done = Done::Value(Value::unknown(Type::Dynamic, Cause::Failed));
                self.done.insert(node, done);
                continue;
            }
            if needed.is_empty() {
                let done = self.evaluate_node(&node);
                self.done.insert(node, done);
            } else {
                stack.extend(needed);
            }
        }
    }

    /// Evaluates everything that the bodies of blocks mention which are no nodes.
    fn demand_bodies(&mut self, module: usize, blocks: &[&Block]) {
        let mut found = Vec::new();
        for block in blocks {
            mentions_of_body(&block.body, &mut found);
        }
        // A call that is evaluated here may show that more is needed: its outputs.
        for _ in 0..2 {
            for node in self.needs_of(module, &found) {
                self.demand(node);
            }
        }
    }

    fn evaluate_node(&mut self, node: &Node) -> Done {
        match node {
            Node::Variable(module, name) => Done::Value(self.variable(*module, name)),
            Node::Local(module, name) => {
                let attribute = self
                    .modules
                    .get(*module)
                    .and_then(|found| found.declared.locals.get(name).cloned());
                Done::Value(attribute.map_or_else(Value::null, |attribute| {
                    self.attribute(*module, None, &attribute)
                }))
            }
            Node::Output(module, name) => Done::Value(self.output(*module, name)),
            Node::Resource(module, key) => Done::Value(self.resource(*module, key)),
            Node::Call(module, name) => Done::Expansion(self.call(*module, name)),
        }
    }

    fn output(&mut self, module: usize, name: &Arc<str>) -> Value {
        let Some(block) = self
            .modules
            .get(module)
            .and_then(|found| found.declared.outputs.get(name).cloned())
        else {
            return Value::null();
        };
        let hidden = self.flag(module, &block, "sensitive");
        let value = if let Some(attribute) = block.body.attribute("value") {
            self.attribute(module, None, attribute)
        } else {
            self.tell(Problem::new(
                ProblemKind::Structure,
                Some(block.place()),
                "an output needs a value",
            ));
            Value::unknown(Type::Dynamic, Cause::Failed)
        };
        value.hidden(hidden)
    }

    /// A constant true or false.
    fn flag(&self, module: usize, block: &Block, name: &str) -> bool {
        let found = block
            .body
            .attribute(name)
            .map(|attribute| self.attribute(module, None, attribute));
        found.is_some_and(|value| {
            crate::convert::convert(&value, &Type::Bool)
                .ok()
                .and_then(|value| value.as_bool())
                == Some(true)
        })
    }

    /// The value of an attribute; a fault is told and the value then not known.
    fn attribute(
        &self,
        module: usize,
        instance: Option<&Instance>,
        attribute: &Attribute,
    ) -> Value {
        self.expression(module, instance, &attribute.file, &attribute.expr, &[])
    }

    fn expression(
        &self,
        module: usize,
        instance: Option<&Instance>,
        file: &Arc<str>,
        expr: &Expr,
        bound: &[(Arc<str>, Value)],
    ) -> Value {
        let names = ModuleNames {
            engine: self,
            module,
            instance,
        };
        let mut scope = Scope {
            names: &names,
            surroundings: self,
            budget: &self.budget,
            file: Arc::clone(file),
            standing: self.standing(module),
            bound: bound.to_vec(),
            templates: 0,
        };
        match scope.evaluate(expr) {
            Ok(value) => value,
            Err(fault) => {
                let place = scope.place(expr.span);
                let cause = failed(fault.is_limit);
                self.tell_fault(fault);
                Value::unknown(Type::Dynamic, cause).or_at(|| crate::origin::Origin::at(place))
            }
        }
    }
}
