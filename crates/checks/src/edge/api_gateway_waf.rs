use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};

use super::api_gateway_auth::is_private;
use super::writing::set;
use crate::links::{Joined, Link};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A stage of a public REST API of API Gateway without an AWS WAF web ACL; an HTTP or WebSocket API, which
    /// cannot have one, that is reached at its own address.
    ///
    /// **Why it matters.** API Gateway is on the internet. Only a stage of a REST API can have a web ACL. Before an HTTP or WebSocket
    /// API stands one only where a CloudFront distribution with a web ACL does, and as long as the API answers at its `execute-api`
    /// address too, everybody goes round it.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_apigatewayv2_api" "shop" {
    ///   name          = "shop"
    ///   protocol_type = "HTTP"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_wafv2_web_acl_association" "shop" {
    ///   resource_arn = aws_api_gateway_stage.shop.arn
    ///   web_acl_arn  = aws_wafv2_web_acl.shop.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html> ·
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html> ·
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html>
    ///
    /// # 日本語
    /// **示すこと。** AWS WAF の web ACL がない、API Gateway の公開 REST API のステージ。または、web ACL を付けられない HTTP API・WebSocket API で、自身のアドレスで直接呼び出せるもの。
    ///
    /// **理由。** API Gateway はインターネット上にある。web ACL を付けられるのは REST API のステージだけである。HTTP API と WebSocket API の前に web ACL を置くには、web ACL を持つ CloudFront ディストリビューションを前段に置くしかなく、API が `execute-api` のアドレスでも応答する限り、誰でもそれを迂回できる。
    ///
    /// **直し方。** REST API のステージには web ACL を関連付ける。HTTP API では CloudFront を前段に置き、`disable_execute_api_endpoint = true` とする。
    ApiGatewayWaf = "api-gateway-waf";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "An API without a WAF", "WAF のない API",
}

const ASSOCIATION: &str = "aws_wafv2_web_acl_association";
const MAPPING: &str = "aws_apigatewayv2_api_mapping";

impl Check for ApiGatewayWaf {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let associations = Joined::of(cx.estate, links, &[ASSOCIATION], "resource_arn");
        for (index, stage) in cx.estate.of_type("aws_api_gateway_stage") {
            let mut on = sheet.on_resource(index);
            let api = match links.target(stage, "rest_api_id") {
                Some(Link::To(_, api)) => api,
                Some(Link::Away(why)) => {
                    on.unknown(why);
                    continue;
                }
                None => continue,
            };
            match is_private(api) {
                Seen::Set(true, _) => {}
                Seen::Unknown(why) => on.unknown(why),
                _ if !associations.to(index).is_empty() => on.pass(),
                _ => judge_stage(cx, &associations, stage, &mut on),
            }
        }
        let mappings = Joined::of(cx.estate, links, &[MAPPING], "api_id");
        for (index, api) in cx.estate.of_type("aws_apigatewayv2_api") {
            judge_api(cx, &mappings, index, api, &mut sheet.on_resource(index));
        }
    }
}

/// In an account a stage says itself which web ACL it has.
fn judge_stage(cx: &Context<'_>, joined: &Joined<'_>, stage: &Resource, on: &mut On<'_>) {
    let name = &stage.address;
    if cx.is_of_account(stage.stack) {
        match stage.text("web_acl_arn") {
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Set(arn, _) if arn.contains(":wafv2:") => return on.pass(),
            Seen::Set(arn, origin) if !arn.is_empty() => {
                let message = phrase!(
                    en: "`{arn}` is a web ACL of AWS WAF Classic, which AWS has ended: the stage `{name}` has none",
                    ja: "`{arn}` は提供が終了した AWS WAF Classic の web ACL であり、ステージ `{name}` に web ACL はないのと同じである",
                );
                let fault = Fault::of_value(cx.estate, stage, origin.as_ref(), message);
                return on.fail(fault);
            }
            Seen::Set(..) | Seen::Unset => {}
        }
    } else if let Some(why) = joined.loose(stage.stack).cloned() {
        return on.unknown(why);
    } else if let Err(why) = cx.all_here(stage.stack, ASSOCIATION) {
        return on.unknown(why);
    }
    let message = phrase!(
        en: "no web ACL is associated with the stage `{name}` of a public API: everything the internet sends reaches what stands behind it",
        ja: "公開 API のステージ `{name}` に web ACL が関連付けられておらず、インターネットからのあらゆるリクエストが背後まで届く",
    );
    on.fail(Fault::of_value(cx.estate, stage, None, message));
}

fn judge_api(
    cx: &Context<'_>,
    mappings: &Joined<'_>,
    index: usize,
    api: &Resource,
    on: &mut On<'_>,
) {
    let name = &api.address;
    let origin = match api.flag("disable_execute_api_endpoint").or_default(false) {
        Seen::Set(true, _) => {
            let loose = mappings.loose(api.stack).cloned();
            return match mappings.to(index).first() {
                Some((_, mapping)) => on.unknown(behind(cx, mapping)),
                None => match loose.map_or_else(|| cx.all_here(api.stack, MAPPING), Err) {
                    Ok(()) => on.pass(),
                    Err(why) => on.unknown(why),
                },
            };
        }
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Set(false, origin) => origin,
        Seen::Unset => None,
    };
    let message = phrase!(
        en: "`{name}` answers the internet at its `execute-api` address, where it can have no web ACL: put a CloudFront distribution with one before it and set `disable_execute_api_endpoint`",
        ja: "`{name}` は web ACL を付けられない `execute-api` のアドレスでインターネットに応答する。web ACL を持つ CloudFront ディストリビューションを前段に置き、`disable_execute_api_endpoint` を設定すること",
    );
    let fault = Fault::of_value(cx.estate, api, origin.as_ref(), message);
    let fault = fault.severity(Severity::Medium);
    let title =
        phrase!(en: "Close the address that no WAF guards", ja: "WAF のないアドレスを閉じる");
    on.fail(
        match set(cx.estate, api, "disable_execute_api_endpoint", "true") {
            Some(change) => fault.fix(Fix::risky(title).with(change)),
            None => fault,
        },
    );
}

fn behind(cx: &Context<'_>, mapping: &Resource) -> Phrase {
    let domain = match mapping.text("domain_name") {
        Seen::Set(domain, _) => domain,
        Seen::Unset | Seen::Unknown(_) => mapping.address.clone(),
    };
    let names_it = |origin: &Resource| matches!(origin.text("domain_name"), Seen::Set(own, _) if own == domain);
    let is_fronted = cx
        .estate
        .of_type("aws_cloudfront_distribution")
        .any(|(_, distribution)| distribution.blocks("origin").0.iter().any(names_it));
    if is_fronted {
        phrase!(
            en: "CloudFront stands before `{domain}`; whether the name can be called around it, is decided by what the API asks of its callers",
            ja: "`{domain}` の前に CloudFront があるが、迂回して呼び出せるかどうかは API が呼び出し元に何を求めるかで決まる",
        )
    } else {
        phrase!(
            en: "it is reached at `{domain}`; whether a CloudFront distribution with a web ACL stands before that name, is not known here",
            ja: "`{domain}` で呼び出せる。その前に web ACL を持つ CloudFront ディストリビューションがあるかどうかは、ここでは分からない",
        )
    }
}
