use serde_json::{Value, json};

use super::trial::Trial;

/// Why an event of the audit log gives no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotRebuilt {
    /// It is no write, or not its end.
    NotAWrite,
    /// The server refused it.
    Refused,
    /// The log does not keep the object: its level is below `RequestResponse`.
    NoObject,
    /// It is not as an event should be.
    Malformed,
}

/// The request behind an event of the API server's audit log (`audit.k8s.io/v1`, level `RequestResponse`), from the object that the
/// server answered with. Of an update the object before is not there.
///
/// # Errors
/// Why there is none.
pub fn of_event(event: &Value) -> Result<Trial, NotRebuilt> {
    let text = |pointer: &str| {
        let found = event.pointer(pointer);
        found.and_then(Value::as_str).unwrap_or_default()
    };
    let operation = match text("/verb") {
        "create" => "CREATE",
        "update" | "patch" => "UPDATE",
        _ => return Err(NotRebuilt::NotAWrite),
    };
    if text("/stage") != "ResponseComplete" {
        return Err(NotRebuilt::NotAWrite);
    }
    let code = event
        .pointer("/responseStatus/code")
        .and_then(Value::as_u64);
    if !code.is_some_and(|code| (200..300).contains(&code)) {
        return Err(NotRebuilt::Refused);
    }
    let object = event
        .get("responseObject")
        .filter(|object| object.is_object());
    let object = object.ok_or(NotRebuilt::NoObject)?;
    let kind = object
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let api_version = object
        .get("apiVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if kind.is_empty() || api_version.is_empty() || kind == "Status" {
        return Err(NotRebuilt::NoObject);
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let is_dry_run = text("/requestURI").contains("dryRun=All");
    let name = match text("/objectRef/name") {
        "" => object
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .unwrap_or_default(),
        name => name,
    };
    let review = json!({"request": {
        "uid": text("/auditID"),
        "kind": {"group": group, "version": version, "kind": kind},
        "resource": {"group": text("/objectRef/apiGroup"), "version": text("/objectRef/apiVersion"), "resource": text("/objectRef/resource")},
        "subResource": text("/objectRef/subresource"),
        "name": name,
        "namespace": text("/objectRef/namespace"),
        "operation": operation,
        "userInfo": event.get("user").cloned().unwrap_or_default(),
        "object": object,
        "dryRun": is_dry_run,
    }});
    let at = text("/requestReceivedTimestamp");
    let trial = Trial::recorded(&review, Some(at).filter(|at| !at.is_empty()));
    let mut trial = trial.map_err(|_| NotRebuilt::Malformed)?;
    trial.lacks_old = operation == "UPDATE";
    Ok(trial)
}
