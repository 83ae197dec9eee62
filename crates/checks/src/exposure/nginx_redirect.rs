//! Whether ingress-nginx answers for an Ingress in plain HTTP.

use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::ingresses::backends;
use crate::{Fault, On};

/// ingress-nginx redirects a host that has a certificate, unless it is told not to (`ssl-redirect`, `force-ssl-redirect`).
pub(crate) fn judge(ingress: &Object, on: &mut On<'_>) {
    let read = |name: &str| ingress.annotation(&format!("nginx.ingress.kubernetes.io/{name}"));
    if read("force-ssl-redirect") == Some("true") {
        on.pass();
        return;
    }
    let force =
        Route::of("metadata.annotations").key("nginx.ingress.kubernetes.io/force-ssl-redirect");
    let title = phrase!(en: "Redirect to HTTPS always", ja: "常に HTTPS へリダイレクトする");
    let fix = Fix::risky(title).set(force, "true");
    if ingress.value.items("spec.tls").is_empty() {
        if backends(ingress).next().is_some() {
            on.fail(Fault::at(Route::of("spec.tls"), phrase!(
                en: "without `spec.tls` ingress-nginx answers in plain HTTP: who stands between reads logins and tokens; name a certificate, or set `force-ssl-redirect` where TLS ends in front of it",
                ja: "`spec.tls` がないため ingress-nginx は平文の HTTP で応答し、経路上の第三者がログイン情報やトークンを読み取れます。証明書を指定するか、手前で TLS を終端している場合は `force-ssl-redirect` を設定してください"
            )).fix(fix));
        }
        return;
    }
    if read("ssl-redirect") == Some("false") {
        let route =
            Route::of("metadata.annotations").key("nginx.ingress.kubernetes.io/ssl-redirect");
        let message = phrase!(
            en: "`ssl-redirect: \"false\"` keeps plain HTTP open beside TLS: who stands between reads logins and tokens",
            ja: "`ssl-redirect: \"false\"` により TLS と並んで平文の HTTP も受け付け、経路上の第三者がログイン情報やトークンを読み取れます"
        );
        let title = phrase!(en: "Redirect to HTTPS", ja: "HTTPS へリダイレクトする");
        on.fail(Fault::at(route.clone(), message).fix(Fix::risky(title).set(route, "true")));
        return;
    }
    let uncovered = ingress
        .value
        .items("spec.rules")
        .iter()
        .enumerate()
        .filter_map(|(number, rule)| Some((number, rule.text("host")?)))
        .find(|(_, host)| !has_certificate(ingress, host));
    match uncovered {
        Some((number, host)) => on.fail(Fault::at(Route::of("spec.rules").index(number).at("host"), phrase!(
            en: "no entry of `spec.tls` names `{host}`: ingress-nginx answers for it in plain HTTP",
            ja: "`spec.tls` に `{host}` がなく、ingress-nginx はこのホストに平文の HTTP で応答します"
        )).fix(fix)),
        None => on.pass(),
    }
}

/// An entry without hosts is matched by what its certificate names, and may cover any.
fn has_certificate(ingress: &Object, host: &str) -> bool {
    ingress.value.items("spec.tls").iter().any(|entry| {
        let hosts = entry.items("hosts");
        hosts.is_empty()
            || hosts.iter().filter_map(Value::as_str).any(|known| {
                known.eq_ignore_ascii_case(host)
                    || known.strip_prefix("*.").is_some_and(|domain| {
                        host.split_once('.')
                            .is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain))
                    })
            })
    })
}
