//! Whether objects of a kind live in namespaces.

use crate::types;

const TABLE: &str = include_str!("../data/scopes.txt");

/// Where objects of a kind live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespaced,
    /// In the cluster as a whole.
    Cluster,
}

/// True when the server serves this version of this kind itself, so that [`admit`](crate::admit) knows its fields.
pub fn is_served(api_version: &str, kind: &str) -> bool {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    types::kind(group, version, kind).is_some()
}

/// The scope of a built-in kind or of a well-known custom resource; `None` when it is not known.
pub fn scope(api_version: &str, kind: &str) -> Option<Scope> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if let Some(kind) = types::kind(group, version, kind) {
        return Some(of(kind.cluster_scoped));
    }
    // A version that is not served has the scope of those that are.
    let other = types::kinds().find(|(known, _, name)| *known == group && *name == kind);
    if let Some(other) = other.and_then(|(group, version, name)| types::kind(group, version, name))
    {
        return Some(of(other.cluster_scoped));
    }
    match (group, kind) {
        ("policy" | "extensions", "PodSecurityPolicy") => return Some(Scope::Cluster),
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet" | "Ingress" | "NetworkPolicy") => {
            return Some(Scope::Namespaced);
        }
        _ => {}
    }
    let cluster_kinds = rows().find(|(known, _)| *known == group).or_else(|| {
        rows()
            .filter(|(known, _)| known.starts_with('.'))
            .find(|(known, _)| group.ends_with(known))
    })?;
    let cluster = cluster_kinds
        .1
        .split_whitespace()
        .any(|one| one == "*" || one == kind);
    Some(of(cluster))
}

fn of(cluster_scoped: bool) -> Scope {
    if cluster_scoped {
        Scope::Cluster
    } else {
        Scope::Namespaced
    }
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_and_custom_kinds_have_scopes() {
        for (api_version, kind, expected) in [
            ("v1", "Pod", Some(Scope::Namespaced)),
            ("v1", "Namespace", Some(Scope::Cluster)),
            ("batch/v1beta1", "CronJob", Some(Scope::Namespaced)),
            ("policy/v1beta1", "PodSecurityPolicy", Some(Scope::Cluster)),
            ("karpenter.sh/v1", "NodePool", Some(Scope::Cluster)),
            (
                "argoproj.io/v1alpha1",
                "Application",
                Some(Scope::Namespaced),
            ),
            (
                "external-secrets.io/v1",
                "ClusterSecretStore",
                Some(Scope::Cluster),
            ),
            (
                "constraints.gatekeeper.sh/v1beta1",
                "K8sRequiredLabels",
                Some(Scope::Cluster),
            ),
            (
                "s3.services.k8s.aws/v1alpha1",
                "Bucket",
                Some(Scope::Namespaced),
            ),
            ("example.com/v1", "Thing", None),
        ] {
            assert_eq!(scope(api_version, kind), expected, "{api_version} {kind}");
        }
    }
}
