use sekisho_text::Route;

use super::security_context::SecurityContext;
use crate::place::{Faults, Place};

/// One container of any of the three lists.
#[derive(Debug)]
pub(super) struct Container<'a> {
    list: &'static str,
    index: usize,
    pub(super) name: &'a str,
    pub(super) security: SecurityContext<'a>,
    pub(super) host_ports: Vec<HostPort>,
    /// Hosts of probes and hooks, with the way to them from the container.
    pub(super) hosts: Vec<(&'a str, Route)>,
}

/// A port on the node, with the field that asks for it, from the container.
#[derive(Debug)]
pub(super) struct HostPort {
    pub(super) port: i64,
    pub(super) field: Route,
}

impl<'a> Container<'a> {
    pub(super) fn read(
        list: &'static str,
        index: usize,
        at: &Place<'a, '_>,
        host_network: bool,
        f: &mut Faults,
    ) -> Self {
        Self {
            list,
            index,
            name: at.key("name", f).text(f).unwrap_or_default(),
            security: SecurityContext::read(&at.key("securityContext", f), f),
            host_ports: host_ports(&at.key("ports", f), host_network, f),
            hosts: hosts(at, f),
        }
    }

    /// The way to this container from the pod.
    pub(super) fn route(&self) -> Route {
        Route::of("spec").key(self.list).index(self.index)
    }

    /// The way to a field of this container from the pod.
    pub(super) fn at(&self, dotted: &'static str) -> Route {
        self.route().at(dotted)
    }

    /// Debug containers come after creation, when the server no longer copies annotations to fields.
    pub(super) fn is_ephemeral(&self) -> bool {
        self.list == "ephemeralContainers"
    }
}

/// With the node's network, a container port without a host port asks for the same port of the node
/// (`defaultHostNetworkPorts`).
fn host_ports(at: &Place<'_, '_>, host_network: bool, f: &mut Faults) -> Vec<HostPort> {
    let mut ports = Vec::new();
    for (index, item) in at.items(f).iter().enumerate() {
        let port_at = at.index(index, item);
        let field = Route::of("ports").index(index);
        let asked = port_at.key("hostPort", f).integer(f).unwrap_or(0);
        let own = port_at.key("containerPort", f).integer(f).unwrap_or(0);
        if asked != 0 {
            ports.push(HostPort {
                port: asked,
                field: field.key("hostPort"),
            });
        } else if host_network && own != 0 {
            ports.push(HostPort {
                port: own,
                field: field.key("containerPort"),
            });
        }
    }
    ports
}

/// Hosts in probes and hooks, in the order of the fields.
fn hosts<'a>(container: &Place<'a, '_>, f: &mut Faults) -> Vec<(&'a str, Route)> {
    let mut found = Vec::new();
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let at = container.key(probe, f);
        handler_hosts(&at, &Route::of(probe), &mut found, f);
    }
    let lifecycle = container.key("lifecycle", f);
    for hook in ["postStart", "preStop"] {
        let at = lifecycle.key(hook, f);
        handler_hosts(&at, &Route::of("lifecycle").key(hook), &mut found, f);
    }
    found
}

fn handler_hosts<'a>(
    at: &Place<'a, '_>,
    route: &Route,
    found: &mut Vec<(&'a str, Route)>,
    f: &mut Faults,
) {
    for action in ["httpGet", "tcpSocket"] {
        let host = at.key(action, f).key("host", f).text(f).unwrap_or_default();
        if !host.is_empty() {
            found.push((host, route.key(action).key("host")));
        }
    }
}
