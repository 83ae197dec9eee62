use std::collections::BTreeMap;
use std::sync::Arc;

use super::calls::Expansion;
use super::node::Node;
use super::repeat::Instance;
use super::{Done, Engine};
use crate::address::{Address, Key, Mode};
use crate::evaluate::Names;
use crate::module::{ResourceKey, clean_join, relative};
use crate::number::Number;
use crate::origin::{Place, Via};
use crate::syntax::Name;
use crate::types::Type;
use crate::unknown::{Cause, Reference};
use crate::value::{Content, Fields, Value};

/// The names of one module instance, with those of the instance of a resource or call that is evaluated.
pub(super) struct ModuleNames<'e> {
    pub(super) engine: &'e Engine<'e>,
    pub(super) module: usize,
    pub(super) instance: Option<&'e Instance>,
}

impl Names for ModuleNames<'_> {
    fn look_up(&self, names: &[Name], place: &Place) -> Result<(Value, usize), String> {
        let texts: Vec<&str> = names.iter().map(|name| name.text.as_ref()).collect();
        let module = self
            .engine
            .modules
            .get(self.module)
            .ok_or("there is no such module")?;
        let through = |value: Value, taken: usize| {
            // How a stand-in hands its values on is nobody's business.
            if module.standing.is_some() {
                return Ok((value, taken));
            }
            let name = texts.get(..taken).unwrap_or_default().join(".");
            Ok((
                value.through(Via {
                    name: name.into(),
                    place: place.clone(),
                }),
                taken,
            ))
        };
        match texts.as_slice() {
            ["var", name, ..] => {
                let (name, _) = module
                    .declared
                    .variables
                    .get_key_value(*name)
                    .ok_or_else(|| format!("there is no variable {name:?}"))?;
                through(self.done(&Node::Variable(self.module, Arc::clone(name))), 2)
            }
            ["local", name, ..] => {
                let (name, _) = module
                    .declared
                    .locals
                    .get_key_value(*name)
                    .ok_or_else(|| format!("there is no local value {name:?}"))?;
                through(self.done(&Node::Local(self.module, Arc::clone(name))), 2)
            }
            ["module", name, ..] => {
                let (name, _) = module
                    .declared
                    .calls
                    .get_key_value(*name)
                    .ok_or_else(|| format!("there is no module {name:?}"))?;
                through(self.call_value(name), 2)
            }
            ["data", kind, name, ..] => through(self.resource(Mode::Data, kind, name)?, 3),
            ["ephemeral", kind, name, ..] => {
                through(self.resource(Mode::Ephemeral, kind, name)?, 3)
            }
            ["each", which @ ("key" | "value"), ..] => {
                let instance = self
                    .instance
                    .and_then(|instance| instance.each.as_ref())
                    .ok_or("each belongs to a block with for_each")?;
                let value = if *which == "key" {
                    &instance.0
                } else {
                    &instance.1
                };
                through(value.clone(), 2)
            }
            ["count", "index", ..] => {
                let index = self
                    .instance
                    .and_then(|instance| instance.index.clone())
                    .ok_or("count.index belongs to a block with count")?;
                Ok((index, 2))
            }
            ["path", which, ..] => Ok((self.path(which)?, 2)),
            ["terraform", "workspace", ..] => Ok((Value::string(self.engine.input.workspace), 2)),
            ["terraform", "applying", ..] => Ok((
                Value::unknown(Type::Bool, Cause::Function("terraform.applying".into())),
                2,
            )),
            [kind, name, ..] => through(self.resource(Mode::Managed, kind, name)?, 2),
            _ => Err(format!(
                "there is nothing of the name {:?}",
                texts.join(".")
            )),
        }
    }
}

