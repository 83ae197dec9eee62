use std::collections::BTreeSet;

use sekisho_model::{Fields, Fix, Phrase, Pod, Severity, phrase};
use sekisho_text::Route;

use super::members::Membership;
use crate::network::addresses::AddressSet;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** All traffic of a workload of the mesh goes through its sidecar: no annotation excludes ports,
    /// addresses or interfaces, narrows the ports that are captured, or switches capturing off.
    ///
    /// **Why it matters.** What goes past the sidecar is neither encrypted nor judged: mutual TLS, AuthorizationPolicies
    /// and access logs do not exist for that port, however strict the mesh is.
    ///
    /// **Bad.**
    /// ```yaml
    /// annotations: { traffic.sidecar.istio.io/excludeInboundPorts: "8080" }
    /// ```
    ///
    /// **Good.** No such annotation. A protocol that Istio misreads is told by the port's name (`tcp-…`) or `appProtocol`.
    ///
    /// **References.** [Istio: Resource Annotations](https://istio.io/latest/docs/reference/config/annotations/)
    ///
    /// # 日本語
    /// **示すこと。** メッシュのワークロードの全通信がサイドカーを通ること。ポート・アドレス・インターフェイスの除外、捕捉するポートの限定、
    /// 捕捉の無効化を行うアノテーションがないこと。
    ///
    /// **理由。** サイドカーを通らない通信は暗号化も判定もされない。メッシュがどれほど厳格でも、そのポートには mTLS・
    /// AuthorizationPolicy・アクセスログが存在しない。
    ///
    /// **悪い例。** `traffic.sidecar.istio.io/excludeInboundPorts: "8080"`
    ///
    /// **良い例。** このようなアノテーションを付けない。プロトコルの誤認はポート名 (`tcp-…`) や `appProtocol` で正す。
    MeshPortExclusion = "mesh-port-exclusion";
    control: "T2.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Traffic goes past the sidecar", "サイドカーを通らない通信",
}

/// Ports of the sidecar itself, which are never captured.
const OWN: [u16; 3] = [15020, 15021, 15090];

impl Check for MeshPortExclusion {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, pod) in cx.workloads().all() {
            match cx.mesh().membership(*index) {
                Membership::Sidecar => judge(pod, true, &mut sheet.on(*index)),
                // An annotation of the sidecar shows that one is meant to be there.
                Membership::Unknown => judge(pod, false, &mut sheet.on(*index)),
                Membership::Ambient | Membership::Outside(_) => {}
            }
        }
    }
}

fn judge(pod: &Pod<'_>, is_member: bool, on: &mut On<'_>) {
    let mut is_whole = true;
    for (name, value) in pod
        .value
        .entries("metadata.annotations")
        .into_iter()
        .flatten()
    {
        let (Some(value), Some(setting)) = (value.as_str(), setting(name)) else {
            continue;
        };
        if let Some((message, severity)) = exclusion(pod, setting, value.trim()) {
            is_whole = false;
            let route = pod
                .route
                .join(&Route::of("metadata.annotations"))
                .key(name.clone());
            let title = phrase!(en: "Send this traffic through the sidecar", ja: "この通信をサイドカーに通す");
            on.fail(
                Fault::at(route.clone(), message)
                    .severity(severity)
                    .fix(Fix::risky(title).remove(route)),
            );
        }
    }
    if is_whole && is_member {
        on.pass();
    }
}

fn setting(annotation: &str) -> Option<&str> {
    annotation
        .strip_prefix("traffic.sidecar.istio.io/")
        .or_else(|| annotation.strip_prefix("traffic.istio.io/"))
        .or_else(|| {
            (annotation == "sidecar.istio.io/interceptionMode").then_some("interceptionMode")
        })
}

