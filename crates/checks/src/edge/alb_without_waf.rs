use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use super::load_balancers::public_applications;
use super::writing::set;
use crate::links::Joined;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An internet-facing Application Load Balancer, of Terraform or of an AWS account, with which no AWS WAF web ACL is
    /// associated, or that lets requests through when the WAF does not answer.
    ///
    /// **Why it matters.** Without a web ACL nothing stands between the internet and the application: injection, known exploits
    /// and floods arrive as they are. `internal` is false unless it is set, so a load balancer is public by default. With
    /// `enable_waf_fail_open` whoever floods the WAF gets round it. What the rules of the web ACL block is shown by
    /// `web-acl-blocks`. A Firewall Manager policy may attach web ACLs by itself: then only the account tells.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_lb" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_wafv2_web_acl_association" "shop" {
    ///   resource_arn = aws_lb.shop.arn
    ///   web_acl_arn  = aws_wafv2_web_acl.shop.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html> ·
    /// [MITRE ATT&CK T1190](https://attack.mitre.org/techniques/T1190/)
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントのインターネット向け Application Load Balancer で、AWS WAF の web ACL が関連付けられていないもの、または WAF が応答しないときにリクエストを通すもの。
    ///
    /// **理由。** web ACL がなければ、インターネットとアプリケーションの間には何もない。インジェクションも既知の脆弱性への攻撃もフラッドもそのまま届く。`internal` は指定しなければ false であり、ロードバランサーは既定で公開される。`enable_waf_fail_open` では、WAF を過負荷にすれば迂回できる。web ACL の規則が何を遮断するかは `web-acl-blocks` が示す。Firewall Manager のポリシーが web ACL を付ける場合は、AWS アカウントの情報でしか分からない。
    ///
    /// **直し方。** `aws_wafv2_web_acl_association` の `resource_arn` にロードバランサーの ARN を指定し、`enable_waf_fail_open` は `false` にする。
    AlbWithoutWaf = "alb-without-waf";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A public load balancer without a WAF", "WAF のない公開ロードバランサー",
}

impl Check for AlbWithoutWaf {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let types = ["aws_wafv2_web_acl_association"];
        let joined = Joined::of(cx.estate, links, &types, "resource_arn");
        let by_manager = cx.estate.of_type("aws_fms_policy").next().is_some();
        public_applications(cx, sheet, |sheet, index, balancer| {
            let mut on = sheet.on_resource(index);
            if !joined.to(index).is_empty() {
                return match balancer.flag("enable_waf_fail_open").or_default(false) {
                    Seen::Unknown(why) => on.unknown(why),
                    Seen::Set(true, origin) => on.fail(fails_open(cx, balancer, origin.as_ref())),
                    _ => on.pass(),
                };
            }
            if let Some(why) = joined.loose(balancer.stack) {
                return on.unknown(why.clone());
            }
            if by_manager && !cx.is_of_account(balancer.stack) {
                return on.unknown(phrase!(
                    en: "a Firewall Manager policy may attach a web ACL; an AWS snapshot tells it",
                    ja: "Firewall Manager のポリシーが web ACL を付ける可能性がある。AWS スナップショットがあれば分かる",
                ));
            }
            if let Err(why) = cx.all_here(balancer.stack, types[0]) {
                return on.unknown(why);
            }
            let internal = balancer.values.get("internal");
            let origin = internal.as_ref().and_then(|value| value.origin());
            let name = &balancer.address;
            let message = phrase!(
                en: "no web ACL is associated with the internet-facing `{name}`: everything the internet sends reaches the application; associate one with it (`aws_wafv2_web_acl_association` in Terraform)",
                ja: "インターネット向けの `{name}` に web ACL が関連付けられておらず、インターネットからのあらゆるリクエストがアプリケーションに届く。web ACL を関連付けること (Terraform では `aws_wafv2_web_acl_association`)",
            );
            on.fail(Fault::of_value(cx.estate, balancer, origin, message));
        });
    }
}

fn fails_open(
    cx: &Context<'_>,
    balancer: &Resource,
    origin: Option<&sekisho_terraform::Origin>,
) -> Fault {
    let message = phrase!(
        en: "`enable_waf_fail_open` lets every request pass unseen when the WAF does not answer: whoever floods it gets round it",
        ja: "`enable_waf_fail_open` により、WAF が応答しないときにすべてのリクエストが検査されずに通る。WAF を過負荷にすれば迂回できる",
    );
    let fault = Fault::of_value(cx.estate, balancer, origin, message).severity(Severity::Medium);
    match set(cx.estate, balancer, "enable_waf_fail_open", "false") {
        Some(change) => {
            let title = phrase!(en: "Fail closed", ja: "フェイルクローズにする");
            fault.fix(Fix::risky(title).with(change))
        }
        None => fault,
    }
}
