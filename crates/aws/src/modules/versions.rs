/// Which of the known major versions a constraint asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Majors {
    /// The newest that the constraint allows is known.
    Newest(u64),
    /// The constraint allows newer ones than are known.
    Guess(u64),
    /// None of those it allows is known, or it cannot be read.
    None,
}

type Version = [u64; 3];

/// From this version on, and before that one.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: Version,
    before: Option<Version>,
}

/// The newest major version that a constraint allows among the known ones, which are sorted. Terraform takes the newest
/// version that there is (<https://developer.hashicorp.com/terraform/language/expressions/version-constraints>).
pub(super) fn majors(asked: Option<&str>, known: &[u64]) -> Majors {
    let Some(newest) = known.last().copied() else {
        return Majors::None;
    };
    let Some(asked) = asked else {
        return Majors::Guess(newest);
    };
    let Some(range) = range(asked) else {
        return Majors::None;
    };
    let allows = |major: u64| {
        let from = range.from.max([major, 0, 0]);
        let end = [major.saturating_add(1), 0, 0];
        from < range.before.map_or(end, |before| before.min(end))
    };
    match known.iter().rev().copied().find(|major| allows(*major)) {
        Some(major) if major == newest && allows(newest + 1) => Majors::Guess(major),
        Some(major) if allows(major + 1) => Majors::None,
        Some(major) => Majors::Newest(major),
        None => Majors::None,
    }
}

/// The versions that all conditions allow. A single version that is left out does not change the major version.
fn range(constraint: &str) -> Option<Range> {
    let mut all = Range {
        from: [0; 3],
        before: None,
    };
    for condition in constraint.split(',') {
        let condition = condition.trim();
        let at = condition.find(|letter: char| letter.is_ascii_alphanumeric())?;
        let (operator, version) = condition.split_at_checked(at)?;
        // The tags of git begin with a `v`, which the operator is not a part of.
        let (version, parts) = read(version.strip_prefix('v').unwrap_or(version))?;
        let (from, before) = match operator.trim() {
            "" | "=" => (version, Some(after(version, 2)?)),
            ">=" => (version, None),
            ">" => (after(version, 2)?, None),
            "<" => ([0; 3], Some(version)),
            "<=" => ([0; 3], Some(after(version, 2)?)),
            // The last number that is written may grow (go-version, `constraintPessimistic`).
            "~>" => (
                version,
                parts.checked_sub(2).and_then(|at| after(version, at)),
            ),
            "!=" => continue,
            _ => return None,
        };
        all.from = all.from.max(from);
        all.before = match (all.before, before) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    Some(all)
}

/// The next version that differs at this number.
fn after(version: Version, at: usize) -> Option<Version> {
    let mut next = version;
    for (index, number) in next.iter_mut().enumerate() {
        if index == at {
            *number = number.checked_add(1)?;
        } else if index > at {
            *number = 0;
        }
    }
    Some(next)
}

/// A version and how many of its numbers are written; what follows a hyphen or plus does not count here.
fn read(text: &str) -> Option<(Version, usize)> {
    let text = text.split(['-', '+']).next()?.trim();
    let mut version = [0; 3];
    let mut parts = 0;
    for part in text.split('.') {
        *version.get_mut(parts)? = part.parse().ok()?;
        parts += 1;
    }
    Some((version, parts))
}
