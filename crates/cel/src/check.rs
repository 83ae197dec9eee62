//! The type checker: which type every node has and which overloads every call may use.
//!
//! Rules and words are those of cel-go (`checker/checker.go`) as the API server configures it: literals of lists and maps
//! are homogeneous, numbers of different kinds may be compared.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ast::{Expr, Fold, Kind, Literal, op};
use crate::declare::{self, Environment, Function};
use crate::issue::Issue;
use crate::parse::Parsed;
use crate::types::Type;
use crate::unify::{Known, fresh, general};

/// What a name or call turned out to be.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    /// A variable of the environment.
    Variable(Arc<str>),
    /// A type as a value.
    Type(Type),
    /// A type that cannot be used as a value.
    Undefined(String),
    /// A variable of a comprehension.
    Local(String),
    /// A function with the forms that fit; `a.b.c()` may be one without a target.
    Call {
        function: &'static Function,
        overloads: Vec<usize>,
        has_target: bool,
    },
}

/// Types and meanings, by the numbers of nodes.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) types: Vec<Type>,
    pub(crate) meanings: Vec<Option<Meaning>>,
}

/// Checks a parsed expression.
///
/// # Errors
/// Everything that is wrong, never empty.
pub(crate) fn check(parsed: &Parsed, environment: &Environment) -> Result<Checked, Vec<Issue>> {
    let mut checker = Checker {
        environment,
        types: vec![Type::Error; parsed.nodes],
        meanings: vec![None; parsed.nodes],
        scopes: Vec::new(),
        known: Known::default(),
        next: 26,
        issues: Vec::new(),
    };
    checker.check(&parsed.root);
    if !checker.issues.is_empty() {
        return Err(checker.issues);
    }
    let Checker {
        types,
        known,
        meanings,
        ..
    } = checker;
    let types: Vec<Type> = types.iter().map(|of| known.resolve(of, true)).collect();
    Ok(Checked { types, meanings })
}

struct Checker<'e> {
    environment: &'e Environment,
    types: Vec<Type>,
    meanings: Vec<Option<Meaning>>,
    scopes: Vec<(String, Type)>,
    known: Known,
    next: u32,
    issues: Vec<Issue>,
}

