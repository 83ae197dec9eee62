use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much an attacker gains from a finding. The order is from least to most.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to gain.
    Info,
    /// Helps an attacker who is already inside, or costs availability.
    Low,
    /// One barrier of several is missing.
    #[default]
    Medium,
    /// A direct step to another workload, secret or identity.
    High,
    /// The node, the cluster or the account is taken with this alone.
    Critical,
}

impl Severity {
    /// All severities, least first.
    pub const ALL: [Self; 5] = [
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The word used in output and configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.word() == word)
            .ok_or_else(|| {
                format!("`{word}` is no severity; use info, low, medium, high or critical")
            })
    }
}
