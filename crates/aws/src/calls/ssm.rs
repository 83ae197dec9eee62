use super::{Call, Scope};

/// AWS Systems Manager: the preferences of Session Manager.
pub(super) static CALLS: &[Call] = &[Call {
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
}];
