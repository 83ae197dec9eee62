use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Fix, Namespace, Phrase, Place, Pod, Severity, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::policies::{Direction, on_host_network};
use super::tiers::Tiers;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Every namespace denies by default, in both directions: some policy with an empty `podSelector`
    /// names `Ingress` and `Egress` (or one of each does), or every pod of the namespace is isolated both ways by policies
    /// of its own, or a cluster-wide policy denies what nobody allowed. A policy that allows everything denies nothing.
    ///
    /// **Why it matters.** Kubernetes lets every pod talk to every other one, in all namespaces. Isolation counts per
    /// direction: a policy without `Egress` in its `policyTypes`, and without egress rules, leaves the way out open.
    ///
    /// **Bad.**
    /// ```yaml
    /// spec: { podSelector: {}, policyTypes: [Ingress] }   # the way out stays open
    /// ```
    ///
    /// **Good.**
    /// ```yaml
    /// spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
    /// ```
    /// Beside it, policies that allow what is needed: name resolution first.
    ///
    /// **References.** [Kubernetes: Network Policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/)
    /// · [EKS Best Practices: Network security](https://docs.aws.amazon.com/eks/latest/best-practices/network-security.html)
    ///
    /// # 日本語
    /// **示すこと。** すべての Namespace が双方向とも既定で拒否すること。空の `podSelector` のポリシーが `Ingress` と `Egress`
    /// を指定している (1 つでも別々でもよい)、全 Pod が個別のポリシーで双方向に隔離されている、またはクラスタ全体のポリシーが
    /// 許可されていない通信を拒否している、のいずれか。すべてを許可するポリシーは何も拒否しない。
    ///
    /// **理由。** Kubernetes では既定で、Namespace をまたいで全 Pod が互いに通信できる。隔離は方向ごとに効く。`policyTypes` に
    /// `Egress` がなく送信ルールもないポリシーでは、送信は無制限のままである。
    ///
    /// **悪い例。** `policyTypes: [Ingress]` だけの default-deny。
    ///
    /// **良い例。** `policyTypes: [Ingress, Egress]` の default-deny に、名前解決など必要な通信の許可を添える。
    DefaultDeny = "default-deny";
    control: "T2.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "The namespace does not deny by default", "既定で拒否されていない Namespace",
}

type Home = (Arc<Place>, Namespace);

impl Check for DefaultDeny {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let tiers = Tiers::of(cx.estate);
        for (home, subject) in subjects(cx) {
            judge(cx, &tiers, &home, &subject, sheet);
        }
    }
}

/// What speaks for a namespace: its object, else its first workload.
struct Subject<'s, 'a> {
    index: usize,
    is_namespace: bool,
    pods: Vec<&'s Pod<'a>>,
}

/// Namespaces with pods that a policy can isolate; those without pods only when the files are all there is.
fn subjects<'s, 'a>(cx: &'s Context<'a>) -> BTreeMap<Home, Subject<'s, 'a>> {
    let mut found: BTreeMap<Home, Subject<'s, 'a>> = BTreeMap::new();
    for (index, pod) in cx.workloads().all() {
        if !on_host_network(pod) {
            let home = (Arc::clone(&pod.object.place), pod.object.namespace.clone());
            let subject = found.entry(home).or_insert_with(|| Subject {
                index: *index,
                is_namespace: false,
                pods: Vec::new(),
            });
            subject.pods.push(pod);
        }
    }
    for (index, object) in cx.namespaces().all() {
        let home = (
            Arc::clone(&object.place),
            Namespace::Given(object.name.clone()),
        );
        match found.get_mut(&home) {
            Some(subject) => (subject.index, subject.is_namespace) = (index, true),
            None if cx.complete() && !has_pods(cx, &home) => {
                let subject = Subject {
                    index,
                    is_namespace: true,
                    pods: Vec::new(),
                };
                found.insert(home, subject);
            }
            None => {}
        }
    }
    found
}

fn has_pods(cx: &Context<'_>, (place, namespace): &Home) -> bool {
    cx.workloads().living(place, namespace).next().is_some()
}

