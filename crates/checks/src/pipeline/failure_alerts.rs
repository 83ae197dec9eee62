use std::collections::BTreeSet;

use sekisho_model::{Fields, Pipeline, PipelineKind, phrase};

use crate::deeds::{Deed, events, triggers};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** When a job that ships fails, people are told at once: a step with `if: failure()` in the job, a job with
    /// `if: failure()` that needs it, GitLab's `when: on_failure`, or a workflow that follows this one.
    ///
    /// **Why it matters.** A deployment that broke half-way, or a scan that stopped it, is seen when somebody looks. Until then
    /// the half stands, or the fix for a hole does not ship.
    ///
    /// **Bad.** The job starts at once, and nothing has failed yet:
    /// ```yaml
    /// notify:
    ///   if: failure()
    ///   steps:
    ///     - uses: slackapi/slack-github-action@…
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// notify:
    ///   needs: [build, deploy]
    ///   if: failure()
    ///   steps:
    ///     - uses: slackapi/slack-github-action@…
    /// ```
    ///
    /// **References.** [GitHub: Status check functions](https://docs.github.com/en/actions/writing-workflows/choosing-what-your-workflow-does/evaluate-expressions-in-workflows-and-actions#status-check-functions), [GitLab: when](https://docs.gitlab.com/ci/yaml/#when)
    ///
    /// # 日本語
    /// **示すこと。** 出荷する job が失敗したとき、直ちに人へ通知されること。job 内の `if: failure()` のステップ、その job を `needs` に持つ `if: failure()` の job、GitLab の `when: on_failure`、または後続のワークフローによる。
    ///
    /// **理由。** 途中で壊れたデプロイや、スキャンで止まった出荷は、誰かが見るまで気付かれない。その間、中途半端な状態が残るか、脆弱性の修正が届かない。
    ///
    /// **直し方。** 出荷する job をすべて `needs` に持つ `if: failure()` の通知 job を置く。
    FailureAlerts = "failure-alerts";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: None,
    title: "A failure that nobody is told of", "通知されない失敗",
}

impl Check for FailureAlerts {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let index = on.pipeline();
        let Some(deeds) = index
            .and_then(|index| cx.deeds().get(index))
            .filter(|deeds| deeds.ships())
        else {
            return;
        };
        let shipping = deeds.all(Deed::PushesImage).chain(deeds.all(Deed::Deploys));
        let shipping: BTreeSet<usize> = shipping.map(|(job, _)| job).collect();
        let silent = shipping.iter().find(|job| !deeds.alerts_for(**job));
        let Some(silent) = silent.filter(|_| !is_followed(cx, pipeline)) else {
            on.pass();
            return;
        };
        let Some(job) = pipeline.jobs.get(*silent) else {
            return;
        };
        if let Some(reason) = deeds.gap() {
            on.unknown(reason.clone());
            return;
        }
        let id = &job.id;
        let elsewhere = deeds
            .jobs
            .iter()
            .any(|job| job.done.iter().any(|done| done.deed == Deed::Alerts));
        if pipeline.kind == PipelineKind::Gitlab && !elsewhere {
            on.unknown(phrase!(
                en: "no job tells of a failure; an integration of the project may, which is not in the files",
                ja: "失敗を通知する job がない。プロジェクトの通知連携は設定側にあり、ファイルからは分からない"
            ));
            return;
        }
        let message = if elsewhere {
            phrase!(
                en: "no notification is sent when job `{id}` fails: the one that there is does not wait for it, or runs only on success; let it need the job, with `if: failure()`",
                ja: "job `{id}` が失敗しても通知されません。通知はこの job を待たないか、成功時にしか実行されません。`needs` に加え、`if: failure()` としてください"
            )
        } else {
            phrase!(
                en: "nobody is told when job `{id}` fails: add a job with `if: failure()` that needs it and writes to Slack, Teams or mail",
                ja: "job `{id}` が失敗しても誰にも通知されません。これを `needs` に持つ `if: failure()` の job から Slack、Teams、メールへ通知してください"
            )
        };
        on.fail(Fault::at(job.route.clone(), message));
    }
}

/// A workflow with `on: workflow_run` of this one that alerts.
fn is_followed(cx: &Context<'_>, pipeline: &Pipeline) -> bool {
    let mut all = cx.estate.pipelines().iter().enumerate();
    all.any(|(index, other)| {
        let follows = other.root == pipeline.root
            && events(other).iter().any(|event| event == "workflow_run")
            && triggers(&other.value).is_some_and(|on| {
                on.items("workflow_run.workflows")
                    .iter()
                    .any(|name| name.as_str() == Some(&pipeline.name))
            });
        follows
            && cx.deeds().get(index).is_some_and(|deeds| {
                deeds
                    .jobs
                    .iter()
                    .any(|job| job.done.iter().any(|done| done.deed == Deed::Alerts))
            })
    })
}
