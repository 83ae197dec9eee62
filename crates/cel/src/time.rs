//! Points and spans of time, as Go's package `time` reads and writes them.

use std::cmp::Ordering;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::fault::{Fault, Outcome};
use crate::number;

const SECOND: i128 = 1_000_000_000;
/// The first second of the year 1 and the last of the year 9999.
const FIRST: i128 = -62_135_596_800;
const LAST: i128 = 253_402_300_799;

/// A point in time with the offset it was written in.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    nanoseconds: i128,
    offset: i32,
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.nanoseconds == other.nanoseconds
    }
}

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanoseconds.cmp(&other.nanoseconds)
    }
}

fn overflow() -> Fault {
    Fault::new("timestamp overflow")
}

impl Moment {
    /// Nanoseconds since 1970.
    pub fn nanoseconds(self) -> i128 {
        self.nanoseconds
    }

    /// Whole seconds since 1970, rounded down.
    pub(crate) fn seconds(self) -> i64 {
        i64::try_from(self.nanoseconds.div_euclid(SECOND)).unwrap_or(i64::MAX)
    }

    pub(crate) fn of_seconds(seconds: i64) -> Outcome<Self> {
        Self::new(i128::from(seconds) * SECOND, 0)
    }

    fn new(nanoseconds: i128, offset: i32) -> Outcome<Self> {
        let seconds = nanoseconds.div_euclid(SECOND);
        if !(FIRST..=LAST).contains(&seconds) {
            return Err(overflow());
        }
        Ok(Self {
            nanoseconds,
            offset,
        })
    }

    pub(crate) fn plus(self, span: i128) -> Outcome<Self> {
        Self::new(self.nanoseconds + span, self.offset)
    }

    /// Reads RFC 3339; nothing when it is none, an error when it is beyond the years 1 to 9999.
    pub(crate) fn parse(text: &str) -> Option<Outcome<Self>> {
        let bytes = text.as_bytes();
        let fixed = |from: usize, length: usize| -> Option<i64> {
            let digits = text.get(from..from + length)?;
            digits
                .bytes()
                .all(|digit| digit.is_ascii_digit())
                .then(|| digits.parse().ok())?
        };
        let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
        let (year, month, day) = (fixed(0, 4)?, fixed(5, 2)?, fixed(8, 2)?);
        if !(is(4, b'-') && is(7, b'-') && is(10, b'T')) {
            return None;
        }
        let wide = usize::from(bytes.get(12).is_some_and(u8::is_ascii_digit));
        let hour = fixed(11, 1 + wide)?;
        let at = 12 + wide;
        let (minute, second) = (fixed(at + 1, 2)?, fixed(at + 4, 2)?);
        if !(is(at, b':') && is(at + 3, b':')) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut at = at + 6;
        let mut fraction = 0_i128;
        if is(at, b'.') || is(at, b',') {
            let digits = bytes
                .get(at + 1..)?
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if digits == 0 {
                return None;
            }
            let kept = text.get(at + 1..at + 1 + digits.min(9))?;
            fraction = format!("{kept:0<9}").parse().ok()?;
            at += 1 + digits;
        }
        let offset = match text.get(at..)? {
            "Z" => 0,
            zone => {
                let (hours, minutes) = (fixed(at + 1, 2)?, fixed(at + 4, 2)?);
                if zone.len() != 6 || !is(at + 3, b':') || hours > 24 || minutes > 59 {
                    return None;
                }
                let seconds = hours * 3600 + minutes * 60;
                match bytes.get(at)? {
                    b'+' => seconds,
                    b'-' => -seconds,
                    _ => return None,
                }
            }
        };
        let days = days(year, month, day)?;
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
        let nanoseconds = i128::from(seconds) * SECOND + fraction;
        Some(Self::new(
            nanoseconds,
            i32::try_from(offset).unwrap_or_default(),
        ))
    }

    /// The same point, told in UTC.
    pub(crate) fn in_utc(self) -> Self {
        Self { offset: 0, ..self }
    }

