use sekisho_text::Span;

use super::{Fault, Outcome, Scope};
use crate::convert::convert;
use crate::equality::{Equality, equal};
use crate::number::Number;
use crate::syntax::{Expr, Operator};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

impl Scope<'_> {
    pub(super) fn not(&mut self, value: &Value, span: Span) -> Outcome {
        let value = self.operand(value, &Type::Bool, span)?;
        Ok(match value.as_bool() {
            Some(flag) => Value::from(!flag).hidden(value.is_sensitive()),
            None => value,
        })
    }

    pub(super) fn negate(&mut self, value: &Value, span: Span) -> Outcome {
        let value = self.operand(value, &Type::Number, span)?;
        Ok(match value.as_number() {
            Some(number) => Value::from(number.negated()).hidden(value.is_sensitive()),
            None => value,
        })
    }

    pub(super) fn binary(
        &mut self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Outcome {
        let (one, two) = (self.evaluate(left)?, self.evaluate(right)?);
        let hidden = one.is_sensitive() || two.is_sensitive();
        let value = match operator {
            Operator::Equal | Operator::Different => {
                self.spend(span, one.measures().1.saturating_add(two.measures().1))?;
                let hidden = one.is_sensitive_inside() || two.is_sensitive_inside();
                match equal(&one, &two) {
                    Equality::Known(same) => Value::from(same == (operator == Operator::Equal)),
                    Equality::Unknown(causes) => Value::unknown_for(Type::Bool, causes),
                }
                .hidden(hidden)
            }
            Operator::And | Operator::Or => {
                let one = self.operand(&one, &Type::Bool, left.span)?;
                let two = self.operand(&two, &Type::Bool, right.span)?;
                // One side may decide although the other is not known.
                let deciding = operator == Operator::Or;
                match (one.as_bool(), two.as_bool()) {
                    (Some(flag), _) | (_, Some(flag)) if flag == deciding => Value::from(deciding),
                    (Some(_), Some(_)) => Value::from(!deciding),
                    _ => Value::unknown_for(Type::Bool, causes(&[&one, &two])),
                }
            }
            _ => {
                let one = self.operand(&one, &Type::Number, left.span)?;
                let two = self.operand(&two, &Type::Number, right.span)?;
                if let (Some(one), Some(two)) = (one.as_number(), two.as_number()) {
                    self.calculate(operator, one, two, span)?
                } else {
                    let compares = matches!(
                        operator,
                        Operator::Less
                            | Operator::LessOrEqual
                            | Operator::More
                            | Operator::MoreOrEqual
                    );
                    let of = if compares { Type::Bool } else { Type::Number };
                    Value::unknown_for(of, causes(&[&one, &two]))
                }
            }
        };
        Ok(value.hidden(hidden))
    }

    fn calculate(&self, operator: Operator, one: &Number, two: &Number, span: Span) -> Outcome {
        let by_zero = || self.fault(span, "division by zero");
        let value: Value = match operator {
            Operator::Add => one.plus(two).into(),
            Operator::Subtract => one.minus(two).into(),
            Operator::Multiply => one.times(two).into(),
            Operator::Divide => one.over(two).ok_or_else(by_zero)?.into(),
            Operator::Rest => one.rest(two).ok_or_else(by_zero)?.into(),
            Operator::Less => (one < two).into(),
            Operator::LessOrEqual => (one <= two).into(),
            Operator::More => (one > two).into(),
            _ => (one >= two).into(),
        };
        if value
            .as_number()
            .is_some_and(|number| !number.is_in_range())
        {
            return Err(self.limit(span, "the number has more digits than are allowed"));
        }
        Ok(value)
    }

    fn operand(&self, value: &Value, of: &Type, span: Span) -> Result<Value, Fault> {
        if value.is_null() {
            return Err(self.fault(span, format!("{of} is needed here, this is null")));
        }
        convert(value, of).map_err(|reason| self.fault(span, reason))
    }
}

fn causes(values: &[&Value]) -> Vec<Cause> {
    let unknown = values.iter().filter_map(|value| match value.content() {
        Content::Unknown(unknown) => Some(unknown.causes.iter().cloned()),
        _ => None,
    });
    unknown.flatten().collect()
}
