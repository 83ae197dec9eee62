//! Versions, as github.com/blang/semver reads and orders them.
//!
//! <https://semver.org/spec/v2.0.0.html>

use std::cmp::Ordering;

use crate::number::quoted;

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Major, minor, patch.
    pub(crate) numbers: [u64; 3],
    before: Vec<Part>,
}

/// A part of what stands behind `-`: numbers come before texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Text(String),
}

const KNOWN: fn(char) -> bool = |letter| letter.is_ascii_alphanumeric() || letter == '-';

impl Version {
    /// Reads a version; tolerant of `v`, missing and zero-led numbers when asked.
    ///
    /// # Errors
    /// In the library's words.
    pub(crate) fn parse(text: &str, is_tolerant: bool) -> Result<Self, String> {
        if is_tolerant {
            return Self::strict(&normal(text)?);
        }
        Self::strict(text)
    }

    fn strict(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("Version string empty".to_owned());
        }
        let mut parts = text.splitn(3, '.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("No Major.Minor.Patch elements found".to_owned());
        };
        let (rest, build) = match rest.split_once('+') {
            Some((rest, build)) => (rest, Some(build)),
            None => (rest, None),
        };
        let (patch, before) = match rest.split_once('-') {
            Some((patch, before)) => (patch, Some(before)),
            None => (rest, None),
        };
        let numbers = [
            number(major, "major")?,
            number(minor, "minor")?,
            number(patch, "patch")?,
        ];
        let before = before.map_or(Ok(Vec::new()), |before| {
            before.split('.').map(part).collect()
        })?;
        for part in build.into_iter().flat_map(|build| build.split('.')) {
            if part.is_empty() {
                return Err("Build meta data is empty".to_owned());
            }
            if !part.chars().all(KNOWN) {
                return Err(format!(
                    "Invalid character(s) found in build meta data {}",
                    quoted(part)
                ));
            }
        }
        Ok(Self { numbers, before })
    }

    /// Which comes later; build data does not count.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let without = self.before.is_empty().cmp(&other.before.is_empty());
        self.numbers
            .cmp(&other.numbers)
            .then(without)
            .then_with(|| self.before.cmp(&other.before))
    }
}

fn number(text: &str, name: &str) -> Result<u64, String> {
    let (first, rest) = name.split_at_checked(1).unwrap_or(("", name));
    if text.is_empty() {
        return Err("strconv.ParseUint: parsing \"\": invalid syntax".to_owned());
    }
    if !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(format!(
            "Invalid character(s) found in {name} number {}",
            quoted(text)
        ));
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(format!(
            "{}{rest} number must not contain leading zeroes {}",
            first.to_uppercase(),
            quoted(text)
        ));
    }
    text.parse().map_err(|_| {
        format!(
            "strconv.ParseUint: parsing {}: value out of range",
            quoted(text)
        )
    })
}

fn part(text: &str) -> Result<Part, String> {
    if text.is_empty() {
        return Err("Prerelease is empty".to_owned());
    }
    if text.bytes().all(|digit| digit.is_ascii_digit()) {
        if text.len() > 1 && text.starts_with('0') {
            return Err(format!(
                "Numeric PreRelease version must not contain leading zeroes {}",
                quoted(text)
            ));
        }
        return text.parse().map(Part::Number).map_err(|_| {
            format!(
                "strconv.ParseUint: parsing {}: value out of range",
                quoted(text)
            )
        });
    }
    if !text.chars().all(KNOWN) {
        return Err(format!(
            "Invalid character(s) found in prerelease {}",
            quoted(text)
        ));
    }
    Ok(Part::Text(text.to_owned()))
}

/// `v1.02` as `1.2.0`.
fn normal(text: &str) -> Result<String, String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts: Vec<String> = text
        .splitn(3, '.')
        .map(|part| {
            if part.len() <= 1 {
                return part.to_owned();
            }
            let bare = part.trim_start_matches('0');
            if bare.starts_with(|letter: char| letter.is_ascii_digit()) {
                bare.to_owned()
            } else {
                format!("0{bare}")
            }
        })
        .collect();
    if parts.len() < 3 {
        if parts.last().is_some_and(|last| last.contains(['+', '-'])) {
            return Err("short version cannot contain PreRelease/Build meta data".to_owned());
        }
        parts.resize(3, "0".to_owned());
    }
    Ok(parts.join("."))
}
