//! Amazon EC2 and VPC: networks, security groups, instances and their templates.

mod gateways;
mod instances;
mod network;
mod security_groups;
mod templates;

use sekisho_terraform::{Cause, Type, Value};

use super::answers::text;
use super::{Answers, Made};

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    network::translate(answers, made);
    gateways::translate(answers, made);
    security_groups::translate(answers, made);
    instances::translate(answers, made);
    templates::translate(answers, made);
}

/// The text of a field as a value of its own, with its place.
fn id_of(told: &Value, name: &str) -> Option<Value> {
    told.get(name)
        .filter(|value| value.as_str().is_some_and(|text| !text.is_empty()))
}

/// The texts of one field of each object in a list: `[{"GroupId": "sg-1"}]` → `["sg-1"]`. What has another form is not known.
fn each_of(told: &Value, list: &str, name: &str) -> Option<Value> {
    let list = told.get(list).filter(|list| !list.is_null())?;
    let Some(items) = list.items() else {
        return Some(formless(&list));
    };
    let text = |item: &Value| {
        let item = list.inside(item);
        let text = item.get(name).filter(|text| text.as_str().is_some());
        text.unwrap_or_else(|| formless(&item))
    };
    Some(placed(
        Value::tuple(items.iter().map(text).collect()),
        &list,
    ))
}

/// Stands for what is not of the form that AWS documents: nobody knows what it says.
fn formless(told: &Value) -> Value {
    placed(Value::unknown(Type::Dynamic, Cause::Failed), told)
}

/// A value that stands where another one was told.
fn placed(value: Value, like: &Value) -> Value {
    match like.origin() {
        Some(origin) => value.at(origin.clone()),
        None => value,
    }
}

/// An ARN of the service `ec2`.
fn arn(made: &Made<'_>, kind: &str, told: &Value, name: &str) -> Option<Value> {
    let id = text(told, name)?;
    Some(Value::string(&made.arn("ec2", &format!("{kind}/{id}"))))
}
