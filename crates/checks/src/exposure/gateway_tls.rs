use sekisho_model::{Fields, Fix, Object, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::gateway_listeners::{self, Routes};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A server of an Istio Gateway, or a listener of a Gateway of the Gateway API, that answers in plain
    /// HTTP, takes TLS 1.0 or 1.1, or looks like TLS and ends none: without `mode` Istio passes TLS through, whatever
    /// certificate stands beside it.
    ///
    /// **Why it matters.** The gateway is where the mesh meets the outside. Plain HTTP there is read and changed by whoever
    /// stands between, and tokens with it; and TLS that is passed through reaches the pods without any rule of the gateway.
    ///
    /// **Bad**
    /// ```yaml
    /// servers:
    ///   - port: { number: 80, name: http, protocol: HTTP }
    ///     hosts: [shop.example.com]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// servers:
    ///   - port: { number: 80, name: http, protocol: HTTP }
    ///     hosts: [shop.example.com]
    ///     tls: { httpsRedirect: true }
    ///   - port: { number: 443, name: https, protocol: HTTPS }
    ///     hosts: [shop.example.com]
    ///     tls: { mode: SIMPLE, credentialName: shop-tls }
    /// ```
    ///
    /// **References.** [Istio: Gateway](https://istio.io/latest/docs/reference/config/networking/gateway/) ·
    /// [Gateway API: TLS](https://gateway-api.sigs.k8s.io/guides/tls/)
    ///
    /// # 日本語
    /// **示すこと。** Istio Gateway のサーバー、または Gateway API の Gateway のリスナーのうち、平文の HTTP で応答するもの、TLS 1.0/1.1 を受け付けるもの、TLS に見えて終端しないもの。Istio では `mode` がないと、証明書が書かれていても TLS は素通しになる。
    ///
    /// **理由。** ゲートウェイはメッシュと外部の境界である。平文の HTTP では、経路上の第三者が通信とトークンを読み取り、書き換えられる。素通しの TLS は、ゲートウェイの規則を何も受けずに Pod に届く。
    ///
    /// **良い例**
    /// ```yaml
    /// servers:
    ///   - port: { number: 443, name: https, protocol: HTTPS }
    ///     hosts: [shop.example.com]
    ///     tls: { mode: SIMPLE, credentialName: shop-tls }
    /// ```
    GatewayTls = "gateway-tls";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A gateway that does not insist on TLS", "TLS を必須としないゲートウェイ",
}

impl Check for GatewayTls {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, gateway) in cx.estate.of_kind("networking.istio.io", "Gateway") {
            if is_way_in(gateway) {
                let mut on = sheet.on(index);
                let servers = gateway.value.items("spec.servers");
                let has_tls = servers.iter().any(ends_tls);
                for (number, server) in servers.iter().enumerate() {
                    judge(number, server, has_tls, &mut on);
                }
            }
        }
        let mut gateways = cx
            .estate
            .of_kind("gateway.networking.k8s.io", "Gateway")
            .peekable();
        if gateways.peek().is_some() {
            let routes = Routes::of(cx.estate);
            for (index, gateway) in gateways {
                gateway_listeners::judge(cx, &routes, gateway, &mut sheet.on(index));
            }
        }
    }
}

/// An egress gateway takes connections from the mesh alone.
pub(super) fn is_way_in(gateway: &Object) -> bool {
    let selector = gateway.value.entries("spec.selector");
    let mut labels = selector.into_iter().flatten();
    !labels.any(|(_, value)| value.as_str().is_some_and(|value| value.contains("egress")))
}

fn protocol(server: &Value) -> String {
    server
        .text("port.protocol")
        .unwrap_or_default()
        .to_ascii_uppercase()
}

fn ends_tls(server: &Value) -> bool {
    matches!(protocol(server).as_str(), "HTTPS" | "TLS")
        && matches!(
            server.text("tls.mode"),
            Some("SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL" | "ISTIO_MUTUAL")
        )
}

