//! What a module may say: only functions that are here, and only the data that Gatekeeper gives to a template
//! (frameworks `constraint/pkg/regorewriter`: `data.lib` and `data.inventory`).

use std::collections::BTreeSet;

use regorus::unstable::{BUILTINS, Expr, Literal, Module, Parser, Rule, RuleHead, Span};

use super::edit::Edit;
use super::fault::Fault;
use super::host;
use super::source::Version;
use super::walk::{self, Met};

/// Functions that Gatekeeper switches off, or that would answer differently each time.
const REFUSED: [(&str, &str); 11] = [
    ("trace", "its answer is not OPA's"),
    ("semver.is_valid", "its answer is not OPA's"),
    ("semver.compare", "its answer is not OPA's"),
    ("yaml.marshal", "its answer is not OPA's"),
    ("time.parse_duration_ns", "its answer is not OPA's"),
    ("json.marshal_with_options", "its answer is not OPA's"),
    (
        "http.send",
        "a policy may not call out; use `external_data`",
    ),
    ("opa.runtime", "the answer differs from machine to machine"),
    ("rand.intn", "the answer differs from run to run"),
    ("uuid.rfc4122", "the answer differs from run to run"),
    ("time.now_ns", "the answer differs from run to run"),
];

/// The names of the module's rules and imports.
pub(super) fn names(module: &Module) -> BTreeSet<String> {
    let rules = module.policy.iter().filter_map(|rule| name(rule));
    let imports = module
        .imports
        .iter()
        .filter_map(|import| match &import.r#as {
            Some(name) => Some(name.text().to_owned()),
            None => path(&import.refr).and_then(|path| path.last().map(|part| plain(part.text()))),
        });
    rules.chain(imports).collect()
}

/// The first part of a rule's name.
pub(super) fn name(rule: &Rule) -> Option<String> {
    root(rule_name(rule))
}

/// False for default functions and for names of rules with more than one part, which the byte code gets wrong.
pub(super) fn fits_byte_code(module: &Module) -> bool {
    module.policy.iter().all(|rule| match rule.as_ref() {
        Rule::Default { args, refr, .. } => args.is_empty() && depth(refr) == 0,
        Rule::Spec { head, .. } => match head {
            RuleHead::Compr { refr, .. } => depth(refr) <= 1,
            RuleHead::Set { refr, .. } | RuleHead::Func { refr, .. } => depth(refr) == 0,
        },
    })
}

fn depth(refr: &Expr) -> usize {
    match refr {
        Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => depth(refr) + 1,
        _ => 0,
    }
}

fn rule_name(rule: &Rule) -> &Expr {
    match rule {
        Rule::Spec { head, .. } => match head {
            RuleHead::Compr { refr, .. }
            | RuleHead::Set { refr, .. }
            | RuleHead::Func { refr, .. } => refr,
        },
        Rule::Default { refr, .. } => refr,
    }
}

fn root(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Var { span, .. } => Some(span.text().to_owned()),
        Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => root(refr),
        _ => None,
    }
}

fn path(expr: &regorus::unstable::Ref<Expr>) -> Option<Vec<Span>> {
    Parser::get_path_ref_components(expr).ok()
}

fn plain(text: &str) -> String {
    text.trim_matches('"').to_owned()
}

/// Refuses what is not here, and finds the edits that send calls to the functions of [`host`].
pub(super) fn inspect(
    text: &str,
    module: &Module,
    version: Version,
    names: &BTreeSet<String>,
) -> Result<Vec<Edit>, Fault> {
    imports(text, module)?;
    let mut edits = Vec::new();
    let mut fault = None;
    // Text that is taken out; what stands in it needs no edit of its own.
    let mut gone = 0;
    walk::module(module, &mut |met| {
        if fault.is_some() {
            return;
        }
        let looked = match met {
            Met::Expr(Expr::Call { fcn, params, .. }) => {
                let mut found = Vec::new();
                let looked = call(text, fcn, params.len(), version, names, &mut found);
                edits.extend(found.into_iter().filter(|edit| edit.start >= gone));
                looked
            }
            Met::Expr(expr @ (Expr::RefDot { .. } | Expr::RefBrack { .. })) => data(text, expr),
            Met::Expr(Expr::Var { span, .. }) if span.text() == "data" && !below(text, span) => {
                Err(Fault::at(
                    text,
                    span.start as usize,
                    "all of `data` may not be read",
                ))
            }
            Met::Statement(statement) => match &statement.literal {
                Literal::NotExpr { expr, .. } => iteration(text, expr),
                Literal::Expr { expr, .. } if is_print(expr) => {
                    let span = expr.span();
                    if span.start as usize >= gone {
                        gone = span.end as usize;
                        edits.push(Edit {
                            start: span.start as usize,
                            end: gone,
                            with: "true".to_owned(),
                        });
                    }
                    Ok(())
                }
                _ => Ok(()),
            },
            Met::Expr(Expr::Array { items, .. }) => {
                items.iter().try_for_each(|item| fraction(text, item))
            }
            Met::Expr(_) => Ok(()),
        };
        fault = looked.err();
    });
    fault.map_or(Ok(edits), Err)
}

fn imports(text: &str, module: &Module) -> Result<(), Fault> {
    for import in &module.imports {
        let parts: Vec<String> = path(&import.refr)
            .unwrap_or_default()
            .iter()
            .map(|part| plain(part.text()))
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let allowed = matches!(
            parts.as_slice(),
            ["data", "lib", ..] | ["future", ..] | ["rego", "v1"]
        );
        if !allowed {
            let what = format!(
                "the import of `{}`: only `data.lib`, `future.keywords` and `rego.v1` can be imported",
                parts.join(".")
            );
            return Err(Fault::at(text, import.span.start as usize, what));
        }
    }
    Ok(())
}

