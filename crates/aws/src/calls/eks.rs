use super::{Call, Each, Scope};

const CLUSTER: Each = Each {
    flag: "--cluster-name",
    listed_by: ("eks", "list-clusters"),
    query: "clusters[]",
};

/// Amazon EKS.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "eks",
        operation: "list-clusters",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["eks:ListClusters"],
    },
    Call {
        service: "eks",
        operation: "describe-cluster",
        scope: Scope::Region,
        each: &[Each {
            flag: "--name",
            ..CLUSTER
        }],
        arguments: &[],
        actions: &["eks:DescribeCluster"],
    },
];
