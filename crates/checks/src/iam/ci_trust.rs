use sekisho_access::iam::Tri;
use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};

use super::policy::{Policy, shown};
use super::told::unlisted;
use super::trust::{self, Issuer, STRANGE, Trust, chosen, is_pattern, trusts};
use crate::hcl::BlockEdit;
use crate::{Check, Context, Level, On, Sheet, check};

check! {
    /// **What it shows.** A role that GitHub Actions or GitLab CI can take trusts exact subjects: repository and branch, tag or
    /// environment. The trust policy is asked, as IAM would evaluate it, about tokens of other owners, other repositories,
    /// other branches, pull requests and other audiences.
    ///
    /// **Why it matters.** GitHub and gitlab.com sign tokens for everybody. A role without a condition on `sub` can be taken by any
    /// pipeline in the world; one with a pattern by whoever can create a matching repository, push a branch or open a pull
    /// request, before anybody has reviewed anything.
    ///
    /// **Bad**
    /// ```hcl
    /// condition {
    ///   test     = "StringLike"
    ///   variable = "token.actions.githubusercontent.com:sub"
    ///   values   = ["repo:shop/*"]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// condition {
    ///   test     = "StringEquals"
    ///   variable = "token.actions.githubusercontent.com:sub"
    ///   values   = ["repo:shop/orders:environment:production"]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services>
    /// <https://docs.gitlab.com/ci/cloud_services/aws/>
    ///
    /// # 日本語
    /// **示すこと。** GitHub Actions や GitLab CI が引き受けるロールが、リポジトリとブランチ・タグ・環境まで正確な subject だけを信頼すること。
    /// 信頼ポリシーを IAM と同じ規則で評価し、別の所有者・リポジトリ・ブランチ・プルリクエスト・audience のトークンで引き受けられないことを
    /// 確かめる。
    ///
    /// **理由。** GitHub や gitlab.com は誰のパイプラインにもトークンを発行する。`sub` の条件がないロールは世界中のパイプラインから、
    /// ワイルドカードのあるロールは一致するリポジトリを作れる者やブランチを push できる者、プルリクエストを開ける者から、
    /// レビュー前に引き受けられる。
    ///
    /// **直し方。** `sub` を `StringEquals` で `repo:OWNER/REPO:environment:NAME` のように完全に書き、`aud` も限定する。
    CiTrust = "ci-trust";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Pipelines of others can take the role", "ほかのパイプラインがロールを引き受けられる",
}

