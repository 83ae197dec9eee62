use sekisho_model::{Fields as _, Fix, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::alb::{Alb, Member, annotation, annotation_route};
use super::ingresses::{Backend, Ingresses, backends};
use super::reach::Reach;

use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A path of a public Ingress that anybody may call without having logged in: no OIDC, Cognito or JWT
    /// validation at the Application Load Balancer, `auth-on-unauthenticated-request: allow`, or a Service that switches the
    /// login off for its paths.
    ///
    /// **Why it matters.** The edge is the first of two places that ask who is calling. Without it every bug of the application
    /// behind can be tried by everybody. The load balancer asks on HTTPS listeners only; plain HTTP goes round the login.
    /// A site that is meant for everybody needs no login: accept the finding with a reason.
    ///
    /// **Bad**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/auth-type: oidc
    ///   alb.ingress.kubernetes.io/auth-on-unauthenticated-request: allow
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/auth-type: oidc
    ///   alb.ingress.kubernetes.io/auth-idp-oidc: '{"issuer":"https://login.example.com",…}'
    ///   alb.ingress.kubernetes.io/auth-on-unauthenticated-request: authenticate
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: authentication](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#authentication) ·
    /// [ingress-nginx: external authentication](https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#external-authentication)
    ///
    /// # 日本語
    /// **示すこと。** ログインせずに誰でも呼び出せる、公開 Ingress のパス。Application Load Balancer に OIDC、Cognito、JWT 検証がないもの、`auth-on-unauthenticated-request: allow` のもの、Service 側のアノテーションで認証が外されているもの。
    ///
    /// **理由。** エッジは、呼び出し元を確かめる二つの場所のうち最初のものである。ここで認証しなければ、背後のアプリケーションの不具合を誰でも試せる。ロードバランサーが認証するのは HTTPS リスナーだけで、平文の HTTP は認証を迂回する。誰にでも公開するサイトなら、理由を付けて例外にする。
    ///
    /// **良い例**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/auth-type: oidc
    ///   alb.ingress.kubernetes.io/auth-on-unauthenticated-request: authenticate
    /// ```
    IngressAuth = "ingress-auth";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A public Ingress without authentication", "認証のない公開 Ingress",
}

impl Check for IngressAuth {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let ingresses = cx.ingresses();
        for alb in &ingresses.albs {
            match alb.reach() {
                Reach::Internal => {}
                Reach::Unsettled(reason) => alb.unknown(sheet, &reason),
                Reach::Public => {
                    for member in &alb.members {
                        judge(ingresses, alb, member, sheet);
                    }
                }
            }
        }
        for (index, ingress) in &ingresses.nginx {
            if asks_at_nginx(ingress) {
                sheet.on(*index).pass();
            } else {
                sheet.on(*index).unknown(phrase!(
                    en: "the Ingress asks for no login itself; whether ingress-nginx does so for all (`global-auth-url`), and whether it is reached from the internet, would be told by its ConfigMap and its Service",
                    ja: "この Ingress 自体は認証を求めません。ingress-nginx 全体の認証 (`global-auth-url`) の有無とインターネットから到達できるかは、その ConfigMap と Service があれば分かります"
                ));
            }
        }
    }
}

fn judge<'a>(ingresses: &Ingresses<'a>, alb: &Alb<'a>, member: &Member<'a>, sheet: &mut Sheet<'_>) {
    let mut on = sheet.on(member.index);
    let ingress = member.ingress;
    let open: Vec<(Backend<'_>, Lack<'_>)> = backends(ingress)
        .filter_map(|backend| {
            let lack = lack(ingresses, ingress, &backend)?;
            Some((backend, lack))
        })
        .collect();
    let Some((_, first)) = open.first() else {
        let is_http_open = !alb.redirects()
            && member
                .listeners()
                .is_some_and(|ports| ports.iter().any(|(_, is_https)| !is_https));
        if backends(ingress).next().is_none() {
            return;
        }
        if is_http_open {
            on.fail_told_by(&["ingress-tls"]);
        } else {
            on.pass();
        }
        return;
    };
    let paths = named(open.iter().map(|(backend, _)| backend));
    let (route, message) = match first {
        Lack::Absent => (
            annotation_route("auth-type"),
            phrase!(
                en: "anybody may call {paths} without having logged in: the load balancer asks for no OIDC, Cognito or JWT; set `auth-type` (people) or `jwt-validation` (programs), or accept this for what is meant for everybody",
                ja: "{paths} はログインなしで誰でも呼び出せます。ロードバランサーで OIDC、Cognito、JWT の検証が行われていません。`auth-type` (人) または `jwt-validation` (プログラム) を設定するか、誰にでも公開するものなら例外にしてください"
            ),
        ),
        Lack::Allows => (
            annotation_route("auth-on-unauthenticated-request"),
            phrase!(
                en: "`auth-on-unauthenticated-request: allow` sends those who did not log in on to {paths}: the login binds nobody",
                ja: "`auth-on-unauthenticated-request: allow` により、未ログインのリクエストも {paths} に届きます。ログインは誰にも強制されません"
            ),
        ),
        Lack::ByService(service) => {
            let name = &service.name;
            (
                Route::of("metadata.annotations"),
                phrase!(
                    en: "the annotations of the Service `{name}` go before those of the Ingress and switch the login off for {paths}",
                    ja: "Service `{name}` のアノテーションは Ingress のものより優先され、{paths} の認証を無効にしています"
                ),
            )
        }
    };
    let mut fault = Fault::at(route.clone(), message);
    if matches!(first, Lack::Allows) {
        let title = phrase!(en: "Send them to the login", ja: "ログインを求める");
        fault = fault.fix(Fix::risky(title).set(route, "authenticate"));
    }
    on.fail(fault);
}

