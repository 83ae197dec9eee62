use sekisho_model::{Fields, Fix, Pipeline, PipelineKind, Severity, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use crate::deeds::events;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** What a workflow lets its `GITHUB_TOKEN` do: `write-all`, nothing said (the setting of the organisation
    /// decides, and older ones give write), or writes for the whole workflow where only one of its jobs needs them.
    ///
    /// **Why it matters.** Every action and every command of a job holds the token. A bad dependency then pushes commits, replaces
    /// releases and packages, or approves pull requests.
    ///
    /// **Bad**
    /// ```yaml
    /// permissions: write-all
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// permissions:
    ///   contents: read
    /// jobs:
    ///   publish:
    ///     permissions:
    ///       contents: read
    ///       packages: write
    /// ```
    ///
    /// **References.** [GitHub: permissions](https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#permissions)
    ///
    /// # 日本語
    /// **示すこと。** ワークフローの `GITHUB_TOKEN` に許される操作。`write-all`、指定なし (組織の設定次第で、古い設定では書き込み可)、または 1 つの job だけに必要な書き込みがワークフロー全体に与えられている場合を検出する。
    ///
    /// **理由。** job 内のすべての action とコマンドがトークンを使える。悪意ある依存がコミットの push、リリースやパッケージの差し替え、プルリクエストの承認を行える。
    ///
    /// **直し方。** ワークフローには `contents: read` だけを与え、書き込みは必要な job にのみ与える。
    WidePermissions = "wide-permissions";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow]),
    fix: Risky,
    title: "A token that may do more than it must", "過剰な権限のトークン",
}

impl Check for WidePermissions {
    fn pipeline(&self, _cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let before = on.count();
        let top = pipeline.value.key("permissions");
        let own = |job: &sekisho_model::Job| job.value.key("permissions").is_some();
        let at = Route::of("permissions");
        match top {
            Some(Value::String(all)) if all == "write-all" => on.fail(write_all(at)),
            Some(Value::Object(scopes))
                if pipeline.jobs.iter().filter(|job| !own(job)).count() > 1 =>
            {
                let wide: Vec<&str> = scopes
                    .iter()
                    .filter(|(_, value)| *value == "write")
                    .map(|(scope, _)| scope.as_str())
                    .collect();
                if !wide.is_empty() {
                    let wide = wide.join(", ");
                    on.fail(Fault::at(at, phrase!(
                        en: "all jobs of this workflow may write {wide}; give that to the job that needs it",
                        ja: "このワークフローのすべての job が {wide} に書き込めます。必要な job だけに与えてください"
                    )).severity(Severity::Low));
                }
            }
            Some(_) => {}
            // A workflow that is only called has what its caller gives it.
            None if pipeline.jobs.iter().all(own) || events(pipeline) == ["workflow_call"] => {}
            None => {
                let fix = Fix::risky(phrase!(en: "Let the token only read the code", ja: "トークンをコードの読み取りだけにする"))
                    .set(at.clone(), json!({"contents": "read"}));
                on.fail(Fault::at(at, phrase!(
                    en: "this workflow does not say what its token may do, so that the setting of the organisation decides, which may be to write everything; say `contents: read`, and more for the job that needs it",
                    ja: "このワークフローはトークンの権限を指定しておらず、組織の設定次第ですべてに書き込めます。`contents: read` とし、必要な job にだけ追加してください"
                )).fix(fix));
            }
        }
        for job in &pipeline.jobs {
            if job.value.text("permissions") == Some("write-all") {
                on.fail(write_all(job.route.key("permissions")));
            }
        }
        if on.count() == before {
            on.pass();
        }
    }
}

fn write_all(at: Route) -> Fault {
    let fix = Fix::risky(
        phrase!(en: "Let the token only read the code", ja: "トークンをコードの読み取りだけにする"),
    )
    .set(at.clone(), json!({"contents": "read"}));
    Fault::at(at, phrase!(
        en: "`write-all` lets every action in it push commits, replace packages and approve pull requests; name the scopes that are needed",
        ja: "`write-all` により、すべての action がコミットの push、パッケージの差し替え、プルリクエストの承認を行えます。必要なスコープだけを指定してください"
    ))
    .severity(Severity::High)
    .fix(fix)
}
