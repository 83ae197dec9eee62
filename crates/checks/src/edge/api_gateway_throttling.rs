use std::collections::BTreeMap;

use sekisho_model::{Phrase, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use super::api_gateway_auth::is_private;
use crate::links::{Joined, Link, Links};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A stage of a public API of API Gateway that has no limit of its own on the rate of requests.
    ///
    /// **Why it matters.** Without one the limit of the account holds, by default 10,000 requests a second, which all APIs of a
    /// region share: one caller of one API takes it from all others, and what stands behind gets thousands of requests a second.
    /// A limit of `-1` switches the stage's off. A usage plan limits those with an API key, and nobody else; it counts where every
    /// method demands a key.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_apigatewayv2_stage" "live" {
    ///   api_id = aws_apigatewayv2_api.shop.id
    ///   name   = "live"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_apigatewayv2_stage" "live" {
    ///   api_id = aws_apigatewayv2_api.shop.id
    ///   name   = "live"
    ///   default_route_settings {
    ///     throttling_rate_limit  = 200
    ///     throttling_burst_limit = 400
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html> ·
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html>
    ///
    /// # 日本語
    /// **示すこと。** API Gateway の公開 API のステージで、リクエスト量の上限が設定されていないもの。
    ///
    /// **理由。** 設定がなければアカウントの上限だけが効く。既定では毎秒 10,000 リクエストで、リージョン内のすべての API が共有する。一つの API の一つの呼び出し元がほかのすべての分を使い切り、背後には毎秒数千のリクエストが届く。`-1` はステージの上限を無効にする。使用量プランが制限するのは API キーを持つ呼び出し元だけであり、すべてのメソッドがキーを要求する場合にだけ数える。
    ///
    /// **直し方。** REST API では `aws_api_gateway_method_settings` の `method_path = "*/*"` に、HTTP API では `default_route_settings` に `throttling_rate_limit` と `throttling_burst_limit` を指定する。
    ApiGatewayThrottling = "api-gateway-throttling";
    control: "T5.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "An API that takes requests at any rate", "流量制限のない API",
}

const SETTINGS: &str = "aws_api_gateway_method_settings";
/// What an account has unless AWS raised it; a stage that says the same has no limit of its own.
const OF_ACCOUNT: i64 = 10_000;

/// What is known of a limit.
enum Limit {
    Set,
    /// Switched off, or that of the account.
    Off(Option<Origin>),
    None,
    Unknown(Phrase),
}

impl Check for ApiGatewayThrottling {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let of = |kind: &str| Joined::of(cx.estate, links, &[kind], "rest_api_id");
        let (settings, methods) = (of(SETTINGS), of("aws_api_gateway_method"));
        let plans = Plans::of(cx);
        for (index, stage) in cx.estate.of_type("aws_api_gateway_stage") {
            let mut on = sheet.on_resource(index);
            match links.target(stage, "rest_api_id") {
                Some(Link::To(at, api)) => match is_private(api) {
                    Seen::Set(true, _) => {}
                    Seen::Unknown(why) => on.unknown(why),
                    _ => {
                        let limit = of_rest(links, cx, settings.to(at), stage, &settings);
                        let is_planned =
                            plans.limit(at, stage) && all_ask_for_keys(cx, &methods, at, stage);
                        say(cx, stage, limit, is_planned, &mut on);
                    }
                },
                Some(Link::Away(why)) => on.unknown(why),
                None => {}
            }
        }
        for (index, stage) in cx.estate.of_type("aws_apigatewayv2_stage") {
            let limit = rate(stage, "default_route_settings.throttling_rate_limit");
            say(cx, stage, limit, false, &mut sheet.on_resource(index));
        }
    }
}

/// The settings for all methods (`*/*`) of this stage.
fn of_rest(
    links: &Links<'_>,
    cx: &Context<'_>,
    settings: &[(usize, &Resource)],
    stage: &Resource,
    joined: &Joined<'_>,
) -> Limit {
    let mut unsure = None;
    for (_, own) in settings {
        match is_of_stage(links, own, stage) {
            Some(true) => {}
            Some(false) => continue,
            None => {
                unsure = Some(phrase!(
                    en: "which stage `aws_api_gateway_method_settings` are for is not known",
                    ja: "`aws_api_gateway_method_settings` がどのステージのものか分からない",
                ));
                continue;
            }
        }
        match own.text("method_path") {
            Seen::Set(path, _) if path == "*/*" => {
                return rate(own, "settings.throttling_rate_limit");
            }
            Seen::Unknown(why) => unsure = Some(why),
            _ => {}
        }
    }
    let loose = joined.loose(stage.stack).cloned();
    match unsure
        .or(loose)
        .or_else(|| cx.all_here(stage.stack, SETTINGS).err())
    {
        Some(why) => Limit::Unknown(why),
        None => Limit::None,
    }
}

