//! Amazon CloudFront.

use std::collections::BTreeMap;

use sekisho_terraform::{Content, Value};

use super::answers::text;
use super::renaming::{Names, renamed};
use super::shape::{formed, placed};
use super::{Answers, Heard, Made, Shape};

const SERVICE: &str = "cloudfront";

const NAMES: Names = &[
    (
        "cloud_front_default_certificate",
        "cloudfront_default_certificate",
    ),
    ("custom_headers", "custom_header"),
    ("header_name", "name"),
    ("header_value", "value"),
];

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    if made.region().is_some() {
        return;
    }
    let list = answers.heard(SERVICE, "list-distributions", &[]);
    let mut doubt = list.doubt(SERVICE, "list-distributions");
    let summary = list.get("DistributionList");
    let is_truncated = summary.as_ref().and_then(|list| list.get("IsTruncated"));
    if is_truncated.and_then(|flag| flag.as_bool()) == Some(true) {
        doubt = doubt.or(Some(super::unread(
            "aws cloudfront list-distributions: IsTruncated",
        )));
    }
    made.listed_unless(&["aws_cloudfront_distribution"], doubt);
    let mut listed: BTreeMap<String, Option<Value>> = BTreeMap::new();
    for item in summary.map(|list| inner(&list)).unwrap_or_default() {
        if let Some(id) = text(&item, "Id") {
            listed.insert(id, Some(item));
        }
    }
    for (keys, _) in answers.each(SERVICE, "get-distribution") {
        if let Some(id) = keys.first() {
            listed.entry(id.clone()).or_default();
        }
    }
    for (id, item) in listed {
        let heard = answers.heard(SERVICE, "get-distribution", &[&id]);
        let answer = heard.get("Distribution");
        let at = match (&answer, &item, &heard) {
            (Some(at), ..) | (None, Some(at), _) | (None, None, Heard::Refused(_, at)) => {
                at.clone()
            }
            _ => continue,
        };
        let shape = if let Some(answer) = &answer {
            distribution(answer)
        } else {
            let arn = item.as_ref().and_then(|item| item.get("ARN"));
            let enabled = item.as_ref().and_then(|item| item.get("Enabled"));
            Shape::new().with("arn", arn).with("enabled", enabled)
        };
        let shape = shape
            .with("id", Value::string(&id))
            .and_more(heard.doubt(SERVICE, "get-distribution"));
        made.resource("aws_cloudfront_distribution", &at, shape);
    }
    access_controls(answers, made);
}

fn access_controls(answers: &Answers, made: &mut Made<'_>) {
    let (kind, call) = (
        "aws_cloudfront_origin_access_control",
        "list-origin-access-controls",
    );
    made.listed(&[kind], answers, SERVICE, call);
    let heard = answers.heard(SERVICE, call, &[]);
    let list = heard.get("OriginAccessControlList");
    for control in list.map(|list| inner(&list)).unwrap_or_default() {
        made.resource(kind, &control, Shape::of(&control));
    }
}

/// The configuration, as the provider flattens it.
fn distribution(answer: &Value) -> Shape {
    let config = answer.get("DistributionConfig").map(|config| flat(&config));
    let config = config.as_ref();
    let shape = config.map(Shape::of).unwrap_or_default();
    let behaviors = shape.get("cache_behaviors").cloned();
    let origins = shape.get("origins").map(origins_of);
    let viewer = shape.get("viewer_certificate").map(|it| renamed(it, NAMES));
    let logging = config
        .and_then(|config| config.get("Logging"))
        .filter(|logging| {
            logging
                .get("Bucket")
                .is_some_and(|bucket| bucket.as_str() != Some(""))
        })
        .map(|logging| formed(&logging));
    shape
        .without("cache_behaviors")
        .without("origins")
        .without("logging")
        .without("viewer_certificate")
        .with("ordered_cache_behavior", behaviors)
        .with("origin", origins)
        .with("viewer_certificate", viewer)
        .with("logging_config", logging)
        .with("arn", answer.get("ARN"))
        .with("domain_name", answer.get("DomainName"))
}

/// The values of the headers that CloudFront adds are secrets, and are not kept.
fn origins_of(origins: &Value) -> Value {
    let origins = renamed(origins, NAMES);
    let items = origins.items().unwrap_or_default().iter().map(|origin| {
        let mut fields = origin.entries().cloned().unwrap_or_default();
        if let Some(id) = fields.remove("id") {
            fields.insert("origin_id".into(), id);
        }
        if let Some(headers) = fields.remove("custom_header") {
            let names = headers.items().unwrap_or_default().iter().map(|header| {
                let name = header.get("name").into_iter();
                Value::object(name.map(|name| ("name".into(), name)).collect())
            });
            fields.insert("custom_header".into(), Value::tuple(names.collect()));
        }
        placed(Value::object(fields), origin)
    });
    placed(Value::tuple(items.collect()), &origins)
}

/// CloudFront writes a list as `{"Quantity": 2, "Items": […]}`; the provider does not.
fn flat(value: &Value) -> Value {
    let flattened = match value.content() {
        Content::Object(_) if is_list(value) => {
            let items = inner(value);
            Value::tuple(items.iter().map(flat).collect())
        }
        Content::Object(_) => {
            let fields = value.entries().into_iter().flatten();
            Value::object(
                fields
                    .map(|(name, part)| (name.clone(), flat(part)))
                    .collect(),
            )
        }
        Content::Tuple(items) => Value::tuple(items.iter().map(flat).collect()),
        _ => return value.clone(),
    };
    placed(flattened, value)
}

fn is_list(value: &Value) -> bool {
    const OF_A_LIST: [&str; 4] = ["Quantity", "Items", "Enabled", "CachedMethods"];
    let mut names = value.entries().into_iter().flatten();
    value.get("Quantity").is_some() && names.all(|(name, _)| OF_A_LIST.contains(&name.as_ref()))
}

/// The items of such a list; without any it has none.
fn inner(list: &Value) -> Vec<Value> {
    let items = list.get("Items");
    let items = items.as_ref().and_then(|items| items.items());
    items.map(<[Value]>::to_vec).unwrap_or_default()
}
