use sekisho_model::{Pipeline, PipelineKind, phrase};

use super::pipeline_scans::hidden;
use crate::deeds::{Deed, Fate};
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
    fix: None,
    title: "Images pushed without a signature", "署名なしで push されるイメージ",
}

impl Check for ImageSignedInPipeline {
    fn pipeline(&self, cx: &Context<'_>, _pipeline: &Pipeline, on: &mut On<'_>) {
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
            Some(Fate::Ignored) => on.fail(Fault::at(push.route.clone(), phrase!(
                en: "when the image cannot be signed this pipeline goes on and ships it unsigned",
                ja: "イメージに署名できなくても処理が続き、署名のないまま出荷されます"
            ))),
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
