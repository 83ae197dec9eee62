use std::collections::BTreeMap;

use sekisho_model::{Fields, Pipeline, PipelineKind, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An action, a reusable workflow or an included GitLab file of another project that is named by a tag or a
    /// branch, not by the full SHA of a commit.
    ///
    /// **Why it matters.** Whoever controls that project, or takes it over, moves the tag; the next run executes the new code with
    /// the token and the secrets of the pipeline. This is how tj-actions/changed-files emptied thousands of pipelines in 2025.
    ///
    /// **Bad**
    /// ```yaml
    /// - uses: someone/deploy-action@v2
    /// ```
    ///
    /// **Good.** The commit, with the version for people; Dependabot and Renovate keep both up to date:
    /// ```yaml
    /// - uses: someone/deploy-action@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v2.3.1
    /// ```
    ///
    /// **References.** [GitHub: Using third-party actions](https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions#using-third-party-actions)
    ///
    /// # 日本語
    /// **示すこと。** 他プロジェクトの action、再利用ワークフロー、GitLab の include が、コミットの完全な SHA ではなくタグやブランチで指定されていること。
    ///
    /// **理由。** そのプロジェクトを管理する、あるいは乗っ取った者がタグを付け替えると、次の実行で新しいコードがパイプラインのトークンとシークレットの権限で動く。2025 年の tj-actions/changed-files の事件がこれにあたる。
    ///
    /// **直し方。** コミット SHA で固定し、コメントに版を書く。Dependabot や Renovate は両方を更新する。
    UnpinnedAction = "unpinned-action";
    control: "T4.6",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::GithubAction, PipelineKind::Gitlab]),
    fix: None,
    title: "Foreign code by a movable name", "外部のコードを可変の名前で参照",
}

impl Check for UnpinnedAction {
    fn pipeline(&self, _cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let mut used: BTreeMap<String, (Route, usize)> = BTreeMap::new();
        let mut pinned = 0_usize;
        for (text, route) in foreign(pipeline) {
            if is_pinned(&text) {
                pinned += 1;
            } else {
                used.entry(text).or_insert((route, 0)).1 += 1;
            }
        }
        if used.is_empty() && pinned > 0 {
            on.pass();
        }
        for (text, (route, count)) in used {
            let is_own = text.starts_with("actions/") || text.starts_with("github/");
            let fault = Fault::at(route, phrase!(
                en: "`{text}` (used {count}×) is a name that can be moved to other code, which then runs with the token and the secrets of this pipeline; name the full SHA of a commit",
                ja: "`{text}` ({count} 箇所) は後から別のコードを指すように変更できる名前で、そのコードがこのパイプラインのトークンとシークレットの権限で動きます。コミットの完全な SHA で指定してください"
            ))
            .key(text);
            // The platform itself stands behind these.
            on.fail(if is_own {
                fault.severity(Severity::Low)
            } else {
                fault
            });
        }
    }
}

/// What a pipeline takes from elsewhere, with its places.
fn foreign(pipeline: &Pipeline) -> Vec<(String, Route)> {
    if pipeline.kind == PipelineKind::Gitlab {
        return includes(&pipeline.value);
    }
    let mut found = Vec::new();
    for job in &pipeline.jobs {
        if let Some(uses) = job.value.text("uses") {
            found.push((uses.trim().to_owned(), job.route.key("uses")));
        }
        for step in &job.steps {
            if let Some(uses) = &step.uses {
                found.push((uses.clone(), step.route.key("uses")));
            }
        }
    }
    found.retain(|(uses, _)| !uses.starts_with("./") && !uses.starts_with("../"));
    found
}

fn includes(value: &Value) -> Vec<(String, Route)> {
    let base = Route::of("include");
    let all: Vec<(Route, &Value)> = match value.key("include") {
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (base.index(index), item))
            .collect(),
        Some(one) => vec![(base, one)],
        None => Vec::new(),
    };
    all.into_iter()
        .filter_map(|(route, include)| {
            let remote = include
                .text("remote")
                .or_else(|| include.as_str().filter(|text| text.starts_with("http")));
            let name = if let Some(remote) = remote {
                // `integrity` holds the file to a hash.
                match include.text("integrity") {
                    Some(hash) => format!("{remote}@{hash}"),
                    None => remote.to_owned(),
                }
            } else if let Some(project) = include.text("project") {
                format!("{project}@{}", include.text("ref").unwrap_or("HEAD"))
            } else {
                include.text("component")?.to_owned()
            };
            Some((name, route))
        })
        .collect()
}

fn is_pinned(uses: &str) -> bool {
    let Some((_, version)) = uses.rsplit_once('@') else {
        return false;
    };
    let is_hex = |text: &str, lengths: &[usize]| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    is_hex(version, &[40, 64])
        || version
            .strip_prefix("sha256:")
            .is_some_and(|hash| is_hex(hash, &[64]))
        || version.starts_with("sha256-")
}
