use sekisho_model::{Fields, Fix, Job, Pipeline, PipelineKind, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::scripts::value_at;
use crate::deeds::expression::expressions;
use crate::deeds::job_commands;
use crate::deeds::shell::{Command, Output};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Secrets that reach the log or whole tools at once: printed, printed in another form (`base64`, `rev`),
    /// all of them with `toJSON(secrets)`, or with GitLab's `CI_DEBUG_TRACE`.
    ///
    /// **Why it matters.** Logs are read by everybody who can see the project, and kept. The platform masks a secret only in the
    /// exact form that it knows: one `base64` is enough to pass.
    ///
    /// **Bad**
    /// ```yaml
    /// - run: echo "$KEY" | base64
    ///   env: { KEY: "${{ secrets.DEPLOY_KEY }}" }
    /// ```
    ///
    /// **Good.** A secret goes from the variable into the program that needs it:
    /// ```yaml
    /// - run: echo "$KEY" | docker login --username ci --password-stdin registry.example.com
    ///   env: { KEY: "${{ secrets.REGISTRY_KEY }}" }
    /// ```
    ///
    /// **References.** [GitHub: Using secrets](https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions), [GitLab: Debug logging](https://docs.gitlab.com/ci/variables/variables_troubleshooting/)
    ///
    /// # 日本語
    /// **示すこと。** シークレットがログやツールに渡ること。そのままの出力、変換した形 (`base64`、`rev`) での出力、`toJSON(secrets)` による一括の受け渡し、GitLab の `CI_DEBUG_TRACE` を検出する。
    ///
    /// **理由。** ログはプロジェクトを見られる全員が読め、保存される。プラットフォームがマスクするのは登録された形そのものだけで、`base64` を 1 回通せば表示される。
    ///
    /// **直し方。** シークレットは変数から、必要とするプログラムの標準入力へ直接渡す。
    SecretsInLogs = "secrets-in-logs";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Job,
    fix: Safe,
    title: "Secrets in the log", "ログに出るシークレット",
}

impl Check for SecretsInLogs {
    fn job(&self, _cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        let before = on.count();
        let text = job.value.to_string();
        let has_secrets = text.contains("secrets.") || pipeline.kind == PipelineKind::Gitlab;
        traced(pipeline, job, on);
        let top = pipeline.value.key("env").cloned().unwrap_or_default();
        whole(&top, &Route::of("env"), on);
        whole(&job.value, &job.route, on);
        for (step, commands) in job_commands(pipeline, job) {
            let secret = |command: &Command| prints_secret(pipeline, job, &step.value, command);
            for (index, command) in commands.iter().enumerate() {
                let next = commands.get(index + 1);
                let Some(name) = secret(command) else {
                    continue;
                };
                let fault = match command.output {
                    Output::Log => Fault::at(
                        step.route.clone(),
                        phrase!(
                            en: "`{name}` is printed into the log; hand it to the program that needs it, by standard input or a variable",
                            ja: "`{name}` がログに出力されます。必要とするプログラムに標準入力または変数で渡してください"
                        ),
                    ),
                    Output::Pipe if next.is_some_and(changes_form) => {
                        let by = next.map_or("", |next| next.program());
                        Fault::at(step.route.clone(), phrase!(
                            en: "`{name}` is printed through `{by}`: in that form the platform does not mask it",
                            ja: "`{name}` が `{by}` を通して出力されます。この形ではマスクされません"
                        )).severity(Severity::High)
                    }
                    _ => continue,
                };
                on.fail(fault.key(name));
            }
        }
        if has_secrets && on.count() == before {
            on.pass();
        }
    }
}

