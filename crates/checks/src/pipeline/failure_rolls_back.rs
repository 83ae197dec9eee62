use sekisho_model::{Fix, Pipeline, PipelineKind, phrase};

use super::scripts::replaced;
use crate::deeds::{Deed, Done, PipelineDeeds};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A deployment that fails is taken back: `helm upgrade --atomic`, a `kubectl rollout undo` or
    /// `helm rollback` that runs on failure, or a job that does so.
    ///
    /// **Why it matters.** Otherwise half of the new version serves customers until a person has found out what ran before.
    ///
    /// **Bad**
    /// ```yaml
    /// - run: helm upgrade --install shop chart/
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// - run: helm upgrade --install --atomic --timeout 10m shop chart/
    /// ```
    ///
    /// **References.** [Helm: upgrade](https://helm.sh/docs/helm/helm_upgrade/), [kubectl rollout undo](https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_undo/)
    ///
    /// # 日本語
    /// **示すこと。** 失敗したデプロイが元に戻されること。`helm upgrade --atomic`、失敗時に実行される `kubectl rollout undo` や `helm rollback`、またはそれを行う job による。
    ///
    /// **理由。** そうでなければ、以前に何が動いていたかを人が調べ終えるまで、新しい版の半分が顧客に応答し続ける。
    ///
    /// **直し方。** Helm には `--atomic` を付ける。kubectl では `if: failure()` で `kubectl rollout undo` を実行する。
    FailureRollsBack = "failure-rolls-back";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: Risky,
    title: "A failed deployment stays", "失敗したデプロイが戻らない",
}

impl Check for FailureRollsBack {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let deeds = on.pipeline().and_then(|index| cx.deeds().get(index));
        let Some(deeds) = deeds.filter(|deeds| deeds.ships()) else {
            return;
        };
        for (number, job) in deeds.jobs.iter().enumerate() {
            let Some(deploy) = job.first(Deed::Deploys) else {
                continue;
            };
            if is_taken_back(deeds, number, deploy) {
                on.pass();
                continue;
            }
            if let Some(reason) = job.gaps.first() {
                on.unknown(reason.clone());
                continue;
            }
            let tool = &deploy.tool;
            if !matches!(
                tool.as_str(),
                "helm" | "kubectl" | "helmfile" | "azure/k8s-deploy" | "kapp" | "skaffold"
            ) {
                on.unknown(phrase!(
                    en: "whether a failed deployment by `{tool}` is taken back is settled where it deploys, not in the pipeline",
                    ja: "`{tool}` によるデプロイの失敗が戻されるかどうかは、パイプラインではなくデプロイ先の設定で決まる"
                ));
                continue;
            }
            let mut fault = Fault::at(
                deploy.route.clone(),
                phrase!(
                    en: "when this deployment (`{tool}`) fails, what it changed stays; take it back: `helm upgrade --atomic`, or `kubectl rollout undo` in a step with `if: failure()`",
                    ja: "このデプロイ (`{tool}`) が失敗しても変更は残ります。`helm upgrade --atomic` とするか、`if: failure()` のステップで `kubectl rollout undo` を実行してください"
                ),
            );
            if let Some(fix) = fix(pipeline, number, deploy) {
                fault = fault.fix(fix);
            }
            on.fail(fault);
        }
    }
}

/// By itself (`--atomic`), by a later step of the job that runs on failure, or by a job that waits for it.
fn is_taken_back(deeds: &PipelineDeeds, number: usize, deploy: &Done) -> bool {
    deeds.jobs.iter().enumerate().any(|(other, job)| {
        let follows = deeds.waits(other, number);
        let mut backs = job.done.iter().filter(|done| done.deed == Deed::RollsBack);
        backs.any(|back| {
            let is_own = other == number
                && (back.is_on_failure
                    || (back.step == deploy.step && back.tool == deploy.tool)
                    || handles(back, deploy));
            is_own || (follows && (job.is_on_failure || back.is_on_failure))
        })
    })
}

/// `kubectl rollout status … || kubectl rollout undo …`
fn handles(back: &Done, deploy: &Done) -> bool {
    back.step >= deploy.step
        && !back.is_called
        && !deploy.is_called
        && back.tool != "helm"
        && back.deed == Deed::RollsBack
}

fn fix(pipeline: &Pipeline, number: usize, deploy: &Done) -> Option<Fix> {
    let job = pipeline
        .jobs
        .get(number)
        .filter(|job| job.home.is_none() && !deploy.is_called)?;
    let step = job.steps.get(deploy.step)?;
    let (route, script) = replaced(pipeline, step, "helm upgrade ", "helm upgrade --atomic ")?;
    Some(
        Fix::risky(phrase!(en: "Take a failed upgrade back", ja: "失敗した更新を元に戻す"))
            .set(route, script),
    )
}
