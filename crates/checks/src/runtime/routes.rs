//! Where Alertmanager sends alerts, as `dispatch/route.go` walks the tree.

use std::collections::BTreeMap;

use sekisho_model::Fields;
use serde_json::Value;

/// What becomes of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Some alerts reach somebody.
    Sent,
    /// No receiver has any integration.
    NoReceiver,
    /// Receivers have integrations, but no route leads to one; the name is where the alerts end.
    Unreached(String),
}

/// Judges `route` and `receivers` of a configuration: of the file, or of an AlertmanagerConfig.
pub(crate) fn fate(config: &Value) -> Fate {
    let receivers: BTreeMap<&str, bool> = config
        .items("receivers")
        .iter()
        .map(|receiver| (receiver.text("name").unwrap_or(""), is_real(receiver)))
        .collect();
    if !receivers.values().any(|real| *real) {
        return Fate::NoReceiver;
    }
    let Some(root) = config.key("route") else {
        return Fate::Unreached(String::new());
    };
    let name = root.text("receiver").unwrap_or("");
    if reaches(root, name, &receivers, 0) {
        Fate::Sent
    } else {
        Fate::Unreached(swallower(root, name).to_owned())
    }
}

/// `slack_configs: [{…}]`, or `slackConfigs` in the custom resource.
fn is_real(receiver: &Value) -> bool {
    receiver.as_object().is_some_and(|fields| {
        fields.iter().any(|(key, value)| {
            (key.ends_with("_configs") || key.ends_with("Configs"))
                && value.as_array().is_some_and(|items| !items.is_empty())
        })
    })
}

/// Deeper trees than people write.
const DEEPEST: u8 = 32;

/// True when some alert that arrives at a route comes to a real receiver. A route without a receiver has its parent's.
fn reaches(route: &Value, inherited: &str, receivers: &BTreeMap<&str, bool>, depth: u8) -> bool {
    let own = own_receiver(route, inherited);
    let mut is_caught = false;
    for child in route.items("routes") {
        if depth < DEEPEST && reaches(child, own, receivers, depth + 1) {
            return true;
        }
        if matches_all(child) {
            is_caught = true;
            if child.flag("continue") != Some(true) {
                break;
            }
        }
    }
    // The route's own receiver gets what no child matches.
    !is_caught && receivers.get(own).copied() == Some(true)
}

fn own_receiver<'a>(route: &'a Value, inherited: &'a str) -> &'a str {
    route
        .text("receiver")
        .filter(|name| !name.is_empty())
        .unwrap_or(inherited)
}

/// The receiver where an ordinary alert ends.
fn swallower<'a>(route: &'a Value, inherited: &'a str) -> &'a str {
    let own = own_receiver(route, inherited);
    route
        .items("routes")
        .iter()
        .find(|child| matches_all(child))
        .map_or(own, |child| own_receiver(child, own))
}

/// True when a route matches every alert: it has no matcher, or only such that every text satisfies.
fn matches_all(route: &Value) -> bool {
    let is_empty = |field: &str| {
        route
            .key(field)
            .is_none_or(|value| value.as_object().is_none_or(serde_json::Map::is_empty))
    };
    let old = route
        .entries("match_re")
        .into_iter()
        .flatten()
        .all(|(_, pattern)| pattern.as_str().is_some_and(is_any));
    is_empty("match") && old && route.items("matchers").iter().all(matcher_is_any)
}

/// `.*` matches the empty text of a missing label too; every alert has an `alertname`.
fn matcher_is_any(matcher: &Value) -> bool {
    if let Some(text) = matcher.as_str() {
        let text = text.trim();
        return text.split_once("=~").is_some_and(|(label, pattern)| {
            let pattern = pattern.trim().trim_matches(['"', '\'']);
            is_any(pattern) || (label.trim() == "alertname" && pattern == ".+")
        });
    }
    let is_regex = matcher.text("matchType") == Some("=~") || matcher.flag("regex") == Some(true);
    let pattern = matcher.text("value").unwrap_or("");
    is_regex && (is_any(pattern) || (matcher.text("name") == Some("alertname") && pattern == ".+"))
}

fn is_any(pattern: &str) -> bool {
    matches!(pattern, ".*" | "^.*$" | "(.*)" | ".*?")
}
