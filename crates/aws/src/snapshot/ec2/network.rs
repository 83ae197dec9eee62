//! VPCs, subnets, and route tables with what they are associated with.

use sekisho_terraform::Value;

use super::super::answers::text;
use super::super::{Answers, Made, Shape};
use super::{arn, formless, id_of, placed};

const ASSOCIATIONS: [&str; 2] = [
    "aws_route_table_association",
    "aws_main_route_table_association",
];

pub(super) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_vpc"], answers, "ec2", "describe-vpcs");
    for vpc in answers.heard("ec2", "describe-vpcs", &[]).items("Vpcs") {
        let shape = Shape::of(&vpc)
            .with("id", id_of(&vpc, "VpcId"))
            .with("arn", arn(made, "vpc", &vpc, "VpcId"));
        made.resource("aws_vpc", &vpc, shape);
    }
    made.listed(&["aws_subnet"], answers, "ec2", "describe-subnets");
    let subnets = answers.heard("ec2", "describe-subnets", &[]);
    for subnet in subnets.items("Subnets") {
        let shape = Shape::of(&subnet)
            .rename("subnet_arn", "arn")
            .with("id", id_of(&subnet, "SubnetId"));
        made.resource("aws_subnet", &subnet, shape);
    }
    let kinds = [
        "aws_route_table",
        "aws_default_route_table",
        "aws_route",
        ASSOCIATIONS[0],
        ASSOCIATIONS[1],
    ];
    made.listed(&kinds, answers, "ec2", "describe-route-tables");
    let tables = answers.heard("ec2", "describe-route-tables", &[]);
    for table in tables.items("RouteTables") {
        let shape = Shape::of(&table)
            .with("id", id_of(&table, "RouteTableId"))
            .with("arn", arn(made, "route-table", &table, "RouteTableId"))
            .with("route", routes(&table))
            .without("routes")
            .without("associations");
        made.resource("aws_route_table", &table, shape);
        associations(&table, made);
    }
}

/// The routes, without those that lead nowhere any more and without the local one, as the provider reads them.
fn routes(table: &Value) -> Option<Value> {
    let list = table.get("Routes").filter(|list| !list.is_null())?;
    let Some(items) = list.items() else {
        return Some(formless(&list));
    };
    let mut routes = Vec::new();
    for route in items {
        let route = list.inside(route);
        if route.entries().is_none() {
            routes.push(formless(&route));
            continue;
        }
        let is_local = text(&route, "GatewayId").as_deref() == Some("local");
        let is_dead = text(&route, "State").as_deref() == Some("blackhole");
        if is_local || is_dead {
            continue;
        }
        let shape = Shape::of(&route)
            .rename("destination_cidr_block", "cidr_block")
            .rename("destination_ipv6_cidr_block", "ipv6_cidr_block");
        routes.push(placed(shape.value(), &route));
    }
    Some(placed(Value::tuple(routes), &list))
}

/// The VPC's main table has an association without a subnet.
fn associations(table: &Value, made: &mut Made<'_>) {
    let Some(list) = table.get("Associations") else {
        return;
    };
    for association in list.items().unwrap_or_default() {
        let association = list.inside(association);
        let state = association.get("AssociationState");
        let state = state.and_then(|state| text(&state, "State"));
        if matches!(state.as_deref(), Some("disassociated" | "disassociating")) {
            continue;
        }
        let shape = Shape::of(&association)
            .with("route_table_id", id_of(table, "RouteTableId"))
            .with("id", id_of(&association, "RouteTableAssociationId"));
        let is_main = association.get("Main").and_then(|main| main.as_bool());
        if is_main == Some(true) {
            let shape = shape.with("vpc_id", id_of(table, "VpcId"));
            made.resource(ASSOCIATIONS[1], &association, shape);
        } else {
            made.resource(ASSOCIATIONS[0], &association, shape);
        }
    }
}
