//! Durations as Go writes them (`time.ParseDuration`): `1h30m`, `0`, `-15s`.

/// The duration in nanoseconds; `None` when Go would refuse it.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let unit_end = behind
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(unit_end)?;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && part.is_empty() || part.len() > 18 {
            return None;
        }
        let digits = |text: &str| {
            if text.is_empty() {
                Some(0)
            } else {
                text.parse::<i128>().ok()
            }
        };
        let fraction =
            digits(part)?.checked_mul(unit)? / 10_i128.pow(u32::try_from(part.len()).ok()?);
        total = total
            .checked_add(digits(whole)?.checked_mul(unit)?)?
            .checked_add(fraction)?;
        rest = behind;
    }
    (total <= i128::from(i64::MAX)).then_some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn as_go_reads_them() {
        const S: i128 = 1_000_000_000;
        for (text, wanted) in [
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1h30m", Some(5400 * S)),
            ("1.5h", Some(5400 * S)),
            (".5s", Some(S / 2)),
            ("-15m", Some(-900 * S)),
            ("+1s", Some(S)),
            ("1µs", Some(1000)),
            ("1d", None),
            ("1", None),
            ("", None),
            ("h", None),
            (".s", None),
            ("9999999999h", None),
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
    }
}