impl Checker<'_> {
    fn complain(&mut self, at: u32, message: String) {
        self.issues.push(Issue::new(at, message));
    }

    fn undeclared(&mut self, at: u32, name: &str) {
        self.complain(
            at,
            format!("undeclared reference to '{name}' (in container '')"),
        );
    }

    fn mismatch(&mut self, at: u32, expected: &Type, found: &Type) {
        self.complain(
            at,
            format!("expected type '{expected}' but found '{found}'"),
        );
    }

    fn set(&mut self, expr: &Expr, of: Type) {
        let of = if of.is_heavy() {
            self.complain(
                expr.at,
                "the type of this expression is too large".to_owned(),
            );
            Type::Error
        } else {
            of
        };
        if let Some(slot) = self.types.get_mut(expr.id) {
            *slot = of;
        }
    }

    fn get(&self, expr: &Expr) -> Type {
        self.types.get(expr.id).cloned().unwrap_or(Type::Error)
    }

    fn mean(&mut self, expr: &Expr, meaning: Meaning) {
        if let Some(slot) = self.meanings.get_mut(expr.id) {
            *slot = Some(meaning);
        }
    }

    fn variable(&mut self) -> Type {
        self.next += 1;
        Type::Param(self.next - 1)
    }

    fn check(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::Literal(literal) => self.set(expr, type_of(literal)),
            Kind::Ident(name) => {
                if !self.named(expr, name) {
                    self.set(expr, Type::Error);
                    self.undeclared(expr.at, name);
                }
            }
            Kind::Select {
                operand,
                field,
                is_test,
            } => {
                let whole = if *is_test { None } else { expr.qualified() };
                if whole.is_some_and(|name| self.named(expr, &name)) {
                    return;
                }
                let of = self.select(expr, operand, field, false);
                self.set(expr, if *is_test { Type::Bool } else { of });
            }
            Kind::Call {
                target,
                function,
                args,
            } => self.call(expr, target.as_deref(), function, args),
            Kind::List(items) => {
                let mut of: Option<Type> = None;
                for item in items {
                    self.check(&item.value);
                    let found = self.unwrapped(&item.value, item.is_optional);
                    of = Some(self.join(of, found));
                }
                let of = of.unwrap_or_else(|| self.variable());
                self.set(expr, Type::list(of));
            }
            Kind::Map(entries) => {
                let (mut keys, mut values) = (None, None);
                for entry in entries {
                    self.check(&entry.key);
                    let found = self.get(&entry.key);
                    keys = Some(self.join(keys, found));
                    self.check(&entry.value);
                    let found = self.unwrapped(&entry.value, entry.is_optional);
                    values = Some(self.join(values, found));
                }
                let keys = keys.unwrap_or_else(|| self.variable());
                let values = values.unwrap_or_else(|| self.variable());
                self.set(expr, Type::map(keys, values));
            }
            Kind::Message { name, fields } => {
                self.message(expr, name);
                for field in fields {
                    self.check(&field.value);
                }
            }
            Kind::Fold(fold) => self.fold(expr, fold),
        }
    }

    /// True when the name is known; then the node has its type.
    fn named(&mut self, expr: &Expr, name: &str) -> bool {
        let local = self.scopes.iter().rev().find(|(known, _)| known == name);
        let (of, meaning) = if let Some((name, of)) = local {
            (of.clone(), Meaning::Local(name.clone()))
        } else if let Some(of) = self.environment.type_of(name) {
            let name = name.strip_prefix('.').unwrap_or(name);
            (of.clone(), Meaning::Variable(Arc::from(name)))
        } else if let Some(of) = declare::type_named(name) {
            (Type::Type(Some(Arc::new(of.clone()))), Meaning::Type(of))
        } else if self.environment.fields_of(name).is_some() || declare::is_type_without_value(name)
        {
            let of = Type::Object(Arc::from(name));
            (
                Type::Type(Some(Arc::new(of))),
                Meaning::Undefined(name.to_owned()),
            )
        } else {
            return false;
        };
        self.set(expr, of);
        self.mean(expr, meaning);
        true
    }

    /// The type of an element; an optional one must be an optional.
    fn unwrapped(&mut self, expr: &Expr, is_optional: bool) -> Type {
        let found = self.get(expr);
        if !is_optional {
            return found;
        }
        if let Some(inner) = found.optional_of() {
            return inner.clone();
        }
        if found != Type::Dyn {
            self.mismatch(expr.at, &Type::optional(found.clone()), &found);
        }
        found
    }

    fn join(&mut self, before: Option<Type>, found: Type) -> Type {
        let Some(before) = before else {
            return found;
        };
        // A mixed list is one of `dyn`; the validator complains about it where it is not for `format`.
        if self.known.fits(&before, &found) {
            general(before, found)
        } else {
            Type::Dyn
        }
    }

    fn select(&mut self, expr: &Expr, operand: &Expr, field: &str, is_optional: bool) -> Type {
        self.check(operand);
        let whole = self.known.resolve(&self.get(operand), false);
        let inner = whole.optional_of();
        let target = inner.unwrap_or(&whole);
        let result = match target {
            Type::Map(_, value) => (**value).clone(),
            Type::Object(name) => match self
                .environment
                .fields_of(name)
                .map(|fields| fields.get(field))
            {
                Some(Some(of)) => of.clone(),
                Some(None) => {
                    self.complain(expr.at, format!("undefined field '{field}'"));
                    Type::Error
                }
                None => {
                    self.complain(expr.at, format!("unexpected failed resolution of '{name}'"));
                    Type::Error
                }
            },
            // Objects of the library have no fields that anybody declared.
            Type::Named(name, _) if name.starts_with("kubernetes.") => {
                self.complain(expr.at, format!("unexpected failed resolution of '{name}'"));
                Type::Error
            }
            Type::Param(_) => {
                self.known.fits(&Type::Dyn, target);
                Type::Dyn
            }
            Type::Dyn | Type::Error => Type::Dyn,
            other => {
                let message = format!("type '{other}' does not support field selection");
                self.complain(expr.at, message);
                Type::Dyn
            }
        };
        let result = self.known.resolve(&result, false);
        if inner.is_some() || is_optional {
            Type::optional(result)
        } else {
            result
        }
    }

    fn call(&mut self, expr: &Expr, target: Option<&Expr>, name: &str, args: &[Expr]) {
        if name == op::OPTIONAL_SELECT {
            if let [
                operand,
                Expr {
                    kind: Kind::Literal(Literal::Text(field)),
                    ..
                },
            ] = args
            {
                let of = self.select(expr, operand, field, true);
                self.set(expr, of);
            }
            return;
        }
        for arg in args {
            self.check(arg);
        }
        let Some(target) = target else {
            if let Some(function) = declare::function(name) {
                self.resolve(expr, function, None, args);
            } else {
                self.undeclared(expr.at, name);
                self.set(expr, Type::Error);
            }
            return;
        };
        let spaced = target.qualified().map(|prefix| format!("{prefix}.{name}"));
        if let Some(function) = spaced.and_then(|name| declare::function(&name)) {
            self.resolve(expr, function, None, args);
            return;
        }
        self.check(target);
        if let Some(function) = declare::function(name) {
            self.resolve(expr, function, Some(target), args);
        } else {
            self.set(expr, Type::Error);
            self.undeclared(expr.at, name);
        }
    }

    fn resolve(
        &mut self,
        expr: &Expr,
        function: &'static Function,
        target: Option<&Expr>,
        args: &[Expr],
    ) {
        let found: Vec<Type> = target
            .into_iter()
            .chain(args)
            .map(|arg| self.get(arg))
            .collect();
        if matches!(function.name, op::AND | op::OR) {
            self.logical(expr, function, args);
            return;
        }
        let mut result: Option<Type> = None;
        let mut fitting = Vec::new();
        for (index, overload) in function.overloads.iter().enumerate() {
            if overload.is_member != target.is_some() || overload.args.len() != found.len() {
                continue;
            }
            let mut names = HashMap::new();
            let next = &mut self.next;
            let wanted: Vec<Type> = overload
                .args
                .iter()
                .map(|arg| fresh(arg, &mut names, next))
                .collect();
            let gives = fresh(&overload.result, &mut names, next);
            if !self.known.all_fit(&found, &wanted) {
                continue;
            }
            fitting.push(index);
            let gives = self.known.resolve(&gives, false);
            result = Some(match result {
                None => gives,
                Some(before) if before == Type::Dyn || before == gives => before,
                Some(_) => Type::Dyn,
            });
        }
        let Some(result) = result else {
            let found: Vec<String> = found
                .iter()
                .map(|of| self.known.resolve(of, true).to_string())
                .collect();
            let (target, args) = match (target, found.split_first()) {
                (Some(_), Some((target, args))) => (format!("{target}."), args),
                _ => (String::new(), found.as_slice()),
            };
            let message = format!(
                "found no matching overload for '{}' applied to '{target}({})'",
                function.name,
                args.join(", ")
            );
            self.complain(expr.at, message);
            self.set(expr, Type::Error);
            return;
        };
        self.set(expr, result);
        self.mean(
            expr,
            Meaning::Call {
                function,
                overloads: fitting,
                has_target: target.is_some(),
            },
        );
    }

    fn logical(&mut self, expr: &Expr, function: &'static Function, args: &[Expr]) {
        let mut is_wrong = false;
        for arg in args {
            let found = self.get(arg);
            if !self.known.fits(&found, &Type::Bool) {
                self.mismatch(arg.at, &Type::Bool, &found);
                is_wrong = true;
            }
        }
        self.set(expr, if is_wrong { Type::Error } else { Type::Bool });
        self.mean(
            expr,
            Meaning::Call {
                function,
                overloads: vec![0],
                has_target: false,
            },
        );
    }

    fn message(&mut self, expr: &Expr, name: &str) {
        self.set(expr, Type::Error);
        let named = name.strip_prefix('.').unwrap_or(name);
        if self.environment.fields_of(named).is_some()
            || declare::is_type_without_value(named)
            || named.starts_with("google.protobuf.")
        {
            self.complain(
                expr.at,
                format!("message literals such as '{named}' are not supported"),
            );
        } else if let Some(of) = self.environment.type_of(named) {
            let message = format!("'{of}' is not a type");
            self.complain(expr.at, message);
        } else if declare::type_named(named).is_some() {
            self.complain(expr.at, format!("'{named}' is not a message type"));
        } else {
            self.undeclared(expr.at, name);
        }
    }

    fn fold(&mut self, expr: &Expr, fold: &Fold) {
        self.check(&fold.range);
        self.check(&fold.start);
        let range = self.known.resolve(&self.get(&fold.range), false);
        let sum = self.get(&fold.start);
        let depth = self.scopes.len();
        self.scopes.push((fold.sum.clone(), sum.clone()));
        let has_second = fold.second.is_some();
        let (first, second) = match &range {
            Type::List(item) if has_second => (Type::Int, (**item).clone()),
            Type::List(item) => ((**item).clone(), Type::Error),
            Type::Map(key, value) => ((**key).clone(), (**value).clone()),
            Type::Dyn | Type::Error | Type::Param(_) => {
                self.known.fits(&Type::Dyn, &range);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let message = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                self.complain(fold.range.at, message);
                (Type::Error, Type::Error)
            }
        };
        self.scopes.push((fold.variable.clone(), first));
        if let Some(name) = &fold.second {
            self.scopes.push((name.clone(), second));
        }
        self.check(&fold.condition);
        self.assert(&fold.condition, &Type::Bool);
        self.check(&fold.step);
        self.assert(&fold.step, &sum);
        self.scopes.truncate(depth + 1);
        self.check(&fold.result);
        self.scopes.truncate(depth);
        let of = self.known.resolve(&self.get(&fold.result), false);
        self.set(expr, of);
    }

    fn assert(&mut self, expr: &Expr, wanted: &Type) {
        let found = self.get(expr);
        if !self.known.fits(wanted, &found) {
            self.mismatch(expr.at, wanted, &found);
        }
    }
}

fn type_of(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) => Type::Int,
        Literal::Uint(_) => Type::Uint,
        Literal::Double(_) => Type::Double,
        Literal::Text(_) => Type::Text,
        Literal::Bytes(_) => Type::Bytes,
    }
}
