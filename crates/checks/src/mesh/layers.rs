//! What the workloads of an AuthorizationPolicy can see of a request: its ports, HTTP, tokens.

use std::collections::BTreeSet;

use sekisho_model::{Fields, Object, Pod, Selector};
use serde_json::Value;

use super::members::Membership;
use super::rules::{operations, sources, texts};
use crate::Context;

/// True when a rule asks for something that only HTTP shows.
pub(crate) fn needs_http(rule: &Value) -> bool {
    let in_operation = |field: &&str| -> bool {
        operations(rule).any(|(_, operation)| texts(operation, field).next().is_some())
    };
    let in_source =
        |field: &&str| sources(rule).any(|(_, source)| texts(source, field).next().is_some());
    let in_condition = rule.items("when").iter().any(|condition| {
        condition
            .text("key")
            .is_some_and(|key| key.starts_with("request."))
    });
    in_condition
        || [
            "hosts",
            "notHosts",
            "methods",
            "notMethods",
            "paths",
            "notPaths",
        ]
        .iter()
        .any(in_operation)
        || [
            "requestPrincipals",
            "notRequestPrincipals",
            "remoteIpBlocks",
            "notRemoteIpBlocks",
        ]
        .iter()
        .any(in_source)
}

/// True when nothing of some part of a rule is left without HTTP. ztunnel drops HTTP fields from a DENY rule, and a part
/// that is left empty never matches.
pub(crate) fn rests_on_http(rule: &Value) -> bool {
    let by_connection = |value: &Value| {
        ["ports", "notPorts"]
            .iter()
            .any(|field| texts(value, field).next().is_some())
    };
    let mut listed = operations(rule).peekable();
    let by_operation =
        listed.peek().is_some() && listed.all(|(_, operation)| !by_connection(operation));
    let by_condition = rule.items("when").iter().any(|condition| {
        condition
            .text("key")
            .is_some_and(|key| key.starts_with("request."))
    });
    by_operation || by_condition
}

/// The Services in front of a pod.
pub(crate) fn services<'c>(
    cx: &'c Context<'_>,
    pod: &'c Pod<'_>,
) -> impl Iterator<Item = &'c Object> {
    cx.estate
        .of_kind("", "Service")
        .map(|(_, service)| service)
        .filter(|service| {
            service.namespace == pod.object.namespace
                && service.place == pod.object.place
                && service
                    .value
                    .at("spec.selector")
                    .and_then(Selector::of_labels)
                    .is_some_and(|selector| !selector.is_empty() && selector.matches(pod.labels()))
        })
}

/// True when every port of every Service in front of a pod says that it is no HTTP: by `appProtocol`, or by the first part
/// of its name (istio's pkg/config/kube/conversion.go). A port that says nothing is looked into, and may be HTTP.
pub(crate) fn is_plain_tcp(cx: &Context<'_>, pod: &Pod<'_>) -> bool {
    let mut ports = services(cx, pod)
        .flat_map(|service| service.value.items("spec.ports"))
        .peekable();
    ports.peek().is_some()
        && ports.all(|port| {
            let name = port.text("name").unwrap_or("");
            let by_name = name.split('-').next().unwrap_or("");
            let protocol = port
                .text("appProtocol")
                .unwrap_or(by_name)
                .to_ascii_lowercase();
            let is_udp = port.text("protocol") == Some("UDP");
            is_udp
                || matches!(
                    protocol.as_str(),
                    "tcp" | "tls" | "https" | "mongo" | "mysql" | "redis" | "udp"
                )
        })
}

/// The port of the pod that a Service of it listens for, when a policy names the Service's port instead.
pub(crate) fn meant_port(cx: &Context<'_>, pod: &Pod<'_>, written: &str) -> Option<i64> {
    let written: i64 = written.parse().ok()?;
    let declared: BTreeSet<i64> = pod
        .containers()
        .iter()
        .flat_map(|container| container.value.items("ports"))
        .filter_map(|port| port.int("containerPort"))
        .collect();
    if declared.is_empty() || declared.contains(&written) {
        return None;
    }
    services(cx, pod)
        .flat_map(|service| service.value.items("spec.ports"))
        .filter(|port| port.int("port") == Some(written))
        .find_map(|port| {
            let target = port.at("targetPort");
            let by_name = target.and_then(Value::as_str).and_then(|name| {
                let mut ports = pod
                    .containers()
                    .iter()
                    .flat_map(|container| container.value.items("ports"));
                ports
                    .find(|own| own.text("name") == Some(name))?
                    .int("containerPort")
            });
            target.and_then(Value::as_i64).or(by_name)
        })
        .filter(|target| *target != written)
}

/// True when the workload's tokens are checked by some RequestAuthentication.
pub(crate) fn checks_tokens(cx: &Context<'_>, pod: &Pod<'_>) -> bool {
    cx.mesh()
        .attached(pod, "RequestAuthentication")
        .iter()
        .any(|(_, object)| !object.value.items("spec.jwtRules").is_empty())
}

/// True for a workload of ambient mode: ztunnel sees connections, not requests.
pub(crate) fn is_ambient(cx: &Context<'_>, index: usize) -> bool {
    cx.mesh().membership(index) == Membership::Ambient
}
