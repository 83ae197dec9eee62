use super::{Call, Each, Scope};

const GLOBAL: Call = Call {
    service: "iam",
    operation: "",
    scope: Scope::Global,
    each: &[],
    arguments: &[],
    actions: &[],
};

/// AWS Identity and Access Management.
pub(super) static CALLS: &[Call] = &[
    Call {
        operation: "get-account-authorization-details",
        actions: &["iam:GetAccountAuthorizationDetails"],
        ..GLOBAL
    },
    Call {
        operation: "list-open-id-connect-providers",
        actions: &["iam:ListOpenIDConnectProviders"],
        ..GLOBAL
    },
    Call {
        operation: "get-open-id-connect-provider",
        each: &[Each {
            flag: "--open-id-connect-provider-arn",
            listed_by: ("iam", "list-open-id-connect-providers"),
            query: "OpenIDConnectProviderList[].Arn",
        }],
        actions: &["iam:GetOpenIDConnectProvider"],
        ..GLOBAL
    },
    Call {
        operation: "list-instance-profiles",
        actions: &["iam:ListInstanceProfiles"],
        ..GLOBAL
    },
    Call {
        operation: "list-access-keys",
        each: &[Each {
            flag: "--user-name",
            listed_by: ("iam", "get-account-authorization-details"),
            query: "UserDetailList[].UserName",
        }],
        actions: &["iam:ListAccessKeys"],
        ..GLOBAL
    },
];
