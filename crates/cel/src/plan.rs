//! From a checked tree to one that runs: names become places, constants are computed, functions are found.
//!
//! Follows cel-go's planner (`interpreter/planner.go`) where it shows: a chain of selections is one attribute, so that an
//! optional in it makes the rest optional; conversions of constants happen now, and fail now.

use std::sync::Arc;

use crate::ast::{Expr, Fold, Kind, Literal, op};
use crate::check::{Checked, Meaning};
use crate::declare::Function;
use crate::library::{self, Native};
use crate::named;
use crate::pattern;
use crate::run;
use crate::value::{List, Table, Value};

/// A part of a program.
#[derive(Debug)]
pub(crate) enum Node {
    Const(Value<'static>),
    Attribute(Attribute),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// `==`, or `!=`.
    Equal {
        sides: Box<[Node; 2]>,
        is_not: bool,
    },
    List(Vec<(Node, bool)>),
    Map(Vec<(Node, Node, bool)>),
    Fold(Box<Folding>),
    /// `sum + [item]` in a macro: the list grows in place.
    Push {
        slot: usize,
        item: Box<Node>,
        makes: bool,
    },
    /// `in` with a list of constants: costs nothing.
    Member {
        value: Box<Node>,
        list: List<'static>,
    },
    /// `a.or(b)` or `a.orValue(b)`.
    Else {
        sides: Box<[Node; 2]>,
        unwraps: bool,
    },
    NotFalse(Box<Node>),
    Call(Box<Call>),
}

/// A value with selections and indexes after it.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) base: Base,
    pub(crate) steps: Vec<Qualifier>,
    /// `has(…)`: the last step only tests.
    pub(crate) is_test: bool,
}

/// Where an attribute begins.
#[derive(Debug)]
pub(crate) enum Base {
    Root(Arc<str>),
    Slot(usize),
    Node(Box<Node>),
    /// `condition ? yes : no`.
    Choice(Box<[Node; 3]>),
}

/// One selection or index.
#[derive(Debug)]
pub(crate) struct Qualifier {
    pub(crate) key: QualifierKey,
    pub(crate) is_optional: bool,
}

/// What is selected.
#[derive(Debug)]
pub(crate) enum QualifierKey {
    Const(Value<'static>),
    Node(Box<Node>),
}

/// A comprehension.
#[derive(Debug)]
pub(crate) struct Folding {
    pub(crate) range: Node,
    pub(crate) start: Node,
    pub(crate) condition: Node,
    pub(crate) step: Node,
    pub(crate) result: Node,
    pub(crate) sum: usize,
    pub(crate) variable: usize,
    pub(crate) second: Option<usize>,
}

/// A call of a function.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: &'static Function,
    /// The overload, when only one can be meant.
    pub(crate) chosen: Option<usize>,
    pub(crate) does: Does,
    pub(crate) args: Vec<Node>,
}

/// What a call does.
#[derive(Debug)]
pub(crate) enum Does {
    Arithmetic(char),
    Negate,
    Not,
    Order(&'static str),
    In,
    Size,
    /// `sort`, and what `sortBy` becomes.
    Sort,
    Matches(Option<Box<regex::Regex>>),
    /// `find` and `findAll` with a constant pattern.
    Find(Box<regex::Regex>),
    Convert,
    /// Inserts into the map that a macro makes.
    Insert,
    Format(&'static str),
    /// By overload: all that fit.
    Library(Vec<(usize, Native)>),
}

/// A program that runs.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) root: Node,
    pub(crate) slots: usize,
}

/// Plans a checked expression.
///
/// # Errors
/// In the API server's words after "program instantiation failed: ".
pub(crate) fn plan(root: &Expr, checked: &Checked) -> Result<Plan, String> {
    let mut planner = Planner {
        checked,
        scopes: Vec::new(),
        slots: 0,
    };
    let root = planner.plan(root)?;
    Ok(Plan {
        root,
        slots: planner.slots,
    })
}

struct Planner<'c> {
    checked: &'c Checked,
    scopes: Vec<(String, usize)>,
    slots: usize,
}

