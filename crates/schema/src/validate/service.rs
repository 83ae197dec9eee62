//! Services. Upstream: `validateService` in `core/validation`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

use super::findings::{Findings, Path};
use super::{metadata, names, network, probe};
use crate::access::{Object, Read};

pub(super) fn service(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    let kind = spec.text("type");
    let headless = spec.text("clusterIP") == "None"
        || spec
            .texts("clusterIPs")
            .any(|(at, ip)| at == 0 && ip == "None");
    if spec.items("ports").is_empty() && !headless && kind != "ExternalName" {
        found.required(&path.child("ports"), "");
    }
    match kind {
        "LoadBalancer" | "NodePort" if headless => {
            let detail = format!("may not be set to 'None' for {kind} services");
            found.invalid(&path.child("clusterIPs").index(0), "None", &detail);
        }
        "ExternalName" => external_name(spec, &path, found),
        _ => {}
    }
    ports(spec, &path.child("ports"), found);
    metadata::labels(spec.object("selector"), &path.child("selector"), found);
    let affinity = spec.text("sessionAffinity");
    found.one_of(
        &path.child("sessionAffinity"),
        affinity,
        &["ClientIP", "None"],
    );
    if affinity == "ClientIP" {
        let seconds = spec
            .object("sessionAffinityConfig")
            .object("clientIP")
            .number("timeoutSeconds")
            .unwrap_or_default();
        for detail in names::in_range(seconds, 1, 86_400) {
            found.invalid(
                &path.child("sessionAffinityConfig.clientIP.timeoutSeconds"),
                seconds,
                &detail
                    .replace("must be between 1", "must be greater than 0")
                    .replace("and 86400, inclusive", "and less than 86400"),
            );
        }
    }
    addresses(spec, &path, found);
    let kinds = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    found.one_of(&path.child("type"), kind, &kinds);
    port_conflicts(spec, kind, &path.child("ports"), found);
    load_balancer(spec, kind, &path, found);
    traffic(spec, kind, &path, found);
}

fn external_name(spec: &Object, path: &Path, found: &mut Findings) {
    for key in ["clusterIPs", "ipFamilies"] {
        if !spec.items(key).is_empty() {
            found.forbidden(&path.child(key), "may not be set for ExternalName services");
        }
    }
    if spec.has("ipFamilyPolicy") {
        found.forbidden(
            &path.child("ipFamilyPolicy"),
            "may not be set for ExternalName services",
        );
    }
    let name = spec.text("externalName");
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() {
        found.required(&path.child("externalName"), "");
    } else {
        found.invalid_each(&path.child("externalName"), name, names::subdomain(name));
    }
}

fn ports(spec: &Object, path: &Path, found: &mut Findings) {
    let several = spec.items("ports").len() > 1;
    let mut seen = BTreeSet::new();
    for (at, port) in spec.objects("ports") {
        let path = path.index(at);
        let name = port.text("name");
        if !name.is_empty() {
            found.invalid_each(&path.child("name"), name, names::label(name));
            if !seen.insert(name) {
                found.duplicate(&path.child("name"), name);
            }
        } else if several {
            found.required(&path.child("name"), "");
        }
        let number = port.number("port").unwrap_or_default();
        for detail in names::port_number(number) {
            found.invalid(&path.child("port"), number, &detail);
        }
        found.one_of(
            &path.child("protocol"),
            port.text("protocol"),
            &["SCTP", "TCP", "UDP"],
        );
        probe::port(port.get("targetPort"), &path.child("targetPort"), found);
        if port.has("appProtocol") {
            let protocol = port.text("appProtocol");
            found.invalid_each(
                &path.child("appProtocol"),
                protocol,
                names::label_key(protocol),
            );
        }
    }
}

/// Given addresses agree with each other. Upstream: `ValidateServiceClusterIPsRelatedFields`.
fn cluster_addresses(spec: &Object, path: &Path, found: &mut Findings) {
    let (first, all) = (spec.text("clusterIP"), spec.items("clusterIPs"));
    let at = path.child("clusterIPs");
    if first.is_empty() && !all.is_empty() {
        found.invalid(
            &at,
            all.to_vec(),
            "must be empty when `clusterIP` is not specified",
        );
    } else if !all.is_empty() && all.first().and_then(Value::as_str) != Some(first) {
        found.invalid(&at, all.to_vec(), "first value must match `clusterIP`");
    }
    let families: BTreeSet<&str> = ["IPv4", "IPv6"].into();
    let mut seen = BTreeSet::new();
    for (nth, family) in spec.texts("ipFamilies") {
        let at = path.child("ipFamilies").index(nth);
        if !families.contains(family) {
            found.unsupported(&at, family, &["IPv4", "IPv6"]);
        }
        if !seen.insert(family) {
            found.duplicate(&at, family);
        }
    }
    if spec.has("ipFamilyPolicy") {
        let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
        found.one_of(
            &path.child("ipFamilyPolicy"),
            spec.text("ipFamilyPolicy"),
            &policies,
        );
    }
    // The registry copies a single address into the list before it is checked.
    let listed = all.iter().filter_map(Value::as_str);
    let listed: Vec<&str> = if all.is_empty() {
        [first].into_iter().filter(|ip| !ip.is_empty()).collect()
    } else {
        listed.collect()
    };
    for (nth, address) in listed.iter().enumerate() {
        if nth == 0 && *address == "None" {
            if listed.len() > 1 {
                found.invalid(&at, all.to_vec(), "'None' must be the first and only value");
            }
        } else if address.parse::<IpAddr>().is_err() {
            let detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
            found.invalid(&at.index(nth), *address, detail);
        }
    }
    if listed.len() > 2 {
        found.invalid(&at, all.to_vec(), "may only hold up to 2 values");
    }
}

