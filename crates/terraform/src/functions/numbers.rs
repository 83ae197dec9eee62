use num_bigint::BigInt;

use super::{Function, Given, Param};
use crate::number::Number;
use crate::value::Value;

const N: Param = Param::Number;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "abs",
        params: &[N],
        required: 1,
        more: None,
        gives: N,
        run: abs,
    },
    Function {
        name: "ceil",
        params: &[N],
        required: 1,
        more: None,
        gives: N,
        run: ceil,
    },
    Function {
        name: "floor",
        params: &[N],
        required: 1,
        more: None,
        gives: N,
        run: |given| Ok(given.number(0).floor().into()),
    },
    Function {
        name: "log",
        params: &[N, N],
        required: 2,
        more: None,
        gives: N,
        run: log,
    },
    Function {
        name: "max",
        params: &[],
        required: 1,
        more: Some(N),
        gives: N,
        run: |given| extreme(given, true),
    },
    Function {
        name: "min",
        params: &[],
        required: 1,
        more: Some(N),
        gives: N,
        run: |given| extreme(given, false),
    },
    Function {
        name: "parseint",
        params: &[Param::Any, N],
        required: 2,
        more: None,
        gives: N,
        run: parseint,
    },
    Function {
        name: "pow",
        params: &[N, N],
        required: 2,
        more: None,
        gives: N,
        run: pow,
    },
    Function {
        name: "signum",
        params: &[N],
        required: 1,
        more: None,
        gives: N,
        run: signum,
    },
    Function {
        name: "sum",
        params: &[Param::Any],
        required: 1,
        more: None,
        gives: N,
        run: sum,
    },
];

fn abs(given: &Given<'_>) -> Result<Value, String> {
    let number = given.number(0);
    Ok(if number.is_negative() {
        number.negated()
    } else {
        number
    }
    .into())
}

fn ceil(given: &Given<'_>) -> Result<Value, String> {
    Ok(given.number(0).negated().floor().negated().into())
}

/// In floats of 64 bits, as Terraform does.
fn log(given: &Given<'_>) -> Result<Value, String> {
    float(given.number(0).to_f64().ln() / given.number(1).to_f64().ln())
}

fn pow(given: &Given<'_>) -> Result<Value, String> {
    float(given.number(0).to_f64().powf(given.number(1).to_f64()))
}

fn float(value: f64) -> Result<Value, String> {
    Number::from_f64(value)
        .map(Value::from)
        .ok_or_else(|| "the result is no number".to_owned())
}

fn extreme(given: &Given<'_>, largest: bool) -> Result<Value, String> {
    let numbers = given.values.iter().filter_map(Value::as_number);
    let found = if largest {
        numbers.max()
    } else {
        numbers.min()
    };
    found
        .cloned()
        .map(Value::from)
        .ok_or_else(|| "at least one number is needed".to_owned())
}

fn parseint(given: &Given<'_>) -> Result<Value, String> {
    let text = given.value(0)?.as_str().ok_or("text is needed")?;
    let base = given.whole(1)?;
    let radix = u32::try_from(base)
        .ok()
        .filter(|base| (2..=62).contains(base))
        .ok_or("the base must be between 2 and 62")?;
    let wrong = || format!("this is no whole number to base {radix}");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    given.check(digits.len().saturating_mul(64))?;
    let mut value = BigInt::from(0);
    for digit in digits.chars() {
        let digit = digit_value(digit, radix).ok_or_else(wrong)?;
        value = value * radix + digit;
    }
    if digits.is_empty() {
        return Err(wrong());
    }
    Ok(Number::from_big(if negative { -value } else { value }).into())
}

/// Go's `big.Int.SetString`: up to 36 both cases are the same, above that capitals come after small letters.
fn digit_value(digit: char, radix: u32) -> Option<u32> {
    let value = match digit {
        '0'..='9' => u32::from(digit) - u32::from('0'),
        'a'..='z' => u32::from(digit) - u32::from('a') + 10,
        'A'..='Z' if radix <= 36 => u32::from(digit) - u32::from('A') + 10,
        'A'..='Z' => u32::from(digit) - u32::from('A') + 36,
        _ => return None,
    };
    (value < radix).then_some(value)
}

fn signum(given: &Given<'_>) -> Result<Value, String> {
    let number = given.number(0);
    let sign = if number.is_zero() {
        0_i64
    } else if number.is_negative() {
        -1
    } else {
        1
    };
    Ok(Number::from(sign).into())
}

fn sum(given: &Given<'_>) -> Result<Value, String> {
    let value = given.value(0)?;
    let items = value.items().ok_or("a list of numbers is needed")?;
    if !value.is_wholly_known() {
        return Ok(Value::unknown_for(
            crate::types::Type::Number,
            value.causes(),
        ));
    }
    let mut total: Option<Number> = None;
    for item in items {
        let number = crate::convert::convert(item, &crate::types::Type::Number)?;
        let number = number.as_number().ok_or("null cannot be added")?;
        total = Some(total.map_or_else(|| number.clone(), |total| total.plus(number)));
    }
    total
        .map(Value::from)
        .ok_or_else(|| "an empty list has no sum".to_owned())
}
