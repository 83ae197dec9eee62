mod show;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Precision of a number that was written, in bits (cty `ParseNumberVal`).
const WRITTEN: u64 = 512;
/// Largest exponent of ten that is read; a number beyond it would be a text of that many digits.
const LARGEST_EXPONENT: i64 = 5_000;

/// A number as Terraform counts: binary floating point with 512 bits, shown with the fewest decimal digits that mean it.
///
/// The value is `mantissa * 2^exponent`. A decimal type would be exact where Terraform is not (`1 / 3 * 3`), and its
/// thirds would have another number of digits, so this follows Go's `big.Float`, rounding to the nearest even mantissa.
#[derive(Clone)]
pub struct Number {
    /// Odd, or zero.
    mantissa: BigInt,
    exponent: i64,
    precision: u64,
}

impl Number {
    /// Reads decimal digits with an optional fraction and exponent; nothing else is a number to Terraform.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (digits, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (unsigned.get(..at)?, exponent(unsigned.get(at + 1..)?)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || all.len() > 5_000 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mantissa = BigInt::parse_bytes(all.as_bytes(), 10)?;
        let mantissa = if negative { -mantissa } else { mantissa };
        let scale = exponent - i64::try_from(fraction.len()).ok()?;
        let ten = ten_to(scale.unsigned_abs());
        Some(if scale >= 0 {
            Self::rounded(mantissa * ten, 0, false, WRITTEN)
        } else {
            Self::quotient(&mantissa, &ten, 0, WRITTEN)
        })
    }

    /// A number that a float of 64 bits gives; infinities and NaN are none.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let raw = i64::try_from((bits >> 52) & 0x7ff).ok()?;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if raw == 0 {
            (fraction, -1074)
        } else {
            (fraction | 1 << 52, raw - 1075)
        };
        let mantissa = BigInt::from(mantissa);
        let mantissa = if value < 0.0 { -mantissa } else { mantissa };
        Some(Self::rounded(mantissa, exponent, false, 53))
    }

    /// A whole number of any length, exactly.
    pub fn from_big(value: BigInt) -> Self {
        let precision = value.bits().max(WRITTEN);
        Self::rounded(value, 0, false, precision)
    }

    /// Rounds to `precision` bits, to nearest, ties to even; `sticky` says that something was cut off below.
    fn rounded(mantissa: BigInt, exponent: i64, sticky: bool, precision: u64) -> Self {
        let (sign, mut magnitude) = mantissa.into_parts();
        let mut exponent = exponent;
        let excess = magnitude.bits().saturating_sub(precision);
        if excess > 0 {
            let half_set = magnitude.bit(excess - 1);
            let below = sticky
                || magnitude
                    .trailing_zeros()
                    .is_some_and(|zeros| zeros < excess - 1);
            magnitude >>= excess;
            exponent += i64::try_from(excess).unwrap_or(i64::MAX);
            if half_set && (below || magnitude.bit(0)) {
                magnitude += 1_u32;
            }
        }
        if let Some(zeros) = magnitude.trailing_zeros() {
            magnitude >>= zeros;
            exponent += i64::try_from(zeros).unwrap_or(i64::MAX);
        } else {
            exponent = 0;
        }
        Self {
            mantissa: BigInt::from_biguint(sign, magnitude),
            exponent,
            precision,
        }
    }

    /// `above / below * 2^exponent`, rounded.
    fn quotient(above: &BigInt, below: &BigInt, exponent: i64, precision: u64) -> Self {
        let wanted = precision + 2 + below.bits();
        let shift = wanted.saturating_sub(above.bits());
        let (quotient, rest) = (above << shift).div_rem(below);
        let exponent = exponent - i64::try_from(shift).unwrap_or(i64::MAX);
        // One more bit that stands for everything cut off.
        let sticky = !rest.is_zero();
        let marked: BigInt = (quotient << 1_u8)
            + if sticky {
                rest_sign(above, below)
            } else {
                BigInt::zero()
            };
        Self::rounded(marked, exponent - 1, sticky, precision)
    }

    fn wider(&self, other: &Self) -> u64 {
        self.precision.max(other.precision)
    }

    /// Both mantissas at the smaller exponent; `None` when that would be too long.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let at = |number: &Self| {
            let shift = (number.exponent - exponent).unsigned_abs();
            &number.mantissa << shift
        };
        (at(self), at(other), exponent)
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let (left, right, exponent) = self.aligned(other);
        Self::rounded(left + right, exponent, false, self.wider(other))
    }

    /// The difference.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    /// The product; it may need more bits than its factors, up to 512 (cty `Multiply`).
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let exponent = self.exponent + other.exponent;
        let exact = Self::rounded(
            &self.mantissa * &other.mantissa,
            exponent,
            false,
            WRITTEN.max(self.wider(other)),
        );
        let precision = self.wider(other).max(exact.mantissa.bits());
        Self { precision, ..exact }
    }

    /// The quotient; `None` by zero.
    pub fn over(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let exponent = self.exponent - other.exponent;
        Some(Self::quotient(
            &self.mantissa,
            &other.mantissa,
            exponent,
            self.wider(other),
        ))
    }

    /// What is left after division without fraction, with the sign of the first; `None` by zero.
    pub fn rest(&self, other: &Self) -> Option<Self> {
        let whole = Self::from_big(self.over(other)?.truncated());
        Some(self.minus(&other.times(&whole)))
    }

    /// With the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self {
            mantissa: -&self.mantissa,
            ..self.clone()
        }
    }

    /// Without the fraction, towards zero.
    pub fn truncated(&self) -> BigInt {
        if self.exponent >= 0 {
            return &self.mantissa << self.exponent.unsigned_abs();
        }
        let (sign, magnitude) = self.mantissa.clone().into_parts();
        BigInt::from_biguint(sign, magnitude >> self.exponent.unsigned_abs())
    }

    /// The largest whole number that is not above.
    #[must_use]
    pub fn floor(&self) -> Self {
        let whole = self.truncated();
        let below = self.is_negative() && !self.is_whole();
        Self::from_big(if below { whole - 1 } else { whole })
    }

    /// True while the number has few enough digits to be counted with.
    pub(crate) fn is_in_range(&self) -> bool {
        self.exponent.abs() < 40_000
    }

    /// True for zero.
    pub fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// True below zero.
    pub fn is_negative(&self) -> bool {
        self.mantissa.is_negative()
    }

    /// True without a fraction.
    pub fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// As a whole number of 64 bits, if it is one.
    pub fn to_i64(&self) -> Option<i64> {
        (self.is_whole() && self.exponent < 64)
            .then(|| self.truncated().to_i64())
            .flatten()
    }

    /// As a whole number, if it is one.
    pub fn to_big(&self) -> Option<BigInt> {
        self.is_whole().then(|| self.truncated())
    }

    /// The nearest float of 64 bits.
    pub fn to_f64(&self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

fn rest_sign(above: &BigInt, below: &BigInt) -> BigInt {
    if above.is_negative() == below.is_negative() {
        BigInt::one()
    } else {
        -BigInt::one()
    }
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i64 = text.parse().ok()?;
    (value.abs() <= LARGEST_EXPONENT).then_some(value)
}

fn ten_to(power: u64) -> BigInt {
    num_traits::pow(BigInt::from(10), usize::try_from(power).unwrap_or(0))
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::rounded(BigInt::from(value), 0, false, WRITTEN)
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::rounded(BigInt::from(value), 0, false, WRITTEN)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.mantissa == other.mantissa && self.exponent == other.exponent
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right, _) = self.aligned(other);
        left.cmp(&right)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}
