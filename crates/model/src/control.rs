use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Phrase;

/// Where evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Kubernetes objects, from files or a cluster.
    Kubernetes,
    /// Terraform configuration or plans.
    Terraform,
    /// An AWS account or a snapshot of it.
    Aws,
    /// Pipeline definitions.
    Pipelines,
    /// Logs and events.
    Logs,
    /// What sekisho itself keeps: rehearsals, drills, runs.
    State,
}

impl SourceKind {
    /// The word used in output and data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Terraform => "terraform",
            Self::Aws => "aws",
            Self::Pipelines => "pipelines",
            Self::Logs => "logs",
            Self::State => "state",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// Who must act (section 0 of the threat model: shared responsibility).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The team that runs the cluster.
    Customer,
    /// Amazon.
    Aws,
    /// Both.
    Shared,
}

impl Owner {
    /// The word used in output and data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Aws => "aws",
            Self::Shared => "shared",
        }
    }
}

/// Something to read about a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Name of the text and its section.
    pub title: String,
    /// Where it is, when it is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What must be there to decide a control: every inner list is met by any one of its sources.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Needs(pub Vec<Vec<SourceKind>>);

impl Needs {
    /// The groups that no supplied source meets, in order.
    pub fn missing(&self, supplied: impl Fn(SourceKind) -> bool) -> Vec<&[SourceKind]> {
        self.0
            .iter()
            .filter(|group| !group.iter().any(|source| supplied(*source)))
            .map(Vec::as_slice)
            .collect()
    }
}

/// One control of the threat model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Stable name: `T1.5`.
    pub id: String,
    /// A short name.
    pub title: Phrase,
    /// What must be shown for it to hold.
    pub shown: Phrase,
    /// Who must act.
    pub owner: Owner,
    /// The sources that decide it.
    pub needs: Needs,
    /// What to read.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// The checks whose evidence decides it, by name.
    #[serde(default)]
    pub checks: Vec<String>,
}
