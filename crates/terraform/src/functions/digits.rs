use crate::number::Number;

/// The significant digits, and the power of ten of the first: shortest, or rounded to this many.
fn significant(number: &Number, count: Option<usize>) -> (String, i64) {
    let text = number.to_string();
    let text = text.trim_start_matches('-');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all = format!("{whole}{fraction}");
    let lead = all.len() - all.trim_start_matches('0').len();
    let width = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let exponent = if lead == all.len() {
        0
    } else {
        width(whole.len()) - 1 - width(lead)
    };
    let shortest = all.trim_matches('0').to_owned();
    let Some(count) = count else {
        return (
            if shortest.is_empty() {
                "0".to_owned()
            } else {
                shortest
            },
            exponent,
        );
    };
    // Rounded on the exact value, which the shortest digits are not.
    let places = width(count) - 1 - exponent;
    let rounded = number.scaled_rounded(places).to_string();
    let carried = rounded.len() > count;
    (
        rounded.chars().take(count).collect::<String>(),
        exponent + i64::from(carried && !number.is_zero()),
    )
}

pub(super) fn scientific(number: &Number, count: Option<usize>, letter: char) -> String {
    let (digits, exponent) = significant(number, count);
    let digits = count.map_or(digits.clone(), |count| format!("{digits:0<count$}"));
    let (first, rest) = digits.split_at_checked(1).unwrap_or(("0", ""));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{first}{point}{rest}{letter}{sign}{:02}",
        exponent.unsigned_abs()
    )
}

/// `%g`: the shorter of the two, without trailing zeros.
pub(super) fn general(number: &Number, precision: Option<usize>, letter: char) -> String {
    let count = precision.map(|precision| precision.max(1));
    let (digits, exponent) = significant(number, count);
    let digits = digits.trim_end_matches('0');
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let limit = match count {
        None => 6,
        Some(count) => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            if count > length && length > exponent {
                length
            } else {
                count
            }
        }
    };
    let sign = if number.is_negative() { "-" } else { "" };
    if exponent < -4 || exponent >= limit {
        let magnitude = if number.is_negative() {
            number.negated()
        } else {
            number.clone()
        };
        return format!(
            "{sign}{}",
            scientific(&magnitude, Some(digits.len().max(1)), letter)
        );
    }
    if count.is_none() {
        number.to_string()
    } else {
        let places = usize::try_from((length - 1 - exponent).max(0)).unwrap_or(0);
        let magnitude = if number.is_negative() {
            number.negated()
        } else {
            number.clone()
        };
        format!("{sign}{}", magnitude.fixed(places))
    }
}
