use super::{Call, Each, Scope};

const API: Each = Each {
    flag: "--rest-api-id",
    listed_by: ("apigateway", "get-rest-apis"),
    query: "items[].id",
};

/// Amazon API Gateway, REST APIs.
pub(super) static CALLS: &[Call] = &[
    call("get-rest-apis", &[], &[]),
    call("get-stages", &[API], &[]),
    call("get-resources", &[API], &["--embed", "methods"]),
    call("get-authorizers", &[API], &[]),
    call("get-usage-plans", &[], &[]),
];

/// Its one right to read is `GET`.
const fn call(
    operation: &'static str,
    each: &'static [Each],
    arguments: &'static [&'static str],
) -> Call {
    Call {
        service: "apigateway",
        operation,
        scope: Scope::Region,
        each,
        arguments,
        actions: &["apigateway:GET"],
    }
}
