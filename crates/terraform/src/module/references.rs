use std::sync::Arc;

use crate::syntax::{Body, Expr, ExprKind, Part, Step};

/// Names that an expression mentions: `var.a`, `module.net.subnets`, `aws_vpc.a`.
pub(crate) type Mention = Vec<Arc<str>>;

/// Everything an expression mentions, whether it is evaluated in the end or not: Terraform's graph does the same.
pub(crate) fn mentions(expr: &Expr, found: &mut Vec<Mention>) {
    walk(expr, None, found);
}

/// Everything a body mentions.
pub(crate) fn mentions_of_body(body: &Body, found: &mut Vec<Mention>) {
    for attribute in body.attributes.values() {
        mentions(&attribute.expr, found);
    }
    for block in &body.blocks {
        mentions_of_body(&block.body, found);
    }
}

/// `next` is the attribute that is taken of the result: with it one output of a module is told from all.
fn walk(expr: &Expr, next: Option<&Arc<str>>, found: &mut Vec<Mention>) {
    match &expr.kind {
        ExprKind::Literal(_) => {}
        ExprKind::Reference(names) => {
            let names = names.iter().map(|name| Arc::clone(&name.text));
            found.push(names.chain(next.cloned()).collect());
        }
        ExprKind::Get(of, name) => walk(of, Some(&name.text), found),
        ExprKind::Index(of, key) => {
            walk(of, next, found);
            walk(key, None, found);
        }
        ExprKind::Splat(of, steps) => {
            let first = match steps.first() {
                Some(Step::Get(name)) => Some(&name.text),
                _ => None,
            };
            walk(of, first, found);
            walk_steps(steps, found);
        }
        ExprKind::Template(parts) => walk_parts(parts, found),
        ExprKind::Tuple(items) => items.iter().for_each(|item| walk(item, None, found)),
        ExprKind::Object(entries) => {
            for (key, value) in entries {
                walk(key, None, found);
                walk(value, None, found);
            }
        }
        ExprKind::For(inner) => {
            let parts = [
                Some(&inner.collection),
                inner.key.as_ref(),
                Some(&inner.value),
                inner.condition.as_ref(),
            ];
            parts
                .into_iter()
                .flatten()
                .for_each(|part| walk(part, None, found));
        }
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| walk(part, None, found)),
        ExprKind::Call(call) => call
            .arguments
            .iter()
            .for_each(|argument| walk(argument, None, found)),
        ExprKind::Not(inner) | ExprKind::Negate(inner) => walk(inner, None, found),
        ExprKind::Binary(_, sides) => sides.iter().for_each(|side| walk(side, None, found)),
    }
}

fn walk_steps(steps: &[Step], found: &mut Vec<Mention>) {
    for step in steps {
        match step {
            Step::Get(_) => {}
            Step::Index(key) => walk(key, None, found),
            Step::Splat(inner) => walk_steps(inner, found),
        }
    }
}

fn walk_parts(parts: &[Part], found: &mut Vec<Mention>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(expr) => walk(expr, None, found),
            Part::If(condition, then, other) => {
                walk(condition, None, found);
                walk_parts(then, found);
                walk_parts(other, found);
            }
            Part::For(inner) => {
                walk(&inner.collection, None, found);
                walk_parts(&inner.body, found);
            }
        }
    }
}