impl Check for CiTrust {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        let links = cx.links();
        for (index, role) in cx.estate.of_type("aws_iam_role") {
            let Some(value) = role.values.get("assume_role_policy") else {
                continue;
            };
            // A policy that cannot be read is told by the check of roles for pods.
            let Ok(policy) = Policy::of(links, role, &value) else {
                continue;
            };
            for trust in trusts(links, role, &policy) {
                if let Some(issuer @ (Issuer::GitHub | Issuer::GitLab)) = trust.issuer {
                    judge(
                        cx,
                        role,
                        &policy,
                        &trust,
                        issuer,
                        &mut sheet.on_resource(index),
                    );
                }
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    role: &Resource,
    policy: &Policy<'_>,
    trust: &Trust<'_, '_>,
    issuer: Issuer,
    on: &mut On<'_>,
) {
    let (stranger, service) = match issuer {
        Issuer::GitHub => (
            format!("repo:{STRANGE}/{STRANGE}:ref:refs/heads/main"),
            "GitHub",
        ),
        _ => (
            format!("project_path:{STRANGE}/{STRANGE}:ref_type:branch:ref:main"),
            "GitLab",
        ),
    };
    let fail = |message| trust::fault(cx.estate, role, policy, message);
    match trust.takes(&stranger) {
        Tri::Yes => {
            let message = phrase!(
                en: "any pipeline on {service} can take the role: no condition that IAM would apply pins `sub` to an owner",
                ja: "{service} のどのパイプラインでもロールを引き受けられる。IAM が適用する条件で `sub` の所有者が限定されていない",
            );
            return on.fail(fail(message).severity(Severity::Critical));
        }
        Tri::Unknown(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| shown(key)).collect();
            let keys = keys.join(", ");
            return on.unknown(phrase!(
                en: "whether any pipeline on {service} can take the role depends on {keys}",
                ja: "{service} のどのパイプラインでも引き受けられるかは {keys} による",
            ));
        }
        Tri::No => {}
    }
    let named = trust.named();
    let widest = named
        .iter()
        .filter(|pattern| trust.takes(&chosen(pattern)) == Tri::Yes)
        .filter_map(|pattern| width(issuer, pattern))
        .max_by_key(|(severity, _)| *severity);
    if let Some((severity, message)) = widest {
        return on.fail(fail(message).severity(severity));
    }
    if let Some(why) = trust.open_pattern() {
        return on.unknown(why);
    }
    if named
        .iter()
        .any(|subject| trust.takes_any_audience(subject))
    {
        let message = phrase!(
            en: "`aud` is not pinned: a token that the pipeline hands to another service is good for the role too",
            ja: "`aud` が限定されておらず、パイプラインがほかのサービスに渡すトークンでもロールを引き受けられる",
        );
        let mut fault = fail(message).severity(Severity::Medium);
        if issuer == Issuer::GitHub
            && let Some(fix) = policy.data.and_then(|data| audience(cx, data))
        {
            fault = fault.fix(fix);
        }
        return on.fail(fault);
    }
    on.pass();
}

/// The audience that `aws-actions/configure-aws-credentials` asks for unless it is told another one.
fn audience(cx: &Context<'_>, data: &Resource) -> Option<Fix> {
    let Seen::Set(statements, _) = data.nested("statement") else {
        return None;
    };
    (statements.len() == 1).then_some(())?;
    let condition = [
        ("test", "\"StringEquals\""),
        ("variable", "\"token.actions.githubusercontent.com:aud\""),
        ("values", "[\"sts.amazonaws.com\"]"),
    ];
    let title = phrase!(en: "Take tokens for `sts.amazonaws.com` alone", ja: "`sts.amazonaws.com` 宛てのトークンだけを受け付ける");
    BlockEdit::of_nested(cx.estate, data, "statement")?
        .nested("condition", &condition)
        .done(Fix::risky(title))
}

/// How far a subject reaches: over owners, repositories, or what of one repository.
fn width(issuer: Issuer, pattern: &str) -> Option<(Severity, Phrase)> {
    let seen = shown(pattern);
    let start = if issuer == Issuer::GitHub {
        "repo:"
    } else {
        "project_path:"
    };
    let path = pattern.strip_prefix(start);
    let (owner, rest) = path
        .unwrap_or(pattern)
        .split_once('/')
        .unwrap_or((pattern, ""));
    let (repository, rest) = rest.split_once(':').unwrap_or((rest, ""));
    if path.is_none() || is_pattern(owner) {
        if !is_pattern(pattern) {
            return None;
        }
        return Some((
            Severity::Critical,
            phrase!(
                en: "`{seen}` matches owners that anybody can register: their pipelines can take the role",
                ja: "`{seen}` は誰でも登録できる所有者名に一致し、そのパイプラインがロールを引き受けられる",
            ),
        ));
    }
    if is_pattern(repository) {
        return Some((
            Severity::High,
            phrase!(
                en: "`{seen}` matches every such repository of the owner: whoever can write to the least of them can take the role",
                ja: "`{seen}` は所有者の複数のリポジトリに一致し、そのどれかに書き込める者がロールを引き受けられる",
            ),
        ));
    }
    if is_pattern(rest) {
        return Some((
            Severity::High,
            phrase!(
                en: "`{seen}` matches more than one branch, tag or environment: whoever can push a branch can take the role before any review",
                ja: "`{seen}` は複数のブランチ・タグ・環境に一致し、ブランチを push できる者がレビュー前にロールを引き受けられる",
            ),
        ));
    }
    (rest == "pull_request").then(|| (Severity::Medium, phrase!(
        en: "`{seen}` lets every pull request of the repository take the role before it is reviewed",
        ja: "`{seen}` により、リポジトリのプルリクエストがレビュー前にロールを引き受けられる",
    )))
}
