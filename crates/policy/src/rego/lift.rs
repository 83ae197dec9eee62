//! References under `not`.
//!
//! OPA's compiler takes references and calls out of the operands of a negated expression: `not f(input.a)` is
//! `x = input.a; not f(x)`, so where `input.a` is undefined the whole body is, and not just the call. Only a reference
//! that is itself negated, or compared with `=` or `==`, stays (OPA `v1/ast/compile.go`, `rewriteDynamics` and
//! `expandExpr`). Our engines leave all of them under `not`, so the text is changed before they see it.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, LiteralStmt, Module, Span};

use super::edit::{Edit, bytes};
use super::token::Token;
use super::walk::{self, Met};

/// Begins the names that are made here.
pub(super) const MADE: &str = "sekisho_lifted_";

/// The edits for the outermost negations, or none when nothing is left to lift. `rules` are names that mean a rule and
/// not a local variable.
pub(super) fn lifts(
    text: &str,
    tokens: &[Token<'_>],
    module: &Module,
    rules: &BTreeSet<String>,
) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut done = 0;
    let mut count = text.matches(MADE).count();
    walk::module(module, &mut |met| {
        let Met::Statement(statement) = met else {
            return;
        };
        let Literal::NotExpr { expr, .. } = &statement.literal else {
            return;
        };
        // A negation inside one that is changed now waits for the next round.
        if (statement.span.start as usize) < done {
            return;
        }
        let mut found = Vec::new();
        negated(expr, rules, &mut found);
        if found.is_empty() {
            return;
        }
        let with = modifiers(text, tokens, statement);
        let mut before = String::new();
        for span in found {
            let name = format!("{MADE}{count}");
            count += 1;
            let (start, end) = bytes(tokens, span);
            let lifted = text.get(start..end).unwrap_or_default();
            before.push_str(&format!("{name} := {lifted}{with}; "));
            edits.push(Edit {
                start,
                end,
                with: name,
            });
        }
        edits.extend(braced(text, tokens, statement, &before, ""));
        done = statement.span.end as usize;
    });
    edits
}

/// Puts text before and after a statement, in braces when it is the whole body of an `if` without them.
pub(super) fn braced(
    text: &str,
    tokens: &[Token<'_>],
    statement: &LiteralStmt,
    before: &str,
    after: &str,
) -> Vec<Edit> {
    let (start, end) = bytes(tokens, &statement.span);
    let head = text.get(..start).unwrap_or_default().trim_end();
    let bare = head.strip_suffix("if").is_some_and(|rest| {
        rest.ends_with(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '}'))
    });
    let (open, close) = if bare { ("{ ", " }") } else { ("", "") };
    vec![
        Edit::insert(start, &format!("{open}{before}")),
        Edit::insert(end, &format!("{after}{close}")),
    ]
}

fn modifiers(text: &str, tokens: &[Token<'_>], statement: &LiteralStmt) -> String {
    let spans = statement
        .with_mods
        .iter()
        .map(|with| bytes(tokens, &with.span));
    spans
        .map(|(start, end)| format!(" {}", text.get(start..end).unwrap_or_default()))
        .collect()
}

fn negated<'a>(expr: &'a Expr, rules: &BTreeSet<String>, found: &mut Vec<&'a Span>) {
    match expr {
        Expr::Call { params, .. } => {
            for param in params {
                operand(param, rules, found);
            }
        }
        Expr::BoolExpr {
            op: BoolOp::Eq,
            lhs,
            rhs,
            ..
        }
        | Expr::AssignExpr {
            op: AssignOp::Eq,
            lhs,
            rhs,
            ..
        } => {
            for side in [lhs, rhs] {
                match side.as_ref() {
                    Expr::RefDot { .. } | Expr::RefBrack { .. } => indexes(side, rules, found),
                    Expr::Var { .. } => {}
                    other => operand(other, rules, found),
                }
            }
        }
        Expr::BoolExpr { lhs, rhs, .. }
        | Expr::BinExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. } => {
            operand(lhs, rules, found);
            operand(rhs, rules, found);
        }
        Expr::Membership {
            key,
            value,
            collection,
            ..
        } => {
            if let Some(key) = key {
                operand(key, rules, found);
            }
            operand(value, rules, found);
            operand(collection, rules, found);
        }
        Expr::RefDot { .. } | Expr::RefBrack { .. } => indexes(expr, rules, found),
        Expr::UnaryExpr { expr, .. } => operand(expr, rules, found),
        Expr::Array { .. } | Expr::Set { .. } | Expr::Object { .. } => operand(expr, rules, found),
        _ => {}
    }
}

fn operand<'a>(expr: &'a Expr, rules: &BTreeSet<String>, found: &mut Vec<&'a Span>) {
    match expr {
        Expr::RefDot { .. }
        | Expr::RefBrack { .. }
        | Expr::Call { .. }
        | Expr::UnaryExpr { .. }
        | Expr::BoolExpr { .. }
        | Expr::BinExpr { .. }
        | Expr::ArithExpr { .. }
        | Expr::Membership { .. } => found.push(expr.span()),
        Expr::Var { span, .. } if rules.contains(span.text()) => found.push(span),
        Expr::Array { items, .. } | Expr::Set { items, .. } => {
            for item in items {
                operand(item, rules, found);
            }
        }
        Expr::Object { fields, .. } => {
            for (_, key, value) in fields {
                operand(key, rules, found);
                operand(value, rules, found);
            }
        }
        _ => {}
    }
}

fn indexes<'a>(expr: &'a Expr, rules: &BTreeSet<String>, found: &mut Vec<&'a Span>) {
    match expr {
        Expr::RefBrack { refr, index, .. } => {
            indexes(refr, rules, found);
            operand(index, rules, found);
        }
        Expr::RefDot { refr, .. } => indexes(refr, rules, found),
        _ => {}
    }
}
