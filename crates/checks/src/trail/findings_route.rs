use sekisho_model::{Fix, Phrase, Resource, Seen, phrase};
use serde_json::{Value, json};

use super::patterns::takes;
use super::regions::{are_together, is_told};
use super::routes::{Route, Routes, bus};
use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** GuardDuty is on and its findings reach nobody: no rule of EventBridge on the default bus takes them (or takes
    /// those of EKS), or the rule is switched off, has no target, or calls an SNS topic without subscribers.
    ///
    /// A rule for findings of Security Hub counts where Security Hub is on. Findings stay in their region, so each region is judged
    /// for itself.
    ///
    /// **Why it matters.** GuardDuty writes its findings to a page of the console. Without a route to a person, an attack that was
    /// found goes on until somebody happens to look.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_cloudwatch_event_rule" "findings" {
    ///   event_pattern = jsonencode({ source = ["aws.guardduty"] })
    ///   state         = "DISABLED"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_cloudwatch_event_rule" "findings" {
    ///   event_pattern = jsonencode({ source = ["aws.guardduty"] })
    /// }
    ///
    /// resource "aws_cloudwatch_event_target" "chat" {
    ///   rule = aws_cloudwatch_event_rule.findings.name
    ///   arn  = aws_sns_topic.alerts.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html>
    ///
    /// # 日本語
    /// **示すこと。** GuardDuty は有効だが、検出結果が誰にも届かない。デフォルトのイベントバスに検出結果 (EKS のもの) を受け取る EventBridge の
    /// ルールがない、ルールが無効、ターゲットがない、または購読者のいない SNS トピックを呼び出している。
    ///
    /// Security Hub の検出結果を受け取るルールは、Security Hub が有効な場合に数える。検出結果はリージョン内にとどまるため、リージョンごとに判定する。
    ///
    /// **理由。** GuardDuty は検出結果をコンソールに書くだけである。人に届く経路がなければ、検出された攻撃は、誰かがたまたま見るまで続く。
    ///
    /// **直し方。** `source` が `aws.guardduty` のルールに、購読者のいる SNS トピックなどのターゲットを付ける。
    FindingsRoute = "findings-route";
    control: "O2.3",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Findings of GuardDuty reach nobody", "GuardDuty の検出結果が誰にも届かない",
}

const RULE: &str = "aws_cloudwatch_event_rule";

impl Check for FindingsRoute {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let routes = Routes::of(cx);
        for (index, detector) in cx.estate.of_type("aws_guardduty_detector") {
            // A detector that is off finds nothing: `guardduty-eks` tells it.
            if !matches!(detector.flag("enable"), Seen::Set(false, _)) {
                judge(cx, &routes, detector, &mut sheet.on_resource(index));
            }
        }
    }
}

/// Findings of an attack on a cluster as EventBridge carries them: about the API server, and about what runs.
fn findings() -> [Value; 2] {
    let finding = |kind: &str| {
        json!({
            "source": "aws.guardduty",
            "detail-type": "GuardDuty Finding",
            "detail": { "type": kind, "severity": 8 },
        })
    };
    [
        finding("CredentialAccess:Kubernetes/MaliciousIPCaller"),
        finding("PrivilegeEscalation:Runtime/ContainerMountsHostDirectory"),
    ]
}

/// The same as Security Hub passes it on.
fn imported() -> Value {
    json!({
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": {},
    })
}

/// The worst that was seen of the rules, when none is heard.
enum Broken<'a> {
    Off(&'a Resource, Option<sekisho_terraform::Origin>),
    NoTarget(&'a Resource),
    Silent(&'a Resource, String, Option<&'a Resource>),
}

fn judge<'a>(cx: &Context<'a>, routes: &Routes<'a>, detector: &'a Resource, on: &mut On<'_>) {
    let (mut broken, mut doubt) = (None, None);
    let rules = cx.estate.of_type(RULE);
    for (index, rule) in rules.filter(|(_, rule)| are_together(cx, rule, detector)) {
        let is_default = bus(rule).is_none_or(|bus| bus == "default");
        let pattern = match rule.text("event_pattern") {
            Seen::Set(pattern, _) if is_default => pattern,
            Seen::Unknown(why) => {
                doubt = Some(why);
                continue;
            }
            Seen::Set(..) | Seen::Unset => continue,
        };
        let is_direct = findings()
            .iter()
            .any(|one| takes(&pattern, one) == Some(true));
        if !is_direct && takes(&pattern, &imported()) != Some(true) {
            continue;
        }
        match routes.of_rule(cx, index, rule) {
            Route::Heard if !is_direct => match has_hub(cx, detector) {
                Ok(true) => return on.pass(),
                Ok(false) => {}
                Err(why) => doubt = Some(why),
            },
            Route::Heard if rule.stack == detector.stack => return on.pass(),
            Route::Heard => {
                let name = &rule.address;
                doubt = Some(phrase!(
                    en: "whether `{name}` of another configuration is in the region and account of the detector; an AWS snapshot tells",
                    ja: "別の構成の `{name}` が検出器と同じリージョン・アカウントにあるか。AWS スナップショットがあれば分かる",
                ));
            }
            Route::Off(origin) => broken = Some(Broken::Off(rule, origin)),
            Route::NoTarget => broken = Some(Broken::NoTarget(rule)),
            Route::Silent(name, topic) => broken = Some(Broken::Silent(rule, name, topic)),
            Route::Unknown(why) => doubt = Some(why),
        }
    }
    let elsewhere = || cx.all_here(detector.stack, RULE).err();
    match doubt
        .or_else(elsewhere)
        .or_else(|| administered(cx, detector))
    {
        Some(why) => on.unknown(why),
        None => tell(cx, detector, broken, on),
    }
}

