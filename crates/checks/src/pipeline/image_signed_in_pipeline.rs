use sekisho_model::{Fix, Pipeline, PipelineKind, phrase};

use super::pipeline_scans::hidden;
use super::scripts::{replaced, value_at};
use crate::deeds::{Deed, Done, Fate, Soft};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pipeline that pushes images signs them (`cosign sign`, `notation sign`, or an attestation of
    /// provenance that is sent to the registry), and stops when it cannot.
    ///
    /// **Why it matters.** Admission can demand signatures only of what is signed. Without one, whoever can write to the registry
    /// decides what runs.
    ///
    /// **Bad**
    /// ```yaml
    /// - uses: docker/build-push-action@v6
    ///   with: { push: true }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// - uses: docker/build-push-action@v6
    ///   id: push
    ///   with: { push: true }
    /// - run: cosign sign --yes "$IMAGE@$DIGEST"
    ///   env: { DIGEST: "${{ steps.push.outputs.digest }}" }
    /// ```
    ///
    /// **References.** [Sigstore: Signing containers](https://docs.sigstore.dev/cosign/signing/signing_with_containers/), [Notary Project: notation sign](https://notaryproject.dev/docs/user-guides/cli-reference/notation_sign/)
    ///
    /// # 日本語
    /// **示すこと。** イメージを push するパイプラインがイメージに署名し (`cosign sign`、`notation sign`、またはレジストリに送る来歴のアテステーション)、署名できなければ止まること。
    ///
    /// **理由。** アドミッションが署名を要求できるのは、署名されたものだけである。署名がなければ、レジストリに書き込める者が実行内容を決める。
    ///
    /// **直し方。** push の直後に、ダイジェストを指定して `cosign sign` を実行する。
    ImageSignedInPipeline = "image-signed-in-pipeline";
    control: "T4.3",
    severity: High,
    profile: Default,
    level: Level::Pipeline(&[PipelineKind::GithubWorkflow, PipelineKind::Gitlab]),
    fix: Risky,
    title: "Images pushed without a signature", "署名なしで push されるイメージ",
}

impl Check for ImageSignedInPipeline {
    fn pipeline(&self, cx: &Context<'_>, pipeline: &Pipeline, on: &mut On<'_>) {
        let Some(deeds) = on.pipeline().and_then(|index| cx.deeds().get(index)) else {
            return;
        };
        let Some((_, push)) = deeds
            .all(Deed::PushesImage)
            .next()
            .filter(|_| deeds.is_started)
        else {
            return;
        };
        let best = deeds.all(Deed::SignsImage).map(|(_, done)| done.fate).min();
        match best {
            Some(Fate::Fails) => on.pass(),
            Some(Fate::Unclear) => on.unknown(phrase!(
                en: "whether the pipeline stops when it cannot sign hangs on what was not read",
                ja: "署名できないときに止まるかどうかが、読み取れない設定で決まる"
            )),
            Some(Fate::Ignored) => {
                let fault = Fault::at(
                    push.route.clone(),
                    phrase!(
                        en: "when the image cannot be signed this pipeline goes on and ships it unsigned",
                        ja: "イメージに署名できなくても処理が続き、署名のないまま出荷されます"
                    ),
                );
                let sign = deeds
                    .all(Deed::SignsImage)
                    .find(|(_, done)| !done.is_called);
                let fix = sign.and_then(|(job, sign)| stop(pipeline, job, sign));
                on.fail(match fix {
                    Some(fix) => fault.fix(fix),
                    None => fault,
                });
            }
            None => {
                if let Some(reason) = hidden(deeds) {
                    on.unknown(reason);
                    return;
                }
                let tool = &push.tool;
                on.fail(Fault::at(push.route.clone(), phrase!(
                    en: "the image that is pushed here (`{tool}`) is not signed, so that admission cannot tell it from one that an attacker pushed; sign its digest (`cosign sign`)",
                    ja: "ここで push されるイメージ (`{tool}`) は署名されず、アドミッションは攻撃者が push したものと区別できません。ダイジェストに署名してください (`cosign sign`)"
                )));
            }
        }
    }
}

/// Takes away what passes over the failure.
fn stop(pipeline: &Pipeline, job: usize, sign: &Done) -> Option<Fix> {
    let fix = Fix::risky(
        phrase!(en: "Stop when the image cannot be signed", ja: "署名できなければ止める"),
    );
    match sign.soft.as_ref()? {
        Soft::Field(route) => value_at(&pipeline.value, route).map(|_| fix.remove(route.clone())),
        Soft::Shell => {
            let step = pipeline.jobs.get(job)?.steps.get(sign.step)?;
            let (route, script) = replaced(pipeline, step, " || true", "")?;
            Some(fix.set(route, script))
        }
        _ => None,
    }
}
