use std::fmt;

use serde::Serialize;

/// What a check or a control says about one thing. There is no fourth answer: an error is [`Verdict::Unknown`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Shown to hold.
    Pass,
    /// Shown not to hold.
    Fail,
    /// Not decidable from what was given; the reason says what would settle it.
    Unknown,
    /// There is nothing here that it speaks of.
    NotApplicable,
}

impl Verdict {
    /// The word used in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