fn judge(number: usize, server: &Value, has_tls: bool, on: &mut On<'_>) {
    let here = Route::of("spec.servers").index(number);
    let port = server.int("port.number").unwrap_or_default();
    match protocol(server).as_str() {
        "HTTP" | "HTTP2" | "GRPC" | "GRPC-WEB" => {
            if server.flag("tls.httpsRedirect") == Some(true) {
                on.pass();
                return;
            }
            let fault = Fault::at(here.at("port.protocol"), phrase!(
                en: "port {port} of this gateway answers in plain HTTP: who stands between reads logins and tokens; end TLS here, and let plain HTTP only redirect (`tls.httpsRedirect`)",
                ja: "このゲートウェイのポート {port} は平文の HTTP で応答し、経路上の第三者がログイン情報やトークンを読み取れます。ここで TLS を終端し、平文の HTTP はリダイレクトだけにしてください (`tls.httpsRedirect`)"
            ));
            // Without a server that ends TLS the redirect leads nowhere.
            on.fail(if has_tls {
                let title = phrase!(en: "Redirect to HTTPS", ja: "HTTPS へリダイレクトする");
                fault.fix(Fix::risky(title).set(here.at("tls.httpsRedirect"), true))
            } else {
                fault
            });
        }
        "HTTPS" | "TLS" => judge_tls(&here, port, server, on),
        protocol => on.unknown(phrase!(
            en: "port {port} passes {protocol} on as it comes: whether TLS is spoken on it is up to what answers there",
            ja: "ポート {port} は {protocol} をそのまま転送します。TLS が使われるかは応答する側次第です"
        )),
    }
}

fn judge_tls(here: &Route, port: i64, server: &Value, on: &mut On<'_>) {
    let tls = server.at("tls").unwrap_or(&Value::Null);
    let has = |names: &[&str]| names.iter().any(|name| tls.at(name).is_some());
    let has_certificate = has(&[
        "credentialName",
        "credentialNames",
        "serverCertificate",
        "tlsCertificates",
    ]);
    // The first value of the enumeration: what Istio takes when nothing is written.
    let mode = tls.text("mode").unwrap_or("PASSTHROUGH");
    match mode {
        "PASSTHROUGH" | "AUTO_PASSTHROUGH" if has_certificate => {
            let title = phrase!(en: "End TLS here", ja: "ここで TLS を終端する");
            on.fail(Fault::at(here.at("tls.mode"), phrase!(
                en: "port {port} names a certificate, but with mode {mode} (the default) the gateway does not use it: TLS goes through to the pods, past every rule for HTTP; set `mode: SIMPLE`",
                ja: "ポート {port} に証明書が指定されていますが、mode が {mode} (既定値) のため使われません。TLS は Pod まで素通しになり、HTTP に対する規則がどれも働きません。`mode: SIMPLE` を指定してください"
            )).fix(Fix::risky(title).set(here.at("tls.mode"), "SIMPLE")));
        }
        "PASSTHROUGH" | "AUTO_PASSTHROUGH" => on.unknown(phrase!(
            en: "port {port} passes TLS through: which versions are spoken, and whether it is TLS at all, is up to the pods",
            ja: "ポート {port} は TLS を素通しします。TLS のバージョンも、そもそも TLS かどうかも、Pod 次第です"
        )),
        _ => match tls.text("minProtocolVersion") {
            Some(version @ ("TLSV1_0" | "TLSV1_1")) => {
                let route = here.at("tls.minProtocolVersion");
                let title = phrase!(en: "Begin at TLS 1.2", ja: "TLS 1.2 以上に限る");
                let fix = Fix::risky(title).set(route.clone(), "TLSV1_2");
                on.fail(Fault::at(route, phrase!(
                    en: "port {port} takes TLS from {version} on, which is broken and withdrawn; the default is TLSV1_2",
                    ja: "ポート {port} は、安全でなく廃止済みの {version} から受け付けます。既定値は TLSV1_2 です"
                )).severity(Severity::Low).fix(fix));
            }
            _ if !has_certificate && matches!(mode, "SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL") => {
                on.fail(Fault::at(here.at("tls.credentialName"), phrase!(
                    en: "port {port} is to end TLS ({mode}) and names no certificate: Istio refuses the Gateway, and nothing speaks TLS there",
                    ja: "ポート {port} は TLS を終端する設定 ({mode}) ですが証明書の指定がありません。Istio はこの Gateway を拒否し、TLS で応答するものがなくなります"
                )).severity(Severity::Low));
            }
            _ => on.pass(),
        },
    }
}