fn below(text: &str, span: &Span) -> bool {
    let rest = text.get(span.end as usize..).unwrap_or_default();
    rest.starts_with('.') || rest.starts_with('[')
}

/// `data.lib…` and `data.inventory…` only.
fn data(text: &str, expr: &Expr) -> Result<(), Fault> {
    let first = match expr {
        Expr::RefDot { refr, field, .. } if is_data(refr) => Some(field.0.text().to_owned()),
        Expr::RefBrack { refr, index, .. } if is_data(refr) => match index.as_ref() {
            Expr::String { span, .. } | Expr::RawString { span, .. } => Some(plain(span.text())),
            _ => Some("[…]".to_owned()),
        },
        _ => None,
    };
    match first.as_deref() {
        None | Some("lib" | "inventory") => Ok(()),
        Some(other) => {
            let what =
                format!("`data.{other}` may not be read, only `data.lib` and `data.inventory`");
            Err(Fault::at(text, expr.span().start as usize, what))
        }
    }
}

fn is_data(expr: &Expr) -> bool {
    matches!(expr, Expr::Var { span, .. } if span.text() == "data")
}

fn call(
    text: &str,
    function: &regorus::unstable::Ref<Expr>,
    count: usize,
    version: Version,
    names: &BTreeSet<String>,
    edits: &mut Vec<Edit>,
) -> Result<(), Fault> {
    let span = function.span();
    let at = span.start as usize;
    let Some(parts) = path(function) else {
        return Err(Fault::at(text, at, "a call of something that is no name"));
    };
    let parts: Vec<String> = parts.iter().map(|part| plain(part.text())).collect();
    let name = parts.join(".");
    let first = parts.first().map_or("", String::as_str);
    if first == "data" || names.contains(first) {
        if BUILTINS.contains_key(name.as_str()) || host::find(&name).is_some() {
            return Err(Fault::at(
                text,
                at,
                format!("`{name}` is the name of a function of Rego and of a rule"),
            ));
        }
        return Ok(());
    }
    if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        return Err(Fault::at(text, at, format!("the function `{name}`: {why}")));
    }
    if let Some(function) = host::find(&name) {
        if function.old && version == Version::V1 {
            return Err(Fault::at(
                text,
                at,
                format!("the function `{name}` is gone from Rego v1"),
            ));
        }
        if function.arity != count {
            let what = format!("`{name}` takes {} arguments, not {count}", function.arity);
            return Err(Fault::at(text, at, what));
        }
        edits.push(Edit {
            start: at,
            end: span.end as usize,
            with: function.inner.to_owned(),
        });
        return Ok(());
    }
    if name == "walk" && count == 1 {
        return Err(Fault::at(
            text,
            at,
            "`walk` with one argument; write `walk(x, [path, value])`",
        ));
    }
    let arity = BUILTINS
        .get(name.as_str())
        .map(|(_, arity)| usize::from(*arity));
    if arity.is_some_and(|arity| arity != 0 && count != arity && count != arity + 1) {
        return Err(Fault::at(
            text,
            at,
            format!("`{name}` does not take {count} arguments"),
        ));
    }
    let known =
        name == "print" || (BUILTINS.contains_key(name.as_str()) && !name.starts_with("__"));
    if known {
        return Ok(());
    }
    Err(Fault::at(
        text,
        at,
        format!("the function `{name}` is not known here"),
    ))
}

/// `2.0` in a list is printed as `2.0` by OPA, and as `2` by ours.
fn fraction(text: &str, item: &Expr) -> Result<(), Fault> {
    let Expr::Number { span, .. } = item else {
        return Ok(());
    };
    let written = span.text();
    let whole = written
        .parse::<f64>()
        .is_ok_and(|number| number.fract() == 0.0);
    if whole && written.contains(['.', 'e', 'E']) {
        return Err(Fault::at(
            text,
            span.start as usize,
            format!("write `{written}` as a whole number"),
        ));
    }
    Ok(())
}

/// `print` is true whatever it prints, and Gatekeeper takes it out.
fn is_print(expr: &Expr) -> bool {
    matches!(expr, Expr::Call { fcn, .. } if matches!(fcn.as_ref(), Expr::Var { span, .. } if span.text() == "print"))
}

/// `not input.a[_]`: OPA calls the variable unsafe and refuses the module.
fn iteration(text: &str, expr: &Expr) -> Result<(), Fault> {
    match expr {
        Expr::Var { span, .. } if span.text() == "_" => Err(Fault::at(
            text,
            span.start as usize,
            "`_` under `not` is not bound to anything",
        )),
        Expr::RefBrack { refr, index, .. } => {
            iteration(text, refr)?;
            iteration(text, index)
        }
        Expr::RefDot { refr, .. } => iteration(text, refr),
        Expr::Call { params, .. } => params.iter().try_for_each(|param| iteration(text, param)),
        Expr::UnaryExpr { expr, .. } => iteration(text, expr),
        Expr::Array { items, .. } | Expr::Set { items, .. } => {
            items.iter().try_for_each(|item| iteration(text, item))
        }
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. } => {
            iteration(text, lhs)?;
            iteration(text, rhs)
        }
        Expr::Membership {
            value, collection, ..
        } => {
            iteration(text, value)?;
            iteration(text, collection)
        }
        _ => Ok(()),
    }
}
