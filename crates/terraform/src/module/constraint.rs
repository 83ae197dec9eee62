use std::collections::BTreeMap;
use std::sync::Arc;

use crate::convert::convert;
use crate::syntax::{Expr, ExprKind};
use crate::types::{Field, Type};
use crate::value::{Content, Value};

/// The type a variable accepts, and what optional attributes become when they are not set (hcl `typeexpr`).
#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) of: Type,
    defaults: Defaults,
}

#[derive(Debug, Clone)]
enum Defaults {
    None,
    Object(BTreeMap<Arc<str>, (Defaults, Option<Value>)>),
    Each(Box<Defaults>),
    Tuple(Vec<Defaults>),
}

impl Constraint {
    /// Accepts anything.
    pub(crate) fn any() -> Self {
        Self {
            of: Type::Dynamic,
            defaults: Defaults::None,
        }
    }

    /// Fills in defaults, then converts.
    pub(crate) fn apply(&self, value: &Value) -> Result<Value, String> {
        convert(&fill(value, &self.defaults), &self.of)
    }
}

fn fill(value: &Value, defaults: &Defaults) -> Value {
    match (defaults, value.content()) {
        (Defaults::Object(fields), Content::Object(_) | Content::Map(..)) => {
            let mut named = value.entries().cloned().unwrap_or_default();
            for (name, (inner, default)) in fields {
                let found = match (named.get(name), default) {
                    (Some(found), Some(default)) if found.is_null() => default.clone(),
                    (Some(found), _) => found.clone(),
                    (None, Some(default)) => default.clone(),
                    (None, None) => continue,
                };
                named.insert(Arc::clone(name), fill(&found, inner));
            }
            let rest = if let Content::Object(fields) = value.content() {
                fields.rest.clone()
            } else {
                None
            };
            value.with_content(Content::Object(Arc::new(crate::value::Fields {
                named,
                rest,
            })))
        }
        (Defaults::Each(inner), _) => {
            if let Some(items) = value.items() {
                // A set is filled as a tuple, its items may become equal.
                let items = items.iter().map(|item| fill(item, inner)).collect();
                return value.with_content(Content::Tuple(Arc::new(items)));
            }
            match value.entries() {
                Some(entries) => {
                    let named = entries
                        .iter()
                        .map(|(name, entry)| (Arc::clone(name), fill(entry, inner)))
                        .collect();
                    value.with_content(Value::object(named).content().clone())
                }
                None => value.clone(),
            }
        }
        (Defaults::Tuple(inner), Content::Tuple(items)) => {
            let items = items
                .iter()
                .zip(inner)
                .map(|(item, inner)| fill(item, inner))
                .collect();
            value.with_content(Content::Tuple(Arc::new(items)))
        }
        _ => value.clone(),
    }
}

/// Reads a type expression; `default` evaluates the default of an optional attribute.
pub(crate) fn constraint(
    expr: &Expr,
    default: &mut dyn FnMut(&Expr) -> Option<Value>,
) -> Result<Constraint, String> {
    let (of, defaults) = read(expr, default)?;
    Ok(Constraint { of, defaults })
}

type Read = Result<(Type, Defaults), String>;

fn read(expr: &Expr, default: &mut dyn FnMut(&Expr) -> Option<Value>) -> Read {
    // The words in quotes are Terraform's oldest spelling.
    if let Some(word) = expr.as_word().or_else(|| expr.as_text()) {
        let of = match word {
            "any" => Type::Dynamic,
            "bool" => Type::Bool,
            "number" => Type::Number,
            "string" => Type::String,
            "list" => Type::list(Type::Dynamic),
            "map" => Type::map(Type::Dynamic),
            "set" => Type::set(Type::Dynamic),
            other => return Err(format!("{other:?} is no type")),
        };
        return Ok((of, Defaults::None));
    }
    let ExprKind::Call(call) = &expr.kind else {
        return Err("this is no type".to_owned());
    };
    let [argument] = call.arguments.as_slice() else {
        return Err(format!("{} needs one argument", call.name));
    };
    match (call.name.as_str(), &argument.kind) {
        ("list" | "set" | "map", _) => {
            let (of, inner) = read(argument, default)?;
            let defaults = if matches!(inner, Defaults::None) {
                Defaults::None
            } else {
                Defaults::Each(Box::new(inner))
            };
            let of = match call.name.as_str() {
                "list" => Type::list(of),
                "set" => Type::set(of),
                _ => Type::map(of),
            };
            Ok((of, defaults))
        }
        ("tuple", ExprKind::Tuple(items)) => {
            let (kinds, defaults): (Vec<Type>, Vec<Defaults>) = items
                .iter()
                .map(|item| read(item, default))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .unzip();
            Ok((Type::Tuple(Arc::new(kinds)), Defaults::Tuple(defaults)))
        }
        ("object", ExprKind::Object(entries)) => object(entries, default),
        (name, _) => Err(format!("{name:?} is no type of this form")),
    }
}

fn object(entries: &[(Expr, Expr)], default: &mut dyn FnMut(&Expr) -> Option<Value>) -> Read {
    let (mut fields, mut defaults) = (BTreeMap::new(), BTreeMap::new());
    for (key, value) in entries {
        let name: Arc<str> = key
            .as_text()
            .map(Arc::from)
            .ok_or("the attributes of a type have plain names")?;
        let (expr, preset, optional) = match &value.kind {
            ExprKind::Call(call) if call.name == "optional" => match call.arguments.as_slice() {
                [of] => (of, None, true),
                [of, preset] => (of, Some(preset), true),
                _ => return Err("optional needs a type and perhaps a default".to_owned()),
            },
            _ => (value, None, false),
        };
        let (of, inner) = read(expr, default)?;
        let preset = match preset {
            Some(preset) => {
                let found = default(preset)
                    .ok_or("the default of an optional attribute must be a constant")?;
                Some(
                    convert(&fill(&found, &inner), &of)
                        .map_err(|reason| format!("the default of {name:?}: {reason}"))?,
                )
            }
            None => None,
        };
        fields.insert(Arc::clone(&name), Field { of, optional });
        defaults.insert(name, (inner, preset));
    }
    Ok((Type::Object(Arc::new(fields)), Defaults::Object(defaults)))
}
