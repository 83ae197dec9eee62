//! Elastic Load Balancing: listeners and their rules.

use std::sync::Arc;

use sekisho_terraform::Value;

use super::answers::text;
use super::renaming::{Names, renamed};
use super::{Answers, Made, Shape};

const SERVICE: &str = "elbv2";

/// The configuration of an action, as the provider calls it.
const ACTION: Names = &[
    ("authenticate_oidc_config", "authenticate_oidc"),
    ("authenticate_cognito_config", "authenticate_cognito"),
    ("redirect_config", "redirect"),
    ("fixed_response_config", "fixed_response"),
    ("forward_config", "forward"),
    ("target_groups", "target_group"),
    ("target_group_stickiness_config", "stickiness"),
    ("jwt_validation_config", "jwt_validation"),
    ("additional_claims", "additional_claim"),
];

/// The values of a condition of a rule, as the provider calls them.
const CONDITION: Names = &[
    ("host_header_config", "host_header"),
    ("path_pattern_config", "path_pattern"),
    ("http_header_config", "http_header"),
    ("http_request_method_config", "http_request_method"),
    ("query_string_config", "query_string"),
    ("source_ip_config", "source_ip"),
];

/// The listeners of one load balancer, told at `balancer`.
pub(super) fn translate(answers: &Answers, arn: &str, balancer: &Value, made: &mut Made<'_>) {
    let heard = answers.heard(SERVICE, "describe-listeners", &[arn]);
    made.listed_unless(
        &["aws_lb_listener", "aws_lb_listener_rule"],
        heard.doubt(SERVICE, "describe-listeners"),
    );
    if heard.told().is_none() {
        let shape = Shape::new()
            .with("name", Value::string(&format!("of {arn}")))
            .with("load_balancer_arn", balancer.get("LoadBalancerArn"));
        let doubt = heard.doubt(SERVICE, "describe-listeners");
        return made.untold("aws_lb_listener", balancer, shape, doubt);
    }
    for listener in heard.items("Listeners") {
        let Some(own) = text(&listener, "ListenerArn") else {
            continue;
        };
        let certificates = listener.get("Certificates");
        let certificate = certificates
            .as_ref()
            .and_then(|all| all.items()?.first()?.get("CertificateArn"));
        let mut shape = Shape::of(&listener)
            .with("id", listener.get("ListenerArn"))
            .rename("listener_arn", "arn")
            .with("certificate_arn", certificate)
            .without("certificates");
        if shape.get("load_balancer_arn").is_none() {
            shape = shape.with("load_balancer_arn", balancer.get("LoadBalancerArn"));
        }
        let actions = shape.get("default_actions").map(|it| renamed(it, ACTION));
        shape = shape
            .without("default_actions")
            .with("default_action", actions);
        made.resource("aws_lb_listener", &listener, shape);
        rules(answers, arn, &own, &listener, made);
        certificates_of(answers, arn, &own, &listener, made);
    }
}

/// The rules of one listener; its default rule is the listener's own actions.
fn rules(answers: &Answers, balancer: &str, arn: &str, listener: &Value, made: &mut Made<'_>) {
    let heard = answers.heard(SERVICE, "describe-rules", &[balancer, arn]);
    made.listed_unless(
        &["aws_lb_listener_rule"],
        heard.doubt(SERVICE, "describe-rules"),
    );
    if heard.told().is_none() {
        let shape = Shape::new()
            .with("name", Value::string(&format!("of {arn}")))
            .with("listener_arn", listener.get("ListenerArn"));
        let doubt = heard.doubt(SERVICE, "describe-rules");
        return made.untold("aws_lb_listener_rule", listener, shape, doubt);
    }
    for rule in heard.items("Rules") {
        if rule.get("IsDefault").and_then(|flag| flag.as_bool()) == Some(true) {
            continue;
        }
        let mut shape = Shape::of(&rule)
            .with("id", rule.get("RuleArn"))
            .rename("rule_arn", "arn")
            .with("listener_arn", listener.get("ListenerArn"));
        let actions = shape.get("actions").map(|it| renamed(it, ACTION));
        let conditions = shape.get("conditions").map(|it| renamed(it, CONDITION));
        shape = shape
            .without("actions")
            .without("conditions")
            .with("action", actions)
            .with("condition", conditions);
        made.resource("aws_lb_listener_rule", &rule, shape);
    }
}

/// Certificates that a listener has besides its default one.
fn certificates_of(
    answers: &Answers,
    balancer: &str,
    arn: &str,
    listener: &Value,
    made: &mut Made<'_>,
) {
    let heard = answers.heard(SERVICE, "describe-listener-certificates", &[balancer, arn]);
    for certificate in heard.items("Certificates") {
        let is_default = certificate.get("IsDefault");
        if is_default.and_then(|flag| flag.as_bool()) == Some(true) {
            continue;
        }
        let named = text(&certificate, "CertificateArn").unwrap_or_default();
        let id: Arc<str> = Arc::from(format!("{arn}_{named}"));
        let shape = Shape::new()
            .with("id", Value::string(&id))
            .with("listener_arn", listener.get("ListenerArn"))
            .with("certificate_arn", certificate.get("CertificateArn"));
        made.resource("aws_lb_listener_certificate", &certificate, shape);
    }
}
