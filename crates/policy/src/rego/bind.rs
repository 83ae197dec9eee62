//! Bindings: variables that nothing binds, rules that lead back to themselves, and assignments of what is undefined.

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Module};

use super::edit::Edit;
use super::fault::Fault;
use super::inspect;
use super::lift::braced;
use super::token::Token;
use super::walk::{self, Met};

/// `x := input.a` has no solution where `input.a` is undefined. The byte code goes on with an undefined `x`, so each
/// assignment is followed by a use of its variable.
pub(super) fn defined(text: &str, tokens: &[Token<'_>], module: &Module) -> Vec<Edit> {
    let mut edits = Vec::new();
    walk::module(module, &mut |met| {
        let Met::Statement(statement) = met else {
            return;
        };
        if let Some(name) = assigned(statement) {
            let used = format!("; {name} == {name}");
            edits.extend(braced(text, tokens, statement, "", &used));
        }
    });
    edits
}

fn assigned(statement: &LiteralStmt) -> Option<&str> {
    let Literal::Expr { expr, .. } = &statement.literal else {
        return None;
    };
    let Expr::AssignExpr {
        op: AssignOp::ColEq,
        lhs,
        rhs,
        ..
    } = expr.as_ref()
    else {
        return None;
    };
    let Expr::Var { span, .. } = lhs.as_ref() else {
        return None;
    };
    let always = matches!(
        rhs.as_ref(),
        Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::ArrayCompr { .. }
            | Expr::SetCompr { .. }
            | Expr::ObjectCompr { .. }
    );
    (!always && span.text() != "_").then(|| span.text())
}

/// Where a negated expression begins and ends, and the variables in it with their places.
type Negated<'a> = (usize, usize, Vec<(&'a str, usize)>);

/// Refuses what OPA calls unsafe or recursive.
pub(super) fn check(text: &str, module: &Module, names: &BTreeSet<String>) -> Result<(), Fault> {
    recursion(text, module)?;
    for rule in &module.policy {
        let mut all: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut negated: Vec<Negated<'_>> = Vec::new();
        let one = std::slice::from_ref(rule);
        walk::rules(one, &mut |met| match met {
            Met::Expr(Expr::Var { span, .. }) => {
                all.entry(span.text())
                    .or_default()
                    .push(span.start as usize);
            }
            Met::Statement(statement) => {
                match &statement.literal {
                    Literal::NotExpr { expr, .. } => {
                        let mut used = Vec::new();
                        outside(expr, &mut used);
                        negated.push((
                            statement.span.start as usize,
                            statement.span.end as usize,
                            used,
                        ));
                    }
                    // Declared by a name alone; `some x` without a use binds nothing.
                    Literal::Every { key, value, .. } => {
                        for span in key.iter().chain([value]) {
                            all.entry(span.text())
                                .or_default()
                                .push(span.start as usize);
                        }
                    }
                    _ => {}
                }
            }
            Met::Expr(_) => {}
        });
        for (start, end, used) in negated {
            for (name, at) in used {
                let known = names.contains(name) || matches!(name, "input" | "data");
                let bound = all
                    .get(name)
                    .is_some_and(|places| places.iter().any(|at| *at < start || *at >= end));
                if !known && !bound {
                    return Err(Fault::at(
                        text,
                        at,
                        format!("nothing binds `{name}`, which is under `not`"),
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The variables of an expression that are not inside of a comprehension.
fn outside<'a>(expr: &'a Expr, used: &mut Vec<(&'a str, usize)>) {
    match expr {
        Expr::Var { span, .. } => used.push((span.text(), span.start as usize)),
        Expr::ArrayCompr { .. } | Expr::SetCompr { .. } | Expr::ObjectCompr { .. } => {}
        other => walk::children(other, &mut |child| outside(child, used)),
    }
}

/// A rule that needs itself, directly or by way of others of its module.
fn recursion(text: &str, module: &Module) -> Result<(), Fault> {
    let mut needs: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for rule in &module.policy {
        let Some(name) = inspect::name(rule) else {
            continue;
        };
        let entry = needs
            .entry(name)
            .or_insert_with(|| (rule.span().start as usize, BTreeSet::new()));
        walk::rules(std::slice::from_ref(rule), &mut |met| match met {
            Met::Expr(Expr::Var { span, .. }) => _ = entry.1.insert(span.text().to_owned()),
            Met::Expr(Expr::Call { fcn, .. }) => {
                if let Expr::Var { span, .. } = fcn.as_ref() {
                    entry.1.insert(span.text().to_owned());
                }
            }
            _ => {}
        });
    }
    for (name, (at, direct)) in &needs {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = direct.iter().map(String::as_str).collect();
        while let Some(next) = open.pop() {
            if next == name {
                return Err(Fault::at(
                    text,
                    *at,
                    format!("the rule `{name}` needs itself"),
                ));
            }
            if let Some((_, further)) = needs.get(next).filter(|_| seen.insert(next)) {
                open.extend(further.iter().map(String::as_str));
            }
        }
    }
    Ok(())
}
