use sekisho_model::{Fields, Fix, Object, Selector, Severity, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::addresses::AddressSet;
use super::default_deny::cluster_dns;
use super::policies::{Direction, Policy};
use super::rules::{Peers, Ports};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** No rule of a NetworkPolicy lets everybody through: no rule without `from` or `to`, no peer that
    /// takes in every pod of every namespace on every port, no address blocks that hold the whole internet together,
    /// however they are cut. Single ports that every pod of the cluster may reach (name resolution, metrics) are a
    /// declared need, and so are the ports of pods behind a load balancer.
    ///
    /// **Why it matters.** Policies only add up. One rule that allows everything takes the effect from every other policy
    /// that selects the same pods, the default deny included.
    ///
    /// **Bad.**
    /// ```yaml
    /// egress:
    ///   - to: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]
    /// ```
    ///
    /// **Good.**
    /// ```yaml
    /// egress:
    ///   - to: [{ipBlock: {cidr: 10.20.200.0/28}}]
    ///     ports: [{port: 5432, protocol: TCP}]
    /// ```
    ///
    /// **References.** [Kubernetes: Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)
    ///
    /// # 日本語
    /// **示すこと。** NetworkPolicy のどのルールも全員を通さないこと。`from` や `to` のないルール、全 Namespace の全 Pod を全ポートで
    /// 許可する相手、分割の仕方によらず合わせるとインターネット全体になるアドレス範囲がないこと。クラスタ内の全 Pod に開いた個別のポート
    /// (名前解決、メトリクス) と、ロードバランサー配下の Pod のポートは、宣言された必要とみなす。
    ///
    /// **理由。** ポリシーは足し合わされるだけである。すべてを許可するルールが 1 つあれば、同じ Pod を対象とする他のポリシーは、
    /// default-deny を含めてすべて無効になる。
    ///
    /// **悪い例。** `0.0.0.0/1` と `128.0.0.0/1` への送信許可 (合わせると全 IPv4)。
    ///
    /// **良い例。** 必要な宛先のサブネットとポートだけの許可。
    NetworkPolicyAllowsAll = "network-policy-allows-all";
    control: "T2.2",
    severity: High,
    profile: Default,
    level: Level::Object(&[
        ("networking.k8s.io", "NetworkPolicy"),
        ("networking.k8s.aws", "ApplicationNetworkPolicy"),
    ]),
    fix: Risky,
    title: "The NetworkPolicy allows everybody", "全員を許可する NetworkPolicy",
}

impl Check for NetworkPolicyAllowsAll {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let Some(policy) = Policy::of(0, object) else {
            return;
        };
        for direction in Direction::BOTH {
            if policy.isolates(direction) {
                judge(cx, &policy, direction, on);
            }
        }
    }
}

fn judge(cx: &Context<'_>, policy: &Policy<'_>, direction: Direction, on: &mut On<'_>) {
    let rules = policy.rules(direction);
    let list = Route::of("spec").key(direction.field());
    let mut is_wide = false;
    let mut together = AddressSet::default();
    for (number, rule) in rules.iter().enumerate() {
        let (peers, ports) = (Peers::of(rule, direction), Ports::of(rule));
        let route = list.index(number);
        if peers.is_internet() {
            is_wide = true;
            internet(
                cx,
                policy,
                direction,
                &Rule {
                    value: rule,
                    route,
                    peers,
                    ports,
                },
                on,
            );
        } else if ports.is_all() {
            together = together.union(&peers.addresses);
            for position in peers.all_pods {
                is_wide = true;
                on.fail(every_pod(
                    direction,
                    &route.key(direction.peers()).index(position),
                ));
            }
        }
    }
    if !is_wide && together.covers_internet() {
        let field = direction.field();
        on.fail(Fault::at(
            list,
            phrase!(
                en: "The address blocks of these {field} rules hold every public address together, on every port.",
                ja: "これらの {field} ルールのアドレス範囲を合わせると、全ポートで全パブリックアドレスになる。",
            ),
        ));
    } else if !is_wide {
        on.pass();
    }
}

struct Rule<'a> {
    value: &'a Value,
    route: Route,
    peers: Peers,
    ports: Ports,
}