/// True when nobody reaches a path of this Ingress without having logged in, as its annotations are meant.
pub(crate) fn asks_everywhere<'a>(ingresses: &Ingresses<'a>, ingress: &'a Object) -> bool {
    let mut all = backends(ingress).peekable();
    all.peek().is_some() && all.all(|backend| lack(ingresses, ingress, &backend).is_none())
}

enum Lack<'a> {
    Absent,
    Allows,
    ByService(&'a Object),
}

/// Why a path asks for no login. Annotations of the Service go before those of the Ingress, when the path leads to one
/// Service (`buildAuthConfig`).
fn lack<'a>(
    ingresses: &Ingresses<'a>,
    ingress: &'a Object,
    backend: &Backend<'a>,
) -> Option<Lack<'a>> {
    let name = backend.value.text("service.name")?;
    let is_action = backend.value.text("service.port.name") == Some("use-annotation");
    if is_action && !forwards(ingress, name) {
        return None;
    }
    if let Some(text) = annotation(ingress, "jwt-validation") {
        let reads = serde_json::from_str::<Value>(text).is_ok_and(|value| {
            value.text("jwksEndpoint").is_some() && value.text("issuer").is_some()
        });
        if reads {
            return None;
        }
    }
    let service = (!is_action)
        .then(|| ingresses.service_beside(ingress, name))
        .flatten();
    let read = |suffix: &str| {
        let of_service = service.and_then(|service| annotation(service, suffix));
        match (of_service, service) {
            (Some(value), Some(service)) => Some((value, Some(service))),
            _ => annotation(ingress, suffix).map(|value| (value, None)),
        }
    };
    match read("auth-type") {
        Some(("oidc" | "cognito", _)) => match read("auth-on-unauthenticated-request") {
            Some(("allow", Some(service))) => Some(Lack::ByService(service)),
            Some(("allow", None)) => Some(Lack::Allows),
            _ => None,
        },
        Some((_, Some(service))) => Some(Lack::ByService(service)),
        _ => Some(Lack::Absent),
    }
}

/// Redirects and fixed answers need no login.
fn forwards(ingress: &Object, action: &str) -> bool {
    let text = annotation(ingress, &format!("actions.{action}"));
    let action = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let kind = action.as_ref().and_then(|action| {
        let fields = action.as_object()?;
        let kind = fields
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("type"));
        kind.and_then(|(_, kind)| kind.as_str())
    });
    // Without the action the controller answers 503.
    kind == Some("forward")
}

fn named<'o>(backends: impl Iterator<Item = &'o Backend<'o>>) -> String {
    let mut names: Vec<String> = backends
        .map(|backend| match backend.path {
            Some(path) => format!("`{}{path}`", backend.host.unwrap_or_default()),
            None => "`*`".to_owned(),
        })
        .collect();
    names.dedup();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    let shown = names.join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} (+{more})")
    }
}

/// `auth-url` asks another service, `auth-type` passwords, `auth-tls-secret` certificates.
fn asks_at_nginx(ingress: &Object) -> bool {
    let read = |name: &str| ingress.annotation(&format!("nginx.ingress.kubernetes.io/{name}"));
    let has = |name: &str| read(name).is_some_and(|value| !value.is_empty());
    let verifies = read("auth-tls-verify-client").is_none_or(|mode| mode == "on");
    has("auth-url") || has("auth-type") && has("auth-secret") || has("auth-tls-secret") && verifies
}