/// Whether Security Hub is on beside the detector.
fn has_hub(cx: &Context<'_>, detector: &Resource) -> Result<bool, Phrase> {
    let kind = "aws_securityhub_account";
    let mut hubs = cx.estate.of_type(kind);
    if hubs.any(|(_, hub)| are_together(cx, hub, detector)) {
        return Ok(true);
    }
    cx.all_here(detector.stack, kind).map(|()| false)
}

/// The administrator of an organization sees the findings of its members, and may have the route.
fn administered(cx: &Context<'_>, detector: &Resource) -> Option<Phrase> {
    let kind = "aws_guardduty_invite_accepter";
    let mut accepters = cx.estate.of_type(kind);
    let accepter = accepters.find(|(_, one)| are_together(cx, one, detector));
    if let Some((_, accepter)) = accepter {
        let account = match accepter.text("master_account_id") {
            Seen::Set(account, _) => account,
            Seen::Unset | Seen::Unknown(_) => "?".to_owned(),
        };
        return Some(phrase!(
            en: "account {account} administers GuardDuty and gets the findings, too: whether somebody hears of them there, its own snapshot tells",
            ja: "アカウント {account} が GuardDuty を管理し、検出結果を受け取る。そこで人に届くかは、そのアカウントのスナップショットで分かる",
        ));
    }
    if is_told(cx, detector.stack) {
        cx.all_here(detector.stack, kind).err()
    } else {
        None
    }
}

fn tell(cx: &Context<'_>, detector: &Resource, broken: Option<Broken<'_>>, on: &mut On<'_>) {
    let name = &detector.address;
    let beside = |fault: Fault| {
        let text = phrase!(en: "the detector", ja: "検出器");
        fault.beside(cx.estate, detector, text)
    };
    let fault = match broken {
        None => {
            let message = phrase!(
                en: "nobody hears of the findings of `{name}`: no rule of EventBridge takes those of EKS",
                ja: "`{name}` の検出結果は誰にも届かない: EKS の検出結果を受け取る EventBridge のルールがない",
            );
            Fault::of_value(cx.estate, detector, None, message)
        }
        Some(Broken::Off(rule, origin)) => {
            let of = &rule.address;
            let message = phrase!(
                en: "nobody hears of the findings of `{name}`: the rule `{of}` that takes them is switched off",
                ja: "`{name}` の検出結果は誰にも届かない: 受け取るルール `{of}` が無効である",
            );
            let fault = beside(Fault::of_value(cx.estate, rule, origin.as_ref(), message));
            let is_state = rule.raw("state").is_some_and(|state| !state.is_null());
            let (switch, value) = if is_state {
                ("state", "\"ENABLED\"")
            } else {
                ("is_enabled", "true")
            };
            let title = phrase!(en: "Switch the rule on", ja: "ルールを有効にする");
            match set(cx.estate, rule, switch, value) {
                Some(change) => fault.fix(Fix::safe(title).with(change)),
                None => fault,
            }
        }
        Some(Broken::NoTarget(rule)) => {
            let of = &rule.address;
            let message = phrase!(
                en: "nobody hears of the findings of `{name}`: the rule `{of}` that takes them has no target",
                ja: "`{name}` の検出結果は誰にも届かない: 受け取るルール `{of}` にターゲットがない",
            );
            beside(Fault::of_value(cx.estate, rule, None, message))
        }
        Some(Broken::Silent(rule, to, topic)) => {
            let of = &rule.address;
            let message = phrase!(
                en: "nobody hears of the findings of `{name}`: the rule `{of}` sends them to `{to}`, to which nobody has subscribed",
                ja: "`{name}` の検出結果は誰にも届かない: ルール `{of}` の送り先 `{to}` に購読者がいない",
            );
            let text = phrase!(en: "the topic without subscribers", ja: "購読者のいないトピック");
            let fault = Fault::of_value(cx.estate, rule, None, message);
            beside(match topic {
                Some(topic) => fault.beside(cx.estate, topic, text),
                None => fault,
            })
        }
    };
    on.fail(fault);
}
