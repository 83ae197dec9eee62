use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use super::arguments;
use crate::convert::{described, to_text};
use crate::evaluate::{Fault, Names, Outcome, Scope};
use crate::origin::Place;
use crate::read::{At, Source, read_template};
use crate::syntax::{Call, ExprKind, Name};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

/// How deep templates may render templates.
const DEEPEST: usize = 8;

/// Functions that do not just take values: those that look at errors, marks, types and templates, and those whose
/// result belongs to the moment. `None` for any other name.
pub(super) fn call(scope: &mut Scope<'_>, call: &Call, span: Span) -> Option<Outcome> {
    let name = call.name.as_str();
    match name {
        "try" => Some(attempt(scope, call, span)),
        "can" => Some(can(scope, call, span)),
        "timestamp" | "plantimestamp" | "uuid" | "bcrypt" | "rsadecrypt" => Some(Ok(
            Value::unknown(Type::String, Cause::Function(name.into())),
        )),
        "sensitive" | "nonsensitive" | "issensitive" | "ephemeralasnull" | "type" => {
            Some(marks(scope, call, span))
        }
        "templatefile" | "templatestring" => Some(template(scope, call, span)),
        _ if name.starts_with("provider::") => Some(of_provider(scope, call, span)),
        _ => None,
    }
}

/// The first argument without an error. An argument that is not known decides nothing yet.
fn attempt(scope: &mut Scope<'_>, call: &Call, span: Span) -> Outcome {
    let mut last = None;
    for argument in &call.arguments {
        match scope.evaluate(argument) {
            Ok(value) => return Ok(value),
            Err(fault) if fault.is_limit => return Err(fault),
            Err(fault) => last = Some(fault),
        }
    }
    Err(last.unwrap_or_else(|| scope.fault(span, "try: at least one argument is needed")))
}

fn can(scope: &mut Scope<'_>, call: &Call, span: Span) -> Outcome {
    let [argument] = call.arguments.as_slice() else {
        return Err(scope.fault(span, "can: one argument is needed"));
    };
    match scope.evaluate(argument) {
        Ok(value) => match value.as_unknown() {
            // Whether it can be had turns out with the value.
            Some(unknown) if unknown.of == Type::Dynamic => {
                Ok(Value::unknown_for(Type::Bool, unknown.causes.clone()))
            }
            _ => Ok(Value::from(true)),
        },
        Err(fault) if fault.is_limit => Err(fault),
        Err(_) => Ok(Value::from(false)),
    }
}

fn marks(scope: &mut Scope<'_>, call: &Call, span: Span) -> Outcome {
    let values = match arguments(scope, call, span)? {
        Ok(values) => values,
        Err(causes) => return Ok(Value::unknown_for(Type::Dynamic, causes)),
    };
    let [value] = values.as_slice() else {
        return Err(scope.fault(span, format!("{}: one argument is needed", call.name)));
    };
    Ok(match call.name.as_str() {
        "sensitive" => value.clone().hidden(true),
        "nonsensitive" => value.clone().shown(),
        "issensitive" => Value::from(value.is_sensitive()),
        "type" => Value::string(&value.kind().to_string()),
        // Nothing here is ephemeral: such values are not known.
        _ => value.clone(),
    })
}

/// Only the provider knows what its functions do; one that is not required has none.
fn of_provider(scope: &mut Scope<'_>, call: &Call, span: Span) -> Outcome {
    for argument in &call.arguments {
        scope.evaluate(argument)?;
    }
    let provider = call.name.split("::").nth(1).unwrap_or_default();
    if scope.surroundings.has_provider(provider) {
        return Ok(Value::unknown(
            Type::Dynamic,
            Cause::Function(call.name.as_str().into()),
        ));
    }
    Err(scope.fault(span, format!("there is no provider {provider}")))
}

/// The variables a template sees: those it was given, nothing else.
struct Given<'g> {
    variables: &'g BTreeMap<Arc<str>, Value>,
}

impl Names for Given<'_> {
    fn look_up(&self, names: &[Name], _: &Place) -> Result<(Value, usize), String> {
        let name = names.first().map_or("", |name| &name.text);
        let found = self.variables.get(name).cloned();
        found
            .map(|value| (value, 1))
            .ok_or_else(|| format!("the template was not given {name:?}"))
    }
}

fn template(scope: &mut Scope<'_>, call: &Call, span: Span) -> Outcome {
    let values = match arguments(scope, call, span)? {
        Ok(values) => values,
        Err(causes) => return Ok(Value::unknown_for(Type::Dynamic, causes)),
    };
    let [first, variables] = values.as_slice() else {
        return Err(scope.fault(span, format!("{}: two arguments are needed", call.name)));
    };
    let hidden = first.is_sensitive() || variables.is_sensitive();
    if call.name == "templatestring" {
        // Only a reference may name the template, lest it be a template already.
        let is_reference = call.arguments.first().is_some_and(|argument| {
            matches!(
                argument.kind,
                ExprKind::Reference(_) | ExprKind::Get(..) | ExprKind::Index(..)
            )
        });
        if !is_reference {
            return Err(scope.fault(span, "templatestring: the template must be a reference"));
        }
    }
    if let Some(unknown) = first.as_unknown() {
        return Ok(Value::unknown_for(Type::String, unknown.causes.clone()).hidden(hidden));
    }
    let found = to_text(first).map_err(|reason| scope.fault(span, reason))?;
    let (file, text) = if call.name == "templatefile" {
        match super::files::read(scope, &found) {
            Ok(text) => (Arc::from(super::urls::clean(&found)), text),
            Err(_) if scope.surroundings.has_all_files() => {
                return Err(scope.fault(span, format!("there is no file {found:?}")));
            }
            Err(cause) => return Ok(Value::unknown(Type::String, cause).hidden(hidden)),
        }
    } else {
        (Arc::clone(&scope.file), found)
    };
    let variables = match variables.content() {
        Content::Unknown(unknown) => {
            return Ok(Value::unknown_for(Type::String, unknown.causes.clone()).hidden(hidden));
        }
        _ => variables.entries().ok_or_else(|| {
            scope.fault(
                span,
                format!(
                    "an object of variables is needed, not {}",
                    described(variables)
                ),
            )
        })?,
    };
    render(
        scope,
        &file,
        &text,
        variables,
        span,
        call.name == "templatefile",
    )
    .map(|value| value.hidden(hidden))
}

fn render(
    scope: &mut Scope<'_>,
    file: &Arc<str>,
    text: &str,
    variables: &BTreeMap<Arc<str>, Value>,
    span: Span,
    is_file: bool,
) -> Outcome {
    if scope.templates >= DEEPEST {
        return Err(scope.limit(span, "templates render templates too deep"));
    }
    scope.spend(span, text.len())?;
    let at = if is_file {
        At::Offset(0)
    } else {
        At::Whole(span)
    };
    let parts = read_template(Source { text, at }).map_err(|message| Fault {
        place: Place {
            file: Arc::clone(file),
            span: Span::default(),
        },
        ..scope.fault(span, message)
    })?;
    let names = Given { variables };
    let mut inner = Scope {
        names: &names,
        surroundings: scope.surroundings,
        budget: scope.budget,
        file: Arc::clone(file),
        standing: scope.standing.clone(),
        bound: Vec::new(),
        templates: scope.templates + 1,
    };
    // One sequence alone gives its own value, as in quotes.
    match parts.as_slice() {
        [crate::syntax::Part::Value(only)] => inner.evaluate(only),
        parts => inner.template(parts, Span::new(0, text.len())),
    }
}
