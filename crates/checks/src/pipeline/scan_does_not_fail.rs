use sekisho_model::{Fix, Job, Pipeline, Step, phrase};

use super::scripts::{replaced, value_at};
use crate::deeds::{Deed, Done, Fate, PipelineDeeds, Soft};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A scan whose findings do not fail the job: trivy without `--exit-code 1`, `--soft-fail`,
    /// `continue-on-error`, `allow_failure`, `|| true`, a pipe into `tee`, or only harmless severities.
    ///
    /// **Why it matters.** The report is written, the job is green, and what was found ships. Everybody believes that the gate holds.
    ///
    /// **Bad**
    /// ```yaml
    /// - run: trivy image "$IMAGE" || true
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// - run: trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE"
    /// ```
    ///
    /// **References.** [Trivy: Exit code](https://trivy.dev/latest/docs/configuration/others/#exit-code), [GitHub: continue-on-error](https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#jobsjob_idstepscontinue-on-error), [GitLab: allow_failure](https://docs.gitlab.com/ci/yaml/#allow_failure)
    ///
    /// # 日本語
    /// **示すこと。** 検出があっても job が失敗しないスキャン。`--exit-code 1` のない trivy、`--soft-fail`、`continue-on-error`、`allow_failure`、`|| true`、`tee` へのパイプ、害のない深刻度だけの指定など。
    ///
    /// **理由。** レポートは作られ、job は成功し、検出されたものがそのまま出荷される。全員がゲートは効いていると思い込む。
    ///
    /// **直し方。** `--exit-code 1` などを指定し、失敗を無視する指定を外す。
    ScanDoesNotFail = "scan-does-not-fail";
    control: "T4.4",
    severity: High,
    profile: Default,
    level: Level::Job,
    fix: Risky,
    title: "A scan that cannot fail", "失敗しないスキャン",
}

const SCANS: [Deed; 4] = [
    Deed::ScansImage,
    Deed::ScansConfiguration,
    Deed::ScansDependencies,
    Deed::ScansCluster,
];

impl Check for ScanDoesNotFail {
    fn job(&self, cx: &Context<'_>, pipeline: &Pipeline, job: &Job, on: &mut On<'_>) {
        let deeds = on.pipeline().and_then(|index| cx.deeds().get(index));
        let Some((deeds, own)) = deeds
            .zip(on.job())
            .and_then(|(deeds, job)| Some((deeds, deeds.jobs.get(job)?)))
        else {
            return;
        };
        // Reports beside a pipeline that ships nothing hold nothing up.
        if own.is_never
            || own.is_for_review
            || (deeds.is_started && !deeds.ships() && !deeds.may_ship())
        {
            return;
        }
        let mut last: Option<(usize, String)> = None;
        for done in own
            .done
            .iter()
            .filter(|done| SCANS.contains(&done.deed) && !done.is_called && !done.is_for_review)
        {
            let here = Some((done.step, done.tool.clone()));
            match (done.fate, &done.soft) {
                (Fate::Fails, _) => on.pass(),
                (Fate::Unclear, _) => on.unknown(phrase!(
                    en: "whether a finding of the scan fails the job hangs on what was not read",
                    ja: "スキャンの検出で job が失敗するかどうかが、読み取れない設定で決まる"
                )),
                // A report beside the scan that does fail.
                (Fate::Ignored, _) if is_held_elsewhere(deeds, done.deed) => {}
                (Fate::Ignored, soft) if last != here => {
                    let soft = soft.clone().unwrap_or(Soft::Shell);
                    on.fail(fault(pipeline, job, done, &soft));
                }
                (Fate::Ignored, _) => {}
            }
            last = here;
        }
    }
}

fn is_held_elsewhere(deeds: &PipelineDeeds, scan: Deed) -> bool {
    deeds.all(scan).any(|(_, done)| done.fate == Fate::Fails)
}

