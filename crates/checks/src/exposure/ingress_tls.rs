use std::collections::BTreeSet;

use sekisho_model::{Fields, Fix, Object, Severity, phrase};
use serde_json::Value;

use super::alb::{Alb, Member, annotation, annotation_route};
use super::nginx_redirect;
use super::reach::{DEFAULT_TLS_POLICY, NEW_TLS_POLICY, Reach, takes_old_tls};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An Ingress that answers in plain HTTP, or that still takes TLS 1.0 and 1.1. For the Application Load
    /// Balancer the listeners, the certificate, `ssl-redirect` and `ssl-policy` count; for ingress-nginx `spec.tls` and its
    /// redirect.
    ///
    /// **Why it matters.** Whoever stands between caller and load balancer reads passwords, session cookies and tokens out of
    /// plain HTTP, and changes the answers. The login of the load balancer does not exist on an HTTP listener. Without
    /// `ssl-policy` the controller takes `ELBSecurityPolicy-2016-08`, which begins at TLS 1.0.
    ///
    /// **Bad**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}]'
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'
    ///   alb.ingress.kubernetes.io/ssl-redirect: "443"
    ///   alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: SSL](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ssl) ·
    /// [ingress-nginx: TLS](https://kubernetes.github.io/ingress-nginx/user-guide/tls/)
    ///
    /// # 日本語
    /// **示すこと。** 平文の HTTP で応答する Ingress、または TLS 1.0/1.1 を受け付ける Ingress。Application Load Balancer ではリスナー、証明書、`ssl-redirect`、`ssl-policy` を、ingress-nginx では `spec.tls` とリダイレクトの設定を見る。
    ///
    /// **理由。** 平文の HTTP では、経路上の第三者がパスワード、セッション Cookie、トークンを読み取り、応答を書き換えられる。HTTP リスナーではロードバランサーの認証も働かない。`ssl-policy` がなければ、TLS 1.0 から受け付ける `ELBSecurityPolicy-2016-08` が使われる。
    ///
    /// **良い例**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'
    ///   alb.ingress.kubernetes.io/ssl-redirect: "443"
    ///   alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06
    /// ```
    IngressTls = "ingress-tls";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "An Ingress that does not insist on TLS", "TLS を必須としない Ingress",
}

impl Check for IngressTls {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let ingresses = cx.ingresses();
        for alb in &ingresses.albs {
            match alb.reach() {
                Reach::Internal => {}
                Reach::Unsettled(reason) => alb.unknown(sheet, &reason),
                Reach::Public => judge_alb(alb, sheet),
            }
        }
        for (index, ingress) in &ingresses.nginx {
            nginx_redirect::judge(ingress, &mut sheet.on(*index));
        }
        for (index, reason) in &ingresses.others {
            sheet.on(*index).unknown(reason.clone());
        }
    }
}

fn judge_alb(alb: &Alb<'_>, sheet: &mut Sheet<'_>) {
    let mut speaks_tls = BTreeSet::new();
    for member in &alb.members {
        let mut on = sheet.on(member.index);
        let Some(listeners) = member.listeners() else {
            on.unknown(phrase!(
                en: "the controller cannot read `listen-ports` and makes no listener of it",
                ja: "コントローラーは `listen-ports` を読めず、リスナーを作りません"
            ));
            continue;
        };
        let plain = listeners.iter().find(|(_, is_https)| !is_https);
        let secure = listeners.iter().find(|(_, is_https)| *is_https);
        if secure.is_some() {
            speaks_tls.insert(member.index);
        }
        match plain {
            None => on.pass(),
            Some(_) if alb.redirects() || redirects_by_action(member.ingress) => on.pass(),
            Some((port, _)) => {
                if let Some(reason) = alb.unseen() {
                    on.unknown(reason);
                } else {
                    on.fail(plain_fault(
                        alb,
                        member,
                        *port,
                        secure.map(|(port, _)| *port),
                    ));
                }
            }
        }
    }
    judge_policy(alb, &speaks_tls, sheet);
}

