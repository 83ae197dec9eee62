use sekisho_model::{Phrase, Resource, Seen, Severity, phrase};

use super::detectors::{Detectors, Feature, RUNTIME};
use super::regions::is_told;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** GuardDuty's own account of what its runtime monitoring reaches, cluster by cluster, in a snapshot of the account: a
    /// cluster that is not among them, that is unhealthy, or some of whose nodes have no working agent.
    ///
    /// **Why it matters.** The feature can be on while its agent does not run: an add-on that failed, an endpoint that a policy
    /// blocks, nodes of a kind that the agent does not know. What runs there is not watched, and every switch says that it is.
    ///
    /// **Bad**
    /// ```text
    /// aws guardduty list-coverage: {"CoverageStatus": "UNHEALTHY", "Issue": "Addon not created", …}
    /// ```
    ///
    /// **Good**
    /// ```text
    /// aws guardduty list-coverage: {"CoverageStatus": "HEALTHY", … "CoveredNodes": 6, "CompatibleNodes": 6}
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/guardduty/latest/ug/eks-runtime-monitoring-coverage.html> ·
    /// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListCoverage.html>
    ///
    /// # 日本語
    /// **示すこと。** アカウントのスナップショットにある、GuardDuty 自身によるランタイム監視のカバレッジ。対象に含まれないクラスタ、異常のあるクラスタ、
    /// エージェントが動作していないノードのあるクラスタを示す。
    ///
    /// **理由。** 機能が有効でも、エージェントが動いていないことがある。アドオンの作成失敗、ポリシーによるエンドポイントの遮断、エージェントが対応しない
    /// ノードなどである。設定はすべて有効なのに、そこで動くものは監視されない。
    ///
    /// **直し方。** `Issue` が示す原因を取り除き、再びスナップショットを取る。
    GuarddutyCoverage = "guardduty-coverage";
    control: "T6.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "GuardDuty does not reach a cluster", "GuardDuty が届いていないクラスタ",
}

const COVERAGE: &str = "aws_guardduty_coverage";

impl Check for GuarddutyCoverage {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let detectors = Detectors::of(cx);
        let clusters = cx.estate.of_type("aws_eks_cluster");
        for (index, cluster) in clusters.filter(|(_, cluster)| is_told(cx, cluster.stack)) {
            let mut on = sheet.on_resource(index);
            let own = cx.estate.of_type(COVERAGE).map(|(_, one)| one);
            match own.filter(|one| is_of(cx, one, cluster)).last() {
                Some(coverage) => judge(cx, cluster, coverage, &mut on),
                None => absent(cx, &detectors, cluster, &mut on),
            }
        }
    }
}

/// An administrator sees clusters of other accounts, too.
fn is_of(cx: &Context<'_>, coverage: &Resource, cluster: &Resource) -> bool {
    let stack = cx.estate.stacks().get(cluster.stack);
    let account = stack.and_then(|stack| stack.account.as_ref());
    let is_own = match coverage.text("account_id") {
        Seen::Set(told, _) => Some(&told) == account,
        Seen::Unset | Seen::Unknown(_) => true,
    };
    let names = (coverage.text("cluster_name"), cluster.text("name"));
    let is_named = matches!(names, (Seen::Set(a, _), Seen::Set(b, _)) if a == b);
    is_own && is_named && coverage.stack == cluster.stack
}

fn judge(cx: &Context<'_>, cluster: &Resource, coverage: &Resource, on: &mut On<'_>) {
    let name = &cluster.address;
    let fail = |origin, message: Phrase| {
        let text = phrase!(en: "the cluster", ja: "クラスタ");
        let fault = Fault::of_value(cx.estate, coverage, origin, message);
        fault.beside(cx.estate, cluster, text)
    };
    match coverage.text("coverage_status") {
        Seen::Set(status, origin) if status != "HEALTHY" => {
            let issue = match coverage.text("issue") {
                Seen::Set(issue, _) if !issue.is_empty() => format!(": {issue}"),
                _ => String::new(),
            };
            let message = phrase!(
                en: "GuardDuty says that it does not reach `{name}` (`{status}`{issue}): what runs there is not watched",
                ja: "GuardDuty によれば `{name}` に届いておらず (`{status}`{issue})、そこで動くものは監視されない",
            );
            return on.fail(fail(origin.as_ref(), message).severity(Severity::High));
        }
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Set(..) | Seen::Unset => {}
    }
    match (
        coverage.whole("covered_nodes"),
        coverage.whole("compatible_nodes"),
    ) {
        (Seen::Set(covered, origin), Seen::Set(all, _)) if covered < all => {
            let message = phrase!(
                en: "the agent of GuardDuty works on {covered} of {all} nodes of `{name}`: what runs on the others is not watched",
                ja: "GuardDuty のエージェントは `{name}` の {all} ノード中 {covered} ノードでしか動作せず、残りで動くものは監視されない",
            );
            on.fail(fail(origin.as_ref(), message));
        }
        _ => on.pass(),
    }
}

fn absent(cx: &Context<'_>, detectors: &Detectors<'_>, cluster: &Resource, on: &mut On<'_>) {
    let here = |kind| cx.all_here(cluster.stack, kind);
    if let Err(why) = here("aws_guardduty_detector").and_then(|()| here(COVERAGE)) {
        return on.unknown(why);
    }
    let mut own = detectors.known.values();
    let watches = own.any(|detector| {
        let is_on = matches!(detector.resource.flag("enable"), Seen::Set(true, _));
        let runtime = detector.feature(&RUNTIME);
        detector.resource.stack == cluster.stack && is_on && matches!(runtime, Feature::On(_))
    });
    // Nothing reaches any cluster: that is one finding, not one for each.
    if !watches {
        return on.fail_told_by(&["guardduty-eks"]);
    }
    let name = &cluster.address;
    let message = phrase!(
        en: "`{name}` is not among the clusters that GuardDuty's runtime monitoring knows: what runs there is not watched",
        ja: "`{name}` は GuardDuty のランタイム監視の対象に含まれず、そこで動くものは監視されない",
    );
    on.fail(Fault::of_value(cx.estate, cluster, None, message).severity(Severity::High));
}
