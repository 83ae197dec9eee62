/// Whether `!!timestamp` takes this text: a date, a date and time with `T` and a zone, or with a space and no zone.
/// Only needed to refuse what the reader refuses; as a value a timestamp stays the text it is.
pub(super) fn is_timestamp(text: &str) -> bool {
    date_and_rest(text).is_some_and(|rest| match rest.chars().next() {
        None => true,
        Some('T' | 't') => time(rest.get(1..).unwrap_or_default()).is_some_and(is_zone),
        Some(' ') => time(rest.trim_start_matches(' ')).is_some_and(str::is_empty),
        Some(_) => false,
    })
}

fn date_and_rest(text: &str) -> Option<&str> {
    let year: u32 = text
        .get(..4)?
        .parse()
        .ok()
        .filter(|_| text.bytes().take(4).all(|byte| byte.is_ascii_digit()))?;
    let (month, rest) = number(text.get(4..)?.strip_prefix('-')?)?;
    let (day, rest) = number(rest.strip_prefix('-')?)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

fn time(text: &str) -> Option<&str> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(':')?)?;
    let (second, rest) = number(rest.strip_prefix(':')?)?;
    let valid = hour < 24 && minute < 60 && second < 60;
    let after = match rest.strip_prefix(['.', ',']) {
        Some(fraction) if fraction.starts_with(|first: char| first.is_ascii_digit()) => {
            fraction.trim_start_matches(|digit: char| digit.is_ascii_digit())
        }
        _ => rest,
    };
    valid.then_some(after)
}

fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let Some((hours, minutes)) = text
        .strip_prefix(['+', '-'])
        .and_then(|zone| zone.split_once(':'))
    else {
        return false;
    };
    let two = |part: &str, most: u32| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|value: u32| value <= most)
    };
    two(hours, 24) && two(minutes, 60)
}

/// One or two digits.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::is_timestamp;

    #[test]
    fn dates_and_times() {
        for good in [
            "2001-01-01",
            "2001-1-1",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14T21:59:43Z",
            "2001-12-14 21:59:43.10",
        ] {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in [
            "2001-02-30",
            "2001-1",
            "01-01-2001",
            "2001-12-14 21:59:43.10 -5",
            "2001-12-14T21:59:43",
            "2001-01-01x",
        ] {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }
}