fn plain_fault(alb: &Alb<'_>, member: &Member<'_>, plain: i64, secure: Option<i64>) -> Fault {
    let message = phrase!(
        en: "port {plain} of this internet-facing load balancer speaks plain HTTP: who stands between reads logins and tokens; listen on HTTPS and set `ssl-redirect`",
        ja: "このインターネット向けロードバランサーのポート {plain} は平文の HTTP で、経路上の第三者がログイン情報やトークンを読み取れます。HTTPS で待ち受け、`ssl-redirect` を設定してください"
    );
    let fault = Fault::at(annotation_route("listen-ports"), message);
    let title = phrase!(en: "Redirect to HTTPS", ja: "HTTPS へリダイレクトする");
    let has_certificate = !member
        .list(&["certificateArn", "certificateARNs"], "certificate-arn")
        .is_empty();
    let redirect = annotation_route("ssl-redirect");
    match secure {
        Some(port) => fault.fix(Fix::risky(title).set(redirect, port.to_string())),
        None if has_certificate && plain != 443 => {
            let ports = format!(r#"[{{"HTTP": {plain}}}, {{"HTTPS": 443}}]"#);
            let fix = Fix::risky(title).set(annotation_route("listen-ports"), ports);
            let fix = fix.set(redirect, "443");
            // The new listener would begin at TLS 1.0.
            let has_policy = !alb.settings("sslPolicy", "ssl-policy").is_empty();
            fault.fix(if has_policy {
                fix
            } else {
                fix.set(annotation_route("ssl-policy"), NEW_TLS_POLICY)
            })
        }
        // Without a certificate there is nothing to listen with.
        None => fault,
    }
}

/// The way to redirect before `ssl-redirect` came: the first path of every rule is an action that answers with HTTPS.
fn redirects_by_action(ingress: &Object) -> bool {
    let rules = ingress.value.items("spec.rules");
    let redirects = |name: &str| {
        let text = annotation(ingress, &format!("actions.{name}"))?;
        let action: Value = serde_json::from_str(&text.to_ascii_lowercase()).ok()?;
        let is_redirect = action.text("type") == Some("redirect");
        Some(is_redirect && action.text("redirectconfig.protocol") == Some("https"))
    };
    let covers = |rule: &Value| {
        let first = rule.items("http.paths").first()?;
        let name = first.text("backend.service.name")?;
        let is_action = first.text("backend.service.port.name") == Some("use-annotation");
        let is_all = match first.text("pathType") {
            Some("Prefix") => first.text("path") == Some("/"),
            _ => first.text("path") == Some("/*"),
        };
        Some(is_action && is_all && redirects(name)?)
    };
    !rules.is_empty() && rules.iter().all(|rule| covers(rule).unwrap_or(false))
}

/// One policy for the load balancer; any member with HTTPS may name it.
fn judge_policy(alb: &Alb<'_>, speaks_tls: &BTreeSet<usize>, sheet: &mut Sheet<'_>) {
    let Some(first) = speaks_tls.first() else {
        return;
    };
    let named = alb.settings("sslPolicy", "ssl-policy");
    let named = named
        .iter()
        .find(|setting| speaks_tls.contains(&setting.index));
    if let (None, Some(reason)) = (named, alb.unseen()) {
        sheet.on(*first).unknown(reason);
        return;
    }
    let policy = named.map_or(DEFAULT_TLS_POLICY, |setting| setting.value);
    let mut on = sheet.on(named.map_or(*first, |setting| setting.index));
    let route = annotation_route("ssl-policy");
    let title = phrase!(en: "Begin at TLS 1.2", ja: "TLS 1.2 以上に限る");
    let fix = Fix::risky(title).set(route.clone(), NEW_TLS_POLICY);
    match takes_old_tls(policy) {
        Some(false) => {}
        None => on.unknown(phrase!(
            en: "`{policy}` is no security policy known here: Elastic Load Balancing would tell which versions of TLS it takes",
            ja: "`{policy}` は既知のセキュリティポリシーではなく、受け付ける TLS のバージョンを判定できません"
        )),
        Some(true) => {
            let message = if named.is_some() {
                phrase!(
                    en: "`{policy}` still takes TLS 1.0 or 1.1, which are broken and withdrawn; use `{NEW_TLS_POLICY}`",
                    ja: "`{policy}` は、安全でなく廃止済みの TLS 1.0/1.1 を受け付けます。`{NEW_TLS_POLICY}` を使ってください"
                )
            } else {
                phrase!(
                    en: "without `ssl-policy` the controller takes `{policy}`, which still takes TLS 1.0 and 1.1; use `{NEW_TLS_POLICY}`",
                    ja: "`ssl-policy` がないと `{policy}` が使われ、TLS 1.0/1.1 を受け付けます。`{NEW_TLS_POLICY}` を指定してください"
                )
            };
            let fault = Fault::at(route, message).severity(Severity::Low).key("policy");
            let is_of_class = named.is_some_and(|setting| setting.is_of_class);
            on.fail(if is_of_class { fault } else { fault.fix(fix) });
        }
    }
}
