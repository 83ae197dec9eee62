use sekisho_model::{Fix, Pipeline, PipelineKind, phrase};
use serde_json::{Value, json};

use super::scripts::value_at;
use crate::deeds::{Deed, Done, Fate, PipelineDeeds, Stage};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Before production is touched, the pipeline tests the paths of the running system end to end in staging:
    /// the job that deploys to production needs a job that does, and a failure of the tests stops it.
    ///
    /// **Why it matters.** A network policy, a gateway rule or an mTLS setting that cuts a path, or opens one, is seen in staging or
    /// by customers. Both directions count: what must work, and what must be refused.
    ///
    /// **Bad**
    /// ```yaml
    /// deploy-production:
    ///   needs: build
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// e2e-staging:
    ///   needs: deploy-staging
    /// deploy-production:
    ///   needs: e2e-staging
    /// ```
    ///
    /// **References.** [EKS Best Practices Guide: Network security](https://docs.aws.amazon.com/eks/latest/best-practices/network-security.html)
    ///
    /// # 日本語
    /// **示すこと。** 本番に触れる前に、稼働中のシステムの通信パスを stg 環境で E2E テストすること。本番へデプロイする job がそのテストの job を `needs` に持ち、テストの失敗で止まること。
    ///
    /// **理由。** 通信を断つ、あるいは開いてしまう NetworkPolicy、ゲートウェイ、mTLS の設定は、stg で見つかるか、顧客が見つけるかのどちらかである。通るべき通信と、拒否されるべき通信の両方を試す必要がある。
    ///
    /// **直し方。** stg へのデプロイの後に E2E テストの job を置き、本番の job の `needs` に加える。
    PathsTestedInStaging = "paths-tested-in-staging";
    control: "T2.6",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: Safe,
    title: "Production before its paths are tested", "通信パスのテストなしの本番反映",
}

impl Check for PathsTestedInStaging {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let deeds = on.pipeline().and_then(|index| cx.deeds().get(index));
        let Some(deeds) = deeds.filter(|deeds| deeds.ships()) else {
            return;
        };
        for production in deeds.to_production() {
            judge(pipeline, deeds, production, on);
        }
    }
}

fn judge(pipeline: &Pipeline, deeds: &PipelineDeeds, production: usize, on: &mut On<'_>) {
    let Some(job) = pipeline.jobs.get(production) else {
        return;
    };
    let tests = |number: &usize| {
        deeds
            .jobs
            .get(*number)
            .is_some_and(|job| job.does(Deed::TestsPaths))
    };
    let is_sure = |number: &usize| {
        deeds.jobs.get(*number).is_some_and(|job| {
            job.all(Deed::TestsPaths)
                .any(|done| done.fate == Fate::Fails)
        })
    };
    let before: Vec<usize> = deeds
        .before(production)
        .iter()
        .copied()
        .filter(tests)
        .collect();
    let id = &job.id;
    if before
        .iter()
        .any(|number| is_sure(number) && is_in_staging(deeds, *number))
    {
        on.pass();
        return;
    }
    if let Some(test) = before
        .iter()
        .find(|number| !is_sure(number))
        .and_then(|number| pipeline.jobs.get(*number))
    {
        let test = &test.id;
        on.fail(Fault::at(job.route.clone(), phrase!(
            en: "job `{id}` deploys to production even when the path tests of `{test}` fail: their failure is passed over",
            ja: "job `{id}` は、`{test}` の通信パスのテストが失敗しても本番へデプロイします。失敗が無視されています"
        )));
        return;
    }
    if !before.is_empty() {
        on.unknown(phrase!(
            en: "paths are tested before job `{id}`, but not visibly in staging; name the environment of the testing job",
            ja: "job `{id}` の前に通信パスのテストがあるが、stg 環境かどうかが分からない。テストの job に environment を指定する"
        ));
        return;
    }
    let waits = |number: &usize| !deeds.waits(*number, production) && *number != production;
    let beside = (0..deeds.jobs.len())
        .filter(tests)
        .filter(is_sure)
        .find(waits);
    if let Some(test) = beside.and_then(|number| pipeline.jobs.get(number)) {
        let test_id = &test.id;
        let mut fault = Fault::at(
            job.route.key("needs"),
            phrase!(
                en: "job `{id}` deploys to production without waiting for the path tests of `{test_id}`; let it need them",
                ja: "job `{id}` は `{test_id}` の通信パスのテストを待たずに本番へデプロイします。`needs` に加えてください"
            ),
        );
        if let Some(fix) = fix(pipeline, production, test_id) {
            fault = fault.fix(fix);
        }
        on.fail(fault);
    } else if deeds.jobs.get(production).is_some_and(|own| {
        own.stage.is_none()
            && own
                .first(Deed::Deploys)
                .is_some_and(Done::is_infrastructure)
    }) {
        on.unknown(phrase!(
            en: "job `{id}` changes infrastructure and does not say of which environment; name it (`environment: production`)",
            ja: "job `{id}` はインフラを変更するが、どの環境かが書かれていない。`environment: production` のように指定する"
        ));
    } else if let Some(reason) = deeds.gap() {
        on.unknown(reason.clone());
    } else if pipeline
        .value
        .pointer("/on/workflow_run")
        .or_else(|| pipeline.value.pointer("/true/workflow_run"))
        .is_some()
    {
        on.unknown(phrase!(
            en: "this workflow follows another one; whether that tested the paths in staging is not known here",
            ja: "このワークフローは別のワークフローに続いて動くため、そこで stg の通信パスがテストされたかは分からない"
        ));
    } else {
        on.fail(Fault::at(job.route.clone(), phrase!(
            en: "job `{id}` deploys to production, and no job before it tests in staging that needed paths work and forbidden ones are refused",
            ja: "job `{id}` は本番へデプロイしますが、必要な通信が通り、禁止された通信が拒否されることを stg で確かめる job が前段にありません"
        )));
    }
}

/// The job says so, or something before it has deployed to staging.
fn is_in_staging(deeds: &PipelineDeeds, test: usize) -> bool {
    let is_staging = |number: usize| {
        deeds
            .jobs
            .get(number)
            .is_some_and(|job| job.stage == Some(Stage::Staging))
    };
    is_staging(test) || deeds.before(test).iter().any(|number| is_staging(*number))
}

fn fix(pipeline: &Pipeline, production: usize, test: &str) -> Option<Fix> {
    let job = pipeline.jobs.get(production)?;
    if pipeline.kind != PipelineKind::GithubWorkflow {
        return None;
    }
    let route = job.route.key("needs");
    let fix = Fix::safe(phrase!(en: "Wait for the path tests", ja: "通信パスのテストを待つ"));
    Some(match value_at(&pipeline.value, &route) {
        Some(Value::Array(_)) | None => fix.append(route, test),
        Some(Value::String(one)) => fix.set(route, json!([one, test])),
        Some(_) => return None,
    })
}
