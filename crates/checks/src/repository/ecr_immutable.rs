use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};
use sekisho_terraform::Origin;

use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An ECR repository, made by Terraform, in which a pushed tag can be pushed again.
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
    /// **示すこと。** Terraform が作る ECR リポジトリで、プッシュ済みのタグを上書きできるもの。
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
        let seen = resource.text("image_tag_mutability");
        let (mutability, origin) = match seen.or_default("MUTABLE".to_owned()) {
            Seen::Set(mutability, origin) => (mutability, origin),
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Unset => return,
        };
        match mutability.as_str() {
            "IMMUTABLE" => on.pass(),
            "IMMUTABLE_WITH_EXCLUSION" => excluded(cx, resource, origin.as_ref(), on),
            _ => {
                let message = phrase!(
                    en: "the tags of this repository can be overwritten (`{mutability}`): who may push puts another image behind a tag that runs",
                    ja: "このリポジトリのタグは上書きできる (`{mutability}`)。プッシュできる者が、使用中のタグの中身を別のイメージに置き換えられる",
                );
                on.fail(fault(cx, resource, origin.as_ref(), message));
            }
        }
    }
}

fn excluded(cx: &Context<'_>, resource: &Resource, origin: Option<&Origin>, on: &mut On<'_>) {
    let (filters, unknown) = resource.blocks("image_tag_mutability_exclusion_filter");
    let mut named = Vec::new();
    for filter in &filters {
        match filter.text("filter") {
            Seen::Set(text, _) => named.push(text),
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Unset => {}
        }
    }
    if let Some(why) = unknown {
        return on.unknown(why);
    }
    if named.is_empty() {
        return on.pass();
    }
    let all = named.iter().any(|text| text.chars().all(|c| c == '*'));
    let listed = named.join("`, `");
    let message = phrase!(
        en: "the tags that match `{listed}` can be overwritten: who may push puts another image behind them",
        ja: "`{listed}` に一致するタグは上書きでき、プッシュできる者が中身を別のイメージに置き換えられる",
    );
    let fault = fault(cx, resource, origin, message);
    on.fail(if all {
        fault
    } else {
        fault.severity(Severity::Low)
    });
}

fn fault(cx: &Context<'_>, resource: &Resource, origin: Option<&Origin>, message: Phrase) -> Fault {
    let fault = Fault::of_value(cx.estate, resource, origin, message);
    // Filters may stand beside exclusions only.
    if resource
        .values
        .get("image_tag_mutability_exclusion_filter")
        .is_some()
    {
        return fault;
    }
    match set(cx.estate, resource, "image_tag_mutability", "\"IMMUTABLE\"") {
        Some(change) => {
            let title = phrase!(en: "Make tags immutable", ja: "タグを不変にする");
            fault.fix(Fix::risky(title).with(change))
        }
        None => fault,
    }
}
