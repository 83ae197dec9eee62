use super::{Function, Given, Param};
use crate::convert::convert;
use crate::types::Type;
use crate::unify::unify;
use crate::value::{Content, Value};

const SET: Param = Param::Set;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "setintersection",
        params: &[SET],
        required: 1,
        more: Some(SET),
        gives: SET,
        run: |given| combine(given, Way::Both),
    },
    Function {
        name: "setsubtract",
        params: &[SET, SET],
        required: 2,
        more: None,
        gives: SET,
        run: |given| combine(given, Way::Less),
    },
    Function {
        name: "setunion",
        params: &[SET],
        required: 1,
        more: Some(SET),
        gives: SET,
        run: |given| combine(given, Way::Either),
    },
    Function {
        name: "setproduct",
        params: &[],
        required: 1,
        more: Some(Param::Any),
        gives: Param::Any,
        run: setproduct,
    },
];

#[derive(Clone, Copy)]
enum Way {
    Both,
    Less,
    Either,
}

fn combine(given: &Given<'_>, way: Way) -> Result<Value, String> {
    // An empty list of no type takes the type of the others.
    let kinds: Vec<Type> = given
        .values
        .iter()
        .map(Value::kind)
        .filter(Type::is_settled)
        .collect();
    let of = match kinds.as_slice() {
        [] => Type::set(Type::Dynamic),
        kinds => unify(kinds).ok_or("all sets must have types that can become one")?,
    };
    let converted = given.values.iter().map(|value| convert(value, &of));
    let sets: Vec<Value> = converted.collect::<Result<_, _>>()?;
    if !sets.iter().all(Value::is_wholly_known) && !matches!(way, Way::Either) {
        return Ok(Value::unknown_for(
            of,
            sets.iter().flat_map(Value::causes).collect(),
        ));
    }
    let mut kept: Vec<Value> = sets
        .first()
        .and_then(Value::items)
        .unwrap_or_default()
        .to_vec();
    for other in sets.iter().skip(1).filter_map(Value::items) {
        match way {
            Way::Both => kept.retain(|item| holds(other, item)),
            Way::Less => kept.retain(|item| !holds(other, item)),
            Way::Either => kept.extend(other.iter().cloned()),
        }
    }
    let of = if let Type::Set(of) = of {
        of.as_ref().clone()
    } else {
        Type::Dynamic
    };
    Ok(Value::set(of, kept))
}

fn holds(sorted: &[Value], item: &Value) -> bool {
    sorted
        .binary_search_by(|found| crate::equality::order(found, item))
        .is_ok()
}

fn setproduct(given: &Given<'_>) -> Result<Value, String> {
    if given.values.len() < 2 {
        return Err("at least two collections are needed".to_owned());
    }
    let mut total: usize = 1;
    for value in given.values {
        let items = value.items().ok_or("lists or sets are needed")?;
        total = total.saturating_mul(items.len());
    }
    given.check(total.saturating_mul(given.values.len()))?;
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for value in given.values {
        let mut longer = Vec::new();
        for row in &rows {
            for item in value.items().unwrap_or_default() {
                let mut row = row.clone();
                row.push(value.inside(item));
                longer.push(row);
            }
        }
        rows = longer;
    }
    let all_sets = given
        .values
        .iter()
        .all(|value| matches!(value.content(), Content::Set(..)));
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    let of = rows.first().map_or(Type::Dynamic, Value::kind);
    let agree = rows.iter().all(|row| row.kind() == of);
    Ok(match (all_sets, agree) {
        (true, true) => Value::set(of, rows),
        (false, true) => Value::list(of, rows),
        _ => Value::tuple(rows),
    })
}
