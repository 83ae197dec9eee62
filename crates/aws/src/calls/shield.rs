use super::{Call, Scope};

/// AWS Shield Advanced.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "shield",
        operation: "get-subscription-state",
        scope: Scope::Global,
        each: &[],
        arguments: &[],
        actions: &["shield:GetSubscriptionState"],
    },
    Call {
        service: "shield",
        operation: "list-protections",
        scope: Scope::Global,
        each: &[],
        arguments: &[],
        actions: &["shield:ListProtections"],
    },
];
