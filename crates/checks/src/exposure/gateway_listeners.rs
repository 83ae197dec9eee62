//! Listeners of the Gateway API, and whether what is attached to a plain one does more than redirect.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Fields, Namespace, Object, Place, phrase};
use sekisho_text::Route;
use serde_json::Value;

use crate::{Context, Fault, On};

const GROUP: &str = "gateway.networking.k8s.io";

/// What is attached to one Gateway.
struct Attached<'a> {
    section: Option<&'a str>,
    port: Option<i64>,
    only_redirects: bool,
}

/// Routes by the Gateway that they name.
pub(crate) struct Routes<'a> {
    by_gateway: BTreeMap<(&'a Place, &'a str, &'a str), Vec<Attached<'a>>>,
}

impl<'a> Routes<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut by_gateway: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for kind in ["HTTPRoute", "GRPCRoute"] {
            for (_, route) in estate.of_kind(GROUP, kind) {
                let only_redirects = redirects(&route.value);
                for parent in route.value.items("spec.parentRefs") {
                    let is_gateway = parent.text("kind").is_none_or(|kind| kind == "Gateway")
                        && parent.text("group").is_none_or(|group| group == GROUP);
                    let Some(name) = parent.text("name").filter(|_| is_gateway) else {
                        continue;
                    };
                    let namespace = parent.text("namespace");
                    let key = (
                        &*route.place,
                        namespace.unwrap_or_else(|| home(&route.namespace)),
                        name,
                    );
                    by_gateway.entry(key).or_default().push(Attached {
                        section: parent.text("sectionName"),
                        port: parent.int("port"),
                        only_redirects,
                    });
                }
            }
        }
        Self { by_gateway }
    }
}

/// Objects whose files leave the namespace open are taken to share it.
fn home(namespace: &Namespace) -> &str {
    namespace.given().unwrap_or("")
}

/// True when every rule answers with a redirect to HTTPS.
fn redirects(route: &Value) -> bool {
    let rules = route.items("spec.rules");
    !rules.is_empty()
        && rules.iter().all(|rule| {
            rule.items("filters").iter().any(|filter| {
                filter.text("type") == Some("RequestRedirect")
                    && filter.text("requestRedirect.scheme") == Some("https")
            })
        })
}

/// Each listener of one Gateway.
pub(crate) fn judge(cx: &Context<'_>, routes: &Routes<'_>, gateway: &Object, on: &mut On<'_>) {
    let key = (
        &*gateway.place,
        home(&gateway.namespace),
        gateway.name.as_str(),
    );
    let attached = routes.by_gateway.get(&key).map_or(&[][..], Vec::as_slice);
    for (number, listener) in gateway.value.items("spec.listeners").iter().enumerate() {
        let here = Route::of("spec.listeners").index(number);
        let port = listener.int("port").unwrap_or_default();
        match listener.text("protocol").unwrap_or_default() {
            "HTTP" => plain(cx, attached, listener, &here, on),
            "HTTPS" | "TLS" => match listener.text("tls.mode").unwrap_or("Terminate") {
                "Terminate" => on.pass(),
                _ => on.unknown(phrase!(
                    en: "port {port} passes TLS through: which versions are spoken, and whether it is TLS at all, is up to the pods",
                    ja: "ポート {port} は TLS を素通しします。TLS のバージョンも、そもそも TLS かどうかも、Pod 次第です"
                )),
            },
            protocol => on.unknown(phrase!(
                en: "port {port} passes {protocol} on as it comes: whether TLS is spoken on it is up to what answers there",
                ja: "ポート {port} は {protocol} をそのまま転送します。TLS が使われるかは応答する側次第です"
            )),
        }
    }
}

fn plain(
    cx: &Context<'_>,
    attached: &[Attached<'_>],
    listener: &Value,
    here: &Route,
    on: &mut On<'_>,
) {
    let port = listener.int("port");
    let mut routes = attached
        .iter()
        .filter(|route| {
            route
                .section
                .is_none_or(|section| listener.text("name") == Some(section))
                && route.port.is_none_or(|number| port == Some(number))
        })
        .peekable();
    let is_bare = routes.peek().is_none();
    let port = port.unwrap_or_default();
    if routes.any(|route| !route.only_redirects) || is_bare && cx.complete() {
        let message = if is_bare {
            phrase!(
                en: "listener on port {port} speaks plain HTTP and has no route that redirects it to HTTPS: the next route attached to this Gateway is served in the clear",
                ja: "ポート {port} のリスナーは平文の HTTP で、HTTPS へリダイレクトするルートがありません。次にこの Gateway に付くルートは平文で公開されます"
            )
        } else {
            phrase!(
                en: "listener on port {port} serves routes in plain HTTP: who stands between reads logins and tokens; attach them to an HTTPS listener (`sectionName`), and let a route that redirects be the only one here",
                ja: "ポート {port} のリスナーは平文の HTTP でルートを公開し、経路上の第三者がログイン情報やトークンを読み取れます。ルートは HTTPS リスナーに付け (`sectionName`)、ここにはリダイレクトだけを残してください"
            )
        };
        on.fail(Fault::at(here.at("protocol"), message));
    } else if is_bare {
        on.unknown(phrase!(
            en: "no route is attached to the plain listener on port {port} in these files; the whole estate would tell whether it only redirects",
            ja: "ポート {port} の平文リスナーに付くルートが見つかりません。全体がそろえば、リダイレクトだけかを判定できます"
        ));
    } else {
        on.pass();
    }
}
