//! Instances that have not ended, with their metadata options and network interfaces.

use sekisho_terraform::Value;

use super::super::answers::text;
use super::super::{Answers, Made, Shape};
use super::{arn, each_of, formless, id_of, placed};

pub(super) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_instance"], answers, "ec2", "describe-instances");
    let heard = answers.heard("ec2", "describe-instances", &[]);
    for reservation in heard.items("Reservations") {
        let Some(list) = reservation.get("Instances") else {
            continue;
        };
        for instance in list.items().unwrap_or_default() {
            let instance = list.inside(instance);
            if !has_ended(&instance) {
                let shape = instance_of(&instance)
                    .with("arn", arn(made, "instance", &instance, "InstanceId"));
                made.resource("aws_instance", &instance, shape);
            }
        }
    }
}

fn has_ended(instance: &Value) -> bool {
    let state = instance.get("State");
    let name = state.and_then(|state| text(&state, "Name"));
    matches!(name.as_deref(), Some("terminated" | "shutting-down"))
}

fn instance_of(instance: &Value) -> Shape {
    let profile = instance.get("IamInstanceProfile");
    let profile = profile.and_then(|profile| {
        let arn = text(&profile, "Arn")?;
        let name = arn.rsplit('/').next()?;
        Some(placed(Value::string(name), &profile))
    });
    Shape::of(instance)
        .rename("image_id", "ami")
        .rename("public_ip_address", "public_ip")
        .rename("private_ip_address", "private_ip")
        .with("id", id_of(instance, "InstanceId"))
        .with("iam_instance_profile", profile)
        .with("associate_public_ip_address", public_address(instance))
        .with("ipv6_addresses", ipv6(instance))
        .with(
            "vpc_security_group_ids",
            each_of(instance, "SecurityGroups", "GroupId"),
        )
        .without("security_groups")
        .without("network_interfaces")
}

/// Whether any of its network interfaces has a public IPv4 address. The provider asks the first one only.
fn public_address(instance: &Value) -> Option<Value> {
    if let Some(own) = id_of(instance, "PublicIpAddress") {
        return Some(placed(Value::from(true), &own));
    }
    let interfaces = instance.get("NetworkInterfaces")?;
    let Some(items) = interfaces.items() else {
        return Some(formless(&interfaces));
    };
    for interface in items {
        let interface = interfaces.inside(interface);
        let association = interface.get("Association");
        let address = association.and_then(|one| id_of(&one, "PublicIp"));
        if let Some(address) = address {
            return Some(placed(Value::from(true), &address));
        }
    }
    Some(placed(Value::from(false), &interfaces))
}

fn ipv6(instance: &Value) -> Option<Value> {
    let interfaces = instance.get("NetworkInterfaces")?;
    let mut addresses = Vec::new();
    for interface in interfaces.items()? {
        let interface = interfaces.inside(interface);
        let own = each_of(&interface, "Ipv6Addresses", "Ipv6Address");
        addresses.extend(
            own.iter()
                .flat_map(|own| own.items().unwrap_or_default())
                .cloned(),
        );
    }
    Some(placed(Value::tuple(addresses), &interfaces))
}
