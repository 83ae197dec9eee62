use jiff::civil::{Date, DateTime, Time, date};
use jiff::{SignedDuration, Timestamp, tz::Offset};

use super::strings::text;
use super::{Function, Given, Param};
use crate::number::Number;
use crate::value::Value;

const S: Param = Param::Text;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "formatdate",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: formatdate,
    },
    Function {
        name: "timeadd",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: timeadd,
    },
    Function {
        name: "timecmp",
        params: &[S, S],
        required: 2,
        more: None,
        gives: Param::Number,
        run: timecmp,
    },
];

/// A moment as it was written: local time and the offset from UTC in seconds.
#[derive(Clone, Copy)]
struct Moment {
    local: DateTime,
    offset: i32,
}

/// RFC 3339 to the letter: `T` between date and time, `Z` or an offset at the end.
fn parse(text: &str) -> Result<Moment, String> {
    read(text).ok_or_else(|| "a time as in 2026-01-31T12:00:00Z is needed".to_owned())
}

fn read(text: &str) -> Option<Moment> {
    let number = |from: usize, to: usize| -> Option<i16> {
        let digits = text.get(from..to)?;
        digits
            .bytes()
            .all(|digit| digit.is_ascii_digit())
            .then(|| digits.parse().ok())
            .flatten()
    };
    let small = |from, to| number(from, to).and_then(|value| i8::try_from(value).ok());
    let signs = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    if !signs
        .iter()
        .all(|(at, sign)| text.get(*at..at + 1) == Some(sign))
    {
        return None;
    }
    let day = Date::new(number(0, 4)?, small(5, 7)?, small(8, 10)?).ok()?;
    let rest = text.get(19..)?;
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            let digits: String = after
                .chars()
                .take(count)
                .chain("000000000".chars())
                .take(9)
                .collect();
            if count == 0 {
                return None;
            }
            (digits.parse().ok()?, after.get(count..)?)
        }
        None => (0, rest),
    };
    let time = Time::new(small(11, 13)?, small(14, 16)?, small(17, 19)?, fraction).ok()?;
    let offset = match rest.as_bytes() {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), a, b, b':', c, d]
            if [a, b, c, d].iter().all(|digit| digit.is_ascii_digit()) =>
        {
            let two = |high: u8, low: u8| i32::from(high - b'0') * 10 + i32::from(low - b'0');
            let (hours, minutes) = (two(*a, *b), two(*c, *d));
            if hours > 24 || minutes >= 60 {
                return None;
            }
            (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    Some(Moment {
        local: day.to_datetime(time),
        offset,
    })
}

impl Moment {
    fn instant(self) -> Option<Timestamp> {
        Offset::from_seconds(self.offset)
            .ok()?
            .to_timestamp(self.local)
            .ok()
    }

    fn zone(self, colon: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }

    fn show(self) -> String {
        let (day, time) = (self.local.date(), self.local.time());
        let zone = if self.offset == 0 {
            "Z".to_owned()
        } else {
            self.zone(":")
        };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
            day.year(),
            day.month(),
            day.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

fn timecmp(given: &Given<'_>) -> Result<Value, String> {
    let order = parse(given.text(0))?
        .instant()
        .cmp(&parse(given.text(1))?.instant());
    Ok(Number::from(order as i64).into())
}

fn timeadd(given: &Given<'_>) -> Result<Value, String> {
    let moment = parse(given.text(0))?;
    let moved = duration(given.text(1)).ok_or("a duration as in 1h30m is needed")?;
    let local = moment
        .local
        .checked_add(moved)
        .map_err(|_| "the result is out of range")?;
    text(&Moment { local, ..moment }.show())
}

/// Go's `time.ParseDuration`.
fn duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut nanoseconds: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let count = rest
            .bytes()
            .take_while(|found| found.is_ascii_digit() || *found == b'.')
            .count();
        let (digits, after) = rest.split_at_checked(count)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let unit_length = after
            .bytes()
            .take_while(|found| !found.is_ascii_digit() && *found != b'.')
            .count();
        let (unit, after) = after.split_at_checked(unit_length)?;
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        if digits.is_empty() || digits == "." || fraction.contains('.') || digits.len() > 18 {
            return None;
        }
        let number = |digits: &str| {
            if digits.is_empty() {
                Some(0)
            } else {
                digits.parse::<i128>().ok()
            }
        };
        nanoseconds += number(whole)?.checked_mul(scale)?;
        let places = u32::try_from(fraction.len()).ok()?;
        nanoseconds += number(fraction)?.checked_mul(scale)? / 10_i128.pow(places);
        rest = after;
    }
    let nanoseconds = i64::try_from(if negative { -nanoseconds } else { nanoseconds }).ok()?;
    Some(SignedDuration::from_nanos(nanoseconds))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// Letters are replaced in runs of one kind, text in single quotes stays, all else stays too (go-cty `FormatDateFunc`).
fn formatdate(given: &Given<'_>) -> Result<Value, String> {
    let moment = parse(given.text(1))?;
    let mut formatted = String::new();
    let mut rest = given.text(0).chars().peekable();
    while let Some(found) = rest.next() {
        if found == '\'' {
            loop {
                match rest.next() {
                    Some('\'') if rest.next_if_eq(&'\'').is_some() => formatted.push('\''),
                    Some('\'') => break,
                    Some(inside) => formatted.push(inside),
                    None => return Err("a quote is not closed".to_owned()),
                }
            }
        } else if found.is_ascii_alphabetic() {
            let mut count = 1;
            while rest.next_if_eq(&found).is_some() {
                count += 1;
            }
            formatted.push_str(&field(moment, found, count)?);
        } else {
            formatted.push(found);
        }
    }
    text(&formatted)
}

fn field(moment: Moment, letter: char, count: usize) -> Result<String, String> {
    let (day, time) = (moment.local.date(), moment.local.time());
    let named = |names: &[&str], at: i8| {
        usize::try_from(at - 1)
            .ok()
            .and_then(|at| names.get(at).copied())
            .unwrap_or_default()
            .to_owned()
    };
    let short = |name: String| name.chars().take(3).collect::<String>();
    let padded = |value: i8| {
        if count == 1 {
            value.to_string()
        } else {
            format!("{value:02}")
        }
    };
    let weekday = day.weekday().to_monday_one_offset();
    let twelve = (time.hour() + 11) % 12 + 1;
    let half = if time.hour() < 12 { "AM" } else { "PM" };
    Ok(match (letter, count) {
        ('Y', 2) => format!("{:02}", day.year() % 100),
        ('Y', 4) => format!("{:04}", day.year()),
        ('M', 1 | 2) => padded(day.month()),
        ('M', 3) => short(named(&MONTHS, day.month())),
        ('M', 4) => named(&MONTHS, day.month()),
        ('D', 1 | 2) => padded(day.day()),
        ('E', 3) => short(named(&DAYS, weekday)),
        ('E', 4) => named(&DAYS, weekday),
        ('h', 1 | 2) => padded(time.hour()),
        ('H', 1 | 2) => padded(twelve),
        ('A', 2) => half.to_owned(),
        ('a', 2) => half.to_lowercase(),
        ('m', 1 | 2) => padded(time.minute()),
        ('s', 1 | 2) => padded(time.second()),
        ('Z', 1) if moment.offset == 0 => "Z".to_owned(),
        ('Z', 3) if moment.offset == 0 => "UTC".to_owned(),
        ('Z', 3 | 4) => moment.zone(""),
        ('Z', 1 | 5) => moment.zone(":"),
        _ => {
            return Err(format!(
                "{:?} is no part of a date",
                String::from(letter).repeat(count)
            ));
        }
    })
}

/// A plain YAML scalar that is a date, in RFC 3339.
pub(super) fn from_yaml(text: &str) -> Option<String> {
    if let Some(moment) = read(text) {
        return Some(moment.show());
    }
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    if year.len() != 4 || !short(month) || !short(day) {
        return None;
    }
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    let midnight = date(day.year(), day.month(), day.day()).at(0, 0, 0, 0);
    Some(
        Moment {
            local: midnight,
            offset: 0,
        }
        .show(),
    )
}
