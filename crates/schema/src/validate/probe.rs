//! Probes, lifecycle hooks and what they call. Upstream: `validateProbe`, `validateHandler` in `core/validation`.

use serde_json::Value;

use super::findings::{Findings, Path};
use super::names;
use crate::access::{Object, Read};

/// Which of a container's probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Liveness,
    Readiness,
    Startup,
}

pub(super) fn probe(probe: &Object, purpose: Purpose, path: &Path, found: &mut Findings) {
    handler(probe, path, found);
    for key in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        found.not_negative(&path.child(key), probe.number(key));
    }
    if let Some(seconds) = probe.number("terminationGracePeriodSeconds") {
        let path = path.child("terminationGracePeriodSeconds");
        if seconds <= 0 {
            found.invalid(&path, seconds, "must be greater than 0");
        }
        if purpose == Purpose::Readiness {
            found.invalid(&path, seconds, "must not be set for readinessProbes");
        }
    }
    let threshold = probe.number("successThreshold").unwrap_or_default();
    if purpose != Purpose::Readiness && threshold != 1 {
        found.invalid(&path.child("successThreshold"), threshold, "must be 1");
    }
}

pub(super) fn lifecycle(lifecycle: &Object, path: &Path, found: &mut Findings) {
    for key in ["postStart", "preStop"] {
        if let Some(hook) = lifecycle.pointer(key) {
            handler(hook, &path.child(key), found);
        }
    }
}

/// Exactly one way to call.
fn handler(handler: &Object, path: &Path, found: &mut Findings) {
    let mut calls = 0;
    for key in ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] {
        let Some(call) = handler.pointer(key) else {
            continue;
        };
        let path = path.child(key);
        calls += 1;
        if calls > 1 {
            found.forbidden(&path, "may not specify more than 1 handler type");
            continue;
        }
        match key {
            "exec" if call.items("command").is_empty() => {
                found.required(&path.child("command"), "");
            }
            "httpGet" => http(call, &path, found),
            "tcpSocket" => port(call.get("port"), &path.child("port"), found),
            "grpc" => {
                let number = call.number("port").unwrap_or_default();
                port(Some(&number.into()), &path.child("port"), found);
            }
            _ => {}
        }
    }
    if calls == 0 {
        found.required(path, "must specify a handler type");
    }
}

fn http(http: &Object, path: &Path, found: &mut Findings) {
    port(http.get("port"), &path.child("port"), found);
    found.one_of(
        &path.child("scheme"),
        http.text("scheme"),
        &["HTTP", "HTTPS"],
    );
    for (_, header) in http.objects("httpHeaders") {
        let name = header.text("name");
        found.invalid_each(&path.child("httpHeaders"), name, names::header(name));
    }
}

/// A port by number or by name; absent is number 0.
pub(super) fn port(port: Option<&Value>, path: &Path, found: &mut Findings) {
    match port {
        Some(Value::String(name)) => found.invalid_each(path, name, names::port_name(name)),
        other => {
            let number = other.and_then(Value::as_i64).unwrap_or_default();
            for detail in names::port_number(number) {
                found.invalid(path, number, &detail);
            }
        }
    }
}
