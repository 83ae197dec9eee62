//! A walk over everything a module says, outermost first.

use regorus::unstable::{Expr, Literal, LiteralStmt, Module, Query, Ref, Rule, RuleBody, RuleHead};

/// What the walk meets.
pub(super) enum Met<'a> {
    Expr(&'a Expr),
    Statement(&'a LiteralStmt),
}

pub(super) fn module<'a>(module: &'a Module, meet: &mut dyn FnMut(Met<'a>)) {
    rules(&module.policy, meet);
}

pub(super) fn rules<'a>(rules: &'a [Ref<Rule>], meet: &mut dyn FnMut(Met<'a>)) {
    for rule in rules {
        match rule.as_ref() {
            Rule::Spec { head, bodies, .. } => {
                self::head(head, meet);
                for body in bodies {
                    self::body(body, meet);
                }
            }
            Rule::Default { args, value, .. } => {
                for arg in args {
                    expr(arg, meet);
                }
                expr(value, meet);
            }
        }
    }
}

fn head<'a>(head: &'a RuleHead, meet: &mut dyn FnMut(Met<'a>)) {
    match head {
        RuleHead::Compr { refr, assign, .. } => {
            indexes(refr, meet);
            if let Some(assign) = assign {
                expr(&assign.value, meet);
            }
        }
        RuleHead::Set { key, .. } => {
            if let Some(key) = key {
                expr(key, meet);
            }
        }
        RuleHead::Func { args, assign, .. } => {
            for arg in args {
                expr(arg, meet);
            }
            if let Some(assign) = assign {
                expr(&assign.value, meet);
            }
        }
    }
}

/// The keys in the reference of a head; its name is no expression.
fn indexes<'a>(refr: &'a Expr, meet: &mut dyn FnMut(Met<'a>)) {
    match refr {
        Expr::RefBrack { refr, index, .. } => {
            indexes(refr, meet);
            expr(index, meet);
        }
        Expr::RefDot { refr, .. } => indexes(refr, meet),
        _ => {}
    }
}

fn body<'a>(body: &'a RuleBody, meet: &mut dyn FnMut(Met<'a>)) {
    body.assign
        .iter()
        .for_each(|assign| expr(&assign.value, meet));
    query(&body.query, meet);
}

fn query<'a>(body: &'a Query, meet: &mut dyn FnMut(Met<'a>)) {
    for statement in &body.stmts {
        meet(Met::Statement(statement));
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn {
                key,
                value,
                collection,
                ..
            } => {
                if let Some(key) = key {
                    expr(key, meet);
                }
                expr(value, meet);
                expr(collection, meet);
            }
            Literal::Expr { expr: inner, .. } | Literal::NotExpr { expr: inner, .. } => {
                expr(inner, meet);
            }
            Literal::Every {
                domain,
                query: inner,
                ..
            } => {
                expr(domain, meet);
                query(inner, meet);
            }
        }
        for with in &statement.with_mods {
            expr(&with.refr, meet);
            expr(&with.r#as, meet);
        }
    }
}

pub(super) fn expr<'a>(here: &'a Expr, meet: &mut dyn FnMut(Met<'a>)) {
    meet(Met::Expr(here));
    children(here, &mut |child| expr(child, meet));
    if let Expr::ArrayCompr { query: inner, .. }
    | Expr::SetCompr { query: inner, .. }
    | Expr::ObjectCompr { query: inner, .. } = here
    {
        query(inner, meet);
    }
}

/// The expressions directly inside of one, queries of comprehensions left out.
pub(super) fn children<'a>(here: &'a Expr, meet: &mut dyn FnMut(&'a Expr)) {
    match here {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => {}
        Expr::Array { items, .. } | Expr::Set { items, .. } => {
            for item in items {
                meet(item);
            }
        }
        Expr::Object { fields, .. } => {
            for (_, key, value) in fields {
                meet(key);
                meet(value);
            }
        }
        Expr::ArrayCompr { term, .. } | Expr::SetCompr { term, .. } => meet(term),
        Expr::ObjectCompr { key, value, .. } => {
            meet(key);
            meet(value);
        }
        Expr::Call { params, .. } => {
            for param in params {
                meet(param);
            }
        }
        Expr::UnaryExpr { expr, .. } => meet(expr),
        Expr::RefDot { refr, .. } => meet(refr),
        Expr::RefBrack { refr, index, .. } => {
            meet(refr);
            meet(index);
        }
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => {
            meet(lhs);
            meet(rhs);
        }
        Expr::Membership {
            key,
            value,
            collection,
            ..
        } => {
            if let Some(key) = key {
                meet(key);
            }
            meet(value);
            meet(collection);
        }
    }
}
