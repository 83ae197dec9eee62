//! Elastic Load Balancing: load balancers with their attributes and tags.

use sekisho_terraform::Value;

use super::answers::text;
use super::shape::placed;
use super::{Answers, Made, Shape, listeners};

const SERVICE: &str = "elbv2";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let list = answers.heard(SERVICE, "describe-load-balancers", &[]);
    made.listed(&["aws_lb"], answers, SERVICE, "describe-load-balancers");
    made.listed(
        &["aws_lb_target_group"],
        answers,
        SERVICE,
        "describe-target-groups",
    );
    // Listeners are asked for by load balancer: without the list nothing says that these are all.
    let doubt = list.doubt(SERVICE, "describe-load-balancers");
    made.listed_unless(&["aws_lb_listener", "aws_lb_listener_rule"], doubt);
    for balancer in list.items("LoadBalancers") {
        let Some(arn) = text(&balancer, "LoadBalancerArn") else {
            continue;
        };
        made.resource("aws_lb", &balancer, balancer_of(answers, &arn, &balancer));
        listeners::translate(answers, &arn, &balancer, made);
    }
    let groups = answers.heard(SERVICE, "describe-target-groups", &[]);
    for group in groups.items("TargetGroups") {
        let arn = group.get("TargetGroupArn");
        let shape = Shape::of(&group)
            .with("id", arn)
            .rename("target_group_arn", "arn")
            .rename("target_group_name", "name");
        made.resource("aws_lb_target_group", &group, shape);
    }
}

fn balancer_of(answers: &Answers, arn: &str, told: &Value) -> Shape {
    let is_internal = told.get("Scheme").map(|scheme| {
        let is_internal = Value::from(scheme.as_str() == Some("internal"));
        placed(is_internal, &scheme)
    });
    let shape = Shape::of(told)
        .with("id", told.get("LoadBalancerArn"))
        .rename("load_balancer_arn", "arn")
        .rename("load_balancer_name", "name")
        .rename("type", "load_balancer_type")
        .with("internal", is_internal)
        .without("scheme")
        .without("state");
    let heard = answers.heard(SERVICE, "describe-load-balancer-attributes", &[arn]);
    let mut shape = shape.and_more(heard.doubt(SERVICE, "describe-load-balancer-attributes"));
    let mut access_logs = Shape::new();
    let mut has_logs = false;
    for attribute in heard.items("Attributes") {
        let (Some(key), Some(value)) = (text(&attribute, "Key"), attribute.get("Value")) else {
            continue;
        };
        if let Some(name) = key.strip_prefix("access_logs.s3.") {
            access_logs = access_logs.with(name, value);
            has_logs = true;
        } else if let Some((_, name)) = ATTRIBUTES.iter().find(|(own, _)| *own == key) {
            shape = shape.with(name, value);
        }
    }
    if has_logs {
        let block = match heard.get("Attributes") {
            Some(place) => placed(access_logs.value(), &place),
            None => access_logs.value(),
        };
        shape = shape.with("access_logs", Value::tuple(vec![block]));
    }
    let tags = answers.heard(SERVICE, "describe-tags", &[arn]);
    let told = tags.items("TagDescriptions");
    let told = told
        .iter()
        .find(|told| text(told, "ResourceArn").as_deref() == Some(arn));
    match told {
        Some(told) => shape.with("tags", Shape::of(told).get("tags").cloned()),
        None => shape.and_more(tags.doubt(SERVICE, "describe-tags")),
    }
}

/// Attributes of a load balancer, and what the provider calls them.
const ATTRIBUTES: [(&str, &str); 6] = [
    ("deletion_protection.enabled", "enable_deletion_protection"),
    ("waf.fail_open.enabled", "enable_waf_fail_open"),
    (
        "routing.http.drop_invalid_header_fields.enabled",
        "drop_invalid_header_fields",
    ),
    (
        "routing.http.desync_mitigation_mode",
        "desync_mitigation_mode",
    ),
    ("idle_timeout.timeout_seconds", "idle_timeout"),
    (
        "routing.http.preserve_host_header.enabled",
        "preserve_host_header",
    ),
];
