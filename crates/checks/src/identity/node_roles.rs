//! The IAM roles of nodes, as far as Kubernetes objects tell.

use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Place};
use sekisho_yaml::{Limits, parse};

use super::role_arn::{self, RoleArn};

/// The names of node roles, by the cluster they belong to.
#[derive(Debug, Default)]
pub(crate) struct NodeRoles(BTreeSet<(Arc<Place>, String)>);

impl NodeRoles {
    /// Roles that `aws-auth` maps to the group of nodes (it keeps no paths), and those that Karpenter gives its nodes.
    pub(crate) fn of(estate: &Estate) -> Self {
        let mut names = BTreeSet::new();
        for (_, map) in estate.of_kind("", "ConfigMap") {
            let is_map = map.name == "aws-auth"
                && map
                    .namespace
                    .given()
                    .is_none_or(|namespace| namespace == "kube-system");
            let Some(roles) = map.value.text("data.mapRoles").filter(|_| is_map) else {
                continue;
            };
            let stream = parse(roles, &Limits::default());
            for document in &stream.documents {
                let roles = document.root().to_json();
                for role in roles.as_array().into_iter().flatten() {
                    let is_node = role
                        .items("groups")
                        .iter()
                        .any(|group| group.as_str() == Some("system:nodes"));
                    let name = role
                        .text("rolearn")
                        .and_then(role_arn::parse)
                        .map(|arn| arn.name.to_owned());
                    names.extend(
                        name.filter(|_| is_node)
                            .map(|name| (Arc::clone(&map.place), name)),
                    );
                }
            }
        }
        for (_, class) in estate.of_kind("karpenter.k8s.aws", "EC2NodeClass") {
            let name = class
                .value
                .text("spec.role")
                .map(|role| role_arn::parse(role).map_or(role, |arn| arn.name));
            names.extend(name.map(|name| (Arc::clone(&class.place), name.to_owned())));
        }
        Self(names)
    }

    /// True for a node's role. `NodeInstanceRole` is what eksctl and the templates of AWS call it.
    pub(crate) fn holds(&self, place: &Arc<Place>, role: RoleArn<'_>) -> bool {
        role.name.contains("NodeInstanceRole")
            || self.0.contains(&(Arc::clone(place), role.name.to_owned()))
    }
}
