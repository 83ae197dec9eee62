//! Amazon S3: buckets, their versioning, and what makes them public.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Heard, Made, Shape};

const SERVICE: &str = "s3api";
const BUCKET: &str = "aws_s3_bucket";
const VERSIONING: &str = "aws_s3_bucket_versioning";
const BLOCK: &str = "aws_s3_bucket_public_access_block";
/// The provider has no type for what `GetBucketPolicyStatus` says of a policy; this one is in its style.
const STATUS: &str = "aws_s3_bucket_policy_status";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(
        &[BUCKET, VERSIONING, BLOCK, STATUS],
        answers,
        SERVICE,
        "list-buckets",
    );
    let listed = answers.heard(SERVICE, "list-buckets", &[]);
    for told in listed.items("Buckets") {
        let name = text(&told, "Name").unwrap_or_default();
        let shape = Shape::of(&told)
            .without("name")
            .rename("bucket_region", "region")
            .with("bucket", told.get("Name"))
            .with("id", told.get("Name"));
        made.resource_named(BUCKET, &format!("{BUCKET} {name}"), &told, shape);
        versioning(answers, &name, &told, made);
        let operation = "get-public-access-block";
        let block = answers.heard(SERVICE, operation, &[&name]);
        let is_none = block.is_error("NoSuchPublicAccessBlockConfiguration");
        let inside = "PublicAccessBlockConfiguration";
        part(made, BLOCK, operation, (&name, &block), is_none, inside);
        let operation = "get-bucket-policy-status";
        let status = answers.heard(SERVICE, operation, &[&name]);
        let is_none = status.is_error("NoSuchBucketPolicy");
        part(
            made,
            STATUS,
            operation,
            (&name, &status),
            is_none,
            "PolicyStatus",
        );
    }
}

/// A bucket that was never versioned answers without a status; the provider calls that `Disabled`.
fn versioning(answers: &Answers, bucket: &str, told: &Value, made: &mut Made<'_>) {
    let operation = "get-bucket-versioning";
    let heard = answers.heard(SERVICE, operation, &[bucket]);
    let Some(answer) = heard.told() else {
        return made.listed_unless(&[VERSIONING], heard.doubt(SERVICE, operation));
    };
    let status = answer.get("Status");
    let status = status.unwrap_or_else(|| Value::string("Disabled"));
    let inside = Shape::new()
        .with("status", status)
        .with("mfa_delete", answer.get("MFADelete"));
    let shape = Shape::new()
        .with("bucket", told.get("Name"))
        .with("versioning_configuration", inside.block());
    // An answer without a word has no place of its own.
    let place = if answer.origin().is_some() {
        answer
    } else {
        told
    };
    made.resource_named(VERSIONING, &format!("{VERSIONING} {bucket}"), place, shape);
}

/// What one call says of a bucket: a resource of its own, unless the bucket has none.
fn part(
    made: &mut Made<'_>,
    kind: &str,
    operation: &str,
    (bucket, heard): (&str, &Heard),
    is_none: bool,
    inside: &str,
) {
    if is_none {
        return;
    }
    let Some(answer) = heard.get(inside) else {
        return made.listed_unless(&[kind], heard.doubt(SERVICE, operation));
    };
    let shape = Shape::of(&answer).with("bucket", Value::string(bucket));
    made.resource_named(kind, &format!("{kind} {bucket}"), &answer, shape);
}