/// `CI_DEBUG_TRACE` prints every variable, masked or not.
fn traced(pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
    if pipeline.kind != PipelineKind::Gitlab {
        return;
    }
    let flag = job.value.at("variables.CI_DEBUG_TRACE");
    let flag = flag.map(|flag| flag.key("value").unwrap_or(flag));
    let is_on = match flag {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(flag)) => flag.eq_ignore_ascii_case("true"),
        _ => false,
    };
    if !is_on {
        return;
    }
    let stands_here = pipeline.value.at("variables.CI_DEBUG_TRACE").is_none();
    // What stands at the top is told once, there.
    if !stands_here && on.job() != Some(0) {
        on.fail_told_by(&["secrets-in-logs"]);
        return;
    }
    let route = if stands_here || job.home.is_some() {
        job.route.at("variables.CI_DEBUG_TRACE")
    } else {
        Route::of("variables.CI_DEBUG_TRACE")
    };
    let mut fault = Fault::at(route.clone(), phrase!(
        en: "`CI_DEBUG_TRACE` prints every variable of the job into the log, the secret ones too",
        ja: "`CI_DEBUG_TRACE` により、job のすべての変数がシークレットも含めてログに出ます"
    ))
    .severity(Severity::High);
    if job.home.is_none() && value_at(&pipeline.value, &route).is_some() {
        let fix = Fix::safe(phrase!(en: "Switch the trace off", ja: "トレースを無効にする"));
        fault = fault.fix(fix.set(route, "false"));
    }
    on.fail(fault);
}

/// `toJSON(secrets)` hands over all secrets at once.
fn whole(value: &Value, route: &Route, on: &mut On<'_>) {
    match value {
        Value::String(text) => {
            let mut inner = expressions(text)
                .into_iter()
                .map(|(_, _, inner)| inner.replace(' ', "").to_lowercase());
            if inner.any(|inner| inner.contains("tojson(secrets)")) {
                on.fail(Fault::at(route.clone(), phrase!(
                    en: "`toJSON(secrets)` hands over every secret of the repository, and as one text that is not masked; name the secrets that are needed",
                    ja: "`toJSON(secrets)` はリポジトリの全シークレットを、マスクされない 1 つの文字列として渡します。必要なものだけを指定してください"
                )).severity(Severity::High));
            }
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| whole(item, &route.index(index), on)),
        Value::Object(entries) => entries
            .iter()
            .for_each(|(key, value)| whole(value, &route.key(key.clone()), on)),
        _ => {}
    }
}

fn changes_form(command: &Command) -> bool {
    matches!(
        command.program(),
        "base64"
            | "base32"
            | "xxd"
            | "od"
            | "hexdump"
            | "rev"
            | "sed"
            | "tr"
            | "cut"
            | "fold"
            | "openssl"
    ) && command.output == Output::Log
        && !command.has("-d")
        && !command.has("--decode")
}

/// The secret that a command prints, by name.
fn prints_secret(
    pipeline: &Pipeline,
    job: &Job,
    step: &Value,
    command: &Command,
) -> Option<String> {
    if !matches!(
        command.program(),
        "echo" | "printf" | "print" | "Write-Host" | "Write-Output"
    ) {
        return None;
    }
    command.words.iter().skip(1).find_map(|word| {
        // Lines of commands to the runner (`::add-mask::`) are no output.
        if word.text.starts_with("::") {
            return None;
        }
        let named = expressions(&word.text)
            .into_iter()
            .find_map(|(_, _, inner)| {
                let name = inner.to_lowercase();
                (name.starts_with("secrets.") || name.starts_with("secrets["))
                    .then(|| inner.to_owned())
            });
        named.or_else(|| {
            let levels = [
                step.key("env"),
                job.value.key("env"),
                pipeline.value.key("env"),
            ];
            let mut parts = word.text.split('$').skip(1);
            parts.find_map(|part| {
                let name: String = part
                    .trim_start_matches('{')
                    .chars()
                    .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                    .collect();
                let value = levels
                    .iter()
                    .flatten()
                    .find_map(|level| level.text(&name))?;
                value.contains("secrets.").then_some(name)
            })
        })
    })
}
