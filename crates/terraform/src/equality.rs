use std::cmp::Ordering;

use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

/// What `==` says: equal, different, or not known for these reasons.
pub(crate) enum Equality {
    Known(bool),
    Unknown(Vec<Cause>),
}

/// Compares as cty's `Equals`: values of different types differ, `1 == "1"` included; a known difference decides even
/// when something else is not known.
pub(crate) fn equal(left: &Value, right: &Value) -> Equality {
    match (left.content(), right.content()) {
        (Content::Unknown(unknown), other) | (other, Content::Unknown(unknown)) => {
            if matches!(other, Content::Null(_)) && unknown.not_null {
                return Equality::Known(false);
            }
            let other = Value::new(other.clone());
            if !other.is_null() && differ(&unknown.of, &other.kind()) {
                return Equality::Known(false);
            }
            let mut causes = unknown.causes.clone();
            causes.extend(other.causes());
            Equality::Unknown(causes)
        }
        (Content::Null(_), Content::Null(_)) => Equality::Known(true),
        (Content::Null(_), _) | (_, Content::Null(_)) => Equality::Known(false),
        (Content::List(..), Content::List(..))
        | (Content::Set(..), Content::Set(..))
        | (Content::Tuple(_), Content::Tuple(_)) => {
            let (left, right) = (
                left.items().unwrap_or_default(),
                right.items().unwrap_or_default(),
            );
            if left.len() != right.len() {
                return Equality::Known(false);
            }
            all(left.iter().zip(right))
        }
        (Content::Map(..), Content::Map(..)) => named(left, right, Vec::new()),
        (Content::Object(one), Content::Object(two)) => {
            let open: Vec<Cause> = one.rest.iter().chain(&two.rest).cloned().collect();
            named(left, right, open)
        }
        (one, two) => Equality::Known(one == two),
    }
}

fn differ(left: &Type, right: &Type) -> bool {
    left.is_primitive() && *right != Type::Dynamic && left != right
}

fn named(left: &Value, right: &Value, open: Vec<Cause>) -> Equality {
    let (Some(left), Some(right)) = (left.entries(), right.entries()) else {
        return Equality::Known(false);
    };
    if open.is_empty() && !left.keys().eq(right.keys()) {
        return Equality::Known(false);
    }
    let pairs = left
        .iter()
        .filter_map(|(key, value)| Some((value, right.get(key)?)));
    match all(pairs) {
        Equality::Known(true) if !open.is_empty() => Equality::Unknown(open),
        found => found,
    }
}

fn all<'v>(pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Equality {
    let mut causes = Vec::new();
    for (left, right) in pairs {
        match equal(left, right) {
            Equality::Known(true) => {}
            Equality::Known(false) => return Equality::Known(false),
            Equality::Unknown(more) => causes.extend(more),
        }
    }
    if causes.is_empty() {
        Equality::Known(true)
    } else {
        Equality::Unknown(causes)
    }
}

/// The order in which a set holds its items: numbers by size, text by bytes, false before true (cty `setRules.Less`);
/// whatever Terraform leaves to a hash is ordered by its parts here, unknown values last.
pub(crate) fn order(left: &Value, right: &Value) -> Ordering {
    let by_rank = rank(left.content()).cmp(&rank(right.content()));
    by_rank.then_with(|| match (left.content(), right.content()) {
        (Content::Bool(left), Content::Bool(right)) => left.cmp(right),
        (Content::Number(left), Content::Number(right)) => left.cmp(right),
        (Content::String(left), Content::String(right)) => left.cmp(right),
        (Content::Unknown(left), Content::Unknown(right)) => left.causes.cmp(&right.causes),
        _ => match (left.items(), right.items(), left.entries(), right.entries()) {
            (Some(left), Some(right), ..) => {
                sequence(left.iter().zip(right), left.len().cmp(&right.len()))
            }
            (_, _, Some(left), Some(right)) => {
                let keys = left.keys().cmp(right.keys());
                keys.then_with(|| sequence(left.values().zip(right.values()), Ordering::Equal))
            }
            _ => Ordering::Equal,
        },
    })
}

fn sequence<'v>(
    pairs: impl Iterator<Item = (&'v Value, &'v Value)>,
    lengths: Ordering,
) -> Ordering {
    let mut pairs = pairs.map(|(left, right)| order(left, right));
    pairs.find(|found| found.is_ne()).unwrap_or(lengths)
}

fn rank(content: &Content) -> u8 {
    match content {
        Content::Bool(_) => 0,
        Content::Number(_) => 1,
        Content::String(_) => 2,
        Content::List(..) | Content::Set(..) | Content::Tuple(_) => 3,
        Content::Map(..) | Content::Object(_) => 4,
        Content::Null(_) => 5,
        Content::Unknown(_) => 6,
    }
}
