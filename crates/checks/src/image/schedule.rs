//! Schedules of CronJobs.

/// False for a day that no month has, as in `0 0 31 2 *`: people write it to switch a job off. What cannot be read counts as
/// coming; the API server has refused it.
pub(crate) fn ever_comes(schedule: &str) -> bool {
    let fields: Vec<&str> = schedule
        .split_whitespace()
        .filter(|word| !word.starts_with("TZ=") && !word.starts_with("CRON_TZ="))
        .collect();
    let [_, _, days, months, weekdays] = fields.as_slice() else {
        return true;
    };
    // With a weekday the two are alternatives (robfig/cron v3, as Kubernetes uses it).
    let is_any = |field: &str| field.starts_with(['*', '?']);
    if !is_any(weekdays) || is_any(days) {
        return true;
    }
    let (Some(days), Some(months)) = (expand(days, 31), expand(months, 12)) else {
        return true;
    };
    let longest = |month: &u32| match *month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    days.iter()
        .min()
        .is_none_or(|day| months.iter().any(|month| *day <= longest(month)))
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

fn expand(field: &str, most: u32) -> Option<Vec<u32>> {
    let mut values = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok()?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None if matches!(range, "*" | "?") => (1, most),
            None => {
                let only = number(range)?;
                (only, if step.is_some() { most } else { only })
            }
        };
        values.extend((first..=last.min(most)).step_by(step.unwrap_or(1).max(1)));
    }
    Some(values)
}

fn number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| *month == lower);
    match month {
        Some(index) => u32::try_from(index + 1).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::ever_comes;

    #[test]
    fn days_that_no_month_has() {
        for never in [
            "0 0 31 2 *",
            "0 0 30-31 FEB *",
            "0 5 31 4,6,9,11 *",
            "TZ=Asia/Tokyo 0 0 31 2 ?",
        ] {
            assert!(!ever_comes(never), "{never}");
        }
        for comes in [
            "0 5 * * *",
            "@daily",
            "0 0 29 2 *",
            "0 0 31 2 1",
            "0 0 31 */2 *",
            "0 0 1,31 2 *",
        ] {
            assert!(ever_comes(comes), "{comes}");
        }
    }
}
