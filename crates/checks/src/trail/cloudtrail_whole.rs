use std::collections::BTreeMap;

use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, Stack, phrase};
use sekisho_text::Route;

use super::events::records_changes;
use super::regions::{called, is_told, is_told_by_account, regions};
use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** One trail of CloudTrail records every change in the account: it logs, in all regions and for global services, with
    /// management events, validated log files, and a KMS key of one's own. Where several trails stand in one configuration or record one
    /// region, one whole trail is enough. In a snapshot each region is judged for itself, and a trail that was stopped counts as off.
    ///
    /// **Why it matters.** Whoever steals a secret from Secrets Manager, turns off a log or gives himself an access entry does it by calls to AWS.
    /// A region that is not recorded is the one he uses; a file that is not validated is the one he deletes.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_cloudtrail" "all" {
    ///   name           = "all"
    ///   s3_bucket_name = "trail"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_cloudtrail" "all" {
    ///   name                       = "all"
    ///   s3_bucket_name             = "trail"
    ///   is_multi_region_trail      = true
    ///   enable_log_file_validation = true
    ///   kms_key_id                 = aws_kms_key.trail.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html>
    ///
    /// # 日本語
    /// **示すこと。** アカウントのすべての変更を記録する CloudTrail の証跡がある。有効で、全リージョンとグローバルサービスの管理イベントを記録し、
    /// ログファイルの整合性検証とカスタマー管理の KMS キーを使うこと。一つの構成またはリージョンに複数の証跡がある場合は、全体を満たす証跡が一つあればよい。
    /// スナップショットではリージョンごとに判定し、停止された証跡は無効とみなす。
    ///
    /// **理由。** Secrets Manager からの窃取も、ログの停止も、アクセスエントリの追加も、AWS の API 呼び出しで行われる。記録されない
    /// リージョンこそ使われ、検証されないファイルこそ消される。
    ///
    /// **直し方。** `is_multi_region_trail`・`enable_log_file_validation` を true とし、`kms_key_id` にカスタマー管理キーを指定する。
    CloudtrailWhole = "cloudtrail-whole";
    control: "T3.6",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "No whole trail", "不完全な証跡",
}

/// A switch of a trail: its default in the provider's schema, and what is lost when it is off.
struct Switch {
    name: &'static str,
    default: bool,
    lost: (&'static str, &'static str),
}

const SWITCHES: [Switch; 4] = [
    Switch {
        name: "enable_logging",
        default: true,
        lost: ("it is switched off", "停止している"),
    },
    Switch {
        name: "is_multi_region_trail",
        default: false,
        lost: ("it records one region only", "1 リージョンしか記録しない"),
    },
    Switch {
        name: "enable_log_file_validation",
        default: false,
        lost: (
            "a changed or deleted log file is not noticed",
            "ログファイルの改ざん・削除に気付けない",
        ),
    },
    Switch {
        name: "include_global_service_events",
        default: true,
        lost: (
            "it leaves out global services such as IAM",
            "IAM などのグローバルサービスを記録しない",
        ),
    },
];

/// What one trail lacks.
struct Trail<'a> {
    index: usize,
    resource: &'a Resource,
    off: Vec<&'static Switch>,
    has_events: bool,
    has_key: bool,
    unknown: Option<Phrase>,
}

impl Trail<'_> {
    fn family(&self, cx: &Context<'_>) -> usize {
        let stack = cx.estate.stacks().get(self.resource.stack);
        stack.map_or(self.resource.stack, |stack| stack.family)
    }

    fn is_wrong(&self) -> bool {
        !self.off.is_empty() || !self.has_events || !self.has_key
    }
}

