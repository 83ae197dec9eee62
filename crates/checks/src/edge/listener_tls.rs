use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};

use super::listeners::{Listener, actions, public};
use super::writing::set;
use crate::exposure::reach::{DEFAULT_TLS_POLICY, NEW_TLS_POLICY, takes_old_tls};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A listener of a public load balancer, of Terraform or of an AWS account, that serves plain HTTP, or that still takes
    /// TLS 1.0 and 1.1. An HTTP listener may only redirect to HTTPS or give a fixed answer, and so may its rules.
    ///
    /// **Why it matters.** Whoever stands between caller and load balancer reads passwords, cookies and tokens out of plain HTTP
    /// and changes the answers. An Application Load Balancer listens in HTTP when `protocol` is not set, and a redirect without
    /// `protocol` leads back to HTTP. Without `ssl_policy` AWS takes `ELBSecurityPolicy-2016-08`, which takes TLS 1.0.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_lb_listener" "shop" {
    ///   load_balancer_arn = aws_lb.shop.arn
    ///   protocol          = "HTTP"
    ///   default_action {
    ///     type             = "forward"
    ///     target_group_arn = aws_lb_target_group.shop.arn
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_lb_listener" "shop" {
    ///   load_balancer_arn = aws_lb.shop.arn
    ///   protocol          = "HTTPS"
    ///   ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの公開ロードバランサーのリスナーで、平文の HTTP でサービスを提供するもの、または TLS 1.0/1.1 を受け付けるもの。HTTP リスナーとその規則に許されるのは、HTTPS へのリダイレクトか固定応答だけである。
    ///
    /// **理由。** 呼び出し元とロードバランサーの間にいる者は、平文の HTTP からパスワード、クッキー、トークンを読み取り、応答を書き換えられる。Application Load Balancer は `protocol` がなければ HTTP で待ち受け、`protocol` のないリダイレクトは HTTP に戻る。`ssl_policy` がなければ、TLS 1.0 を受け付ける `ELBSecurityPolicy-2016-08` が使われる。
    ///
    /// **直し方。** `protocol` を `HTTPS` にして `ssl_policy` に新しいポリシーを指定し、HTTP のリスナーは HTTPS へリダイレクトする。
    ListenerTls = "listener-tls";
    control: "T5.2",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A public listener without good TLS", "適切な TLS でない公開リスナー",
}

impl Check for ListenerTls {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for listener in &public(cx) {
            let protocol = match &listener.protocol {
                Seen::Set(protocol, _) => protocol.to_ascii_uppercase(),
                Seen::Unset => continue,
                Seen::Unknown(why) => {
                    sheet.on_resource(listener.index).unknown(why.clone());
                    continue;
                }
            };
            match protocol.as_str() {
                "HTTP" => {
                    let rules = listener.rules.iter().copied();
                    for (index, resource) in rules.chain([(listener.index, listener.resource)]) {
                        let judged = plain(cx, listener, resource);
                        say(sheet, listener, index, judged);
                    }
                }
                "HTTPS" | "TLS" => say(sheet, listener, listener.index, policy(cx, listener)),
                "TCP" => sheet.on_resource(listener.index).unknown(phrase!(
                    en: "a TCP listener passes bytes on; whether TLS is spoken in them is decided behind it",
                    ja: "TCP リスナーはバイト列をそのまま渡す。TLS を使うかどうかはその先で決まる",
                )),
                _ => {}
            }
        }
    }
}

enum Judged {
    Right,
    Wrong(Box<Fault>),
    Unknown(Phrase),
}

/// What is wrong is wrong only where the internet reaches it.
fn say(sheet: &mut Sheet<'_>, listener: &Listener<'_>, index: usize, judged: Judged) {
    let mut on = sheet.on_resource(index);
    match (judged, &listener.doubt) {
        (Judged::Right, _) => on.pass(),
        (Judged::Unknown(why), _) => on.unknown(why),
        (Judged::Wrong(_), Some(why)) => on.unknown(why.clone()),
        (Judged::Wrong(fault), None) => on.fail(*fault),
    }
}