    /// As RFC 3339, in the offset it was written in.
    pub(crate) fn written(self) -> String {
        let shifted = self.nanoseconds + i128::from(self.offset) * SECOND;
        let civil = Civil::of(shifted.div_euclid(SECOND));
        let fraction = format!("{:09}", shifted.rem_euclid(SECOND));
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        let zone = match self.offset {
            0 => "Z".to_owned(),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                format!(
                    "{sign}{:02}:{:02}",
                    offset.abs() / 3600,
                    offset.abs() / 60 % 60
                )
            }
        };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{point}{fraction}{zone}",
            civil.year,
            civil.month,
            civil.day,
            civil.second / 3600,
            civil.second / 60 % 60,
            civil.second % 60
        )
    }

    /// A part such as the hour, in a zone: a name of the tz database or `±hh:mm`.
    pub(crate) fn part(self, function: &str, zone: &str) -> Outcome<i64> {
        let offset = match zone {
            "" | "UTC" | "Local" => 0,
            zone => self.offset_in(&find_zone(zone)?),
        };
        let shifted = self.nanoseconds + i128::from(offset) * SECOND;
        let civil = Civil::of(shifted.div_euclid(SECOND));
        let first = days(civil.year, 1, 1).unwrap_or_default();
        Ok(match function {
            "getFullYear" => civil.year,
            "getMonth" => civil.month - 1,
            "getDayOfYear" => civil.days - first,
            "getDayOfMonth" => civil.day - 1,
            "getDate" => civil.day,
            "getDayOfWeek" => (civil.days + 4).rem_euclid(7),
            "getHours" => civil.second / 3600,
            "getMinutes" => civil.second / 60 % 60,
            "getSeconds" => civil.second % 60,
            _ => i64::try_from(shifted.rem_euclid(SECOND) / 1_000_000).unwrap_or_default(),
        })
    }

    fn offset_in(self, zone: &TimeZone) -> i32 {
        let bounds = (
            Timestamp::MIN.as_nanosecond(),
            Timestamp::MAX.as_nanosecond(),
        );
        let near = self.nanoseconds.clamp(bounds.0, bounds.1);
        Timestamp::from_nanosecond(near).map_or(0, |stamp| zone.to_offset(stamp).seconds())
    }
}

/// A day of the calendar and a second in it.
struct Civil {
    days: i64,
    year: i64,
    month: i64,
    day: i64,
    second: i64,
}

impl Civil {
    /// From seconds since 1970, by eras of 400 years (the proleptic Gregorian calendar).
    fn of(seconds: i128) -> Self {
        let seconds = i64::try_from(seconds).unwrap_or_default();
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let since_march = days + 719_468;
        let (era, in_era) = (
            since_march.div_euclid(146_097),
            since_march.rem_euclid(146_097),
        );
        let year_in_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
        let shifted = (5 * in_year + 2) / 153;
        let day = in_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        };
        let year = year_in_era + era * 400 + i64::from(month <= 2);
        Self {
            days,
            year,
            month,
            day,
            second,
        }
    }
}

/// Days since 1970; nothing when there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let date = jiff::civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    );
    let start = jiff::civil::date(1970, 1, 1);
    Some(i64::from((date.ok()? - start).get_days()))
}

fn find_zone(name: &str) -> Outcome<TimeZone> {
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    if let Some((hours, minutes)) = name.split_once(':') {
        return offset(name, hours, minutes);
    }
    if name.contains("..") || name.starts_with(['/', '\\']) {
        return Err(Fault::new("time: invalid location name"));
    }
    let unknown = || Fault::new(format!("unknown time zone {name}"));
    let zones = ZONES.get_or_init(TimeZoneDatabase::bundled);
    let found = zones.get(name).map_err(|_| unknown())?;
    if found.iana_name() == Some(name) {
        Ok(found)
    } else {
        Err(unknown())
    }
}

fn offset(name: &str, hours: &str, minutes: &str) -> Outcome<TimeZone> {
    let number = |text: &str| {
        text.parse::<i64>().map_err(|_| {
            Fault::new(format!(
                "strconv.Atoi: parsing {}: invalid syntax",
                number::quoted(text)
            ))
        })
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minutes = if name.starts_with('-') {
        hours * 60 - minutes
    } else {
        hours * 60 + minutes
    };
    let seconds = i32::try_from(minutes * 60).map_err(|_| overflow())?;
    Offset::from_seconds(seconds)
        .map(TimeZone::fixed)
        .map_err(|_| overflow())
}

/// Reads a span such as `1h30m` or `-1.5s`, in nanoseconds.
pub(crate) fn span(text: &str) -> Option<i64> {
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, after) = rest.split_at_checked(end)?;
        let length = after
            .find(|letter: char| letter.is_ascii_digit() || letter == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(length)?;
        let factor: i128 = match unit {
            "ns" => 1,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
            "ms" => 1_000_000,
            "s" => SECOND,
            "m" => 60 * SECOND,
            "h" => 3600 * SECOND,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || whole.len() > 19 {
            return None;
        }
        let whole: i128 = if whole.is_empty() {
            0
        } else {
            whole.parse().ok()?
        };
        let kept = fraction.get(..fraction.len().min(18))?;
        let part: i128 = if kept.is_empty() {
            0
        } else {
            kept.parse().ok()?
        };
        let scale = 10_i128.checked_pow(u32::try_from(kept.len()).ok()?)?;
        total += whole * factor + part * factor / scale;
        if total > 1 << 63 {
            return None;
        }
        rest = next;
    }
    i64::try_from(if is_negative { -total } else { total }).ok()
}

/// A span in seconds, as text.
pub(crate) fn written_span(nanoseconds: i64) -> String {
    let second = 1_000_000_000;
    #[expect(
        clippy::cast_precision_loss,
        reason = "Go computes the seconds as a double"
    )]
    let seconds = (nanoseconds / second) as f64 + (nanoseconds % second) as f64 / 1e9;
    format!("{seconds}s")
}