impl Check for CloudtrailWhole {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut stacks: BTreeMap<usize, Vec<Trail<'_>>> = BTreeMap::new();
        for (index, resource) in cx.estate.of_type("aws_cloudtrail") {
            let trails = stacks.entry(resource.stack).or_default();
            trails.push(look(index, resource));
        }
        for (stack, region) in regions(cx) {
            if !stacks.contains_key(&stack) {
                no_trail_in(cx, stack, region, sheet);
            }
        }
        if stacks.keys().all(|stack| is_told(cx, *stack)) {
            absent(cx, sheet);
        }
        let homes = homes(cx, &stacks);
        for trails in stacks.into_values() {
            let right: Vec<&Trail<'_>> = trails.iter().filter(|trail| !trail.is_wrong()).collect();
            for trail in &right {
                let mut on = sheet.on_resource(trail.index);
                match &trail.unknown {
                    Some(why) => on.unknown(why.clone()),
                    None => on.pass(),
                }
            }
            // One whole trail is enough: another may have another purpose, as one for objects in S3 alone.
            if right.is_empty() {
                let is_other = |trail: &Trail<'_>| !trail.has_events;
                let all_other = trails.iter().all(is_other);
                for trail in trails.iter().filter(|trail| all_other || !is_other(trail)) {
                    // A snapshot has a trail in every region that it records: what it lacks is told once.
                    if homes.get(&(trail.family(cx), &trail.resource.address)) == Some(&trail.index)
                    {
                        tell(cx, trail, sheet);
                    } else {
                        let mut on = sheet.on_resource(trail.index);
                        on.fail_told_by(&["cloudtrail-whole"]);
                    }
                }
            }
        }
    }
}

/// Each trail where it is told: in its own region, when that is among the regions of the snapshot.
fn homes<'a>(
    cx: &Context<'_>,
    stacks: &BTreeMap<usize, Vec<Trail<'a>>>,
) -> BTreeMap<(usize, &'a String), usize> {
    let mut homes = BTreeMap::new();
    for (stack, trail) in stacks
        .iter()
        .flat_map(|(stack, trails)| trails.iter().map(move |trail| (*stack, trail)))
    {
        let own = cx.estate.stacks().get(stack);
        let own = own.and_then(|stack| stack.region.clone());
        let is_home = matches!(trail.resource.text("home_region"), Seen::Set(home, _) if Some(&home) == own.as_ref());
        let key = (trail.family(cx), &trail.resource.address);
        if is_home || !homes.contains_key(&key) {
            homes.insert(key, trail.index);
        }
    }
    homes
}

/// A region of a snapshot without any trail.
fn no_trail_in(cx: &Context<'_>, stack: usize, region: &Stack, sheet: &mut Sheet<'_>) {
    let mut on = sheet.estate();
    let here = cx.all_here(stack, "aws_cloudtrail");
    let stores = "aws_cloudtrail_event_data_store";
    let mut stores = cx
        .estate
        .of_type(stores)
        .filter(|(_, store)| store.stack == stack);
    if let Err(why) = here {
        return on.unknown(why);
    }
    if let Some((index, _)) = stores.next() {
        return sheet.on_resource(index).unknown(Phrase::new(
            "what this event data store records: the snapshot does not tell; no trail stands beside it",
            "このイベントデータストアが何を記録するか: スナップショットにない。証跡は他にない",
        ));
    }
    let (name, account) = called(region);
    let message = phrase!(
        en: "no trail of CloudTrail records `{name}` of account {account}: who changes a secret, a key or a role there cannot be found out",
        ja: "アカウント {account} の `{name}` を記録する CloudTrail の証跡がなく、そこで Secret・キー・ロールを誰が変えたか分からない",
    );
    let fault = Fault::at(Route::root(), message).severity(Severity::High);
    on.fail(fault.key(format!("{account} {name}")));
}

fn look(index: usize, resource: &Resource) -> Trail<'_> {
    let mut trail = Trail {
        index,
        resource,
        off: Vec::new(),
        has_events: true,
        has_key: true,
        unknown: None,
    };
    for switch in &SWITCHES {
        match resource.flag(switch.name).or_default(switch.default) {
            Seen::Set(false, _) => trail.off.push(switch),
            Seen::Unknown(why) => trail.unknown = Some(why),
            Seen::Set(true, _) | Seen::Unset => {}
        }
    }
    match records_changes(resource) {
        Ok(yes) => trail.has_events = yes,
        Err(why) => trail.unknown = Some(why),
    }
    match resource.text("kms_key_id") {
        Seen::Set(key, _) => trail.has_key = !key.is_empty(),
        Seen::Unset => trail.has_key = false,
        // The key is made together with the trail.
        Seen::Unknown(why) => {
            let made = resource.reference("kms_key_id");
            if !made.is_some_and(|made| made.target.kind.starts_with("aws_kms_")) {
                trail.unknown = Some(why);
            }
        }
    }
    trail
}

