use std::sync::Arc;

use sekisho_model::{Estate, Fields, Fix, Object, Place, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::addresses::AddressSet;
use super::policies::{Direction, Policy};
use super::rules::{Peers, Ports, block};
use crate::{Check, Context, Fault, Level, On, check};

/// The instance metadata service of EC2, and the exception that shuts it out.
pub(super) const METADATA: [&str; 2] = ["169.254.169.254/32", "fd00:ec2::254/128"];
const KUBELET: u16 = 10250;

check! {
    /// **What it shows.** No egress rule opens the way to what belongs to the node: the instance metadata service
    /// (169.254.169.254, fd00:ec2::254) or, where Node objects tell the nodes' addresses, the kubelet.
    ///
    /// **Why it matters.** The metadata service hands out the credentials of the node role, the kubelet runs commands in
    /// every pod of its node. A block that was meant for a network often holds these addresses as well.
    ///
    /// **Bad.**
    /// ```yaml
    /// egress: [{to: [{ipBlock: {cidr: 169.254.0.0/16}}]}]
    /// ```
    ///
    /// **Good.** The block with `except: [169.254.169.254/32]`, or the address that is really needed.
    ///
    /// **References.** [EKS Best Practices: Identity and access management](https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html)
    /// · [ATT&CK T1552.005](https://attack.mitre.org/techniques/T1552/005/)
    ///
    /// # 日本語
    /// **示すこと。** どの送信ルールも、ノードに属するものへの経路を開かないこと。インスタンスメタデータサービス
    /// (169.254.169.254、fd00:ec2::254) と、Node オブジェクトからアドレスが分かる場合は kubelet。
    ///
    /// **理由。** メタデータサービスはノード IAM ロールの認証情報を渡し、kubelet はノード上の全 Pod でコマンドを実行できる。
    /// ネットワーク向けに書いた範囲が、これらのアドレスを含んでいることは多い。
    ///
    /// **悪い例。** `169.254.0.0/16` への送信許可。
    ///
    /// **良い例。** `except: [169.254.169.254/32]` を付けるか、本当に必要なアドレスだけを書く。
    NetworkPolicyReachesNode = "network-policy-reaches-node";
    control: "T2.2",
    severity: High,
    profile: Default,
    level: Level::Object(&[
        ("networking.k8s.io", "NetworkPolicy"),
        ("networking.k8s.aws", "ApplicationNetworkPolicy"),
    ]),
    fix: Risky,
    title: "The NetworkPolicy opens the way to the node", "ノードへの経路を開く NetworkPolicy",
}

impl Check for NetworkPolicyReachesNode {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let Some(policy) = Policy::of(0, object) else {
            return;
        };
        let rules = policy.rules(Direction::Egress);
        if !policy.isolates(Direction::Egress) || rules.is_empty() {
            return;
        }
        let nodes = nodes(cx.estate, &object.place);
        let mut is_shut = true;
        for (number, rule) in rules.iter().enumerate() {
            let (peers, ports) = (Peers::of(rule, Direction::Egress), Ports::of(rule));
            let route = Route::of("spec.egress").index(number);
            if reaches_metadata(&peers, &ports) && peers.is_internet() {
                is_shut = false;
                on.fail_told_by(&["network-policy-allows-all"]);
                continue;
            }
            for (position, peer) in rule.items("to").iter().enumerate() {
                let route = route.key("to").index(position).key("ipBlock");
                is_shut &= judge(peer, &ports, &nodes, &route, on);
            }
        }
        if is_shut {
            on.pass();
        }
    }
}

/// Whether a rule lets pods talk to the metadata service, which listens on TCP port 80.
pub(super) fn reaches_metadata(peers: &Peers, ports: &Ports) -> bool {
    ports.admits_tcp(80) && peers.addresses.touches(&AddressSet::of_cidrs(METADATA))
}

fn judge(peer: &Value, ports: &Ports, nodes: &AddressSet, route: &Route, on: &mut On<'_>) -> bool {
    let addresses = block(peer);
    let cidr = peer.text("ipBlock.cidr").unwrap_or("");
    for metadata in METADATA {
        let address = AddressSet::of_cidrs([metadata]);
        if !ports.admits_tcp(80) || !addresses.touches(&address) {
            continue;
        }
        let fault = Fault::at(
            route.key("cidr"),
            phrase!(
                en: "`{cidr}` holds the instance metadata service ({metadata}): the pods can ask it for the credentials of the node role.",
                ja: "`{cidr}` はインスタンスメタデータサービス ({metadata}) を含み、Pod がノード IAM ロールの認証情報を取得できる。",
            ),
        );
        // The whole block is this address: only a person knows what was meant.
        let is_only_that = address.covers(&addresses);
        on.fail(if is_only_that {
            fault
        } else {
            let title =
                phrase!(en: "Except the metadata service", ja: "メタデータサービスを除外する");
            fault.fix(Fix::risky(title).append(route.key("except"), metadata))
        });
        return false;
    }
    let is_kubelet = ports.admits_tcp(KUBELET) && !nodes.is_empty() && addresses.touches(nodes);
    if is_kubelet && ports.is_all() {
        on.fail(Fault::at(
            route.key("cidr"),
            phrase!(
                en: "`{cidr}` holds addresses of nodes, on every port: the kubelet ({KUBELET}) among them. Name the ports that are needed.",
                ja: "`{cidr}` はノードのアドレスを含み、kubelet ({KUBELET}) を含む全ポートを許可している。必要なポートだけを書く。",
            ),
        ));
        return false;
    }
    true
}

/// The addresses of the nodes of a place, as far as Node objects tell.
fn nodes(estate: &Estate, place: &Arc<Place>) -> AddressSet {
    let nodes = estate
        .of_kind("", "Node")
        .filter(|(_, node)| node.place == *place);
    AddressSet::of_cidrs(
        nodes
            .flat_map(|(_, node)| node.value.items("status.addresses"))
            .filter(|address| address.text("type") == Some("InternalIP"))
            .filter_map(|address| address.text("address")),
    )
}
