use sekisho_model::{Fields, Fix, Object, Selector, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::reach::{DEFAULT_TLS_POLICY, NEW_TLS_POLICY, Reach, items, takes_old_tls};
use super::service_fronts::{annotation, annotation_route, ports, reach};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A port of an internet-facing Service that carries plain HTTP, or a certificate at its load balancer that
    /// still takes TLS 1.0 and 1.1.
    ///
    /// **Why it matters.** Whoever stands between caller and load balancer reads passwords and tokens out of plain HTTP. A
    /// certificate in `aws-load-balancer-ssl-cert` does not help a port that `aws-load-balancer-ssl-ports` leaves out. Whether a
    /// port that is passed on as TCP speaks TLS is up to the pods and cannot be seen here.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///     - name: http
    ///       port: 80
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// metadata:
    ///   annotations:
    ///     service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:…
    ///     service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy: ELBSecurityPolicy-TLS13-1-2-2021-06
    /// spec:
    ///   type: LoadBalancer
    ///   ports:
    ///     - name: https
    ///       port: 443
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: TLS](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#tls)
    ///
    /// # 日本語
    /// **示すこと。** インターネット向け Service のうち、平文の HTTP を運ぶポートと、TLS 1.0/1.1 を受け付けるロードバランサーの証明書設定。
    ///
    /// **理由。** 平文の HTTP では、経路上の第三者がパスワードやトークンを読み取れる。`aws-load-balancer-ssl-cert` に証明書があっても、`aws-load-balancer-ssl-ports` に含まれないポートは守られない。TCP のまま転送されるポートが TLS を話すかは Pod 次第で、ここでは分からない。
    ///
    /// **直し方。** 証明書を指定して HTTPS のポートだけを開き、ネゴシエーションポリシーを TLS 1.2 以上にする。
    ServiceTls = "service-tls";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[("", "Service")]),
    fix: Risky,
    title: "A public Service without TLS", "TLS のない公開 Service",
}

impl Check for ServiceTls {
    fn object(&self, cx: &Context<'_>, service: &Object, on: &mut On<'_>) {
        match reach(cx, service) {
            None | Some(Reach::Internal) => {}
            Some(Reach::Unsettled(reason)) => on.unknown(reason),
            Some(Reach::Public) => judge(cx, service, on),
        }
    }
}

fn judge(cx: &Context<'_>, service: &Object, on: &mut On<'_>) {
    let is_gateway = fronts_a_gateway(cx, service);
    let mut ends_tls = false;
    for (index, port) in ports(service) {
        let number = port.int("port").unwrap_or_default();
        if terminates(service, port) {
            ends_tls = true;
        } else if is_plain(port) && is_gateway {
            on.unknown(phrase!(
                en: "port {number} leads to an Istio gateway: its Gateways say what it speaks, and are judged by themselves",
                ja: "ポート {number} は Istio のゲートウェイに続きます。何を話すかは Gateway が決め、それは別に判定されます"
            ));
        } else if is_plain(port) {
            let route = Route::of("spec.ports").index(index).at("port");
            on.fail(Fault::at(route, phrase!(
                en: "port {number} of this internet-facing load balancer carries plain HTTP: who stands between reads logins and tokens; end TLS at the load balancer (`aws-load-balancer-ssl-cert`) and close this port",
                ja: "このインターネット向けロードバランサーのポート {number} は平文の HTTP で、経路上の第三者がログイン情報やトークンを読み取れます。ロードバランサーで TLS を終端し (`aws-load-balancer-ssl-cert`)、このポートを閉じてください"
            )));
        } else {
            on.unknown(phrase!(
                en: "port {number} is passed on as TCP: whether the pods speak TLS on it would be told by their configuration",
                ja: "ポート {number} は TCP のまま転送されます。Pod が TLS を使うかは、その設定があれば判定できます"
            ));
        }
    }
    if ends_tls {
        judge_policy(service, on);
    }
}

/// The load balancer ends TLS where there is a certificate and `ssl-ports` does not leave the port out.
fn terminates(service: &Object, port: &Value) -> bool {
    let certificates = annotation(service, "aws-load-balancer-ssl-cert");
    if certificates.is_none_or(|text| items(text).next().is_none())
        || port.text("protocol") == Some("UDP")
    {
        return false;
    }
    let number = port.int("port").unwrap_or_default().to_string();
    let name = port.text("name");
    let listed: Vec<&str> = annotation(service, "aws-load-balancer-ssl-ports")
        .map(|text| items(text).collect())
        .unwrap_or_default();
    listed.is_empty()
        || listed
            .iter()
            .any(|item| *item == "*" || *item == number || Some(*item) == name)
}

/// HTTP by its application protocol, else by its name, else by its number.
fn is_plain(port: &Value) -> bool {
    if let Some(protocol) = port.text("appProtocol") {
        let protocol = protocol.to_ascii_lowercase();
        return matches!(
            protocol.as_str(),
            "http" | "http2" | "grpc" | "kubernetes.io/h2c" | "kubernetes.io/ws"
        );
    }
    let name = port.text("name").unwrap_or_default();
    match name.split('-').next().unwrap_or_default() {
        "http" | "http2" | "grpc" | "web" => true,
        "https" | "tls" | "tcp" | "mongo" | "mysql" | "redis" => false,
        _ => matches!(port.int("port"), Some(80 | 8000 | 8080)),
    }
}

/// True when the pods behind it are a gateway of Istio: its Gateways say what is spoken, and another check judges them.
fn fronts_a_gateway(cx: &Context<'_>, service: &Object) -> bool {
    let labels = service.value.entries("spec.selector");
    labels.is_some()
        && cx
            .estate
            .of_kind("networking.istio.io", "Gateway")
            .filter(|(_, gateway)| gateway.place == service.place)
            .filter_map(|(_, gateway)| Selector::of_labels(gateway.value.at("spec.selector")?))
            .any(|selector| !selector.is_empty() && selector.matches(labels))
}

fn judge_policy(service: &Object, on: &mut On<'_>) {
    let suffix = "aws-load-balancer-ssl-negotiation-policy";
    let named = annotation(service, suffix);
    let policy = named.unwrap_or(DEFAULT_TLS_POLICY);
    match takes_old_tls(policy) {
        Some(false) => on.pass(),
        None => on.unknown(phrase!(
            en: "`{policy}` is no security policy known here: Elastic Load Balancing would tell which versions of TLS it takes",
            ja: "`{policy}` は既知のセキュリティポリシーではなく、受け付ける TLS のバージョンを判定できません"
        )),
        Some(true) => {
            let route = annotation_route(suffix);
            let title = phrase!(en: "Begin at TLS 1.2", ja: "TLS 1.2 以上に限る");
            let fix = Fix::risky(title).set(route.clone(), NEW_TLS_POLICY);
            let fault = Fault::at(route, phrase!(
                en: "the load balancer uses `{policy}`, which still takes TLS 1.0 or 1.1; use `{NEW_TLS_POLICY}`",
                ja: "ロードバランサーのポリシー `{policy}` は TLS 1.0/1.1 を受け付けます。`{NEW_TLS_POLICY}` を使ってください"
            ));
            on.fail(fault.severity(Severity::Low).fix(fix));
        }
    }
}
