//! The least rights that taking a snapshot needs, as an IAM policy.
//!
//! One statement for each service, with the actions of the table of calls and the resources that AWS can hold them to; what AWS
//! cannot hold to a resource stands in one statement with `"*"`. All of them read.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

mod resources;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::calls;

/// What a managed policy may hold at most, in characters without white space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
#[cfg(test)]
const LARGEST: usize = 6144;

/// The policy, for an account of this partition (`aws`, `aws-cn`, `aws-us-gov`). `account` is twelve digits, or `*` for any.
pub fn policy(partition: &str, account: &str) -> Value {
    let actions: BTreeSet<&str> = calls::all()
        .flat_map(|call| call.actions)
        .copied()
        .collect();
    let mut anywhere = BTreeSet::new();
    let mut by_service: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<String>)> = BTreeMap::new();
    for action in actions {
        let held = resources::of(action).unwrap_or_default();
        let service = action.split(':').next().unwrap_or(action);
        if held.is_empty() {
            anywhere.insert(action);
            continue;
        }
        let (actions, resources) = by_service.entry(service).or_default();
        actions.insert(action);
        let arn = |part: &&str| format!("arn:{partition}:{}", part.replace("ACCOUNT", account));
        resources.extend(held.iter().map(arn));
    }
    let mut statements: Vec<Value> = by_service
        .into_iter()
        .map(|(service, (actions, resources))| {
            statement(&sid(service), &actions, &json!(resources))
        })
        .collect();
    if !anywhere.is_empty() {
        statements.push(statement("WithoutResources", &anywhere, &json!("*")));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn statement(sid: &str, actions: &BTreeSet<&str>, resources: &Value) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources})
}

/// A statement's name has letters and digits only: `secretsmanager` → `Secretsmanager`.
fn sid(service: &str) -> String {
    let mut letters = service.chars().filter(char::is_ascii_alphanumeric);
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_known() {
        let used: BTreeSet<&str> = calls::all()
            .flat_map(|call| call.actions)
            .copied()
            .collect();
        let known: BTreeSet<&str> = resources::HELD.iter().map(|(action, _)| *action).collect();
        let missing: Vec<_> = used.difference(&known).collect();
        assert!(
            missing.is_empty(),
            "add to crates/aws/src/rights/resources.rs: {missing:?}"
        );
    }

    #[test]
    fn the_policy_only_reads_and_fits() {
        let policy = policy("aws", "111122223333");
        let text = policy.to_string();
        assert!(text.len() <= LARGEST, "{} characters", text.len());
        for statement in policy["Statement"].as_array().unwrap() {
            for action in statement["Action"].as_array().unwrap() {
                let verb = action.as_str().unwrap().split_once(':').unwrap().1;
                let reads = ["Describe", "Get", "List", "BatchGet", "GET", "Search"];
                assert!(reads.iter().any(|word| verb.starts_with(word)), "{action}");
            }
        }
        assert!(text.contains("arn:aws:eks:*:111122223333:cluster/*"));
        assert!(!text.contains("ACCOUNT"));
    }
}
