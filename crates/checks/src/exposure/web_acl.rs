//! The web ACL that the AWS Load Balancer Controller attaches (`pkg/ingress/model_build_load_balancer_addons.go`).

use sekisho_model::{Phrase, phrase};

use super::alb::{Alb, Setting};

/// Whether a load balancer has a web ACL.
pub(crate) enum WebAcl<'a> {
    /// It names one.
    Named {
        /// The name, and who says it.
        setting: Setting<'a>,
        /// The annotation.
        suffix: &'static str,
    },
    /// It cannot be told, and why.
    Unknown(Phrase),
    /// It has none.
    None {
        /// The Ingress whose annotation is at fault.
        index: Option<usize>,
        /// The annotation that is wrong, or the one that should be there.
        suffix: &'static str,
        /// What is wrong.
        message: Phrase,
    },
}

/// The web ACL that the controller attaches. An empty value attaches none, and `none` takes one away.
pub(crate) fn web_acl<'a>(alb: &Alb<'a>) -> WebAcl<'a> {
    let by_arn = alb.settings("wafv2AclArn", "wafv2-acl-arn");
    let by_name = alb.settings("wafv2AclName", "wafv2-acl-name");
    let classic = [
        ("waf-acl-id", alb.settings("", "waf-acl-id")),
        ("web-acl-id", alb.settings("", "web-acl-id")),
    ];
    if by_arn.len() > 1 || by_name.len() > 1 {
        return WebAcl::Unknown(phrase!(
            en: "the Ingresses of one group name different web ACLs, and the controller takes none of them",
            ja: "同じグループの Ingress が異なる web ACL を指定しており、コントローラーはどれも適用しません"
        ));
    }
    let none = |setting: &Setting<'_>, suffix: &'static str, message: Phrase| WebAcl::None {
        index: Some(setting.index),
        suffix,
        message,
    };
    for (suffix, named) in [("wafv2-acl-arn", &by_arn), ("wafv2-acl-name", &by_name)] {
        let Some(setting) = named.first() else {
            continue;
        };
        let value = setting.value;
        if value.is_empty() || value == "none" {
            return none(
                setting,
                suffix,
                phrase!(
                    en: "`{suffix}: \"{value}\"` leaves this internet-facing load balancer without a WAF: everything the internet sends reaches the application",
                    ja: "`{suffix}: \"{value}\"` により、このインターネット向けロードバランサーには WAF が付きません。インターネットからのあらゆるリクエストがアプリケーションに届きます"
                ),
            );
        }
        if suffix == "wafv2-acl-arn" && !is_regional_web_acl(value) {
            return none(
                setting,
                suffix,
                phrase!(
                    en: "`{value}` is no ARN of a regional web ACL (`arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID`): it cannot be attached, and the load balancer has no WAF",
                    ja: "`{value}` はリージョンの web ACL の ARN (`arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID`) ではないため適用できず、ロードバランサーに WAF が付きません"
                ),
            );
        }
        return WebAcl::Named {
            setting: setting.clone(),
            suffix,
        };
    }
    for (suffix, named) in &classic {
        if let Some(setting) = named.first() {
            return none(
                setting,
                suffix,
                phrase!(
                    en: "`{suffix}` names a web ACL of AWS WAF Classic, which AWS has ended: the internet-facing load balancer has no WAF; name a web ACL of today's AWS WAF in `wafv2-acl-arn`",
                    ja: "`{suffix}` は提供が終了した AWS WAF Classic の web ACL を指しており、インターネット向けロードバランサーに WAF が付きません。`wafv2-acl-arn` で現行の AWS WAF の web ACL を指定してください"
                ),
            );
        }
    }
    match alb.unseen() {
        Some(reason) => WebAcl::Unknown(reason),
        None => WebAcl::None {
            index: None,
            suffix: "wafv2-acl-arn",
            message: phrase!(
                en: "this Ingress makes an internet-facing load balancer without a WAF: everything the internet sends reaches the application; name a web ACL in `alb.ingress.kubernetes.io/wafv2-acl-arn`",
                ja: "この Ingress は WAF のないインターネット向けロードバランサーを作ります。インターネットからのあらゆるリクエストがアプリケーションに届きます。`alb.ingress.kubernetes.io/wafv2-acl-arn` で web ACL を指定してください"
            ),
        },
    }
}

/// Web ACLs of CloudFront (`global/webacl`) cannot be attached to a load balancer.
fn is_regional_web_acl(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    matches!(
        parts.as_slice(),
        ["arn", "aws" | "aws-cn" | "aws-us-gov", "wafv2", region, account, resource]
            if !region.is_empty() && !account.is_empty() && resource.starts_with("regional/webacl/")
    )
}
