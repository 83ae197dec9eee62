use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_text::Span;

use super::{Outcome, Scope, get_attribute, get_index, splat_items};
use crate::convert::{convert, to_text};
use crate::functions;
use crate::standing::is_constant;
use crate::syntax::{Expr, ExprKind, Name, Step};
use crate::types::Type;
use crate::unify::unify;
use crate::unknown::Cause;
use crate::value::{Content, Value};

impl Scope<'_> {
    /// The value of an expression.
    pub(crate) fn evaluate(&mut self, expr: &Expr) -> Outcome {
        self.spend(expr.span, 1)?;
        let span = expr.span;
        let value = match &expr.kind {
            ExprKind::Literal(value) => value.clone(),
            ExprKind::Template(parts) => self.template(parts, span)?,
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.evaluate(item));
                Value::tuple(items.collect::<Result<_, _>>()?)
            }
            ExprKind::Object(entries) => self.object(entries)?,
            ExprKind::Reference(names) => return self.reference(names, span),
            ExprKind::Get(of, name) => {
                let of = self.evaluate(of)?;
                return get_attribute(&of, &name.text)
                    .map_err(|message| self.fault(name.span, message));
            }
            ExprKind::Index(of, key) => {
                let of = self.evaluate(of)?;
                let key = self.evaluate(key)?;
                return get_index(&of, &key).map_err(|message| self.fault(span, message));
            }
            ExprKind::Splat(of, steps) => self.splat(of, steps, span)?,
            ExprKind::For(found) => self.for_expression(found, span)?,
            ExprKind::Conditional(parts) => {
                let [condition, then, other] = parts.as_ref();
                return self.conditional(condition, then, other, span);
            }
            ExprKind::Call(call) => functions::call(self, call, span)?,
            ExprKind::Not(inner) => {
                let inner = self.evaluate(inner)?;
                self.not(&inner, span)?
            }
            ExprKind::Negate(inner) => {
                let inner = self.evaluate(inner)?;
                self.negate(&inner, span)?
            }
            ExprKind::Binary(operator, sides) => {
                let [left, right] = sides.as_ref();
                self.binary(*operator, left, right, span)?
            }
        };
        self.check_value(span, &value)?;
        if let Some(standing) = self.standing.as_ref().filter(|_| is_constant(expr)) {
            return Ok(value.or_at(|| standing.default()));
        }
        Ok(self.at(span, value))
    }

    fn object(&mut self, entries: &[(Expr, Expr)]) -> Outcome {
        let mut attributes = BTreeMap::new();
        let mut causes = Vec::new();
        let mut hidden = false;
        for (key, value) in entries {
            // `a.b = 1` would be text to some and a reference to others; HCL refuses it.
            if matches!(&key.kind, ExprKind::Reference(names) if names.len() > 1)
                && !is_parenthesised(key)
            {
                return Err(self.fault(
                    key.span,
                    "a key with dots needs quotes, or parentheses when it is a reference",
                ));
            }
            let found = self.evaluate(key)?;
            let value = self.evaluate(value)?;
            hidden |= found.is_sensitive();
            if let Some(unknown) = found.as_unknown() {
                causes.extend(unknown.causes.iter().cloned());
                continue;
            }
            let text = to_text(&found)
                .map_err(|reason| self.fault(key.span, format!("this is no key: {reason}")))?;
            attributes.insert(text, value);
        }
        let object = if causes.is_empty() {
            Value::object(attributes)
        } else {
            Value::unknown_for(Type::Dynamic, causes)
        };
        Ok(object.hidden(hidden))
    }

    fn reference(&mut self, names: &[Name], span: Span) -> Outcome {
        let Some(first) = names.first() else {
            return Ok(Value::null());
        };
        let bound = self
            .bound
            .iter()
            .rev()
            .find(|(name, _)| *name == first.text);
        let (mut value, taken) = match bound {
            Some((_, value)) => (value.clone(), 1),
            None => self
                .names
                .look_up(names, &self.place(span))
                .map_err(|message| self.fault(span, message))?,
        };
        for name in names.get(taken..).unwrap_or_default() {
            value = get_attribute(&value, &name.text)
                .map_err(|message| self.fault(name.span, message))?;
        }
        Ok(self.at(span, value))
    }

    fn splat(&mut self, of: &Expr, steps: &[Step], span: Span) -> Outcome {
        let of = self.evaluate(of)?;
        self.splat_value(&of, steps, span)
    }

    fn splat_value(&mut self, of: &Value, steps: &[Step], span: Span) -> Outcome {
        let items = match splat_items(of) {
            Ok(items) => items,
            Err(cause) => {
                let unknown = steps.iter().fold(cause, |causes, step| match step {
                    Step::Get(name) => causes
                        .iter()
                        .map(|cause| cause.within("[*]").within(&name.text))
                        .collect(),
                    _ => causes,
                });
                return Ok(Value::unknown_for(Type::Dynamic, unknown).hidden(of.is_sensitive()));
            }
        };
        let mut results = Vec::with_capacity(items.len());
        for item in items {
            self.spend(span, 1)?;
            let mut value = item;
            for step in steps {
                value = match step {
                    Step::Get(name) => get_attribute(&value, &name.text)
                        .map_err(|message| self.fault(name.span, message))?,
                    Step::Index(key) => {
                        let key = self.evaluate(key)?;
                        get_index(&value, &key).map_err(|message| self.fault(span, message))?
                    }
                    Step::Splat(inner) => self.splat_value(&value, inner, span)?,
                };
            }
            results.push(value);
        }
        // A splat over a list gives a list, where the items agree (hclsyntax `SplatExpr.Value`).
        let as_list = matches!(of.content(), Content::List(..) | Content::Set(..))
            && results
                .iter()
                .all(|found| found.kind() == results.first().map_or(Type::Dynamic, Value::kind));
        let of_type = results.first().map_or(Type::Dynamic, Value::kind);
        let result = if as_list {
            Value::list(of_type, results)
        } else {
            Value::tuple(results)
        };
        Ok(result.hidden(of.is_sensitive()))
    }

    pub(super) fn conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        other: &Expr,
        span: Span,
    ) -> Outcome {
        let decided = self.evaluate(condition)?;
        let sides = [self.evaluate(then), self.evaluate(other)];
        self.decide(&decided, condition.span, sides, span)
    }

    /// Chooses a side; both sides' types count, the value and the errors of the other side do not.
    pub(super) fn decide(
        &mut self,
        decided: &Value,
        place: Span,
        sides: [Outcome; 2],
        span: Span,
    ) -> Outcome {
        if sides
            .iter()
            .any(|side| side.as_ref().is_err_and(|fault| fault.is_limit))
        {
            for side in sides {
                side?;
            }
            return Ok(Value::null());
        }
        for side in sides.iter().flatten() {
            self.spend(span, side.measures().1)?;
        }
        let kinds: Vec<Type> = sides
            .iter()
            .map(|side| side.as_ref().map_or(Type::Dynamic, Value::kind))
            .collect();
        let [then, other] = sides;
        let untyped = |side: &Outcome| {
            side.as_ref()
                .is_ok_and(|value| *value.content() == Content::Null(Type::Dynamic))
        };
        let of = match kinds.as_slice() {
            [_, second] if untyped(&then) => second.clone(),
            [first, _] if untyped(&other) => first.clone(),
            kinds if kinds.contains(&Type::Dynamic) => Type::Dynamic,
            kinds => unify(kinds).ok_or_else(|| {
                self.fault(
                    span,
                    "the two results of the condition have types that cannot become one",
                )
            })?,
        };
        if let Some(unknown) = decided.as_unknown() {
            // Whatever is decided, equal results are the result.
            if let (Ok(then), Ok(other)) = (&then, &other)
                && then == other
                && then.is_wholly_known()
            {
                return Ok(then.clone().hidden(decided.is_sensitive()));
            }
            let hidden = decided.is_sensitive()
                || [&then, &other]
                    .iter()
                    .any(|side| side.as_ref().is_ok_and(Value::is_sensitive_inside));
            let result = Value::unknown_for(of, unknown.causes.clone());
            let not_null = [&then, &other].iter().all(|side| {
                side.as_ref().is_ok_and(|value| {
                    value
                        .as_unknown()
                        .map_or(!value.is_null(), |unknown| unknown.not_null)
                })
            });
            return Ok(if not_null {
                not_null_unknown(result)
            } else {
                result
            }
            .hidden(hidden));
        }
        let flag = convert(decided, &Type::Bool)
            .ok()
            .and_then(|flag| flag.as_bool());
        let flag = flag.ok_or_else(|| self.fault(place, "a condition must be true or false"))?;
        let chosen = if flag { then } else { other }?;
        let converted = convert(&chosen, &of)
            .map_err(|reason| self.fault(span, format!("the result of the condition: {reason}")))?;
        let value = self.at(span, converted);
        Ok(value.hidden(decided.is_sensitive()))
    }
}

/// The same unknown value, certain not to be null.
pub(crate) fn not_null_unknown(value: Value) -> Value {
    match value.as_unknown() {
        Some(unknown) => {
            let unknown = crate::unknown::Unknown {
                not_null: true,
                ..unknown.clone()
            };
            value.with_content(Content::Unknown(Arc::new(unknown)))
        }
        None => value,
    }
}

/// Reasons of a failed evaluation, for the values that depend on it.
pub(crate) fn failed(is_limit: bool) -> Cause {
    if is_limit {
        Cause::Limit
    } else {
        Cause::Failed
    }
}

/// Parentheses leave a trace: the key's span is wider than its names.
fn is_parenthesised(key: &Expr) -> bool {
    let ExprKind::Reference(names) = &key.kind else {
        return true;
    };
    let (Some(first), Some(last)) = (names.first(), names.last()) else {
        return true;
    };
    key.span
        != Span {
            start: first.span.start,
            end: last.span.end,
        }
}
