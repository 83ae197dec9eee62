use serde::{Deserialize, Serialize};

/// Which findings an exception of `sekisho.yaml` covers: all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExceptionScope {
    /// Kind of the object.
    #[serde(default)]
    pub kind: Option<String>,
    /// Namespace of the object.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Name of the object.
    #[serde(default)]
    pub name: Option<String>,
}

/// An accepted risk: `exceptions` of `sekisho.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The check's name.
    pub check: String,
    /// The object.
    #[serde(default)]
    pub object: Option<ExceptionScope>,
    /// A glob over file paths.
    #[serde(default)]
    pub path: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds, `2027-01-31`.
    pub until: String,
}
