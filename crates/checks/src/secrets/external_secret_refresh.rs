use sekisho_model::{Fields, Fix, Object, Phrase, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::external_secrets::GROUP;
use super::go_duration;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An ExternalSecret that is fetched once and never again (`refreshInterval` of zero or less, `refreshPolicy`
    /// `CreatedOnce` or `OnChange`, an immutable target, a pinned version), or less often than once in 24 hours.
    ///
    /// **Why it matters.** A rotation in Secrets Manager does not arrive. When the old value stops working the workload stops with
    /// it; so in an incident nobody dares to rotate, or the leaked value stays in use.
    ///
    /// Without `refreshInterval` the interval is one hour in every version of the API (v1alpha1, v1beta1, v1), and
    /// `refreshPolicy` is `Periodic`. Secrets that a generator makes up (Password, UUID, SSHKey, Fake) are left out: fetching
    /// again would make up another one.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ExternalSecret
    /// spec:
    ///   refreshInterval: "0"
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ExternalSecret
    /// spec:
    ///   refreshInterval: 15m
    /// ```
    ///
    /// **References**
    /// - <https://external-secrets.io/latest/api/externalsecret/>
    ///
    /// # 日本語
    /// **示すこと。** 一度しか取得されない ExternalSecret (`refreshInterval` が 0 以下、`refreshPolicy` が `CreatedOnce` または `OnChange`、変更不可のターゲット、バージョンの固定)、または取得が 24 時間に 1 回より少ないもの。
    ///
    /// **理由。** Secrets Manager でローテーションしても届かない。古い値が使えなくなるとワークロードも止まるため、インシデント時に誰もローテーションできず、漏洩した値が使われ続ける。
    ///
    /// `refreshInterval` を省略すると、API のどのバージョン (v1alpha1、v1beta1、v1) でも 1 時間、`refreshPolicy` は `Periodic` になる。値を生成するジェネレーター (Password、UUID、SSHKey、Fake) による Secret は対象外である (再取得すると別の値になる)。
    ///
    /// **直し方。** `refreshInterval: 15m` のように間隔を指定し、`refreshPolicy` を `Periodic` にする。
    ExternalSecretRefresh = "external-secret-refresh";
    control: "T3.4",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[(GROUP, "ExternalSecret"), (GROUP, "ClusterExternalSecret")]),
    fix: Safe,
    title: "A secret is not kept fresh", "更新されない ExternalSecret",
}

/// Longer than this, and a rotation is not with its consumers the next day.
const LONGEST: i128 = 24 * 3_600_000_000_000;

impl Check for ExternalSecretRefresh {
    fn object(&self, _cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let base = match object.kind.as_str() {
            "ExternalSecret" => "spec",
            _ => "spec.externalSecretSpec",
        };
        let Some(spec) = object.value.at(base).filter(|spec| !makes_up_values(spec)) else {
            return;
        };
        let base = Route::of(base);
        let id = object.id();
        let mut is_fresh = true;
        let mut fail = |on: &mut On<'_>, fault: Fault| {
            is_fresh = false;
            on.fail(fault);
        };
        match interval(spec) {
            Err(text) => on.unknown(phrase!(
                en: "`refreshInterval` of {id} is `{text}`, which the API server refuses; a duration such as `15m` would settle it",
                ja: "{id} の `refreshInterval` は `{text}` で、API サーバーに拒否される。`15m` のような期間に直せば判定できる",
            )),
            Ok(interval) => {
                if let Some(fault) = schedule(&id.to_string(), spec, &base, interval) {
                    fail(on, fault);
                }
            }
        }
        if spec.flag("target.immutable") == Some(true) {
            let message = phrase!(
                en: "the Secret of {id} is immutable: External Secrets Operator never updates it, and a rotation does not arrive",
                ja: "{id} が作る Secret は変更不可 (immutable) で、External Secrets Operator は更新せず、ローテーションが届かない",
            );
            let fix = Fix::risky(phrase!(
                en: "let the Secret change; an existing one must be deleted once, so that it is made anew",
                ja: "Secret を変更可能にする。既存の Secret は一度削除して作り直す必要がある",
            ));
            let route = base.at("target.immutable");
            fail(
                on,
                Fault::at(route.clone(), message).fix(fix.set(route, false)),
            );
        }
        if let Some((route, version)) = pinned(spec, &base) {
            let message = phrase!(
                en: "{id} takes version `{version}` and no later one, so a rotation does not arrive. Leave `version` out, or name a stage such as AWSCURRENT",
                ja: "{id} はバージョン `{version}` に固定され、ローテーションが届かない。`version` を省略するか、AWSCURRENT などのステージを指定すること",
            );
            fail(on, Fault::at(route, message));
        }
        if is_fresh && interval(spec).is_ok() {
            on.pass();
        }
    }
}

