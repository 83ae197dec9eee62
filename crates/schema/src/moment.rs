//! Points in time as `metav1.Time` and `metav1.MicroTime` read and write them.

/// Reads RFC 3339 and writes it back in UTC, with whole seconds or with microseconds.
pub(crate) fn normalised(text: &str, micro: bool) -> Result<String, String> {
    let layout = if micro {
        "2006-01-02T15:04:05.000000Z07:00"
    } else {
        "2006-01-02T15:04:05Z07:00"
    };
    let (seconds, nanos) = parse(text).ok_or_else(|| {
        format!("parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\" as \"2006\"")
    })?;
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let whole = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    Ok(if micro {
        format!("{whole}.{:06}Z", nanos / 1000)
    } else {
        format!("{whole}Z")
    })
}

fn parse(text: &str) -> Option<(i64, i64)> {
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let mark = |at: usize, wanted: &str| (text.get(at..=at)? == wanted).then_some(());
    mark(4, "-")?;
    mark(7, "-")?;
    mark(10, "T")?;
    mark(13, ":")?;
    mark(16, ":")?;
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let mut rest = text.get(19..)?;
    let mut nanos = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let end = after.find(|c: char| !c.is_ascii_digit())?;
        let digits = after
            .get(..end.min(9))
            .filter(|digits| !digits.is_empty())?;
        nanos = format!("{digits:0<9}").parse().ok()?;
        rest = after.get(end..)?;
    }
    let offset = if rest == "Z" {
        0
    } else {
        let sign = match rest.get(..1)? {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let (hours, minutes) = rest.get(1..)?.split_once(':')?;
        let two = |part: &str| (part.len() == 2).then(|| part.parse::<i64>().ok())?;
        sign * (two(hours)? * 3600 + two(minutes)? * 60)
    };
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let days = days_from_civil(year, month, day);
    let exists = valid && civil(days) == (year, month, day);
    exists.then_some((
        days * 86_400 + hour * 3600 + minute * 60 + second - offset,
        nanos,
    ))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_stored_in_utc() {
        assert_eq!(
            normalised("2024-02-29T23:30:00-01:00", false).unwrap(),
            "2024-03-01T00:30:00Z"
        );
        assert_eq!(
            normalised("2024-02-29T23:30:00.25Z", true).unwrap(),
            "2024-02-29T23:30:00.250000Z"
        );
        assert_eq!(
            normalised("2024-02-29T23:30:00.25Z", false).unwrap(),
            "2024-02-29T23:30:00Z"
        );
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        assert!(normalised("2023-02-29T00:00:00Z", false).is_err());
        assert!(normalised("yesterday", false).is_err());
        assert!(normalised("2023-02-28 00:00:00Z", false).is_err());
    }
}
