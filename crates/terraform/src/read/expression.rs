use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};

use super::Source;
use super::template::{heredoc, parts};
use crate::number::Number;
use crate::syntax::{Call, Expr, ExprKind, For, Name, Operator, Part, Step};
use crate::value::Value;

/// Takes an expression over. Its depth is bounded by the parser (64 nested levels, 128 operators in a row).
pub(super) fn lower(found: &Expression, source: Source<'_>) -> Expr {
    let span = source.span(found.span());
    let kind = match found {
        Expression::Null(_) => ExprKind::Literal(Value::null()),
        Expression::Bool(flag) => ExprKind::Literal(Value::from(*flag.value())),
        Expression::Number(number) => {
            // The digits as written: hcl-edit itself keeps 64 bits.
            let written = found
                .span()
                .and_then(|range| source.text.get(range))
                .unwrap_or_default();
            let value =
                Number::parse(written).or_else(|| Number::parse(&number.value().to_string()));
            ExprKind::Literal(value.map_or_else(Value::null, Value::from))
        }
        Expression::String(text) => ExprKind::Literal(Value::string(text.value())),
        Expression::Array(items) => {
            ExprKind::Tuple(items.iter().map(|item| lower(item, source)).collect())
        }
        Expression::Object(items) => {
            let entry = |(key, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                (object_key(key, source), lower(value.expr(), source))
            };
            ExprKind::Object(items.iter().map(entry).collect())
        }
        Expression::StringTemplate(template) => unwrapped(parts(template, source, true)),
        Expression::HeredocTemplate(template) => unwrapped(heredoc(template, source)),
        Expression::Parenthesis(inner) => {
            return Expr {
                span,
                ..lower(inner.inner(), source)
            }
            .settled();
        }
        Expression::Variable(name) => ExprKind::Reference(vec![Name {
            text: Arc::from(name.as_str()),
            span,
        }]),
        Expression::Conditional(found) => {
            let three = [&found.cond_expr, &found.true_expr, &found.false_expr];
            ExprKind::Conditional(Box::new(three.map(|part| lower(part, source))))
        }
        Expression::FuncCall(found) => call(found, source),
        Expression::Traversal(found) => return traversal(found, source),
        Expression::UnaryOp(found) => {
            let inner = Box::new(lower(&found.expr, source));
            match found.operator.value() {
                UnaryOperator::Neg => ExprKind::Negate(inner),
                UnaryOperator::Not => ExprKind::Not(inner),
            }
        }
        Expression::BinaryOp(found) => {
            let sides = [
                lower(&found.lhs_expr, source),
                lower(&found.rhs_expr, source),
            ];
            ExprKind::Binary(operator(*found.operator.value()), Box::new(sides))
        }
        Expression::ForExpr(found) => for_expression(found, source),
    };
    Expr { kind, span }
}

impl Expr {
    /// A parenthesised name is no bare word any more; nothing else changes.
    fn settled(self) -> Self {
        self
    }
}

/// `"${x}"` is `x` itself (hclsyntax `TemplateWrapExpr`), text without parts is a literal.
fn unwrapped(mut parts: Vec<Part>) -> ExprKind {
    match parts.as_slice() {
        [] => ExprKind::Literal(Value::string("")),
        [Part::Text(text)] => ExprKind::Literal(Value::string(text)),
        [Part::Value(_)] => match parts.pop() {
            Some(Part::Value(inner)) => inner.kind,
            _ => ExprKind::Template(parts),
        },
        _ => ExprKind::Template(parts),
    }
}

pub(super) fn from_parts(parts: Vec<Part>, span: sekisho_text::Span) -> Expr {
    Expr {
        kind: unwrapped(parts),
        span,
    }
}

/// A bare word as a key is text; in parentheses it is a reference (hclsyntax `ObjectConsKeyExpr`).
fn object_key(key: &ObjectKey, source: Source<'_>) -> Expr {
    match key {
        ObjectKey::Ident(name) => {
            // Out of the text: a key that stands twice was parsed under another name.
            let written = name
                .span()
                .and_then(|range| source.text.get(range))
                .unwrap_or(name.as_str());
            Expr {
                kind: ExprKind::Literal(Value::string(written)),
                span: source.span(name.span()),
            }
        }
        ObjectKey::Expression(Expression::String(text)) => {
            let written = text
                .span()
                .and_then(|range| source.text.get(range))
                .and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
            let written = written
                .filter(|text| !text.contains(['\\', '$', '%']))
                .unwrap_or(text.value());
            Expr {
                kind: ExprKind::Literal(Value::string(written)),
                span: source.span(text.span()),
            }
        }
        ObjectKey::Expression(expression) => {
            let lowered = lower(expression, source);
            let word = match expression {
                Expression::Null(_) => Some("null".to_owned()),
                Expression::Bool(flag) => Some(flag.value().to_string()),
                _ => None,
            };
            match word {
                Some(word) => Expr {
                    kind: ExprKind::Literal(Value::string(&word)),
                    span: lowered.span,
                },
                None => lowered,
            }
        }
    }
}

