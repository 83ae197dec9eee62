use std::collections::BTreeSet;

use sekisho_model::{Called, Fields, Fix, Job, Pipeline, PipelineKind, Severity, phrase};
use serde_json::{Map, Value};

use crate::deeds::expression::{expressions, reaching};
use crate::deeds::triggers;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A reusable workflow is called with `secrets: inherit`.
    ///
    /// **Why it matters.** It then holds every secret of the repository, those it has no use for too. When that workflow, or an
    /// action in it, is taken over, all of them are gone.
    ///
    /// **Bad**
    /// ```yaml
    /// uses: example/ci/.github/workflows/build.yml@main
    /// secrets: inherit
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// uses: ./.github/workflows/build.yml
    /// secrets:
    ///   SLACK_WEBHOOK_URL: ${{ secrets.SLACK_WEBHOOK_URL }}
    /// ```
    ///
    /// **References.** [GitHub: Passing secrets to reusable workflows](https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows)
    ///
    /// # 日本語
    /// **示すこと。** 再利用ワークフローが `secrets: inherit` で呼び出されていること。
    ///
    /// **理由。** 呼び出し先は、使わないものも含めてリポジトリの全シークレットを持つ。そのワークフローや中の action が乗っ取られると、すべて失われる。
    ///
    /// **直し方。** 必要なシークレットだけを名前で渡す。
    SecretsInherit = "secrets-inherit";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Job,
    fix: Safe,
    title: "Every secret handed to a called workflow", "呼び出し先への全シークレットの引き渡し",
}

impl Check for SecretsInherit {
    fn job(&self, cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        let (PipelineKind::GithubWorkflow, Some(called)) = (pipeline.kind, &job.calls) else {
            return;
        };
        if job.value.text("secrets") != Some("inherit") {
            on.pass();
            return;
        }
        let route = job.route.key("secrets");
        match called {
            Called::Elsewhere(uses) => on.fail(Fault::at(route, phrase!(
                en: "`{uses}`, a workflow that is not among the files, gets every secret of the repository; hand over by name those that it needs",
                ja: "読み取った範囲にないワークフロー `{uses}` に、リポジトリの全シークレットが渡されます。必要なものだけを名前で渡してください"
            ))),
            Called::Local(index) => {
                let Some(called) = cx.estate.pipelines().get(*index) else {
                    return;
                };
                let path = &called.path;
                let mut fault = Fault::at(route.clone(), phrase!(
                    en: "{path} gets every secret of the repository, whichever it uses; hand over by name those that it needs",
                    ja: "{path} に、使うかどうかに関わらず全シークレットが渡されます。必要なものだけを名前で渡してください"
                )).severity(Severity::Low);
                if let Some(secrets) = needed(called) {
                    fault = fault.fix(Fix::safe(phrase!(en: "Hand over by name what it declares", ja: "宣言されたものだけを名前で渡す")).set(route, secrets));
                }
                on.fail(fault);
            }
        }
    }
}

/// What the called workflow declares, when it uses nothing else.
fn needed(called: &Pipeline) -> Option<Value> {
    let declared = triggers(&called.value)?.entries("workflow_call.secrets")?;
    let declared: BTreeSet<String> = declared
        .keys()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let mut used = BTreeSet::new();
    for job in &called.jobs {
        if job.value.text("secrets") == Some("inherit") {
            return None;
        }
        let text = job.value.to_string();
        for (_, _, inner) in expressions(&text) {
            for context in reaching(inner) {
                if let Some(name) = context.strip_prefix("secrets.") {
                    used.insert(name.to_owned());
                }
            }
        }
    }
    used.remove("github_token");
    if declared.is_empty() || !used.is_subset(&declared) {
        return None;
    }
    let names = triggers(&called.value)?
        .entries("workflow_call.secrets")?
        .keys();
    let secrets: Map<String, Value> = names
        .map(|name| (name.clone(), format!("${{{{ secrets.{name} }}}}").into()))
        .collect();
    Some(Value::Object(secrets))
}
