use std::sync::Arc;

use super::Engine;
use super::names::index_value;
use crate::address::Key;
use crate::convert::convert;
use crate::evaluate::pairs;
use crate::problem::{Problem, ProblemKind};
use crate::syntax::{Attribute, Block};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

/// One instance of a block with `count` or `for_each`.
#[derive(Debug, Clone, Default)]
pub(super) struct Instance {
    pub(super) key: Option<Key>,
    pub(super) index: Option<Value>,
    pub(super) each: Option<(Value, Value)>,
}

/// How often a block stands for something.
pub(super) enum Repeat {
    Single,
    Counted(Vec<Instance>),
    Each(Vec<Instance>),
    /// Not known: one instance stands for all.
    Unknown(Instance),
}

impl Repeat {
    pub(super) fn instances(&self) -> Vec<Instance> {
        match self {
            Self::Single => vec![Instance::default()],
            Self::Counted(instances) | Self::Each(instances) => instances.clone(),
            Self::Unknown(instance) => vec![instance.clone()],
        }
    }
}

impl Engine<'_> {
    pub(super) fn repeat(&self, module: usize, block: &Block) -> Repeat {
        match (
            block.body.attribute("count"),
            block.body.attribute("for_each"),
        ) {
            (None, None) => Repeat::Single,
            (Some(count), each) => {
                if each.is_some() {
                    self.tell(Problem::new(
                        ProblemKind::Structure,
                        Some(count.name_place()),
                        "count and for_each exclude each other",
                    ));
                }
                self.counted(module, count)
            }
            (None, Some(each)) => self.each(module, each),
        }
    }

    fn counted(&self, module: usize, attribute: &Attribute) -> Repeat {
        let value = self.attribute(module, None, attribute);
        if let Some(unknown) = value.as_unknown() {
            let index = Value::unknown_for(Type::Number, unknown.causes.clone());
            return Repeat::Unknown(Instance {
                key: Some(Key::Unknown),
                index: Some(index),
                each: None,
            });
        }
        let count = convert(&value, &Type::Number)
            .ok()
            .and_then(|value| value.as_number().and_then(crate::number::Number::to_i64));
        let Some(count) = count.and_then(|count| usize::try_from(count).ok()) else {
            return self.refused(
                attribute,
                "count must be a whole number, not negative",
                &Cause::Failed,
            );
        };
        if count > self.budget.limits.instances {
            return self.refused(
                attribute,
                &format!(
                    "count is {count}, more than {} instances are not looked at",
                    self.budget.limits.instances
                ),
                &Cause::Limit,
            );
        }
        let instance = |index: u64| Instance {
            key: Some(Key::Index(index)),
            index: Some(index_value(index)),
            each: None,
        };
        Repeat::Counted((0..).take(count).map(instance).collect())
    }

    fn refused(&self, attribute: &Attribute, message: &str, cause: &Cause) -> Repeat {
        let kind = if *cause == Cause::Limit {
            ProblemKind::Limit
        } else {
            ProblemKind::Evaluation
        };
        self.tell(Problem::new(kind, Some(attribute.place()), message));
        let unknown = || Value::unknown(Type::Dynamic, cause.clone());
        Repeat::Unknown(Instance {
            key: Some(Key::Unknown),
            index: Some(unknown()),
            each: Some((unknown(), unknown())),
        })
    }

    fn each(&self, module: usize, attribute: &Attribute) -> Repeat {
        let value = self.attribute(module, None, attribute);
        let is_fit = match value.content() {
            Content::Map(..) | Content::Object(_) | Content::Unknown(_) => true,
            Content::Set(of, items) => *of == Type::String || items.is_empty(),
            _ => false,
        };
        if !is_fit {
            return self.refused(
                attribute,
                "for_each must be a map, or a set of text",
                &Cause::Failed,
            );
        }
        let rounds = match pairs(&value) {
            Ok(Ok(rounds)) => rounds,
            Ok(Err(causes)) => {
                let unknown = |of| Value::unknown_for(of, causes.clone());
                return Repeat::Unknown(Instance {
                    key: Some(Key::Unknown),
                    index: None,
                    each: Some((unknown(Type::String), unknown(Type::Dynamic))),
                });
            }
            Err(message) => return self.refused(attribute, &message, &Cause::Failed),
        };
        if rounds.len() > self.budget.limits.instances {
            return self.refused(
                attribute,
                &format!("for_each has {} entries, too many to look at", rounds.len()),
                &Cause::Limit,
            );
        }
        let mut instances = Vec::with_capacity(rounds.len());
        for (key, item) in rounds {
            let name: Option<Arc<str>> = key.as_str().map(Arc::from);
            match (name, key.as_unknown()) {
                (Some(name), _) => instances.push(Instance {
                    key: Some(Key::Name(name)),
                    index: None,
                    each: Some((key, item)),
                }),
                // One member of a set that is not known.
                (None, Some(_)) => instances.push(Instance {
                    key: Some(Key::Unknown),
                    index: None,
                    each: Some((key, item)),
                }),
                (None, None) => {
                    return self.refused(
                        attribute,
                        "for_each must not have null in it",
                        &Cause::Failed,
                    );
                }
            }
        }
        if instances
            .iter()
            .any(|instance| instance.key == Some(Key::Unknown))
        {
            let causes = value.causes();
            let unknown = |of| Value::unknown_for(of, causes.clone());
            return Repeat::Unknown(Instance {
                key: Some(Key::Unknown),
                index: None,
                each: Some((unknown(Type::String), unknown(Type::Dynamic))),
            });
        }
        Repeat::Each(instances)
    }
}
