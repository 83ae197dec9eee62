//! Which secrets a workload is known to need: what its external secrets fetch, what it mounts, what its role's policy names.

use std::collections::BTreeSet;

use sekisho_model::{Fields, Object, Seen};
use sekisho_yaml::{Limits, parse};

use super::grants::Grant;
use super::holders::Holder;
use super::holding::Holding;
use crate::Context;
use crate::links::Link;
use crate::secrets::external_secrets::{GROUP, store_refs};

const CSI_GROUP: &str = "secrets-store.csi.x-k8s.io";
const CSI_DRIVER: &str = "secrets-store.csi.k8s.io";

/// The names and ARNs of the secrets that something needs.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    names: BTreeSet<String>,
    /// It asks for secrets by pattern or tag: what it needs is not a list.
    is_open: bool,
}

impl Needed {
    /// What a workload needs, as its objects say and as its role's policy names one by one.
    pub(crate) fn by(cx: &Context<'_>, holder: &Holder<'_>, holding: &Holding<'_, '_>) -> Self {
        let mut needed = Self::default();
        needed.external_secrets(cx, holder);
        needed.mounted(cx, holder);
        for action in READING {
            for (grant, pattern) in holding.patterns(action) {
                needed.referred(cx, grant, pattern);
                if names_one(pattern) {
                    needed.names.insert(pattern.to_owned());
                }
            }
        }
        needed
    }

    /// True when nothing says what is needed, or when that is no list.
    pub(crate) fn is_unsaid(&self) -> bool {
        self.is_open || self.names.is_empty()
    }

    /// Whether a secret is needed: by its name, its ARN, or its ARN without the six characters that Secrets Manager adds.
    pub(crate) fn has(&self, name: &str, arn: &str) -> bool {
        let short = arn.rsplit_once('-').map_or(arn, |(short, _)| short);
        let path = format!("/{}", name.trim_start_matches('/'));
        self.names.iter().any(|needed| {
            let needed = needed
                .strip_suffix("-??????")
                .or_else(|| needed.strip_suffix("-*"))
                .unwrap_or(needed);
            needed == name || needed == path || needed == arn || needed == short
        })
    }

    /// A secret that the policy names by reference, before it is made.
    fn referred(&mut self, cx: &Context<'_>, grant: &Grant<'_>, pattern: &str) {
        let Ok(policy) = grant.policy() else { return };
        for reference in policy
            .causes(pattern)
            .iter()
            .filter_map(|cause| cause.reference())
        {
            if let Link::To(_, secret) = cx.links().at(grant.by.stack, &reference.target)
                && let Seen::Set(name, _) = secret.text("name")
                && STORES.contains(&secret.kind.as_str())
            {
                self.names.insert(name);
            }
        }
    }

    fn external_secrets(&mut self, cx: &Context<'_>, holder: &Holder<'_>) {
        for (_, object) in cx.estate.of_kind(GROUP, "ExternalSecret") {
            let Some(spec) = object.value.at("spec") else {
                continue;
            };
            let signs_in =
                |object: &Object, kind: &str, name: &str| signs_in(cx, holder, object, kind, name);
            let is_own = store_refs(spec).any(|store| {
                let kind = store.text("kind").unwrap_or("SecretStore");
                signs_in(object, kind, store.text("name").unwrap_or_default())
            });
            if !is_own {
                continue;
            }
            for item in spec.items("data") {
                self.names
                    .extend(item.text("remoteRef.key").map(str::to_owned));
            }
            for item in spec.items("dataFrom") {
                self.names
                    .extend(item.text("extract.key").map(str::to_owned));
                self.is_open |= item.at("find").is_some();
            }
        }
    }

    /// Secrets Store CSI driver: `objects` of the class is a YAML text (secrets-store-csi-driver-provider-aws).
    fn mounted(&mut self, cx: &Context<'_>, holder: &Holder<'_>) {
        let pods = holder
            .pods
            .iter()
            .filter_map(|position| cx.workloads().all().get(*position));
        for (_, pod) in pods {
            for volume in pod.spec().items("volumes") {
                if volume.text("csi.driver") != Some(CSI_DRIVER) {
                    continue;
                }
                let name = volume.text("csi.volumeAttributes.secretProviderClass");
                let class =
                    cx.estate
                        .of_kind(CSI_GROUP, "SecretProviderClass")
                        .find(|(_, class)| {
                            Some(class.name.as_str()) == name
                                && class.place == pod.object.place
                                && class.namespace == pod.object.namespace
                        });
                let objects =
                    class.and_then(|(_, class)| class.value.text("spec.parameters.objects"));
                let Some(objects) = objects else {
                    self.is_open = true;
                    continue;
                };
                for document in &parse(objects, &Limits::default()).documents {
                    let list = document.root().to_json();
                    for object in list.as_array().into_iter().flatten() {
                        self.names
                            .extend(object.text("objectName").map(str::to_owned));
                    }
                }
            }
        }
    }
}

const STORES: [&str; 2] = ["aws_secretsmanager_secret", "aws_ssm_parameter"];

/// Calls that answer with the value of a secret or a parameter.
const READING: [&str; 6] = [
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "ssm:GetParameterHistory",
];

/// A pattern that names one secret: no wildcard but for what Secrets Manager adds to its name.
fn names_one(pattern: &str) -> bool {
    let plain = pattern
        .strip_suffix("-??????")
        .or_else(|| pattern.strip_suffix("-*"))
        .unwrap_or(pattern);
    let name = plain.splitn(6, ':').nth(5).unwrap_or(plain);
    !name.contains(['*', '?'])
}

/// Whether a store signs in as the holder (`auth.jwt.serviceAccountRef` of the AWS provider).
fn signs_in(
    cx: &Context<'_>,
    holder: &Holder<'_>,
    asking: &Object,
    kind: &str,
    name: &str,
) -> bool {
    let store = cx.estate.of_kind(GROUP, kind).find(|(_, store)| {
        store.name == name
            && store.place == asking.place
            && (kind == "ClusterSecretStore" || store.namespace == asking.namespace)
    });
    let Some((_, store)) = store else {
        return false;
    };
    let Some(account) = store
        .value
        .at("spec.provider.aws.auth.jwt.serviceAccountRef")
    else {
        return false;
    };
    let is_there = match account.text("namespace") {
        Some(namespace) => holder.namespace.as_deref() == Some(namespace),
        None => holder.is_beside(&asking.place, &asking.namespace),
    };
    is_there && account.text("name") == Some(&holder.account)
}

#[cfg(test)]
mod tests {
    use super::names_one;

    #[test]
    fn one_secret_and_many() {
        let start = "arn:aws:secretsmanager:*:111122223333:secret:";
        for one in ["shop/db-??????", "shop/db-*", "shop/db-a1b2c3"] {
            assert!(names_one(&format!("{start}{one}")), "{one}");
        }
        for many in ["*", "shop/*", "shop/*-??????", "shop-*-*"] {
            assert!(!names_one(&format!("{start}{many}")), "{many}");
        }
        assert!(!names_one("*"));
    }
}
