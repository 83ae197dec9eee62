//! Amounts of resources, for comparing and adding.

use std::cmp::Ordering;

use sekisho_schema::QuantityError;

const NANO: i128 = 1_000_000_000;

/// An amount, in billionths; and, when the API server keeps it as such, a whole number with a power of ten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    nano: i128,
    scaled: Option<(i64, i32)>,
}

impl Quantity {
    /// Reads `1500m` or `2Gi`.
    ///
    /// # Errors
    /// In the API server's words.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let nano = sekisho_schema::Quantity::parse(text)?.nano();
        Ok(Self {
            nano,
            scaled: scaled(text),
        })
    }

    /// A whole number.
    pub(crate) fn whole(value: i64) -> Self {
        Self {
            nano: i128::from(value) * NANO,
            scaled: Some((value, 0)),
        }
    }

    /// Which is more.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.nano.cmp(&other.nano)
    }

    /// -1, 0 or 1.
    pub(crate) fn sign(&self) -> i64 {
        i64::try_from(self.nano.signum()).unwrap_or_default()
    }

    /// The sum, or with `-1` the difference.
    pub(crate) fn plus(&self, other: &Self, sign: i64) -> Self {
        let nano = self
            .nano
            .saturating_add(other.nano.saturating_mul(i128::from(sign)));
        let scaled = match (self.scaled, other.scaled) {
            (Some(left), Some((value, scale))) => value
                .checked_mul(sign)
                .and_then(|value| add(left, (value, scale))),
            _ => None,
        };
        Self { nano, scaled }
    }

    /// The whole number, when the API server keeps one.
    pub(crate) fn as_whole(&self) -> Option<i64> {
        let (value, scale) = self.scaled?;
        value.checked_mul(10_i64.checked_pow(u32::try_from(scale).ok()?)?)
    }

    /// About how much.
    #[expect(clippy::cast_precision_loss, reason = "an approximation is asked for")]
    pub(crate) fn about(&self) -> f64 {
        match self.scaled {
            Some((value, 0)) => value as f64,
            Some((value, scale)) => value as f64 * 10_f64.powi(scale),
            None => {
                let (mut value, mut scale) = (self.nano, -9);
                while scale < 0 && value % 1000 == 0 {
                    value /= 1000;
                    scale += 3;
                }
                value as f64 * 10_f64.powi(scale)
            }
        }
    }
}

fn add(left: (i64, i32), right: (i64, i32)) -> Option<(i64, i32)> {
    if left.0 == 0 {
        return Some(right);
    }
    if right.0 == 0 {
        return Some(left);
    }
    let scale = left.1.min(right.1);
    let bring = |(value, own): (i64, i32)| {
        value.checked_mul(10_i64.checked_pow(u32::try_from(own - scale).ok()?)?)
    };
    Some((bring(left)?.checked_add(bring(right)?)?, scale))
}

/// The number and power of ten that the server's quick path keeps; none when it takes the slow path.
fn scaled(text: &str) -> Option<(i64, i32)> {
    let unsigned = text.trim_start_matches(['+', '-']);
    let end = unsigned
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.trim_start_matches('0');
    let places = i32::try_from(fraction.len()).ok()?;
    let length = i32::try_from(whole.len() + fraction.len()).ok()?;
    let (factor, exponent) = match suffix {
        "Ki" => (1 << 10, 10),
        "Mi" => (1 << 20, 20),
        "Gi" => (1 << 30, 30),
        "Ti" => (1 << 40, 40),
        "Pi" => (1 << 50, 50),
        "Ei" => (1 << 60, 60),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "" => (1, 0),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        other => (1, other.strip_prefix(['e', 'E'])?.parse().ok()?),
    };
    let (scale, room) = if factor > 1 {
        if !fraction.is_empty() {
            return None;
        }
        (0, 15 - length - exponent * 3 / 10 - 1)
    } else {
        (exponent, 18 - length)
    };
    let scale = scale - places;
    if room < 0 || scale < -9 {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let value: i64 = if digits.is_empty() {
        0
    } else {
        digits.parse().ok()?
    };
    let value = value.checked_mul(factor)?;
    Some((if text.starts_with('-') { -value } else { value }, scale))
}
