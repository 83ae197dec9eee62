//! Until when EKS supports which version of Kubernetes.

use jiff::civil::{Date, date};

/// The day on which the calendar was read: <https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html>.
pub(crate) const READ_ON: Date = date(2026, 11, 26);

/// One minor version of Kubernetes 1, with the day its standard and the day its extended support end.
struct Version {
    minor: u32,
    standard: Date,
    extended: Date,
}

const fn version(minor: u32, standard: Date, extended: Date) -> Version {
    Version {
        minor,
        standard,
        extended,
    }
}

/// Newest first. What is older than the last one is not supported any more.
const CALENDAR: [Version; 8] = [
    version(35, date(2027, 3, 27), date(2028, 3, 27)),
    version(34, date(2026, 12, 2), date(2027, 12, 2)),
    version(33, date(2026, 7, 29), date(2027, 7, 29)),
    version(32, date(2026, 3, 23), date(2027, 3, 23)),
    version(31, date(2025, 11, 26), date(2026, 11, 26)),
    version(30, date(2025, 7, 23), date(2026, 7, 23)),
    version(29, date(2025, 3, 23), date(2026, 3, 23)),
    version(28, date(2024, 11, 26), date(2025, 11, 26)),
];

/// Versions appear every four months and are supported for fourteen: so many can follow the newest one in that time.
const FOLLOWING: u32 = 4;

/// Whether a version is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// It gets patches.
    Yes,
    /// It gets none any more, since this day where it is known.
    Ended(Option<Date>),
    /// It is newer than the calendar.
    Newer,
    /// It is no version of Kubernetes.
    NoVersion,
}

/// Looks up a version as EKS takes it: `1.34`.
pub(crate) fn support(text: &str, today: Date) -> Support {
    let minor = text.strip_prefix("1.").and_then(|minor| {
        let is_plain = minor.bytes().all(|byte| byte.is_ascii_digit());
        minor.parse::<u32>().ok().filter(|_| is_plain)
    });
    let Some(minor) = minor else {
        return Support::NoVersion;
    };
    if let Some(known) = CALENDAR.iter().find(|known| known.minor == minor) {
        // "At the end date": on that day it is over.
        return if today < known.extended {
            Support::Yes
        } else {
            Support::Ended(Some(known.extended))
        };
    }
    let [newest, ..] = &CALENDAR;
    if minor < newest.minor {
        return Support::Ended(None);
    }
    // Support lasts equally long for all, so what came later ends later.
    if minor <= newest.minor + FOLLOWING && today < newest.standard {
        Support::Yes
    } else {
        Support::Newer
    }
}

#[cfg(test)]
mod tests {
    use super::{CALENDAR, READ_ON, Support, support};
    use jiff::civil::date;

    #[test]
    fn the_calendar_is_in_order() {
        for pair in CALENDAR.windows(2) {
            assert_eq!(pair[0].minor, pair[1].minor + 1);
            assert!(pair[0].standard > pair[1].standard && pair[0].extended > pair[1].extended);
        }
        assert!(CALENDAR.iter().all(|known| known.standard < known.extended));
    }

    #[test]
    fn a_version_ends_on_its_day() {
        assert_eq!(support("1.31", date(2026, 11, 25)), Support::Yes);
        let ended = Support::Ended(Some(date(2026, 11, 26)));
        assert_eq!(support("1.31", date(2026, 11, 26)), ended);
        assert_eq!(support("1.19", READ_ON), Support::Ended(None));
    }

    #[test]
    fn newer_ones_are_supported_as_long_as_the_newest_known_one_is() {
        assert_eq!(support("1.36", READ_ON), Support::Yes);
        assert_eq!(support("1.36", date(2027, 3, 27)), Support::Newer);
        assert_eq!(support("1.99", READ_ON), Support::Newer);
        for text in ["1", "1.", "2.1", "1.+34", "1.34.1", "latest"] {
            assert_eq!(support(text, READ_ON), Support::NoVersion, "{text}");
        }
    }
}
