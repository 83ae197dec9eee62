use std::collections::BTreeMap;

use sekisho_model::{Fix, Resource, Seen, phrase};

use super::keys::{Key, key_of};
use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, Sheet, check};

const ROTATION: &str = "enable_key_rotation";

check! {
    /// **What it shows.** The KMS key that encrypts the secrets of a cluster is rotated by KMS. The key is found by following
    /// `key_arn`, over modules and aliases.
    ///
    /// **Why it matters.** KMS rotates no key of a customer unless it is told to. New key material bounds how much one piece of it protects;
    /// KMS keeps the old material, so nothing has to be encrypted again.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_kms_key" "secrets" {
    ///   description = "secrets of the shop"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_kms_key" "secrets" {
    ///   description         = "secrets of the shop"
    ///   enable_key_rotation = true
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>
    ///
    /// # 日本語
    /// **示すこと。** クラスタの Secret を暗号化する KMS キーが自動ローテーションされる。キーは `key_arn` からモジュールとエイリアスをたどって特定する。
    ///
    /// **理由。** KMS は指定しない限りカスタマー管理キーをローテーションしない。キーマテリアルを替えることで、一つのマテリアルが保護する
    /// データの量を限る。古いマテリアルは KMS が保持するため、再暗号化は要らない。
    ///
    /// **直し方。** `aws_kms_key` に `enable_key_rotation = true` を書く。
    KmsKeyRotation = "kms-key-rotation";
    control: "T3.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Key of the secrets is not rotated", "Secret 用キーの自動ローテーションなし",
}

impl Check for KmsKeyRotation {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut users: BTreeMap<usize, (&Resource, Vec<&Resource>)> = BTreeMap::new();
        for (index, cluster) in cx.estate.of_type("aws_eks_cluster") {
            match key_of(cx, cluster) {
                Key::Here(at, key) => {
                    users.entry(at).or_insert((key, Vec::new())).1.push(cluster);
                }
                Key::Elsewhere(why) | Key::Unknown(why) => sheet.on_resource(index).unknown(why),
                Key::Unset | Key::OfAws(_) => {}
            }
        }
        for (index, (key, clusters)) in users {
            let mut on = sheet.on_resource(index);
            // `Default: false` in the provider's schema.
            match key.flag(ROTATION).or_default(false) {
                Seen::Set(true, _) => on.pass(),
                Seen::Unknown(why) => on.unknown(why),
                Seen::Set(false, origin) => {
                    let address = &key.address;
                    let message = phrase!(
                        en: "`{address}` encrypts the secrets of a cluster and is never rotated",
                        ja: "クラスタの Secret を暗号化する `{address}` がローテーションされない",
                    );
                    let fault = Fault::of_value(cx.estate, key, origin.as_ref(), message);
                    let mut fault = clusters.into_iter().fold(fault, |fault, cluster| {
                        let text = phrase!(en: "whose secrets it encrypts", ja: "このキーで Secret を暗号化するクラスタ");
                        fault.beside(cx.estate, cluster, text)
                    });
                    if let Some(fix) = rotated(cx, key) {
                        fault = fault.fix(fix);
                    }
                    on.fail(fault);
                }
                Seen::Unset => {}
            }
        }
    }
}

/// KMS cannot rotate what lies in a key store of one's own.
fn rotated(cx: &Context<'_>, key: &Resource) -> Option<Fix> {
    if !matches!(key.get("custom_key_store_id"), Seen::Unset) {
        return None;
    }
    let title = phrase!(en: "Rotate the key", ja: "キーをローテーションする");
    BlockEdit::of_resource(cx.estate, key)?
        .set(ROTATION, key.raw(ROTATION).as_ref(), "true")?
        .done(Fix::safe(title))
}
