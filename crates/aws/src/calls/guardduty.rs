use super::{Call, Each, Scope};

const DETECTOR: Each = Each {
    flag: "--detector-id",
    listed_by: ("guardduty", "list-detectors"),
    query: "DetectorIds[]",
};

/// Amazon GuardDuty.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "guardduty",
        operation: "list-detectors",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["guardduty:ListDetectors"],
    },
    Call {
        service: "guardduty",
        operation: "get-administrator-account",
        scope: Scope::Region,
        each: &[DETECTOR],
        arguments: &[],
        actions: &["guardduty:GetAdministratorAccount"],
    },
    Call {
        service: "guardduty",
        operation: "get-detector",
        scope: Scope::Region,
        each: &[DETECTOR],
        arguments: &[],
        actions: &["guardduty:GetDetector"],
    },
    Call {
        service: "guardduty",
        operation: "list-coverage",
        scope: Scope::Region,
        each: &[DETECTOR],
        arguments: &[],
        actions: &["guardduty:ListCoverage"],
    },
];
