//! What may change the cluster by way of Git.

pub(crate) mod projects;

mod argo_default_project;
mod argo_project_wildcard;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &argo_default_project::ArgoDefaultProject,
    &argo_project_wildcard::ArgoProjectWildcard,
];
