use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use super::blocks::{Evaluated, Place};
use super::node::resource_mentions;
use super::repeat::{Instance, Repeat};
use crate::address::{Address, Key, Mode};
use crate::module::ResourceKey;
use crate::problem::{Problem, ProblemKind};
use crate::result::{Provider, Resource, Settings};
use crate::syntax::{Block, ExprKind};
use crate::types::Type;
use crate::unknown::{Cause, Reference};
use crate::value::{Content, Fields, Value};

/// Arguments that Terraform itself reads.
const META: [&str; 8] = [
    "count",
    "for_each",
    "provider",
    "providers",
    "depends_on",
    "lifecycle",
    "provisioner",
    "connection",
];

impl Engine<'_> {
    /// Evaluates all instances of a resource; gives what others see under its name.
    pub(super) fn resource(&mut self, module: usize, key: &ResourceKey) -> Value {
        let Some((declared, path)) = self
            .modules
            .get(module)
            .map(|found| (found.declared.clone(), found.path.clone()))
        else {
            return Value::null();
        };
        let Some(block) = declared.resources.get(key) else {
            return Value::null();
        };
        let whole = Address {
            module: path,
            mode: key.mode,
            kind: Arc::clone(&key.kind),
            name: Arc::clone(&key.name),
            key: None,
        };
        let repeat = self.repeat(module, block);
        let instances = repeat.instances();
        if self.found.resources.len() + instances.len() > self.budget.limits.resources {
            self.tell(Problem::new(
                ProblemKind::Limit,
                Some(block.place()),
                "there are more resources than are looked at",
            ));
            return Value::unknown(Type::Dynamic, Cause::Limit);
        }
        let mut seen = Vec::new();
        for instance in &instances {
            let address = Address {
                key: instance.key.clone(),
                ..whole.clone()
            };
            seen.push((
                instance.key.clone(),
                self.instance(module, block, &address, instance),
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
                Value::object(seen.into_iter().filter_map(entry).collect())
            }
            Repeat::Unknown(_) => Value::unknown(
                Type::Dynamic,
                Cause::Reference(Reference {
                    target: whole,
                    path: Vec::new(),
                }),
            ),
        }
    }

    fn instance(
        &mut self,
        module: usize,
        block: &Block,
        address: &Address,
        instance: &Instance,
    ) -> Value {
        let rest = Cause::Reference(Reference {
            target: address.clone(),
            path: Vec::new(),
        });
        let place = Place {
            module,
            instance: Some(instance),
            bound: Vec::new(),
            left_out: &META,
            rest: Some(rest.clone()),
            depth: 0,
        };
        let Evaluated { mut written, seen } = self.body(&block.body, &place);
        let origin = self.origin_of(module, block);
        let origin = || origin.clone();
        let built_in = address.kind.as_ref() == "terraform_data" && address.mode == Mode::Managed;
        if built_in {
            for name in ["input", "triggers_replace"] {
                written.entry(name.into()).or_insert_with(Value::null);
            }
        }
        let unwritten = match address.mode {
            Mode::Data => None,
            _ => self.unwritten(module, address),
        };
        let config = Value::new(Content::Object(Arc::new(Fields {
            named: written,
            rest: unwritten,
        })))
        .or_at(origin);
        let more = match address.mode {
            Mode::Data => self.outside.data_source(address, &config),
            _ => self.outside.managed(address, &config),
        };
        let values = with(&config, &more);
        let mentions = mentioned(block);
        self.found.resources.push(Resource {
            address: address.clone(),
            place: self.place_of(module, block),
            values,
            provider: provider(block),
            mentions,
        });
        let mut seen: BTreeMap<Arc<str>, Value> = seen.into_iter().collect();
        if built_in {
            for name in ["input", "triggers_replace"] {
                seen.entry(name.into()).or_insert_with(Value::null);
            }
            for name in ["id", "output"] {
                let of = if name == "id" {
                    Type::String
                } else {
                    Type::Dynamic
                };
                seen.insert(
                    name.into(),
                    crate::evaluate::not_null_unknown(Value::unknown(of, rest.within(name))),
                );
            }
        } else {
            // Null leaves the attribute to the provider, which may compute it.
            seen.retain(|_, value| !value.is_null());
        }
        seen.extend(more);
        let rest = (!built_in).then_some(rest);
        Value::new(Content::Object(Arc::new(Fields { named: seen, rest }))).or_at(origin)
    }

    /// Evaluates what of a module is no node: providers and settings; for the root also what is told of it.
    pub(super) fn finish_module(&mut self, module: usize) {
        let Some((declared, path)) = self
            .modules
            .get(module)
            .map(|found| (found.declared.clone(), found.path.clone()))
        else {
            return;
        };
        let place = |left_out| Place {
            module,
            instance: None,
            bound: Vec::new(),
            left_out,
            rest: None,
            depth: 0,
        };
        for block in &declared.providers {
            // What a provider is configured with may need what nothing else needs.
            let values = Value::object(
                self.body(&block.body, &place(&["alias", "version"]))
                    .written,
            );
            let alias = block
                .body
                .attribute("alias")
                .and_then(|alias| alias.expr.as_text())
                .map(Arc::from);
            let name = block
                .label(0)
                .map_or_else(|| Arc::from(""), |label| Arc::clone(&label.text));
            self.found.providers.push(Provider {
                module: path.clone(),
                name,
                alias,
                place: self.place_of(module, block),
                values,
            });
        }
        for block in &declared.settings {
            let values = Value::object(self.body(&block.body, &place(&[])).written);
            self.found.settings.push(Settings {
                module: path.clone(),
                place: self.place_of(module, block),
                values,
            });
        }
        if module == 0 {
            for name in declared.outputs.keys() {
                if let Some(super::Done::Value(value)) =
                    self.done.get(&super::Node::Output(0, Arc::clone(name)))
                {
                    self.found.outputs.insert(Arc::clone(name), value.clone());
                }
            }
            for name in declared.variables.keys() {
                if let Some(super::Done::Value(value)) =
                    self.done.get(&super::Node::Variable(0, Arc::clone(name)))
                {
                    self.found.variables.insert(Arc::clone(name), value.clone());
                }
            }
        }
    }
}