fn tell(cx: &Context<'_>, trail: &Trail<'_>, sheet: &mut Sheet<'_>) {
    let mut on = sheet.on_resource(trail.index);
    let (resource, address) = (trail.resource, &trail.resource.address);
    if !trail.off.is_empty() {
        let lost = |one: fn(&Switch) -> &'static str, comma: &str| {
            let all: Vec<&str> = trail.off.iter().map(|switch| one(switch)).collect();
            all.join(comma)
        };
        let (en, ja) = (
            lost(|switch| switch.lost.0, "; "),
            lost(|switch| switch.lost.1, "。"),
        );
        let message = phrase!(
            en: "the trail `{address}` is not whole: {en}",
            ja: "証跡 `{address}` は不完全である: {ja}",
        );
        let origin = match trail.off.as_slice() {
            [only] => resource
                .raw(only.name)
                .filter(|value| !value.is_null())
                .and_then(|value| value.origin().cloned()),
            _ => None,
        };
        let is_silent = trail
            .off
            .iter()
            .any(|switch| switch.name == "enable_logging");
        let severity = if is_silent {
            Severity::High
        } else {
            Severity::Medium
        };
        let mut fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message)
            .severity(severity)
            .key("switches");
        if let Some(fix) = switched_on(cx, trail) {
            fault = fault.fix(fix);
        }
        on.fail(fault);
    }
    if !trail.has_events {
        let message = phrase!(
            en: "the trail `{address}` leaves out management events that change something: no change of a secret, key or role is recorded",
            ja: "証跡 `{address}` は変更を伴う管理イベントを記録せず、Secret・キー・ロールの変更が残らない",
        );
        let fault = Fault::of_value(cx.estate, resource, None, message);
        on.fail(fault.severity(Severity::High).key("events"));
    }
    if !trail.has_key {
        let message = phrase!(
            en: "the trail `{address}` has no `kms_key_id`: whoever may read its bucket may read it, and no key policy says otherwise",
            ja: "証跡 `{address}` に `kms_key_id` がなく、バケットを読める者は証跡も読める (キーポリシーで制限できない)",
        );
        on.fail(Fault::of_value(cx.estate, resource, None, message).key("key"));
    }
}

fn switched_on(cx: &Context<'_>, trail: &Trail<'_>) -> Option<Fix> {
    let title = phrase!(en: "Make the trail whole", ja: "証跡を完全にする");
    let mut edit = BlockEdit::of_resource(cx.estate, trail.resource)?;
    for switch in &trail.off {
        edit = edit.set(
            switch.name,
            trail.resource.raw(switch.name).as_ref(),
            "true",
        )?;
    }
    edit.done(Fix::safe(title))
}

/// No trail stands in the files: what that says depends on whether they are everything.
fn absent(cx: &Context<'_>, sheet: &mut Sheet<'_>) {
    let clusters = cx.estate.of_type("aws_eks_cluster");
    let mut clusters = clusters
        .filter(|(_, cluster)| !is_told(cx, cluster.stack) && !is_told_by_account(cx, cluster));
    if clusters.next().is_none() {
        return;
    }
    let mut stores = cx.estate.of_type("aws_cloudtrail_event_data_store");
    let has_store = stores.any(|(_, store)| !is_told(cx, store.stack));
    if cx.complete() && !has_store {
        sheet.estate().fail(
            Fault::at(
                Route::root(),
                Phrase::new(
                    "no trail of CloudTrail is defined: who changed a secret, a key or a role cannot be found out",
                    "CloudTrail の証跡が定義されておらず、Secret・キー・ロールを誰が変えたか分からない",
                ),
            )
            .severity(Severity::High),
        );
    } else {
        sheet.estate().unknown(Phrase::new(
            "which trail of CloudTrail covers the account: no `aws_cloudtrail` is among the files; add them, or an AWS snapshot",
            "アカウントを対象とする CloudTrail の証跡: `aws_cloudtrail` がファイルの中にない。ファイルか AWS スナップショットを加える",
        ));
    }
}
