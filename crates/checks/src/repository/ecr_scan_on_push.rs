use sekisho_model::{Fix, Resource, phrase};

use super::scanning::Scanning;
use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An ECR repository whose images are not scanned when they are pushed: neither by its
    /// own setting nor by the scanning configuration of the registry.
    ///
    /// **Why it matters.** What is not scanned at the door is found when it runs, or never. The registry's configuration goes
    /// before the repository's own setting: a repository that none of its filters matches is not scanned on push, whatever
    /// `scan_on_push` says. A filter without a star matches every name that holds it.
    ///
    /// **Bad**
    /// ```hcl
    /// image_scanning_configuration {
    ///   scan_on_push = false
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// image_scanning_configuration {
    ///   scan_on_push = true
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html>
    ///
    /// # 日本語
    /// **示すこと。** ECR リポジトリで、自身の設定でもレジストリのスキャン設定でも、プッシュ時にイメージがスキャンされないもの。
    ///
    /// **理由。** 入口でスキャンされないものは、動き出してから見つかるか、見つからない。レジストリの設定はリポジトリ自身の設定に優先し、どのフィルターにも一致しないリポジトリは、`scan_on_push` にかかわらずプッシュ時にスキャンされない。星のないフィルターは、その語を含むすべての名前に一致する。
    ///
    /// **直し方。** `scan_on_push = true` とするか、レジストリのスキャン設定でフィルター `*` に `SCAN_ON_PUSH` を指定する。
    EcrScanOnPush = "ecr-scan-on-push";
    control: "T4.7",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_ecr_repository"]),
    fix: Safe,
    title: "Images are not scanned on push", "プッシュ時にスキャンされないイメージ",
}

impl Check for EcrScanOnPush {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        let name = &resource.address;
        match Scanning::of(cx, resource) {
            Scanning::Scans => on.pass(),
            Scanning::Unknown(why) => on.unknown(why),
            Scanning::LeftOut(registry) => {
                let message = phrase!(
                    en: "no rule of the registry's scanning configuration has images of `{name}` scanned on push, and the repository's own setting does not count beside it",
                    ja: "レジストリのスキャン設定のどの規則も `{name}` をプッシュ時スキャンの対象とせず、リポジトリ自身の設定はこれがあると効かない",
                );
                let fault = Fault::of_value(cx.estate, resource, None, message);
                let text = phrase!(en: "the configuration of the registry", ja: "レジストリの設定");
                on.fail(fault.beside(cx.estate, registry, text));
            }
            Scanning::Off(origin) => {
                let message = phrase!(
                    en: "images of `{name}` are not scanned when they are pushed: set `scan_on_push = true`",
                    ja: "`{name}` のイメージはプッシュ時にスキャンされない。`scan_on_push = true` とすること",
                );
                let fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message);
                let (blocks, _) = resource.blocks("image_scanning_configuration");
                let change = blocks
                    .first()
                    .and_then(|block| set(cx.estate, block, "scan_on_push", "true"));
                let title = phrase!(en: "Scan on push", ja: "プッシュ時にスキャンする");
                on.fail(match change {
                    Some(change) => fault.fix(Fix::safe(title).with(change)),
                    None => fault,
                });
            }
        }
    }
}
