use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use crate::origin::Place;
use crate::value::Value;

/// An expression as written. All spans are bytes of its file.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Literal(Value),
    /// Text put together from parts; always gives text.
    Template(Vec<Part>),
    Tuple(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    /// A name and the attributes that follow it directly: `var.a.b`.
    Reference(Vec<Name>),
    Get(Box<Expr>, Name),
    Index(Box<Expr>, Box<Expr>),
    /// `[*]` or `.*`, and what is then done with each item.
    Splat(Box<Expr>, Vec<Step>),
    For(Box<For>),
    Conditional(Box<[Expr; 3]>),
    Call(Box<Call>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
}

#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: Arc<str>,
    pub(crate) span: Span,
}

/// One step after a splat.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Get(Name),
    Index(Expr),
    Splat(Vec<Step>),
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<Expr>,
    /// The last argument stands for its items: `f(list...)`.
    pub(crate) spread: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct For {
    pub(crate) key_name: Option<Arc<str>>,
    pub(crate) value_name: Arc<str>,
    pub(crate) collection: Expr,
    /// `None` makes a tuple.
    pub(crate) key: Option<Expr>,
    pub(crate) value: Expr,
    pub(crate) grouped: bool,
    pub(crate) condition: Option<Expr>,
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(Arc<str>),
    Value(Expr),
    If(Box<Expr>, Vec<Part>, Vec<Part>),
    For(Box<ForPart>),
}

#[derive(Debug, Clone)]
pub(crate) struct ForPart {
    pub(crate) key_name: Option<Arc<str>>,
    pub(crate) value_name: Arc<str>,
    pub(crate) collection: Expr,
    pub(crate) body: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Rest,
    Equal,
    Different,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    And,
    Or,
}

/// One attribute of a body.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) expr: Arc<Expr>,
    pub(crate) file: Arc<str>,
}

/// One block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: Name,
    pub(crate) labels: Vec<Name>,
    pub(crate) body: Body,
    /// The whole block.
    pub(crate) span: Span,
    pub(crate) file: Arc<str>,
}

/// What stands in a file or between the braces of a block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) attributes: BTreeMap<Arc<str>, Attribute>,
    pub(crate) blocks: Vec<Block>,
}

impl Attribute {
    pub(crate) fn place(&self) -> Place {
        Place {
            file: Arc::clone(&self.file),
            span: self.expr.span,
        }
    }

    pub(crate) fn name_place(&self) -> Place {
        Place {
            file: Arc::clone(&self.file),
            span: self.name.span,
        }
    }
}

impl Block {
    pub(crate) fn place(&self) -> Place {
        Place {
            file: Arc::clone(&self.file),
            span: self.span,
        }
    }

    /// The label at this position.
    pub(crate) fn label(&self, at: usize) -> Option<&Name> {
        self.labels.get(at)
    }
}

impl Body {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.get(name)
    }

    pub(crate) fn blocks_of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks
            .iter()
            .filter(move |block| block.kind.text.as_ref() == kind)
    }
}

impl Expr {
    /// The text of a plain literal.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Literal(value) => value.as_str(),
            _ => None,
        }
    }

    /// The name of a bare word: `string`, `any`, `self`.
    pub(crate) fn as_word(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Reference(names) => match names.as_slice() {
                [name] => Some(&name.text),
                _ => None,
            },
            _ => None,
        }
    }
}
