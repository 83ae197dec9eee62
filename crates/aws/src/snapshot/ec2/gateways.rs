//! What stands at the edge of a VPC or beside it: gateways, endpoints, prefix lists, flow logs, and the account's encryption of disks.

use sekisho_terraform::Value;

use super::super::answers::text;
use super::super::{Answers, Made, Shape};
use super::{arn, each_of, id_of, placed};

pub(super) fn translate(answers: &Answers, made: &mut Made<'_>) {
    internet(answers, made);
    nat(answers, made);
    endpoints(answers, made);
    prefix_lists(answers, made);
    flow_logs(answers, made);
    disks(answers, made);
}

fn internet(answers: &Answers, made: &mut Made<'_>) {
    const KINDS: [(&str, &str, &str, &str, &str); 2] = [
        (
            "aws_internet_gateway",
            "describe-internet-gateways",
            "InternetGateways",
            "InternetGatewayId",
            "internet-gateway",
        ),
        (
            "aws_egress_only_internet_gateway",
            "describe-egress-only-internet-gateways",
            "EgressOnlyInternetGateways",
            "EgressOnlyInternetGatewayId",
            "egress-only-internet-gateway",
        ),
    ];
    for (kind, operation, list, id, word) in KINDS {
        made.listed(&[kind], answers, "ec2", operation);
        for gateway in answers.heard("ec2", operation, &[]).items(list) {
            let attached = gateway.get("Attachments");
            let first = attached
                .as_ref()
                .and_then(|list| Some(list.inside(list.items()?.first()?)));
            let vpc = first.and_then(|first| id_of(&first, "VpcId"));
            let shape = Shape::of(&gateway)
                .with("id", id_of(&gateway, id))
                .with("arn", arn(made, word, &gateway, id))
                .with("vpc_id", vpc)
                .without("attachments");
            made.resource(kind, &gateway, shape);
        }
    }
}

fn nat(answers: &Answers, made: &mut Made<'_>) {
    made.listed(
        &["aws_nat_gateway"],
        answers,
        "ec2",
        "describe-nat-gateways",
    );
    let heard = answers.heard("ec2", "describe-nat-gateways", &[]);
    for gateway in heard.items("NatGateways") {
        if matches!(text(&gateway, "State").as_deref(), Some("deleted")) {
            continue;
        }
        let shape = Shape::of(&gateway).with("id", id_of(&gateway, "NatGatewayId"));
        made.resource("aws_nat_gateway", &gateway, shape);
    }
}

fn endpoints(answers: &Answers, made: &mut Made<'_>) {
    made.listed(
        &["aws_vpc_endpoint"],
        answers,
        "ec2",
        "describe-vpc-endpoints",
    );
    let heard = answers.heard("ec2", "describe-vpc-endpoints", &[]);
    for endpoint in heard.items("VpcEndpoints") {
        let shape = Shape::of(&endpoint)
            .rename("policy_document", "policy")
            .with("id", id_of(&endpoint, "VpcEndpointId"))
            .with("arn", arn(made, "vpc-endpoint", &endpoint, "VpcEndpointId"))
            .with(
                "security_group_ids",
                each_of(&endpoint, "Groups", "GroupId"),
            )
            .without("groups");
        made.resource("aws_vpc_endpoint", &endpoint, shape);
    }
}

fn prefix_lists(answers: &Answers, made: &mut Made<'_>) {
    const ENTRIES: &str = "get-managed-prefix-list-entries";
    made.listed(
        &["aws_ec2_managed_prefix_list"],
        answers,
        "ec2",
        "describe-managed-prefix-lists",
    );
    let heard = answers.heard("ec2", "describe-managed-prefix-lists", &[]);
    for list in heard.items("PrefixLists") {
        let id = text(&list, "PrefixListId").unwrap_or_default();
        let entries = answers.heard("ec2", ENTRIES, &[&id]);
        let told = entries.told().map(|_| Value::tuple(each_entry(&entries)));
        let shape = Shape::of(&list)
            .rename("prefix_list_arn", "arn")
            .rename("prefix_list_name", "name")
            .with("id", id_of(&list, "PrefixListId"))
            .with("entry", told)
            .and_more(entries.doubt("ec2", ENTRIES));
        made.resource("aws_ec2_managed_prefix_list", &list, shape);
    }
}

fn each_entry(entries: &super::super::Heard) -> Vec<Value> {
    let items = entries.items("Entries").into_iter();
    items
        .map(|entry| placed(Shape::of(&entry).value(), &entry))
        .collect()
}

fn flow_logs(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_flow_log"], answers, "ec2", "describe-flow-logs");
    let heard = answers.heard("ec2", "describe-flow-logs", &[]);
    for log in heard.items("FlowLogs") {
        let of = match text(&log, "ResourceId").unwrap_or_default() {
            id if id.starts_with("vpc-") => "vpc_id",
            id if id.starts_with("subnet-") => "subnet_id",
            id if id.starts_with("tgw-attach-") => "transit_gateway_attachment_id",
            id if id.starts_with("tgw-") => "transit_gateway_id",
            _ => "eni_id",
        };
        let shape = Shape::of(&log)
            .rename("resource_id", of)
            .rename("deliver_logs_permission_arn", "iam_role_arn")
            .with("id", id_of(&log, "FlowLogId"))
            .with("arn", arn(made, "vpc-flow-log", &log, "FlowLogId"));
        made.resource("aws_flow_log", &log, shape);
    }
}

/// The account's setting in this region: whether new volumes are encrypted whatever is asked for.
fn disks(answers: &Answers, made: &mut Made<'_>) {
    const OPERATION: &str = "get-ebs-encryption-by-default";
    made.listed(
        &["aws_ebs_encryption_by_default"],
        answers,
        "ec2",
        OPERATION,
    );
    let heard = answers.heard("ec2", OPERATION, &[]);
    if let Some(told) = heard.told() {
        let region = made.region().map(Value::string);
        let shape = Shape::of(told)
            .rename("ebs_encryption_by_default", "enabled")
            .with("id", region);
        made.resource("aws_ebs_encryption_by_default", told, shape);
    }
}