fn judge(
    cx: &Context<'_>,
    tiers: &Tiers<'_>,
    home: &Home,
    subject: &Subject<'_, '_>,
    sheet: &mut Sheet<'_>,
) {
    let (place, namespace) = home;
    let policies = cx.policies().living(place, namespace);
    let mut open = Vec::new();
    for direction in Direction::BOTH {
        let opened = policies
            .iter()
            .find(|policy| policy.selects_all() && policy.allows_all(direction));
        if let Some(policy) = opened {
            sheet
                .on(policy.index)
                .fail_told_by(&["network-policy-allows-all"]);
            continue;
        }
        let is_default = policies
            .iter()
            .any(|policy| policy.selects_all() && policy.isolates(direction));
        let isolates_each = !subject.pods.is_empty()
            && subject.pods.iter().all(|pod| {
                policies
                    .iter()
                    .any(|policy| policy.isolates(direction) && policy.selects(pod))
            });
        let by_tier = namespace.given().is_some_and(|name| {
            let labels = cx.namespaces().labels(place, name);
            tiers.denying(place, name, labels, direction).is_some()
        });
        if !is_default && !isolates_each && !by_tier {
            open.push(direction);
        }
    }
    let mut on = sheet.on(subject.index);
    if open.is_empty() {
        on.pass();
        return;
    }
    if let Some(other) = cx.policies().foreign(place, namespace) {
        let id = other.id();
        on.unknown(phrase!(
            en: "{id} may isolate these pods; only an engine that reads its kind can tell",
            ja: "{id} がこれらの Pod を隔離している可能性がある。判定にはこの種別の評価が必要",
        ));
        return;
    }
    if !cx.complete() {
        let called = called(namespace);
        let (en, ja) = (called.en, called.ja);
        on.unknown(phrase!(
            en: "a default deny of {en} may stand in other files; `estate.complete: true` would settle it",
            ja: "{ja} の default-deny が他のファイルにある可能性がある。`estate.complete: true` なら判定できる",
        ));
        return;
    }
    on.fail(fault(cx, home, subject, &open));
}

fn called(namespace: &Namespace) -> Phrase {
    match namespace.given() {
        Some(name) => phrase!(en: "namespace `{name}`", ja: "Namespace `{name}`"),
        None => Phrase::new(
            "the namespace of these files",
            "これらのファイルの Namespace",
        ),
    }
}

fn fault(cx: &Context<'_>, home: &Home, subject: &Subject<'_, '_>, open: &[Direction]) -> Fault {
    let (place, namespace) = home;
    let called = called(namespace);
    let (en, ja) = (called.en, called.ja);
    let message = match open {
        [Direction::Ingress] => phrase!(
            en: "No policy of {en} denies incoming traffic by default: every pod of the cluster reaches its pods.",
            ja: "{ja} には受信を既定で拒否するポリシーがなく、クラスタ内のどの Pod からも到達できる。",
        ),
        [Direction::Egress] => phrase!(
            en: "No policy of {en} denies outgoing traffic by default: a pod that is taken over reaches every other pod, the nodes and the internet.",
            ja: "{ja} には送信を既定で拒否するポリシーがなく、乗っ取られた Pod は他のすべての Pod・ノード・インターネットに到達できる。",
        ),
        _ => phrase!(
            en: "No policy of {en} denies by default: its pods take traffic from every pod of the cluster, and reach everything.",
            ja: "{ja} には既定で拒否するポリシーがなく、どの Pod からも受信し、どこへでも送信できる。",
        ),
    };
    let severity = match open {
        [Direction::Egress] => Severity::Medium,
        _ if subject.pods.is_empty() => Severity::Medium,
        _ => Severity::High,
    };
    let route = if subject.is_namespace {
        Route::of("metadata.name")
    } else {
        Route::of("metadata.namespace")
    };
    let key: Vec<&str> = open.iter().map(|direction| direction.field()).collect();
    let fault = Fault::at(route, message)
        .severity(severity)
        .key(key.join(" "));
    let taken: Vec<&str> = cx
        .policies()
        .living(place, namespace)
        .iter()
        .map(|policy| policy.object.name.as_str())
        .collect();
    fault.fix(fix(namespace, &taken, open))
}

/// A policy that denies, and one that leaves name resolution working where the way out is closed.
fn fix(namespace: &Namespace, taken: &[&str], open: &[Direction]) -> Fix {
    let deny = match open {
        [one] => format!("default-deny-{}", one.field()),
        _ => "default-deny".to_owned(),
    };
    let types: Vec<Value> = open
        .iter()
        .map(|direction| Value::from(direction.policy_type()))
        .collect();
    let title = phrase!(
        en: "Deny by default, and allow name resolution",
        ja: "既定で拒否し、名前解決だけを許可する",
    );
    let spec = json!({"podSelector": {}, "policyTypes": types});
    let mut fix = Fix::risky(title).new_object(policy(namespace, &free(&deny, taken), &spec));
    if open.contains(&Direction::Egress) {
        let spec = json!({
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [{"to": [cluster_dns()], "ports": dns_ports()}],
        });
        fix = fix.new_object(policy(namespace, &free("allow-dns", taken), &spec));
    }
    fix
}

/// CoreDNS, as a peer.
pub(super) fn cluster_dns() -> Value {
    json!({
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    })
}

fn dns_ports() -> Value {
    json!([{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}])
}

fn policy(namespace: &Namespace, name: &str, spec: &Value) -> Value {
    let mut metadata = json!({"name": name});
    if let (Some(namespace), Some(metadata)) = (namespace.given(), metadata.as_object_mut()) {
        metadata.insert("namespace".to_owned(), Value::from(namespace));
    }
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec})
}

/// The name, or one like it that no policy has.
fn free(name: &str, taken: &[&str]) -> String {
    let mut free = name.to_owned();
    while taken.contains(&free.as_str()) {
        free.push_str("-too");
    }
    free
}
