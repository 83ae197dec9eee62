//! Amazon EC2 Auto Scaling: groups and launch configurations.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

const GROUPS: &str = "describe-auto-scaling-groups";
const CONFIGURATIONS: &str = "describe-launch-configurations";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_autoscaling_group"], answers, "autoscaling", GROUPS);
    let groups = answers.heard("autoscaling", GROUPS, &[]);
    for group in groups.items("AutoScalingGroups") {
        made.resource("aws_autoscaling_group", &group, group_of(&group));
    }
    made.listed(
        &["aws_launch_configuration"],
        answers,
        "autoscaling",
        CONFIGURATIONS,
    );
    let configurations = answers.heard("autoscaling", CONFIGURATIONS, &[]);
    for configuration in configurations.items("LaunchConfigurations") {
        let shape = Shape::of(&configuration)
            .rename("launch_configuration_name", "name")
            .rename("launch_configuration_arn", "arn")
            .with("id", configuration.get("LaunchConfigurationName"));
        made.resource("aws_launch_configuration", &configuration, shape);
    }
}

/// EKS makes the group of a managed node group, and marks it so.
pub(crate) fn is_of_node_group(group: &Value) -> bool {
    let tags = group.get("Tags");
    let tags = tags
        .iter()
        .flat_map(|tags| tags.items().unwrap_or_default());
    tags.filter_map(|tag| text(tag, "Key"))
        .any(|key| key == "eks:nodegroup-name")
}

/// The launch templates that a group names, those of its mixed instances included.
pub(crate) fn templates(group: &Value) -> Vec<Value> {
    let mut found: Vec<Value> = group.get("LaunchTemplate").into_iter().collect();
    let mixed = group.get("MixedInstancesPolicy");
    if let Some(mixed) = mixed.and_then(|mixed| mixed.get("LaunchTemplate")) {
        found.extend(mixed.get("LaunchTemplateSpecification"));
        let overrides = mixed.get("Overrides");
        for one in overrides
            .iter()
            .flat_map(|all| all.items().unwrap_or_default())
        {
            found.extend(one.get("LaunchTemplateSpecification"));
        }
    }
    found
}

fn group_of(group: &Value) -> Shape {
    let template = group.get("LaunchTemplate").map(|told| {
        let block = specification(&told, "id", "name").block();
        at(block, &told)
    });
    Shape::of(group)
        .rename("auto_scaling_group_name", "name")
        .rename("auto_scaling_group_arn", "arn")
        .rename("launch_configuration_name", "launch_configuration")
        .with("id", group.get("AutoScalingGroupName"))
        .with("vpc_zone_identifier", subnets(group))
        .with("launch_template", template)
        .with("mixed_instances_policy", mixed(group))
        .with("tag", tags(group))
        .without("tags")
        .without("instances")
}

fn specification(told: &Value, id: &str, name: &str) -> Shape {
    Shape::of(told)
        .rename("launch_template_id", id)
        .rename("launch_template_name", name)
}

/// The block of the provider, as far as it names templates.
fn mixed(group: &Value) -> Option<Value> {
    let policy = group.get("MixedInstancesPolicy")?;
    let told = policy.get("LaunchTemplate")?;
    let own = told.get("LaunchTemplateSpecification")?;
    let named = specification(&own, "launch_template_id", "launch_template_name").block();
    let template = Shape::of(&told)
        .rename("overrides", "override")
        .with("launch_template_specification", at(named, &own))
        .block();
    let shape = Shape::of(&policy).with("launch_template", at(template, &told));
    Some(at(shape.block(), &policy))
}

/// `VPCZoneIdentifier` is one text with commas.
fn subnets(group: &Value) -> Option<Value> {
    let told = group.get("VPCZoneIdentifier")?;
    let ids = told.as_str()?.split(',').map(str::trim);
    let ids = ids.filter(|id| !id.is_empty());
    let ids = ids.map(|id| at(Value::string(id), &told)).collect();
    Some(at(Value::tuple(ids), &told))
}

/// The provider has tags of a group as blocks, because each says whether instances inherit it.
fn tags(group: &Value) -> Option<Value> {
    let list = group.get("Tags")?;
    let items = list.items()?.iter();
    let blocks = items.map(|tag| at(Shape::of(tag).value(), tag)).collect();
    Some(at(Value::tuple(blocks), &list))
}

fn at(value: Value, like: &Value) -> Value {
    match like.origin() {
        Some(origin) => value.at(origin.clone()),
        None => value,
    }
}
