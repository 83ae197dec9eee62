use sekisho_model::{Phrase, phrase};
use sekisho_text::Route;

use super::reference::{Reference, images};
use super::verifiers::{Standing, covers, standings};
use crate::admission::system_namespaces::is_system;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Whether something at admission refuses images without a valid signature, in every namespace and for every
    /// image: Kyverno (`verifyImages`, ImageValidatingPolicy), the policy controller of Sigstore, Gatekeeper with Ratify,
    /// Kubewarden. Absence is a finding only where `sekisho.yaml` says that the files are complete.
    ///
    /// **Why it matters.** A signature that nobody demands protects nothing. Whoever can push an image, or name another
    /// one, runs it.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterImagePolicy
    /// spec:
    ///   mode: warn
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ClusterPolicy
    /// spec:
    ///   validationFailureAction: Enforce
    ///   rules:
    ///     - name: signed-by-ci
    ///       match: { any: [{ resources: { kinds: [Pod] } }] }
    ///       verifyImages:
    ///         - imageReferences: ["*"]
    ///           attestors: [{ entries: [{ keys: { kms: "awskms:///alias/image-signing" } }] }]
    /// ```
    ///
    /// **References.** [Kyverno: verify images](https://kyverno.io/docs/policy-types/cluster-policy/verify-images/) ·
    /// [Sigstore: policy controller](https://docs.sigstore.dev/policy-controller/overview/)
    ///
    /// # 日本語
    /// **示すこと。** 有効な署名のないイメージを、すべての Namespace・すべてのイメージについてアドミッションで拒否する仕組みがあるか。Kyverno (`verifyImages`・ImageValidatingPolicy)、Sigstore の policy-controller、Gatekeeper + Ratify、Kubewarden を見る。欠如を検出とするのは、`sekisho.yaml` がファイルの完全性を宣言している場合だけである。
    ///
    /// **理由。** 検証を求められない署名は何も守らない。イメージをプッシュできる者や、別のイメージを指定できる者が、それを実行できてしまう。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterImagePolicy
    /// spec:
    ///   mode: warn
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: ClusterPolicy
    /// spec:
    ///   validationFailureAction: Enforce
    ///   rules:
    ///     - name: signed-by-ci
    ///       match: { any: [{ resources: { kinds: [Pod] } }] }
    ///       verifyImages:
    ///         - imageReferences: ["*"]
    ///           attestors: [{ entries: [{ keys: { kms: "awskms:///alias/image-signing" } }] }]
    /// ```
    SignatureEnforcement = "signature-enforcement";
    control: "T4.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Unsigned images are admitted", "未署名イメージの受け入れ",
}

impl Check for SignatureEnforcement {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let standings = standings(cx);
        let patterns: Vec<&String> = standings
            .iter()
            .filter_map(|(_, standing)| match standing {
                Standing::Enforced(patterns) => Some(patterns),
                _ => None,
            })
            .flatten()
            .collect();
        let first = standings
            .iter()
            .find(|(_, standing)| matches!(standing, Standing::Enforced(_)));
        if let Some((index, _)) = first {
            let index = *index;
            if patterns.iter().any(|pattern| *pattern == "*") {
                sheet.on(index).pass();
            } else {
                judge_reach(cx, sheet, index, &patterns);
            }
            return;
        }
        let is_absent = standings.is_empty();
        for (index, standing) in standings {
            let mut on = sheet.on(index);
            match standing {
                Standing::Enforced(_) => {}
                Standing::Fault(fault) => on.fail(*fault),
                Standing::ToldBy(checks) => on.fail_told_by(checks),
                Standing::Unknown(reason) => on.unknown(reason),
            }
        }
        if is_absent && cx.complete() {
            sheet.estate().fail(Fault::at(
                Route::root(),
                Phrase::new(
                    "nothing verifies signatures of images at admission: whoever can push an image, or name another one, runs it",
                    "アドミッションでイメージの署名を検証するものがない。イメージをプッシュできる者や別のイメージを指定できる者が、それを実行できる",
                ),
            ));
        } else if is_absent {
            sheet.estate().unknown(Phrase::new(
                "what verifies signatures of images: nothing among the files does; say `estate.complete: true` when they are everything",
                "イメージの署名を検証するもの: ファイルの中にない。ファイルがすべてなら `estate.complete: true` を設定する",
            ));
        }
    }
}

/// The policies name some images only: what runs here must be among them, and what else may run is for another policy.
fn judge_reach(cx: &Context<'_>, sheet: &mut Sheet<'_>, index: usize, patterns: &[&String]) {
    let mut on = sheet.on(index);
    let mut open: Option<(&str, String)> = None;
    for (_, pod) in cx.workloads().all() {
        let namespace = pod.object.namespace.given().unwrap_or("");
        if is_system(cx, namespace) || open.is_some() {
            continue;
        }
        for used in images(pod) {
            let Some(reference) = Reference::read(used.image) else {
                continue;
            };
            let repository = reference.repository();
            let tag = reference.tag.unwrap_or("latest");
            // Kyverno does not write the folder `library` of Docker Hub.
            let short = repository.replacen("docker.io/library/", "docker.io/", 1);
            let names = [format!("{repository}:{tag}"), format!("{short}:{tag}")];
            let covered = patterns
                .iter()
                .any(|pattern| names.iter().any(|name| covers(pattern, name)));
            if !covered {
                open = Some((used.image, pod.object.id().to_string()));
            }
        }
    }
    match open {
        Some((image, user)) => on.fail(Fault::at(
            Route::of("spec.rules"),
            phrase!(en: "signatures are verified for some images only, and not for `{image}` of {user}: verify `*`",
                    ja: "署名の検証対象は一部のイメージだけで、{user} の `{image}` は含まれない。`*` を対象にする"),
        )),
        None => on.unknown(Phrase::new(
            "whether images that the signature policies do not name are refused: verify `*`, or refuse other registries",
            "署名ポリシーの対象外のイメージが拒否されるか: `*` を対象にするか、他のレジストリを拒否する",
        )),
    }
}
