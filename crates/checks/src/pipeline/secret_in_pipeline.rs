use sekisho_model::{Pipeline, PipelineKind, phrase};
use sekisho_text::Route;
use serde_json::Value;

use crate::deeds::aws::Means;
use crate::identity::aws_credentials;
use crate::secrets::credential_form::{Credential, in_field, in_text};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A credential that is written into a pipeline: as a variable, as an input of an action, or in a command.
    /// It is recognised as `secret-in-config` recognises it: by its form, or by its name. The message tells kind and
    /// length, never the value.
    ///
    /// **Why it matters.** The file of a pipeline is read by everybody who can read the repository, and its history keeps what was
    /// removed. What stands there is not masked in the log either.
    ///
    /// **Bad**
    /// ```yaml
    /// env:
    ///   NPM_TOKEN: npm_exampleExampleExampleExampleExample00
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// env:
    ///   NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
    /// ```
    ///
    /// **References.** [GitHub: Using secrets](https://docs.github.com/en/actions/security-for-github-actions/security-guides/using-secrets-in-github-actions), [GitLab: CI/CD variables](https://docs.gitlab.com/ci/variables/)
    ///
    /// # 日本語
    /// **示すこと。** パイプラインに直接書かれた認証情報 (変数、action の入力、コマンド)。`secret-in-config` と同じく、形式または名前から認識する。メッセージには種類と長さだけを示し、値は示さない。
    ///
    /// **理由。** パイプラインのファイルはリポジトリを読める全員に見え、消した値も履歴に残る。ログでもマスクされない。
    ///
    /// **直し方。** プラットフォームのシークレット、または Secrets Manager に移して参照する。ここにあった値は変更する。
    SecretInPipeline = "secret-in-pipeline";
    control: "T3.1",
    severity: High,
    profile: Default,
    level: Level::Pipeline(&[
        PipelineKind::GithubWorkflow,
        PipelineKind::GithubAction,
        PipelineKind::Gitlab,
    ]),
    fix: None,
    title: "A credential stands in a pipeline", "パイプラインに書かれた認証情報",
}

impl Check for SecretInPipeline {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let mut found = Vec::new();
        visit(&pipeline.value, None, &Route::root(), &mut found);
        let deeds = on.pipeline().and_then(|index| cx.deeds().get(index));
        let mut jobs = deeds.into_iter().flat_map(|deeds| &deeds.jobs);
        let has_told_key = jobs.any(|job| {
            let mut all = job.identities.iter();
            all.any(|one| matches!(&one.means, Means::Key(key) if !key.contains('$')))
        });
        if found.is_empty() {
            return on.pass();
        }
        for hit in found {
            if has_told_key && hit.name.is_some_and(aws_credentials::is_name) {
                on.fail_told_by(&["static-cloud-keys"]);
            } else {
                on.fail(fault(&hit));
            }
        }
    }
}

/// A text that holds a credential.
struct Hit<'a> {
    route: Route,
    name: Option<&'a str>,
    first: Credential,
}

fn visit<'a>(value: &'a Value, name: Option<&'a str>, route: &Route, found: &mut Vec<Hit<'a>>) {
    match value {
        Value::String(text) => {
            // A script holds many texts; its own name says nothing of them.
            let is_script = text.contains('\n')
                || matches!(name, None | Some("run" | "script"))
                || name.is_some_and(|name| name.ends_with("_script"));
            let credentials = match name {
                Some(name) if !is_script => in_field(name, text),
                _ => in_text(text),
            };
            found.extend(credentials.into_iter().min().map(|first| Hit {
                route: route.clone(),
                name,
                first,
            }));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, None, &route.index(index), found);
            }
        }
        Value::Object(entries) => {
            for (key, inner) in entries {
                // A variable of GitLab may be an object with its `value`; an input of an action has a `default`.
                let name = match name {
                    Some(name) if matches!(key.as_str(), "value" | "default") => name,
                    _ => key,
                };
                visit(inner, Some(name), &route.key(key.to_owned()), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn fault(hit: &Hit<'_>) -> Fault {
    let kind = hit.first.called();
    let (en, ja) = (kind.en, kind.ja);
    Fault::at(
        hit.route.clone(),
        phrase!(
            en: "{en} stands in the pipeline: whoever reads the repository has it. Keep it in the secrets of the platform or in Secrets Manager, and change it",
            ja: "パイプラインに{ja}がある。リポジトリを読める人は誰でも入手できる。プラットフォームのシークレットまたは Secrets Manager に移し、値を変更すること",
        ),
    )
}
