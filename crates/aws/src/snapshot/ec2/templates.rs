//! Launch templates: one resource for each version that node groups and Auto Scaling groups use.

use std::collections::BTreeSet;

use sekisho_terraform::Value;

use super::super::answers::text;
use super::super::{Answers, Heard, Made, Shape};
use super::{arn, formless, id_of, placed};

const LIST: &str = "describe-launch-templates";
const VERSIONS: &str = "describe-launch-template-versions";

/// A template, by id or name, in a version: a number, `$Default` or `$Latest`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Used {
    id: Option<String>,
    name: Option<String>,
    version: String,
}

impl Used {
    /// Reads a specification of the API. Where it tells no version, the default one counts.
    fn read(told: &Value, id: &str, name: &str, version: &str) -> Self {
        Self {
            id: text(told, id),
            name: text(told, name),
            version: text(told, version).unwrap_or_else(|| "$Default".to_owned()),
        }
    }

    fn means(&self, id: &str, name: Option<&str>) -> bool {
        match &self.id {
            Some(own) => own == id,
            None => self.name.is_some() && self.name.as_deref() == name,
        }
    }
}

pub(super) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let used = used(answers);
    let listed = answers.heard("ec2", LIST, &[]);
    let mut doubt = listed.doubt("ec2", LIST);
    for template in listed.items("LaunchTemplates") {
        let id = text(&template, "LaunchTemplateId").unwrap_or_default();
        let name = text(&template, "LaunchTemplateName");
        let wanted: Vec<&Used> = used
            .iter()
            .filter(|one| one.means(&id, name.as_deref()))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let heard = answers.heard("ec2", VERSIONS, &[&id]);
        let own = heard.doubt("ec2", VERSIONS);
        let mut made_of: BTreeSet<String> = BTreeSet::new();
        for one in wanted {
            let number = number_of(&template, &one.version);
            let Some(number) = number.filter(|number| made_of.insert(number.clone())) else {
                continue;
            };
            let shape = shape(&template, &number, made);
            if let Some(told) = version(&heard, &number) {
                made.resource("aws_launch_template", &told, data(shape, &told));
            } else {
                let more = own
                    .clone()
                    .or_else(|| Heard::Missing.doubt("ec2", VERSIONS));
                made.resource("aws_launch_template", &template, shape.and_more(more));
            }
        }
        doubt = doubt.or(own);
    }
    made.listed_unless(&["aws_launch_template"], doubt);
}

/// What is used, by all that the snapshot tells of.
fn used(answers: &Answers) -> BTreeSet<Used> {
    let mut used = BTreeSet::new();
    for (_, heard) in answers.each("eks", "describe-nodegroup") {
        let group = heard.get("nodegroup");
        if let Some(template) = group.and_then(|group| group.get("launchTemplate")) {
            used.insert(Used::read(&template, "id", "name", "version"));
        }
    }
    let groups = answers.heard("autoscaling", "describe-auto-scaling-groups", &[]);
    for group in groups.items("AutoScalingGroups") {
        // EKS keeps a copy of a node group's template for the group that it makes: the node group tells.
        if super::super::autoscaling::is_of_node_group(&group) {
            continue;
        }
        for template in super::super::autoscaling::templates(&group) {
            used.insert(Used::read(
                &template,
                "LaunchTemplateId",
                "LaunchTemplateName",
                "Version",
            ));
        }
    }
    used
}

/// The number that a version stands for now.
fn number_of(template: &Value, version: &str) -> Option<String> {
    let number = |name: &str| template.get(name)?.as_number().map(ToString::to_string);
    match version {
        "$Default" => number("DefaultVersionNumber"),
        "$Latest" => number("LatestVersionNumber"),
        other => Some(other.to_owned()),
    }
}

fn version(heard: &Heard, number: &str) -> Option<Value> {
    let items = heard.items("LaunchTemplateVersions").into_iter();
    let mut items = items.filter(|item| {
        let own = item.get("VersionNumber");
        own.and_then(|own| own.as_number().map(ToString::to_string))
            .as_deref()
            == Some(number)
    });
    items.next()
}

/// What the list tells of a template. `version` is ours: the provider's resource is always the newest one.
fn shape(template: &Value, number: &str, made: &Made<'_>) -> Shape {
    Shape::of(template)
        .rename("launch_template_name", "name")
        .rename("default_version_number", "default_version")
        .rename("latest_version_number", "latest_version")
        .with("id", id_of(template, "LaunchTemplateId"))
        .with(
            "arn",
            arn(made, "launch-template", template, "LaunchTemplateId"),
        )
        .with("version", Value::string(number))
}

fn data(shape: Shape, told: &Value) -> Shape {
    let Some(data) = told.get("LaunchTemplateData") else {
        return shape;
    };
    let own = Shape::of(&data)
        .rename("security_groups", "security_group_names")
        .rename("security_group_ids", "vpc_security_group_ids")
        .with("network_interfaces", interfaces(&data));
    shape.and(own)
}

fn interfaces(data: &Value) -> Option<Value> {
    let list = data
        .get("NetworkInterfaces")
        .filter(|list| !list.is_null())?;
    let Some(items) = list.items() else {
        return Some(formless(&list));
    };
    let mut interfaces = Vec::new();
    for interface in items {
        let interface = list.inside(interface);
        let groups = interface.get("Groups");
        let shape = Shape::of(&interface)
            .rename("groups", "security_groups")
            .with("security_groups", groups);
        interfaces.push(placed(shape.value(), &interface));
    }
    Some(placed(Value::tuple(interfaces), &list))
}
