//! EKS Pod Identity: what a trust policy answers to EKS when it takes a role for a pod.

use std::collections::BTreeSet;

use sekisho_access::iam::{Condition, Document, Effect, Presence, Principal, Principals, Tri, Who};

use super::asking::{is, takes};
use super::trust::{STRANGE, chosen};

/// The service that takes roles for pods.
pub(crate) const PODS: &str = "pods.eks.amazonaws.com";

/// A service account of a cluster. What is `None` is whatever the policy names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Holder<'h> {
    pub(crate) cluster: Option<&'h str>,
    pub(crate) namespace: Option<&'h str>,
    pub(crate) account: Option<&'h str>,
}

const NAMESPACE: &str = "aws:requesttag/kubernetes-namespace";
const ACCOUNT: &str = "aws:requesttag/kubernetes-service-account";

/// Somebody that no policy names.
pub(crate) const NOBODY: Holder<'static> = Holder {
    cluster: Some(STRANGE),
    namespace: Some(STRANGE),
    account: Some(STRANGE),
};

/// Whether a trust policy speaks of Pod Identity.
pub(crate) fn trusts_pods(trust: &Document) -> bool {
    trust.statements.iter().any(|statement| {
        let Some(Principals::In(all)) = &statement.principals else {
            return false;
        };
        let is_pods = |one: &Principal| matches!(one, Principal::Service(name) if name == PODS);
        statement.effect == Effect::Allow && all.iter().any(is_pods)
    })
}

/// Whether EKS may take a role for a holder. The tags are those that EKS puts on the session (EKS User Guide, "Session tags
/// added by EKS Pod Identity"); the source is the cluster, in the role's own account. Names and UIDs of pods are nobody's.
pub(crate) fn asked(trust: &Document, action: &str, own: &str, holder: Holder<'_>) -> Tri {
    let known = |key: &str, values: &[String]| {
        let wanted = || is(&chosen(values.first().map_or(STRANGE, String::as_str)));
        let tag = |named: Option<&str>| named.map_or_else(wanted, is);
        match key {
            NAMESPACE => tag(holder.namespace),
            ACCOUNT => tag(holder.account),
            "aws:requesttag/eks-cluster-name" => tag(holder.cluster),
            "aws:requesttag/eks-cluster-arn" | "aws:sourcearn" => match holder.cluster {
                Some(name) if name == STRANGE => {
                    is(&format!("arn:aws:eks:zq-zq9-1:{own}:cluster/{name}"))
                }
                Some(name) => is(&of_cluster(values, name)),
                None => wanted(),
            },
            "aws:requesttag/kubernetes-pod-name" => is(STRANGE),
            "aws:requesttag/kubernetes-pod-uid" => is("00000000-0000-4000-8000-0000000000a9"),
            "aws:tagkeys" => Some(Presence::Values(
                [
                    "eks-cluster-arn",
                    "eks-cluster-name",
                    "kubernetes-namespace",
                    "kubernetes-service-account",
                    "kubernetes-pod-name",
                    "kubernetes-pod-uid",
                ]
                .map(str::to_owned)
                .to_vec(),
            )),
            "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" => wanted(),
            "aws:principalisawsservice" => is("true"),
            "aws:principalservicename" => is(PODS),
            _ if key.starts_with("aws:requesttag/") => Some(Presence::Absent),
            _ => None,
        }
    };
    takes(trust, &Who::Service(PODS.to_owned()), action, own, &known)
}

/// The ARN among the values of a condition that is this cluster's; its region and account are as the policy has them.
fn of_cluster(values: &[String], name: &str) -> String {
    let end = format!(":cluster/{name}");
    let mut values = values.iter().map(|value| chosen(value));
    let named = values.find(|value| value.ends_with(&end) || value.contains(STRANGE));
    named.unwrap_or_else(|| format!("arn:aws:eks:zq-zq9-1:000000000000{end}"))
}

/// A part of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Namespace,
    Account,
}

impl Part {
    /// The conditions of a policy on this part.
    pub(crate) fn conditions(self, trust: &Document) -> impl Iterator<Item = &Condition> {
        let key = match self {
            Self::Namespace => NAMESPACE,
            Self::Account => ACCOUNT,
        };
        let all = trust.statements.iter().flat_map(|one| &one.conditions);
        all.filter(move |condition| condition.key.eq_ignore_ascii_case(key))
    }

    /// The names that a policy has for it.
    pub(crate) fn named(self, trust: &Document) -> BTreeSet<String> {
        let values = self
            .conditions(trust)
            .flat_map(|condition| &condition.values);
        values.cloned().collect()
    }
}