/// What an HTTP listener or one of its rules does.
fn plain(cx: &Context<'_>, listener: &Listener<'_>, of: &Resource) -> Judged {
    let found = actions(of);
    let name = &of.address;
    let wrong = |action: Option<&Resource>, message: Phrase| {
        let origin = action.and_then(|action| action.values.origin());
        let fault = Fault::of_value(cx.estate, of, origin, message);
        let is_rule = of.address != listener.resource.address;
        let text = phrase!(en: "the HTTP listener of the rule", ja: "この規則の HTTP リスナー");
        Judged::Wrong(Box::new(if is_rule {
            fault.beside(cx.estate, listener.resource, text)
        } else {
            fault
        }))
    };
    if let Some(action) = found.by_type.get("forward") {
        return wrong(
            Some(action),
            phrase!(
                en: "`{name}` serves the internet in plain HTTP: passwords and tokens can be read and changed on the way; redirect to HTTPS",
                ja: "`{name}` は平文の HTTP でインターネットに応答しており、パスワードやトークンが経路上で読み取られ書き換えられる。HTTPS へリダイレクトすること",
            ),
        );
    }
    if let Some(why) = found.unknown {
        return Judged::Unknown(why);
    }
    let Some(action) = found.by_type.get("redirect") else {
        return Judged::Right;
    };
    match action
        .text("redirect.protocol")
        .or_default("#{protocol}".to_owned())
    {
        Seen::Set(protocol, _) if protocol == "HTTPS" => Judged::Right,
        Seen::Unknown(why) => Judged::Unknown(why),
        _ => wrong(
            Some(action),
            phrase!(
                en: "the redirect of `{name}` leads back to HTTP, since its `protocol` is not `HTTPS`",
                ja: "`{name}` のリダイレクトは `protocol` が `HTTPS` でないため、HTTP に戻る",
            ),
        ),
    }
}

fn policy(cx: &Context<'_>, listener: &Listener<'_>) -> Judged {
    let resource = listener.resource;
    let seen = resource
        .text("ssl_policy")
        .or_default(DEFAULT_TLS_POLICY.to_owned());
    let (policy, origin) = match seen {
        Seen::Set(policy, origin) => (policy, origin),
        Seen::Unknown(why) => return Judged::Unknown(why),
        Seen::Unset => return Judged::Right,
    };
    match takes_old_tls(&policy) {
        Some(false) => return Judged::Right,
        Some(true) => {}
        None => {
            return Judged::Unknown(phrase!(
                en: "`{policy}` is no policy that is known here",
                ja: "`{policy}` は既知のポリシーではない",
            ));
        }
    }
    let message = if origin.is_some() {
        phrase!(
            en: "the policy `{policy}` still takes TLS 1.0 and 1.1; use `{NEW_TLS_POLICY}`",
            ja: "ポリシー `{policy}` は TLS 1.0/1.1 を受け付ける。`{NEW_TLS_POLICY}` を使うこと",
        )
    } else {
        phrase!(
            en: "without `ssl_policy` AWS takes `{policy}`, which still takes TLS 1.0 and 1.1; use `{NEW_TLS_POLICY}`",
            ja: "`ssl_policy` がないと `{policy}` が使われ、TLS 1.0/1.1 を受け付ける。`{NEW_TLS_POLICY}` を指定すること",
        )
    };
    let fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message);
    let fault = fault.severity(Severity::Low).key("policy");
    let literal = format!("\"{NEW_TLS_POLICY}\"");
    let title = phrase!(en: "Take TLS 1.2 and 1.3 only", ja: "TLS 1.2 と 1.3 だけを受け付ける");
    let change = set(cx.estate, resource, "ssl_policy", &literal);
    Judged::Wrong(Box::new(match change {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    }))
}
