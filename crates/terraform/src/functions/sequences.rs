use super::{Function, Given, Param};
use crate::number::Number;
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::{Content, Value};

const N: Param = Param::Number;
const ANY: Param = Param::Any;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "flatten",
        params: &[ANY],
        required: 1,
        more: None,
        gives: ANY,
        run: flatten,
    },
    Function {
        name: "range",
        params: &[],
        required: 1,
        more: Some(N),
        gives: ANY,
        run: range,
    },
];

fn flatten(given: &Given<'_>) -> Result<Value, String> {
    let whole = given.value(0)?;
    whole.items().ok_or("a list is needed")?;
    let (mut flat, mut causes) = (Vec::new(), Vec::new());
    spread(whole, &mut flat, &mut causes);
    given.check(flat.len())?;
    Ok(if causes.is_empty() {
        Value::tuple(flat)
    } else {
        Value::unknown_for(Type::Dynamic, causes)
    })
}

fn spread(value: &Value, flat: &mut Vec<Value>, causes: &mut Vec<Cause>) {
    for item in value.items().unwrap_or_default() {
        let item = value.inside(item);
        match item.content() {
            Content::List(..) | Content::Set(..) | Content::Tuple(_) => spread(&item, flat, causes),
            // Something unknown that may be a list leaves the length open.
            Content::Unknown(unknown)
                if !unknown.of.is_primitive()
                    && !matches!(unknown.of, Type::Object(_) | Type::Map(_)) =>
            {
                causes.extend(unknown.causes.iter().cloned());
            }
            _ => flat.push(item),
        }
    }
}

fn range(given: &Given<'_>) -> Result<Value, String> {
    let zero = Number::from(0_usize);
    let one = Number::from(1_usize);
    let (start, limit, step) = match given.values.len() {
        1 => (
            zero.clone(),
            given.number(0),
            if given.number(0) < zero {
                one.negated()
            } else {
                one
            },
        ),
        2 => (
            given.number(0),
            given.number(1),
            if given.number(1) < given.number(0) {
                one.negated()
            } else {
                one
            },
        ),
        3 => (given.number(0), given.number(1), given.number(2)),
        _ => return Err("one to three numbers are needed".to_owned()),
    };
    let down = step.is_negative();
    if start != limit && (step.is_zero() || down != (limit < start)) {
        return Err("the step does not lead to the limit".to_owned());
    }
    let (mut items, mut next) = (Vec::new(), start);
    while if down { next > limit } else { next < limit } {
        // Terraform itself stops at this many.
        if items.len() >= 1024 {
            return Err("more than 1024 values would be generated".to_owned());
        }
        items.push(Value::from(next.clone()));
        next = next.plus(&step);
    }
    Ok(Value::list(Type::Number, items))
}
