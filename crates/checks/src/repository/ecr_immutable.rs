use sekisho_model::{Fix, Phrase, Resource, Severity, phrase};
use sekisho_terraform::Origin;

use super::mutability::{Mutability, fixed};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An ECR repository in which a pushed tag can be pushed again.
    ///
    /// **Why it matters.** Who may push can put another image behind a tag that was tested and scanned, and every pod that
    /// pulls by that tag runs it. `MUTABLE` is the default. `IMMUTABLE_WITH_EXCLUSION` leaves the tags mutable that its filters
    /// match; a filter of stars alone matches all.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_ecr_repository" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_ecr_repository" "shop" {
    ///   name                 = "shop"
    ///   image_tag_mutability = "IMMUTABLE"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html> ·
    /// [MITRE ATT&CK T1525](https://attack.mitre.org/techniques/T1525/)
    ///
    /// # 日本語
    /// **示すこと。** ECR リポジトリで、プッシュ済みのタグを上書きできるもの。
    ///
    /// **理由。** プッシュできる者は、テストとスキャンを済ませたタグの中身を別のイメージに置き換えられ、そのタグで取得するすべての Pod がそれを実行する。既定は `MUTABLE` である。`IMMUTABLE_WITH_EXCLUSION` では、フィルターに一致するタグは可変のままで、星だけのフィルターはすべてに一致する。
    ///
    /// **直し方。** `image_tag_mutability = "IMMUTABLE"` とする。
    EcrImmutable = "ecr-immutable";
    control: "T4.7",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_ecr_repository"]),
    fix: Risky,
    title: "ECR tags can be overwritten", "上書きできる ECR のタグ",
}

impl Check for EcrImmutable {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        match Mutability::of(resource) {
            Mutability::Fixed => on.pass(),
            Mutability::Unknown(why) => on.unknown(why),
            Mutability::Open {
                setting: mutability,
                origin,
                but,
            } => {
                // What is left out of it is as safe as anywhere.
                let listed = but.join("`, `");
                let (en, ja) = if but.is_empty() {
                    (String::new(), String::new())
                } else {
                    (
                        format!(", but for `{listed}`"),
                        format!("、`{listed}` を除く"),
                    )
                };
                let message = phrase!(
                    en: "the tags of this repository can be overwritten (`{mutability}`{en}): who may push puts another image behind a tag that runs",
                    ja: "このリポジトリのタグは上書きできる (`{mutability}`{ja})。プッシュできる者が、使用中のタグの中身を別のイメージに置き換えられる",
                );
                on.fail(fault(cx, resource, origin.as_ref(), message));
            }
            Mutability::Partly { origin, filters } => {
                let all = filters.iter().any(|text| text.chars().all(|c| c == '*'));
                let listed = filters.join("`, `");
                let message = phrase!(
                    en: "the tags that match `{listed}` can be overwritten: who may push puts another image behind them",
                    ja: "`{listed}` に一致するタグは上書きでき、プッシュできる者が中身を別のイメージに置き換えられる",
                );
                let fault = fault(cx, resource, origin.as_ref(), message);
                on.fail(if all {
                    fault
                } else {
                    fault.severity(Severity::Low)
                });
            }
        }
    }
}

fn fault(cx: &Context<'_>, resource: &Resource, origin: Option<&Origin>, message: Phrase) -> Fault {
    let fault = Fault::of_value(cx.estate, resource, origin, message);
    match fixed(cx.estate, resource) {
        Some(change) => {
            let title = phrase!(en: "Make tags immutable", ja: "タグを不変にする");
            fault.fix(Fix::risky(title).with(change))
        }
        None => fault,
    }
}
