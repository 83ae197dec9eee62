use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};
use sekisho_terraform::Origin;

use crate::hcl::BlockEdit;
use crate::network::addresses::AddressSet;
use crate::nodes::edits::replaced;
use crate::{Check, Context, Fault, Level, On, check};

const PUBLIC: &str = "vpc_config.endpoint_public_access";
const PRIVATE: &str = "vpc_config.endpoint_private_access";
const RANGES: &str = "vpc_config.public_access_cidrs";

/// More IPv4 addresses than a /8 name nobody; so do more IPv6 addresses than a /32, the least an access provider gets.
const MOST: (u128, u128) = (1 << 24, 1 << 96);

check! {
    /// **What it shows.** The API endpoint of the cluster is private, or public to a bounded set of addresses. What counts is
    /// which public IPv4 and IPv6 addresses the ranges cover together, not how they are written.
    ///
    /// **Why it matters.** EKS opens the endpoint to the whole internet unless it is told otherwise. Then a leaked token or AWS key is
    /// enough from anywhere, and a flaw of the API server before authentication reaches everybody.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   vpc_config {
    ///     subnet_ids          = var.subnets
    ///     public_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   vpc_config {
    ///     subnet_ids              = var.subnets
    ///     endpoint_private_access = true
    ///     endpoint_public_access  = false
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html>
    ///
    /// # 日本語
    /// **示すこと。** クラスタの API エンドポイントが private であるか、限られたアドレス集合にだけ公開されている。判定は表記ではなく、
    /// 指定された範囲が合わせて覆う IPv4/IPv6 のパブリックアドレスによる。
    ///
    /// **理由。** EKS は指定しない限りエンドポイントをインターネット全体に公開する。その場合、漏えいしたトークンや AWS キーだけで
    /// どこからでも操作でき、認証前に突ける API サーバーの脆弱性は誰にでも届く。
    ///
    /// **直し方。** `endpoint_private_access = true` とし、`endpoint_public_access = false` とするか、`public_access_cidrs` を必要な送信元に絞る。
    PublicEndpoint = "public-endpoint";
    control: "T1.1",
    severity: High,
    profile: Default,
    level: Level::Resource(&["aws_eks_cluster"]),
    fix: Risky,
    title: "API endpoint open to the internet", "インターネットに開かれた API エンドポイント",
}

/// The addresses that the public endpoint answers.
struct Allowed {
    set: AddressSet,
    origin: Option<Origin>,
    is_default: bool,
    /// Why it may be more than this.
    unknown: Option<Phrase>,
}

impl Check for PublicEndpoint {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        // `Default: true` in the provider's schema, as in the API.
        let unsettled = match resource.flag(PUBLIC).or_default(true) {
            Seen::Set(false, _) => return on.pass(),
            Seen::Unknown(why) => Some(why),
            Seen::Set(true, _) | Seen::Unset => None,
        };
        let allowed = allowed(resource);
        let Some((words, severity)) = too_many(&allowed) else {
            return match allowed.unknown {
                Some(why) => on.unknown(unsettled.unwrap_or(why)),
                None => on.pass(),
            };
        };
        if let Some(why) = unsettled {
            return on.unknown(why);
        }
        let address = &resource.address;
        let Phrase { en, ja } = words;
        let message = phrase!(
            en: "the API endpoint of `{address}` answers {en}; make it private, or name the addresses that need it",
            ja: "`{address}` の API エンドポイントが{ja}。private にするか、必要なアドレスだけを指定する",
        );
        let mut fault = Fault::of_value(cx.estate, resource, allowed.origin.as_ref(), message)
            .severity(severity);
        if let Some(fix) = private(cx, resource) {
            fault = fault.fix(fix);
        }
        on.fail(fault);
    }
}

fn allowed(resource: &Resource) -> Allowed {
    let mut allowed = Allowed {
        set: AddressSet::default(),
        origin: None,
        is_default: false,
        unknown: None,
    };
    if let Seen::Unknown(why) = resource.texts(RANGES) {
        allowed.unknown = Some(why);
    }
    let written = resource.raw(RANGES);
    let items = written.as_ref().and_then(|list| list.items());
    // The provider sends no empty list, and EKS takes 0.0.0.0/0 where none is sent (`VpcConfigRequest`).
    if allowed.unknown.is_none() && items.is_none_or(<[_]>::is_empty) {
        allowed.set = AddressSet::everything();
        allowed.is_default = true;
        return allowed;
    }
    allowed.origin = written.as_ref().and_then(|list| list.origin().cloned());
    for text in items.into_iter().flatten().filter_map(|item| item.as_str()) {
        match AddressSet::of_cidr(text) {
            Some(range) => allowed.set = allowed.set.union(&range),
            None => {
                allowed.unknown = Some(phrase!(
                    en: "`{text}` is no range of addresses",
                    ja: "`{text}` はアドレス範囲ではない",
                ));
            }
        }
    }
    allowed
}

/// Whom it answers, when that is nobody in particular.
fn too_many(allowed: &Allowed) -> Option<(Phrase, Severity)> {
    if allowed.is_default {
        let words = Phrase::new(
            "every address of the internet, because no `public_access_cidrs` are given",
            "インターネットのすべてのアドレスに応答する (`public_access_cidrs` の指定がない)",
        );
        return Some((words, Severity::High));
    }
    if allowed.set.covers_internet() {
        let words = Phrase::new(
            "every address of the internet: its ranges together leave nothing out",
            "インターネットのすべてのアドレスに応答する (範囲を合わせると全体を覆う)",
        );
        return Some((words, Severity::High));
    }
    let whole = AddressSet::public_v4().union(&AddressSet::public_v6());
    let (v4, v6) = allowed.set.shared(&whole).counts();
    let (all_v4, all_v6) = whole.counts();
    let (count, all, family) = if v4 > MOST.0 {
        (v4, all_v4, "IPv4")
    } else if v6 > MOST.1 {
        (v6, all_v6, "IPv6")
    } else {
        return None;
    };
    let percent = (count / (all / 100)).clamp(1, 99);
    let words = phrase!(
        en: "about {percent} % of the {family} internet: nobody in particular",
        ja: "{family} インターネットの約 {percent} % に応答し、送信元を限っていない",
    );
    let severity = if percent >= 50 {
        Severity::High
    } else {
        Severity::Medium
    };
    Some((words, severity))
}

fn private(cx: &Context<'_>, resource: &Resource) -> Option<Fix> {
    let title = phrase!(en: "Make the endpoint private", ja: "エンドポイントを private にする");
    if cx
        .estate
        .module_call(resource.file, resource.span)
        .is_some()
    {
        return inputs(cx, resource, Fix::risky(title));
    }
    BlockEdit::of_nested(cx.estate, resource, "vpc_config")?
        .set(
            "endpoint_private_access",
            resource.raw(PRIVATE).as_ref(),
            "true",
        )?
        .set(
            "endpoint_public_access",
            resource.raw(PUBLIC).as_ref(),
            "false",
        )?
        .done(Fix::risky(title))
}

/// The inputs of a well-known module, as far as they are written in its call.
fn inputs(cx: &Context<'_>, resource: &Resource, fix: Fix) -> Option<Fix> {
    let Seen::Set(true, public) = resource.flag(PUBLIC) else {
        return None;
    };
    let fix = fix.with(replaced(cx.estate, public.as_ref(), "false")?);
    match resource.flag(PRIVATE) {
        Seen::Set(true, _) => Some(fix),
        Seen::Set(false, private) => Some(fix.with(replaced(cx.estate, private.as_ref(), "true")?)),
        Seen::Unset | Seen::Unknown(_) => None,
    }
}