impl ModuleNames<'_> {
    fn done(&self, node: &Node) -> Value {
        match self.engine.done.get(node) {
            Some(Done::Value(value)) => value.clone(),
            _ => Value::unknown(Type::Dynamic, Cause::Failed),
        }
    }

    fn resource(&self, mode: Mode, kind: &str, name: &str) -> Result<Value, String> {
        let key = ResourceKey {
            mode,
            kind: Arc::from(kind),
            name: Arc::from(name),
        };
        let node = Node::Resource(self.module, key);
        let known = self.engine.done.contains_key(&node);
        let declared = self.engine.modules.get(self.module).is_some_and(|module| matches!(&node, Node::Resource(_, key) if module.declared.resources.contains_key(key)));
        if known || declared {
            Ok(self.done(&node))
        } else {
            Err(format!("there is no resource or value {kind}.{name}"))
        }
    }

    fn path(&self, which: &str) -> Result<Value, String> {
        let root = clean_join("", self.engine.input.root);
        match which {
            "module" => {
                let folder = self
                    .engine
                    .modules
                    .get(self.module)
                    .map_or("", |module| module.declared.folder.as_ref());
                Ok(Value::string(&relative(folder, &root)))
            }
            "root" => Ok(Value::string(".")),
            "cwd" => Ok(Value::unknown(
                Type::String,
                Cause::Function("path.cwd".into()),
            )),
            _ => Err(format!("there is no path.{which}")),
        }
    }

    /// A call as a value: an object of outputs, or a list or map of such objects.
    fn call_value(&self, name: &Arc<str>) -> Value {
        let Some(Done::Expansion(expansion)) = self
            .engine
            .done
            .get(&Node::Call(self.module, Arc::clone(name)))
        else {
            return Value::unknown(Type::Dynamic, Cause::Failed);
        };
        match expansion {
            Expansion::Single(child) => self.outputs(*child),
            Expansion::Counted(children) => Value::tuple(
                children
                    .iter()
                    .map(|(_, child)| self.outputs(*child))
                    .collect(),
            ),
            Expansion::Each(children) => {
                let entry = |(key, child): &(Key, usize)| match key {
                    Key::Name(name) => Some((Arc::clone(name), self.outputs(*child))),
                    _ => None,
                };
                Value::object(children.iter().filter_map(entry).collect())
            }
            Expansion::Unknown(..) => {
                let path = self
                    .engine
                    .modules
                    .get(self.module)
                    .map(|module| module.path.clone())
                    .unwrap_or_default();
                let target = Address {
                    module: path,
                    mode: Mode::Module,
                    kind: "".into(),
                    name: Arc::clone(name),
                    key: None,
                };
                Value::unknown(
                    Type::Dynamic,
                    Cause::Reference(Reference {
                        target,
                        path: Vec::new(),
                    }),
                )
            }
            Expansion::Closed(value) => value.clone(),
        }
    }

    /// The outputs of a module that are evaluated; those that nobody asked for may not be yet.
    fn outputs(&self, child: usize) -> Value {
        let Some(module) = self.engine.modules.get(child) else {
            return Value::null();
        };
        let outputs = module.declared.outputs.keys();
        let output =
            |name: &Arc<str>| match self.engine.done.get(&Node::Output(child, Arc::clone(name))) {
                Some(Done::Value(value)) => Some((Arc::clone(name), value.clone())),
                _ => None,
            };
        let named = outputs.filter_map(output).collect::<BTreeMap<_, _>>();
        let rest = module.standing.as_ref().map(|_| {
            let mut path = module.path.clone();
            let step = path.pop();
            let (name, key) = step.map_or_else(|| ("".into(), None), |step| (step.name, step.key));
            Cause::Module(Reference {
                target: Address {
                    module: path,
                    mode: Mode::Module,
                    kind: "".into(),
                    name,
                    key,
                },
                path: Vec::new(),
            })
        });
        Value::new(Content::Object(Arc::new(Fields { named, rest })))
    }
}

/// `count.index` as a value.
pub(super) fn index_value(index: u64) -> Value {
    Value::from(Number::from(usize::try_from(index).unwrap_or(usize::MAX)))
}
