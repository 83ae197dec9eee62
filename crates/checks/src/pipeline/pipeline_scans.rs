use sekisho_model::{Phrase, Pipeline, PipelineKind, phrase};

use crate::deeds::{Deed, Done, Fate, PipelineDeeds};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pipeline that ships scans what it ships: the image when it pushes one, the manifests or the Terraform
    /// when it deploys. A finding stops it, and it runs before the deployment.
    ///
    /// **Why it matters.** What nobody looks at reaches production with known holes: a library with a public exploit, a container
    /// that runs privileged.
    ///
    /// **Bad**
    /// ```yaml
    /// steps:
    ///   - run: docker push "$IMAGE"
    ///   - run: kubectl apply -f k8s/
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// steps:
    ///   - run: trivy image --exit-code 1 --severity HIGH,CRITICAL "$IMAGE"
    ///   - run: kube-linter lint k8s/
    ///   - run: docker push "$IMAGE"
    /// ```
    ///
    /// **References.** [EKS Best Practices Guide: Image security](https://docs.aws.amazon.com/eks/latest/best-practices/image-security.html), [Trivy: Exit code](https://trivy.dev/latest/docs/configuration/others/#exit-code)
    ///
    /// # 日本語
    /// **示すこと。** 出荷するパイプラインが、出荷するものをスキャンすること。イメージを push するならイメージを、デプロイするならマニフェストや Terraform を、デプロイより前に、検出があれば止まる形でスキャンする。
    ///
    /// **理由。** 誰も見ないものは、公開された攻撃コードのあるライブラリや privileged なコンテナのまま本番に届く。
    ///
    /// **直し方。** `trivy image --exit-code 1` と `kube-linter lint` (または同等のもの) を push・デプロイの前に実行する。
    PipelineScans = "pipeline-scans";
    control: "T4.4",
    severity: High,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: None,
    title: "Shipped without a scan", "スキャンのない出荷",
}

impl Check for PipelineScans {
    fn pipeline(&self, cx: &Context<'_>, _pipeline: &Pipeline, on: &mut On<'_>) {
        let Some(deeds) = on.pipeline().and_then(|index| cx.deeds().get(index)) else {
            return;
        };
        if !deeds.ships() {
            if deeds.may_ship() {
                on.unknown(phrase!(
                    en: "it runs a script that may ship and was not read; write the commands into the pipeline",
                    ja: "出荷する可能性のあるスクリプトを実行しているが、内容を読み取れない。コマンドをパイプラインに直接書く"
                ));
            }
            return;
        }
        let before = on.count();
        if let Some((_, push)) = deeds.all(Deed::PushesImage).next() {
            look(deeds, Deed::ScansImage, push, on);
        }
        if let Some((_, deploy)) = deeds.all(Deed::Deploys).next() {
            look(deeds, Deed::ScansConfiguration, deploy, on);
        }
        if on.count() == before {
            on.pass();
        }
    }
}

fn look(deeds: &PipelineDeeds, scan: Deed, shipped: &Done, on: &mut On<'_>) {
    let scans: Vec<(usize, &Done)> = deeds.all(scan).collect();
    let deploying: Vec<usize> = deeds.all(Deed::Deploys).map(|(job, _)| job).collect();
    let is_gate = |gate: &(usize, &Done)| {
        gate.1.fate == Fate::Fails && deploying.iter().all(|job| deeds.holds_up(*gate, *job))
    };
    if scans.iter().any(is_gate) || each_has_one(deeds, &scans, &deploying) {
        return;
    }
    let best = scans.iter().map(|(_, done)| done.fate).min();
    match best {
        Some(Fate::Fails) => on.fail(fault(scan, shipped, late(scan))),
        Some(Fate::Unclear) => on.unknown(phrase!(
            en: "whether a finding of the scan fails the job hangs on what was not read",
            ja: "スキャンの検出で job が失敗するかどうかが、読み取れない設定で決まる"
        )),
        Some(Fate::Ignored) => on.fail_told_by(&["scan-does-not-fail"]),
        None => match hidden(deeds) {
            Some(reason) => on.unknown(reason),
            None => on.fail(fault(scan, shipped, missing(scan, &shipped.tool))),
        },
    }
}

/// Several deployments, each with a scan of its own.
fn each_has_one(deeds: &PipelineDeeds, scans: &[(usize, &Done)], deploying: &[usize]) -> bool {
    let held = |job: &usize| scans.iter().any(|gate| deeds.holds_up(*gate, *job));
    !deploying.is_empty() && deploying.iter().all(held)
}

/// Why a scan may stand where nobody looked.
pub(super) fn hidden(deeds: &PipelineDeeds) -> Option<Phrase> {
    if let Some(gap) = deeds.gap() {
        return Some(gap.clone());
    }
    deeds.does(Deed::MayScan).then(|| phrase!(
        en: "it runs a script that may scan and was not read; write the command into the pipeline",
        ja: "スキャンする可能性のあるスクリプトを実行しているが、内容を読み取れない。コマンドをパイプラインに直接書く"
    ))
}

fn fault(scan: Deed, shipped: &Done, message: Phrase) -> Fault {
    Fault::at(shipped.route.clone(), message).key(format!("{scan:?}"))
}

fn missing(scan: Deed, tool: &str) -> Phrase {
    if scan == Deed::ScansImage {
        phrase!(
            en: "this pipeline pushes an image (`{tool}`) that it never scans; run `trivy image --exit-code 1` or an equal before",
            ja: "このパイプラインはスキャンしていないイメージを push します (`{tool}`)。事前に `trivy image --exit-code 1` などを実行してください"
        )
    } else {
        phrase!(
            en: "this pipeline deploys (`{tool}`) and never scans the configuration; run kube-linter, `trivy config --exit-code 1` or an equal before",
            ja: "このパイプラインは構成をスキャンせずにデプロイします (`{tool}`)。事前に kube-linter や `trivy config --exit-code 1` などを実行してください"
        )
    }
}

fn late(scan: Deed) -> Phrase {
    let (en, ja) = if scan == Deed::ScansImage {
        ("image", "イメージ")
    } else {
        ("configuration", "構成")
    };
    phrase!(
        en: "the deployment does not wait for the scan of the {en}: that runs beside or after it; let the deploying job need the scanning one",
        ja: "デプロイが{ja}のスキャンを待たず、スキャンは並行または後に実行されます。デプロイする job の `needs` にスキャンの job を加えてください"
    )
}
