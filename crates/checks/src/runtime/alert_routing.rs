use std::collections::BTreeSet;

use sekisho_model::{Fields, Object, Phrase, Place, phrase};
use sekisho_text::Route;
use sekisho_yaml::{Limits, parse};
use serde_json::Value;

use super::routes::{Fate, fate};
use crate::secrets::base64::decode_text;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** Whether Alertmanager's configuration (a ConfigMap, a Secret, an AlertmanagerConfig) sends alerts to
    /// somebody: some receiver has an integration (Slack, Teams, Jira, PagerDuty, mail, webhook …), and a route leads to it.
    ///
    /// **Why it matters.** An alert that ends in a receiver without integration (`null`) is seen by nobody. So does one that an earlier
    /// route catches: a route without matchers takes everything, and what stands after it never gets anything.
    ///
    /// **Bad**
    /// ```yaml
    /// route:
    ///   receiver: "null"
    /// receivers:
    ///   - name: "null"
    ///   - name: slack
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// route:
    ///   receiver: slack
    /// receivers:
    ///   - name: slack
    ///     slack_configs: [{ channel: "#alerts" }]
    /// ```
    ///
    /// **References.** [Prometheus: Alertmanager configuration](https://prometheus.io/docs/alerting/latest/configuration/)
    ///
    /// # 日本語
    /// **示すこと。** Alertmanager の設定 (ConfigMap・Secret・AlertmanagerConfig) が、アラートを誰かに届けているか。連携先 (Slack・Teams・Jira・PagerDuty・メール・Webhook など) を持つ receiver があり、そこに至る route があること。
    ///
    /// **理由。** 連携先のない receiver (`null`) に行き着いたアラートは誰にも見えない。手前の route に捕まる場合も同じで、matcher のない route はすべてを受け取り、その後ろの route には何も届かない。
    ///
    /// **悪い例**
    /// ```yaml
    /// route:
    ///   receiver: "null"
    /// receivers:
    ///   - name: "null"
    ///   - name: slack
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// route:
    ///   receiver: slack
    /// receivers:
    ///   - name: slack
    ///     slack_configs: [{ channel: "#alerts" }]
    /// ```
    AlertRouting = "alert-routing";
    control: "O2.3",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Alerts reach nobody", "誰にも届かないアラート",
}

impl Check for AlertRouting {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut any = false;
        for kind in ["ConfigMap", "Secret"] {
            for (index, object) in cx.estate.of_kind("", kind) {
                for (key, config) in configurations(object) {
                    any = true;
                    let route = place_of(cx, object, key);
                    tell(object, key, &config, route, &mut sheet.on(index));
                }
            }
        }
        for (index, object) in cx.estate.of_kind(OPERATOR, "AlertmanagerConfig") {
            any = true;
            // Without a route it only lends its time intervals and inhibitions.
            let spec = object.value.key("spec");
            if let Some(spec) = spec.filter(|spec| spec.key("route").is_some()) {
                let route = Route::of("spec.route");
                tell(object, "spec", spec, route, &mut sheet.on(index));
            }
        }
        let sources = Sources::of(cx);
        for (index, object) in cx.estate.of_kind(OPERATOR, "Alertmanager") {
            any = true;
            judge_instance(cx, &sources, object, &mut sheet.on(index));
        }
        if !any {
            sheet.estate().unknown(Phrase::new(
                "where alerts go: no configuration of Alertmanager is among the files",
                "アラートの通知先: Alertmanager の設定がファイルの中にない",
            ));
        }
    }
}

/// The API group of the Prometheus operator.
const OPERATOR: &str = "monitoring.coreos.com";

/// The texts of an object that are configurations of Alertmanager.
fn configurations(object: &Object) -> Vec<(&str, Value)> {
    let data = object.value.entries("data").into_iter().flatten();
    let found = data.filter_map(|(key, value)| {
        let text = value.as_str()?;
        let text = if object.kind == "Secret" {
            decode_text(text)?
        } else {
            text.to_owned()
        };
        if !(text.contains("receivers") && text.contains("route")) {
            return None;
        }
        let read = parse(&text, &Limits::default());
        let config = read.documents.first()?.to_json();
        let is_config = config.at("route").is_some_and(Value::is_object)
            && config.at("receivers").is_some_and(Value::is_array);
        is_config.then_some((key.as_str(), config))
    });
    found.collect()
}

