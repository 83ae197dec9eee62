use jiff::civil::Date;

/// A day of the calendar, for exceptions that end.
pub type Day = Date;

/// Reads `2027-01-31`; anything else is no day.
pub(crate) fn parse(text: &str) -> Option<Day> {
    let well_formed = text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if well_formed { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_whole_days_are_read() {
        assert!(parse("2027-01-31").is_some());
        for bad in [
            "2027-02-30",
            "2027-1-31",
            "31-01-2027",
            "2027-01-31T00:00:00",
            "soon",
            "",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
