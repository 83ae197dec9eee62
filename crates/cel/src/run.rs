//! Runs a plan over borrowed values, counting its cost.

use std::sync::Arc;

use crate::arithmetic;
use crate::ast::op;
use crate::authorize::{Check, Decision};
use crate::compare;
use crate::convert::{convert, shown};
use crate::cost;
use crate::fault::{Fault, Outcome};
use crate::library;
use crate::pattern;
use crate::plan::{
    Attribute, Base, Call, Does, Folding, Node, Plan, Qualifier, QualifierKey, is_key,
};
use crate::types::Type;
use crate::value::{Map, Table, Value};

/// What an expression can see while it runs.
pub trait Scope<'a> {
    /// The value of a variable; none when there is no such variable.
    fn value(&self, name: &str) -> Option<Value<'a>>;

    /// The value of a field of the lazy object; none when it has no such field.
    fn lazy(&self, field: &str) -> Option<Result<Value<'a>, Fault>>;

    /// The answer to a question about rights.
    fn authorize(&self, check: &Check, verb: &str) -> Decision;
}

/// A scope without anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoScope;

impl<'a> Scope<'a> for NoScope {
    fn value(&self, _name: &str) -> Option<Value<'a>> {
        None
    }

    fn lazy(&self, _field: &str) -> Option<Result<Value<'a>, Fault>> {
        None
    }

    fn authorize(&self, _check: &Check, _verb: &str) -> Decision {
        Decision {
            is_allowed: false,
            reason: String::new(),
            error: Some("no authorizer".to_owned()),
        }
    }
}

/// What running came to.
#[derive(Debug)]
pub struct Run<'a> {
    /// The value, or why there is none.
    pub outcome: Result<Value<'a>, Fault>,
    /// What it cost, in the API server's units.
    pub cost: u64,
}

/// Runs a plan up to a cost.
pub(crate) fn run<'a>(plan: &Plan, scope: &dyn Scope<'a>, limit: u64) -> Run<'a> {
    let mut machine = Machine {
        scope,
        slots: (0..plan.slots).map(|_| Slot::Unset).collect(),
        cost: 0,
        limit,
    };
    let outcome = machine.eval(&plan.root);
    Run {
        outcome,
        cost: machine.cost,
    }
}

/// Computes what needs nothing from outside.
pub(crate) fn constant(node: &Node) -> Result<Value<'static>, String> {
    let mut machine = Machine {
        scope: &NoScope,
        slots: Vec::new(),
        cost: 0,
        limit: u64::MAX,
    };
    machine.eval(node).map_err(|fault| fault.to_string())
}

/// A variable of a comprehension.
enum Slot<'p, 'a> {
    Unset,
    /// The start of a sum, computed when it is first read.
    Later(&'p Node),
    Done(Outcome<Value<'a>>),
}

struct Machine<'s, 'p, 'a> {
    scope: &'s dyn Scope<'a>,
    slots: Vec<Slot<'p, 'a>>,
    cost: u64,
    limit: u64,
}

impl<'p, 'a> Machine<'_, 'p, 'a> {
    fn charge(&mut self, cost: u64) -> Outcome<()> {
        self.cost = self.cost.saturating_add(cost);
        if self.cost > self.limit {
            Err(Fault::TooCostly)
        } else {
            Ok(())
        }
    }

