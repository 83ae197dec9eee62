use super::{Call, Each, Scope};

const REPOSITORY: Each = Each {
    flag: "--repository-name",
    listed_by: ("ecr", "describe-repositories"),
    query: "repositories[].repositoryName",
};

/// Amazon ECR.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "ecr",
        operation: "describe-repositories",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["ecr:DescribeRepositories"],
    },
    Call {
        service: "ecr",
        operation: "get-registry-scanning-configuration",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["ecr:GetRegistryScanningConfiguration"],
    },
    Call {
        service: "ecr",
        operation: "get-repository-policy",
        scope: Scope::Region,
        each: &[REPOSITORY],
        arguments: &[],
        actions: &["ecr:GetRepositoryPolicy"],
    },
];
