use sekisho_model::{Fix, Seen, phrase};
use serde_json::Value;

use super::account::{Account, Real};
use super::alb::{Alb, annotation, annotation_route};
use super::reach::{Reach, items};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An internet-facing Application Load Balancer, made by an Ingress, that keeps no access logs.
    ///
    /// **Why it matters.** Access logs are off by default. Without them nobody can tell afterwards who called what, which
    /// addresses probed the login, or what an attacker took with requests that succeeded.
    ///
    /// **Bad**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/scheme: internet-facing
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/scheme: internet-facing
    ///   alb.ingress.kubernetes.io/load-balancer-attributes: access_logs.s3.enabled=true,access_logs.s3.bucket=shop-alb-logs
    /// ```
    ///
    /// **References.** [Elastic Load Balancing: access logs](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html)
    ///
    /// # 日本語
    /// **示すこと。** Ingress が作るインターネット向け Application Load Balancer で、アクセスログを残さないもの。
    ///
    /// **理由。** アクセスログは既定では無効である。ログがなければ、誰が何を呼び出したか、どのアドレスがログインを試したか、成功したリクエストで何が持ち出されたかを後から調べられない。
    ///
    /// **良い例**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/load-balancer-attributes: access_logs.s3.enabled=true,access_logs.s3.bucket=shop-alb-logs
    /// ```
    IngressLogs = "ingress-logs";
    control: "T5.5",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "A public Ingress without access logs", "アクセスログのない公開 Ingress",
}

impl Check for IngressLogs {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let account = Account::of(cx);
        for alb in &cx.ingresses().albs {
            match alb.reach() {
                Reach::Internal => {}
                Reach::Unsettled(reason) => alb.unknown(sheet, &reason),
                Reach::Public => judge(&account, alb, sheet),
            }
        }
    }
}

fn judge<'a>(account: &Account<'a>, alb: &Alb<'a>, sheet: &mut Sheet<'_>) {
    let real = account.balancer(alb);
    let written = match &real {
        Real::Found(_, balancer) => match balancer.flag("access_logs.enabled") {
            Seen::Set(written, _) => Some(written),
            Seen::Unset | Seen::Unknown(_) => None,
        },
        Real::Absent | Real::Unclear(_) => None,
    };
    let enabled = alb.attribute("access_logs.s3.enabled");
    let bucket = alb.attribute("access_logs.s3.bucket");
    let bucket = bucket.filter(|bucket| !bucket.value.is_empty());
    let is_enabled = enabled
        .as_ref()
        .is_some_and(|enabled| enabled.value.eq_ignore_ascii_case("true"));
    // What is switched off by name will be off when it is deployed.
    if written == Some(true) && (is_enabled || enabled.is_none()) {
        alb.pass(sheet);
        return;
    }
    let is_asked = is_enabled && bucket.is_some();
    if is_asked && written.is_none() {
        alb.pass(sheet);
        return;
    }
    if delivers_logs(alb) && !is_asked {
        alb.unknown(sheet, &phrase!(
            en: "the annotation `log-delivery` sends access logs where the controller runs with the feature gate LogDelivery; its arguments would tell",
            ja: "`log-delivery` アノテーションは、コントローラーの LogDelivery フィーチャーゲートが有効な場合にだけ働きます。コントローラーの引数があれば判定できます"
        ));
        return;
    }
    if let (None, Some(reason), None) = (&enabled, alb.unseen(), written) {
        alb.unknown(sheet, &reason);
        return;
    }
    let at = enabled.as_ref().or(bucket.as_ref());
    let Some(teller) = alb.teller(at.map(|setting| setting.index)) else {
        return;
    };
    let route = annotation_route("load-balancer-attributes");
    let message = if is_asked {
        phrase!(
            en: "the Ingress asks for access logs, and its load balancer in the account writes none: see what the controller says about the Ingress",
            ja: "Ingress はアクセスログを求めていますが、アカウントのロードバランサーは書いていません。Ingress についてのコントローラーのイベントを確認してください"
        )
    } else if is_enabled {
        phrase!(
            en: "access logs are enabled without `access_logs.s3.bucket`: there is nowhere to keep them, and the controller cannot set the attribute",
            ja: "アクセスログは有効ですが `access_logs.s3.bucket` がありません。保存先がなく、コントローラーは属性を設定できません"
        )
    } else {
        phrase!(
            en: "this internet-facing load balancer keeps no access logs: an attack through it leaves no trace; set `access_logs.s3.enabled=true` and `access_logs.s3.bucket`",
            ja: "このインターネット向けロードバランサーはアクセスログを残さず、攻撃の痕跡が残りません。`access_logs.s3.enabled=true` と `access_logs.s3.bucket` を設定してください"
        )
    };
    let mut fault = Fault::at(route.clone(), message);
    let is_annotated = !at.is_some_and(|setting| setting.is_of_class);
    if let (true, true, Some(text)) = (
        bucket.is_some() && !is_enabled,
        is_annotated,
        annotation(teller.ingress, "load-balancer-attributes"),
    ) {
        let title = phrase!(en: "Enable the access logs", ja: "アクセスログを有効にする");
        fault = fault.fix(Fix::safe(title).set(route, with_logs(text)));
    }
    sheet
        .on(teller.index)
        .fail(account.path(fault, &real, None));
    alb.told_by(sheet, teller.index, &["ingress-logs"]);
}

/// CloudWatch Logs vended log delivery (`docs/guide/tasks/log_delivery.md` of the controller).
fn delivers_logs(alb: &Alb<'_>) -> bool {
    alb.members.iter().any(|member| {
        annotation(member.ingress, "log-delivery")
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
            .and_then(|value| {
                let mut types = value.as_array()?.iter().map(|item| item.get("logType"));
                Some(types.any(|kind| kind.and_then(Value::as_str) == Some("ALB_ACCESS_LOGS")))
            })
            .unwrap_or(false)
    })
}

fn with_logs(attributes: &str) -> String {
    let mut all: Vec<&str> = items(attributes)
        .filter(|item| {
            item.split_once('=')
                .is_none_or(|(key, _)| key.trim() != "access_logs.s3.enabled")
        })
        .collect();
    all.insert(0, "access_logs.s3.enabled=true");
    all.join(",")
}
