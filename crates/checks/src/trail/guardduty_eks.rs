use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, Stack, phrase};
use sekisho_text::Route;

use super::detectors::{Detector, Detectors, Feature, RUNTIME, manages_agent, without_agent};
use super::regions::{are_together, called, is_told, is_told_by_account, regions};
use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** GuardDuty is on, watches the audit logs of EKS and the runtime of its nodes, and its agent reaches the clusters: GuardDuty
    /// manages it, or each cluster has the add-on `aws-guardduty-agent`.
    ///
    /// **Why it matters.** A detector alone does not look into the cluster. Audit logs are watched by default, the runtime is not: without it
    /// nobody sees what a stolen container starts, reads and connects to. Without an agent the feature is on and sees nothing.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_guardduty_detector" "all" {
    ///   enable = true
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_guardduty_detector" "all" {
    ///   enable = true
    /// }
    ///
    /// resource "aws_guardduty_detector_feature" "runtime" {
    ///   detector_id = aws_guardduty_detector.all.id
    ///   name        = "RUNTIME_MONITORING"
    ///   status      = "ENABLED"
    ///   additional_configuration {
    ///     name   = "EKS_ADDON_MANAGEMENT"
    ///     status = "ENABLED"
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-eks.html> ·
    /// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html>
    ///
    /// # 日本語
    /// **示すこと。** GuardDuty が有効で、EKS の監査ログとノードのランタイムを監視し、エージェントがクラスタに届いている。GuardDuty がエージェントを
    /// 管理するか、各クラスタにアドオン `aws-guardduty-agent` があること。
    ///
    /// **理由。** 検出器だけではクラスタの中は見えない。監査ログは既定で監視されるが、ランタイムは監視されない。ランタイム監視がなければ、
    /// 乗っ取られたコンテナが何を起動し、読み、どこへ接続したかを誰も知らない。エージェントがなければ、機能が有効でも何も見えない。
    ///
    /// **直し方。** `RUNTIME_MONITORING` を有効にし、`EKS_ADDON_MANAGEMENT` も `ENABLED` とする。
    GuarddutyEks = "guardduty-eks";
    control: "T6.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "GuardDuty does not watch EKS", "GuardDuty による EKS 監視の不足",
}

impl Check for GuarddutyEks {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let detectors = Detectors::of(cx);
        for (stack, region) in regions(cx) {
            let mut here = detectors.known.values();
            if !here.any(|detector| detector.resource.stack == stack) {
                no_detector_in(cx, stack, region, sheet);
            }
        }
        let mut known = detectors.known.values();
        if detectors.loose.is_empty() && known.all(|detector| is_told(cx, detector.resource.stack))
        {
            absent(cx, sheet);
        }
        for index in detectors.loose {
            sheet.on_resource(index).unknown(Phrase::new(
                "what else the detector of this feature watches: it is not defined in these files; add a plan or an AWS snapshot",
                "この機能が属する検出器の他の設定: これらのファイルで定義されていない。plan か AWS スナップショットを加える",
            ));
        }
        for (index, detector) in detectors.known {
            // Without a cluster in the region there is nothing of EKS to watch.
            let stack = detector.resource.stack;
            let mut on = sheet.on_resource(index);
            if is_told(cx, stack) && clusters_in(cx, stack).next().is_none() {
                if let Err(why) = cx.all_here(stack, "aws_eks_cluster") {
                    on.unknown(why);
                }
                continue;
            }
            let before = on.count();
            judge(cx, &detector, &mut on);
            if on.count() == before {
                on.pass();
            }
        }
    }
}

fn judge(cx: &Context<'_>, detector: &Detector<'_>, on: &mut On<'_>) {
    let resource = detector.resource;
    let address = &resource.address;
    // `Default: true` in the provider's schema.
    match resource.flag("enable").or_default(true) {
        Seen::Set(false, origin) => {
            let message = phrase!(
                en: "the detector `{address}` is switched off: GuardDuty watches nothing",
                ja: "検出器 `{address}` が無効であり、GuardDuty は何も監視しない",
            );
            let title = phrase!(en: "Switch the detector on", ja: "検出器を有効にする");
            let fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message)
                .severity(Severity::High)
                .key("detector");
            let fix = set(cx, resource, "enable", "true", Fix::risky(title));
            return on.fail(with(fault, fix));
        }
        Seen::Unknown(why) => on.unknown(why),
        Seen::Set(true, _) | Seen::Unset => {}
    }
    audit(cx, detector, on);
    runtime(cx, detector, on);
}

