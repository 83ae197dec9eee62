use std::collections::BTreeMap;

use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};

use super::buckets::{named, part_of};
use super::regions::is_told;
use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** The bucket to which a trail of CloudTrail is delivered keeps every version of a log file, and nothing makes it
    /// public: its policy, or a public access block that is switched off.
    ///
    /// **Why it matters.** Validation of log files tells that one was deleted; only an older version brings it back. A trail that
    /// everybody reads shows an attacker who has which rights, and whether he was seen.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_s3_bucket_versioning" "trail" {
    ///   bucket = aws_s3_bucket.trail.id
    ///   versioning_configuration {
    ///     status = "Suspended"
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_s3_bucket_versioning" "trail" {
    ///   bucket = aws_s3_bucket.trail.id
    ///   versioning_configuration {
    ///     status = "Enabled"
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html> ·
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    ///
    /// # 日本語
    /// **示すこと。** CloudTrail の証跡の配信先バケットがすべてのバージョンを保持し、ポリシーや無効化されたパブリックアクセスブロックによって
    /// 公開されていないこと。
    ///
    /// **理由。** 整合性検証は削除に気付かせるだけで、元に戻せるのは以前のバージョンだけである。誰でも読める証跡は、誰がどの権限を持ち、
    /// 自分が見つかったかどうかを攻撃者に教える。
    ///
    /// **直し方。** バケットのバージョニングを `Enabled` とし、パブリックアクセスブロックの 4 項目をすべて true とする。
    TrailBucket = "trail-bucket";
    control: "T3.6",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "The bucket of a trail is loose", "証跡のバケットの不備",
}

const VERSIONING: &str = "aws_s3_bucket_versioning";
const BLOCK: &str = "aws_s3_bucket_public_access_block";
const STATUS: &str = "aws_s3_bucket_policy_status";

/// The four switches of a public access block.
const SWITCHES: [&str; 4] = [
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
];

impl Check for TrailBucket {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        // Several trails, and each region that tells of one, share a bucket.
        let mut buckets: BTreeMap<usize, (&Resource, &Resource)> = BTreeMap::new();
        for (index, trail) in cx.estate.of_type("aws_cloudtrail") {
            let Some(value) = trail.raw("s3_bucket_name").filter(|value| !value.is_null()) else {
                continue;
            };
            match named(cx, trail.stack, &value) {
                Some((bucket, found)) => drop(buckets.entry(bucket).or_insert((found, trail))),
                None => sheet.on_resource(index).unknown(away(cx, trail)),
            }
        }
        for (index, (bucket, trail)) in buckets {
            let mut on = sheet.on_resource(index);
            let before = on.count();
            versions(cx, (index, bucket), trail, &mut on);
            public(cx, (index, bucket), trail, &mut on);
            if on.count() == before {
                on.pass();
            }
        }
    }
}

/// The bucket is often one of another account.
fn away(cx: &Context<'_>, trail: &Resource) -> Phrase {
    if is_told(cx, trail.stack) {
        phrase!(
            en: "how the trail's bucket is kept: it is not in the snapshot; a snapshot of its account tells",
            ja: "証跡のバケットの設定: スナップショットにない。バケットのあるアカウントのスナップショットで分かる",
        )
    } else {
        phrase!(
            en: "how the trail's bucket is kept: it is not among the files; add them, or an AWS snapshot",
            ja: "証跡のバケットの設定: ファイルの中にない。ファイルか AWS スナップショットを加える",
        )
    }
}

fn versions(cx: &Context<'_>, bucket: (usize, &Resource), trail: &Resource, on: &mut On<'_>) {
    let (name, of) = (&bucket.1.address, &trail.address);
    // Until version 3 of the provider a block of the bucket itself.
    if let Seen::Set(true, _) = bucket.1.flag("versioning.enabled") {
        return;
    }
    let message = phrase!(
        en: "`{name}`, to which `{of}` is delivered, keeps no older versions: who may write there removes a log for good",
        ja: "`{of}` の配信先 `{name}` は以前のバージョンを保持せず、書き込める者がログを完全に消せる",
    );
    let beside = |fault: Fault| {
        let text = phrase!(en: "the trail", ja: "証跡");
        fault.beside(cx.estate, trail, text).key("versions")
    };
    let Some(part) = part_of(cx, bucket, VERSIONING) else {
        return match cx.all_here(bucket.1.stack, VERSIONING) {
            Ok(()) => on.fail(beside(Fault::of_value(cx.estate, bucket.1, None, message))),
            Err(why) => on.unknown(why),
        };
    };
    match part.text("versioning_configuration.status") {
        Seen::Set(status, _) if status == "Enabled" => {}
        Seen::Unknown(why) => on.unknown(why),
        Seen::Set(_, origin) => {
            let (blocks, _) = part.blocks("versioning_configuration");
            let change = blocks
                .first()
                .and_then(|block| set(cx.estate, block, "status", "\"Enabled\""));
            let title = phrase!(en: "Keep older versions", ja: "以前のバージョンを保持する");
            let fault = beside(Fault::of_value(cx.estate, part, origin.as_ref(), message));
            on.fail(match change {
                Some(change) => fault.fix(Fix::safe(title).with(change)),
                None => fault,
            });
        }
        Seen::Unset => on.fail(beside(Fault::of_value(cx.estate, part, None, message))),
    }
}

fn public(cx: &Context<'_>, bucket: (usize, &Resource), trail: &Resource, on: &mut On<'_>) {
    let (name, of) = (&bucket.1.address, &trail.address);
    let block = part_of(cx, bucket, BLOCK);
    // A block restricts a public policy, whatever it says.
    let restricts = block.map(|block| block.flag("restrict_public_buckets").or_default(false));
    if let Some(status) = part_of(cx, bucket, STATUS)
        && let Seen::Set(true, origin) = status.flag("is_public")
        && !matches!(restricts, Some(Seen::Set(true, _)))
    {
        let message = phrase!(
            en: "the policy of `{name}`, to which `{of}` is delivered, is public, and no public access block of the bucket restricts it",
            ja: "`{of}` の配信先 `{name}` のポリシーが公開であり、バケットのパブリックアクセスブロックでも制限されていない",
        );
        let fault = Fault::of_value(cx.estate, status, origin.as_ref(), message);
        let text = phrase!(en: "the trail", ja: "証跡");
        let fault = fault.beside(cx.estate, trail, text);
        return on.fail(fault.severity(Severity::High).key("policy"));
    }
    // A new bucket has all four since April 2023: only a block that is there can be off.
    let Some(block) = block else {
        return;
    };
    for switch in SWITCHES {
        match block.flag(switch).or_default(false) {
            Seen::Set(false, origin) => {
                let message = phrase!(
                    en: "the public access block of `{name}`, to which `{of}` is delivered, leaves `{switch}` off: one statement or ACL makes the trail public",
                    ja: "`{of}` の配信先 `{name}` のパブリックアクセスブロックで `{switch}` が無効であり、ステートメントや ACL 一つで証跡が公開される",
                );
                let fault = Fault::of_value(cx.estate, block, origin.as_ref(), message);
                let title =
                    phrase!(en: "Block public access", ja: "パブリックアクセスをブロックする");
                let fault = match set(cx.estate, block, switch, "true") {
                    Some(change) => fault.fix(Fix::safe(title).with(change)),
                    None => fault,
                };
                on.fail(fault.key(switch));
            }
            Seen::Unknown(why) => on.unknown(why),
            Seen::Set(true, _) | Seen::Unset => {}
        }
    }
}
