use sekisho_model::{Fields, Job, Pipeline, Severity, Step, phrase};

use crate::deeds::expression::{expressions, reaching};
use crate::deeds::{actions, events};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A workflow that strangers start and that runs with the rights of the repository (`pull_request_target`,
    /// `workflow_run`, `issue_comment`) checks out the code of the pull request.
    ///
    /// **Why it matters.** Build scripts, tests, hooks and configuration of that code are the stranger's. Whatever runs them runs
    /// them with the secrets and a token that can write.
    ///
    /// **Bad**
    /// ```yaml
    /// on: pull_request_target
    /// jobs:
    ///   test:
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///         with: { ref: "${{ github.event.pull_request.head.sha }}" }
    ///       - run: npm test
    /// ```
    ///
    /// **Good.** Build and test the code on `pull_request`, which has no secrets; let a second workflow, which never checks it out,
    /// do what needs rights.
    ///
    /// **References.** [GitHub Security Lab: Preventing pwn requests](https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/)
    ///
    /// # 日本語
    /// **示すこと。** 第三者が起動でき、かつリポジトリの権限で動くワークフロー (`pull_request_target`、`workflow_run`、`issue_comment`) が、プルリクエストのコードを checkout していること。
    ///
    /// **理由。** そのコードのビルドスクリプト、テスト、フック、設定はすべて第三者のものである。それを実行すれば、シークレットと書き込み可能なトークンを渡すことになる。
    ///
    /// **直し方。** ビルドとテストはシークレットを持たない `pull_request` で行い、権限が必要な処理は checkout しない別のワークフローに分ける。
    UntrustedCheckout = "untrusted-checkout";
    control: "T4.6",
    severity: High,
    profile: Default,
    level: Level::Job,
    fix: None,
    title: "Strangers' code with the repository's rights", "第三者のコードをリポジトリの権限で扱う",
}

impl Check for UntrustedCheckout {
    fn job(&self, _cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        let events = events(pipeline);
        let with_rights = ["pull_request_target", "workflow_run", "issue_comment"];
        let Some(event) = events
            .iter()
            .find(|event| with_rights.contains(&event.as_str()))
        else {
            return;
        };
        if job.steps.is_empty() {
            return;
        }
        let found = job
            .steps
            .iter()
            .enumerate()
            .find_map(|(at, step)| Some((at, taken(step)?)));
        let Some((at, (field, what))) = found.filter(|_| !stays_inside(job)) else {
            on.pass();
            return;
        };
        let later = job.steps.iter().skip(at + 1);
        let runs = later
            .clone()
            .any(|step| step.run.is_some() || step.calls.is_some())
            || job.steps.get(at).is_some_and(|step| step.run.is_some());
        let has_secrets =
            job.value.to_string().contains("secrets.") || job.value.key("environment").is_some();
        let severity = match (runs, has_secrets || can_write(pipeline, job)) {
            (true, true) => Severity::Critical,
            (false, false) => Severity::Medium,
            _ => Severity::High,
        };
        let route = job
            .steps
            .get(at)
            .map_or_else(|| job.route.clone(), |step| step.route.at(field));
        on.fail(Fault::at(route, phrase!(
            en: "on `{event}`, which strangers cause and which runs with the rights of the repository, this job takes the code of the pull request ({what}); use `pull_request` for what builds or runs it",
            ja: "第三者が起こせてリポジトリの権限で動く `{event}` で、この job はプルリクエストのコード ({what}) を取得しています。ビルドや実行は `pull_request` で行ってください"
        )).severity(severity));
    }
}

/// The field by which a step takes the code of a stranger, and how it names it.
fn taken(step: &Step) -> Option<(&'static str, String)> {
    if let Some(uses) = &step.uses
        && actions::name(uses) == "actions/checkout"
    {
        for (field, path) in [("with.ref", "ref"), ("with.repository", "repository")] {
            let text = step.value.key("with").and_then(|with| with.text(path));
            if let Some(text) = text.filter(|text| names_stranger(text)) {
                return Some((field, text.to_owned()));
            }
        }
    }
    let (script, _) = step.run.as_ref()?;
    let line = script.lines().map(str::trim).find(|line| {
        line.contains("gh pr checkout")
            || (line.contains("git ")
                && (line.contains("refs/pull/") || line.contains(" pull/") || names_stranger(line)))
            || line.contains("git fetch") && line.contains("/head")
    })?;
    Some(("run", line.chars().take(80).collect()))
}

fn names_stranger(text: &str) -> bool {
    let contexts = expressions(text)
        .into_iter()
        .flat_map(|(_, _, inner)| reaching(inner));
    text.contains("refs/pull/")
        || contexts.into_iter().any(|context| {
            context == "github.head_ref"
                || context.starts_with("github.event.pull_request.head.")
                || context == "github.event.pull_request.merge_commit_sha"
                || context.starts_with("github.event.workflow_run.head_")
                || context.starts_with("github.event.workflow_run.pull_requests.")
        })
}

/// The job runs only for branches of the repository itself.
fn stays_inside(job: &Job) -> bool {
    let condition: String = job
        .value
        .text("if")
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let same = [
        "github.event.pull_request.head.repo.full_name==github.repository",
        "github.repository==github.event.pull_request.head.repo.full_name",
        "github.event.workflow_run.head_repository.full_name==github.repository",
        "github.event.pull_request.head.repo.fork==false",
        "!github.event.pull_request.head.repo.fork",
        "github.event.workflow_run.event=='push'",
    ];
    !condition.contains("||") && same.iter().any(|part| condition.contains(part))
}

fn can_write(pipeline: &Pipeline, job: &Job) -> bool {
    match job
        .value
        .key("permissions")
        .or_else(|| pipeline.value.key("permissions"))
    {
        None => true,
        Some(serde_json::Value::Object(scopes)) => scopes.values().any(|scope| scope == "write"),
        Some(other) => other != "read-all",
    }
}
