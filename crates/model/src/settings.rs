use sekisho_text::Route;
use serde::{Deserialize, Serialize};

use crate::{Exception, Place, PlaceRule, Severity, Threat};

/// What `sekisho.yaml` says of the estate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EstateSettings {
    /// True when the files are everything that runs, so that absence proves absence.
    #[serde(default)]
    pub complete: bool,
    /// AWS account of everything that no rule places elsewhere.
    #[serde(default)]
    pub account: Option<String>,
    /// Cluster of everything that no rule places elsewhere.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Environment of everything that no rule places elsewhere.
    #[serde(default)]
    pub environment: Option<String>,
    /// Rules by path; the first that matches counts.
    #[serde(default)]
    pub places: Vec<PlaceRule>,
}

impl EstateSettings {
    /// The place of everything that no rule places elsewhere.
    pub fn place(&self) -> Place {
        Place {
            account: self.account.clone(),
            cluster: self.cluster.clone(),
            environment: self.environment.clone(),
        }
    }
}

/// `sekisho.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the files are.
    #[serde(default)]
    pub estate: EstateSettings,
    /// `default` or `all`.
    #[serde(default)]
    pub profile: Option<String>,
    /// The least severity that fails a run.
    #[serde(default)]
    pub threshold: Option<Severity>,
    /// Registries that images may come from: a host, or a host and a path below which everything is trusted.
    #[serde(default)]
    pub registries: Vec<String>,
    /// Subjects who are known to administer the cluster: `Group:platform-admins`, `ServiceAccount:ns/name`, `User:…`.
    #[serde(default)]
    pub administrators: Vec<String>,
    /// Kubernetes release of the cluster, `1.33`.
    #[serde(default)]
    pub kubernetes: Option<String>,
    /// Checks to leave out.
    #[serde(default)]
    pub skip: Vec<String>,
    /// Severities of a team's own choice, by check.
    #[serde(default)]
    pub severities: std::collections::BTreeMap<String, Severity>,
    /// Accepted risks.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
    /// A team's own threats and controls.
    #[serde(default)]
    pub threats: Vec<Threat>,
}

/// Why `sekisho.yaml` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SettingsError {
    /// The field at fault, as near as it is known.
    pub route: Route,
    /// What was expected.
    pub message: String,
}