impl Planner<'_> {
    fn meaning(&self, expr: &Expr) -> Option<&Meaning> {
        self.checked.meanings.get(expr.id)?.as_ref()
    }

    fn plan(&mut self, expr: &Expr) -> Result<Node, String> {
        match &expr.kind {
            Kind::Literal(literal) => Ok(Node::Const(constant(literal))),
            Kind::Ident(_) => self.named(expr),
            Kind::Select { .. } if self.meaning(expr).is_some() => self.named(expr),
            Kind::Select {
                operand,
                field,
                is_test,
            } => {
                let operand = self.plan(operand)?;
                let key = QualifierKey::Const(Value::text(field.as_str()));
                let mut attribute = qualified(
                    operand,
                    Qualifier {
                        key,
                        is_optional: false,
                    },
                );
                attribute.is_test = *is_test;
                Ok(Node::Attribute(attribute))
            }
            Kind::Call {
                target,
                function,
                args,
            } => self.call(expr, target.as_deref(), function, args),
            Kind::List(items) => {
                let items: Vec<(Node, bool)> = items
                    .iter()
                    .map(|item| Ok((self.plan(&item.value)?, item.is_optional)))
                    .collect::<Result<_, String>>()?;
                Ok(folded_list(items))
            }
            Kind::Map(entries) => {
                let entries: Vec<(Node, Node, bool)> = entries
                    .iter()
                    .map(|entry| {
                        Ok((
                            self.plan(&entry.key)?,
                            self.plan(&entry.value)?,
                            entry.is_optional,
                        ))
                    })
                    .collect::<Result<_, String>>()?;
                Ok(folded_map(entries))
            }
            Kind::Message { name, .. } => Err(format!("unknown type: {name}")),
            Kind::Fold(fold) => self.fold(fold),
        }
    }

    fn named(&self, expr: &Expr) -> Result<Node, String> {
        let base = match self.meaning(expr) {
            Some(Meaning::Variable(name)) => Base::Root(Arc::clone(name)),
            Some(Meaning::Type(of)) => return Ok(Node::Const(Value::Type(Arc::from(of.name())))),
            Some(Meaning::Undefined(name)) => {
                return Err(format!("reference to undefined type: {name}"));
            }
            Some(Meaning::Local(name)) => {
                let slot = self.scopes.iter().rev().find(|(known, _)| known == name);
                Base::Slot(slot.map(|(_, slot)| *slot).ok_or("unbound variable")?)
            }
            Some(Meaning::Call { .. }) | None => return Err("unresolved name".to_owned()),
        };
        Ok(Node::Attribute(Attribute {
            base,
            steps: Vec::new(),
            is_test: false,
        }))
    }

    fn slot(&mut self, name: &str) -> usize {
        self.slots += 1;
        self.scopes.push((name.to_owned(), self.slots - 1));
        self.slots - 1
    }

    fn fold(&mut self, fold: &Fold) -> Result<Node, String> {
        let range = self.plan(&fold.range)?;
        let start = self.plan(&fold.start)?;
        let depth = self.scopes.len();
        let sum = self.slot(&fold.sum);
        let variable = self.slot(&fold.variable);
        let second = fold.second.as_ref().map(|name| self.slot(name));
        let condition = self.plan(&fold.condition)?;
        let step = self.plan(&fold.step)?;
        self.scopes.truncate(depth + 1);
        let result = self.plan(&fold.result)?;
        self.scopes.truncate(depth);
        Ok(Node::Fold(Box::new(Folding {
            range,
            start,
            condition,
            step,
            result,
            sum,
            variable,
            second,
        })))
    }

    fn call(
        &mut self,
        expr: &Expr,
        target: Option<&Expr>,
        name: &str,
        args: &[Expr],
    ) -> Result<Node, String> {
        let (function, overloads, has_target) = match self.meaning(expr) {
            Some(Meaning::Call {
                function,
                overloads,
                has_target,
            }) => (Some(*function), overloads.clone(), *has_target),
            _ => (None, Vec::new(), false),
        };
        let target = target.filter(|_| has_target);
        let mut planned = Vec::with_capacity(args.len() + 1);
        for arg in target.into_iter().chain(args) {
            planned.push(self.plan(arg)?);
        }
        if let Some(node) = Self::push(name, args, &mut planned) {
            return Ok(node);
        }
        let name = function.map_or(name, |function| function.name);
        let node = match (name, planned.len()) {
            (op::AND, _) => return Ok(Node::And(planned)),
            (op::OR, _) => return Ok(Node::Or(planned)),
            (op::EQUALS | op::UNEQUAL, 2) => {
                let sides = two(planned)?;
                return Ok(Node::Equal {
                    sides: Box::new(sides),
                    is_not: name == op::UNEQUAL,
                });
            }
            (op::CONDITION, 3) => {
                let parts: [Node; 3] = planned.try_into().map_err(|_| "three parts are needed")?;
                let base = Base::Choice(Box::new(parts));
                return Ok(Node::Attribute(Attribute {
                    base,
                    steps: Vec::new(),
                    is_test: false,
                }));
            }
            (op::INDEX | op::OPTIONAL_INDEX | op::OPTIONAL_SELECT, 2) => {
                let [operand, index] = two(planned)?;
                let key = match index {
                    Node::Const(value) => {
                        if !is_key(&value) {
                            return Err(format!("invalid qualifier type: {}", value.inner_name()));
                        }
                        QualifierKey::Const(value)
                    }
                    other => QualifierKey::Node(Box::new(other)),
                };
                let is_optional = name != op::INDEX;
                return Ok(Node::Attribute(qualified(
                    operand,
                    Qualifier { key, is_optional },
                )));
            }
            (op::NOT_FALSE, 1) => {
                let inner = planned.pop().ok_or("an argument is needed")?;
                return Ok(Node::NotFalse(Box::new(inner)));
            }
            ("or" | "orValue", 2) => {
                return Ok(Node::Else {
                    sides: Box::new(two(planned)?),
                    unwraps: name == "orValue",
                });
            }
            _ => planned,
        };
        let function = function.ok_or("unresolved function")?;
        Self::function(function, &overloads, node)
    }

    /// `sum + [item]` of a macro.
    fn push(name: &str, args: &[Expr], planned: &mut Vec<Node>) -> Option<Node> {
        let [
            Expr {
                kind: Kind::Ident(sum),
                ..
            },
            Expr {
                kind: Kind::List(items),
                ..
            },
        ] = args
        else {
            return None;
        };
        let is_plain = items.first().is_some_and(|item| !item.is_optional);
        if name != op::ADD || sum != op::SUM || items.len() != 1 || !is_plain {
            return None;
        }
        let Some(Node::Attribute(Attribute {
            base: Base::Slot(slot),
            ..
        })) = planned.first()
        else {
            return None;
        };
        let slot = *slot;
        let (item, makes) = match planned.pop()? {
            Node::Const(Value::List(list)) => (Node::Const(list.get(0)?), false),
            Node::List(items) => (items.into_iter().next()?.0, true),
            _ => return None,
        };
        Some(Node::Push {
            slot,
            item: Box::new(item),
            makes,
        })
    }

    fn function(
        function: &'static Function,
        overloads: &[usize],
        args: Vec<Node>,
    ) -> Result<Node, String> {
        let chosen = match overloads {
            [only] => Some(*only),
            _ => None,
        };
        let id = chosen
            .and_then(|index| function.overloads.get(index))
            .map(|overload| overload.id);
        if function.name == op::IN
            && id == Some("in_list")
            && let [_, Node::Const(Value::List(list))] = args.as_slice()
        {
            let list = list.clone();
            let is_plain = list.iter().all(|item| {
                matches!(
                    item,
                    Value::Bool(_)
                        | Value::Int(_)
                        | Value::Uint(_)
                        | Value::Double(_)
                        | Value::Text(_)
                )
            });
            if list.is_empty() {
                return Ok(Node::Const(Value::Bool(false)));
            }
            if is_plain {
                let value = Box::new(args.into_iter().next().ok_or("an argument is needed")?);
                return Ok(Node::Member { value, list });
            }
        }
        let does = does(function, &args)?;
        let is_conversion = matches!(does, Does::Convert);
        let call = Node::Call(Box::new(Call {
            function,
            chosen,
            does,
            args,
        }));
        match &call {
            Node::Call(inner)
                if is_conversion && matches!(inner.args.as_slice(), [Node::Const(_)]) =>
            {
                run::constant(&call).map(Node::Const)
            }
            _ => Ok(call),
        }
    }
}

