use super::{Call, Scope};

/// AWS Systems Manager: the preferences of Session Manager, and names and types of parameters, never a value.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "ssm",
        operation: "describe-parameters",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["ssm:DescribeParameters"],
    },
    Call {
        service: "ssm",
        operation: "get-document",
        scope: Scope::Region,
        each: &[],
        arguments: &[
            "--name",
            "SSM-SessionManagerRunShell",
            "--document-format",
            "JSON",
        ],
        actions: &["ssm:GetDocument"],
    },
];
