//! The tree of a parsed expression.

use std::sync::Arc;

/// One node. The number is unique in its tree; the place is an offset in code points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    pub(crate) id: usize,
    pub(crate) at: u32,
    pub(crate) kind: Kind,
}

/// A value written out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
}

/// What a node says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Literal(Literal),
    /// A name; a leading dot is kept.
    Ident(String),
    Select {
        operand: Box<Expr>,
        field: String,
        /// `has(…)`: only whether it is there.
        is_test: bool,
    },
    Call {
        target: Option<Box<Expr>>,
        function: String,
        args: Vec<Expr>,
    },
    List(Vec<Item>),
    Map(Vec<Entry>),
    Message {
        name: String,
        fields: Vec<Field>,
    },
    Fold(Box<Fold>),
}

/// An element of a list; `[?x]` when optional.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) value: Expr,
    pub(crate) is_optional: bool,
}

/// An entry of a map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Expr,
    pub(crate) value: Expr,
    pub(crate) is_optional: bool,
}

/// A field of a message literal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) at: u32,
    pub(crate) name: String,
    pub(crate) value: Expr,
    pub(crate) is_optional: bool,
}

/// A comprehension: what every macro over lists and maps becomes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fold {
    pub(crate) range: Expr,
    pub(crate) variable: String,
    pub(crate) second: Option<String>,
    pub(crate) sum: String,
    pub(crate) start: Expr,
    pub(crate) condition: Expr,
    pub(crate) step: Expr,
    pub(crate) result: Expr,
}

impl Expr {
    /// `a.b.c` as one name, when the node is nothing but names.
    pub(crate) fn qualified(&self) -> Option<String> {
        match &self.kind {
            Kind::Ident(name) => Some(name.clone()),
            Kind::Select {
                operand,
                field,
                is_test: false,
            } => Some(format!("{}.{field}", operand.qualified()?)),
            _ => None,
        }
    }
}

/// Names of the operators as functions.
pub(crate) mod op {
    pub(crate) const CONDITION: &str = "_?_:_";
    pub(crate) const AND: &str = "_&&_";
    pub(crate) const OR: &str = "_||_";
    pub(crate) const NOT: &str = "!_";
    pub(crate) const NEGATE: &str = "-_";
    pub(crate) const ADD: &str = "_+_";
    pub(crate) const EQUALS: &str = "_==_";
    pub(crate) const UNEQUAL: &str = "_!=_";
    pub(crate) const INDEX: &str = "_[_]";
    pub(crate) const OPTIONAL_INDEX: &str = "_[?_]";
    pub(crate) const OPTIONAL_SELECT: &str = "_?._";
    pub(crate) const IN: &str = "@in";
    pub(crate) const NOT_FALSE: &str = "@not_strictly_false";
    pub(crate) const INSERT: &str = "cel.@mapInsert";
    /// The name of a comprehension's sum: no source text can name it.
    pub(crate) const SUM: &str = "@result";

    /// The function of a binary operator and how tightly it binds.
    pub(crate) fn binary(sign: &str) -> Option<(&'static str, u8)> {
        Some(match sign {
            "<" => ("_<_", 1),
            "<=" => ("_<=_", 1),
            ">" => ("_>_", 1),
            ">=" => ("_>=_", 1),
            "==" => (EQUALS, 1),
            "!=" => (UNEQUAL, 1),
            "in" => (IN, 1),
            "+" => (ADD, 2),
            "-" => ("_-_", 2),
            "*" => ("_*_", 3),
            "/" => ("_/_", 3),
            "%" => ("_%_", 3),
            _ => return None,
        })
    }
}
