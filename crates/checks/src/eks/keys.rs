//! The key that encrypts the secrets of a cluster, followed to the resource that makes it.

use sekisho_model::{Phrase, Resource, phrase};

use crate::Context;
use crate::links::Link;

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

/// What a key is or stands for.
static KEYS: [&str; 5] = [
    "aws_kms_key",
    "aws_kms_external_key",
    "aws_kms_replica_key",
    "aws_kms_replica_external_key",
    "aws_kms_alias",
];

/// Follows `key_arn`, over an alias or a look-up of one.
pub(crate) fn key_of<'a>(cx: &Context<'a>, cluster: &Resource) -> Key<'a> {
    let mut value = match cluster.raw(KEY) {
        Some(value) if !value.is_null() && value.as_str() != Some("") => value,
        _ => return Key::Unset,
    };
    let mut last = None;
    // `aws_kms_alias.a.target_key_arn` leads to an alias, and that to its key.
    for _ in 0..3 {
        if let Some(alias) = value.as_str().and_then(alias_of_aws) {
            return Key::OfAws(alias);
        }
        let (index, resource) = match cx.links().follow(cluster.stack, &value, &KEYS) {
            Link::To(index, resource) => (index, resource),
            Link::Away(why) if value.as_str().is_some() => return Key::Elsewhere(why),
            Link::Away(why) => return Key::Unknown(why),
        };
        // A look-up by a name leads to itself when what it looks up is not here.
        if last.replace(index) == Some(index) {
            let address = &resource.address;
            return Key::Elsewhere(phrase!(
                en: "what `{address}` looks up is not among the files; an AWS snapshot tells of it",
                ja: "`{address}` が参照するものはファイルの中にない。AWS スナップショットがあれば分かる",
            ));
        }
        let by = match (resource.kind.as_str(), resource.is_data) {
            ("aws_kms_key", false) => return Key::Here(index, resource),
            ("aws_kms_alias", false) => "target_key_id",
            ("aws_kms_alias", true) => "name",
            ("aws_kms_key", true) => "key_id",
            // Material from outside, or a copy whose first key decides: KMS does not turn these by itself.
            _ => return Key::Elsewhere(not_turned(resource)),
        };
        match resource.raw(by) {
            Some(next) => value = next,
            None => break,
        }
    }
    Key::Unknown(phrase!(
        en: "the key cannot be followed to what defines it",
        ja: "鍵の定義までたどれない",
    ))
}

fn not_turned(resource: &Resource) -> Phrase {
    let address = &resource.address;
    phrase!(
        en: "`{address}` has its key material from elsewhere, so that KMS does not turn it by itself",
        ja: "`{address}` の鍵素材は外部のもので、KMS が自動でローテーションしない",
    )
}

/// `alias/aws/…` is reserved for the keys that AWS manages (`KMS API`, `CreateAlias`).
fn alias_of_aws(text: &str) -> Option<String> {
    let start = text.find("alias/aws/")?;
    let is_whole = start == 0 || text.get(..start)?.ends_with(':');
    is_whole.then(|| text.get(start..).map(str::to_owned))?
}
