use serde::{Deserialize, Serialize};

/// Where an object lives. Absent parts were not said by folder, file or configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// AWS account, twelve digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Cluster name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Environment: dev, stg, prod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

impl Place {
    /// The parts of `self`, and those of `other` where `self` says nothing.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            account: self.account.clone().or_else(|| other.account.clone()),
            cluster: self.cluster.clone().or_else(|| other.cluster.clone()),
            environment: self
                .environment
                .clone()
                .or_else(|| other.environment.clone()),
        }
    }
}

/// Says where the files below a path live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRule {
    /// A glob over paths, relative to the configuration file.
    pub path: String,
    /// AWS account, twelve digits.
    #[serde(default)]
    pub account: Option<String>,
    /// Cluster name.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Environment: dev, stg, prod.
    #[serde(default)]
    pub environment: Option<String>,
}

impl PlaceRule {
    /// The place it names.
    pub fn place(&self) -> Place {
        Place {
            account: self.account.clone(),
            cluster: self.cluster.clone(),
            environment: self.environment.clone(),
        }
    }
}
