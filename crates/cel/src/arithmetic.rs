//! Sums and products, with overflow told.

use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::time::Moment;
use crate::value::{List, Value};

fn overflow() -> Fault {
    Fault::new("integer overflow")
}

fn unsigned_overflow() -> Fault {
    Fault::new("unsigned integer overflow")
}

fn span_overflow() -> Fault {
    Fault::new("integer overflow")
}

/// One of `+ - * / %` between two values.
pub(crate) fn binary<'a>(operator: char, left: Value<'a>, right: Value<'a>) -> Outcome<Value<'a>> {
    match (operator, left, right) {
        (_, Value::Int(left), Value::Int(right)) => ints(operator, left, right).map(Value::Int),
        (_, Value::Uint(left), Value::Uint(right)) => uints(operator, left, right).map(Value::Uint),
        ('+', Value::Double(left), Value::Double(right)) => Ok(Value::Double(left + right)),
        ('-', Value::Double(left), Value::Double(right)) => Ok(Value::Double(left - right)),
        ('*', Value::Double(left), Value::Double(right)) => Ok(Value::Double(left * right)),
        ('/', Value::Double(left), Value::Double(right)) => Ok(Value::Double(left / right)),
        ('+', Value::Text(left), Value::Text(right)) => {
            Ok(Value::text([left.as_str(), right.as_str()].concat()))
        }
        ('+', Value::Bytes(left), Value::Bytes(right)) => {
            Ok(Value::Bytes([&*left, &*right].concat().into()))
        }
        ('+', Value::List(left), Value::List(right)) => Ok(join(left, &right)),
        ('+', Value::Duration(left), Value::Duration(right)) => left
            .checked_add(right)
            .map(Value::Duration)
            .ok_or_else(span_overflow),
        ('-', Value::Duration(left), Value::Duration(right)) => left
            .checked_sub(right)
            .map(Value::Duration)
            .ok_or_else(span_overflow),
        ('+', Value::Timestamp(moment), Value::Duration(span))
        | ('+', Value::Duration(span), Value::Timestamp(moment)) => {
            moment.plus(i128::from(span)).map(Value::Timestamp)
        }
        ('-', Value::Timestamp(moment), Value::Duration(span)) => {
            let span = span.checked_neg().ok_or_else(span_overflow)?;
            moment.plus(i128::from(span)).map(Value::Timestamp)
        }
        ('-', Value::Timestamp(left), Value::Timestamp(right)) => between(left, right),
        (_, left, right) => Err(refusal(operator, &left, &right)),
    }
}

fn between<'a>(left: Moment, right: Moment) -> Outcome<Value<'a>> {
    i64::try_from(left.nanoseconds() - right.nanoseconds())
        .map(Value::Duration)
        .map_err(|_| overflow())
}

/// A value that has no such operator at all is told with the operator.
fn refusal(operator: char, left: &Value<'_>, _right: &Value<'_>) -> Fault {
    let knows = match left {
        Value::Int(_) | Value::Uint(_) | Value::Duration(_) | Value::Timestamp(_) => true,
        Value::Double(_) => operator != '%',
        Value::Text(_) | Value::Bytes(_) | Value::List(_) => operator == '+',
        _ => false,
    };
    if knows {
        return Fault::no_overload();
    }
    let receives = matches!(left, Value::Text(_));
    if receives {
        Fault::no_overload()
    } else {
        Fault::new(format!("no such overload: _{operator}_"))
    }
}

fn join<'a>(left: List<'a>, right: &List<'a>) -> Value<'a> {
    let mut items = match left {
        List::Shared(items) => items,
        List::Borrowed(_) => Arc::new(left.iter().collect()),
    };
    Arc::make_mut(&mut items).extend(right.iter());
    Value::List(List::Shared(items))
}

fn ints(operator: char, left: i64, right: i64) -> Outcome<i64> {
    match operator {
        '+' => left.checked_add(right),
        '-' => left.checked_sub(right),
        '*' => left.checked_mul(right),
        '/' if right == 0 => return Err(Fault::new("division by zero")),
        '/' => left.checked_div(right),
        _ if right == 0 => return Err(Fault::new("modulus by zero")),
        _ => left.checked_rem(right),
    }
    .ok_or_else(overflow)
}

fn uints(operator: char, left: u64, right: u64) -> Outcome<u64> {
    match operator {
        '+' => left.checked_add(right),
        '-' => left.checked_sub(right),
        '*' => left.checked_mul(right),
        '/' if right == 0 => return Err(Fault::new("division by zero")),
        '/' => left.checked_div(right),
        _ if right == 0 => return Err(Fault::new("modulus by zero")),
        _ => left.checked_rem(right),
    }
    .ok_or_else(unsigned_overflow)
}

/// `-x`.
pub(crate) fn negate<'a>(value: &Value<'a>) -> Outcome<Value<'a>> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int).ok_or_else(overflow),
        Value::Double(value) => Ok(Value::Double(-value)),
        Value::Duration(value) => value
            .checked_neg()
            .map(Value::Duration)
            .ok_or_else(span_overflow),
        Value::Bool(_) | Value::Text(_) | Value::Timestamp(_) => Err(Fault::no_overload()),
        _ => Err(Fault::new("no such overload: -_")),
    }
}
