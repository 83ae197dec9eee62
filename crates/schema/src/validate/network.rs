//! Network policies and ingresses. Upstream: `pkg/apis/networking/validation`.

use std::net::IpAddr;

use serde_json::Value;

use super::findings::{Findings, Path};
use super::{metadata, names};
use crate::access::{Object, Read};

pub(super) fn policy(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    metadata::selector(
        spec.object("podSelector"),
        &path.child("podSelector"),
        found,
    );
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for (at, rule) in spec.objects(direction) {
            let path = path.child(direction).index(at);
            for (at, port) in rule.objects("ports") {
                policy_port(port, &path.child("ports").index(at), found);
            }
            for (at, peer) in rule.objects(peers) {
                policy_peer(peer, &path.child(peers).index(at), found);
            }
        }
    }
    let types = spec.items("policyTypes");
    if types.len() > 2 {
        let detail = "may not specify more than two policyTypes";
        found.invalid(&path.child("policyTypes"), types.to_vec(), detail);
        return;
    }
    for (at, kind) in spec.texts("policyTypes") {
        found.one_of(
            &path.child("policyTypes").index(at),
            kind,
            &["Ingress", "Egress"],
        );
    }
}

fn policy_port(port: &Object, path: &Path, found: &mut Findings) {
    found.one_of(
        &path.child("protocol"),
        port.text("protocol"),
        &["TCP", "UDP", "SCTP"],
    );
    let (last, at) = (port.number("endPort"), path.child("endPort"));
    match port.get("port") {
        Some(Value::String(name)) => {
            if let Some(last) = last {
                found.invalid(&at, last, "may not be specified when `port` is non-numeric");
            }
            found.invalid_each(&path.child("port"), name, names::port_name(name));
        }
        Some(number) => {
            let number = number.as_i64().unwrap_or_default();
            for detail in names::port_number(number) {
                found.invalid(&path.child("port"), number, &detail);
            }
            if let Some(last) = last {
                if last < number {
                    found.invalid(&at, number, "must be greater than or equal to `port`");
                }
                for detail in names::port_number(last) {
                    found.invalid(&at, last, &detail);
                }
            }
        }
        None => {
            if let Some(last) = last {
                found.invalid(
                    &at,
                    last,
                    "may not be specified when `port` is not specified",
                );
            }
        }
    }
}

fn policy_peer(peer: &Object, path: &Path, found: &mut Findings) {
    let mut kinds = 0;
    for key in ["podSelector", "namespaceSelector"] {
        if let Some(selector) = peer.pointer(key) {
            kinds += 1;
            metadata::selector(selector, &path.child(key), found);
        }
    }
    if let Some(block) = peer.pointer("ipBlock") {
        kinds += 1;
        ip_block(block, &path.child("ipBlock"), found);
    }
    if kinds == 0 {
        found.required(path, "must specify a peer");
    } else if kinds > 1 && peer.has("ipBlock") {
        found.forbidden(path, "may not specify both ipBlock and another peer");
    }
}

fn ip_block(block: &Object, path: &Path, found: &mut Findings) {
    let text = block.text("cidr");
    if text.is_empty() {
        found.required(&path.child("cidr"), "");
        return;
    }
    let Some((network, length)) = cidr(text, &path.child("cidr"), found) else {
        return;
    };
    for (at, text) in block.texts("except") {
        let path = path.child("except").index(at);
        let Some((inner, inner_length)) = cidr(text, &path, found) else {
            continue;
        };
        if length >= inner_length || masked(inner, length) != masked(network, length) {
            found.invalid(&path, text, "must be a strict subset of `cidr`");
        }
    }
}

/// The leading bits of an address, with its family.
fn masked(address: IpAddr, length: u32) -> (bool, u128) {
    let (bits, width, value) = match address {
        IpAddr::V4(four) => (false, 32, u128::from(u32::from(four))),
        IpAddr::V6(six) => (true, 128, u128::from(six)),
    };
    (
        bits,
        value
            .checked_shr(width - length.min(width))
            .unwrap_or_default(),
    )
}

/// Reads a range such as `10.0.0.0/8`; an unreadable one is an error.
pub(super) fn cidr(text: &str, path: &Path, found: &mut Findings) -> Option<(IpAddr, u32)> {
    let read = text.split_once('/').and_then(|(address, length)| {
        let address: IpAddr = address.parse().ok()?;
        let digits = length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u32 = length.parse().ok().filter(|_| digits)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        (length <= width).then_some((address, length))
    });
    if read.is_none() {
        let detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
        found.invalid(path, text, detail);
    }
    read
}

