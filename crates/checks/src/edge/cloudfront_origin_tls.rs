use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use super::writing::set;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A CloudFront distribution, of Terraform or of an AWS account, that calls an origin in plain HTTP, or that
    /// still speaks SSL 3, TLS 1.0 or 1.1 to it.
    ///
    /// **Why it matters.** The padlock that people see ends at CloudFront. With `http-only` passwords, tokens and answers go over the
    /// internet to the origin as they are; with `match-viewer` they do whenever somebody calls in plain HTTP.
    ///
    /// **Bad**
    /// ```hcl
    /// custom_origin_config {
    ///   http_port              = 80
    ///   https_port             = 443
    ///   origin_protocol_policy = "http-only"
    ///   origin_ssl_protocols   = ["TLSv1.2"]
    /// }
    /// ```
    ///
    /// **Good.** `origin_protocol_policy = "https-only"`, and a certificate at the origin.
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの CloudFront ディストリビューションで、オリジンを平文の HTTP で呼び出すもの、または SSL 3・TLS 1.0/1.1 で接続するもの。
    ///
    /// **理由。** 利用者に見える鍵マークは CloudFront までのものである。`http-only` では、パスワードもトークンも応答も、そのままインターネットを通ってオリジンに届く。`match-viewer` では、誰かが平文の HTTP で呼び出すたびに同じことになる。
    ///
    /// **直し方。** `origin_protocol_policy = "https-only"` とし、オリジンに証明書を置く。
    CloudfrontOriginTls = "cloudfront-origin-tls";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_cloudfront_distribution"]),
    fix: Risky,
    title: "An origin that CloudFront calls without TLS", "CloudFront が TLS なしで呼び出すオリジン",
}

impl Check for CloudfrontOriginTls {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        match resource.flag("enabled") {
            Seen::Set(false, _) => return,
            Seen::Unknown(why) => return on.unknown(why),
            _ => {}
        }
        let (origins, unknown) = resource.blocks("origin");
        if let Some(why) = unknown {
            on.unknown(why);
        }
        for origin in &origins {
            let name = match origin.text("origin_id") {
                Seen::Set(name, _) => name,
                Seen::Unset | Seen::Unknown(_) => "?".to_owned(),
            };
            let (configs, unknown) = origin.blocks("custom_origin_config");
            if let Some(why) = unknown {
                on.unknown(why);
            }
            if let Some(config) = configs.first() {
                judge(cx, resource, config, &name, on);
            }
        }
    }
}

fn judge(cx: &Context<'_>, resource: &Resource, config: &Resource, name: &str, on: &mut On<'_>) {
    let (policy, place) = match config.text("origin_protocol_policy") {
        Seen::Set(policy, place) => (policy, place),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Unset => return,
    };
    let is_plain = match policy.as_str() {
        "http-only" => true,
        "match-viewer" => viewers_speak_http(resource),
        _ => false,
    };
    if is_plain {
        let message = phrase!(
            en: "CloudFront calls the origin `{name}` in plain HTTP (`{policy}`): passwords and tokens can be read and changed between CloudFront and the origin",
            ja: "CloudFront はオリジン `{name}` を平文の HTTP で呼び出す (`{policy}`)。CloudFront とオリジンの間で、パスワードやトークンが読み取られ書き換えられる",
        );
        let fault = Fault::of_value(cx.estate, resource, place.as_ref(), message).key(name);
        let title = phrase!(en: "Call the origin by HTTPS", ja: "オリジンを HTTPS で呼び出す");
        let change = set(
            cx.estate,
            config,
            "origin_protocol_policy",
            "\"https-only\"",
        );
        return on.fail(match change {
            Some(change) => fault.fix(Fix::risky(title).with(change)),
            None => fault,
        });
    }
    let (versions, place) = match config.texts("origin_ssl_protocols") {
        Seen::Set(versions, place) => (versions, place),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Unset => return on.pass(),
    };
    let is_old = |version: &str| ["SSLv3", "TLSv1", "TLSv1.1"].contains(&version);
    let Some((version, _)) = versions.iter().find(|(version, _)| is_old(version)) else {
        return on.pass();
    };
    let message = phrase!(
        en: "CloudFront still speaks `{version}` to the origin `{name}`; leave `TLSv1.2` only",
        ja: "CloudFront はオリジン `{name}` に `{version}` で接続しうる。`TLSv1.2` だけにすること",
    );
    let fault = Fault::of_value(cx.estate, resource, place.as_ref(), message).key(name);
    let fault = fault.severity(Severity::Low);
    let title = phrase!(en: "Speak TLS 1.2 only", ja: "TLS 1.2 だけを使う");
    let change = set(cx.estate, config, "origin_ssl_protocols", "[\"TLSv1.2\"]");
    on.fail(match change {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    });
}

/// True when some path takes plain HTTP, or may.
fn viewers_speak_http(resource: &Resource) -> bool {
    ["default_cache_behavior", "ordered_cache_behavior"]
        .iter()
        .flat_map(|name| resource.blocks(name).0)
        .any(|behavior| {
            !matches!(
                behavior.text("viewer_protocol_policy"),
                Seen::Set(policy, _) if policy != "allow-all"
            )
        })
}
