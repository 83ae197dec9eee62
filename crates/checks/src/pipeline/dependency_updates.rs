use std::collections::BTreeMap;

use sekisho_model::{Fix, Pipeline, PipelineKind, phrase};
use sekisho_text::Route;
use serde_json::json;

use super::ecosystems::{self, is_renovated, switched_off, unwatched};
use crate::deeds::{Deed, Fate};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Dependabot, Renovate or Snyk watches the dependencies of every ecosystem that the repository has: package
    /// managers, Dockerfiles, Terraform, charts, and the actions of the workflows.
    ///
    /// **Why it matters.** A library with a known hole is the cheapest way in. What nobody watches stays as it was on the day
    /// it was added.
    ///
    /// **Bad.** The repository has a `go.mod` and Dockerfiles too:
    /// ```yaml
    /// updates:
    ///   - package-ecosystem: github-actions
    ///     directory: /
    ///     schedule: { interval: weekly }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// updates:
    ///   - { package-ecosystem: gomod, directory: /, schedule: { interval: weekly } }
    ///   - { package-ecosystem: docker, directory: /, schedule: { interval: weekly } }
    ///   - { package-ecosystem: github-actions, directory: /, schedule: { interval: weekly } }
    /// ```
    ///
    /// **References.** [GitHub: Dependabot options](https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference), [Renovate: Configuration options](https://docs.renovatebot.com/configuration-options/)
    ///
    /// # 日本語
    /// **示すこと。** リポジトリにあるすべてのエコシステム (パッケージマネージャー、Dockerfile、Terraform、チャート、ワークフローの action) の依存が、Dependabot、Renovate、Snyk のいずれかで監視されていること。
    ///
    /// **理由。** 既知の脆弱性を持つライブラリは最も安価な侵入口である。監視されないものは、追加した日のまま残る。
    ///
    /// **直し方。** `updates` に不足しているエコシステムを加える。
    DependencyUpdates = "dependency-updates";
    control: "T4.5",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Dependencies that nobody watches", "監視されていない依存",
}

impl Check for DependencyUpdates {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (root, found) in ecosystems::of(cx.estate) {
            if found.is_empty() {
                continue;
            }
            let all: Vec<(usize, &Pipeline)> = cx
                .estate
                .pipelines()
                .iter()
                .enumerate()
                .filter(|(_, pipeline)| pipeline.root == root)
                .collect();
            let of = |kind: PipelineKind| {
                all.iter()
                    .filter(move |(_, pipeline)| pipeline.kind == kind)
                    .copied()
            };
            let dependabot = of(PipelineKind::Dependabot).next();
            let has_snyk = all.iter().any(|(index, _)| {
                let deeds = cx.deeds().get(*index);
                deeds.is_some_and(|deeds| {
                    deeds
                        .all(Deed::ScansDependencies)
                        .any(|(_, done)| done.tool.starts_with("snyk") && done.fate == Fate::Fails)
                })
            });
            let mut open: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (ecosystem, folders) in &found {
                let is_language = !matches!(
                    *ecosystem,
                    "docker" | "terraform" | "helm" | "github-actions"
                );
                let is_watched = of(PipelineKind::Renovate)
                    .any(|(_, renovate)| is_renovated(renovate, ecosystem))
                    || (has_snyk && is_language);
                let left = match dependabot {
                    _ if is_watched => Vec::new(),
                    Some((_, dependabot)) => unwatched(dependabot, ecosystem, folders),
                    None => folders.iter().map(String::as_str).collect(),
                };
                if !left.is_empty() {
                    open.insert(ecosystem, left);
                }
            }
            let watching = dependabot
                .or_else(|| of(PipelineKind::Renovate).next())
                .or_else(|| all.first().copied());
            let Some((subject, pipeline)) = watching else {
                continue;
            };
            let mut on = sheet.on_pipeline(subject);
            if open.is_empty() {
                on.pass();
            } else if pipeline.kind == PipelineKind::Dependabot {
                for (ecosystem, folders) in open {
                    let (off, missing): (Vec<&str>, Vec<&str>) = folders
                        .iter()
                        .copied()
                        .partition(|folder| switched_off(pipeline, ecosystem, folder).is_some());
                    let entries: BTreeMap<(usize, &'static str), &str> = off
                        .into_iter()
                        .filter_map(|folder| {
                            Some((switched_off(pipeline, ecosystem, folder)?, folder))
                        })
                        .collect();
                    for ((entry, field), folder) in entries {
                        on.fail(silenced(entry, field, ecosystem, folder));
                    }
                    if !missing.is_empty() {
                        on.fail(unlisted(ecosystem, &missing));
                    }
                }
            } else {
                let names = open.keys().copied().collect::<Vec<_>>().join(", ");
                let message = if pipeline.kind == PipelineKind::Renovate {
                    phrase!(
                        en: "Renovate is off or limited here, and nothing watches {names}; enable it for them",
                        ja: "Renovate が無効または限定されており、{names} が監視されていません。有効にしてください"
                    )
                } else {
                    phrase!(
                        en: "nothing watches the dependencies of this repository ({names}): add `.github/dependabot.yml` or `renovate.json`",
                        ja: "このリポジトリの依存 ({names}) は監視されていません。`.github/dependabot.yml` または `renovate.json` を追加してください"
                    )
                };
                on.fail(Fault::at(Route::root(), message));
            }
        }
    }
}

fn unlisted(ecosystem: &str, folders: &[&str]) -> Fault {
    let named = folders
        .iter()
        .take(5)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    let place = match folders {
        [one] => {
            json!({"package-ecosystem": ecosystem, "directory": one, "schedule": {"interval": "weekly"}})
        }
        several => {
            json!({"package-ecosystem": ecosystem, "directories": several, "schedule": {"interval": "weekly"}})
        }
    };
    let at = Route::of("updates");
    let fix = Fix::safe(phrase!(en: "Watch {ecosystem}", ja: "{ecosystem} を監視する"))
        .append(at.clone(), place);
    Fault::at(at, phrase!(
        en: "Dependabot does not watch {ecosystem} in {named}: what is used there stays at its version, holes included",
        ja: "Dependabot が {named} の {ecosystem} を監視していないため、脆弱性があっても版が更新されません"
    ))
    .key(ecosystem)
    .fix(fix)
}

/// A second entry for the same folder would make Dependabot refuse the file: the first one is switched on again.
fn silenced(entry: usize, field: &'static str, ecosystem: &str, folder: &str) -> Fault {
    let at = Route::of("updates").index(entry).key(field);
    let fix =
        Fix::safe(phrase!(en: "Switch the updates on", ja: "更新を有効にする")).remove(at.clone());
    Fault::at(at, phrase!(
        en: "`{field}` switches the updates of {ecosystem} in {folder} off: what is used there stays at its version, holes included",
        ja: "`{field}` により {folder} の {ecosystem} の更新が止まっており、脆弱性があっても版が更新されません"
    ))
    .fix(fix)
}
