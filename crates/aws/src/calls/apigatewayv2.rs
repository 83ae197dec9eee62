use super::{Call, Each, Scope};

const API: Each = Each {
    flag: "--api-id",
    listed_by: ("apigatewayv2", "get-apis"),
    query: "Items[].ApiId",
};

const DOMAIN: Each = Each {
    flag: "--domain-name",
    listed_by: ("apigatewayv2", "get-domain-names"),
    query: "Items[].DomainName",
};

/// Amazon API Gateway, HTTP and WebSocket APIs.
pub(super) static CALLS: &[Call] = &[
    call("get-apis", &[]),
    call("get-stages", &[API]),
    call("get-routes", &[API]),
    call("get-authorizers", &[API]),
    call("get-vpc-links", &[]),
    call("get-domain-names", &[]),
    call("get-api-mappings", &[DOMAIN]),
];

/// Its one right to read is `GET`.
const fn call(operation: &'static str, each: &'static [Each]) -> Call {
    Call {
        service: "apigatewayv2",
        operation,
        scope: Scope::Region,
        each,
        arguments: &[],
        actions: &["apigateway:GET"],
    }
}
