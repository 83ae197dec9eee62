use sekisho_model::{Container, Fields, Fix, Phrase, Pod, phrase};
use sekisho_text::Route;

use super::schedule::ever_comes;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Whether the cluster scans what runs in it on a schedule: images, benchmark and configuration. A
    /// CronJob that runs a scanner (trivy, kube-bench, kubescape, grype …) counts, and so does an operator that does it by
    /// itself. One that is suspended, whose day never comes, or that has no replica does not.
    ///
    /// **Why it matters.** A pipeline sees an image on the day it is built. Vulnerabilities are found later, and nodes and settings
    /// drift without any pipeline.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: CronJob
    /// spec:
    ///   schedule: "0 5 * * *"
    ///   suspend: true
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: CronJob
    /// spec:
    ///   schedule: "0 5 * * *"
    ///   jobTemplate: # trivy k8s --compliance=eks-cis-1.4
    /// ```
    ///
    /// **References.** [Trivy: Kubernetes](https://trivy.dev/latest/docs/target/kubernetes/) ·
    /// [kube-bench](https://github.com/aquasecurity/kube-bench)
    ///
    /// # 日本語
    /// **示すこと。** クラスタで動いているものを定期的に (イメージ・ベンチマーク・構成について) スキャンしているか。スキャナー (trivy・kube-bench・kubescape・grype など) を実行する CronJob と、自ら定期実行するオペレーターを数える。一時停止中のもの、存在しない日付のもの、レプリカが 0 のものは数えない。
    ///
    /// **理由。** パイプラインはビルドした日のイメージしか見ない。脆弱性は後から見つかり、ノードや設定はパイプラインを通らずに変わっていく。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: CronJob
    /// spec:
    ///   schedule: "0 5 * * *"
    ///   suspend: true
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: CronJob
    /// spec:
    ///   schedule: "0 5 * * *"
    ///   jobTemplate: # trivy k8s --compliance=eks-cis-1.4
    /// ```
    ScheduledScan = "scheduled-scan";
    control: "T1.7",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Nothing scans the cluster on a schedule", "定期スキャンがない",
}

/// What a scanner looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Looks {
    images: bool,
    benchmark: bool,
    settings: bool,
}

const fn looks(images: bool, benchmark: bool, settings: bool) -> Looks {
    Looks {
        images,
        benchmark,
        settings,
    }
}

/// Programs, and images whose name is the program's.
const SCANNERS: &[(&str, Looks)] = &[
    ("trivy", looks(true, true, true)),
    ("kubescape", looks(true, true, true)),
    ("grype", looks(true, false, false)),
    ("snyk", looks(true, false, true)),
    ("kube-bench", looks(false, true, false)),
    ("hardeneks", looks(false, true, true)),
    ("kubeaudit", looks(false, false, true)),
    ("polaris", looks(false, false, true)),
    ("popeye", looks(false, false, true)),
    ("kube-score", looks(false, false, true)),
    ("kube-linter", looks(false, false, true)),
    ("checkov", looks(false, false, true)),
    ("sekisho", looks(false, true, true)),
];

/// Operators that scan by themselves.
const OPERATORS: &[(&str, Looks)] = &[
    ("trivy-operator", looks(true, true, true)),
    ("starboard-operator", looks(true, true, true)),
    ("kubevuln", looks(true, false, false)),
    ("snyk-monitor", looks(true, false, false)),
    ("kubernetes-monitor", looks(true, false, false)),
];

