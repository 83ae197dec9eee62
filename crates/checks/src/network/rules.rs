//! What one rule of a NetworkPolicy lets through: whom, and on which ports.

use sekisho_model::{Fields, Selector};
use serde_json::{Value, json};

use super::addresses::AddressSet;
use super::policies::Direction;

/// The other side of a rule.
#[derive(Debug, Clone)]
pub(crate) struct Peers {
    /// No peer is named: anybody, inside and outside of the cluster.
    pub(crate) is_anybody: bool,
    /// Positions of peers that take in every pod of every namespace.
    pub(crate) all_pods: Vec<usize>,
    /// What the address blocks hold together.
    pub(crate) addresses: AddressSet,
}

impl Peers {
    /// Reads `from` or `to` of a rule.
    pub(crate) fn of(rule: &Value, direction: Direction) -> Self {
        let peers = rule.items(direction.peers());
        let is_anybody = peers.is_empty() && rule.items("domainNames").is_empty();
        Self {
            is_anybody,
            all_pods: (0..)
                .zip(peers)
                .filter(|(_, peer)| is_every_pod(peer))
                .map(|(position, _)| position)
                .collect(),
            addresses: if is_anybody {
                AddressSet::everything()
            } else {
                peers
                    .iter()
                    .map(block)
                    .fold(AddressSet::default(), |all, next| all.union(&next))
            },
        }
    }

    /// True when it names nobody outside of the cluster: no peer at all, or every public address.
    pub(crate) fn is_internet(&self) -> bool {
        self.is_anybody || self.addresses.covers_internet()
    }
}

/// The addresses of one peer; `except` takes away from its own block alone.
pub(crate) fn block(peer: &Value) -> AddressSet {
    let whole = AddressSet::of_cidrs(peer.text("ipBlock.cidr"));
    let except = peer.items("ipBlock.except").iter();
    whole.without(&AddressSet::of_cidrs(except.filter_map(Value::as_str)))
}

/// Whether a peer takes in a pod that nobody thought of: one without labels, in a namespace without labels. This finds
/// the empty selector as well as those that only exclude (`NotIn`, `DoesNotExist`) or ask for what every namespace has.
fn is_every_pod(peer: &Value) -> bool {
    let Some(namespaces) = peer.at("namespaceSelector").and_then(Selector::read) else {
        return false;
    };
    let stranger = json!({"kubernetes.io/metadata.name": "a-namespace-that-nobody-thought-of"});
    let takes_namespace = namespaces.matches(stranger.as_object());
    let takes_pod = match peer.at("podSelector") {
        Some(selector) if !selector.is_null() => {
            Selector::read(selector).is_some_and(|selector| selector.matches(None))
        }
        _ => true,
    };
    takes_namespace && takes_pod
}

/// The ports of a rule.
#[derive(Debug, Clone)]
pub(crate) struct Ports {
    is_all: bool,
    ranges: Vec<(String, u16, u16)>,
    has_names: bool,
}

impl Ports {
    /// Reads `ports` of a rule: none means all, and an entry without a port means all of its protocol.
    pub(crate) fn of(rule: &Value) -> Self {
        let entries = rule.items("ports");
        let mut ports = Self {
            is_all: entries.is_empty(),
            ranges: Vec::new(),
            has_names: false,
        };
        for entry in entries {
            let protocol = entry.text("protocol").unwrap_or("TCP").to_owned();
            let number = |field: &str| u16::try_from(entry.int(field)?).ok();
            match (entry.at("port"), number("port")) {
                (None | Some(Value::Null), _) => ports.ranges.push((protocol, 0, u16::MAX)),
                (_, Some(first)) => {
                    let last = number("endPort").unwrap_or(first);
                    ports.ranges.push((protocol, first, last));
                }
                _ => ports.has_names = true,
            }
        }
        ports.is_all |= ["TCP", "UDP", "SCTP"]
            .iter()
            .any(|protocol| ports.covers_all_of(protocol));
        ports
    }

    /// True when every port of some protocol is open, however the ranges are cut.
    pub(crate) fn is_all(&self) -> bool {
        self.is_all
    }

    /// True when a TCP port is open. Names are taken to be other ports.
    pub(crate) fn admits_tcp(&self, port: u16) -> bool {
        (self.is_all && self.ranges.is_empty())
            || self.ranges.iter().any(|(protocol, first, last)| {
                protocol == "TCP" && (*first..=*last).contains(&port)
            })
    }

    /// True when name resolution is all that is open.
    pub(crate) fn is_dns(&self) -> bool {
        !self.is_all
            && !self.has_names
            && self
                .ranges
                .iter()
                .all(|(_, first, last)| (*first, *last) == (53, 53))
    }

    fn covers_all_of(&self, protocol: &str) -> bool {
        let mut ranges: Vec<(u16, u16)> = self
            .ranges
            .iter()
            .filter(|(own, _, _)| own == protocol)
            .map(|(_, first, last)| (*first, *last))
            .collect();
        ranges.sort_unstable();
        let mut reached = 0_u16;
        for (first, last) in ranges {
            if first > reached.saturating_add(1) {
                return false;
            }
            reached = reached.max(last);
        }
        reached == u16::MAX
    }
}
