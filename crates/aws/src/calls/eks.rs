use super::{Call, Each, Scope};

const CLUSTER: Each = Each {
    flag: "--cluster-name",
    listed_by: ("eks", "list-clusters"),
    query: "clusters[]",
};

const NODE_GROUP: Each = Each {
    flag: "--nodegroup-name",
    listed_by: ("eks", "list-nodegroups"),
    query: "nodegroups[]",
};

const FARGATE_PROFILE: Each = Each {
    flag: "--fargate-profile-name",
    listed_by: ("eks", "list-fargate-profiles"),
    query: "fargateProfileNames[]",
};

const ADDON: Each = Each {
    flag: "--addon-name",
    listed_by: ("eks", "list-addons"),
    query: "addons[]",
};

const PRINCIPAL: Each = Each {
    flag: "--principal-arn",
    listed_by: ("eks", "list-access-entries"),
    query: "accessEntries[]",
};

const ASSOCIATION: Each = Each {
    flag: "--association-id",
    listed_by: ("eks", "list-pod-identity-associations"),
    query: "associations[].associationId",
};

/// The CLI takes type and name in one.
const IDENTITY_PROVIDER: Each = Each {
    flag: "--identity-provider-config",
    listed_by: ("eks", "list-identity-provider-configs"),
    query: "identityProviderConfigs[].join('', ['type=oidc,name=', name])",
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
    Call {
        service: "eks",
        operation: "list-nodegroups",
        scope: Scope::Region,
        each: &[CLUSTER],
        arguments: &[],
        actions: &["eks:ListNodegroups"],
    },
    Call {
        service: "eks",
        operation: "describe-nodegroup",
        scope: Scope::Region,
        each: &[CLUSTER, NODE_GROUP],
        arguments: &[],
        actions: &["eks:DescribeNodegroup"],
    },
    Call {
        service: "eks",
        operation: "list-fargate-profiles",
        scope: Scope::Region,
        each: &[CLUSTER],
        arguments: &[],
        actions: &["eks:ListFargateProfiles"],
    },
    Call {
        service: "eks",
        operation: "describe-fargate-profile",
        scope: Scope::Region,
        each: &[CLUSTER, FARGATE_PROFILE],
        arguments: &[],
        actions: &["eks:DescribeFargateProfile"],
    },
    Call {
        service: "eks",
        operation: "list-addons",
        scope: Scope::Region,
        each: &[CLUSTER],
        arguments: &[],
        actions: &["eks:ListAddons"],
    },
    Call {
        service: "eks",
        operation: "describe-addon",
        scope: Scope::Region,
        each: &[CLUSTER, ADDON],
        arguments: &[],
        actions: &["eks:DescribeAddon"],
    },
    Call {
        service: "eks",
        operation: "list-access-entries",
        scope: Scope::Region,
        each: &[CLUSTER],
        arguments: &[],
        actions: &["eks:ListAccessEntries"],
    },
    Call {
        service: "eks",
        operation: "describe-access-entry",
        scope: Scope::Region,
        each: &[CLUSTER, PRINCIPAL],
        arguments: &[],
        actions: &["eks:DescribeAccessEntry"],
    },
    Call {
        service: "eks",
        operation: "list-associated-access-policies",
        scope: Scope::Region,
        each: &[CLUSTER, PRINCIPAL],
        arguments: &[],
        actions: &["eks:ListAssociatedAccessPolicies"],
    },
    Call {
        service: "eks",
        operation: "list-pod-identity-associations",
        scope: Scope::Region,
        each: &[CLUSTER],
        arguments: &[],
        actions: &["eks:ListPodIdentityAssociations"],
    },
    Call {
        service: "eks",
        operation: "describe-pod-identity-association",
        scope: Scope::Region,
        each: &[CLUSTER, ASSOCIATION],
        arguments: &[],
        actions: &["eks:DescribePodIdentityAssociation"],
    },
    Call {
        service: "eks",
        operation: "list-identity-provider-configs",
        scope: Scope::Region,
        each: &[CLUSTER],
        arguments: &[],
        actions: &["eks:ListIdentityProviderConfigs"],
    },
    Call {
        service: "eks",
        operation: "describe-identity-provider-config",
        scope: Scope::Region,
        each: &[CLUSTER, IDENTITY_PROVIDER],
        arguments: &[],
        actions: &["eks:DescribeIdentityProviderConfig"],
    },
];
