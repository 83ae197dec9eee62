use sekisho_model::phrase;

use crate::links::Joined;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A web ACL of AWS WAF, of Terraform or of an AWS account, that logs nowhere.
    ///
    /// **Why it matters.** AWS WAF keeps samples of three hours and numbers, no more. Which requests were blocked, and what the
    /// attacker tried next, is known only where the web ACL has a logging configuration: to CloudWatch Logs, S3 or Firehose.
    ///
    /// **Bad.** An `aws_wafv2_web_acl` alone.
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_wafv2_web_acl_logging_configuration" "shop" {
    ///   resource_arn            = aws_wafv2_web_acl.shop.arn
    ///   log_destination_configs = [aws_cloudwatch_log_group.waf.arn]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/waf/latest/developerguide/logging.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの AWS WAF の web ACL で、ログをどこにも書かないもの。
    ///
    /// **理由。** AWS WAF に残るのは 3 時間分のサンプルと件数だけである。どのリクエストが遮断され、攻撃者が次に何を試したかは、web ACL にログの設定 (CloudWatch Logs、S3、Firehose) がなければ分からない。
    ///
    /// **直し方。** `aws_wafv2_web_acl_logging_configuration` の `resource_arn` に web ACL の ARN を指定する。
    WebAclLogs = "web-acl-logs";
    control: "T5.5",
    severity: Low,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A web ACL without logs", "ログのない web ACL",
}

const LOGGING: &str = "aws_wafv2_web_acl_logging_configuration";

impl Check for WebAclLogs {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let joined = Joined::of(cx.estate, cx.links(), &[LOGGING], "resource_arn");
        for (index, web_acl) in cx.estate.of_type("aws_wafv2_web_acl") {
            let mut on = sheet.on_resource(index);
            if !joined.to(index).is_empty() {
                on.pass();
                continue;
            }
            let loose = joined.loose(web_acl.stack).cloned();
            if let Some(why) = loose.or_else(|| cx.all_here(web_acl.stack, LOGGING).err()) {
                on.unknown(why);
                continue;
            }
            let name = &web_acl.address;
            let message = phrase!(
                en: "the web ACL `{name}` logs nowhere: what it blocked and what it let through is lost after three hours; give it a logging configuration",
                ja: "web ACL `{name}` はログをどこにも書かず、何を遮断し何を通したかは 3 時間で失われる。ログの設定を加えること",
            );
            on.fail(Fault::of_value(cx.estate, web_acl, None, message));
        }
    }
}
