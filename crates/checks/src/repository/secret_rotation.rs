use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sekisho_model::{Resource, Seen, phrase};
use sekisho_terraform::{Number, Value};

use crate::links::Joined;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A secret of Secrets Manager that no rotation changes, or whose rotation comes less often than once a year.
    /// In a snapshot also one whose rotation is asked for and does not run: the last one is longer ago than it should be.
    ///
    /// **Why it matters.** A secret that never changes stays useful to whoever saw it once: a former colleague, a log, an old
    /// copy of the state. A rotation that runs also proves that it can be changed in a hurry.
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
    /// **示すこと。** Secrets Manager のシークレットで、ローテーションが設定されていないもの、または間隔が 1 年を超えるもの。スナップショットでは、設定されているのに動いていないもの (前回から間隔を超えて経過) も示す。
    ///
    /// **理由。** 変わらないシークレットは、退職者、ログ、古い state の写しなど、一度でも見たものにとって有効なままである。動いているローテーションは、急いで変更できることの証明にもなる。
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

/// A rotation has a window in which it runs, and is tried again after a failure.
const GRACE: f64 = 2.0;

impl Check for SecretRotation {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let types = ["aws_secretsmanager_secret_rotation"];
        let joined = Joined::of(cx.estate, links, &types, "secret_id");
        for (index, secret) in cx.estate.of_type("aws_secretsmanager_secret") {
            let mut on = sheet.on_resource(index);
            if let Some(primary) = replicated_from(cx, secret) {
                // The secret of the other region rotates both; when that region is not here, it is not known.
                let stacks = cx.estate.stacks().iter();
                let family = stacks.clone().nth(secret.stack).map(|own| own.family);
                let family = stacks.filter(|stack| Some(stack.family) == family);
                let mut regions = family.filter_map(|stack| stack.region.as_deref());
                if !regions.any(|region| region == primary) {
                    on.unknown(phrase!(
                        en: "it is a replica: whether it rotates is told by `{primary}`, which is not in the snapshot",
                        ja: "レプリカであり、ローテーションの有無は `{primary}` で分かるが、スナップショットにない",
                    ));
                }
            } else if let Some((_, rotation)) = joined.to(index).first() {
                judge(cx, secret, rotation, &mut on);
            } else if let Some(why) = joined.loose(secret.stack) {
                on.unknown(why.clone());
            } else if let Err(why) = cx.all_here(secret.stack, types[0]) {
                on.unknown(why);
            } else {
                let name = &secret.address;
                let message = phrase!(
                    en: "nothing rotates `{name}`: whoever saw it once can use it for good; give it a rotation",
                    ja: "`{name}` はローテーションされず、一度でも見た者がいつまでも使える。ローテーションを設定すること",
                );
                on.fail(Fault::of_value(cx.estate, secret, None, message));
            }
        }
    }
}

/// The region of the secret that this one is a replica of.
fn replicated_from(cx: &Context<'_>, secret: &Resource) -> Option<String> {
    let own = cx.estate.stacks().get(secret.stack)?.region.as_deref()?;
    match secret.text("primary_region") {
        Seen::Set(primary, _) if primary != own => Some(primary),
        Seen::Set(..) | Seen::Unset | Seen::Unknown(_) => None,
    }
}

fn judge(cx: &Context<'_>, secret: &Resource, rotation: &Resource, on: &mut On<'_>) {
    let (days, origin) = match rotation.get("rotation_rules.automatically_after_days") {
        Seen::Set(days, origin) => (days, origin),
        // A `schedule_expression` comes round at least once a year.
        Seen::Unset => return in_time(cx, secret, rotation, LONGEST, on),
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
        return in_time(cx, secret, rotation, days, on);
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

/// Whether the rotation of a snapshot ran when it was due; Terraform tells only that it was asked for.
fn in_time(cx: &Context<'_>, secret: &Resource, rotation: &Resource, days: f64, on: &mut On<'_>) {
    let date = |name: &str| match rotation.get(name) {
        Seen::Set(told, origin) => Some((day(&told)?, origin)),
        Seen::Unset | Seen::Unknown(_) => None,
    };
    let last = date("last_rotated_date");
    let has_run = last.is_some();
    let Some(((since, origin), today)) = last.or_else(|| date("created_date")).zip(cx.today) else {
        return on.pass();
    };
    let passed = f64::from((today - since).get_days());
    if passed <= days + GRACE {
        return on.pass();
    }
    let name = &secret.address;
    let message = if has_run {
        phrase!(
            en: "`{name}` should rotate every {days} days and last did {passed} days ago, on {since}: its rotation does not run",
            ja: "`{name}` は {days} 日ごとにローテーションされるはずだが、最後は {passed} 日前 ({since}) であり、動いていない",
        )
    } else {
        phrase!(
            en: "`{name}` should rotate every {days} days and never did since it was made on {since}: its rotation does not run",
            ja: "`{name}` は {days} 日ごとにローテーションされるはずだが、作成日 ({since}) から一度も行われておらず、動いていない",
        )
    };
    let fault = Fault::of_value(cx.estate, rotation, origin.as_ref(), message);
    on.fail(fault.key("late"));
}

/// The day of a moment: text with the day first, or seconds since 1970 as older versions of the CLI print them.
fn day(told: &Value) -> Option<Date> {
    if let Some(text) = told.as_str() {
        return text.get(..10)?.parse().ok();
    }
    let seconds = told.as_number()?.to_f64();
    // Whole seconds are enough for a day; what is out of range is no moment.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "out of range is refused by jiff"
    )]
    let moment = Timestamp::from_second(seconds as i64).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).date())
}
