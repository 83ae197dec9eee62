use sekisho_model::{Resource, Seen, phrase};

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A stage of API Gateway, of Terraform or of an AWS account, that writes no access logs.
    ///
    /// **Why it matters.** Who called which method with which identity, and what the authorizer and the WAF answered, stands only in
    /// the access logs. Execution logs (`logging_level`) are no replacement: HTTP APIs have none, and they do not name the caller.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_api_gateway_stage" "live" {
    ///   stage_name = "live"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// access_log_settings {
    ///   destination_arn = aws_cloudwatch_log_group.api.arn
    ///   format          = jsonencode({ ip = "$context.identity.sourceIp", status = "$context.status" })
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html> ·
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの API Gateway のステージで、アクセスログを書かないもの。
    ///
    /// **理由。** 誰がどの ID でどのメソッドを呼び、オーソライザーと WAF が何を返したかは、アクセスログにしか残らない。実行ログ (`logging_level`) は代わりにならない。HTTP API にはなく、呼び出し元も記録しない。
    ///
    /// **直し方。** `access_log_settings` の `destination_arn` に CloudWatch のロググループか Firehose の ARN を指定する。
    ApiGatewayLogs = "api-gateway-logs";
    control: "T5.5",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_api_gateway_stage", "aws_apigatewayv2_stage"]),
    fix: None,
    title: "An API without access logs", "アクセスログのない API",
}

impl Check for ApiGatewayLogs {
    fn resource(&self, cx: &Context<'_>, stage: &Resource, on: &mut On<'_>) {
        let (blocks, unknown) = stage.blocks("access_log_settings");
        if let Some(why) = unknown {
            return on.unknown(why);
        }
        let name = &stage.address;
        let Some(logs) = blocks.first() else {
            let message = phrase!(
                en: "the stage `{name}` writes no access logs: who called what is lost; add `access_log_settings` with a destination",
                ja: "ステージ `{name}` はアクセスログを書かず、誰が何を呼んだかが失われる。出力先を指定した `access_log_settings` を加えること",
            );
            return on.fail(Fault::of_value(cx.estate, stage, None, message));
        };
        let is_empty = match logs.raw("destination_arn") {
            None => true,
            Some(arn) => arn.is_null() || arn.as_str() == Some(""),
        };
        if !is_empty {
            // An ARN that is known only after apply is one all the same.
            return match logs.text("destination_arn") {
                Seen::Unknown(why) if logs.reference("destination_arn").is_none() => {
                    on.unknown(why);
                }
                _ => on.pass(),
            };
        }
        let message = phrase!(
            en: "`access_log_settings` of the stage `{name}` name no destination: nothing is written",
            ja: "ステージ `{name}` の `access_log_settings` に出力先がなく、何も書かれない",
        );
        on.fail(Fault::of_value(
            cx.estate,
            stage,
            logs.values.origin(),
            message,
        ));
    }
}
