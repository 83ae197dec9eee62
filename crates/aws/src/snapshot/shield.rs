//! AWS Shield Advanced.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Made, Shape};

const SERVICE: &str = "shield";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    if made.region().is_some() {
        return;
    }
    let state = answers.heard(SERVICE, "get-subscription-state", &[]);
    made.listed(
        &["aws_shield_subscription"],
        answers,
        SERVICE,
        "get-subscription-state",
    );
    if let Some(answer) = state.told()
        && text(answer, "SubscriptionState").as_deref() == Some("ACTIVE")
    {
        let id = Value::string(made.account());
        let shape = Shape::new().with("id", id);
        made.resource("aws_shield_subscription", answer, shape);
    }
    let heard = answers.heard(SERVICE, "list-protections", &[]);
    // Without a subscription there is nothing to list, and that is an error of its own.
    let doubt = heard.doubt(SERVICE, "list-protections");
    let doubt = doubt.filter(|_| !heard.is_error("ResourceNotFoundException"));
    made.listed_unless(&["aws_shield_protection"], doubt);
    for protection in heard.items("Protections") {
        let shape = Shape::of(&protection)
            .rename("protection_arn", "arn")
            .with("id", protection.get("Id"));
        made.resource("aws_shield_protection", &protection, shape);
    }
}
