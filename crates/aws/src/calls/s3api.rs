use super::{Call, Each, Scope};

const BUCKET: &[Each] = &[Each {
    flag: "--bucket",
    listed_by: ("s3api", "list-buckets"),
    query: "Buckets[].Name",
}];

/// Amazon S3: buckets with their versioning and what makes them public; never an object.
pub(super) static CALLS: &[Call] = &[
    Call {
        service: "s3api",
        operation: "get-bucket-policy-status",
        scope: Scope::Global,
        each: BUCKET,
        arguments: &[],
        actions: &["s3:GetBucketPolicyStatus"],
    },
    Call {
        service: "s3api",
        operation: "get-bucket-versioning",
        scope: Scope::Global,
        each: BUCKET,
        arguments: &[],
        actions: &["s3:GetBucketVersioning"],
    },
    Call {
        service: "s3api",
        operation: "get-public-access-block",
        scope: Scope::Global,
        each: BUCKET,
        arguments: &[],
        actions: &["s3:GetBucketPublicAccessBlock"],
    },
    Call {
        service: "s3api",
        operation: "list-buckets",
        scope: Scope::Global,
        each: &[],
        arguments: &[],
        actions: &["s3:ListAllMyBuckets"],
    },
];
