//! Equality and order, across kinds of numbers.
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#equality>

use std::cmp::Ordering;
use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::value::{List, Thing, Value};

/// True when both are equal. Values of the Kubernetes library compare only with their kind.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>) -> Outcome<bool> {
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (
            Value::Int(_) | Value::Uint(_) | Value::Double(_),
            Value::Int(_) | Value::Uint(_) | Value::Double(_),
        ) => numbers(left, right) == Some(Ordering::Equal),
        (Value::Text(left), Value::Text(right)) => left.as_str() == right.as_str(),
        (Value::Bytes(left), Value::Bytes(right)) => left == right,
        (Value::Timestamp(left), Value::Timestamp(right)) => left == right,
        (Value::Duration(left), Value::Duration(right)) => left == right,
        (Value::Type(left), Value::Type(right)) => left == right,
        (Value::List(left), Value::List(right)) => lists(left, right),
        (Value::Map(left), Value::Map(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (key, value) in left.entries() {
                match right.get(&key) {
                    Some(other) if equal(&value, &other).unwrap_or(false) => {}
                    _ => return Ok(false),
                }
            }
            true
        }
        (Value::Optional(left), Value::Optional(right)) => match (left, right) {
            (Some(left), Some(right)) => return equal(left, right),
            (left, right) => left.is_none() && right.is_none(),
        },
        (Value::Thing(left), right) => return things(left, right),
        _ => false,
    })
}

fn lists(left: &List<'_>, right: &List<'_>) -> bool {
    let mut pairs = left.iter().zip(right.iter());
    left.len() == right.len() && pairs.all(|(left, right)| equal(&left, &right).unwrap_or(false))
}

fn things(left: &Thing, right: &Value<'_>) -> Outcome<bool> {
    let Value::Thing(right) = right else {
        return Err(Fault::no_overload());
    };
    Ok(match (left, right) {
        (Thing::Quantity(left), Thing::Quantity(right)) => left.compare(right) == Ordering::Equal,
        (Thing::Url(left), Thing::Url(right)) => left.written() == right.written(),
        (Thing::Address(left), Thing::Address(right)) => left == right,
        (Thing::Network(left), Thing::Network(right)) => left == right,
        (Thing::Version(left), Thing::Version(right)) => left.compare(right) == Ordering::Equal,
        (Thing::Format(left), Thing::Format(right)) => left == right,
        (Thing::Check(left), Thing::Check(right)) if !Arc::ptr_eq(left, right) => {
            return Err(Fault::no_overload());
        }
        _ => return Err(Fault::no_overload()),
    })
}

/// The order of two numbers of any kind; none with NaN.
fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Double(left), right) => with_double(*left, whole(right)?),
        (left, Value::Double(right)) => with_double(*right, whole(left)?).map(Ordering::reverse),
        (left, right) => Some(whole(left)?.cmp(&whole(right)?)),
    }
}

fn whole(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::Uint(value) => Some(i128::from(*value)),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the API server compares as doubles, too"
)]
fn with_double(left: f64, right: i128) -> Option<Ordering> {
    left.partial_cmp(&(right as f64))
}

/// The order of two values of one kind, or of two numbers.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>) -> Outcome<Ordering> {
    Ok(match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.as_str().cmp(right.as_str()),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Timestamp(left), Value::Timestamp(right)) => left.cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        (
            Value::Int(_) | Value::Uint(_) | Value::Double(_),
            Value::Int(_) | Value::Uint(_) | Value::Double(_),
        ) => numbers(left, right).ok_or_else(|| Fault::new("NaN values cannot be ordered"))?,
        _ => return Err(Fault::no_overload()),
    })
}

/// True for values that have an order at all.
pub(crate) fn is_ordered(value: &Value<'_>) -> bool {
    order(value, value).is_ok() || matches!(value, Value::Double(_))
}
