//! Managed policies of AWS by their content, and what parts of an estate need.
//!
//! Each document in `data/managed` says what AWS published (AWS Managed Policy Reference) when it was written down; an account
//! snapshot tells what is in force and goes before it. `data/needs` says what a part has to be allowed, so that what is beyond
//! it can be told.

mod access;

pub use access::{AccessPolicy, access};

/// One document of the tables: its name and its JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// `AmazonEKSWorkerNodePolicy`, `node`.
    pub name: &'static str,
    /// A policy in the language of IAM.
    pub json: &'static str,
}

macro_rules! policy {
    ($name:literal) => {
        Named {
            name: $name,
            json: include_str!(concat!("../../data/managed/", $name, ".json")),
        }
    };
}

/// Managed policies of AWS, by name.
static POLICIES: &[Named] = &[
    policy!("AdministratorAccess"),
    policy!("AmazonEBSCSIDriverPolicy"),
    policy!("AmazonEC2ContainerRegistryFullAccess"),
    policy!("AmazonEC2ContainerRegistryPowerUser"),
    policy!("AmazonEC2ContainerRegistryPullOnly"),
    policy!("AmazonEC2ContainerRegistryReadOnly"),
    policy!("AmazonEFSCSIDriverPolicy"),
    policy!("AmazonEKSBlockStoragePolicy"),
    policy!("AmazonEKSClusterPolicy"),
    policy!("AmazonEKSComputePolicy"),
    policy!("AmazonEKSFargatePodExecutionRolePolicy"),
    policy!("AmazonEKSLoadBalancingPolicy"),
    policy!("AmazonEKSNetworkingPolicy"),
    policy!("AmazonEKSServicePolicy"),
    policy!("AmazonEKSVPCResourceController"),
    policy!("AmazonEKSWorkerNodeMinimalPolicy"),
    policy!("AmazonEKSWorkerNodePolicy"),
    policy!("AmazonEKS_CNI_Policy"),
    policy!("AmazonSSMManagedInstanceCore"),
    policy!("CloudWatchAgentServerPolicy"),
    policy!("IAMFullAccess"),
    policy!("PowerUserAccess"),
    policy!("SecretsManagerReadWrite"),
];

/// Needs, by what has them.
static NEEDS: &[Named] = &[Named {
    name: "node",
    json: include_str!("../../data/needs/node.json"),
}];

/// The document of a managed policy of AWS, by the last part of its ARN; `None` for one whose content is not in the table.
pub fn policy(name: &str) -> Option<&'static str> {
    let known = POLICIES.iter().find(|policy| policy.name == name)?;
    Some(known.json)
}

/// What a part of an estate has to be allowed: `node`.
pub fn need(name: &str) -> Option<&'static str> {
    let known = NEEDS.iter().find(|need| need.name == name)?;
    Some(known.json)
}

/// Every document of both tables.
pub fn all() -> impl Iterator<Item = &'static Named> {
    POLICIES.iter().chain(NEEDS)
}
