use sekisho_model::{Job, Pipeline, PipelineKind, Severity, phrase};
use sekisho_text::Route;

use crate::deeds::aws::Means;
use crate::deeds::job_commands;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** By what a job becomes somebody in AWS: a role that is taken with the platform's own token (OIDC), or a
    /// long-lived access key that lies in the secrets or in the file.
    ///
    /// **Why it matters.** A key that one log, one bad action or one former colleague has seen works from everywhere until somebody
    /// remembers to rotate it. A token of OIDC is bound to the job and ends with it.
    ///
    /// **Bad**
    /// ```yaml
    /// - uses: aws-actions/configure-aws-credentials@v4
    ///   with:
    ///     aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}
    ///     aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// permissions: { id-token: write, contents: read }
    /// steps:
    ///   - uses: aws-actions/configure-aws-credentials@v4
    ///     with:
    ///       role-to-assume: arn:aws:iam::111122223333:role/shop-push
    ///       aws-region: ap-northeast-1
    /// ```
    ///
    /// **References.** [GitHub: OpenID Connect in AWS](https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services), [GitLab: OpenID Connect in AWS](https://docs.gitlab.com/ci/cloud_services/aws/)
    ///
    /// # 日本語
    /// **示すこと。** job が AWS に接続する手段。プラットフォームのトークン (OIDC) で引き受けるロールか、シークレットやファイルに置かれた長期のアクセスキーか。
    ///
    /// **理由。** ログ、悪意ある action、退職者の誰かが一度見たキーは、ローテーションされるまでどこからでも使える。OIDC のトークンは job に結び付き、job とともに失効する。
    ///
    /// **直し方。** OIDC でロールを引き受け、キーを削除する。
    StaticCloudKeys = "static-cloud-keys";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Job,
    fix: None,
    title: "Long-lived AWS keys in a pipeline", "パイプラインの長期 AWS キー",
}

impl Check for StaticCloudKeys {
    fn job(&self, cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        let deeds = on.pipeline().and_then(|index| cx.deeds().get(index));
        let Some(own) = deeds
            .zip(on.job())
            .and_then(|(deeds, job)| deeds.jobs.get(job))
        else {
            return;
        };
        let mut identities = own
            .identities
            .iter()
            .filter(|identity| !identity.is_called)
            .peekable();
        if identities.peek().is_none()
            && job.calls.is_none()
            && pipeline.kind != PipelineKind::GithubAction
        {
            let uses_aws = job_commands(pipeline, job)
                .iter()
                .any(|(_, commands)| commands.iter().any(|command| command.program() == "aws"));
            if uses_aws && own.identities.is_empty() {
                on.unknown(phrase!(
                    en: "how this job becomes somebody in AWS is not in the pipeline: a role of the runner, or variables of the project",
                    ja: "この job が AWS に接続する手段がパイプラインに書かれていない (ランナーのロール、またはプロジェクトの変数)"
                ));
            }
            return;
        }
        for identity in identities {
            match &identity.means {
                Means::Role(_) => on.pass(),
                // A key of the whole workflow is told once.
                Means::Key(_) if identity.route.starts_with(&Route::of("env")) && on.job() != Some(0) => {
                    on.fail_told_by(&["static-cloud-keys"]);
                }
                Means::Key(key) if key.contains('$') => on.fail(Fault::at(identity.route.clone(), phrase!(
                    en: "this job reaches AWS with a long-lived access key (`{key}`), which works from everywhere for whoever has seen it; take a role by OIDC (`role-to-assume`, `id-token: write`)",
                    ja: "この job は長期のアクセスキー (`{key}`) で AWS に接続します。一度見た者はどこからでも使えます。OIDC でロールを引き受けてください (`role-to-assume`、`id-token: write`)"
                ))),
                Means::Key(_) => on.fail(Fault::at(identity.route.clone(), phrase!(
                    en: "an AWS access key stands in the pipeline itself, for everybody who can read the repository; revoke it, and take a role by OIDC",
                    ja: "AWS のアクセスキーがパイプラインに直接書かれており、リポジトリを読める全員に見えています。失効させ、OIDC でロールを引き受けてください"
                )).severity(Severity::Critical)),
            }
        }
    }
}
