use sekisho_model::{Phrase, Resource, Seen, phrase};

use crate::links::Joined;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A CloudFront distribution, of Terraform or of an AWS account, that writes no access logs: neither
    /// `logging_config` nor a log delivery of CloudWatch Logs.
    ///
    /// **Why it matters.** Behind a distribution every request seems to come from CloudFront. Who called, from where, and what the WAF
    /// answered stands in its logs, or nowhere. Real-time logs go to Kinesis: what keeps them is not seen here.
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
    /// logging_config {
    ///   bucket = "shop-logs.s3.amazonaws.com"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html> ·
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの CloudFront ディストリビューションで、アクセスログを書かないもの。`logging_config` も CloudWatch Logs のログ配信もない。
    ///
    /// **理由。** ディストリビューションの背後からは、すべてのリクエストが CloudFront から来たように見える。誰がどこから呼び、WAF が何を返したかは、ディストリビューションのログにしか残らない。リアルタイムログは Kinesis に送られ、保存されるかどうかはここでは分からない。
    ///
    /// **直し方。** `logging_config` にバケットを指定するか、`aws_cloudwatch_log_delivery_source` で `ACCESS_LOGS` を配信する。
    CloudfrontLogs = "cloudfront-logs";
    control: "T5.5",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A distribution without access logs", "アクセスログのないディストリビューション",
}

const SOURCE: &str = "aws_cloudwatch_log_delivery_source";

impl Check for CloudfrontLogs {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let sources = Joined::of(cx.estate, cx.links(), &[SOURCE], "resource_arn");
        for (index, distribution) in cx.estate.of_type("aws_cloudfront_distribution") {
            let mut on = sheet.on_resource(index);
            match distribution.flag("enabled") {
                Seen::Set(false, _) => {}
                Seen::Unknown(why) => on.unknown(why),
                _ => judge(cx, &sources, index, distribution, &mut on),
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    sources: &Joined<'_>,
    index: usize,
    distribution: &Resource,
    on: &mut On<'_>,
) {
    let (blocks, unknown) = distribution.blocks("logging_config");
    if let Some(why) = unknown {
        return on.unknown(why);
    }
    let has_bucket = |logs: &Resource| !matches!(logs.text("bucket"), Seen::Unset);
    let delivers = |(_, source): &(usize, &Resource)| !matches!(source.text("log_type"), Seen::Set(kind, _) if kind != "ACCESS_LOGS");
    if blocks.iter().any(has_bucket) || sources.to(index).iter().any(delivers) {
        return on.pass();
    }
    let realtime = distribution.raw("default_cache_behavior.realtime_log_config_arn");
    if realtime.is_some_and(|arn| !arn.is_null() && arn.as_str() != Some("")) {
        return on.unknown(phrase!(
            en: "its real-time logs go to Kinesis; whether they are kept, is decided by who reads them there",
            ja: "リアルタイムログは Kinesis に送られる。保存されるかどうかは、そこから読む側で決まる",
        ));
    }
    let loose = sources.loose(distribution.stack).cloned();
    if let Some(why) = loose.or_else(|| elsewhere(cx, distribution.stack)) {
        return on.unknown(why);
    }
    let name = &distribution.address;
    let message = phrase!(
        en: "the distribution `{name}` writes no access logs: who called what from where is lost; set `logging_config`, or deliver `ACCESS_LOGS` by way of CloudWatch Logs",
        ja: "ディストリビューション `{name}` はアクセスログを書かず、誰がどこから何を呼んだかが失われる。`logging_config` を設定するか、CloudWatch Logs で `ACCESS_LOGS` を配信すること",
    );
    on.fail(Fault::of_value(cx.estate, distribution, None, message));
}

/// Log deliveries of CloudFront live in us-east-1.
fn elsewhere(cx: &Context<'_>, stack: usize) -> Option<Phrase> {
    if !cx.is_of_account(stack) {
        return cx.all_here(stack, SOURCE).err();
    }
    match cx.beside(stack, Some("us-east-1")) {
        Some(virginia) => cx.all_here(virginia, SOURCE).err(),
        None => Some(phrase!(
            en: "whether CloudWatch Logs delivers its logs is told by the region us-east-1; take the snapshot with that region",
            ja: "CloudWatch Logs がログを配信するかどうかは us-east-1 リージョンで決まる。このリージョンを含めてスナップショットを取る",
        )),
    }
}
