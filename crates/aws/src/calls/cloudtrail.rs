use super::{Call, Each, Scope};

const TRAIL: Each = Each {
    flag: "--name",
    listed_by: ("cloudtrail", "describe-trails"),
    query: "trailList[].TrailARN",
};

/// AWS CloudTrail. A trail that records other regions, too, is listed in each of them.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "cloudtrail",
        operation: "describe-trails",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["cloudtrail:DescribeTrails"],
    },
    Call {
        service: "cloudtrail",
        operation: "get-event-selectors",
        scope: Scope::Region,
        each: &[Each {
            flag: "--trail-name",
            ..TRAIL
        }],
        arguments: &[],
        actions: &["cloudtrail:GetEventSelectors"],
    },
    Call {
        service: "cloudtrail",
        operation: "get-trail-status",
        scope: Scope::Region,
        each: &[TRAIL],
        arguments: &[],
        actions: &["cloudtrail:GetTrailStatus"],
    },
    Call {
        service: "cloudtrail",
        operation: "list-event-data-stores",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["cloudtrail:ListEventDataStores"],
    },
];
