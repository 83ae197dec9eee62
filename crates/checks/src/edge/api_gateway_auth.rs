use sekisho_model::{Phrase, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use crate::links::{Link, Links};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A method of a REST API, or a route of an HTTP or WebSocket API, of Terraform or of an AWS account, that everybody may
    /// call: its authorization is `NONE`.
    ///
    /// **Why it matters.** API Gateway is on the internet unless the API is private. An API key is no authentication: it tells
    /// callers apart for quotas, and anybody who sees it can use it. `NONE` is the default of a route. `OPTIONS`, which browsers ask
    /// without credentials, and the routes of a WebSocket API behind `$connect` are left out. A path for everybody, such as a login, is
    /// to be accepted with a reason.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_apigatewayv2_route" "orders" {
    ///   api_id    = aws_apigatewayv2_api.shop.id
    ///   route_key = "POST /orders"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_apigatewayv2_route" "orders" {
    ///   api_id             = aws_apigatewayv2_api.shop.id
    ///   route_key          = "POST /orders"
    ///   authorization_type = "JWT"
    ///   authorizer_id      = aws_apigatewayv2_authorizer.login.id
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの REST API のメソッド、または HTTP API・WebSocket API のルートで、認可が `NONE` のため誰でも呼び出せるもの。
    ///
    /// **理由。** API Gateway は、プライベート API でない限りインターネットにある。API キーは認証ではない。クォータのために呼び出し元を区別するだけで、見た者は誰でも使える。ルートの既定は `NONE` である。ブラウザーが認証情報なしで尋ねる `OPTIONS` と、WebSocket API の `$connect` より先のルートは除く。ログインのように誰にでも開くパスは、理由を付けて例外にする。
    ///
    /// **直し方。** `authorization` または `authorization_type` に `JWT`、`CUSTOM`、`COGNITO_USER_POOLS`、`AWS_IAM` のいずれかを指定する。
    ApiGatewayAuth = "api-gateway-auth";
    control: "T5.3",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "An API path without authorization", "認可のない API のパス",
}

impl Check for ApiGatewayAuth {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        for (index, method) in cx.estate.of_type("aws_api_gateway_method") {
            let judged = of_method(links, method);
            say(cx, sheet, index, method, judged);
        }
        for (index, route) in cx.estate.of_type("aws_apigatewayv2_route") {
            let judged = of_route(links, route);
            say(cx, sheet, index, route, judged);
        }
    }
}

enum Judged {
    /// It is not public, or nobody can be asked there.
    Aside,
    Asks,
    Open(Option<Origin>, String),
    Unknown(Phrase),
}

fn of_method(links: &Links<'_>, method: &Resource) -> Judged {
    let verb = match method.text("http_method") {
        Seen::Set(verb, _) if verb == "OPTIONS" => return Judged::Aside,
        Seen::Set(verb, _) => verb,
        Seen::Unknown(_) | Seen::Unset => "method".to_owned(),
    };
    let origin = match method.text("authorization") {
        Seen::Set(kind, origin) if kind == "NONE" => origin,
        Seen::Set(..) => return Judged::Asks,
        Seen::Unknown(why) => return Judged::Unknown(why),
        Seen::Unset => return Judged::Aside,
    };
    match links.target(method, "rest_api_id") {
        Some(Link::To(_, api)) => match is_private(api) {
            Seen::Set(true, _) => Judged::Aside,
            Seen::Unknown(why) => Judged::Unknown(why),
            _ => Judged::Open(origin, verb),
        },
        Some(Link::Away(why)) => Judged::Unknown(why),
        None => Judged::Aside,
    }
}

/// Only endpoints in a VPC; `EDGE` unless it is set.
pub(crate) fn is_private(api: &Resource) -> Seen<bool> {
    match api.texts("endpoint_configuration.types") {
        Seen::Set(types, origin) => {
            let is_private = !types.is_empty() && types.iter().all(|(kind, _)| kind == "PRIVATE");
            Seen::Set(is_private, origin)
        }
        Seen::Unset => Seen::Unset,
        Seen::Unknown(why) => Seen::Unknown(why),
    }
}

fn of_route(links: &Links<'_>, route: &Resource) -> Judged {
    let key = match route.text("route_key") {
        Seen::Set(key, _) => key,
        Seen::Unknown(_) | Seen::Unset => "route".to_owned(),
    };
    if key.starts_with("OPTIONS ") {
        return Judged::Aside;
    }
    let seen = route.text("authorization_type");
    let origin = match seen.or_default("NONE".to_owned()) {
        Seen::Set(kind, origin) if kind == "NONE" => origin,
        Seen::Set(..) => return Judged::Asks,
        Seen::Unknown(why) => return Judged::Unknown(why),
        Seen::Unset => return Judged::Aside,
    };
    match links.target(route, "api_id") {
        Some(Link::To(_, api)) => match api.text("protocol_type") {
            // Who is there is asked once, when the connection is made.
            Seen::Set(kind, _) if kind == "WEBSOCKET" && key != "$connect" => Judged::Aside,
            Seen::Unknown(why) => Judged::Unknown(why),
            _ => Judged::Open(origin, key),
        },
        Some(Link::Away(why)) => Judged::Unknown(why),
        None => Judged::Aside,
    }
}

fn say(cx: &Context<'_>, sheet: &mut Sheet<'_>, index: usize, resource: &Resource, judged: Judged) {
    let mut on = sheet.on_resource(index);
    let (origin, what) = match judged {
        Judged::Aside => return,
        Judged::Asks => return on.pass(),
        Judged::Unknown(why) => return on.unknown(why),
        Judged::Open(origin, what) => (origin, what),
    };
    let name = &resource.address;
    let has_key = matches!(resource.flag("api_key_required"), Seen::Set(true, _));
    let message = if has_key {
        phrase!(
            en: "`{what}` of `{name}` asks for an API key only, which is no authentication; name an authorizer",
            ja: "`{name}` の `{what}` は API キーしか求めておらず、これは認証ではない。オーソライザーを指定すること",
        )
    } else {
        phrase!(
            en: "everybody may call `{what}` of `{name}`: its authorization is `NONE`; name an authorizer",
            ja: "`{name}` の `{what}` は認可が `NONE` のため誰でも呼び出せる。オーソライザーを指定すること",
        )
    };
    on.fail(Fault::of_value(
        cx.estate,
        resource,
        origin.as_ref(),
        message,
    ));
}