/// A Secret may have been written as `stringData`.
fn place_of(cx: &Context<'_>, object: &Object, key: &str) -> Route {
    let plain = Route::of("stringData").key(key.to_owned());
    let is_there = cx
        .estate
        .locate(object, &plain)
        .is_some_and(|location| !location.absent);
    if is_there {
        plain
    } else {
        Route::of("data").key(key.to_owned())
    }
}

fn tell(object: &Object, key: &str, config: &Value, route: Route, on: &mut On<'_>) {
    let (kind, name) = (&object.kind, &object.name);
    let message = match fate(config) {
        Fate::Sent => {
            on.pass();
            return;
        }
        Fate::NoReceiver => {
            phrase!(en: "no receiver of the Alertmanager configuration `{key}` in {kind} `{name}` has an integration: no alert reaches anybody",
                    ja: "{kind} `{name}` の Alertmanager 設定 `{key}` には連携先を持つ receiver がなく、アラートは誰にも届かない")
        }
        Fate::Unreached(end) => {
            phrase!(en: "every alert ends at the receiver `{end}`, which has no integration; no route of `{key}` in {kind} `{name}` leads to one that has",
                    ja: "すべてのアラートが、連携先のない receiver `{end}` に行き着く。{kind} `{name}` の `{key}` には、連携先を持つ receiver に至る route がない")
        }
    };
    on.fail(Fault::at(route, message).key(key));
}

/// What may fill the Secret of an Alertmanager.
struct Sources<'a> {
    secrets: BTreeSet<(&'a Place, &'a str)>,
    made: BTreeSet<(&'a Place, &'a str)>,
    has_configs: bool,
}

impl<'a> Sources<'a> {
    fn of(cx: &'a Context<'_>) -> Self {
        let secrets = cx.estate.of_kind("", "Secret");
        let made = cx.estate.of_kind("external-secrets.io", "ExternalSecret");
        let sealed = cx.estate.of_kind("bitnami.com", "SealedSecret");
        Self {
            secrets: secrets
                .map(|(_, secret)| (&*secret.place, secret.name.as_str()))
                .collect(),
            made: made
                .chain(sealed)
                .map(|(_, object)| {
                    let target = object.value.text("spec.target.name");
                    (&*object.place, target.unwrap_or(&object.name))
                })
                .collect(),
            has_configs: cx
                .estate
                .of_kind(OPERATOR, "AlertmanagerConfig")
                .next()
                .is_some(),
        }
    }
}

/// Without its Secret the operator gives an Alertmanager a configuration whose only receiver is `null`.
fn judge_instance(cx: &Context<'_>, sources: &Sources<'_>, object: &Object, on: &mut On<'_>) {
    let is_global = object
        .value
        .text("spec.alertmanagerConfiguration.name")
        .is_some();
    if is_global || sources.has_configs {
        return;
    }
    let name = &object.name;
    let usual = format!("alertmanager-{name}");
    let secret = object.value.text("spec.configSecret").unwrap_or(&usual);
    let key = (&*object.place, secret);
    if sources.secrets.contains(&key) {
        return;
    }
    if cx.complete() && !sources.made.contains(&key) {
        on.fail(Fault::at(
            Route::of("spec.configSecret"),
            phrase!(en: "Alertmanager `{name}` has no configuration: there is no Secret `{secret}`, and the operator then sends alerts nowhere",
                    ja: "Alertmanager `{name}` には設定がない。Secret `{secret}` が存在せず、この場合オペレーターはアラートをどこにも送らない"),
        ));
    } else {
        on.unknown(phrase!(en: "where Alertmanager `{name}` sends alerts: its configuration, the Secret `{secret}`, is not among the files",
                           ja: "Alertmanager `{name}` の通知先: 設定である Secret `{secret}` がファイルの中にない"));
    }
}
