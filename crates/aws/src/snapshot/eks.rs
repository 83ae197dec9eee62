//! Amazon EKS.

use sekisho_terraform::Value;

use super::{Answers, Heard, Made, Shape};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_eks_cluster"], answers, "eks", "list-clusters");
    for (keys, heard) in answers.each("eks", "describe-cluster") {
        match heard {
            Heard::Told(answer) | Heard::Cut(answer) => {
                if let Some(cluster) = answer.get("cluster") {
                    let shape = cluster_of(&cluster);
                    made.resource("aws_eks_cluster", &cluster, shape);
                }
            }
            Heard::Refused(_, told) => {
                let name = keys.first().map(|name| Value::string(name));
                let shape = Shape::new().with("name", name);
                let shape = shape.and_more(heard.doubt("eks", "describe-cluster"));
                made.resource("aws_eks_cluster", told, shape);
            }
            Heard::Missing => {}
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
