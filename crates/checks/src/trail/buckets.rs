//! The buckets of S3 and the resources that belong to each.

use sekisho_model::{Resource, Seen};
use sekisho_terraform::Value;

use super::regions::is_told;
use crate::Context;
use crate::links::Link;

const BUCKET: &str = "aws_s3_bucket";

/// The bucket that a value of some resource names: by reference, or by its name in the same snapshot or in Terraform.
pub(crate) fn named<'a>(
    cx: &Context<'a>,
    stack: usize,
    value: &Value,
) -> Option<(usize, &'a Resource)> {
    if let Link::To(index, bucket) = cx.links().follow(stack, value, &[BUCKET]) {
        return Some((index, bucket));
    }
    let name = value.as_str()?;
    let family = |stack: usize| cx.estate.stacks().get(stack).map(|stack| stack.family);
    let is_near = |bucket: &Resource| {
        if is_told(cx, stack) {
            family(bucket.stack) == family(stack)
        } else {
            !is_told(cx, bucket.stack)
        }
    };
    cx.estate
        .of_type(BUCKET)
        .filter(|(_, bucket)| is_near(bucket))
        .find(|(_, bucket)| matches!(bucket.text("bucket"), Seen::Set(own, _) if own == name))
}

/// The resource of this type that belongs to a bucket.
pub(crate) fn part_of<'a>(
    cx: &Context<'a>,
    (bucket, _): (usize, &Resource),
    kind: &str,
) -> Option<&'a Resource> {
    let mut parts = cx.estate.of_type(kind).map(|(_, part)| part);
    parts.find(|part| {
        let value = part.raw("bucket");
        let own = value.and_then(|value| named(cx, part.stack, &value));
        own.is_some_and(|(index, _)| index == bucket)
    })
}
