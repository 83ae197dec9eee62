use sekisho_model::{Fix, Phrase, Resource, Seen, phrase};

use super::load_balancers::public_applications;
use super::writing::set;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A public Application Load Balancer, of Terraform or of an AWS account, that writes no access logs.
    ///
    /// **Why it matters.** Who called which path from where, and what the WAF and the login answered, stands only in the access
    /// logs. Without them an attack through the front door cannot be followed afterwards. A bucket in `access_logs` is not enough:
    /// `enabled` is false unless it is set.
    ///
    /// **Bad**
    /// ```hcl
    /// access_logs {
    ///   bucket = "shop-logs"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// access_logs {
    ///   bucket  = "shop-logs"
    ///   enabled = true
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの公開 Application Load Balancer で、アクセスログを書かないもの。
    ///
    /// **理由。** 誰がどこからどのパスを呼び、WAF とログインが何を返したかは、アクセスログにしか残らない。なければ、正面からの攻撃を後から追うことができない。`access_logs` にバケットを書くだけでは足りず、`enabled` は指定しなければ false である。
    ///
    /// **直し方。** `access_logs` に `bucket` と `enabled = true` を書く。
    LbAccessLogs = "lb-access-logs";
    control: "T5.5",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "A public load balancer without access logs", "アクセスログのない公開ロードバランサー",
}

impl Check for LbAccessLogs {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        public_applications(cx, sheet, |sheet, index, balancer| {
            judge(cx, balancer, &mut sheet.on_resource(index));
        });
    }
}

fn judge(cx: &Context<'_>, balancer: &Resource, on: &mut On<'_>) {
    let (blocks, unknown) = balancer.blocks("access_logs");
    if let Some(why) = unknown {
        return on.unknown(why);
    }
    let Some(logs) = blocks.first() else {
        return on.fail(Fault::of_value(cx.estate, balancer, None, none(balancer)));
    };
    let origin = match logs.flag("enabled").or_default(false) {
        Seen::Set(true, _) => return on.pass(),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Set(false, origin) => origin.or_else(|| logs.values.origin().cloned()),
        Seen::Unset => None,
    };
    // An account names an empty bucket where there is none.
    if matches!(logs.text("bucket"), Seen::Set(bucket, _) if bucket.is_empty()) {
        let message = none(balancer);
        return on.fail(Fault::of_value(
            cx.estate,
            balancer,
            origin.as_ref(),
            message,
        ));
    }
    let message = phrase!(
        en: "`access_logs` names a bucket, but `enabled` is not true: nothing is written",
        ja: "`access_logs` にバケットはあるが `enabled` が true でないため、何も書かれない",
    );
    let fault = Fault::of_value(cx.estate, balancer, origin.as_ref(), message);
    let title = phrase!(en: "Write the logs", ja: "ログを書く");
    on.fail(match set(cx.estate, logs, "enabled", "true") {
        Some(change) => fault.fix(Fix::safe(title).with(change)),
        None => fault,
    });
}

fn none(balancer: &Resource) -> Phrase {
    let name = &balancer.address;
    phrase!(
        en: "the public `{name}` writes no access logs: who called what from where is lost; add `access_logs` with a bucket",
        ja: "公開の `{name}` はアクセスログを書かず、誰がどこから何を呼んだかが失われる。バケットを指定した `access_logs` を加えること",
    )
}
