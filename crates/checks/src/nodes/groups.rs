//! What starts nodes: managed node groups, and the Auto Scaling groups and instances that are tagged as nodes.

use sekisho_model::{Estate, Resource, Seen, phrase};

use crate::absence::is_snapshot;
use crate::links::{Link, Links};

/// Types whose instances may be nodes.
pub(crate) const STARTERS: [&str; 3] = [
    "aws_eks_node_group",
    "aws_autoscaling_group",
    "aws_instance",
];

/// Every starter of nodes, with its index in the estate. What a snapshot shows as started by one of the others counts there.
pub(crate) fn starters(estate: &Estate) -> impl Iterator<Item = (usize, &Resource)> {
    STARTERS
        .into_iter()
        .flat_map(|kind| estate.of_type(kind))
        .filter(|(_, resource)| is_node(resource) && started_by(estate, resource).is_none())
}

/// Self-managed nodes carry the cluster's tag; without it the cloud provider does not take them for its own (EKS User
/// Guide, self-managed nodes).
fn is_node(resource: &Resource) -> bool {
    let marks = |key: &str| {
        key.starts_with("kubernetes.io/cluster/") || key.starts_with("k8s.io/cluster-autoscaler/")
    };
    match resource.kind.as_str() {
        "aws_eks_node_group" => true,
        "aws_autoscaling_group" => match resource.nested("tag") {
            Seen::Set(tags, _) => tags
                .iter()
                .any(|tag| matches!(tag.text("key"), Seen::Set(key, _) if marks(&key))),
            Seen::Unset | Seen::Unknown(_) => false,
        },
        _ => {
            let tags = resource.values.get("tags");
            let mut keys = tags
                .iter()
                .filter_map(|tags| tags.entries())
                .flat_map(|tags| tags.keys());
            keys.any(|key| marks(key))
        }
    }
}

/// A tag of an instance, or of an Auto Scaling group, which has them as blocks.
fn tag(resource: &Resource, key: &str) -> Option<String> {
    if resource.kind == "aws_autoscaling_group" {
        let (tags, _) = resource.blocks("tag");
        let mut tags = tags.iter();
        let own = tags.find(|tag| matches!(tag.text("key"), Seen::Set(own, _) if own == key))?;
        return match own.text("value") {
            Seen::Set(value, _) => Some(value),
            Seen::Unset | Seen::Unknown(_) => None,
        };
    }
    let value = resource.values.get("tags")?.get(key)?;
    value.as_str().map(str::to_owned)
}

/// The node group that started an instance or Auto Scaling group of a snapshot, or the Auto Scaling group that started an
/// instance: EKS and Auto Scaling mark what they start.
pub(crate) fn started_by<'a>(
    estate: &'a Estate,
    resource: &Resource,
) -> Option<(usize, &'a Resource)> {
    let is_started = matches!(
        resource.kind.as_str(),
        "aws_instance" | "aws_autoscaling_group"
    );
    if !is_started || !is_snapshot(estate, resource.stack) {
        return None;
    }
    let groups = ["aws_eks_node_group", "aws_autoscaling_group"];
    let mut groups = groups.into_iter().flat_map(|kind| estate.of_type(kind));
    groups.find(|(_, group)| is_started_by(resource, group))
}

fn is_started_by(resource: &Resource, group: &Resource) -> bool {
    let is = |name: &str, wanted: Option<&str>| matches!(group.text(name), Seen::Set(own, _) if Some(own.as_str()) == wanted);
    if group.stack != resource.stack {
        return false;
    }
    let scaling = match resource.text("name") {
        Seen::Set(name, _) if resource.kind == "aws_autoscaling_group" => Some(name),
        _ => tag(resource, "aws:autoscaling:groupName"),
    };
    if group.kind == "aws_autoscaling_group" {
        return resource.kind == "aws_instance" && is("name", scaling.as_deref());
    }
    is("cluster_name", tag(resource, "eks:cluster-name").as_deref())
        && is(
            "node_group_name",
            tag(resource, "eks:nodegroup-name").as_deref(),
        )
        && is_of(group, scaling.as_deref())
}