/// By reference to the stage, or by its name.
fn is_of_stage(links: &Links<'_>, settings: &Resource, stage: &Resource) -> Option<bool> {
    match (settings.text("stage_name"), stage.text("stage_name")) {
        (Seen::Set(one, _), Seen::Set(other, _)) => return Some(one == other),
        (Seen::Unset, _) => return Some(false),
        _ => {}
    }
    let link = links.of_attribute(settings, "stage_name", &["aws_api_gateway_stage"])?;
    match link {
        Link::To(_, found) => Some(found.address == stage.address),
        Link::Away(_) => None,
    }
}

fn rate(of: &Resource, dotted: &str) -> Limit {
    match of.get(dotted) {
        Seen::Unset => Limit::None,
        Seen::Unknown(why) => Limit::Unknown(why),
        Seen::Set(value, origin) => {
            let text = value.as_str().map(str::to_owned);
            let text = text.or_else(|| value.as_number().map(ToString::to_string));
            match text.and_then(|text| text.parse::<f64>().ok()) {
                #[expect(clippy::cast_precision_loss, reason = "ten thousand is exact")]
                Some(rate) if rate < 0.0 || rate >= OF_ACCOUNT as f64 => Limit::Off(origin),
                Some(_) => Limit::Set,
                None => Limit::Unknown(phrase!(
                    en: "`{dotted}` is no number",
                    ja: "`{dotted}` が数ではない",
                )),
            }
        }
    }
}

/// Usage plans with a limit, by the API and the name of the stage.
struct Plans {
    limited: BTreeMap<usize, Vec<String>>,
}

impl Plans {
    fn of(cx: &Context<'_>) -> Self {
        let links = cx.links();
        let mut limited: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (_, plan) in cx.estate.of_type("aws_api_gateway_usage_plan") {
            if !matches!(rate(plan, "throttle_settings.rate_limit"), Limit::Set) {
                continue;
            }
            for stage in plan.blocks("api_stages").0 {
                let api = links.target(&stage, "api_id");
                if let (Some(Link::To(api, _)), Seen::Set(name, _)) = (api, stage.text("stage")) {
                    limited.entry(api).or_default().push(name);
                }
            }
        }
        Self { limited }
    }

    fn limit(&self, api: usize, stage: &Resource) -> bool {
        let named = self.limited.get(&api).map_or(&[][..], Vec::as_slice);
        matches!(stage.text("stage_name"), Seen::Set(name, _) if named.contains(&name))
    }
}

/// Nobody without a key is served: then a usage plan limits everybody.
fn all_ask_for_keys(cx: &Context<'_>, methods: &Joined<'_>, api: usize, stage: &Resource) -> bool {
    let all = methods.to(api);
    !all.is_empty()
        && methods.loose(stage.stack).is_none()
        && cx.all_here(stage.stack, "aws_api_gateway_method").is_ok()
        && all.iter().all(|(_, method)| {
            let is_question =
                matches!(method.text("http_method"), Seen::Set(verb, _) if verb == "OPTIONS");
            is_question || matches!(method.flag("api_key_required"), Seen::Set(true, _))
        })
}

fn say(cx: &Context<'_>, stage: &Resource, limit: Limit, is_planned: bool, on: &mut On<'_>) {
    let origin = match limit {
        Limit::Set => return on.pass(),
        _ if is_planned => return on.pass(),
        Limit::Unknown(why) => return on.unknown(why),
        Limit::Off(origin) => origin,
        Limit::None => None,
    };
    let name = &stage.address;
    let message = if origin.is_some() {
        phrase!(
            en: "this is no limit of the stage `{name}`: the account's, 10,000 requests a second unless raised, is all that holds, and all APIs share it",
            ja: "これはステージ `{name}` の上限になっていない。効くのはすべての API が共有するアカウントの上限 (既定で毎秒 10,000 リクエスト) だけである",
        )
    } else {
        phrase!(
            en: "the stage `{name}` has no limit on the rate of requests: the account's, 10,000 a second unless raised, is all that holds, and all APIs share it; set a throttling rate and burst",
            ja: "ステージ `{name}` にはリクエスト量の上限がない。効くのはすべての API が共有するアカウントの上限 (既定で毎秒 10,000 リクエスト) だけである。スロットリングのレートとバーストを設定すること",
        )
    };
    on.fail(Fault::of_value(cx.estate, stage, origin.as_ref(), message));
}
