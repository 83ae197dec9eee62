use sekisho_model::{Change, Fix, Phrase, Resource, Seen, phrase};

use super::load_balancers::public_applications;
use super::writing::{behind, called};
use crate::links::Joined;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A public Application Load Balancer or a CloudFront distribution that Shield Advanced does not protect, where
    /// the account subscribes to it.
    ///
    /// **Why it matters.** Shield Standard guards everything by itself, against floods of packets. Shield Advanced is paid for the whole
    /// account and guards only what it is told to: without a protection there is no detection for the application, no response
    /// team, no refund for what an attack makes grow. Without a subscription nothing is demanded here.
    ///
    /// **Bad.** `aws_shield_subscription`, and a load balancer that no `aws_shield_protection` names.
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_shield_protection" "shop" {
    ///   name         = "shop"
    ///   resource_arn = aws_lb.shop.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html> ·
    /// [MITRE ATT&CK T1498](https://attack.mitre.org/techniques/T1498/)
    ///
    /// # 日本語
    /// **示すこと。** アカウントが Shield Advanced を契約しているのに、その保護対象になっていない公開 Application Load Balancer または CloudFront ディストリビューション。
    ///
    /// **理由。** Shield Standard は、パケットのフラッドに対してすべてを自動で守る。Shield Advanced はアカウント全体で課金されるが、守るのは指定したものだけである。保護がなければ、アプリケーションへの攻撃の検知も、対応チームの支援も、攻撃で増えた料金の補償もない。契約がなければ、ここでは何も求めない。
    ///
    /// **直し方。** `aws_shield_protection` の `resource_arn` に ARN を指定する。
    ShieldProtection = "shield-protection";
    control: "T5.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "A way in that Shield Advanced does not protect", "Shield Advanced の保護対象でない公開入口",
}

const PROTECTION: &str = "aws_shield_protection";
const SUBSCRIPTION: &str = "aws_shield_subscription";

impl Check for ShieldProtection {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let protections = Joined::of(cx.estate, cx.links(), &[PROTECTION], "resource_arn");
        let by_manager = cx.estate.of_type("aws_fms_policy").next().is_some();
        public_applications(cx, sheet, |sheet, index, balancer| {
            let mut on = sheet.on_resource(index);
            judge(cx, &protections, by_manager, index, balancer, &mut on);
        });
        for (index, distribution) in cx.estate.of_type("aws_cloudfront_distribution") {
            if matches!(distribution.flag("enabled"), Seen::Set(false, _)) {
                continue;
            }
            let mut on = sheet.on_resource(index);
            judge(cx, &protections, by_manager, index, distribution, &mut on);
        }
    }
}

fn judge(
    cx: &Context<'_>,
    protections: &Joined<'_>,
    by_manager: bool,
    index: usize,
    resource: &Resource,
    on: &mut On<'_>,
) {
    // What Shield says of an account stands with what has no region.
    let global = if cx.is_of_account(resource.stack) {
        cx.beside(resource.stack, None)
    } else {
        Some(resource.stack)
    };
    let Some(stack) = global else {
        return on.unknown(untold());
    };
    if !protections.to(index).is_empty() {
        return on.pass();
    }
    if !subscribes(cx, resource.stack) {
        // Shield Standard is all there is, and it needs no care; or the subscription stands elsewhere.
        if cx.is_of_account(stack)
            && let Err(why) = cx.all_here(stack, SUBSCRIPTION)
        {
            on.unknown(why);
        }
        return;
    }
    let managed = (by_manager && !cx.is_of_account(stack)).then(|| {
        phrase!(
            en: "a Firewall Manager policy may protect it; an AWS snapshot tells it",
            ja: "Firewall Manager のポリシーが保護する可能性がある。AWS スナップショットがあれば分かる",
        )
    });
    let loose = protections.loose(stack).cloned();
    let doubt = loose
        .or(managed)
        .or_else(|| cx.all_here(stack, PROTECTION).err());
    if let Some(why) = doubt {
        return on.unknown(why);
    }
    let name = &resource.address;
    let message = phrase!(
        en: "the account pays for Shield Advanced, and `{name}` is not among what it protects: a flood of requests is neither detected nor answered there",
        ja: "アカウントは Shield Advanced を契約しているが、`{name}` は保護対象になっていない。リクエストのフラッドは検知も対応もされない",
    );
    let fault = Fault::of_value(cx.estate, resource, None, message);
    let title = phrase!(en: "Protect it", ja: "保護対象に加える");
    on.fail(match protected(cx, resource) {
        Some(change) => fault.fix(Fix::safe(title).with(change)),
        None => fault,
    });
}

/// A protection of its own behind the block.
fn protected(cx: &Context<'_>, resource: &Resource) -> Option<Change> {
    let called = called(resource, resource)?;
    let name = called.rsplit('.').next()?;
    let is_taken = |(_, other): (usize, &Resource)| {
        other.stack == resource.stack && other.address.ends_with(&format!("{PROTECTION}.{name}"))
    };
    if cx.estate.of_type(PROTECTION).any(is_taken) {
        return None;
    }
    let text = format!(
        "resource \"{PROTECTION}\" \"{name}\" {{\n  name         = \"{name}\"\n  resource_arn = {called}.arn\n}}"
    );
    behind(cx.estate, resource, &text)
}

/// A subscription, or a protection, which there is none without.
fn subscribes(cx: &Context<'_>, stack: usize) -> bool {
    let family = |at: usize| cx.estate.stacks().get(at).map(|stack| stack.family);
    let own = family(stack);
    [SUBSCRIPTION, PROTECTION]
        .iter()
        .flat_map(|kind| cx.estate.of_type(kind))
        .any(|(_, one)| family(one.stack) == own)
}

fn untold() -> Phrase {
    phrase!(
        en: "the snapshot does not tell whether the account subscribes to Shield Advanced; take it again with `sekisho aws snapshot-script`",
        ja: "アカウントが Shield Advanced を契約しているかどうかはスナップショットにない。`sekisho aws snapshot-script` で取り直す",
    )
}
