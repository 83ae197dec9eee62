use sekisho_model::{Fix, Phrase, Resource, Seen, phrase};

use super::listeners::{Actions, LOGINS, Listener, actions, public};
use super::writing::set;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** An HTTPS listener of a public Application Load Balancer, of Terraform or of an AWS account, or one of its rules, that
    /// forwards requests without asking who sends them: no OIDC or Cognito login, no JWT validation, no verified client
    /// certificate.
    ///
    /// **Why it matters.** What the load balancer does not ask, the application must get right on every path. Each rule has its own
    /// actions: the login of the default action does not hold for a rule that forwards by itself.
    /// `on_unauthenticated_request = "allow"` lets everybody in who does not log in. A site for everybody is open: accept the finding
    /// with a reason.
    ///
    /// **Bad**
    /// ```hcl
    /// default_action {
    ///   type             = "forward"
    ///   target_group_arn = aws_lb_target_group.admin.arn
    /// }
    /// ```
    ///
    /// **Good.** A `default_action` of type `authenticate-oidc` before the one that forwards, in each rule too.
    ///
    /// **References.** <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html> ·
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-verify-jwt.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの公開 Application Load Balancer の HTTPS リスナーまたはその規則で、相手を確認せずにリクエストを転送するもの (OIDC・Cognito のログイン、JWT の検証、クライアント証明書の検証がいずれもない)。
    ///
    /// **理由。** ロードバランサーが確認しないことは、アプリケーションがすべてのパスで正しく行わなければならない。アクションは規則ごとに決まり、デフォルトアクションのログインは、自身で転送する規則には効かない。`on_unauthenticated_request = "allow"` はログインしない相手をすべて通す。誰にでも公開するサイトなら、理由を付けて例外にする。
    ///
    /// **直し方。** 転送の前に `authenticate-oidc` などのアクションを、規則ごとに置く。
    ListenerAuth = "listener-auth";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A public listener without login", "ログインのない公開リスナー",
}

impl Check for ListenerAuth {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for listener in &public(cx) {
            let Seen::Set(protocol, _) = &listener.protocol else {
                continue;
            };
            let is_plain = protocol == "HTTP";
            if !is_plain && protocol != "HTTPS" {
                continue;
            }
            let rules = listener.rules.iter().copied();
            for (index, resource) in rules.chain([(listener.index, listener.resource)]) {
                let found = actions(resource);
                let mut on = sheet.on_resource(index);
                if is_plain {
                    // There is no login over HTTP, and that it is served so is told already.
                    if found.by_type.contains_key("forward") && listener.doubt.is_none() {
                        on.fail_told_by(&["listener-tls"]);
                    }
                } else {
                    judge(cx, listener, resource, &found, &mut on);
                }
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    listener: &Listener<'_>,
    of: &Resource,
    found: &Actions,
    on: &mut On<'_>,
) {
    let certificates = listener
        .resource
        .text("mutual_authentication.mode")
        .or_default("off".to_owned());
    match &certificates {
        Seen::Set(mode, _) if mode == "verify" => return on.pass(),
        Seen::Unknown(why) => return on.unknown(why.clone()),
        _ => {}
    }
    let login = LOGINS
        .iter()
        .find_map(|(kind, block)| Some((found.by_type.get(*kind)?, *block)));
    let Some(forward) = found.by_type.get("forward") else {
        return match (&found.unknown, login) {
            (Some(why), None) => on.unknown(why.clone()),
            _ => on.pass(),
        };
    };
    let fault = match (login, &found.unknown) {
        (None, Some(why)) => return on.unknown(why.clone()),
        (None, None) => {
            let name = &of.address;
            let origin = forward.values.origin();
            let message = phrase!(
                en: "`{name}` forwards what the internet sends without asking who sends it; put an `authenticate-oidc` or `jwt-validation` action before it, or accept this for a site for everybody",
                ja: "`{name}` はインターネットからのリクエストを相手を確認せずに転送する。`authenticate-oidc` か `jwt-validation` のアクションを前に置くか、誰にでも公開するサイトなら例外にすること",
            );
            Fault::of_value(cx.estate, of, origin, message)
        }
        (Some((action, block)), _) => {
            let how = action.blocks(block);
            match allows_all(cx, of, how.0.first(), how.1) {
                Login::Asks => return on.pass(),
                Login::Unknown(why) => return on.unknown(why),
                Login::Open(fault) => *fault,
            }
        }
    };
    match &listener.doubt {
        Some(why) => on.unknown(why.clone()),
        None => on.fail(fault),
    }
}

enum Login {
    Asks,
    Open(Box<Fault>),
    Unknown(Phrase),
}

/// Whether who does not log in gets in all the same.
fn allows_all(
    cx: &Context<'_>,
    of: &Resource,
    how: Option<&Resource>,
    unknown: Option<Phrase>,
) -> Login {
    let Some(how) = how else {
        return unknown.map_or(Login::Asks, Login::Unknown);
    };
    let origin = match how.text("on_unauthenticated_request") {
        Seen::Set(answer, origin) if answer == "allow" => origin,
        Seen::Unknown(why) => return Login::Unknown(why),
        _ => return Login::Asks,
    };
    let name = &of.address;
    let message = phrase!(
        en: "`{name}` asks for a login and lets everybody in who gives none: `on_unauthenticated_request` is `allow`",
        ja: "`{name}` はログインを求めるが、`on_unauthenticated_request` が `allow` のため、ログインしない相手もすべて通す",
    );
    let fault = Fault::of_value(cx.estate, of, origin.as_ref(), message);
    let title = phrase!(en: "Ask for the login", ja: "ログインを必須にする");
    let change = set(
        cx.estate,
        how,
        "on_unauthenticated_request",
        "\"authenticate\"",
    );
    Login::Open(Box::new(match change {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    }))
}
