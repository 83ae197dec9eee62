use sekisho_model::{Fields, Fix, Object, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** No DestinationRule takes Istio's mutual TLS from calls to services of the cluster: no
    /// `trafficPolicy.tls` with `DISABLE` or `SIMPLE`, neither for the whole host nor for a port or a subset. A `tls` without
    /// `mode` is `DISABLE`.
    ///
    /// **Why it matters.** The caller's side decides what goes over the wire. With `DISABLE` it is plaintext, with `SIMPLE`
    /// nobody proves who calls; and a server that is `STRICT` refuses both, which is why such rules end in `PERMISSIVE`.
    ///
    /// **Bad.**
    /// ```yaml
    /// kind: DestinationRule
    /// spec: { host: orders.shop.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }
    /// ```
    ///
    /// **Good.** No `tls` at all (Istio then uses mutual TLS by itself), or `mode: ISTIO_MUTUAL`.
    ///
    /// **References.** [Istio: Destination Rule](https://istio.io/latest/docs/reference/config/networking/destination-rule/)
    ///
    /// # 日本語
    /// **示すこと。** クラスタ内サービスへの呼び出しで、Istio の相互 TLS を無効にする DestinationRule がないこと。ホスト全体・ポート・
    /// サブセットのいずれの `trafficPolicy.tls` も `DISABLE` や `SIMPLE` でないこと。`mode` のない `tls` は `DISABLE` である。
    ///
    /// **理由。** 通信路に何を流すかは呼び出し側が決める。`DISABLE` では平文になり、`SIMPLE` では呼び出し元が証明されない。`STRICT` の
    /// サーバーはどちらも拒否するため、結局 `PERMISSIVE` に緩められることになる。
    ///
    /// **悪い例。** クラスタ内のホストに `tls.mode: DISABLE`。
    ///
    /// **良い例。** `tls` を書かない (Istio が自動で mTLS を使う) か、`ISTIO_MUTUAL` を指定する。
    MtlsClientDisabled = "mtls-client-disabled";
    control: "T2.3",
    severity: High,
    profile: Default,
    level: Level::Object(&[("networking.istio.io", "DestinationRule")]),
    fix: Risky,
    title: "The DestinationRule takes mutual TLS away", "mTLS を無効にする DestinationRule",
}

impl Check for MtlsClientDisabled {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let host = object.value.text("spec.host").unwrap_or("");
        if !is_inside(cx, object, host) {
            return;
        }
        let mut places = Vec::new();
        if let Some(spec) = object.value.at("spec") {
            of_policy(spec, &Route::of("spec"), &mut places);
            for (number, subset) in spec.items("subsets").iter().enumerate() {
                of_policy(
                    subset,
                    &Route::of("spec.subsets").index(number),
                    &mut places,
                );
            }
        }
        let mut is_mutual = true;
        for (tls, route) in places {
            // ClientTLSSettings: the first value of the enum holds where none is written.
            let mode = tls.text("mode").unwrap_or("DISABLE");
            if matches!(mode, "DISABLE" | "SIMPLE") {
                is_mutual = false;
                on.fail(fault(host, mode, tls, &route));
            }
        }
        if is_mutual {
            on.pass();
        }
    }
}

/// The `tls` of a traffic policy and of its ports.
fn of_policy<'v>(holder: &'v Value, route: &Route, found: &mut Vec<(&'v Value, Route)>) {
    let Some(policy) = holder.at("trafficPolicy") else {
        return;
    };
    let route = route.key("trafficPolicy");
    let mut add = |settings: &'v Value, route: &Route| {
        if let Some(tls) = settings.at("tls").filter(|tls| tls.is_object()) {
            found.push((tls, route.key("tls")));
        }
    };
    add(policy, &route);
    for (number, port) in policy.items("portLevelSettings").iter().enumerate() {
        add(port, &route.key("portLevelSettings").index(number));
    }
}

fn fault(host: &str, mode: &str, tls: &Value, route: &Route) -> Fault {
    let message = if mode == "DISABLE" {
        phrase!(
            en: "Calls to `{host}` leave in plaintext (`{mode}`): anybody on the way reads them, and the server cannot tell who calls.",
            ja: "`{host}` への呼び出しが平文になる (`{mode}`)。経路上で盗聴でき、サーバーは呼び出し元を確認できない。",
        )
    } else {
        phrase!(
            en: "Calls to `{host}` use TLS without a client certificate (`{mode}`): the server cannot tell who calls.",
            ja: "`{host}` への呼び出しがクライアント証明書なしの TLS になり (`{mode}`)、サーバーは呼び出し元を確認できない。",
        )
    };
    let severity = if mode == "DISABLE" {
        Severity::High
    } else {
        Severity::Medium
    };
    let title = phrase!(en: "Use Istio's mutual TLS", ja: "Istio の mTLS を使う");
    let mut fix = Fix::risky(title).set(route.key("mode"), "ISTIO_MUTUAL");
    // Istio refuses these beside ISTIO_MUTUAL: it brings certificates of its own.
    for field in [
        "clientCertificate",
        "privateKey",
        "caCertificates",
        "credentialName",
        "subjectAltNames",
        "insecureSkipVerify",
    ] {
        if tls.at(field).is_some() {
            fix = fix.remove(route.key(field));
        }
    }
    Fault::at(route.key("mode"), message)
        .severity(severity)
        .fix(fix)
}

/// Whether a host is a service of this cluster. A short name is one of the rule's own namespace; a ServiceEntry makes a
/// name of any form stand for something else. The API server is no member of any mesh.
fn is_inside(cx: &Context<'_>, rule: &Object, host: &str) -> bool {
    let entry = cx
        .estate
        .of_kind("networking.istio.io", "ServiceEntry")
        .filter(|(_, entry)| entry.place == rule.place)
        .any(|(_, entry)| {
            let mut hosts = entry.value.items("spec.hosts").iter();
            let is_external = entry.value.text("spec.location") != Some("MESH_INTERNAL");
            is_external && hosts.any(|own| own.as_str() == Some(host))
        });
    let name = host.trim_end_matches('.');
    let is_api = matches!(
        name,
        "kubernetes.default" | "kubernetes.default.svc" | "kubernetes.default.svc.cluster.local"
    );
    if entry || is_api || name.is_empty() {
        return false;
    }
    let is_wild = matches!(name, "*" | "*.local" | "*.cluster.local");
    let is_cluster = name.split('.').any(|part| part == "svc");
    let is_service = match name.split_once('.') {
        None => true,
        Some((service, namespace)) => cx
            .estate
            .named(&rule.place, "", "Service", Some(namespace), service)
            .next()
            .is_some(),
    };
    is_wild || is_cluster || is_service
}