    fn eval(&mut self, node: &'p Node) -> Outcome<Value<'a>> {
        match node {
            Node::Const(value) => Ok(value.clone()),
            Node::Attribute(attribute) => self.attribute(attribute, true),
            Node::And(terms) => self.logical(terms, false),
            Node::Or(terms) => self.logical(terms, true),
            Node::Equal { sides, is_not } => self.equal(sides, *is_not),
            Node::List(items) => self.list(items),
            Node::Map(entries) => self.map(entries),
            Node::Fold(fold) => self.fold(fold),
            Node::Push { slot, item, makes } => self.push(*slot, item, *makes),
            Node::Member { value, list } => {
                let value = self.eval(value)?;
                Ok(Value::Bool(
                    is_key(&value) && library::is_in(&value, &Value::List(list.clone()))?,
                ))
            }
            Node::Else { sides, unwraps } => {
                let [left, right] = &**sides;
                match self.eval(left)? {
                    Value::Optional(Some(value)) if *unwraps => Ok((*value).clone()),
                    Value::Optional(None) => self.eval(right),
                    other => Ok(other),
                }
            }
            Node::NotFalse(inner) => {
                let value = self.eval(inner);
                self.charge(1)?;
                match value {
                    Ok(Value::Bool(value)) => Ok(Value::Bool(value)),
                    Err(fault) if fault.is_final() => Err(fault),
                    _ => Ok(Value::Bool(true)),
                }
            }
            Node::Call(call) => self.call(call),
        }
    }

    /// `||` ends at the first true, `&&` at the first false; an error counts only when nothing ends it.
    fn logical(&mut self, terms: &'p [Node], ends: bool) -> Outcome<Value<'a>> {
        let mut fault = None;
        for term in terms {
            match self.eval(term) {
                Ok(Value::Bool(value)) if value == ends => return Ok(Value::Bool(ends)),
                Ok(Value::Bool(_)) => {}
                Ok(_) => fault = fault.or(Some(Fault::no_overload())),
                Err(error) if error.is_final() => return Err(error),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        match fault {
            Some(fault) => Err(fault),
            None => Ok(Value::Bool(!ends)),
        }
    }

    fn equal(&mut self, sides: &'p [Node; 2], is_not: bool) -> Outcome<Value<'a>> {
        let [left, right] = sides;
        let (left, right) = (self.eval(left), self.eval(right));
        let (name, id) = if is_not {
            (op::UNEQUAL, "not_equals")
        } else {
            (op::EQUALS, "equals")
        };
        let (left, right) = match (left, right) {
            (Err(fault), _) | (_, Err(fault)) if fault.is_final() => return Err(fault),
            (Ok(left), Ok(right)) => (left, right),
            (left, right) => {
                let sides =
                    [&left, &right].map(|side| side.as_ref().cloned().unwrap_or(Value::Null));
                self.charge(cost::of_call(name, id, &sides, None))?;
                return left.and(right);
            }
        };
        let is_equal = compare::equal(&left, &right);
        self.charge(cost::of_call(name, id, &[left, right], None))?;
        if is_not {
            Ok(Value::Bool(!is_equal.unwrap_or(false)))
        } else {
            is_equal.map(Value::Bool)
        }
    }

    fn list(&mut self, items: &'p [(Node, bool)]) -> Outcome<Value<'a>> {
        let values = self.items(items);
        if !matches!(&values, Err(fault) if fault.is_final()) {
            self.charge(10)?;
        }
        values.map(Value::list)
    }

    fn items(&mut self, items: &'p [(Node, bool)]) -> Outcome<Vec<Value<'a>>> {
        let mut values = Vec::with_capacity(items.len());
        for (item, is_optional) in items {
            match (self.eval(item)?, is_optional) {
                (Value::Optional(value), true) => {
                    values.extend(value.map(|value| (*value).clone()));
                }
                (value, true) => {
                    return Err(Fault::new(format!(
                        "cannot initialize optional list element from non-optional value {}",
                        shown(&value)
                    )));
                }
                (value, false) => values.push(value),
            }
        }
        Ok(values)
    }

    fn map(&mut self, entries: &'p [(Node, Node, bool)]) -> Outcome<Value<'a>> {
        let table = self.entries(entries);
        if !matches!(&table, Err(fault) if fault.is_final()) {
            self.charge(30)?;
        }
        table.map(Value::map)
    }

    fn entries(&mut self, entries: &'p [(Node, Node, bool)]) -> Outcome<Table<'a>> {
        let mut table = Table::default();
        for (key, value, is_optional) in entries {
            let key = self.eval(key)?;
            match (self.eval(value)?, is_optional) {
                (Value::Optional(Some(value)), true) => table.insert(key, (*value).clone()),
                (Value::Optional(None), true) => table.remove(&key),
                (value, true) => {
                    return Err(Fault::new(format!(
                        "cannot initialize optional entry '{}' from non-optional value {}",
                        shown(&key),
                        shown(&value)
                    )));
                }
                (value, false) => table.insert(key, value),
            }
        }
        Ok(table)
    }

    /// `makes` is false when the one-element list is a constant.
    fn push(&mut self, slot: usize, item: &'p Node, makes: bool) -> Outcome<Value<'a>> {
        let item = self.eval(item);
        if matches!(&item, Err(fault) if fault.is_final()) {
            return item;
        }
        let sum = self.slot(slot, true);
        self.charge(if makes { 12 } else { 2 })?;
        arithmetic::binary('+', sum?, Value::list(vec![item?]))
    }

    fn set(&mut self, slot: usize, value: Outcome<Value<'a>>) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Slot::Done(value);
        }
    }

    /// Reads a variable; with `takes` it is not there afterwards.
    fn slot(&mut self, slot: usize, takes: bool) -> Outcome<Value<'a>> {
        if let Some(Slot::Later(start)) = self.slots.get(slot) {
            let start: &'p Node = start;
            let value = self.eval(start);
            self.set(slot, value);
        }
        let Some(place) = self.slots.get_mut(slot) else {
            return Err(Fault::new("unbound variable"));
        };
        if takes {
            return match std::mem::replace(place, Slot::Unset) {
                Slot::Done(value) => value,
                Slot::Unset | Slot::Later(_) => Err(Fault::new("unbound variable")),
            };
        }
        match place {
            Slot::Done(value) => value.clone(),
            Slot::Unset | Slot::Later(_) => Err(Fault::new("unbound variable")),
        }
    }

    fn fold(&mut self, fold: &'p Folding) -> Outcome<Value<'a>> {
        let range = self.eval(&fold.range)?;
        if let Some(place) = self.slots.get_mut(fold.sum) {
            *place = Slot::Later(&fold.start);
        }
        match (&range, fold.second) {
            (Value::List(list), None) => {
                for item in list.iter() {
                    if !self.turn(fold, item, None)? {
                        break;
                    }
                }
            }
            (Value::List(list), Some(second)) => {
                for (index, item) in (0..).zip(list.iter()) {
                    if !self.turn(fold, Value::Int(index), Some((second, item)))? {
                        break;
                    }
                }
            }
            (Value::Map(map), second) => {
                for (key, value) in map.entries() {
                    if !self.turn(fold, key, second.map(|second| (second, value)))? {
                        break;
                    }
                }
            }
            (other, None) => {
                return Err(Fault::new(format!(
                    "got '{}', expected iterable type",
                    other.inner_name()
                )));
            }
            (other, Some(_)) => {
                return Err(Fault::new(format!(
                    "unsupported comprehension range type: {}",
                    other.inner_name()
                )));
            }
        }
        self.eval(&fold.result)
    }

    /// One turn of a comprehension; false when it is the end.
    fn turn(
        &mut self,
        fold: &'p Folding,
        first: Value<'a>,
        second: Option<(usize, Value<'a>)>,
    ) -> Outcome<bool> {
        self.set(fold.variable, Ok(first));
        if let Some((slot, value)) = second {
            self.set(slot, Ok(value));
        }
        match self.eval(&fold.condition) {
            Ok(Value::Bool(false)) => return Ok(false),
            Err(fault) if fault.is_final() => return Err(fault),
            _ => {}
        }
        match self.eval(&fold.step) {
            Err(fault) if fault.is_final() => return Err(fault),
            sum => self.set(fold.sum, sum),
        }
        Ok(true)
    }

    /// An attribute; `counts` is false where it is only a branch of a choice.
    fn attribute(&mut self, attribute: &'p Attribute, counts: bool) -> Outcome<Value<'a>> {
        let value = self.resolve(attribute);
        let is_choice = matches!(attribute.base, Base::Choice(_));
        if counts && !attribute.is_test && !is_choice {
            self.charge(1)?;
        }
        value
    }

    fn resolve(&mut self, attribute: &'p Attribute) -> Outcome<Value<'a>> {
        let mut value = match &attribute.base {
            Base::Root(name) => {
                let found = self.scope.value(name);
                found.ok_or_else(|| Fault::new(format!("no such attribute(s): {name}")))?
            }
            Base::Slot(slot) => self.slot(*slot, false)?,
            Base::Node(node) => self.eval(node)?,
            Base::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                let branch = match self.eval(condition)? {
                    Value::Bool(true) => yes,
                    Value::Bool(false) => no,
                    _ => return Err(Fault::no_overload()),
                };
                match branch {
                    Node::Attribute(inner) if !inner.is_test => self.attribute(inner, false)?,
                    other => self.eval(other)?,
                }
            }
        };
        if attribute.steps.is_empty() {
            return Ok(value);
        }
        let mut is_optional = false;
        if let Value::Optional(inner) = value {
            match inner {
                Some(inner) => value = (*inner).clone(),
                None if attribute.is_test => return Ok(Value::Bool(false)),
                None => return Ok(Value::Optional(None)),
            }
            is_optional = true;
        }
        let last = attribute.steps.len() - 1;
        for (index, step) in attribute.steps.iter().enumerate() {
            let key = self.key(step)?;
            is_optional |= step.is_optional;
            if attribute.is_test && index == last {
                let found = self.find(&value, &key, true);
                self.charge(1)?;
                return found.map(|found| Value::Bool(found.is_some()));
            }
            let found = self.find(&value, &key, is_optional);
            if !is_optional || matches!(found, Ok(Some(_))) {
                self.charge(1)?;
            }
            match found? {
                Some(next) => value = next,
                None => return Ok(Value::Optional(None)),
            }
        }
        Ok(if is_optional {
            Value::some(value)
        } else {
            value
        })
    }

    /// The key of a step. One that is computed costs as much as what computes it.
    fn key(&mut self, step: &'p Qualifier) -> Outcome<Value<'a>> {
        let node = match &step.key {
            QualifierKey::Const(value) => return Ok(value.clone()),
            QualifierKey::Node(node) => node,
        };
        let key = match &**node {
            Node::Attribute(inner) => self.attribute(inner, false)?,
            other => self.eval(other)?,
        };
        if is_key(&key) {
            Ok(key)
        } else {
            Err(Fault::new(format!(
                "invalid qualifier type: {}",
                key.inner_name()
            )))
        }
    }

    /// What a key finds; with `lenient` nothing instead of an error when it is not there.
    fn find(
        &self,
        value: &Value<'a>,
        key: &Value<'a>,
        lenient: bool,
    ) -> Outcome<Option<Value<'a>>> {
        let missing = || Fault::new(format!("no such key: {}", shown(key)));
        let found = match value {
            Value::Map(map) => map.get(key),
            Value::Lazy => match key.as_text().and_then(|field| self.scope.lazy(field)) {
                Some(found) => Some(found?),
                None => None,
            },
            Value::List(list) => {
                let found = index(key)?.and_then(|index| list.get(index));
                let beyond = || Fault::new(format!("index out of bounds: {}", shown(key)));
                return if found.is_some() || lenient {
                    Ok(found)
                } else {
                    Err(beyond())
                };
            }
            _ => None,
        };
        if found.is_some() || lenient {
            Ok(found)
        } else {
            Err(missing())
        }
    }

    fn call(&mut self, call: &'p Call) -> Outcome<Value<'a>> {
        let mut args = Vec::with_capacity(call.args.len());
        let mut fault = None;
        let mut is_charged = true;
        let goes_on =
            call.args.len() < 3 && !matches!(call.does, Does::Matches(Some(_)) | Does::Find(_));
        for (index, arg) in call.args.iter().enumerate() {
            let takes = match (&call.does, arg) {
                (
                    Does::Insert,
                    Node::Attribute(Attribute {
                        base: Base::Slot(slot),
                        steps,
                        ..
                    }),
                ) if index == 0 && steps.is_empty() => Some(*slot),
                _ => None,
            };
            // The map of a macro is taken out of its place last, so that it grows where it is.
            if let Some(slot) = takes {
                self.charge(1)?;
                args.push(Value::Int(i64::try_from(slot).unwrap_or_default()));
                continue;
            }
            match self.eval(arg) {
                Ok(value) => args.push(value),
                Err(error) if error.is_final() => return Err(error),
                Err(error) => {
                    fault = fault.or(Some(error));
                    if !goes_on {
                        is_charged = index + 1 == call.args.len() && index > 1;
                        break;
                    }
                    // What has no value has the size 1.
                    args.push(Value::Null);
                }
            }
        }
        let id = call
            .chosen
            .and_then(|index| call.function.overloads.get(index))
            .map_or("", |overload| overload.id);
        if let Some(fault) = fault {
            if is_charged {
                unlisted(id, &args, Some("*types.Err"))?;
                self.charge(cost::of_call(call.function.name, id, &args, None))?;
            }
            return Err(fault);
        }
        if matches!(call.does, Does::Insert) {
            return self.insert(call, args);
        }
        if let Does::Arithmetic(operator) = call.does {
            let [left, right] =
                <[Value<'a>; 2]>::try_from(args).map_err(|_| Fault::no_overload())?;
            let price = cost::of_call(call.function.name, id, &[left.clone(), right.clone()], None);
            self.charge(price)?;
            let made = arithmetic::binary(operator, left, right);
            return match made {
                Ok(Value::List(list)) if list.len() > crate::lists::MOST => Err(Fault::TooCostly),
                made => made,
            };
        }
        let result = self.apply(call, &args);
        if matches!(&result, Err(fault) if fault.is_final()) {
            return result;
        }
        unlisted(id, &args, None)?;
        self.charge(cost::of_call(
            call.function.name,
            id,
            &args,
            result.as_ref().ok(),
        ))?;
        result
    }

    fn insert(&mut self, call: &'p Call, mut args: Vec<Value<'a>>) -> Outcome<Value<'a>> {
        let map = match (call.args.first(), args.first()) {
            (
                Some(Node::Attribute(Attribute {
                    base: Base::Slot(slot),
                    steps,
                    ..
                })),
                Some(_),
            ) if steps.is_empty() => self.slot(*slot, true)?,
            (_, Some(first)) => first.clone(),
            _ => return Err(Fault::no_overload()),
        };
        self.charge(1)?;
        match (args.len(), args.pop()) {
            (3, Some(value)) => library::insert(map, args.pop().unwrap_or(Value::Null), value),
            (2, Some(Value::Map(more))) => {
                let mut map = map;
                for (key, value) in more.entries() {
                    map = library::insert(map, key, value)?;
                }
                Ok(map)
            }
            _ => Err(Fault::no_overload()),
        }
    }

    fn apply(&mut self, call: &'p Call, args: &[Value<'a>]) -> Outcome<Value<'a>> {
        let name = call.function.name;
        let without = || Fault::new(format!("no such overload: {name}"));
        match (&call.does, args) {
            (Does::Negate, [value]) => arithmetic::negate(value),
            (Does::Not, [Value::Bool(value)]) => Ok(Value::Bool(!value)),
            (Does::Order(operator), [left, right]) => ordered(operator, left, right),
            (Does::In, [wanted, all]) => library::is_in(wanted, all).map(Value::Bool),
            (Does::Size, [value]) => {
                let size = library::size(value)
                    .filter(|_| !matches!(value, Value::Thing(_)))
                    .ok_or_else(without)?;
                Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
            }
            (Does::Matches(compiled), [Value::Text(text), Value::Text(wanted)]) => {
                if let Some(compiled) = compiled {
                    Ok(Value::Bool(compiled.is_match(text.as_str())))
                } else {
                    let compiled = pattern::compile(wanted.as_str()).map_err(Fault::new)?;
                    Ok(Value::Bool(compiled.is_match(text.as_str())))
                }
            }
            (Does::Sort, [list, rest @ ..]) => match (list, rest.first().unwrap_or(list)) {
                (Value::List(list), Value::List(keys)) => {
                    library::square(keys.len(), keys.len())?;
                    crate::lists::sort_by(list, keys)
                }
                (Value::Text(_) | Value::Timestamp(_) | Value::Duration(_), _) => {
                    Err(Fault::no_overload())
                }
                _ => Err(without()),
            },
            (Does::Find(compiled), [Value::Text(text), rest @ ..]) => {
                found(name, compiled, text.as_str(), rest)
            }
            (Does::Not | Does::Matches(_) | Does::Find(_), _) => Err(Fault::no_overload()),
            (Does::Format(format), _) => Ok(Value::Thing(crate::value::Thing::Format(format))),
            (Does::Convert, [value]) => match Self::fitting(call, args) {
                Some(_) => convert(name, value),
                None => Err(refused(name, args)),
            },
            (Does::Library(natives), _) => {
                let index = Self::fitting(call, args).ok_or_else(|| match name {
                    "contains" | "startsWith" | "endsWith" => Fault::no_overload(),
                    _ => refused(name, args),
                })?;
                let native = natives.iter().find(|(known, _)| *known == index);
                let (_, native) = native.ok_or_else(|| refused(name, args))?;
                native(args, self.scope)
            }
            _ => Err(without()),
        }
    }

    /// The overload that takes these values.
    fn fitting(call: &Call, args: &[Value<'a>]) -> Option<usize> {
        let takes = |index: usize| {
            let wanted = &call.function.overloads.get(index)?.args;
            let fits = wanted.len() == args.len()
                && wanted
                    .iter()
                    .zip(args)
                    .all(|(of, value)| accepts(of, value));
            fits.then_some(index)
        };
        match call.chosen {
            // Lists that are flat already are no mistake.
            Some(index)
                if call.function.name == "flatten"
                    && matches!(args.first(), Some(Value::List(_))) =>
            {
                Some(index)
            }
            Some(index) => takes(index),
            None => (0..call.function.overloads.len()).find_map(takes),
        }
    }
}

/// The cost of comparing everything with everything is asked of lists only; of others the server stumbles.
fn unlisted(id: &str, args: &[Value<'_>], name: Option<&str>) -> Outcome<()> {
    let of = match id {
        "list_distinct" => args.first(),
        _ if id.starts_with("list_") && id.ends_with("_sort") => args.first(),
        _ if id.starts_with("list_") && id.ends_with("_sortByAssociatedKeys") => args.get(1),
        _ => None,
    };
    match of {
        None | Some(Value::List(_)) => Ok(()),
        Some(other) => {
            let adds = matches!(
                other,
                Value::Int(_)
                    | Value::Uint(_)
                    | Value::Double(_)
                    | Value::Text(_)
                    | Value::Bytes(_)
                    | Value::Duration(_)
                    | Value::Timestamp(_)
            );
            let missing = if adds { "Contains" } else { "Add" };
            let name = name.map_or_else(|| other.inner_name(), str::to_owned);
            let message = format!(
                "interface conversion: {name} is not traits.Lister: missing method {missing}"
            );
            Err(Fault::Internal(message.into()))
        }
    }
}

fn refused(name: &str, args: &[Value<'_>]) -> Fault {
    if let ("flatten", Some(first)) = (name, args.first()) {
        let shown = match first {
            Value::List(_) => "list(dyn)",
            Value::Map(_) => "map(dyn, dyn)",
            other => other.type_name(),
        };
        return Fault::new(format!("no such overload: {shown}.flatten()"));
    }
    let types: Vec<&str> = args.iter().map(Value::type_name).collect();
    Fault::new(format!("no such overload: {name}({})", types.join(", ")))
}

/// True when a declared type takes a value: of lists and maps only the first entry is looked at.
fn accepts(of: &Type, value: &Value<'_>) -> bool {
    match of {
        Type::Dyn | Type::Param(_) => true,
        _ if of.name() != value.type_name() => false,
        Type::List(item) => match value {
            Value::List(list) => list.get(0).is_none_or(|first| accepts(item, &first)),
            _ => false,
        },
        Type::Map(key, item) => match value {
            Value::Map(map) => {
                first(map).is_none_or(|(name, first)| accepts(key, &name) && accepts(item, &first))
            }
            _ => false,
        },
        _ => true,
    }
}

fn first<'a>(map: &Map<'a>) -> Option<(Value<'a>, Value<'a>)> {
    map.entries().into_iter().next()
}

fn ordered<'a>(operator: &str, left: &Value<'a>, right: &Value<'a>) -> Outcome<Value<'a>> {
    if !compare::is_ordered(left) {
        return Err(Fault::new(format!("no such overload: {operator}")));
    }
    let order = compare::order(left, right)?;
    Ok(Value::Bool(match operator {
        "_<_" => order.is_lt(),
        "_<=_" => order.is_le(),
        "_>_" => order.is_gt(),
        _ => order.is_ge(),
    }))
}

fn found<'a>(
    name: &str,
    compiled: &regex::Regex,
    text: &str,
    rest: &[Value<'a>],
) -> Outcome<Value<'a>> {
    if name == "find" {
        let found = compiled.find(text).map_or("", |found| found.as_str());
        return Ok(Value::text(Arc::from(found)));
    }
    let most = match rest {
        [_] => usize::MAX,
        [_, Value::Int(most)] => usize::try_from(*most).unwrap_or(usize::MAX),
        _ => return Err(Fault::no_overload()),
    };
    Ok(Value::texts(
        compiled
            .find_iter(text)
            .take(most)
            .map(|found| found.as_str()),
    ))
}

/// A position in a list; none when it is negative.
fn index(key: &Value<'_>) -> Outcome<Option<usize>> {
    let odd = || Fault::new(format!("unsupported index value {} in list", shown(key)));
    Ok(match key {
        Value::Int(index) => usize::try_from(*index).ok(),
        Value::Uint(index) => Some(
            i64::try_from(*index)
                .ok()
                .and_then(|index| usize::try_from(index).ok())
                .ok_or_else(odd)?,
        ),
        Value::Double(index) => {
            if index.fract() != 0.0 || index.abs() > 9e15 {
                return Err(odd());
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and far below the bounds"
            )]
            usize::try_from(*index as i64).ok()
        }
        other => {
            return Err(Fault::new(format!(
                "unsupported index type '{}' in list",
                other.type_name()
            )));
        }
    })
}
