//! Amazon EKS: clusters, and what belongs to one.

use std::collections::BTreeSet;

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    clusters(answers, made);
    for part in &PARTS {
        parts(answers, made, part);
    }
    access_policies(answers, made);
}

fn clusters(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_eks_cluster"], answers, "eks", "list-clusters");
    let listed = answers.heard("eks", "list-clusters", &[]);
    let names = listed.items("clusters");
    for item in &names {
        let name = item.as_str().unwrap_or_default();
        let heard = answers.heard("eks", "describe-cluster", &[name]);
        if heard.told().is_none() {
            let shape = Shape::new()
                .with("name", item.clone())
                .and_more(heard.doubt("eks", "describe-cluster"));
            made.resource("aws_eks_cluster", heard.refusal().unwrap_or(item), shape);
        }
    }
    for (keys, heard) in answers.each("eks", "describe-cluster") {
        if let Some(cluster) = heard.get("cluster") {
            made.resource("aws_eks_cluster", &cluster, cluster_of(&cluster));
        } else if let (Some(name), Some(told)) = (keys.first(), heard.refusal())
            && !names.iter().any(|item| item.as_str() == Some(name))
        {
            let shape = Shape::new()
                .with("name", Value::string(name))
                .and_more(heard.doubt("eks", "describe-cluster"));
            made.resource("aws_eks_cluster", told, shape);
        }
    }
}

/// `DescribeCluster` calls the VPC configuration and the logs otherwise than the provider.
fn cluster_of(cluster: &Value) -> Shape {
    Shape::of(cluster)
        .rename("resources_vpc_config", "vpc_config")
        .with("enabled_cluster_log_types", log_types(cluster))
        .without("logging")
}

/// `logging.clusterLogging` lists types that are on and types that are off.
fn log_types(cluster: &Value) -> Option<Value> {
    let logging = cluster.get("logging")?;
    let settings = logging.get("clusterLogging")?;
    let mut types = Vec::new();
    for setting in settings.items().unwrap_or_default() {
        let is_on = setting.get("enabled").and_then(|on| on.as_bool());
        if is_on == Some(true) {
            let on = setting.get("types");
            types.extend(
                on.iter()
                    .flat_map(|on| on.items().unwrap_or_default())
                    .cloned(),
            );
        }
    }
    let origin = logging.origin().cloned();
    let types = Value::tuple(types);
    Some(match origin {
        Some(origin) => types.at(origin),
        None => types,
    })
}

/// A kind of thing that belongs to a cluster: one call lists the names, another tells of each.
struct Part {
    kind: &'static str,
    list: &'static str,
    /// Where the list stands in its answer.
    items: &'static str,
    /// The field of an item that the second call is asked with; `None` when the item itself is it.
    key: Option<&'static str>,
    describe: &'static str,
    /// Where the thing stands in the second answer.
    item: &'static str,
    /// The provider's attribute for the name in the list.
    name: &'static str,
    form: fn(&Value) -> Shape,
}

static PARTS: [Part; 6] = [
    Part {
        kind: "aws_eks_node_group",
        list: "list-nodegroups",
        items: "nodegroups",
        key: None,
        describe: "describe-nodegroup",
        item: "nodegroup",
        name: "node_group_name",
        form: node_group,
    },
    Part {
        kind: "aws_eks_fargate_profile",
        list: "list-fargate-profiles",
        items: "fargateProfileNames",
        key: None,
        describe: "describe-fargate-profile",
        item: "fargateProfile",
        name: "fargate_profile_name",
        form: fargate_profile,
    },
    Part {
        kind: "aws_eks_addon",
        list: "list-addons",
        items: "addons",
        key: None,
        describe: "describe-addon",
        item: "addon",
        name: "addon_name",
        form: addon,
    },
    Part {
        kind: "aws_eks_access_entry",
        list: "list-access-entries",
        items: "accessEntries",
        key: None,
        describe: "describe-access-entry",
        item: "accessEntry",
        name: "principal_arn",
        form: access_entry,
    },
    Part {
        kind: "aws_eks_pod_identity_association",
        list: "list-pod-identity-associations",
        items: "associations",
        key: Some("associationId"),
        describe: "describe-pod-identity-association",
        item: "association",
        name: "association_id",
        form: pod_identity,
    },
    Part {
        kind: "aws_eks_identity_provider_config",
        list: "list-identity-provider-configs",
        items: "identityProviderConfigs",
        key: Some("name"),
        describe: "describe-identity-provider-config",
        item: "identityProviderConfig",
        name: "identity_provider_config_name",
        form: identity_provider,
    },
];

fn parts(answers: &Answers, made: &mut Made<'_>, part: &Part) {
    let mut doubt = answers
        .heard("eks", "list-clusters", &[])
        .doubt("eks", "list-clusters");
    for cluster in cluster_names(answers, &[part.list, part.describe]) {
        let listed = answers.heard("eks", part.list, &[&cluster]);
        doubt = doubt.or_else(|| listed.doubt("eks", part.list));
        let mut names = BTreeSet::new();
        for item in listed.items(part.items) {
            let Some(name) = named(&item, part) else {
                continue;
            };
            let heard = answers.heard("eks", part.describe, &[&cluster, &asked(part, &name)]);
            if heard.told().is_none() {
                let known = match part.key {
                    Some(_) => (part.form)(&item),
                    None => Shape::new().with(part.name, item.clone()),
                };
                let shape = known
                    .with("cluster_name", Value::string(&cluster))
                    .with("id", Value::string(&format!("{cluster}:{name}")))
                    .and_more(heard.doubt("eks", part.describe));
                made.resource(part.kind, heard.refusal().unwrap_or(&item), shape);
            }
            names.insert(asked(part, &name));
        }
        for (keys, heard) in answers.each("eks", part.describe) {
            let [own, name] = keys else {
                continue;
            };
            if *own != cluster {
                continue;
            }
            let id = Value::string(&format!("{cluster}:{}", bare(name)));
            if let Some(thing) = heard.get(part.item) {
                let shape = (part.form)(&thing).with("id", id);
                made.resource(part.kind, &thing, shape);
            } else if let Some(told) = heard.refusal().filter(|_| !names.contains(name)) {
                let shape = Shape::new()
                    .with("cluster_name", Value::string(&cluster))
                    .with(part.name, Value::string(bare(name)))
                    .with("id", id)
                    .and_more(heard.doubt("eks", part.describe));
                made.resource(part.kind, told, shape);
            }
        }
    }
    made.listed_unless(&[part.kind], doubt);
}

