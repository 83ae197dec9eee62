use sekisho_model::{Fix, Pod, phrase};

use super::reference::{Reference, images};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An image that is named by tag and not looked up at every start (`imagePullPolicy` is `IfNotPresent` or
    /// `Never`). With a digest the policy does not matter: the content is fixed.
    ///
    /// **Why it matters.** The node keeps what it pulled once. Replicas on different nodes run different content under one tag, a
    /// pushed correction does not arrive, and a pod without credentials for the registry can start a private image that is already on its node.
    ///
    /// **Bad**
    /// ```yaml
    /// image: example.com/app:1.4
    /// imagePullPolicy: IfNotPresent
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// image: example.com/app:1.4
    /// imagePullPolicy: Always # asks the registry for the digest; layers that are there are not pulled again
    /// ```
    ///
    /// **References.** [Kubernetes: image pull policy](https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy)
    ///
    /// # 日本語
    /// **示すこと。** タグで指定され、起動のたびにはレジストリに照会されないイメージ (`imagePullPolicy` が `IfNotPresent` または `Never`)。ダイジェスト指定なら内容は固定されるため問わない。
    ///
    /// **理由。** ノードは一度取得したものを使い続ける。同じタグでもノードごとに内容が異なり、修正版をプッシュしても届かない。またレジストリの認証情報を持たない Pod が、ノードに残った非公開イメージを起動できる。
    ///
    /// **悪い例**
    /// ```yaml
    /// image: example.com/app:1.4
    /// imagePullPolicy: IfNotPresent
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// image: example.com/app:1.4
    /// imagePullPolicy: Always # レジストリにダイジェストを照会する。取得済みのレイヤーは再取得されない
    /// ```
    ImagePullPolicy = "image-pull-policy";
    control: "T4.7",
    severity: Low,
    profile: All,
    level: Level::Pod,
    fix: Risky,
    title: "A tag is not looked up at every start", "起動時に照会されないタグ",
}

impl Check for ImagePullPolicy {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        for used in images(pod) {
            let (image, en, ja, policy) = (used.image, used.en, used.ja, used.policy);
            let Some(reference) = Reference::read(image) else {
                on.unknown(phrase!(en: "what {en} runs: `{image}` is no image name; give the rendered file",
                                   ja: "{ja}のイメージ: `{image}` はイメージ名として読めない。レンダリング後のファイルが必要"));
                continue;
            };
            if reference.digest.is_some() || policy == "Always" {
                on.pass();
                continue;
            }
            // An outage of the registry then stops a restart, so people must ask for it.
            let fix = Fix::risky(
                phrase!(en: "look `{image}` up at every start", ja: "起動のたびに `{image}` を照会する"),
            )
            .set(used.policy_route.clone(), "Always");
            on.fail(
                Fault::at(
                    used.policy_route,
                    phrase!(en: "{en} takes `{image}` from its node when it is there (`{policy}`): nodes may run different content under this tag",
                            ja: "{ja}は、ノードに `{image}` があればそれを使う (`{policy}`)。ノードごとに内容が異なりうる"),
                )
                .fix(fix),
            );
        }
    }
}
