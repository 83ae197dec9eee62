//! What starts nodes: managed node groups, and the Auto Scaling groups and instances that are tagged as nodes.

use sekisho_model::{Estate, Resource, Seen};

use crate::links::{Link, Links};

/// Types whose instances may be nodes.
pub(crate) const STARTERS: [&str; 3] = [
    "aws_eks_node_group",
    "aws_autoscaling_group",
    "aws_instance",
];

/// Every starter of nodes, with its index in the estate.
pub(crate) fn starters(estate: &Estate) -> impl Iterator<Item = (usize, &Resource)> {
    STARTERS
        .into_iter()
        .flat_map(|kind| estate.of_type(kind))
        .filter(|(_, resource)| is_node(resource))
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

/// The launch template of a node group or Auto Scaling group, by id or name; `None` when it has none.
pub(crate) fn template<'a>(links: &Links<'a>, group: &Resource) -> Option<Link<'a>> {
    let blocks = match group.nested("launch_template") {
        Seen::Set(blocks, _) => blocks,
        Seen::Unset => return None,
        Seen::Unknown(why) => return Some(Link::Away(why)),
    };
    let block = blocks.into_iter().next()?;
    links
        .of_attribute(&block, "id", &["aws_launch_template"])
        .or_else(|| links.of_attribute(&block, "name", &["aws_launch_template"]))
}
