//! The policy engine of the Amazon VPC CNI: the node agent beside `aws-node`, and its flags; and what else enforces policies.

use std::sync::Arc;

use sekisho_model::{Container, Estate, Fields, Fix, Object, Phrase, Place, Pod, Seen};
use sekisho_text::Route;
use serde_json::Value;

/// `aws-node`, and the agent that turns NetworkPolicies into filters of the node.
#[derive(Debug)]
pub(crate) struct Agent<'a> {
    /// The DaemonSet, by its index.
    pub(crate) index: usize,
    /// The DaemonSet.
    pub(crate) object: &'a Object,
    /// The agent; versions before 1.14 of the CNI have none.
    pub(crate) container: Option<Container<'a>>,
}

/// Every `aws-node` of an estate.
pub(crate) fn all(estate: &Estate) -> impl Iterator<Item = Agent<'_>> {
    estate
        .of_kind("apps", "DaemonSet")
        .filter(|(_, object)| {
            object.name == "aws-node"
                && matches!(object.namespace.given(), Some("kube-system") | None)
        })
        .filter_map(|(index, object)| {
            let pod = Pod::of(object)?;
            let container = pod
                .containers()
                .iter()
                .find(|container| {
                    container.name() == "aws-eks-nodeagent"
                        || container.repository().ends_with("aws-network-policy-agent")
                })
                .cloned();
            Some(Agent {
                index,
                object,
                container,
            })
        })
}

/// Agents of engines that enforce NetworkPolicies whatever the VPC CNI does.
pub(crate) fn other_engines(estate: &Estate) -> impl Iterator<Item = (usize, &Arc<Place>)> {
    estate
        .of_kind("apps", "DaemonSet")
        .filter(|(_, object)| {
            Pod::of(object).is_some_and(|pod| {
                pod.containers().iter().any(|container| {
                    let path = container.repository();
                    path.ends_with("calico/node")
                        || path.ends_with("cilium/cilium")
                        || path.ends_with("antrea/antrea-agent-ubuntu")
                })
            })
        })
        .map(|(index, object)| (index, &object.place))
}

/// Whether Terraform or a snapshot has the add-on `vpc-cni` of the cluster: `cni-policy-engine` then tells whether it enforces.
/// Files name no cluster; then any will do.
pub(crate) fn is_told_by_addon(estate: &Estate, place: &Place) -> bool {
    estate.of_type("aws_eks_addon").any(|(_, addon)| {
        let is_cni = matches!(addon.text("addon_name"), Seen::Set(name, _) if name == "vpc-cni");
        let is_other = match (&place.cluster, addon.text("cluster_name")) {
            (Some(cluster), Seen::Set(own, _)) => own != *cluster,
            _ => false,
        };
        is_cni && !is_other
    })
}

/// Where a boolean flag stands, and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    /// The value in force: the last one, or `false` where the flag is not given.
    pub(crate) is_on: bool,
    /// The argument that decides; the list of arguments where the flag is not given.
    pub(crate) route: Route,
    is_given: bool,
}

impl Flag {
    /// Reads a flag as Go's pflag does: the last counts, `--flag` alone is true, and a value needs its `=`
    /// (`--flag false` is true, with a stray word behind it).
    pub(crate) fn read(container: &Container<'_>, name: &str) -> Self {
        let mut flag = Self {
            is_on: false,
            route: container.at("args"),
            is_given: false,
        };
        for field in ["command", "args"] {
            for (index, argument) in container.value.items(field).iter().enumerate() {
                let Some(rest) = argument
                    .as_str()
                    .and_then(|argument| argument.strip_prefix("--")?.strip_prefix(name))
                else {
                    continue;
                };
                let is_on = match rest.strip_prefix('=') {
                    Some(value) => {
                        matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True")
                    }
                    None if rest.is_empty() => true,
                    None => continue,
                };
                flag = Self {
                    is_on,
                    route: container.at(field).index(index),
                    is_given: true,
                };
            }
        }
        flag
    }

    /// A change that switches it on.
    pub(crate) fn switch_on(&self, fix: Fix, name: &str) -> Fix {
        let argument = Value::from(format!("--{name}=true"));
        if self.is_given {
            fix.set(self.route.clone(), argument)
        } else {
            fix.append(self.route.clone(), argument)
        }
    }
}

/// The title of a fix that switches a flag on.
pub(crate) fn switch_title(name: &str) -> Phrase {
    sekisho_model::phrase!(en: "Switch `--{name}` on", ja: "`--{name}` を有効にする")
}