/// Clusters that were listed, described, or asked for anything.
fn cluster_names(answers: &Answers, operations: &[&str]) -> BTreeSet<String> {
    let listed = answers.heard("eks", "list-clusters", &[]).items("clusters");
    let listed = listed
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned));
    let asked = ["describe-cluster"].iter().chain(operations);
    let asked = asked.flat_map(|operation| answers.each("eks", operation));
    let asked = asked.filter_map(|(keys, _)| keys.first().cloned());
    listed.chain(asked).collect()
}

fn named(item: &Value, part: &Part) -> Option<String> {
    match part.key {
        Some(key) => text(item, key),
        None => item.as_str().map(str::to_owned),
    }
}

const OIDC: &str = "type=oidc,name=";

/// The name as the second call takes it.
fn asked(part: &Part, name: &str) -> String {
    match part.describe {
        "describe-identity-provider-config" => format!("{OIDC}{name}"),
        _ => name.to_owned(),
    }
}

fn bare(name: &str) -> &str {
    name.strip_prefix(OIDC).unwrap_or(name)
}

fn node_group(group: &Value) -> Shape {
    let remote = group.get("remoteAccess").map(|remote| {
        let block = Shape::of(&remote)
            .rename("source_security_groups", "source_security_group_ids")
            .block();
        at(block, &remote)
    });
    let resources = group.get("resources").map(|resources| {
        let block = Shape::of(&resources)
            .rename("auto_scaling_groups", "autoscaling_groups")
            .rename(
                "remote_access_security_group",
                "remote_access_security_group_id",
            )
            .block();
        at(block, &resources)
    });
    Shape::of(group)
        .with("resources", resources)
        .rename("nodegroup_name", "node_group_name")
        .rename("nodegroup_arn", "arn")
        .rename("node_role", "node_role_arn")
        .rename("subnets", "subnet_ids")
        .rename("taints", "taint")
        .with("remote_access", remote)
}

fn fargate_profile(profile: &Value) -> Shape {
    Shape::of(profile)
        .rename("fargate_profile_arn", "arn")
        .rename("subnets", "subnet_ids")
        .rename("selectors", "selector")
}

/// The provider has the roles of an add-on's associations, the API only their ARNs.
fn addon(addon: &Value) -> Shape {
    Shape::of(addon)
        .rename("addon_arn", "arn")
        .without("pod_identity_associations")
}

fn access_entry(entry: &Value) -> Shape {
    Shape::of(entry).rename("username", "user_name")
}

fn pod_identity(association: &Value) -> Shape {
    Shape::of(association)
}

fn identity_provider(config: &Value) -> Shape {
    let arn = config
        .get("oidc")
        .and_then(|oidc| oidc.get("identityProviderConfigArn"));
    let cluster = config.get("oidc").and_then(|oidc| oidc.get("clusterName"));
    Shape::of(config)
        .with("arn", arn)
        .with("cluster_name", cluster)
}

/// Each policy of an access entry is a resource of its own.
fn access_policies(answers: &Answers, made: &mut Made<'_>) {
    const OPERATION: &str = "list-associated-access-policies";
    let mut doubt = answers
        .heard("eks", "list-clusters", &[])
        .doubt("eks", "list-clusters");
    for cluster in cluster_names(answers, &["list-access-entries", OPERATION]) {
        let entries = answers.heard("eks", "list-access-entries", &[&cluster]);
        doubt = doubt.or_else(|| entries.doubt("eks", "list-access-entries"));
        for entry in entries.items("accessEntries") {
            let principal = entry.as_str().unwrap_or_default();
            let heard = answers.heard("eks", OPERATION, &[&cluster, principal]);
            let own = heard.doubt("eks", OPERATION);
            if heard.told().is_none() {
                let shape = Shape::new()
                    .with("cluster_name", Value::string(&cluster))
                    .with("principal_arn", entry.clone())
                    .with("id", Value::string(&format!("{cluster}#{principal}")))
                    .and_more(own.clone());
                let told = heard.refusal().unwrap_or(&entry);
                made.resource("aws_eks_access_policy_association", told, shape);
            }
            doubt = doubt.or(own);
        }
    }
    for (keys, heard) in answers.each("eks", OPERATION) {
        let [cluster, principal] = keys else {
            continue;
        };
        for policy in heard.items("associatedAccessPolicies") {
            let name = text(&policy, "policyArn").unwrap_or_default();
            let shape = Shape::of(&policy)
                .with("cluster_name", Value::string(cluster))
                .with("principal_arn", Value::string(principal))
                .with(
                    "id",
                    Value::string(&format!("{cluster}#{principal}#{name}")),
                );
            made.resource("aws_eks_access_policy_association", &policy, shape);
        }
    }
    made.listed_unless(&["aws_eks_access_policy_association"], doubt);
}

fn at(value: Value, like: &Value) -> Value {
    match like.origin() {
        Some(origin) => value.at(origin.clone()),
        None => value,
    }
}