fn exclusion(pod: &Pod<'_>, setting: &str, value: &str) -> Option<(Phrase, Severity)> {
    match setting {
        "interceptionMode" if value == "NONE" => Some((
            phrase!(
                en: "The sidecar captures nothing (`interceptionMode: NONE`): plaintext comes in and goes out past it.",
                ja: "サイドカーが通信を捕捉せず (`interceptionMode: NONE`)、平文がそのまま出入りする。",
            ),
            Severity::High,
        )),
        "excludeInboundPorts" => {
            let ports = ports(value).filter(|port| !OWN.contains(port));
            inbound(&ports.collect(), "excludeInboundPorts")
        }
        "includeInboundPorts" if value != "*" => {
            let captured: BTreeSet<u16> = ports(value).collect();
            if captured.is_empty() {
                return Some((
                    phrase!(
                        en: "The sidecar captures no incoming traffic (`includeInboundPorts` is empty): every port of the pod takes plaintext.",
                        ja: "サイドカーが受信を一切捕捉せず (`includeInboundPorts` が空)、全ポートが平文を受け付ける。",
                    ),
                    Severity::High,
                ));
            }
            let open: BTreeSet<u16> = declared(pod).difference(&captured).copied().collect();
            inbound(&open, "includeInboundPorts")
        }
        "excludeOutboundPorts" => outbound(!value.is_empty(), setting, value, false),
        "includeOutboundPorts" if !value.is_empty() && value != "*" => None,
        "excludeOutboundIPRanges" => {
            let all = value == "*" || AddressSet::of_cidrs(value.split(',')).covers_internet();
            outbound(!value.is_empty(), setting, value, all)
        }
        "includeOutboundIPRanges" if value != "*" => {
            let ranges = AddressSet::of_cidrs(value.split(','));
            let is_whole = ranges.covers(&AddressSet::of_cidrs(["0.0.0.0/0"]));
            outbound(!is_whole, setting, value, ranges.is_empty())
        }
        "excludeInterfaces" if !value.is_empty() => Some((
            phrase!(
                en: "Traffic of the interfaces `{value}` goes past the sidecar, unencrypted and unjudged.",
                ja: "インターフェイス `{value}` の通信はサイドカーを通らず、暗号化も判定もされない。",
            ),
            Severity::Medium,
        )),
        _ => None,
    }
}

fn inbound(ports: &BTreeSet<u16>, setting: &str) -> Option<(Phrase, Severity)> {
    if ports.is_empty() {
        return None;
    }
    let list: Vec<String> = ports.iter().map(u16::to_string).collect();
    let list = list.join(", ");
    let message = phrase!(
        en: "Port {list} takes traffic past the sidecar (`{setting}`): plaintext from anybody, and no AuthorizationPolicy holds there.",
        ja: "ポート {list} への受信がサイドカーを通らない (`{setting}`)。誰からでも平文を受け付け、AuthorizationPolicy も効かない。",
    );
    Some((message, Severity::High))
}

fn outbound(is_open: bool, setting: &str, value: &str, is_all: bool) -> Option<(Phrase, Severity)> {
    if !is_open {
        return None;
    }
    let message = if is_all {
        phrase!(
            en: "All outgoing traffic goes past the sidecar (`{setting}: {value}`): calls to other workloads are plaintext.",
            ja: "送信がすべてサイドカーを通らず (`{setting}: {value}`)、他のワークロードへの呼び出しが平文になる。",
        )
    } else {
        phrase!(
            en: "Outgoing traffic goes past the sidecar (`{setting}: {value}`): neither encrypted by the mesh nor logged.",
            ja: "一部の送信がサイドカーを通らず (`{setting}: {value}`)、メッシュによる暗号化も記録もされない。",
        )
    };
    let severity = if is_all {
        Severity::High
    } else {
        Severity::Medium
    };
    Some((message, severity))
}

fn ports(value: &str) -> impl Iterator<Item = u16> {
    value.split(',').filter_map(|port| port.trim().parse().ok())
}

/// The ports that the pod's containers declare.
fn declared(pod: &Pod<'_>) -> BTreeSet<u16> {
    pod.containers()
        .iter()
        .flat_map(|container| container.value.items("ports"))
        .filter(|port| port.text("protocol").unwrap_or("TCP") == "TCP")
        .filter_map(|port| u16::try_from(port.int("containerPort")?).ok())
        .filter(|port| !OWN.contains(port))
        .collect()
}