/// What the refresh policy and interval come to; the controller's `shouldRefresh` takes zero and less as "never".
fn schedule(id: &str, spec: &Value, base: &Route, interval: Option<i128>) -> Option<Fault> {
    let policy = spec
        .text("refreshPolicy")
        .filter(|policy| matches!(*policy, "CreatedOnce" | "OnChange"));
    let at_interval = base.key("refreshInterval");
    let every_hour =
        || -> Phrase { phrase!(en: "fetch it every hour", ja: "1 時間ごとに取得する") };
    if let Some(policy) = policy {
        let at_policy = base.key("refreshPolicy");
        let message = phrase!(
            en: "{id} has `refreshPolicy: {policy}`: after the first time it is not fetched again by itself, and a rotation does not arrive",
            ja: "{id} は `refreshPolicy: {policy}` で、初回以降は自動で取得されず、ローテーションが届かない",
        );
        let mut fix = Fix::safe(every_hour()).set(at_policy.clone(), "Periodic");
        if interval.is_some_and(|interval| interval <= 0 || interval > LONGEST) {
            fix = fix.set(at_interval, "1h");
        }
        return Some(Fault::at(at_policy, message).fix(fix));
    }
    let interval = interval?;
    let written = spec.text("refreshInterval").unwrap_or_default();
    if interval <= 0 {
        let message = phrase!(
            en: "{id} has `refreshInterval: {written}`: it is fetched once and never again, and a rotation does not arrive",
            ja: "{id} は `refreshInterval: {written}` で、一度しか取得されず、ローテーションが届かない",
        );
        return Some(
            Fault::at(at_interval.clone(), message)
                .fix(Fix::safe(every_hour()).set(at_interval, "1h")),
        );
    }
    (interval > LONGEST).then(|| {
        let message = phrase!(
            en: "{id} has `refreshInterval: {written}`: a rotation is with its consumers only after more than a day",
            ja: "{id} は `refreshInterval: {written}` で、ローテーションが届くまで 1 日以上かかる",
        );
        Fault::at(at_interval.clone(), message)
            .severity(Severity::Low)
            .fix(Fix::safe(every_hour()).set(at_interval, "1h"))
    })
}

/// The interval in nanoseconds; `None` for the default of an hour; the text of one that is no duration.
fn interval(spec: &Value) -> Result<Option<i128>, String> {
    match spec.key("refreshInterval") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => go_duration::parse(text)
            .map(Some)
            .ok_or_else(|| text.clone()),
        Some(other) => Err(other.to_string()),
    }
}

/// Everything comes from generators that make up a value.
fn makes_up_values(spec: &Value) -> bool {
    let sources = spec.items("dataFrom");
    let makes_up = |source: &Value| {
        let kind = source.text("sourceRef.generatorRef.kind");
        matches!(kind, Some("Password" | "UUID" | "SSHKey" | "Fake"))
    };
    spec.items("data").is_empty() && !sources.is_empty() && sources.iter().all(makes_up)
}

/// The first reference to one version: a version id of Secrets Manager (`uuid/…`), or a number.
fn pinned<'a>(spec: &'a Value, base: &Route) -> Option<(Route, &'a str)> {
    let is_pin = |version: &&str| {
        version.starts_with("uuid/")
            || (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()))
    };
    [("data", "remoteRef"), ("dataFrom", "extract")]
        .into_iter()
        .find_map(|(list, reference)| {
            spec.items(list)
                .iter()
                .enumerate()
                .find_map(|(index, item)| {
                    let version = item.at(reference)?.text("version").filter(is_pin)?;
                    Some((
                        base.key(list).index(index).key(reference).key("version"),
                        version,
                    ))
                })
        })
}
