use super::{Call, Each, Scope};

const BUS: Each = Each {
    flag: "--event-bus-name",
    listed_by: ("events", "list-event-buses"),
    query: "EventBuses[].Name",
};

const RULE: Each = Each {
    flag: "--rule",
    listed_by: ("events", "list-rules"),
    query: "Rules[].Name",
};

/// Amazon EventBridge.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "events",
        operation: "list-event-buses",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["events:ListEventBuses"],
    },
    Call {
        service: "events",
        operation: "list-rules",
        scope: Scope::Region,
        each: &[BUS],
        arguments: &[],
        actions: &["events:ListRules"],
    },
    Call {
        service: "events",
        operation: "list-targets-by-rule",
        scope: Scope::Region,
        each: &[BUS, RULE],
        arguments: &[],
        actions: &["events:ListTargetsByRule"],
    },
];