fn with(fault: Fault, fix: Option<Fix>) -> Fault {
    match fix {
        Some(fix) => fault.fix(fix),
        None => fault,
    }
}

fn set(cx: &Context<'_>, resource: &Resource, name: &str, text: &str, fix: Fix) -> Option<Fix> {
    BlockEdit::of_resource(cx.estate, resource)?
        .set(name, resource.raw(name).as_ref(), text)?
        .done(fix)
}

/// A place where a feature is off, and the change that switches it on.
fn switched_off(cx: &Context<'_>, feature: &Resource, message: Phrase) -> Fault {
    let status = feature.raw("status");
    let origin = status.as_ref().and_then(|value| value.origin().cloned());
    let title = phrase!(en: "Switch the feature on", ja: "機能を有効にする");
    let fix = set(cx, feature, "status", "\"ENABLED\"", Fix::risky(title));
    with(
        Fault::of_value(cx.estate, feature, origin.as_ref(), message),
        fix,
    )
}

fn audit(cx: &Context<'_>, detector: &Detector<'_>, on: &mut On<'_>) {
    let address = &detector.resource.address;
    let message = phrase!(
        en: "`{address}` does not watch the audit logs of EKS: misuse of the API server is not noticed",
        ja: "`{address}` は EKS の監査ログを監視せず、API サーバーの悪用に気付けない",
    );
    match detector.feature(&["EKS_AUDIT_LOGS"]) {
        Feature::On(_) => {}
        Feature::Off(feature) => on.fail(switched_off(cx, feature, message).key("audit")),
        Feature::Unknown(why) => on.unknown(why),
        // The older block; a new detector watches audit logs where nothing is said (`CreateDetector`).
        Feature::Unset => match detector
            .resource
            .flag("datasources.kubernetes.audit_logs.enable")
            .or_default(true)
        {
            Seen::Set(false, origin) => {
                let estate = cx.estate;
                let resource = detector.resource;
                on.fail(Fault::of_value(estate, resource, origin.as_ref(), message).key("audit"));
            }
            Seen::Unknown(why) => on.unknown(why),
            Seen::Set(true, _) | Seen::Unset => {}
        },
    }
}

fn runtime(cx: &Context<'_>, detector: &Detector<'_>, on: &mut On<'_>) {
    let address = &detector.resource.address;
    match detector.feature(&RUNTIME) {
        Feature::On(feature) => agent(cx, detector, feature, on),
        Feature::Off(feature) => {
            let message = phrase!(
                en: "`{address}` has runtime monitoring switched off: what a stolen container does is not noticed",
                ja: "`{address}` のランタイム監視が無効であり、乗っ取られたコンテナの行動に気付けない",
            );
            on.fail(switched_off(cx, feature, message).key("runtime"));
        }
        Feature::Unknown(why) => on.unknown(why),
        Feature::Unset if is_for_organization(cx, detector.resource) => on.unknown(Phrase::new(
            "whether the organization switches runtime monitoring on for this account; an AWS snapshot tells it",
            "組織の設定がこのアカウントのランタイム監視を有効にするか。AWS スナップショットがあれば分かる",
        )),
        Feature::Unset => {
            let message = phrase!(
                en: "`{address}` has no `RUNTIME_MONITORING`, which is off by default: what a stolen container does is not noticed; switch it on",
                ja: "`{address}` に `RUNTIME_MONITORING` がなく (既定は無効)、乗っ取られたコンテナの行動に気付けない。有効にすること",
            );
            on.fail(Fault::of_value(cx.estate, detector.resource, None, message).key("runtime"));
        }
    }
}

/// The administrator of an organization can switch a feature on for its accounts.
fn is_for_organization(cx: &Context<'_>, detector: &Resource) -> bool {
    cx.estate
        .of_type("aws_guardduty_organization_configuration_feature")
        .filter(|(_, feature)| are_together(cx, feature, detector))
        .any(|(_, feature)| {
            let is_other = matches!(feature.text("name"), Seen::Set(name, _) if !RUNTIME.contains(&name.as_str()));
            let is_off = matches!(feature.text("auto_enable"), Seen::Set(whom, _) if whom == "NONE");
            !is_other && !is_off
        })
}

