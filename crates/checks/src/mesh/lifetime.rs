//! Durations as Go writes them.

/// Hours of a Go duration (`8760h0m0s`, `90m`), rounded down; `None` when Go would not read it.
pub(crate) fn hours(text: &str) -> Option<u64> {
    let mut seconds = 0.0_f64;
    let mut rest = text.trim().strip_prefix('+').unwrap_or(text.trim());
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(end)?;
        let number: f64 = number.parse().ok()?;
        let unit_end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit_end)?;
        seconds += number
            * match unit {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" | "μs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = after;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no duration is negative, and a float saturates"
    )]
    Some((seconds / 3600.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(hours("8760h0m0s"), Some(8760));
        assert_eq!(hours("1h30m"), Some(1));
        assert_eq!(hours("31536000s"), Some(8760));
        assert_eq!(hours("0.5h"), Some(0));
        for wrong in ["", "365d", "24", "h", "1y"] {
            assert_eq!(hours(wrong), None, "{wrong}");
        }
    }
}
