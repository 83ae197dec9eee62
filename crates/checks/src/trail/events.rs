//! Which events a trail records: its selectors, of the simple and of the advanced kind.

use sekisho_model::{Phrase, Resource, Seen};
use sekisho_terraform::Value;

/// Whether management events that change something are recorded. A trail without selectors records them all.
pub(super) fn records_changes(trail: &Resource) -> Result<bool, Phrase> {
    let simple = selectors(trail, "event_selector")?;
    let advanced = selectors(trail, "advanced_event_selector")?;
    if simple.is_empty() && advanced.is_empty() {
        return Ok(true);
    }
    let judged = simple
        .iter()
        .map(simple_takes)
        .chain(advanced.iter().map(advanced_takes));
    let mut result = Some(false);
    for takes in judged {
        match takes {
            Some(true) => return Ok(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result.ok_or_else(|| {
        Phrase::new(
            "an event selector depends on a value that is not known; add its tfvars file or a plan",
            "イベントセレクタが未知の値に依存する。tfvars ファイルか plan を加える",
        )
    })
}

fn selectors(trail: &Resource, name: &str) -> Result<Vec<Value>, Phrase> {
    match trail.get(name) {
        Seen::Set(list, _) => Ok(list.items().unwrap_or_default().to_vec()),
        Seen::Unset => Ok(Vec::new()),
        Seen::Unknown(why) => Err(why),
    }
}

/// The text of an attribute, a flag as `true` or `false`; `None` when it is not known.
fn text(block: &Value, name: &str, default: &str) -> Option<String> {
    match block.get(name) {
        Some(value) if value.as_unknown().is_some() => None,
        Some(value) if !value.is_null() => {
            let flag = value.as_bool().map(|flag| flag.to_string());
            Some(value.as_str().map(str::to_owned).or(flag)?)
        }
        _ => Some(default.to_owned()),
    }
}

/// Defaults as in the provider's schema.
fn simple_takes(block: &Value) -> Option<bool> {
    if block.as_unknown().is_some() {
        return None;
    }
    let has_management = text(block, "include_management_events", "true");
    let kind = text(block, "read_write_type", "All");
    match (has_management.as_deref(), kind.as_deref()) {
        (Some("false"), _) | (_, Some("ReadOnly")) => Some(false),
        (Some(_), Some(_)) => Some(true),
        _ => None,
    }
}

/// All fields of an advanced selector must hold of an event; `eventCategory` is one of them always.
fn advanced_takes(block: &Value) -> Option<bool> {
    if block.as_unknown().is_some() {
        return None;
    }
    let fields = block.get("field_selector")?;
    let mut is_management = Some(false);
    let mut takes_changes = Some(true);
    for field in fields.items()? {
        let values = field.get("equals");
        let values = values.as_ref();
        let is_known = values.is_none_or(Value::is_wholly_known);
        let has = |wanted: &str| {
            values
                .and_then(|list| list.items())
                .into_iter()
                .flatten()
                .any(|item| item.as_str() == Some(wanted))
        };
        match text(field, "field", "")?.as_str() {
            "eventCategory" => is_management = is_known.then(|| has("Management")),
            // `equals = ["false"]` is what changes something.
            "readOnly" if has("true") => takes_changes = Some(false),
            "readOnly" if !is_known => takes_changes = None,
            _ => {}
        }
    }
    match (is_management, takes_changes) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
