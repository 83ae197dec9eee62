use std::collections::BTreeMap;

use sekisho_terraform::Value;
use sekisho_text::Span;

use crate::{Phrase, SourceKind};

/// Resources that name each other: those of one Terraform configuration or plan, or those of one region in a snapshot of
/// an AWS account.
#[derive(Debug, Clone)]
pub struct Stack {
    /// [`SourceKind::Terraform`] or [`SourceKind::Aws`].
    pub source: SourceKind,
    /// The folder or file it was read from.
    pub path: String,
    /// The account, where it is known: twelve digits.
    pub account: Option<String>,
    /// The region of a snapshot; `None` for what has no region (IAM, CloudFront), and for Terraform.
    pub region: Option<String>,
    /// The stacks of one family know each other's ids and ARNs: a snapshot is one, a configuration another.
    pub family: usize,
    /// How complete the resources of each type are, by type. What is not in it was never asked for.
    pub listings: BTreeMap<String, Listing>,
    /// `terraform` blocks: required versions, the backend.
    pub settings: Vec<Written>,
    /// Variables of the root module that have a value, by name.
    pub variables: BTreeMap<String, Written>,
    /// Values in files of variables (`*.tfvars`) beside or below it, taken up or not, each with the name of its variable.
    pub values: Vec<(String, Written)>,
}

/// Whether all resources of a type are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// All of them: what is not here does not exist.
    Whole,
    /// There may be more; the phrase says why, and what would settle it.
    Open(Phrase),
}

/// Something of a configuration that is no resource.
#[derive(Debug, Clone)]
pub struct Written {
    /// What it says; a block is an object.
    pub value: Value,
    /// Its file, by its place in the estate.
    pub file: usize,
    /// Its block.
    pub span: Span,
}

impl Stack {
    /// A Terraform configuration or plan.
    pub fn of_terraform(path: &str, family: usize) -> Self {
        Self {
            source: SourceKind::Terraform,
            path: path.to_owned(),
            account: None,
            region: None,
            family,
            listings: BTreeMap::new(),
            settings: Vec::new(),
            variables: BTreeMap::new(),
            values: Vec::new(),
        }
    }
}
