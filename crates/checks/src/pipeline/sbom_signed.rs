use sekisho_model::{Fix, Pipeline, PipelineKind, phrase};

use super::pipeline_scans::hidden;
use crate::deeds::{Deed, Done, Fate};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pipeline that pushes images makes an SBOM of them and signs it: as an attestation (`cosign attest`,
    /// `actions/attest-sbom`), or in the image itself (BuildKit's `sbom: true`) when the image is signed.
    ///
    /// **Why it matters.** When the next Log4Shell comes, the SBOM says within minutes which images hold it. An SBOM that is not
    /// signed says whatever the last person to touch it wanted.
    ///
    /// **Bad**
    /// ```yaml
    /// - run: syft "$IMAGE" -o spdx-json=sbom.json
    /// - uses: actions/upload-artifact@v4
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// - run: syft "$IMAGE" -o spdx-json=sbom.json
    /// - run: cosign attest --yes --type spdxjson --predicate sbom.json "$IMAGE"
    /// ```
    ///
    /// **References.** [Sigstore: In-toto attestations](https://docs.sigstore.dev/cosign/verifying/attestation/), [Docker: SBOM attestations](https://docs.docker.com/build/metadata/attestations/sbom/)
    ///
    /// # 日本語
    /// **示すこと。** イメージを push するパイプラインが SBOM を生成し、署名すること。アテステーション (`cosign attest`、`actions/attest-sbom`) とするか、BuildKit の `sbom: true` でイメージに含めたうえでイメージに署名する。
    ///
    /// **理由。** 次の Log4Shell が現れたとき、どのイメージが該当するかを SBOM で数分のうちに特定できる。署名のない SBOM は、最後に触れた者が書き換えた内容かもしれない。
    ///
    /// **直し方。** `syft` などで生成し、`cosign attest` で署名する。
    SbomSigned = "sbom-signed";
    control: "T4.2",
    severity: Medium,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: Safe,
    title: "Images without a signed SBOM", "署名付き SBOM のないイメージ",
}

impl Check for SbomSigned {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let Some(deeds) = on.pipeline().and_then(|index| cx.deeds().get(index)) else {
            return;
        };
        let Some((number, push)) = deeds
            .all(Deed::PushesImage)
            .next()
            .filter(|_| deeds.is_started)
        else {
            return;
        };
        let sure = |deed: Deed| deeds.all(deed).any(|(_, done)| done.fate == Fate::Fails);
        // BuildKit keeps the SBOM in the index that `cosign sign` signs.
        let inside = deeds
            .all(Deed::MakesSbom)
            .any(|(_, done)| done.tool.contains("docker"))
            && sure(Deed::SignsImage);
        if deeds.does(Deed::MakesSbom) && (sure(Deed::SignsSbom) || inside) {
            on.pass();
            return;
        }
        if deeds.does(Deed::SignsSbom) && deeds.does(Deed::MakesSbom) {
            on.fail(Fault::at(push.route.clone(), phrase!(
                en: "when the SBOM cannot be signed this pipeline goes on and ships the image without it",
                ja: "SBOM に署名できなくても処理が続き、署名のないままイメージが出荷されます"
            )));
            return;
        }
        if let Some(reason) = hidden(deeds) {
            on.unknown(reason);
            return;
        }
        let message = if deeds.does(Deed::MakesSbom) {
            phrase!(
                en: "an SBOM is made of the image that is pushed here, and nobody signs it: it can be changed unseen; attest it (`cosign attest`)",
                ja: "push するイメージの SBOM は生成されますが署名されず、気付かれずに書き換えられます。`cosign attest` などで署名してください"
            )
        } else {
            phrase!(
                en: "the image that is pushed here has no SBOM: nobody can say what is in it; make one (syft, `trivy --format cyclonedx`) and attest it (`cosign attest`)",
                ja: "ここで push されるイメージには SBOM がなく、何が含まれるか分かりません。syft などで生成し、`cosign attest` で署名してください"
            )
        };
        let fault = Fault::at(push.route.clone(), message);
        let fix = if sure(Deed::SignsImage) {
            buildkit(pipeline, number, push)
        } else {
            None
        };
        on.fail(match fix {
            Some(fix) => fault.fix(fix),
            None => fault,
        });
    }
}

/// Of an image that is signed, BuildKit's own SBOM is signed with it.
fn buildkit(pipeline: &Pipeline, job: usize, push: &Done) -> Option<Fix> {
    if push.tool != "docker/build-push-action" || push.is_called {
        return None;
    }
    let step = pipeline.jobs.get(job)?.steps.get(push.step)?;
    let fix =
        Fix::safe(phrase!(en: "Let BuildKit make the SBOM", ja: "BuildKit に SBOM を生成させる"));
    Some(fix.set(step.route.at("with.sbom"), true))
}
