use std::rc::Rc;
use std::sync::Arc;

use super::Engine;
use crate::evaluate::{Names, Scope};
use crate::module::{Constraint, Module, constraint, is_json, texts_of_values};
use crate::origin::Place;
use crate::problem::{Problem, ProblemKind};
use crate::read::{read_json_values, read_native};
use crate::standing::Standing;
use crate::syntax::{Block, Expr, Name};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::Value;

/// Constants see no names.
struct NoNames;

impl Names for NoNames {
    fn look_up(&self, names: &[Name], _: &Place) -> Result<(Value, usize), String> {
        let name = names.first().map_or("", |name| name.text.as_ref());
        Err(format!("only constants are allowed here, not {name:?}"))
    }
}

impl Engine<'_> {
    /// Reads the files of variable values; the later wins (terraform `backend/unparsed_value.go`).
    pub(super) fn read_values(&mut self, root: &str, declared: &Module) {
        let mut files = texts_of_values(self.input.texts, root);
        for path in self.input.var_files {
            match self.input.texts.get_key_value(path) {
                Some((path, text)) => files.push((path, text)),
                None => self.tell(Problem::new(
                    ProblemKind::Missing,
                    None,
                    format!("the file of variables {path:?} is not among the texts"),
                )),
            }
        }
        for (path, text) in files {
            let file: Arc<str> = Arc::from(path);
            let body = {
                let mut problems = self.problems.borrow_mut();
                if is_json(path) {
                    read_json_values(&file, text, &mut problems)
                } else {
                    read_native(&file, text, &mut problems)
                }
            };
            for (name, attribute) in body.attributes {
                // A value that nobody declared is passed over, as Terraform does with a warning.
                if declared.variables.contains_key(&name)
                    && let Some(value) = self.constant(None, &attribute.file, &attribute.expr)
                {
                    self.given.insert(name, value);
                }
            }
        }
        for (name, value) in self.input.variables {
            self.given.insert(Arc::from(name.as_str()), value.clone());
        }
    }

    fn constant(
        &self,
        standing: Option<Rc<Standing>>,
        file: &Arc<str>,
        expr: &Expr,
    ) -> Option<Value> {
        let mut scope = Scope {
            names: &NoNames,
            surroundings: self,
            budget: &self.budget,
            file: Arc::clone(file),
            standing,
            bound: Vec::new(),
            templates: 0,
        };
        match scope.evaluate(expr) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.tell_fault(fault);
                None
            }
        }
    }

    /// The value of a variable: given, or its default, converted to its type.
    pub(super) fn variable(&mut self, module: usize, name: &Arc<str>) -> Value {
        let Some((declared, parent)) = self
            .modules
            .get(module)
            .map(|found| (found.declared.clone(), found.parent.clone()))
        else {
            return Value::null();
        };
        let Some(block) = declared.variables.get(name) else {
            return Value::null();
        };
        let accepted = self.accepted(module, block);
        let hidden = self.constant_flag(module, block, "sensitive")
            || self.constant_flag(module, block, "ephemeral");
        let given = match &parent {
            None => self.given.get(name).cloned(),
            Some((parent, call, instance)) => {
                let call = self
                    .modules
                    .get(*parent)
                    .and_then(|found| found.declared.calls.get(call))
                    .and_then(|call| call.body.attribute(name))
                    .cloned();
                call.map(|attribute| self.attribute(*parent, Some(instance), &attribute))
            }
        };
        let nullable = block.body.attribute("nullable").is_none()
            || self.constant_flag(module, block, "nullable");
        let default = block.body.attribute("default").and_then(|default| {
            self.constant(self.standing(module), &default.file, &default.expr)
                .map(|value| (value, default.place()))
        });
        let (value, place) = match (given, default) {
            (Some(value), Some((default, place))) if value.is_null() && !nullable => {
                (default, place)
            }
            (Some(value), _) => {
                let place = value
                    .origin()
                    .map_or_else(|| block.place(), |origin| origin.place.clone());
                (value, place)
            }
            (None, Some((default, place))) => (default, place),
            (None, None) => {
                let cause = if parent.is_none() {
                    Cause::Variable(Arc::clone(name))
                } else {
                    Cause::Failed
                };
                return Value::unknown(accepted.of, cause).hidden(hidden);
            }
        };
        if value.is_null() && !nullable {
            self.tell(Problem::new(
                ProblemKind::Evaluation,
                Some(place),
                format!("var.{name} must not be null"),
            ));
            return Value::unknown(accepted.of, Cause::Failed).hidden(hidden);
        }
        match accepted.apply(&value) {
            Ok(value) => value.hidden(hidden),
            Err(reason) => {
                self.tell(Problem::new(
                    ProblemKind::Evaluation,
                    Some(place),
                    format!("the value does not fit var.{name}: {reason}"),
                ));
                Value::unknown(accepted.of, Cause::Failed).hidden(hidden)
            }
        }
    }

    fn accepted(&self, module: usize, block: &Block) -> Constraint {
        let Some(attribute) = block.body.attribute("type") else {
            return Constraint::any();
        };
        let found = constraint(&attribute.expr, &mut |expr| {
            self.constant(self.standing(module), &attribute.file, expr)
        });
        found.unwrap_or_else(|message| {
            self.tell(Problem::new(
                ProblemKind::Structure,
                Some(attribute.place()),
                message,
            ));
            Constraint::any()
        })
    }

    fn constant_flag(&self, module: usize, block: &Block, name: &str) -> bool {
        let value = block.body.attribute(name).and_then(|attribute| {
            self.constant(self.standing(module), &attribute.file, &attribute.expr)
        });
        value.is_some_and(|value| {
            crate::convert::convert(&value, &Type::Bool)
                .ok()
                .and_then(|value| value.as_bool())
                == Some(true)
        })
    }
}
