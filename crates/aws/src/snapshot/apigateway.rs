//! Amazon API Gateway, REST APIs.

use sekisho_terraform::Value;

use super::answers::text;
use super::shape::placed;
use super::{Answers, Made, Shape};

const SERVICE: &str = "apigateway";
/// Types whose resources are asked for by API.
const OF_APIS: [(&str, &str); 4] = [
    ("aws_api_gateway_stage", "get-stages"),
    ("aws_api_gateway_method_settings", "get-stages"),
    ("aws_api_gateway_method", "get-resources"),
    ("aws_api_gateway_authorizer", "get-authorizers"),
];

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(
        &["aws_api_gateway_rest_api"],
        answers,
        SERVICE,
        "get-rest-apis",
    );
    made.listed(
        &["aws_api_gateway_usage_plan"],
        answers,
        SERVICE,
        "get-usage-plans",
    );
    let list = answers.heard(SERVICE, "get-rest-apis", &[]);
    let kinds = OF_APIS.map(|(kind, _)| kind);
    made.listed_unless(&kinds, list.doubt(SERVICE, "get-rest-apis"));
    for api in list.items("items") {
        let Some(id) = text(&api, "id") else {
            continue;
        };
        let arn = made.gateway_arn(&format!("restapis/{id}"));
        let shape = Shape::of(&api).with("arn", Value::string(&arn));
        made.resource("aws_api_gateway_rest_api", &api, shape);
        for (kind, call) in OF_APIS {
            let heard = answers.heard(SERVICE, call, &[&id]);
            made.listed_unless(&[kind], heard.doubt(SERVICE, call));
            if heard.told().is_none() && kind != "aws_api_gateway_method_settings" {
                let shape = Shape::new()
                    .with("name", Value::string(&format!("of {id}")))
                    .with("rest_api_id", Value::string(&id));
                made.untold(kind, &api, shape, heard.doubt(SERVICE, call));
            }
        }
        stages(answers, &id, &arn, made);
        methods(answers, &id, made);
        for authorizer in answers
            .heard(SERVICE, "get-authorizers", &[&id])
            .items("items")
        {
            let shape = Shape::of(&authorizer).with("rest_api_id", Value::string(&id));
            made.resource("aws_api_gateway_authorizer", &authorizer, shape);
        }
    }
    for plan in answers
        .heard(SERVICE, "get-usage-plans", &[])
        .items("items")
    {
        let shape = Shape::of(&plan)
            .rename("throttle", "throttle_settings")
            .rename("quota", "quota_settings");
        made.resource("aws_api_gateway_usage_plan", &plan, shape);
    }
}

fn stages(answers: &Answers, api: &str, arn: &str, made: &mut Made<'_>) {
    let heard = answers.heard(SERVICE, "get-stages", &[api]);
    for stage in heard.items("item") {
        let name = text(&stage, "stageName").unwrap_or_default();
        let shape = Shape::of(&stage)
            .with("id", Value::string(&format!("ags-{api}-{name}")))
            .with("arn", Value::string(&format!("{arn}/stages/{name}")))
            .with("rest_api_id", Value::string(api))
            .rename("tracing_enabled", "xray_tracing_enabled")
            .without("method_settings");
        made.resource("aws_api_gateway_stage", &stage, shape);
        let Some(all) = stage.get("methodSettings") else {
            continue;
        };
        for (path, settings) in all.entries().into_iter().flatten() {
            let settings = all.inside(settings);
            let id = format!("{api}-{name}-{path}");
            let shape = Shape::new()
                .with("id", Value::string(&id))
                .with("rest_api_id", Value::string(api))
                .with("stage_name", stage.get("stageName"))
                .with("method_path", Value::string(path))
                .with("settings", placed(Shape::of(&settings).block(), &settings));
            made.resource("aws_api_gateway_method_settings", &settings, shape);
        }
    }
}

fn methods(answers: &Answers, api: &str, made: &mut Made<'_>) {
    let heard = answers.heard(SERVICE, "get-resources", &[api]);
    for resource in heard.items("items") {
        let path = text(&resource, "path").unwrap_or_default();
        let Some(all) = resource.get("resourceMethods") else {
            continue;
        };
        for (verb, method) in all.entries().into_iter().flatten() {
            let method = all.inside(method);
            let shape = Shape::of(&method)
                .rename("authorization_type", "authorization")
                .with("id", Value::string(&format!("{api} {verb} {path}")))
                .with("rest_api_id", Value::string(api))
                .with("resource_id", resource.get("id"))
                .with("http_method", Value::string(verb));
            // Without `--embed methods` a method is an empty object.
            let doubt = super::unread("aws apigateway get-resources --embed methods");
            let shape = match shape.get("authorization") {
                Some(_) => shape,
                None => shape.and_more(Some(doubt)),
            };
            made.resource("aws_api_gateway_method", &method, shape);
        }
    }
}