pub(super) fn ingress(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    if spec.items("rules").is_empty() && !spec.has("defaultBackend") {
        let shown = spec.get("rules").cloned().unwrap_or(Value::Null);
        found.invalid(
            &path,
            shown,
            "either `defaultBackend` or `rules` must be specified",
        );
    }
    if let Some(served) = spec.pointer("defaultBackend") {
        backend(served, &path.child("defaultBackend"), found);
    }
    for (at, rule) in spec.objects("rules") {
        let path = path.child("rules").index(at);
        host(rule.text("host"), &path.child("host"), found);
        let Some(http) = rule.pointer("http") else {
            continue;
        };
        let path = path.child("http.paths");
        if http.items("paths").is_empty() {
            found.required(&path, "");
        }
        for (at, one) in http.objects("paths") {
            http_path(one, &path.index(at), found);
        }
    }
    for (at, tls) in spec.objects("tls") {
        let path = path.child("tls").index(at);
        for (at, name) in tls.texts("hosts") {
            let problems = if name.contains('*') {
                names::wildcard_subdomain(name)
            } else {
                names::subdomain(name)
            };
            found.invalid_each(&path.child("hosts").index(at), name, problems);
        }
        let secret = tls.text("secretName");
        if !secret.is_empty() {
            found.invalid_each(&path.child("secretName"), secret, names::subdomain(secret));
        }
    }
    if spec.has("ingressClassName") {
        let class = spec.text("ingressClassName");
        found.invalid_each(
            &path.child("ingressClassName"),
            class,
            names::subdomain(class),
        );
    }
}

fn host(name: &str, path: &Path, found: &mut Findings) {
    if name.is_empty() {
        return;
    }
    if name.parse::<IpAddr>().is_ok() {
        found.invalid(path, name, "must be a DNS name, not an IP address");
    }
    let problems = if name.contains('*') {
        names::wildcard_subdomain(name)
    } else {
        names::subdomain(name)
    };
    found.invalid_each(path, name, problems);
}

fn http_path(one: &Object, path: &Path, found: &mut Findings) {
    if !one.has("pathType") {
        found.required(&path.child("pathType"), "pathType must be specified");
        return;
    }
    let (text, at) = (one.text("path"), path.child("path"));
    match one.text("pathType") {
        "Exact" | "Prefix" => {
            if !text.starts_with('/') {
                found.invalid(&at, text, "must be an absolute path");
            }
            for part in ["//", "/./", "/../", "%2f", "%2F"]
                .into_iter()
                .filter(|part| text.contains(part))
            {
                found.invalid(&at, text, &format!("must not contain '{part}'"));
            }
            for end in ["/..", "/."].into_iter().filter(|end| text.ends_with(end)) {
                found.invalid(&at, text, &format!("cannot end with '{end}'"));
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !text.starts_with('/') {
                found.invalid(&at, text, "must be an absolute path");
            }
        }
        other => found.unsupported(
            &path.child("pathType"),
            other,
            &["Exact", "ImplementationSpecific", "Prefix"],
        ),
    }
    backend(one.object("backend"), &path.child("backend"), found);
}

fn backend(backend: &Object, path: &Path, found: &mut Findings) {
    match (backend.pointer("service"), backend.pointer("resource")) {
        (Some(_), Some(_)) => {
            found.invalid(path, "", "cannot set both resource and service backends");
        }
        (None, None) => found.invalid(path, "", "resource or service backend is required"),
        (None, Some(resource)) => {
            for key in ["kind", "name"] {
                let text = resource.text(key);
                if text.is_empty() {
                    found.required(&path.child("resource").child(key), "");
                } else {
                    found.invalid_each(
                        &path.child("resource").child(key),
                        text,
                        names::path_segment(text),
                    );
                }
            }
        }
        (Some(service), None) => {
            let name = service.text("name");
            if name.is_empty() {
                found.required(&path.child("service.name"), "");
            } else {
                found.invalid_each(&path.child("service.name"), name, names::label(name));
            }
            let port = service.object("port");
            let number = port.number("number").filter(|number| *number != 0);
            match (port.text("name"), number) {
                ("", None) => found.required(path, "port name or number is required"),
                ("", Some(number)) => {
                    for detail in names::port_number(number) {
                        found.invalid(&path.child("service.port.number"), number, &detail);
                    }
                }
                (name, None) => found.invalid_each(
                    &path.child("service.port.name"),
                    name,
                    names::port_name(name),
                ),
                (_, Some(_)) => found.invalid(path, "", "cannot set both port name & port number"),
            }
        }
    }
}
