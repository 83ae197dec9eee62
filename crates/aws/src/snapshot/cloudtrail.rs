//! AWS CloudTrail.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

const SERVICE: &str = "cloudtrail";

/// A trail stands in every region that it records: its own tells the rest by `home_region`.
pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&["aws_cloudtrail"], answers, SERVICE, "describe-trails");
    let stores = "aws_cloudtrail_event_data_store";
    made.listed(&[stores], answers, SERVICE, "list-event-data-stores");
    let trails = answers.heard(SERVICE, "describe-trails", &[]);
    for trail in trails.items("trailList") {
        let shape = trail_of(&trail, answers);
        made.resource("aws_cloudtrail", &trail, shape);
    }
    let listed = answers.heard(SERVICE, "list-event-data-stores", &[]);
    for store in listed.items("EventDataStores") {
        let arn = store.get("EventDataStoreArn");
        let shape = Shape::of(&store).without("event_data_store_arn");
        let shape = shape.with("arn", arn.clone()).with("id", arn);
        made.resource(stores, &store, shape);
    }
}

fn trail_of(trail: &Value, answers: &Answers) -> Shape {
    let arn = text(trail, "TrailARN").unwrap_or_default();
    let status = answers.heard(SERVICE, "get-trail-status", &[&arn]);
    let events = answers.heard(SERVICE, "get-event-selectors", &[&arn]);
    // The answer has selectors of one kind only.
    let selectors = |api: &str, inside: &str, provider: &str| {
        let list = events.part(api, SERVICE, "get-event-selectors")?;
        let Some(items) = list.items() else {
            return Some(list);
        };
        let one = |item: &Value| Shape::of(&list.inside(item)).rename(inside, provider);
        let all = items.iter().map(|item| one(item).value()).collect();
        Some(Value::tuple(all))
    };
    Shape::of(trail)
        .rename("trail_arn", "arn")
        .rename("log_file_validation_enabled", "enable_log_file_validation")
        .rename(
            "cloud_watch_logs_log_group_arn",
            "cloud_watch_logs_group_arn",
        )
        .rename("sns_topic_arn", "sns_topic_name")
        .with("id", trail.get("TrailARN"))
        .with(
            "enable_logging",
            status.part("IsLogging", SERVICE, "get-trail-status"),
        )
        .with(
            "event_selector",
            selectors("EventSelectors", "data_resources", "data_resource"),
        )
        .with(
            "advanced_event_selector",
            selectors(
                "AdvancedEventSelectors",
                "field_selectors",
                "field_selector",
            ),
        )
}