fn two(planned: Vec<Node>) -> Result<[Node; 2], String> {
    planned
        .try_into()
        .map_err(|_| "two parts are needed".to_owned())
}

/// True for what may stand in brackets.
pub(crate) fn is_key(value: &Value<'_>) -> bool {
    matches!(
        value,
        Value::Bool(_) | Value::Int(_) | Value::Uint(_) | Value::Double(_) | Value::Text(_)
    )
}

/// The attribute with one more step.
fn qualified(operand: Node, step: Qualifier) -> Attribute {
    let mut attribute = match operand {
        Node::Attribute(attribute) if !attribute.is_test => attribute,
        other => Attribute {
            base: Base::Node(Box::new(other)),
            steps: Vec::new(),
            is_test: false,
        },
    };
    attribute.steps.push(step);
    attribute
}

fn constant(literal: &Literal) -> Value<'static> {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Uint(value) => Value::Uint(*value),
        Literal::Double(value) => Value::Double(*value),
        Literal::Text(text) => Value::text(Arc::clone(text)),
        Literal::Bytes(bytes) => Value::Bytes(Arc::clone(bytes)),
    }
}

/// A list of constants is a constant.
fn folded_list(items: Vec<(Node, bool)>) -> Node {
    let values: Option<Vec<Value<'static>>> = items
        .iter()
        .filter_map(|(node, is_optional)| match node {
            Node::Const(Value::Optional(value)) if *is_optional => {
                value.as_ref().map(|value| Some((**value).clone()))
            }
            Node::Const(value) if !is_optional => Some(Some(value.clone())),
            _ => Some(None),
        })
        .collect();
    match values {
        Some(values) => Node::Const(Value::list(values)),
        None => Node::List(items),
    }
}