fn call(found: &FuncCall, source: Source<'_>) -> ExprKind {
    let mut name = String::new();
    for part in &found.name.namespace {
        name.push_str(part.as_str());
        name.push_str("::");
    }
    name.push_str(found.name.name.as_str());
    // `core::` names the built-in functions.
    let name = name
        .strip_prefix("core::")
        .map(str::to_owned)
        .unwrap_or(name);
    let arguments = found
        .args
        .iter()
        .map(|argument| lower(argument, source))
        .collect();
    ExprKind::Call(Box::new(Call {
        name,
        arguments,
        spread: found.args.expand_final(),
    }))
}

fn for_expression(found: &ForExpr, source: Source<'_>) -> ExprKind {
    ExprKind::For(Box::new(For {
        key_name: found
            .intro
            .key_var
            .as_ref()
            .map(|name| Arc::from(name.as_str())),
        value_name: Arc::from(found.intro.value_var.as_str()),
        collection: lower(&found.intro.collection_expr, source),
        key: found.key_expr.as_ref().map(|key| lower(key, source)),
        value: lower(&found.value_expr, source),
        grouped: found.grouping,
        condition: found
            .cond
            .as_ref()
            .map(|condition| lower(&condition.expr, source)),
    }))
}

fn traversal(found: &Traversal, source: Source<'_>) -> Expr {
    let mut expr = lower(&found.expr, source);
    let start = expr.span;
    let mut operators = found.operators.iter().peekable();
    while let Some(operator) = operators.next() {
        let span = start.to(source.span(operator.span()));
        let kind = match operator.value() {
            TraversalOperator::AttrSplat(_) => {
                // Only the attributes that follow are looked up in each item.
                let mut steps = Vec::new();
                while let Some(next) = operators
                    .peek()
                    .and_then(|next| attribute(next.value(), source))
                {
                    steps.push(next);
                    operators.next();
                }
                ExprKind::Splat(Box::new(expr), steps)
            }
            TraversalOperator::FullSplat(_) => {
                let rest: Vec<_> = operators.by_ref().map(hcl_edit::Decorated::value).collect();
                ExprKind::Splat(Box::new(expr), steps(&rest, source))
            }
            other => match (attribute(other, source), expr.kind) {
                (Some(Step::Get(name)), ExprKind::Reference(mut names))
                    if !matches!(found.expr, Expression::Parenthesis(_)) =>
                {
                    names.push(name);
                    ExprKind::Reference(names)
                }
                (Some(Step::Get(name)), kind) => ExprKind::Get(
                    Box::new(Expr {
                        kind,
                        span: expr.span,
                    }),
                    name,
                ),
                (Some(Step::Index(key)), kind) => ExprKind::Index(
                    Box::new(Expr {
                        kind,
                        span: expr.span,
                    }),
                    Box::new(key),
                ),
                (_, kind) => match other {
                    TraversalOperator::Index(key) => ExprKind::Index(
                        Box::new(Expr {
                            kind,
                            span: expr.span,
                        }),
                        Box::new(lower(key, source)),
                    ),
                    _ => kind,
                },
            },
        };
        expr = Expr { kind, span };
    }
    expr
}

/// `.name` or `.0`.
fn attribute(operator: &TraversalOperator, source: Source<'_>) -> Option<Step> {
    match operator {
        TraversalOperator::GetAttr(name) => Some(Step::Get(Name {
            text: Arc::from(name.as_str()),
            span: source.span(name.span()),
        })),
        TraversalOperator::LegacyIndex(index) => {
            let index = Number::parse(&index.value().to_string())?;
            Some(Step::Index(Expr {
                kind: ExprKind::Literal(Value::from(index)),
                span: source.span(operator_span(operator)),
            }))
        }
        _ => None,
    }
}

fn operator_span(operator: &TraversalOperator) -> Option<std::ops::Range<usize>> {
    if let TraversalOperator::LegacyIndex(index) = operator {
        index.span()
    } else {
        None
    }
}

fn steps(rest: &[&TraversalOperator], source: Source<'_>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (at, operator) in rest.iter().enumerate() {
        match operator {
            TraversalOperator::Index(key) => steps.push(Step::Index(lower(key, source))),
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                let inner = rest.get(at + 1..).unwrap_or_default();
                steps.push(Step::Splat(self::steps(inner, source)));
                return steps;
            }
            other => steps.extend(attribute(other, source)),
        }
    }
    steps
}

fn operator(found: BinaryOperator) -> Operator {
    match found {
        BinaryOperator::Plus => Operator::Add,
        BinaryOperator::Minus => Operator::Subtract,
        BinaryOperator::Mul => Operator::Multiply,
        BinaryOperator::Div => Operator::Divide,
        BinaryOperator::Mod => Operator::Rest,
        BinaryOperator::Eq => Operator::Equal,
        BinaryOperator::NotEq => Operator::Different,
        BinaryOperator::Less => Operator::Less,
        BinaryOperator::LessEq => Operator::LessOrEqual,
        BinaryOperator::Greater => Operator::More,
        BinaryOperator::GreaterEq => Operator::MoreOrEqual,
        BinaryOperator::And => Operator::And,
        BinaryOperator::Or => Operator::Or,
    }
}
