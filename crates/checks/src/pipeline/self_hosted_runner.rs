use sekisho_model::{Fields, Job, Pipeline, phrase};
use serde_json::Value;

use super::matrix::values;
use crate::deeds::events;
use crate::deeds::expression::{expressions, reaching};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A job that people without rights can start (`pull_request`, `pull_request_target`, `issue_comment` …) and
    /// that runs on a self-hosted runner.
    ///
    /// **Why it matters.** The runner stands in one's own network, often with a role of its node. Code of a pull request runs on it,
    /// and what it leaves behind meets the next job.
    ///
    /// **Bad**
    /// ```yaml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: [self-hosted, linux]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    /// ```
    ///
    /// **References.** [GitHub: Hardening for self-hosted runners](https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#hardening-for-self-hosted-runners)
    ///
    /// # 日本語
    /// **示すこと。** 権限のない人でも起動できる job (`pull_request`、`pull_request_target`、`issue_comment` など) が self-hosted ランナーで動くこと。
    ///
    /// **理由。** ランナーは自組織のネットワーク内にあり、ノードのロールを持つことも多い。プルリクエストのコードがその上で動き、残したものは次の job に影響する。
    ///
    /// **直し方。** これらのイベントでは GitHub ホストランナーを使う。
    SelfHostedRunner = "self-hosted-runner";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Job,
    fix: None,
    title: "Strangers' jobs on one's own runner", "第三者の job を self-hosted ランナーで実行",
}

impl Check for SelfHostedRunner {
    fn job(&self, _cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        let open = [
            "pull_request",
            "pull_request_target",
            "issue_comment",
            "issues",
            "pull_request_review",
            "pull_request_review_comment",
            "discussion",
            "discussion_comment",
        ];
        let events = events(pipeline);
        let Some(event) = events.iter().find(|event| open.contains(&event.as_str())) else {
            return;
        };
        let Some(runner) = job.value.key("runs-on") else {
            return;
        };
        let Some(labels) = labels(job, runner) else {
            on.unknown(phrase!(
                en: "`runs-on` is an expression; write the label out to show that the runner is GitHub's own",
                ja: "`runs-on` が式のため判定できない。GitHub ホストランナーのラベルを直接書く"
            ));
            return;
        };
        let own = labels.iter().find(|label| !is_hosted(label));
        match own {
            None => on.pass(),
            Some(label) => on.fail(Fault::at(job.route.key("runs-on"), phrase!(
                en: "on `{event}` code that strangers wrote runs on the runner `{label}`, inside of one's own network; use a runner of GitHub for it",
                ja: "`{event}` で、第三者が書いたコードが自組織のランナー `{label}` 上で動きます。GitHub ホストランナーを使ってください"
            ))),
        }
    }
}

/// All labels that a job may run on; none when that is known only at run time.
fn labels(job: &Job, runner: &Value) -> Option<Vec<String>> {
    match runner {
        Value::String(label) => {
            let found = expressions(label);
            let Some((start, end, inner)) = found.first() else {
                return Some(vec![label.clone()]);
            };
            let names = reaching(inner);
            let [name] = names.as_slice() else {
                return None;
            };
            let (before, after) = (label.get(..*start)?, label.get(*end..)?);
            let mut filled = Vec::new();
            for value in values(job, name.strip_prefix("matrix.")?)? {
                match value {
                    Value::String(text) if !text.contains("${{") && !after.contains("${{") => {
                        filled.push(format!("{before}{text}{after}"));
                    }
                    // `runs-on: ${{ matrix.runner }}` with lists of labels.
                    Value::Array(_) if before.is_empty() && after.is_empty() => {
                        filled.extend(labels(job, &value)?);
                    }
                    _ => return None,
                }
            }
            Some(filled)
        }
        Value::Array(all) if all.iter().any(|label| label == "self-hosted") => {
            Some(vec!["self-hosted".to_owned()])
        }
        Value::Array(all) => all
            .iter()
            .map(|label| labels(job, label))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat()),
        Value::Object(group) => match (
            group.get("labels"),
            group.get("group").and_then(Value::as_str),
        ) {
            (Some(inner), _) if inner.to_string().contains("self-hosted") => {
                Some(vec!["self-hosted".to_owned()])
            }
            // A group may be one of larger runners of GitHub.
            _ => None,
        },
        _ => None,
    }
}

fn is_hosted(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    ["ubuntu-", "windows-", "macos-"]
        .iter()
        .any(|name| label.starts_with(name))
}
