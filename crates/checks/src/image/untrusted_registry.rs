use sekisho_model::{Phrase, phrase};

use super::reference::{Reference, Trusted, images};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** An image that comes from outside of the registries that `sekisho.yaml` names. A name without host is Docker
    /// Hub; trust is by host and whole path segments: `ghcr.io/team` does not trust `ghcr.io/team-x`.
    ///
    /// **Why it matters.** Whoever owns the repository decides what runs in the cluster. Images of one's own registry have passed
    /// one's own scans and signatures; others pass none, may vanish, and may be squatted names.
    ///
    /// **Bad**
    /// ```yaml
    /// image: docker.io/nicolaka/netshoot
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// # sekisho.yaml
    /// registries:
    ///   - 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com
    /// ```
    /// Bring the image into a trusted registry (an ECR pull-through cache does it by itself) and name it there.
    ///
    /// **References.** [Amazon ECR: pull through cache](https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html) ·
    /// [MITRE ATT&CK T1525](https://attack.mitre.org/techniques/T1525/)
    ///
    /// # 日本語
    /// **示すこと。** `sekisho.yaml` で信頼すると宣言したレジストリ以外のイメージ。ホスト名のない名前は Docker Hub とみなす。信頼はホストとパス区切り単位で判定し、`ghcr.io/team` は `ghcr.io/team-x` を含まない。
    ///
    /// **理由。** リポジトリの所有者が、クラスタで動くものを決める。自社レジストリのイメージは自社のスキャンと署名を経ているが、外部のものは何も経ておらず、消えたり名前を乗っ取られたりする。
    ///
    /// **悪い例**
    /// ```yaml
    /// image: docker.io/nicolaka/netshoot
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// # sekisho.yaml
    /// registries:
    ///   - 111122223333.dkr.ecr.ap-northeast-1.amazonaws.com
    /// ```
    /// イメージを信頼するレジストリに取り込み (ECR のプルスルーキャッシュなら自動)、そこから指定する。
    UntrustedRegistry = "untrusted-registry";
    control: "T4.7",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "An image from an untrusted registry", "信頼していないレジストリのイメージ",
}

impl Check for UntrustedRegistry {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let trusted: Vec<Trusted> = cx
            .settings
            .registries
            .iter()
            .filter(|entry| !entry.trim().is_empty())
            .map(|entry| Trusted::read(entry))
            .collect();
        let pods = cx.workloads().all();
        if trusted.is_empty() {
            if !pods.is_empty() {
                sheet.estate().unknown(Phrase::new(
                    "which registries are trusted: name them under `registries:` in sekisho.yaml",
                    "信頼するレジストリが不明: sekisho.yaml の `registries:` に列挙する",
                ));
            }
            return;
        }
        for (index, pod) in pods {
            let mut on = sheet.on(*index);
            for used in images(pod) {
                judge(&trusted, &used, &mut on);
            }
        }
    }
}

fn judge(trusted: &[Trusted], used: &super::reference::Used<'_>, on: &mut On<'_>) {
    let (image, en, ja) = (used.image, &used.en, &used.ja);
    let Some(reference) = Reference::read(image) else {
        on.unknown(phrase!(en: "where the image of {en} comes from: `{image}` is no image name; give the rendered file",
                           ja: "{ja}のイメージの取得元: `{image}` はイメージ名として読めない。レンダリング後のファイルが必要"));
        return;
    };
    if trusted.iter().any(|registry| registry.covers(&reference)) {
        on.pass();
        return;
    }
    let repository = reference.repository();
    on.fail(Fault::at(
        used.route.clone(),
        phrase!(en: "{en} runs an image of `{repository}`, which is none of the trusted registries: its owner decides what runs here; bring it into a trusted registry",
                ja: "{ja}は、信頼するレジストリに含まれない `{repository}` のイメージを実行する。その所有者が実行内容を決められる。信頼するレジストリに取り込む"),
    ));
}
