use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A Service with `externalIPs`.
    ///
    /// **Why it matters.** Every node sends traffic for these addresses to the Service, and nothing asks whether they belong to
    /// it. Whoever may write a Service takes over the traffic of pods to any address, a DNS server or a metadata service
    /// (CVE-2020-8554); and what arrives at a node for the address goes round load balancer and WAF.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   externalIPs: [198.51.100.20]
    /// ```
    ///
    /// **Good.** An Ingress, or an internal load balancer, whose address AWS gives.
    ///
    /// **References.** [CVE-2020-8554](https://github.com/kubernetes/kubernetes/issues/97076) ·
    /// [Kubernetes: external IPs](https://kubernetes.io/docs/concepts/services-networking/service/#external-ips)
    ///
    /// # 日本語
    /// **示すこと。** `externalIPs` を持つ Service。
    ///
    /// **理由。** すべてのノードがこのアドレス宛ての通信を Service へ送るが、そのアドレスが本当に自分のものかは確かめられない。Service を書ける者は、DNS サーバーやメタデータサービスなど任意のアドレスへの Pod の通信を横取りできる (CVE-2020-8554)。ノードに届いた通信はロードバランサーと WAF も迂回する。
    ///
    /// **直し方。** Ingress か、AWS がアドレスを割り当てる内部向けロードバランサーを使う。
    ExternalIps = "external-ips";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Object(&[("", "Service")]),
    fix: Risky,
    title: "A Service claims addresses", "任意のアドレスを名乗る Service",
}

impl Check for ExternalIps {
    fn object(&self, _cx: &Context<'_>, service: &Object, on: &mut On<'_>) {
        let claimed: Vec<&str> = service
            .value
            .items("spec.externalIPs")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        if claimed.is_empty() {
            on.pass();
            return;
        }
        let claimed = claimed.join(", ");
        let route = Route::of("spec.externalIPs");
        let title = phrase!(en: "Claim no address", ja: "アドレスの指定をやめる");
        on.fail(Fault::at(route.clone(), phrase!(
            en: "this Service takes over all traffic of the cluster to {claimed}, whoever they belong to (CVE-2020-8554), and is reached there past load balancer and WAF; use an Ingress or an internal load balancer",
            ja: "この Service は、持ち主が誰であれ {claimed} 宛てのクラスタ内の通信をすべて引き受け (CVE-2020-8554)、ロードバランサーと WAF を迂回して到達されます。Ingress か内部向けロードバランサーを使ってください"
        )).fix(Fix::risky(title).remove(route)));
    }
}
