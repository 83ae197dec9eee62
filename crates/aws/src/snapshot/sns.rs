//! Amazon SNS: topics and who has subscribed.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

const SERVICE: &str = "sns";
const TOPIC: &str = "aws_sns_topic";
const SUBSCRIPTION: &str = "aws_sns_topic_subscription";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    made.listed(&[TOPIC, SUBSCRIPTION], answers, SERVICE, "list-topics");
    for topic in answers.heard(SERVICE, "list-topics", &[]).items("Topics") {
        let arn = text(&topic, "TopicArn").unwrap_or_default();
        let name = arn.rsplit(':').next().map(Value::string);
        let shape = Shape::new()
            .with("arn", topic.get("TopicArn"))
            .with("id", topic.get("TopicArn"))
            .with("name", name);
        made.resource(TOPIC, &topic, shape);
        subscriptions(answers, &arn, made);
    }
}

fn subscriptions(answers: &Answers, topic: &str, made: &mut Made<'_>) {
    let operation = "list-subscriptions-by-topic";
    let listed = answers.heard(SERVICE, operation, &[topic]);
    made.listed_unless(&[SUBSCRIPTION], listed.doubt(SERVICE, operation));
    for (number, told) in listed.items("Subscriptions").into_iter().enumerate() {
        let shape = Shape::of(&told)
            .rename("subscription_arn", "arn")
            .rename("owner", "owner_id");
        // Until somebody confirms, these words stand in place of the ARN, and nothing is sent.
        let is_open = shape.text("arn") == Some("PendingConfirmation");
        let shape = shape.with("pending_confirmation", Value::from(is_open));
        if is_open {
            let address = format!("{SUBSCRIPTION} {topic} {number}");
            made.resource_named(SUBSCRIPTION, &address, &told, shape.without("arn"));
        } else {
            let shape = shape.with("id", told.get("SubscriptionArn"));
            made.resource(SUBSCRIPTION, &told, shape);
        }
    }
}
