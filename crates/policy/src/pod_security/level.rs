use std::fmt;
use std::str::FromStr;

/// A Pod Security Standard, from the loosest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything is allowed.
    Privileged,
    /// Known ways to the node are forbidden.
    Baseline,
    /// Hardening is demanded, too.
    Restricted,
}

/// A text that names no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of privileged, baseline, restricted")]
pub struct UnknownLevel;

impl Level {
    /// The word used in labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    /// Exact words only, as upstream's `ParseLevel`: `Restricted` with a capital is unknown.
    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        [Self::Privileged, Self::Baseline, Self::Restricted]
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or(UnknownLevel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_exact_words_in_order_of_strictness() {
        assert_eq!("baseline".parse(), Ok(Level::Baseline));
        assert_eq!("Baseline".parse::<Level>(), Err(UnknownLevel));
        assert!(Level::Restricted > Level::Baseline && Level::Baseline > Level::Privileged);
    }
}
