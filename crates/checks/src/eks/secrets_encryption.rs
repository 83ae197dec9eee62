use sekisho_model::{Resource, Seen, phrase};

use super::keys::{Key, key_of};
use crate::{Check, Context, Fault, Level, On, check};

const CONFIG: &str = "encryption_config";
const RESOURCES: &str = "encryption_config.resources";

check! {
    /// **What it shows.** The secrets of the cluster are encrypted with a KMS key in the customer's hand.
    ///
    /// **Why it matters.** Without it they are not in plain text: EKS encrypts its store, and from Kubernetes 1.28 on all API data, with a key
    /// of AWS. But only with a key of one's own does a key policy say who may decrypt, does CloudTrail tell who did, and can access
    /// be ended. It can be switched on at any time, and never off again.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   name = "shop"
    ///   encryption_config {
    ///     resources = ["secrets"]
    ///     provider {
    ///       key_arn = aws_kms_key.secrets.arn
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html>
    ///
    /// # 日本語
    /// **示すこと。** クラスタの Secret が、カスタマー管理の KMS キーで暗号化されている。
    ///
    /// **理由。** これがなくても平文ではない。EKS はストアを、Kubernetes 1.28 以降は全 API データを AWS 所有のキーで暗号化する。
    /// しかし、誰が復号できるかをキーポリシーで定め、誰が復号したかを CloudTrail で追い、アクセスを断てるのは、自分のキーを使う場合だけである。
    /// いつでも有効にでき、無効には戻せない。
    ///
    /// **直し方。** `encryption_config` に `resources = ["secrets"]` と `provider { key_arn = … }` を書く。
    SecretsEncryption = "secrets-encryption";
    control: "T3.2",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_eks_cluster"]),
    fix: None,
    title: "Secrets without a customer key", "カスタマー管理キーのない Secret",
}

impl Check for SecretsEncryption {
    fn resource(&self, cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) {
        // A local cluster on Outposts takes no key (`ConflictsWith` in the provider's schema).
        if matches!(cluster.get("outpost_config"), Seen::Set(block, _) if block.items().is_none_or(|all| !all.is_empty()))
        {
            return;
        }
        let address = &cluster.address;
        let origin = match cluster.get(CONFIG) {
            // The block itself, not the list of blocks.
            Seen::Set(list, _) if list.items().is_none_or(|all| !all.is_empty()) => {
                let block = list.items().and_then(<[_]>::first);
                block.and_then(|block| block.origin().cloned())
            }
            Seen::Set(..) | Seen::Unset => {
                let message = phrase!(
                    en: "the secrets of `{address}` have no key of yours: a key of AWS encrypts them, so no key policy says who may decrypt and no trail tells who did",
                    ja: "`{address}` の Secret に自分の KMS キーがない。AWS 所有のキーで暗号化されるため、復号できる者をキーポリシーで定められず、復号の証跡も残らない",
                );
                return on.fail(Fault::of_value(cx.estate, cluster, None, message));
            }
            Seen::Unknown(why) => return on.unknown(why),
        };
        match cluster.texts(RESOURCES) {
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Set(set, _) if set.iter().any(|(name, _)| name == "secrets") => {}
            Seen::Set(..) | Seen::Unset => {
                let message = phrase!(
                    en: "the encryption of `{address}` does not name `secrets`: its key protects nothing",
                    ja: "`{address}` の暗号化設定に `secrets` がなく、キーは何も保護しない",
                );
                return on.fail(Fault::of_value(
                    cx.estate,
                    cluster,
                    origin.as_ref(),
                    message,
                ));
            }
        }
        match key_of(cx, cluster) {
            Key::Here(..) | Key::Elsewhere(_) => on.pass(),
            Key::Unknown(why) => on.unknown(why),
            Key::Unset => {
                let message = phrase!(
                    en: "the encryption of `{address}` names no key",
                    ja: "`{address}` の暗号化設定にキーの指定がない",
                );
                on.fail(Fault::of_value(
                    cx.estate,
                    cluster,
                    origin.as_ref(),
                    message,
                ));
            }
            Key::OfAws(alias) => {
                let message = phrase!(
                    en: "`{address}` names `{alias}`, a key that AWS manages: you can neither say who may decrypt nor end it",
                    ja: "`{address}` の `{alias}` は AWS 管理のキーであり、復号できる者を定めることも、アクセスを断つこともできない",
                );
                on.fail(Fault::of_value(
                    cx.estate,
                    cluster,
                    origin.as_ref(),
                    message,
                ));
            }
        }
    }
}