/// Whether an Auto Scaling group is one of a node group's. Anybody can write tags that begin with `eks:`, nobody but AWS those
/// that begin with `aws:`.
fn is_of(group: &Resource, scaling: Option<&str>) -> bool {
    let Some(own) = group.raw("resources.autoscaling_groups") else {
        return true;
    };
    let own = own.items().unwrap_or_default();
    own.iter().any(|one| {
        let name = one.get("name");
        name.as_ref().and_then(|name| name.as_str()) == scaling
    })
}

/// The instances of a snapshot that a node group or Auto Scaling group started.
pub(crate) fn instances<'a>(
    estate: &'a Estate,
    starter: &'a Resource,
) -> impl Iterator<Item = &'a Resource> {
    let all = estate.of_type("aws_instance").map(|(_, own)| own);
    let is_told = is_snapshot(estate, starter.stack);
    all.filter(move |own| is_told && is_started_by(own, starter))
}

/// The launch template of a node group or Auto Scaling group, by id or name; `None` when it has none.
pub(crate) fn template<'a>(
    estate: &'a Estate,
    links: &Links<'a>,
    group: &Resource,
) -> Option<Link<'a>> {
    let named = |block: &Resource, id: &str, name: &str| {
        let link = links
            .of_attribute(block, id, &["aws_launch_template"])
            .or_else(|| links.of_attribute(block, name, &["aws_launch_template"]))?;
        Some(in_version(estate, block, link))
    };
    match group.nested("launch_template") {
        Seen::Set(blocks, _) => named(blocks.first()?, "id", "name"),
        Seen::Unknown(why) => Some(Link::Away(why)),
        Seen::Unset if group.kind == "aws_autoscaling_group" => {
            const MIXED: &str =
                "mixed_instances_policy.launch_template.launch_template_specification";
            let own = match group.get(MIXED) {
                Seen::Set(own, _) => own,
                Seen::Unset => return None,
                Seen::Unknown(why) => return Some(Link::Away(why)),
            };
            let own = own.items().and_then(<[_]>::first).cloned().unwrap_or(own);
            let block = group.block(&own);
            named(&block, "launch_template_id", "launch_template_name")
        }
        Seen::Unset => None,
    }
}

/// A snapshot has one resource for each version that is used; where none is told, EC2 takes the default one.
fn in_version<'a>(estate: &'a Estate, block: &Resource, link: Link<'a>) -> Link<'a> {
    let Link::To(_, found) = &link else {
        return link;
    };
    let text = |of: &Resource, name: &str| match of.text(name) {
        Seen::Set(text, _) => Some(text),
        Seen::Unset | Seen::Unknown(_) => None,
    };
    let (Seen::Set(..), Some(id)) = (found.text("version"), text(found, "id")) else {
        return link;
    };
    let wanted = match block.text("version").or_default("$Default".to_owned()) {
        Seen::Unknown(why) => return Link::Away(why),
        Seen::Set(named, _) => match named.as_str() {
            "$Default" => text(found, "default_version"),
            "$Latest" => text(found, "latest_version"),
            _ => Some(named),
        },
        Seen::Unset => None,
    };
    let is_it = |one: &Resource| {
        one.stack == found.stack
            && text(one, "id").as_ref() == Some(&id)
            && text(one, "version") == wanted
    };
    let mut all = estate.of_type("aws_launch_template");
    let own = all.find(|(_, one)| wanted.is_some() && is_it(one));
    own.map_or_else(
        || {
            let version = wanted.unwrap_or_default();
            Link::Away(phrase!(
                en: "version `{version}` of the launch template `{id}` is not in the snapshot",
                ja: "起動テンプレート `{id}` のバージョン `{version}` はスナップショットにない",
            ))
        },
        |(index, resource)| Link::To(index, resource),
    )
}
