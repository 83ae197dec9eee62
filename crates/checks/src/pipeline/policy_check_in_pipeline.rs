use sekisho_model::{Pipeline, PipelineKind, phrase};

use super::pipeline_scans::hidden;
use crate::deeds::{Deed, Done, Fate, PipelineDeeds};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pipeline that deploys judges the manifests by the policies first (`sekisho check`, kube-linter, conftest,
    /// `gator test`, `kyverno apply` …), a violation fails it, and people are told.
    ///
    /// **Why it matters.** Admission refuses the object when it is applied: half-way through a deployment, at night. And a policy
    /// that only warns in the cluster is enforced nowhere when the pipeline does not ask.
    ///
    /// **Bad**
    /// ```yaml
    /// - run: kubectl apply -f k8s/
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// - run: sekisho check k8s/
    /// - run: kubectl apply -f k8s/
    /// ```
    ///
    /// **References.** [Gatekeeper: gator](https://open-policy-agent.github.io/gatekeeper/website/docs/gator/), [Kyverno CLI](https://kyverno.io/docs/kyverno-cli/)
    ///
    /// # 日本語
    /// **示すこと。** デプロイするパイプラインが、事前にマニフェストをポリシーで判定し (`sekisho check`、kube-linter、conftest、`gator test`、`kyverno apply` など)、違反で失敗し、人に通知すること。
    ///
    /// **理由。** アドミッションが拒否するのは適用の時点、つまり夜間のデプロイの途中である。クラスタで警告だけのポリシーは、パイプラインで確かめなければどこでも強制されない。
    ///
    /// **直し方。** デプロイの前に `sekisho check` などを実行し、失敗時の通知を置く。
    PolicyCheckInPipeline = "policy-check-in-pipeline";
    control: "O1.2",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: None,
    title: "Deployed without asking the policies", "ポリシー判定のないデプロイ",
}

impl Check for PolicyCheckInPipeline {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let deeds = on.pipeline().and_then(|index| cx.deeds().get(index));
        let Some(deeds) = deeds.filter(|deeds| deeds.ships()) else {
            return;
        };
        let deploying: Vec<usize> = deeds.all(Deed::Deploys).map(|(job, _)| job).collect();
        let Some((first, deploy)) = deeds.all(Deed::Deploys).next() else {
            return;
        };
        let open = deploying.iter().find(|job| !is_judged(deeds, **job));
        if open.is_none() || is_judged_in_review(cx, pipeline) {
            if deeds.alerts_for(first) {
                on.pass();
            } else if pipeline.kind == PipelineKind::Gitlab {
                on.unknown(phrase!(
                    en: "no job tells of a failure; an integration of the project may, which is not in the files",
                    ja: "失敗を通知する job がない。プロジェクトの通知連携は設定側にあり、ファイルからは分からない"
                ));
            } else {
                on.fail_told_by(&["failure-alerts"]);
            }
            return;
        }
        if deeds
            .all(Deed::JudgesPolicy)
            .any(|(_, done)| done.fate == Fate::Ignored && done.soft.is_some())
        {
            on.fail_told_by(&["scan-does-not-fail"]);
        } else if let Some(reason) = hidden(deeds) {
            on.unknown(reason);
        } else {
            let tool = &deploy.tool;
            on.fail(Fault::at(deploy.route.clone(), phrase!(
                en: "this pipeline deploys (`{tool}`) without asking the policies first; run `sekisho check`, kube-linter, conftest, `gator test` or `kyverno apply` on the manifests, so that a violation stops it",
                ja: "このパイプラインはポリシーで判定せずにデプロイします (`{tool}`)。`sekisho check`、kube-linter、conftest、`gator test`、`kyverno apply` などを事前に実行し、違反で止めてください"
            )));
        }
    }
}

/// Of infrastructure, a scan of the configuration is what judges it.
fn is_judged(deeds: &PipelineDeeds, job: usize) -> bool {
    let deploy = deeds
        .jobs
        .get(job)
        .and_then(|deeds| deeds.first(Deed::Deploys));
    let judges = if deploy.is_some_and(Done::is_infrastructure) {
        Deed::ScansConfiguration
    } else {
        Deed::JudgesPolicy
    };
    deeds.all(judges).any(|gate| deeds.holds_up(gate, job))
}

/// A pipeline for pull requests of the same repository that fails on a violation.
fn is_judged_in_review(cx: &Context<'_>, pipeline: &Pipeline) -> bool {
    let mut all = cx.estate.pipelines().iter().enumerate();
    all.any(|(index, other)| {
        other.root == pipeline.root
            && cx
                .deeds()
                .get(index)
                .is_some_and(PipelineDeeds::judges_reviews)
    })
}
