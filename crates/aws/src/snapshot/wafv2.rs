//! AWS WAF: web ACLs with their rules, what they are attached to, where they log.

use std::collections::BTreeMap;

use sekisho_terraform::{Cause, Value};

use super::answers::text;
use super::renaming::renamed;
use super::shape::{formed, placed};
use super::{Answers, Heard, Made, Shape};
use crate::web_acl;

const SERVICE: &str = "wafv2";
/// How many items a list of AWS WAF is asked for at once.
const PAGE: usize = 100;

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let mut unattached = list_doubt(answers, "list-web-acls", "WebACLs");
    made.listed_unless(&["aws_wafv2_web_acl"], unattached.clone());
    for (arn, listed, heard) in told(answers, "list-web-acls", "WebACLs", "get-web-acl") {
        let answer = heard.get("WebACL");
        let at = answer.as_ref().or(listed.as_ref());
        let Some(at) = at.or(refusal(&heard)) else {
            continue;
        };
        let shape = named(answer.as_ref(), listed.as_ref(), &arn);
        let shape = shape.and_more(heard.doubt(SERVICE, "get-web-acl"));
        let shape = match &answer {
            Some(answer) => shape.with("rule", rules_of(answer)),
            None => shape,
        };
        made.resource("aws_wafv2_web_acl", at, shape.without("rules"));
        let attached = answers.heard(SERVICE, "list-resources-for-web-acl", &[&arn]);
        let doubt = attached.doubt(SERVICE, "list-resources-for-web-acl");
        unattached = unattached.or(doubt);
        associations(&arn, &attached, made);
    }
    if made.region().is_some() {
        made.listed_unless(&["aws_wafv2_web_acl_association"], unattached);
    }
    rule_groups(answers, made);
    logs(answers, made);
}

/// AWS WAF gives a `NextMarker` with the last page as well, and the CLI does not follow it. A page that is not full is the last.
fn list_doubt(answers: &Answers, operation: &str, items: &str) -> Option<Cause> {
    let heard = answers.heard(SERVICE, operation, &[]);
    let is_page = matches!(heard, Heard::Cut(_)) && heard.get("NextMarker").is_some();
    let is_last = is_page && heard.items(items).len() < PAGE;
    heard.doubt(SERVICE, operation).filter(|_| !is_last)
}

/// Everything that a list names or that was asked for by ARN: its entry in the list, and the answer about it.
fn told(
    answers: &Answers,
    list: &str,
    items: &str,
    detail: &str,
) -> Vec<(String, Option<Value>, Heard)> {
    let mut listed: BTreeMap<String, Option<Value>> = BTreeMap::new();
    for item in answers.heard(SERVICE, list, &[]).items(items) {
        if let Some(arn) = text(&item, "ARN") {
            listed.insert(arn, Some(item));
        }
    }
    for (keys, _) in answers.each(SERVICE, detail) {
        if let Some(arn) = keys.first() {
            listed.entry(arn.clone()).or_default();
        }
    }
    let all = listed.into_iter();
    all.map(|(arn, item)| {
        let heard = answers.heard(SERVICE, detail, &[&arn]);
        (arn, item, heard)
    })
    .collect()
}

fn refusal(heard: &Heard) -> Option<&Value> {
    match heard {
        Heard::Refused(_, told) => Some(told),
        _ => None,
    }
}

/// What is told of a thing, with its ARN even where only the question says it.
fn named(answer: Option<&Value>, listed: Option<&Value>, arn: &str) -> Shape {
    let shape = answer.or(listed).map(Shape::of).unwrap_or_default();
    let id = answer.or(listed).and_then(|told| told.get("Id"));
    let shape = shape.without("lock_token").with("id", id);
    match shape.get("arn") {
        Some(_) => shape,
        None => shape.with("arn", Value::string(arn)),
    }
}

/// Its own rules, and those that Firewall Manager puts before and behind them.
fn rules_of(answer: &Value) -> Value {
    const BY_MANAGER: [&str; 2] = [
        "PreProcessFirewallManagerRuleGroups",
        "PostProcessFirewallManagerRuleGroups",
    ];
    let mut rules = Vec::new();
    let own = answer.get("Rules").map(|rules| web_acl::rules(&rules));
    rules.extend(
        own.iter()
            .flat_map(|own| own.items().unwrap_or_default())
            .cloned(),
    );
    for name in BY_MANAGER {
        let groups = answer.get(name).map(|groups| formed(&groups));
        let groups =
            groups.map(|groups| renamed(&groups, &[("firewall_manager_statement", "statement")]));
        rules.extend(
            groups
                .iter()
                .flat_map(|groups| groups.items().unwrap_or_default())
                .cloned(),
        );
    }
    let rules = Value::tuple(rules);
    match answer.get("Rules") {
        Some(own) => placed(rules, &own),
        None => rules,
    }
}

/// `ListResourcesForWebACL` tells load balancers unless it is asked for another kind.
fn associations(arn: &str, attached: &Heard, made: &mut Made<'_>) {
    for resource in attached.items("ResourceArns") {
        let id = format!("{arn},{}", resource.as_str().unwrap_or_default());
        let shape = Shape::new()
            .with("id", Value::string(&id))
            .with("web_acl_arn", Value::string(arn))
            .with("resource_arn", resource.clone());
        made.resource("aws_wafv2_web_acl_association", &resource, shape);
    }
}

fn rule_groups(answers: &Answers, made: &mut Made<'_>) {
    let doubt = list_doubt(answers, "list-rule-groups", "RuleGroups");
    made.listed_unless(&["aws_wafv2_rule_group"], doubt);
    for (arn, listed, heard) in told(answers, "list-rule-groups", "RuleGroups", "get-rule-group") {
        let answer = heard.get("RuleGroup");
        let at = answer.as_ref().or(listed.as_ref());
        let Some(at) = at.or(refusal(&heard)) else {
            continue;
        };
        let shape = named(answer.as_ref(), listed.as_ref(), &arn);
        let rules = answer.as_ref().and_then(|answer| answer.get("Rules"));
        let shape = shape
            .and_more(heard.doubt(SERVICE, "get-rule-group"))
            .with("rule", rules.map(|rules| web_acl::rules(&rules)))
            .without("rules");
        made.resource("aws_wafv2_rule_group", at, shape);
    }
}

fn logs(answers: &Answers, made: &mut Made<'_>) {
    let (call, items) = ("list-logging-configurations", "LoggingConfigurations");
    let kind = "aws_wafv2_web_acl_logging_configuration";
    made.listed_unless(&[kind], list_doubt(answers, call, items));
    for logging in answers.heard(SERVICE, call, &[]).items(items) {
        let shape = Shape::of(&logging).with("id", logging.get("ResourceArn"));
        made.resource(kind, &logging, shape);
    }
}
