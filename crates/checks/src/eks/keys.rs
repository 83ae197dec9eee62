//! The key that encrypts the secrets of a cluster, followed to the resource that makes it.

use sekisho_model::{Phrase, Resource, Seen, phrase};

use crate::Context;

const KEY: &str = "encryption_config.provider.key_arn";

/// What is known of a cluster's key.
pub(crate) enum Key<'a> {
    /// None is given.
    Unset,
    /// An `aws_kms_key` of the same configuration, by its index in the estate.
    Here(usize, &'a Resource),
    /// A key of the customer that is defined or kept elsewhere; what would tell more of it.
    Elsewhere(Phrase),
    /// A key that AWS manages, by its alias.
    OfAws(String),
    /// It cannot be told which.
    Unknown(Phrase),
}

/// Follows `key_arn`, over an alias or a look-up of one.
pub(crate) fn key_of<'a>(cx: &Context<'a>, cluster: &Resource) -> Key<'a> {
    let why = match cluster.get(KEY) {
        Seen::Set(value, _) => {
            let text = value.as_str().unwrap_or_default();
            return match alias_of_aws(text) {
                Some(alias) => Key::OfAws(alias),
                None if text.is_empty() => Key::Unset,
                None => Key::Elsewhere(phrase!(
                    en: "the key `{text}` is not defined in these files; an AWS snapshot tells of it",
                    ja: "鍵 `{text}` はこれらのファイルで定義されていない。AWS スナップショットがあれば分かる",
                )),
            };
        }
        Seen::Unset => return Key::Unset,
        Seen::Unknown(why) => why,
    };
    let mut reference = cluster.reference(KEY);
    // `aws_kms_alias.a.target_key_arn` leads to an alias, and that to its key.
    for _ in 0..2 {
        let target = reference.and_then(|to| cx.addresses().at(cluster.stack, &to));
        let Some((index, resource)) = target else {
            break;
        };
        let by = match (resource.kind.as_str(), resource.is_data) {
            ("aws_kms_key", false) => return Key::Here(index, resource),
            // Material from outside, or a copy whose first key decides: KMS does not turn these by itself.
            (
                "aws_kms_external_key" | "aws_kms_replica_key" | "aws_kms_replica_external_key",
                _,
            ) => {
                return Key::Elsewhere(why);
            }
            ("aws_kms_alias", false) => "target_key_id",
            ("aws_kms_alias", true) => "name",
            ("aws_kms_key", true) => "key_id",
            _ => break,
        };
        if let Seen::Set(text, _) = resource.text(by) {
            return match alias_of_aws(&text) {
                Some(alias) => Key::OfAws(alias),
                None => Key::Elsewhere(why),
            };
        }
        reference = resource.reference(by);
    }
    Key::Unknown(why)
}

/// `alias/aws/…` is reserved for the keys that AWS manages (`KMS API`, `CreateAlias`).
fn alias_of_aws(text: &str) -> Option<String> {
    let start = text.find("alias/aws/")?;
    let is_whole = start == 0 || text.get(..start)?.ends_with(':');
    is_whole.then(|| text.get(start..).map(str::to_owned))?
}
