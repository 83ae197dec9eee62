use super::{Call, Each, Scope};

const DISTRIBUTION: Each = Each {
    flag: "--id",
    listed_by: ("cloudfront", "list-distributions"),
    query: "DistributionList.Items[].Id",
};

/// Amazon CloudFront.
pub(super) static CALLS: &[Call] = &[
    call("list-distributions", &[], &["cloudfront:ListDistributions"]),
    call(
        "get-distribution",
        &[DISTRIBUTION],
        &["cloudfront:GetDistribution"],
    ),
    call(
        "list-origin-access-controls",
        &[],
        &["cloudfront:ListOriginAccessControls"],
    ),
];

const fn call(
    operation: &'static str,
    each: &'static [Each],
    actions: &'static [&'static str],
) -> Call {
    Call {
        service: "cloudfront",
        operation,
        scope: Scope::Global,
        each,
        arguments: &[],
        actions,
    }
}
