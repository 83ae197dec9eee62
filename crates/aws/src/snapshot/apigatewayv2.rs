//! Amazon API Gateway, HTTP and WebSocket APIs.

use sekisho_terraform::Value;

use super::answers::text;
use super::shape::placed;
use super::{Answers, Made, Shape};

const SERVICE: &str = "apigatewayv2";
/// Types whose resources are asked for by API.
const OF_APIS: [(&str, &str); 3] = [
    ("aws_apigatewayv2_stage", "get-stages"),
    ("aws_apigatewayv2_route", "get-routes"),
    ("aws_apigatewayv2_authorizer", "get-authorizers"),
];

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    for (kind, call, id) in [
        ("aws_apigatewayv2_api", "get-apis", "ApiId"),
        ("aws_apigatewayv2_vpc_link", "get-vpc-links", "VpcLinkId"),
        (
            "aws_apigatewayv2_domain_name",
            "get-domain-names",
            "DomainName",
        ),
    ] {
        made.listed(&[kind], answers, SERVICE, call);
        for item in answers.heard(SERVICE, call, &[]).items("Items") {
            let shape = Shape::of(&item).with("id", item.get(id));
            let shape = match (kind, text(&item, id)) {
                ("aws_apigatewayv2_api", Some(id)) => {
                    let arn = made.gateway_arn(&format!("apis/{id}"));
                    shape.with("arn", Value::string(&arn))
                }
                _ => shape,
            };
            made.resource(kind, &item, shape);
        }
    }
    let list = answers.heard(SERVICE, "get-apis", &[]);
    let kinds = OF_APIS.map(|(kind, _)| kind);
    made.listed_unless(&kinds, list.doubt(SERVICE, "get-apis"));
    for api in list.items("Items") {
        let Some(id) = text(&api, "ApiId") else {
            continue;
        };
        for (kind, call) in OF_APIS {
            let heard = answers.heard(SERVICE, call, &[&id]);
            made.listed_unless(&[kind], heard.doubt(SERVICE, call));
            if heard.told().is_none() {
                let shape = Shape::new()
                    .with("name", Value::string(&format!("of {id}")))
                    .with("api_id", Value::string(&id));
                made.untold(kind, &api, shape, heard.doubt(SERVICE, call));
            }
            for item in heard.items("Items") {
                let shape = of_api(kind, &id, &item, made);
                made.resource(kind, &item, shape);
            }
        }
    }
    mappings(answers, made);
}

fn of_api(kind: &str, api: &str, item: &Value, made: &Made<'_>) -> Shape {
    let shape = Shape::of(item).with("api_id", Value::string(api));
    match kind {
        "aws_apigatewayv2_stage" => {
            let name = text(item, "StageName").unwrap_or_default();
            let arn = made.gateway_arn(&format!("apis/{api}/stages/{name}"));
            shape
                .rename("stage_name", "name")
                .with("id", Value::string(&format!("{api}/{name}")))
                .with("arn", Value::string(&arn))
                .with("route_settings", route_settings(item))
        }
        "aws_apigatewayv2_route" => shape.with("id", item.get("RouteId")),
        _ => shape.with("id", item.get("AuthorizerId")),
    }
}

/// A map by route key in the API, blocks with a `route_key` in the provider.
fn route_settings(stage: &Value) -> Option<Value> {
    let all = stage.get("RouteSettings")?;
    let blocks = all.entries().into_iter().flatten().map(|(route, own)| {
        let own = all.inside(own);
        let shape = Shape::of(&own).with("route_key", Value::string(route));
        placed(shape.value(), &own)
    });
    Some(placed(Value::tuple(blocks.collect()), &all))
}

/// Which domain names lead to which APIs, REST APIs included.
fn mappings(answers: &Answers, made: &mut Made<'_>) {
    let kind = "aws_apigatewayv2_api_mapping";
    made.listed(&[kind], answers, SERVICE, "get-domain-names");
    let domains = answers.heard(SERVICE, "get-domain-names", &[]);
    for domain in domains.items("Items") {
        let Some(name) = text(&domain, "DomainName") else {
            continue;
        };
        let heard = answers.heard(SERVICE, "get-api-mappings", &[&name]);
        made.listed_unless(&[kind], heard.doubt(SERVICE, "get-api-mappings"));
        for mapping in heard.items("Items") {
            let shape = Shape::of(&mapping)
                .with("id", mapping.get("ApiMappingId"))
                .with("domain_name", Value::string(&name));
            made.resource(kind, &mapping, shape);
        }
    }
}
