//! Resource quantities, parsed and written as `k8s.io/apimachinery/pkg/api/resource` does.

const NANO: i128 = 1_000_000_000;
const MAX: i128 = (i64::MAX as i128) * NANO;

/// How a quantity was written, and so how it is written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    DecimalExponent,
    DecimalSi,
    BinarySi,
}

/// An amount in billionths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    nano: i128,
    form: Form,
    /// The text as written, when the parser's quick path keeps it.
    kept: Option<String>,
}

/// Why a text is no quantity; the texts are the API server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not have the shape of an amount at all.
    #[error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    Format,
    /// No unit has this name.
    #[error("unable to parse quantity's suffix")]
    Suffix,
    /// A unit without a number.
    #[error("unable to parse numeric part of quantity")]
    Numeric,
}

impl Quantity {
    /// Reads `512Mi`, `0.5`, `1e3`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let stripped = unsigned.trim_start_matches('0');
        let number_end = stripped
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(stripped.len());
        let (number, mut rest) = stripped.split_at_checked(number_end).unwrap_or_default();
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let end = after
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(after.len());
            (fraction, rest) = after.split_at_checked(end).unwrap_or_default();
        }
        if !is_suffix(rest) {
            return Err(QuantityError::Format);
        }
        let (form, exponent) = suffix(rest).ok_or(QuantityError::Suffix)?;
        let value = unsigned.strip_suffix(rest).unwrap_or(unsigned);
        if !rest.is_empty() && !value.contains(|c: char| c.is_ascii_digit()) {
            return Err(QuantityError::Numeric);
        }
        let digits = format!("{number}{fraction}");
        let places = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
        let mantissa = digits.bytes().fold(0_i128, |sum, digit| {
            sum.saturating_mul(10)
                .saturating_add(i128::from(digit.saturating_sub(b'0')))
        });
        let nano = match form {
            Form::BinarySi => {
                let factor = 1_i128 << exponent.clamp(0, 60);
                scaled(
                    mantissa.saturating_mul(factor),
                    9_i32.saturating_sub(places),
                )
                .min(MAX)
            }
            _ => scaled(mantissa, exponent.saturating_add(9).saturating_sub(places)),
        };
        let form = if form == Form::BinarySi && nano > 0 && nano < NANO {
            Form::DecimalSi
        } else {
            form
        };
        let kept = keeps_its_text(form, &digits, exponent, places).then(|| text.to_owned());
        let nano = if negative { -nano } else { nano };
        Ok(Self { nano, form, kept })
    }

    /// The amount in billionths.
    pub fn nano(&self) -> i128 {
        self.nano
    }

    /// Rounded up to thousandths, as defaulting does to resource lists.
    pub(crate) fn rounded_to_milli(&self) -> Self {
        let step = NANO / 1000;
        let rest = self.nano % step;
        let nano = match rest {
            0 => self.nano,
            rest if rest > 0 => self.nano + (step - rest),
            rest => self.nano - (step + rest),
        };
        let kept = self.kept.clone().filter(|_| rest == 0);
        Self {
            nano,
            form: self.form,
            kept,
        }
    }

    /// As the server writes it.
    pub(crate) fn text(&self) -> String {
        match &self.kept {
            Some(text) => text.clone(),
            None => self.canonical(),
        }
    }

    fn canonical(&self) -> String {
        if self.nano == 0 {
            return "0".to_owned();
        }
        if self.form == Form::BinarySi && self.nano.abs() >= 1024 * NANO {
            let mut whole = self.nano / NANO + (self.nano % NANO).signum();
            let mut power = 0_usize;
            while whole % 1024 == 0 && power < 6 {
                whole /= 1024;
                power += 1;
            }
            let suffix = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
                .get(power)
                .copied()
                .unwrap_or_default();
            return format!("{whole}{suffix}");
        }
        let (mut mantissa, mut exponent) = (self.nano, -9_i32);
        while mantissa % 1000 == 0 && exponent < 18 {
            mantissa /= 1000;
            exponent += 3;
        }
        if self.form == Form::DecimalExponent {
            return if exponent == 0 {
                mantissa.to_string()
            } else {
                format!("{mantissa}e{exponent}")
            };
        }
        let suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
        let at = usize::try_from((exponent + 9) / 3).unwrap_or_default();
        format!(
            "{mantissa}{}",
            suffixes.get(at).copied().unwrap_or_default()
        )
    }
}

/// The quick path keeps the text of numbers that are canonical already; it has room for 18 digits.
fn keeps_its_text(form: Form, digits: &str, exponent: i32, places: i32) -> bool {
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if form == Form::BinarySi {
        // `int32(float32(exponent)*3/10)` for the exponents 10 to 60 is exact.
        let room = 15 - length - exponent * 3 / 10 - 1;
        let odd = digits.parse::<i64>().is_ok_and(|value| value & 7 != 0);
        return places == 0 && room >= 0 && odd;
    }
    let scale = exponent - places;
    length <= 18
        && scale >= -9
        && scale % 3 == 0
        && !digits.ends_with("000")
        && !digits.starts_with('0')
        && !digits.is_empty()
}

fn is_suffix(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|c: char| "eEinumkKMGTP".contains(c));
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// The form, and the power of ten or two.
fn suffix(text: &str) -> Option<(Form, i32)> {
    let decimal = |exponent| Some((Form::DecimalSi, exponent));
    let binary = |exponent| Some((Form::BinarySi, exponent));
    match text {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let exponent = text.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?;
            Some((Form::DecimalExponent, exponent))
        }
    }
}

/// `mantissa * 10^power`, away from zero where a rest is left.
fn scaled(mantissa: i128, power: i32) -> i128 {
    let steps = power.unsigned_abs().min(60);
    let factor = 10_i128.checked_pow(steps);
    match (power >= 0, factor) {
        (_, _) if mantissa == 0 => 0,
        (true, Some(factor)) => mantissa.saturating_mul(factor),
        (true, None) => i128::MAX,
        (false, Some(factor)) => mantissa / factor + i128::from(mantissa % factor != 0),
        (false, None) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> String {
        Quantity::parse(text).unwrap().rounded_to_milli().text()
    }

    #[test]
    fn amounts_are_written_in_canonical_form() {
        for (sent, expected) in [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1", "1"),
            ("1.5Gi", "1536Mi"),
            ("1024Mi", "1Gi"),
            ("0.5Ki", "512"),
            ("1e3", "1e3"),
            ("12e4", "120e3"),
            ("0", "0"),
            ("0.0001", "1m"),
            ("-1500m", "-1500m"),
            ("100M", "100M"),
            ("1000M", "1G"),
            ("128974848", "128974848"),
            ("007", "007"),
            ("1G", "1G"),
            (".5", "500m"),
            ("1.", "1."),
        ] {
            assert_eq!(stored(sent), expected, "{sent}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_told_as_the_server_tells_it() {
        assert_eq!(Quantity::parse("abc"), Err(QuantityError::Format));
        assert_eq!(Quantity::parse("10mb"), Err(QuantityError::Format));
        assert_eq!(Quantity::parse("10MM"), Err(QuantityError::Suffix));
        assert_eq!(Quantity::parse(""), Err(QuantityError::Format));
        assert_eq!(Quantity::parse("10 Mi"), Err(QuantityError::Format));
    }
}