impl Check for ScheduledScan {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut seen = Looks::default();
        let mut any = false;
        let mut idle: Vec<(usize, Fault)> = Vec::new();
        for (index, pod) in cx.workloads().all() {
            let Some(looks) = scanner(pod) else {
                continue;
            };
            if let Some(fault) = asleep(pod) {
                idle.push((*index, fault));
                continue;
            }
            any = true;
            seen.images |= looks.images;
            seen.benchmark |= looks.benchmark;
            seen.settings |= looks.settings;
            sheet.on(*index).pass();
        }
        let mut missing = Vec::new();
        for (has, en, ja) in [
            (seen.images, "images", "イメージ"),
            (seen.benchmark, "the benchmark", "ベンチマーク"),
            (seen.settings, "the configuration", "構成"),
        ] {
            if !has {
                missing.push((en, ja));
            }
        }
        if any {
            if !missing.is_empty() {
                let en: Vec<&str> = missing.iter().map(|(en, _)| *en).collect();
                let ja: Vec<&str> = missing.iter().map(|(_, ja)| *ja).collect();
                let (en, ja) = (en.join(", "), ja.join("・"));
                // Amazon ECR and Inspector scan without anything in the cluster.
                sheet.estate().unknown(phrase!(en: "what scans {en} on a schedule: the scanners among the files do not",
                                               ja: "{ja}の定期スキャン: ファイルにあるスキャナーは対象としていない"));
            }
            return;
        }
        let none = idle.is_empty();
        for (index, fault) in idle {
            sheet.on(index).fail(fault);
        }
        if none && cx.complete() {
            sheet.estate().fail(Fault::at(
                Route::root(),
                Phrase::new(
                    "nothing here scans images, benchmark or configuration on a schedule: what becomes vulnerable after its release is not noticed; add a CronJob that runs trivy and kube-bench, or the Trivy operator",
                    "イメージ・ベンチマーク・構成を定期的にスキャンするものがない。リリース後に見つかった脆弱性に気付けない。trivy と kube-bench を実行する CronJob、または Trivy Operator を導入する",
                ),
            ));
        } else if none {
            sheet.estate().unknown(Phrase::new(
                "what scans the cluster on a schedule: nothing among the files does; say `estate.complete: true` when they are everything",
                "定期スキャンの有無: ファイルの中にない。ファイルがすべてなら `estate.complete: true` を設定する",
            ));
        }
    }
}

/// What a CronJob's or operator's pod looks at.
fn scanner(pod: &Pod<'_>) -> Option<Looks> {
    let kind = pod.object.kind.as_str();
    let is_service = matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet");
    pod.containers().iter().find_map(|container| {
        let image = container.repository();
        let image = image.rsplit_once('/').map_or(image, |(_, last)| last);
        let of = |list: &'static [(&str, Looks)], name: &str| {
            list.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, looks)| *looks)
        };
        match kind {
            "CronJob" => match programs(container) {
                Some(mut words) => words.find_map(|word| of(SCANNERS, word)),
                None => of(SCANNERS, image),
            },
            _ if is_service => of(OPERATORS, image),
            _ => None,
        }
    })
}

/// The words that a container runs instead of its image's own program; `None` when it runs that.
fn programs<'a>(container: &Container<'a>) -> Option<impl Iterator<Item = &'a str>> {
    let command = container.value.items("command");
    let args = container.value.items("args");
    let words = command.iter().chain(args).filter_map(|word| word.as_str());
    (!command.is_empty()).then(|| {
        words
            .flat_map(|text| text.split([' ', '\n', '\t', ';', '&', '|', '(', ')']))
            .map(|word| word.rsplit_once('/').map_or(word, |(_, last)| last))
    })
}

/// Why a scanner does not scan.
fn asleep(pod: &Pod<'_>) -> Option<Fault> {
    let value = &pod.object.value;
    let name = &pod.object.name;
    if pod.object.kind != "CronJob" {
        return (value.int("spec.replicas") == Some(0)).then(|| {
            let field = Route::of("spec.replicas");
            let title = phrase!(en: "run `{name}`", ja: "`{name}` を動かす");
            Fault::at(
                field.clone(),
                phrase!(en: "the scanner `{name}` has no replica, so it scans nothing", ja: "スキャナー `{name}` はレプリカが 0 であり、何もスキャンしない"),
            )
            .fix(Fix::safe(title).set(field, 1))
        });
    }
    if value.flag("spec.suspend") == Some(true) {
        let field = Route::of("spec.suspend");
        let title = phrase!(en: "resume `{name}`", ja: "`{name}` を再開する");
        return Some(
            Fault::at(
                field.clone(),
                phrase!(en: "the scan `{name}` is suspended, and nothing else scans on a schedule", ja: "スキャン `{name}` は一時停止中であり、他に定期スキャンもない"),
            )
            .fix(Fix::safe(title).set(field, false)),
        );
    }
    let schedule = value.text("spec.schedule").unwrap_or("");
    if !ever_comes(schedule) {
        return Some(Fault::at(
            Route::of("spec.schedule"),
            phrase!(en: "the scan `{name}` never runs: `{schedule}` is a day that does not exist", ja: "スキャン `{name}` は実行されない。`{schedule}` は存在しない日付である"),
        ));
    }
    (value.int("spec.jobTemplate.spec.parallelism") == Some(0)).then(|| {
        Fault::at(
            Route::of("spec.jobTemplate.spec.parallelism"),
            phrase!(en: "the jobs of the scan `{name}` start no pod (`parallelism: 0`)", ja: "スキャン `{name}` の Job は Pod を起動しない (`parallelism: 0`)"),
        )
    })
}
