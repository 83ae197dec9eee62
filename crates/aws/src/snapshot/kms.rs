//! AWS KMS: the keys in the customer's hand, whether they are rotated, their policies and aliases.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

const ROTATION: &str = "get-key-rotation-status";
const POLICY: &str = "get-key-policy";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let listed = answers.heard("kms", "list-keys", &[]);
    let mut doubt = listed.doubt("kms", "list-keys");
    for item in listed.items("Keys") {
        let id = text(&item, "KeyId").unwrap_or_default();
        let heard = answers.heard("kms", "describe-key", &[&id]);
        if heard.told().is_none() {
            let own = heard.doubt("kms", "describe-key");
            doubt = doubt.or_else(|| own.clone());
            // Which kind of key it is was not told either; most are plain ones.
            let shape = Shape::of(&item)
                .rename("key_arn", "arn")
                .with("id", item.get("KeyId"))
                .and_more(own);
            made.resource("aws_kms_key", &item, shape);
        }
    }
    for (keys, heard) in answers.each("kms", "describe-key") {
        if let (Some(id), Some(key)) = (keys.first(), heard.get("KeyMetadata")) {
            described(answers, made, id, &key);
        }
    }
    let kinds = [
        "aws_kms_key",
        "aws_kms_external_key",
        "aws_kms_replica_key",
        "aws_kms_replica_external_key",
    ];
    made.listed_unless(&kinds, doubt);
    aliases(answers, made);
}

fn described(answers: &Answers, made: &mut Made<'_>, id: &str, key: &Value) {
    // Keys that AWS manages are no resources of the customer.
    if text(key, "KeyManager").as_deref() == Some("AWS") {
        return;
    }
    let is_external = text(key, "Origin").as_deref() == Some("EXTERNAL");
    let regions = key.get("MultiRegionConfiguration");
    let is_replica = regions
        .and_then(|regions| text(&regions, "MultiRegionKeyType"))
        .is_some_and(|kind| kind == "REPLICA");
    let kind = match (is_external, is_replica) {
        (false, false) => "aws_kms_key",
        (true, false) => "aws_kms_external_key",
        (false, true) => "aws_kms_replica_key",
        (true, true) => "aws_kms_replica_external_key",
    };
    let rotation = answers.heard("kms", ROTATION, &[id]);
    let policy = answers.heard("kms", POLICY, &[id]);
    // Asymmetric keys and those of a key store of one's own cannot be rotated: that is an answer.
    let rotation_doubt = rotation
        .doubt("kms", ROTATION)
        .filter(|_| !rotation.is_error("UnsupportedOperationException"));
    let mut shape = Shape::of(key)
        .rename("enabled", "is_enabled")
        .rename("key_spec", "customer_master_key_spec")
        .with("id", key.get("KeyId"))
        .with("enable_key_rotation", rotation.get("KeyRotationEnabled"))
        .with(
            "rotation_period_in_days",
            rotation.get("RotationPeriodInDays"),
        )
        .with("policy", policy.get("Policy"));
    shape = shape.and_more(rotation_doubt.or_else(|| policy.doubt("kms", POLICY)));
    if rotation.is_error("UnsupportedOperationException") {
        shape = shape.with("enable_key_rotation", Value::from(false));
    }
    made.resource(kind, key, shape);
}

fn aliases(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_kms_alias"], answers, "kms", "list-aliases");
    let heard = answers.heard("kms", "list-aliases", &[]);
    for alias in heard.items("Aliases") {
        let target = text(&alias, "TargetKeyId");
        let arn = target.map(|id| Value::string(&made.arn("kms", &format!("key/{id}"))));
        let shape = Shape::of(&alias)
            .rename("alias_name", "name")
            .rename("alias_arn", "arn")
            .with("id", alias.get("AliasName"))
            .with("target_key_arn", arn);
        made.resource("aws_kms_alias", &alias, shape);
    }
}