fn folded_map(entries: Vec<(Node, Node, bool)>) -> Node {
    let mut table = Table::default();
    for entry in &entries {
        let (Node::Const(key), Node::Const(value), false) = entry else {
            return Node::Map(entries);
        };
        table.insert(key.clone(), value.clone());
    }
    Node::Const(Value::map(table))
}

fn text_of(node: Option<&Node>) -> Option<&str> {
    match node {
        Some(Node::Const(value)) => value.as_text(),
        _ => None,
    }
}

fn does(function: &'static Function, args: &[Node]) -> Result<Does, String> {
    let compiled = |node: Option<&Node>| text_of(node).map(pattern::compile).transpose();
    Ok(match function.name {
        "_+_" => Does::Arithmetic('+'),
        "_-_" => Does::Arithmetic('-'),
        "_*_" => Does::Arithmetic('*'),
        "_/_" => Does::Arithmetic('/'),
        "_%_" => Does::Arithmetic('%'),
        op::NEGATE => Does::Negate,
        op::NOT => Does::Not,
        "_<_" | "_<=_" | "_>_" | "_>=_" => Does::Order(function.name),
        op::IN => Does::In,
        "size" => Does::Size,
        "sort" | "@sortByAssociatedKeys" => Does::Sort,
        "matches" => Does::Matches(compiled(args.get(1))?.map(Box::new)),
        "find" | "findAll" => match compiled(args.get(1))? {
            Some(pattern) => Does::Find(Box::new(pattern)),
            None => by_overload(function),
        },
        "bool" | "bytes" | "double" | "duration" | "dyn" | "int" | "string" | "timestamp"
        | "type" | "uint" => Does::Convert,
        op::INSERT => Does::Insert,
        name => match name
            .strip_prefix("format.")
            .and_then(|name| named::FORMATS.iter().find(|(known, _)| *known == name))
        {
            Some((name, _)) => Does::Format(name),
            None => by_overload(function),
        },
    })
}

fn by_overload(function: &'static Function) -> Does {
    let found = function.overloads.iter().enumerate();
    Does::Library(
        found
            .filter_map(|(index, overload)| Some((index, library::native(overload.id)?)))
            .collect(),
    )
}