fn addresses(spec: &Object, path: &Path, found: &mut Findings) {
    if spec.text("type") != "ExternalName" {
        cluster_addresses(spec, path, found);
    }
    for (at, address) in spec.texts("externalIPs") {
        let path = path.child("externalIPs").index(at);
        match address.parse::<IpAddr>() {
            Err(_) => found.invalid(
                &path,
                address,
                "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            ),
            Ok(ip) if ip.is_unspecified() => found.invalid(
                &path,
                address,
                &format!("may not be unspecified ({address})"),
            ),
            Ok(ip) if ip.is_loopback() => found.invalid(
                &path,
                address,
                "may not be in the loopback range (127.0.0.0/8, ::1/128)",
            ),
            Ok(_) => {}
        }
    }
}

fn port_conflicts(spec: &Object, kind: &str, path: &Path, found: &mut Findings) {
    let of_node = |port: &Object| port.number("nodePort").filter(|number| *number != 0);
    if kind == "ClusterIP" {
        for (at, _) in spec
            .objects("ports")
            .filter(|(_, port)| of_node(port).is_some())
        {
            let at = path.index(at).child("nodePort");
            found.forbidden(&at, "may not be used when `type` is 'ClusterIP'");
        }
    }
    let mut seen = BTreeSet::new();
    for (at, port) in spec.objects("ports") {
        if let Some(number) = of_node(port)
            && !seen.insert((port.text("protocol"), number))
        {
            found.duplicate(&path.index(at).child("nodePort"), number);
        }
    }
    let mut seen = BTreeSet::new();
    for (at, port) in spec.objects("ports") {
        let (protocol, number) = (
            port.text("protocol"),
            port.number("port").unwrap_or_default(),
        );
        if !seen.insert((protocol, number)) {
            // Upstream shows its internal struct, with all fields.
            let shown = format!(
                "{{\"Name\":\"\",\"Protocol\":{protocol:?},\"AppProtocol\":null,\"Port\":{number},\"TargetPort\":0,\"NodePort\":0}}"
            );
            let shown = serde_json::from_str(&shown).unwrap_or(Value::Null);
            found.duplicate(&path.index(at), shown);
        }
    }
}

fn load_balancer(spec: &Object, kind: &str, path: &Path, found: &mut Findings) {
    let is_balancer = kind == "LoadBalancer";
    let detail = "may only be used when `type` is 'LoadBalancer'";
    if !spec.items("loadBalancerSourceRanges").is_empty() {
        // Upstream names this field with a capital letter.
        let path = path
            .child("loadBalancerSourceRanges")
            .printed("spec.LoadBalancerSourceRanges");
        if !is_balancer {
            found.forbidden(&path, detail);
        }
        for (at, range) in spec.texts("loadBalancerSourceRanges") {
            network::cidr(range.trim(), &path.index(at), found);
        }
    }
    if spec.has("allocateLoadBalancerNodePorts") && !is_balancer {
        found.forbidden(&path.child("allocateLoadBalancerNodePorts"), detail);
    }
    if spec.has("loadBalancerClass") {
        if !is_balancer {
            found.forbidden(&path.child("loadBalancerClass"), detail);
        }
        let class = spec.text("loadBalancerClass");
        found.invalid_each(
            &path.child("loadBalancerClass"),
            class,
            names::label_key(class),
        );
    }
}

fn traffic(spec: &Object, kind: &str, path: &Path, found: &mut Findings) {
    let outside = matches!(kind, "LoadBalancer" | "NodePort")
        || (kind == "ClusterIP" && !spec.items("externalIPs").is_empty());
    let policy = spec.text("externalTrafficPolicy");
    let at = path.child("externalTrafficPolicy");
    if outside {
        found.one_of(&at, policy, &["Cluster", "Local"]);
    } else if !policy.is_empty() {
        found.invalid(
            &at,
            policy,
            "may only be set for externally-accessible services",
        );
    }
    let checked = kind == "LoadBalancer" && policy == "Local";
    if let Some(number) = spec.number("healthCheckNodePort").filter(|_| !checked) {
        let detail =
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        found.invalid(&path.child("healthCheckNodePort"), number, detail);
    }
    if spec.has("internalTrafficPolicy") {
        let policy = spec.text("internalTrafficPolicy");
        found.one_of(
            &path.child("internalTrafficPolicy"),
            policy,
            &["Cluster", "Local"],
        );
    }
    if spec.has("trafficDistribution") {
        let choice = spec.text("trafficDistribution");
        let choices = ["PreferClose", "PreferSameZone", "PreferSameNode"];
        found.one_of(&path.child("trafficDistribution"), choice, &choices);
    }
}
