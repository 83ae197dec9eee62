use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Estate, Phrase, Resource, Seen, phrase, reason_unknown};
use sekisho_terraform::{Unknown, Value};

use super::groups::template;
use crate::absence::is_snapshot;
use crate::links::{Link, Links};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Each managed node group has a security group that no other node group has, set in its launch
    /// template.
    ///
    /// **Why it matters.** Security groups are what keeps nodes apart below Kubernetes. Node groups that share theirs (without
    /// a launch template that names one, all share the cluster's own with the control plane) reach each other on every port,
    /// and a rule for one is a rule for all.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_node_group" "apps" {
    ///   node_group_name = "apps"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_launch_template" "apps" {
    ///   vpc_security_group_ids = [aws_security_group.apps.id]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html>
    ///
    /// # 日本語
    /// **示すこと。** 各マネージドノードグループに、ほかのノードグループと共有しないセキュリティグループが起動テンプレートで設定されていること。
    ///
    /// **理由。** セキュリティグループは Kubernetes より下の層でノードを隔てる。共有すると (起動テンプレートで指定しなければ、すべてが
    /// コントロールプレーンとともにクラスタのセキュリティグループを共有する) ノードグループ同士が全ポートで通信でき、1 つのためのルールが
    /// すべてに効く。
    ///
    /// **直し方。** ノードグループごとに `aws_security_group` を作り、それぞれの起動テンプレートの `vpc_security_group_ids` に書く。
    NodeGroupSecurityGroups = "node-group-security-groups";
    control: "T1.8",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Node groups share a security group", "ノードグループ間でのセキュリティグループの共有",
}

/// What a node group uses.
enum Used<'a> {
    /// These groups, by reference or id, set in this template.
    Own(BTreeSet<String>, &'a Resource),
    /// The security group that EKS made for the cluster.
    Cluster,
}

impl Check for NodeGroupSecurityGroups {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let mut known: Vec<(usize, &Resource, Used<'_>)> = Vec::new();
        let mut users: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
        let mut is_open = BTreeSet::new();
        for (index, group) in cx.estate.of_type("aws_eks_node_group") {
            match used(cx.estate, links, group) {
                Ok(used) => {
                    if let Used::Own(names, _) = &used {
                        for name in names {
                            let key = (group.stack, name.clone());
                            users.entry(key).or_default().push(index);
                        }
                    }
                    known.push((index, group, used));
                }
                Err(why) => {
                    is_open.insert(group.stack);
                    sheet.on_resource(index).unknown(why);
                }
            }
        }
        for (_, group, _) in &known {
            // Node groups that a snapshot does not list may share as well.
            if is_snapshot(cx.estate, group.stack)
                && cx.all_here(group.stack, "aws_eks_node_group").is_err()
            {
                is_open.insert(group.stack);
            }
        }
        for (index, group, used) in known {
            let mut on = sheet.on_resource(index);
            let (names, template) = match used {
                Used::Own(names, template) => (names, template),
                Used::Cluster => {
                    let message = phrase!(
                        en: "the node group has no security group of its own: it uses the cluster's, with the control plane and every other node group that names none",
                        ja: "ノードグループに専用のセキュリティグループがなく、コントロールプレーンや同様のノードグループとクラスタのものを共有する",
                    );
                    on.fail(Fault::of_value(cx.estate, group, None, message));
                    continue;
                }
            };
            let shared_by = |name: &String| {
                let users = users.get(&(group.stack, name.clone()));
                users.into_iter().flatten().filter(|user| **user != index)
            };
            if names.iter().any(|name| shared_by(name).next().is_none()) {
                if is_open.contains(&group.stack) {
                    on.unknown(phrase!(
                        en: "another node group may use the same security group: what that one uses is not known",
                        ja: "ほかのノードグループのセキュリティグループが分からず、共有していないとは言えない",
                    ));
                } else {
                    on.pass();
                }
                continue;
            }
            let others: BTreeSet<usize> = names.iter().flat_map(shared_by).copied().collect();
            let all = names.iter().map(|name| format!("`{name}`"));
            let all = all.collect::<Vec<_>>().join(", ");
            let message = phrase!(
                en: "the node group shares {all} with other node groups: their nodes reach each other on whatever one of them opens",
                ja: "ノードグループが {all} をほかのノードグループと共有しており、一方に開いたものがすべてのノードに開く",
            );
            let block = match group.nested("launch_template") {
                Seen::Set(blocks, _) => blocks.first().and_then(|one| one.values.origin().cloned()),
                Seen::Unset | Seen::Unknown(_) => None,
            };
            let mut fault = Fault::of_value(cx.estate, group, block.as_ref(), message);
            let text =
                phrase!(en: "its security groups are set here", ja: "セキュリティグループの設定");
            fault = fault.beside(cx.estate, template, text);
            for other in others {
                if let Some(other) = cx.estate.resources().get(other) {
                    let address = &other.address;
                    let text = phrase!(en: "`{address}` uses it too", ja: "`{address}` も使う");
                    fault = fault.beside(cx.estate, other, text);
                }
            }
            on.fail(fault);
        }
    }
}

/// Groups in a launch template stand beside or in the network interface; with none there, the cluster's own counts.
fn used<'a>(estate: &'a Estate, links: &Links<'a>, group: &Resource) -> Result<Used<'a>, Phrase> {
    let template = match template(estate, links, group) {
        Some(Link::To(_, template)) if !template.is_data => template,
        Some(Link::To(_, template)) => {
            let address = &template.address;
            return Err(phrase!(
                en: "`{address}` is only looked up here; an AWS snapshot tells its security groups",
                ja: "`{address}` はここでは参照されるだけで、AWS スナップショットがあれば分かる",
            ));
        }
        Some(Link::Away(why)) => return Err(why),
        None => return Ok(Used::Cluster),
    };
    let mut lists = vec![template.clone()];
    match template.nested("network_interfaces") {
        Seen::Set(blocks, _) => lists.extend(blocks),
        Seen::Unset => {}
        Seen::Unknown(why) => return Err(why),
    }
    let mut names = BTreeSet::new();
    for holder in lists {
        for name in ["vpc_security_group_ids", "security_groups"] {
            let Some(list) = holder.values.get(name).filter(|list| !list.is_null()) else {
                continue;
            };
            if let Some(why) = reason_unknown(&list) {
                return Err(why);
            }
            for item in list.items().unwrap_or_default() {
                let item = list.inside(item);
                names.insert(identity(&item)?);
            }
        }
    }
    Ok(if names.is_empty() {
        Used::Cluster
    } else {
        Used::Own(names, template)
    })
}

/// What tells one security group from another: its id, or the resource whose id it will be.
fn identity(value: &Value) -> Result<String, Phrase> {
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    let reference = value.as_unknown().and_then(Unknown::is_exactly);
    match (reference, reason_unknown(value)) {
        (Some(reference), _) => Ok(reference.to_string()),
        (None, Some(why)) => Err(why),
        (None, None) => Ok(String::new()),
    }
}