fn fault(pipeline: &Pipeline, job: &Job, done: &Done, soft: &Soft) -> Fault {
    let tool = &done.tool;
    let (route, message) = match soft {
        Soft::Option {
            option,
            is_given: true,
            ..
        } => (
            done.route.clone(),
            phrase!(
                en: "`{option}` keeps the findings of {tool} from failing the job: what was found ships",
                ja: "`{option}` により {tool} の検出があっても job が失敗せず、検出されたものがそのまま出荷されます"
            ),
        ),
        Soft::Option {
            option,
            value,
            is_given: false,
        } => (
            done.route.clone(),
            phrase!(
                en: "without `{option} {value}` the findings of {tool} do not fail the job: what was found ships",
                ja: "`{option} {value}` がないため {tool} の検出があっても job が失敗せず、検出されたものがそのまま出荷されます"
            ),
        ),
        Soft::Field(route) => (
            route.clone(),
            phrase!(
                en: "the job goes on whatever {tool} finds: what was found ships",
                ja: "{tool} が何を検出しても処理が続き、検出されたものがそのまま出荷されます"
            ),
        ),
        Soft::Shell => (
            done.route.clone(),
            phrase!(
                en: "the shell passes over the failure of {tool} (`||`, a pipe, `&`, `set +e` or `after_script`): what was found ships",
                ja: "シェルが {tool} の失敗を無視します (`||`、パイプ、`&`、`set +e`、`after_script`)。検出されたものがそのまま出荷されます"
            ),
        ),
        Soft::Filter(severities) => (
            done.route.clone(),
            phrase!(
                en: "{tool} fails the job only for {severities}: critical findings ship",
                ja: "{tool} は {severities} のときだけ job を失敗させ、CRITICAL の検出はそのまま出荷されます"
            ),
        ),
    };
    let fault = Fault::at(route, message).key(format!("{:?} {tool}", done.deed));
    match fix(pipeline, job, done, soft) {
        Some(fix) => fault.fix(fix),
        None => fault,
    }
}

fn fix(pipeline: &Pipeline, job: &Job, done: &Done, soft: &Soft) -> Option<Fix> {
    let fix =
        Fix::risky(phrase!(en: "Let findings fail the job", ja: "検出があれば job を失敗させる"));
    let step = job.steps.get(done.step)?;
    if job.home.is_some() {
        return None;
    }
    match soft {
        Soft::Option { option, value, .. } if step.uses.is_some() => {
            Some(fix.set(step.route.key("with").key(*option), *value))
        }
        Soft::Option {
            option,
            value,
            is_given,
        } => {
            let changed = if !is_given {
                let after = match done.tool.as_str() {
                    "trivy" | "kubescape" | "polaris" | "docker" => subcommand(step, &done.tool)?,
                    tool => tool.to_owned(),
                };
                let mended = format!("{after} {option} {value}");
                replaced(
                    pipeline,
                    step,
                    &format!("{after} "),
                    &format!("{} ", mended.trim_end()),
                )
            } else if value.is_empty() {
                replaced(pipeline, step, &format!(" {option}"), "")
            } else {
                replaced(
                    pipeline,
                    step,
                    &format!("{option} 0"),
                    &format!("{option} {value}"),
                )
                .or_else(|| {
                    replaced(
                        pipeline,
                        step,
                        &format!("{option}=0"),
                        &format!("{option}={value}"),
                    )
                })
            };
            let (route, script) = changed?;
            Some(fix.set(route, script))
        }
        Soft::Field(route) if route.to_string().ends_with("when") => None,
        Soft::Field(route) => value_at(&pipeline.value, route).map(|_| fix.remove(route.clone())),
        Soft::Shell => shell_fix(pipeline, step, fix),
        Soft::Filter(_) if step.uses.is_some() => {
            Some(fix.set(step.route.key("with").key("severity"), "HIGH,CRITICAL"))
        }
        Soft::Filter(_) => None,
    }
}

/// Takes `|| true` away, and lets a pipe fail with any of its commands: GitHub's `shell: bash` sets `pipefail`.
fn shell_fix(pipeline: &Pipeline, step: &Step, fix: Fix) -> Option<Fix> {
    let (script, _) = step.run.as_ref()?;
    let changed = [" || true", " || :", " || exit 0"]
        .iter()
        .find_map(|text| replaced(pipeline, step, text, ""));
    let left = changed
        .as_ref()
        .map_or(script.as_str(), |(_, script)| script);
    if left.contains("||") || left.contains("set +e") || left.contains("; ") {
        return None;
    }
    let is_github = step.value.is_object() && step.value.get("shell").is_none();
    let has_pipe = left.contains(" | ");
    if changed.is_none() && !has_pipe {
        return None;
    }
    let mut fix = fix;
    if let Some((route, script)) = changed {
        fix = fix.set(route, script);
    }
    if has_pipe && is_github {
        fix = fix.set(step.route.key("shell"), "bash");
    } else if has_pipe && fix.changes.is_empty() {
        return None;
    }
    Some(fix)
}

/// The program with the subcommand behind it, as they are written: `trivy image`.
fn subcommand(step: &Step, tool: &str) -> Option<String> {
    let (script, _) = step.run.as_ref()?;
    let start = script.find(&format!("{tool} "))?;
    let mut words = script.get(start..)?.split_whitespace().skip(1);
    let first = words.next()?;
    if tool == "docker" {
        return (first == "scout").then(|| Some(format!("docker scout {}", words.next()?)))?;
    }
    (!first.starts_with('-')).then(|| format!("{tool} {first}"))
}
