//! Terraform's functions (`internal/lang/funcs` of terraform 1.11, go-cty's `function/stdlib`): one table of signatures,
//! one file for each family.
#![expect(clippy::unnecessary_wraps, reason = "all functions have one signature")]

mod addresses;
mod base64;
mod collections;
mod csv;
mod dates;
mod digits;
mod files;
mod format;
mod hashes;
mod json;
mod lists;
mod maps;
mod numbers;
mod patterns;
mod regular;
mod sequences;
mod sets;
mod special;
mod strings;
mod urls;
mod yaml_text;
mod yaml_write;

use sekisho_text::Span;

use crate::convert::{convert, described};
use crate::evaluate::{Outcome, Scope};
use crate::number::Number;
use crate::syntax::Call;
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::Value;

pub(crate) use json::{from_json, to_json};
pub(crate) use urls::clean;

/// What a parameter accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Param {
    Text,
    Number,
    Bool,
    /// Anything but null.
    Any,
    /// Anything, null and unknown values included.
    All,
    Texts,
    List,
    Bools,
    Set,
    TextListMap,
}

/// One function.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Param],
    /// How many of the parameters must be given.
    pub(crate) required: usize,
    /// What each argument beyond them accepts.
    pub(crate) more: Option<Param>,
    /// What it gives, for when an argument is not known.
    pub(crate) gives: Param,
    pub(crate) run: fn(&Given<'_>) -> Result<Value, String>,
}

/// The arguments of one call, converted to what the parameters accept.
pub(crate) struct Given<'g> {
    pub(crate) values: &'g [Value],
    pub(crate) largest: usize,
}

impl Given<'_> {
    pub(crate) fn value(&self, at: usize) -> Result<&Value, String> {
        self.values
            .get(at)
            .ok_or_else(|| "an argument is missing".to_owned())
    }

    pub(crate) fn text(&self, at: usize) -> &str {
        self.values
            .get(at)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(crate) fn number(&self, at: usize) -> Number {
        self.values
            .get(at)
            .and_then(Value::as_number)
            .cloned()
            .unwrap_or_else(|| Number::from(0_usize))
    }

    pub(crate) fn whole(&self, at: usize) -> Result<i64, String> {
        self.number(at)
            .to_i64()
            .ok_or_else(|| "a whole number is needed".to_owned())
    }

    pub(crate) fn items(&self, at: usize) -> &[Value] {
        self.values
            .get(at)
            .and_then(Value::items)
            .unwrap_or_default()
    }

    /// Refuses what would be too large before it is made.
    pub(crate) fn check(&self, size: usize) -> Result<(), String> {
        if size > self.largest {
            Err(TOO_LARGE.to_owned())
        } else {
            Ok(())
        }
    }
}

pub(crate) const TOO_LARGE: &str = "the result is larger than is allowed";

impl Param {
    pub(crate) fn kind(self) -> Type {
        match self {
            Self::Text => Type::String,
            Self::Number => Type::Number,
            Self::Bool => Type::Bool,
            Self::Any | Self::All => Type::Dynamic,
            Self::Texts => Type::list(Type::String),
            Self::List => Type::list(Type::Dynamic),
            Self::Bools => Type::list(Type::Bool),
            Self::Set => Type::set(Type::Dynamic),
            Self::TextListMap => Type::map(Type::list(Type::String)),
        }
    }
}

fn families() -> [&'static [Function]; 18] {
    [
        numbers::ALL,
        strings::ALL,
        patterns::ALL,
        lists::ALL,
        sequences::ALL,
        collections::ALL,
        maps::ALL,
        sets::ALL,
        base64::ALL,
        json::ALL,
        hashes::ALL,
        dates::ALL,
        addresses::ALL,
        urls::ALL,
        format::ALL,
        csv::ALL,
        yaml_text::ALL,
        yaml_write::ALL,
    ]
}

/// Evaluates a call.
pub(crate) fn call(scope: &mut Scope<'_>, call: &Call, span: Span) -> Outcome {
    if let Some(outcome) = special::call(scope, call, span) {
        return outcome;
    }
    let arguments = arguments(scope, call, span)?;
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(causes) => return Ok(Value::unknown_for(Type::Dynamic, causes)),
    };
    if let Some(outcome) = files::call(scope, &call.name, &arguments, span) {
        return outcome;
    }
    let name = call.name.as_str();
    let found = families()
        .into_iter()
        .flatten()
        .find(|function| function.name == name);
    match found {
        Some(function) => apply(scope, function, arguments, span),
        None => Err(scope.fault(span, format!("there is no function {name}"))),
    }
}

/// The values of the arguments, the last one spread if it is written so; or why the spread one is not known.
pub(super) fn arguments(
    scope: &mut Scope<'_>,
    call: &Call,
    span: Span,
) -> Result<Result<Vec<Value>, Vec<Cause>>, crate::evaluate::Fault> {
    let mut values = Vec::with_capacity(call.arguments.len());
    for argument in &call.arguments {
        values.push(scope.evaluate(argument)?);
    }
    if call.spread
        && let Some(last) = values.pop()
    {
        if let Some(unknown) = last.as_unknown() {
            return Ok(Err(unknown.causes.clone()));
        }
        let Some(items) = last.items() else {
            return Err(scope.fault(
                span,
                format!(
                    "only a list can be spread over the arguments, not {}",
                    described(&last)
                ),
            ));
        };
        values.extend(items.iter().map(|item| last.inside(item)));
    }
    Ok(Ok(values))
}

/// Converts the arguments and calls; unknown arguments make the result unknown, secret ones secret (cty `Function.Call`).
fn apply(scope: &Scope<'_>, function: &Function, arguments: Vec<Value>, span: Span) -> Outcome {
    let fault = |message: String| {
        if message == TOO_LARGE {
            scope.limit(span, TOO_LARGE)
        } else {
            scope.fault(span, format!("{}: {message}", function.name))
        }
    };
    if arguments.len() < function.required {
        return Err(fault(format!("{} arguments are needed", function.required)));
    }
    if function.more.is_none() && arguments.len() > function.params.len() {
        return Err(fault("there are too many arguments".to_owned()));
    }
    let mut values = Vec::with_capacity(arguments.len());
    let (mut causes, mut hidden) = (Vec::new(), false);
    for (at, argument) in arguments.into_iter().enumerate() {
        let param = function
            .params
            .get(at)
            .copied()
            .or(function.more)
            .unwrap_or(Param::All);
        if argument.is_null() && param != Param::All {
            return Err(fault("null is not accepted".to_owned()));
        }
        scope.spend(span, cost(&argument))?;
        hidden |= argument.is_sensitive_inside();
        let value = convert(&argument, &param.kind()).map_err(fault)?;
        if let Some(unknown) = value.as_unknown()
            && param != Param::All
        {
            causes.extend(unknown.causes.iter().cloned());
        }
        values.push(value);
    }
    if !causes.is_empty() {
        return Ok(Value::unknown_for(function.gives.kind(), causes).hidden(hidden));
    }
    let given = Given {
        values: &values,
        largest: scope.budget.limits.size,
    };
    let value = (function.run)(&given).map_err(fault)?;
    let cost = cost(&value);
    scope.spend(span, cost)?;
    scope.check_value(span, &value)?;
    Ok(value.hidden(hidden))
}

/// What looking at a value costs: everything in it, and a part of its characters.
fn cost(value: &Value) -> usize {
    value
        .measures()
        .1
        .saturating_add(value.as_str().map_or(0, |text| text.len() / 16))
}
