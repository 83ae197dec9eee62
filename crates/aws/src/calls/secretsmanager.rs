use super::{Call, Scope};

/// AWS Secrets Manager: names and rotation, never a value.
pub(super) static CALLS: &[Call] = &[Call {
    service: "secretsmanager",
    operation: "list-secrets",
    scope: Scope::Region,
    each: &[],
    arguments: &[],
    actions: &["secretsmanager:ListSecrets"],
}];
