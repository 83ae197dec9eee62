use super::{Call, Each, Scope};

const KEY: Each = Each {
    flag: "--key-id",
    listed_by: ("kms", "list-keys"),
    query: "Keys[].KeyId",
};

/// AWS KMS.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "kms",
        operation: "list-keys",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["kms:ListKeys"],
    },
    Call {
        service: "kms",
        operation: "describe-key",
        scope: Scope::Region,
        each: &[KEY],
        arguments: &[],
        actions: &["kms:DescribeKey"],
    },
    Call {
        service: "kms",
        operation: "get-key-rotation-status",
        scope: Scope::Region,
        each: &[KEY],
        arguments: &[],
        actions: &["kms:GetKeyRotationStatus"],
    },
    Call {
        service: "kms",
        operation: "get-key-policy",
        scope: Scope::Region,
        each: &[KEY],
        arguments: &["--policy-name", "default"],
        actions: &["kms:GetKeyPolicy"],
    },
    Call {
        service: "kms",
        operation: "list-aliases",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["kms:ListAliases"],
    },
];
