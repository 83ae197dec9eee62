//! Security groups with everything that adds rules to them.

use std::collections::BTreeMap;

use sekisho_model::{Phrase, Resource, Seen};

use crate::Context;
use crate::links::Link;

/// Rules that stand by themselves, and what selects those that let something in.
const RULES: [&str; 2] = [
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
];

/// The attribute of such a rule that names its group.
const NAME: &str = "security_group_id";

/// Types of security groups.
pub(crate) const GROUPS: [&str; 2] = ["aws_security_group", "aws_default_security_group"];

/// The ingress rules of one security group.
#[derive(Debug, Default)]
pub(crate) struct Rules<'a> {
    /// What is judged: the group, or a rule whose group is not here; the cluster for the group that EKS makes for it.
    pub(crate) subject: usize,
    /// Each rule, with the resource that holds it.
    pub(crate) all: Vec<(&'a Resource, Resource)>,
    /// Why there may be more.
    pub(crate) open: Option<Phrase>,
    /// Why it is not known whose rule it is.
    pub(crate) loose: Option<Phrase>,
}

/// The rules of every security group, by what is judged.
pub(crate) fn all<'a>(cx: &Context<'a>) -> BTreeMap<usize, Rules<'a>> {
    let links = cx.links();
    let mut of: BTreeMap<usize, Rules<'a>> = BTreeMap::new();
    for (index, group) in GROUPS.into_iter().flat_map(|kind| cx.estate.of_type(kind)) {
        let rules = of.entry(index).or_default();
        rules.subject = index;
        match group.nested("ingress") {
            Seen::Set(blocks, _) => rules
                .all
                .extend(blocks.into_iter().map(|rule| (group, rule))),
            Seen::Unset => {}
            Seen::Unknown(why) => rules.open = Some(why),
        }
    }
    for (index, rule) in RULES.into_iter().flat_map(|kind| cx.estate.of_type(kind)) {
        if rule.kind == "aws_security_group_rule"
            && matches!(rule.text("type"), Seen::Set(kind, _) if kind == "egress")
        {
            continue;
        }
        let own = links.of_attribute(rule, NAME, &GROUPS);
        let of_cluster = links.of_attribute(rule, NAME, &["aws_eks_cluster"]);
        // A rule of a group that is not here is judged by itself.
        let (key, loose) = match (own, of_cluster) {
            (Some(Link::To(group, resource)), _) if !resource.is_data => (group, None),
            (_, Some(Link::To(cluster, resource))) if !resource.is_data => (cluster, None),
            (Some(Link::Away(why)), _) if matches!(rule.text(NAME), Seen::Unknown(_)) => {
                (index, Some(why))
            }
            _ => (index, None),
        };
        let rules = of.entry(key).or_default();
        rules.subject = key;
        rules.loose = loose;
        rules.all.push((rule, rule.clone()));
    }
    of
}
