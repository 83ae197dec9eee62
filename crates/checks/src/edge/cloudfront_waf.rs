use sekisho_model::{Fix, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use super::writing::{only, set};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A CloudFront distribution, of Terraform or of an AWS account, without a web ACL of AWS WAF.
    ///
    /// **Why it matters.** A distribution is open to the whole internet and passes on what it gets. The web ACL is named in
    /// `web_acl_id` by its ARN; the ID of AWS WAF Classic, which AWS ended in 2025, protects nothing, and a regional web ACL
    /// cannot be used here.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_cloudfront_distribution" "shop" {
    ///   enabled = true
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_cloudfront_distribution" "shop" {
    ///   enabled    = true
    ///   web_acl_id = aws_wafv2_web_acl.global.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-awswaf.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの CloudFront ディストリビューションで、AWS WAF の web ACL がないもの。
    ///
    /// **理由。** ディストリビューションはインターネット全体に開いており、受け取ったものを先へ渡す。web ACL は `web_acl_id` に ARN で指定する。2025 年に提供が終了した AWS WAF Classic の ID は何も守らず、リージョンの web ACL はここでは使えない。
    ///
    /// **直し方。** `web_acl_id` に、スコープが `CLOUDFRONT` の web ACL の ARN を指定する。
    CloudfrontWaf = "cloudfront-waf";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Resource(&["aws_cloudfront_distribution"]),
    fix: Risky,
    title: "A distribution without a WAF", "WAF のないディストリビューション",
}

impl Check for CloudfrontWaf {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        match resource.flag("enabled") {
            Seen::Set(false, _) => return,
            Seen::Unknown(why) => return on.unknown(why),
            _ => {}
        }
        // The ARN of a web ACL that Terraform makes is known only after apply, and is an ARN all the same.
        let value = resource.values.get("web_acl_id");
        let names_one = value
            .as_ref()
            .and_then(|value| value.as_unknown())
            .is_some_and(|unknown| {
                unknown.is_exactly().is_some_and(|reference| {
                    let kind = reference.target.kind.as_ref();
                    kind == "aws_wafv2_web_acl"
                        && reference.path.last().is_some_and(|last| &**last == "arn")
                })
            });
        if names_one {
            return on.pass();
        }
        match resource.text("web_acl_id") {
            Seen::Unknown(why) => on.unknown(why),
            Seen::Set(arn, _) if is_global(&arn) => on.pass(),
            Seen::Set(named, origin) if !named.is_empty() => {
                on.fail(fault(cx, resource, origin.as_ref(), Some(&named)));
            }
            Seen::Set(_, origin) => on.fail(fault(cx, resource, origin.as_ref(), None)),
            Seen::Unset => on.fail(fault(cx, resource, None, None)),
        }
    }
}

fn is_global(arn: &str) -> bool {
    arn.starts_with("arn:") && arn.contains(":wafv2:") && arn.contains(":global/webacl/")
}

fn fault(
    cx: &Context<'_>,
    resource: &Resource,
    origin: Option<&Origin>,
    named: Option<&str>,
) -> Fault {
    let message = match named {
        Some(named) => phrase!(
            en: "`{named}` is no ARN of a global web ACL of AWS WAF, so the distribution has none: everything the internet sends is passed on",
            ja: "`{named}` は AWS WAF のグローバルな web ACL の ARN ではないため、web ACL がないのと同じで、インターネットからのあらゆるリクエストが先へ渡される",
        ),
        None => phrase!(
            en: "the distribution names no web ACL in `web_acl_id`: everything the internet sends is passed on",
            ja: "`web_acl_id` に web ACL の指定がなく、インターネットからのあらゆるリクエストが先へ渡される",
        ),
    };
    let fault = Fault::of_value(cx.estate, resource, origin, message);
    let is_global = |web_acl: &Resource| matches!(web_acl.text("scope"), Seen::Set(scope, _) if scope == "CLOUDFRONT");
    let change = only(cx.estate, "aws_wafv2_web_acl", resource, is_global)
        .and_then(|web_acl| set(cx.estate, resource, "web_acl_id", &format!("{web_acl}.arn")));
    let title = phrase!(en: "Put the web ACL of these files before it", ja: "このファイルにある web ACL を適用する");
    match change {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    }
}
