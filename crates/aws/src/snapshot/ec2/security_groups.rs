//! Security groups, with their rules inline: `describe-security-groups` tells all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_terraform::{Number, Value};

use super::super::answers::text;
use super::super::{Answers, Made, Shape};
use super::{arn, each_of, formless, id_of, placed};

pub(super) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let kinds = [
        "aws_security_group",
        "aws_default_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
    ];
    made.listed(&kinds, answers, "ec2", "describe-security-groups");
    let heard = answers.heard("ec2", "describe-security-groups", &[]);
    for group in heard.items("SecurityGroups") {
        let own = text(&group, "GroupId").unwrap_or_default();
        let shape = Shape::of(&group)
            .rename("group_name", "name")
            .with("id", id_of(&group, "GroupId"))
            .with("arn", arn(made, "security-group", &group, "GroupId"))
            .with("ingress", rules(&group, "IpPermissions", &own))
            .with("egress", rules(&group, "IpPermissionsEgress", &own))
            .without("ip_permissions")
            .without("ip_permissions_egress");
        made.resource("aws_security_group", &group, shape);
    }
}

/// One permission of the API is one block of the provider.
fn rules(group: &Value, name: &str, own: &str) -> Option<Value> {
    let list = group.get(name).filter(|list| !list.is_null())?;
    let Some(items) = list.items() else {
        return Some(formless(&list));
    };
    let mut rules = Vec::new();
    for rule in items {
        let rule = list.inside(rule);
        if rule.entries().is_none() {
            rules.push(formless(&rule));
            continue;
        }
        let mut block: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                block.insert(Arc::from(name), value);
            }
        };
        // The provider has 0 where all protocols are meant and no port is told.
        put("from_port", rule.get("FromPort").or_else(nought));
        put("to_port", rule.get("ToPort").or_else(nought));
        put("protocol", rule.get("IpProtocol"));
        put("cidr_blocks", each_of(&rule, "IpRanges", "CidrIp"));
        put("ipv6_cidr_blocks", each_of(&rule, "Ipv6Ranges", "CidrIpv6"));
        put(
            "prefix_list_ids",
            each_of(&rule, "PrefixListIds", "PrefixListId"),
        );
        let groups = each_of(&rule, "UserIdGroupPairs", "GroupId");
        let is_own = |value: &Value| value.as_str() == Some(own);
        if let Some(groups) = groups {
            let all = groups.items().unwrap_or_default();
            put("self", Some(Value::from(all.iter().any(is_own))));
            let others = all.iter().filter(|group| !is_own(group)).cloned();
            put(
                "security_groups",
                Some(placed(Value::tuple(others.collect()), &groups)),
            );
        }
        rules.push(placed(Value::object(block), &rule));
    }
    Some(placed(Value::tuple(rules), &list))
}

fn nought() -> Option<Value> {
    Number::parse("0").map(Value::from)
}