fn agent(cx: &Context<'_>, detector: &Detector<'_>, feature: &Resource, on: &mut On<'_>) {
    let origin = match manages_agent(feature) {
        Seen::Set(true, _) | Seen::Unset => return,
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Set(false, origin) => origin,
    };
    let clusters = cx.estate.of_type("aws_eks_cluster");
    let clusters = clusters.filter(|(_, cluster)| are_together(cx, cluster, feature));
    let clusters = clusters.count();
    let bare = match without_agent(cx, feature) {
        Ok(bare) => bare,
        Err(why) => return on.unknown(why),
    };
    let Some(first) = bare.first() else {
        if clusters == 0 {
            on.unknown(Phrase::new(
                "how the agent of GuardDuty gets onto the nodes: GuardDuty does not manage it (`EKS_ADDON_MANAGEMENT`), and no cluster is among the files",
                "GuardDuty のエージェントをノードに入れる方法: GuardDuty は管理せず (`EKS_ADDON_MANAGEMENT`)、クラスタがファイルの中にない",
            ));
        }
        return;
    };
    let (address, cluster) = (&detector.resource.address, &first.address);
    let message = phrase!(
        en: "`{address}` does not manage its agent (`EKS_ADDON_MANAGEMENT`), and `{cluster}` has no add-on `aws-guardduty-agent`: runtime monitoring is on and sees nothing there",
        ja: "`{address}` はエージェントを管理せず (`EKS_ADDON_MANAGEMENT`)、`{cluster}` にアドオン `aws-guardduty-agent` もない。ランタイム監視は有効でも何も見えない",
    );
    let title =
        phrase!(en: "Let GuardDuty manage its agent", ja: "GuardDuty にエージェントを管理させる");
    let fix = if origin.is_none() {
        let on = [
            ("name", "\"EKS_ADDON_MANAGEMENT\""),
            ("status", "\"ENABLED\""),
        ];
        BlockEdit::of_resource(cx.estate, feature).and_then(|edit| {
            edit.nested("additional_configuration", &on)
                .done(Fix::risky(title))
        })
    } else {
        None
    };
    let fault = bare.into_iter().fold(
        Fault::of_value(cx.estate, feature, origin.as_ref(), message).key("agent"),
        |fault, cluster| {
            let text = phrase!(en: "has no agent", ja: "エージェントのないクラスタ");
            fault.beside(cx.estate, cluster, text)
        },
    );
    on.fail(with(fault, fix));
}

fn clusters_in<'a>(cx: &Context<'a>, stack: usize) -> impl Iterator<Item = &'a Resource> {
    let clusters = cx.estate.of_type("aws_eks_cluster");
    clusters
        .map(|(_, cluster)| cluster)
        .filter(move |cluster| cluster.stack == stack)
}

/// A region of a snapshot without a detector: what that says depends on whether it has clusters.
fn no_detector_in(cx: &Context<'_>, stack: usize, region: &Stack, sheet: &mut Sheet<'_>) {
    let Some(first) = clusters_in(cx, stack).next() else {
        return;
    };
    let mut on = sheet.estate();
    if let Err(why) = cx.all_here(stack, "aws_guardduty_detector") {
        return on.unknown(why);
    }
    let (name, account) = called(region);
    let message = phrase!(
        en: "account {account} has no detector of GuardDuty in `{name}`: neither audit logs nor the runtime of its clusters there are watched",
        ja: "アカウント {account} の `{name}` に GuardDuty の検出器がなく、そこにあるクラスタの監査ログもランタイムも監視されない",
    );
    let text = phrase!(en: "a cluster that nothing watches", ja: "監視されないクラスタ");
    let fault = Fault::of_value(cx.estate, first, None, message).severity(Severity::High);
    on.fail(
        clusters_in(cx, stack)
            .fold(fault, |fault, cluster| {
                fault.beside(cx.estate, cluster, text.clone())
            })
            .key(format!("{account} {name}")),
    );
}

/// No detector stands in the files: what that says depends on whether they are everything.
fn absent(cx: &Context<'_>, sheet: &mut Sheet<'_>) {
    let mut clusters = cx.estate.of_type("aws_eks_cluster");
    let is_open =
        |cluster: &Resource| !is_told(cx, cluster.stack) && !is_told_by_account(cx, cluster);
    if !clusters.any(|(_, cluster)| is_open(cluster)) {
        return;
    }
    if cx.complete() {
        sheet.estate().fail(Fault::at(
            Route::root(),
            Phrase::new(
                "no detector of GuardDuty is defined: neither audit logs nor the runtime of EKS are watched",
                "GuardDuty の検出器が定義されておらず、EKS の監査ログもランタイムも監視されない",
            ),
        ));
    } else {
        sheet.estate().unknown(Phrase::new(
            "whether GuardDuty watches the cluster: no `aws_guardduty_detector` is among the files; add them, or an AWS snapshot",
            "GuardDuty がクラスタを監視するか: `aws_guardduty_detector` がファイルの中にない。ファイルか AWS スナップショットを加える",
        ));
    }
}
