use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::{Number, ten_to};

impl Number {
    /// `self * 10^places`, rounded to a whole number, ties to even.
    pub(crate) fn scaled_rounded(&self, places: i64) -> BigInt {
        let ten = ten_to(places.unsigned_abs());
        let (above, below) = if places >= 0 {
            (&self.mantissa * ten, BigInt::one())
        } else {
            (self.mantissa.clone(), ten)
        };
        let shift = self.exponent.unsigned_abs();
        let (above, below) = if self.exponent >= 0 {
            (above << shift, below)
        } else {
            (above, below << shift)
        };
        let (quotient, rest) = above.div_mod_floor(&below);
        let up = match (rest * 2_u8).cmp(&below) {
            Ordering::Greater => true,
            Ordering::Equal => quotient.is_odd(),
            Ordering::Less => false,
        };
        if up { quotient + 1 } else { quotient }
    }

    /// With exactly this many digits after the point.
    pub(crate) fn fixed(&self, places: usize) -> String {
        let scaled = self.scaled_rounded(i64::try_from(places).unwrap_or(i64::MAX));
        let sign = if scaled.is_negative() { "-" } else { "" };
        let digits = format!(
            "{:0>width$}",
            scaled.magnitude().to_string(),
            width = places + 1
        );
        let (whole, fraction) = digits
            .split_at_checked(digits.len() - places)
            .unwrap_or((&digits, ""));
        let point = if places == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

impl fmt::Display for Number {
    /// The fewest digits that no other number of this precision is nearer to (Go `big.Float.Text('f', -1)`).
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mantissa.sign() == Sign::Minus {
            out.write_str("-")?;
        }
        let magnitude = BigInt::from(self.mantissa.magnitude().clone());
        if magnitude.is_zero() {
            return out.write_str("0");
        }
        let shift = self.precision.saturating_sub(magnitude.bits());
        // In half units of the last place, so that the neighbours' borders are whole.
        let full: BigInt = magnitude << (shift + 1);
        let exponent = self.exponent - i64::try_from(shift).unwrap_or(0) - 1;
        let even = !(&full >> 1_u8).is_odd();
        let (lower, upper) = (&full - 1, &full + 1);
        let point = usize::try_from((-exponent).max(0)).unwrap_or(0);
        let digits = |value: &BigInt| scaled(value, exponent).to_string();
        let width = digits(&upper).len().max(point + 1);
        let padded = |value: &BigInt| format!("{:0>width$}", digits(value)).into_bytes();
        let shortest = shortest(&padded(&full), &padded(&lower), &padded(&upper), even);
        out.write_str(&with_point(&shortest, point))
    }
}

/// `value * 2^exponent * 10^point`, a whole number.
fn scaled(value: &BigInt, exponent: i64) -> BigInt {
    if exponent >= 0 {
        return value << exponent.unsigned_abs();
    }
    let power = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    value * num_traits::pow(BigInt::from(5), power)
}

/// Cuts the digits where both neighbours are already excluded; what is cut becomes zeros.
fn shortest(exact: &[u8], lower: &[u8], upper: &[u8], inclusive: bool) -> Vec<u8> {
    let is_done = |digits: &[u8], from: usize| {
        digits
            .get(from..)
            .is_none_or(|rest| rest.iter().all(|digit| *digit == b'0'))
    };
    for (at, ((digit, low), high)) in exact.iter().zip(lower).zip(upper).enumerate() {
        let down = low != digit || inclusive && is_done(lower, at + 1);
        let up = digit != high && (inclusive || digit + 1 < *high || !is_done(upper, at + 1));
        let prefix_differs = exact.get(..at) != lower.get(..at);
        let down = down || prefix_differs;
        if !(down || up) {
            continue;
        }
        let mut kept: Vec<u8> = exact.iter().take(at + 1).copied().collect();
        let rest = exact.get(at + 1..).unwrap_or_default();
        let round_up = match rest.first() {
            Some(b'5') if is_done(rest, 1) => digit % 2 == 1,
            Some(next) => *next >= b'5',
            None => false,
        };
        if up && (!down || round_up) {
            increment(&mut kept);
        }
        kept.resize(exact.len(), b'0');
        return kept;
    }
    exact.to_vec()
}

fn increment(digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            return;
        }
    }
}

fn with_point(digits: &[u8], point: usize) -> String {
    let whole = digits.len().saturating_sub(point);
    let text: String = digits.iter().map(|digit| char::from(*digit)).collect();
    let (whole, fraction) = text.split_at_checked(whole).unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}
