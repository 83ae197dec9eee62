use sekisho_model::{Resource, Seen, phrase};
use sekisho_terraform::Number;

use crate::links::Joined;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A secret of Secrets Manager, made by Terraform, that no rotation changes, or whose rotation comes less
    /// often than once a year.
    ///
    /// **Why it matters.** A secret that never changes stays useful to whoever saw it once: a former colleague, a log, an old
    /// copy of the state. A rotation that runs also proves that it can be changed in a hurry. Whether it really runs is told by
    /// the account.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "db" {
    ///   name = "shop/db"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_secretsmanager_secret_rotation" "db" {
    ///   secret_id           = aws_secretsmanager_secret.db.id
    ///   rotation_lambda_arn = aws_lambda_function.rotate.arn
    ///   rotation_rules {
    ///     automatically_after_days = 30
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform が作る Secrets Manager のシークレットで、ローテーションが設定されていないもの、またはローテーションの間隔が 1 年を超えるもの。
    ///
    /// **理由。** 変わらないシークレットは、退職者、ログ、古い state の写しなど、一度でも見たものにとって有効なままである。動いているローテーションは、急いで変更できることの証明にもなる。実際に動いているかは、AWS アカウントの情報で分かる。
    ///
    /// **直し方。** `aws_secretsmanager_secret_rotation` を加え、`rotation_rules` で間隔を指定する。
    SecretRotation = "secret-rotation";
    control: "T3.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A secret that nothing rotates", "ローテーションされないシークレット",
}

/// More days than these are no rotation. Secrets Manager takes up to 1000.
const LONGEST: f64 = 365.0;

impl Check for SecretRotation {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let types = ["aws_secretsmanager_secret_rotation"];
        let joined = Joined::of(cx.estate, links, &types, "secret_id");
        for (index, secret) in cx.estate.of_type("aws_secretsmanager_secret") {
            let mut on = sheet.on_resource(index);
            if let Some((_, rotation)) = joined.to(index).first() {
                judge(cx, secret, rotation, &mut on);
            } else if let Some(why) = joined.loose(secret.stack) {
                on.unknown(why.clone());
            } else if let Err(why) = cx.all_here(secret.stack, types[0]) {
                on.unknown(why);
            } else {
                let name = &secret.address;
                let message = phrase!(
                    en: "nothing rotates `{name}`: whoever saw it once can use it for good; add an `aws_secretsmanager_secret_rotation`",
                    ja: "`{name}` はローテーションされず、一度でも見た者がいつまでも使える。`aws_secretsmanager_secret_rotation` を加えること",
                );
                on.fail(Fault::of_value(cx.estate, secret, None, message));
            }
        }
    }
}

fn judge(cx: &Context<'_>, secret: &Resource, rotation: &Resource, on: &mut On<'_>) {
    let (days, origin) = match rotation.get("rotation_rules.automatically_after_days") {
        Seen::Set(days, origin) => (days, origin),
        // A `schedule_expression` comes round at least once a year.
        Seen::Unset => return on.pass(),
        Seen::Unknown(why) => return on.unknown(why),
    };
    let text = days.as_str().and_then(|text| text.parse().ok());
    let Some(days) = days.as_number().map(Number::to_f64).or(text) else {
        return on.unknown(phrase!(
            en: "`automatically_after_days` is no number",
            ja: "`automatically_after_days` が数値でない",
        ));
    };
    if days <= LONGEST {
        return on.pass();
    }
    let name = &secret.address;
    let message = phrase!(
        en: "`{name}` is rotated after {days} days only: whoever saw it once can use it for more than a year",
        ja: "`{name}` のローテーションは {days} 日後であり、一度でも見た者が 1 年を超えて使える",
    );
    let fault = Fault::of_value(cx.estate, rotation, origin.as_ref(), message);
    let text = phrase!(en: "the secret", ja: "シークレット");
    on.fail(fault.beside(cx.estate, secret, text));
}