/// A rule that names nobody outside of the cluster.
fn internet(
    cx: &Context<'_>,
    policy: &Policy<'_>,
    direction: Direction,
    rule: &Rule<'_>,
    on: &mut On<'_>,
) {
    let is_all = rule.ports.is_all();
    if direction == Direction::Ingress && !is_all {
        match published(cx, policy) {
            Published::Yes => return on.pass(),
            Published::Unknown => {
                return on.unknown(phrase!(
                    en: "whether a load balancer publishes these pods stands in Services that are not in the files",
                    ja: "これらの Pod をロードバランサーが公開しているかは、ファイルにない Service による",
                ));
            }
            Published::No => {}
        }
    }
    let message = match (direction, is_all, rule.peers.is_anybody) {
        (Direction::Ingress, true, _) => phrase!(
            en: "This rule lets anybody in on every port, from inside and outside of the cluster; other policies of the same pods lose their effect.",
            ja: "このルールはクラスタ内外の誰からでも全ポートの受信を許可し、同じ Pod に対する他のポリシーを無効にする。",
        ),
        (Direction::Ingress, false, _) => phrase!(
            en: "This rule lets anybody in on its ports, though no load balancer publishes these pods. Name the callers in `from`.",
            ja: "このルールは誰からでも受信を許可するが、これらの Pod を公開するロードバランサーはない。`from` に呼び出し元を書く。",
        ),
        (Direction::Egress, _, _) if rule.ports.is_dns() => phrase!(
            en: "This rule lets name look-ups go to any server: data can leave in them. Name CoreDNS in `to`.",
            ja: "このルールは任意のサーバーへの名前解決を許可し、データの持ち出しに使える。`to` に CoreDNS を書く。",
        ),
        (Direction::Egress, true, true) => phrase!(
            en: "This rule lets the pods reach anything on every port: other pods, nodes, the instance metadata, the internet.",
            ja: "このルールは、他の Pod・ノード・インスタンスメタデータ・インターネットへの送信を全ポートで許可する。",
        ),
        (Direction::Egress, true, false) => phrase!(
            en: "This rule lets the pods reach the whole internet on every port: a way out for stolen data and a way to fetch tools.",
            ja: "このルールはインターネット全体への送信を全ポートで許可し、データの持ち出しやツールの取得に使える。",
        ),
        (Direction::Egress, false, _) => phrase!(
            en: "This rule lets the pods reach the whole internet on its ports: stolen data leaves the same way. Name the addresses, or send it through a proxy or VPC endpoints.",
            ja: "このルールは指定ポートでインターネット全体への送信を許可し、データの持ち出しにも使える。宛先を絞るか、プロキシや VPC エンドポイントを経由させる。",
        ),
    };
    let severity = match (is_all, rule.ports.is_dns()) {
        (true, _) => Severity::High,
        (false, true) => Severity::Low,
        (false, false) => Severity::Medium,
    };
    let fault = Fault::at(rule.route.clone(), message).severity(severity);
    on.fail(match narrowed(direction, rule) {
        Some(fix) => fault.fix(fix),
        None => fault,
    });
}

/// Where the need can be guessed: pods of the same namespace, and name resolution.
fn narrowed(direction: Direction, rule: &Rule<'_>) -> Option<Fix> {
    let field = direction.peers();
    let route = rule.route.key(field);
    if !rule.peers.is_anybody || rule.value.at("domainNames").is_some() {
        return None;
    }
    let own = json!({"podSelector": {}});
    let (peers, title) = match direction {
        Direction::Ingress => (
            json!([own]),
            phrase!(en: "Let in pods of the same namespace only", ja: "同じ Namespace の Pod だけを許可する"),
        ),
        Direction::Egress if rule.ports.is_dns() => (
            json!([cluster_dns()]),
            phrase!(en: "Ask CoreDNS only", ja: "CoreDNS への問い合わせだけを許可する"),
        ),
        Direction::Egress if rule.ports.is_all() => (
            json!([own, cluster_dns()]),
            phrase!(en: "Reach pods of the same namespace and CoreDNS only", ja: "同じ Namespace の Pod と CoreDNS だけに送信を許可する"),
        ),
        Direction::Egress => return None,
    };
    Some(Fix::risky(title).set(route, peers))
}

/// A peer that takes in every pod of the cluster, on every port.
fn every_pod(direction: Direction, route: &Route) -> Fault {
    let message = match direction {
        Direction::Ingress => phrase!(
            en: "Every pod of every namespace may come in, on every port. Name the namespace and the pods that call, and the port.",
            ja: "全 Namespace の全 Pod から全ポートの受信を許可している。呼び出し元の Namespace・Pod とポートを書く。",
        ),
        Direction::Egress => phrase!(
            en: "Every pod of every namespace may be reached, on every port. Name the namespace and the pods that are called, and the port.",
            ja: "全 Namespace の全 Pod への全ポートの送信を許可している。呼び出し先の Namespace・Pod とポートを書く。",
        ),
    };
    let title =
        phrase!(en: "Keep to pods of the same namespace", ja: "同じ Namespace の Pod に限定する");
    Fault::at(route.key("namespaceSelector"), message).fix(
        Fix::risky(title)
            .remove(route.key("namespaceSelector"))
            .set(route.key("podSelector"), json!({})),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Published {
    Yes,
    No,
    Unknown,
}

/// Whether a Service makes the selected pods reachable from outside, so that anybody is a declared need.
fn published(cx: &Context<'_>, policy: &Policy<'_>) -> Published {
    let pods: Vec<_> = cx
        .workloads()
        .beside(policy.object)
        .filter(|(_, pod)| policy.selects(pod))
        .collect();
    let mut seen = false;
    for (_, service) in cx.estate.of_kind("", "Service") {
        if service.namespace != policy.object.namespace || service.place != policy.object.place {
            continue;
        }
        let selects = service
            .value
            .at("spec.selector")
            .and_then(Selector::of_labels)
            .filter(|selector| !selector.is_empty())
            .is_some_and(|selector| pods.iter().any(|(_, pod)| selector.matches(pod.labels())));
        seen |= selects;
        let kind = service.value.text("spec.type");
        if selects && matches!(kind, Some("LoadBalancer" | "NodePort")) {
            return Published::Yes;
        }
    }
    if seen || cx.complete() {
        Published::No
    } else {
        Published::Unknown
    }
}
