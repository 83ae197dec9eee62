use sekisho_model::{Pod, phrase};

use super::reference::{Reference, images};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An image that is named by tag only, in any container or image volume. With a digest the tag does not count:
    /// `app:1.2@sha256:…` is as good as `app@sha256:…`.
    ///
    /// **Why it matters.** A tag is a pointer that anybody who may push can move. What was scanned and signed and what runs after
    /// the next restart are then two different images, and nobody sees the change in Git. A digest is the content itself.
    ///
    /// **Bad**
    /// ```yaml
    /// image: 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/shop/cart:1.4
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// image: 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/shop/cart:1.4@sha256:5f0c…
    /// ```
    /// Let the pipeline write it (`kustomize edit set image`, Argo CD Image Updater, Renovate), not people.
    ///
    /// **References.** [Kubernetes: images](https://kubernetes.io/docs/concepts/containers/images/#image-names) ·
    /// [EKS Best Practices: image security](https://docs.aws.amazon.com/eks/latest/best-practices/image-security.html)
    ///
    /// # 日本語
    /// **示すこと。** タグだけで指定されたイメージ (全コンテナとイメージボリューム)。ダイジェストがあればタグは問わない。`app:1.2@sha256:…` は `app@sha256:…` と同じである。
    ///
    /// **理由。** タグは、プッシュできる者なら誰でも付け替えられる。スキャン・署名したイメージと次の再起動後に動くイメージが別物になりうるうえ、Git にはその変化が現れない。ダイジェストは内容そのものを指す。
    ///
    /// **悪い例**
    /// ```yaml
    /// image: 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/shop/cart:1.4
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// image: 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/shop/cart:1.4@sha256:5f0c…
    /// ```
    /// 人手ではなく、パイプライン (`kustomize edit set image`、Argo CD Image Updater、Renovate など) に書き込ませる。
    ImageDigest = "image-digest";
    control: "T4.7",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: None,
    title: "An image is named by tag", "タグで指定されたイメージ",
}

impl Check for ImageDigest {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        for used in images(pod) {
            let (image, en, ja) = (used.image, used.en, used.ja);
            let Some(reference) = Reference::read(image) else {
                on.unknown(phrase!(en: "what {en} runs: `{image}` is no image name; give the rendered file",
                                   ja: "{ja}のイメージ: `{image}` はイメージ名として読めない。レンダリング後のファイルが必要"));
                continue;
            };
            if reference.digest.is_some() {
                on.pass();
                continue;
            }
            let repository = reference.repository();
            let fault = match reference.tag {
                Some(tag) if tag != "latest" => Fault::at(
                    used.route,
                    phrase!(en: "{en} runs whatever `{image}` points to at its next start: who may push to `{repository}` can move the tag `{tag}`; add the digest (`@sha256:…`)",
                            ja: "{ja}は次回起動時に `{image}` が指すものを実行する。`{repository}` にプッシュできる者はタグ `{tag}` を付け替えられる。ダイジェスト (`@sha256:…`) を付ける"),
                ),
                _ => Fault::at(
                    used.route,
                    phrase!(en: "{en} runs the newest push to `{repository}` (tag `latest`): every push changes what runs; name a version with its digest (`@sha256:…`)",
                            ja: "{ja}は `{repository}` の最新プッシュ (タグ `latest`) を実行する。プッシュのたびに実行内容が変わる。バージョンをダイジェスト (`@sha256:…`) 付きで指定する"),
                ),
            };
            on.fail(fault);
        }
    }
}