/// The object with more attributes, where it does not set them itself.
fn with(config: &Value, more: &BTreeMap<Arc<str>, Value>) -> Value {
    if more.is_empty() {
        return config.clone();
    }
    let mut named = config.entries().cloned().unwrap_or_default();
    for (name, value) in more {
        if named.get(name).is_none_or(Value::is_null) {
            named.insert(Arc::clone(name), value.clone());
        }
    }
    let rest = match config.content() {
        Content::Object(fields) => fields.rest.clone(),
        _ => None,
    };
    config.with_content(Content::Object(Arc::new(Fields { named, rest })))
}

/// `provider = aws.tokyo`, in quotes in JSON.
fn provider(block: &Block) -> Option<Arc<str>> {
    let expr = &block.body.attribute("provider")?.expr;
    match &expr.kind {
        ExprKind::Reference(names) => Some(
            names
                .iter()
                .map(|name| name.text.as_ref())
                .collect::<Vec<_>>()
                .join(".")
                .into(),
        ),
        _ => expr.as_text().map(Arc::from),
    }
}

/// Everything a block mentions, what it waits for included.
fn mentioned(block: &Block) -> Vec<Arc<str>> {
    let mut found = Vec::new();
    resource_mentions(block, &mut found);
    if let Some(attribute) = block.body.attribute("depends_on") {
        crate::module::mentions(&attribute.expr, &mut found);
    }
    let mut names: Vec<Arc<str>> = found
        .into_iter()
        .map(|names| names.join(".").into())
        .collect();
    names.sort();
    names.dedup();
    names
}
