use sekisho_model::{Phrase, Severity, phrase};

use super::alb::{Alb, Member, annotation, annotation_route};
use super::reach::Reach;
use crate::network::addresses::AddressSet;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An internet-facing Application Load Balancer, made by an Ingress, that every address of the internet
    /// may call.
    ///
    /// **Why it matters.** Where the callers are known (partners, offices, a CDN), a list of addresses keeps everybody else from
    /// even trying. Without `inbound-cidrs` the controller opens the security group to `0.0.0.0/0`; ranges that only together
    /// cover the internet, such as `0.0.0.0/1` and `128.0.0.0/1`, open it just the same. A shop for everybody must be open:
    /// accept the finding with a reason.
    ///
    /// **Bad**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/inbound-cidrs: 0.0.0.0/1,128.0.0.0/1
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/inbound-cidrs: 203.0.113.0/24
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: access control](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#access-control)
    ///
    /// # 日本語
    /// **示すこと。** Ingress が作るインターネット向け Application Load Balancer で、インターネットのどのアドレスからも呼び出せるもの。
    ///
    /// **理由。** 呼び出し元が分かっているなら (取引先、拠点、CDN など)、アドレスの一覧によってそれ以外からの試行そのものを防げる。`inbound-cidrs` がなければ、コントローラーはセキュリティグループを `0.0.0.0/0` に開く。`0.0.0.0/1` と `128.0.0.0/1` のように合わせて全体を覆う範囲も同じである。誰にでも公開するサイトなら、理由を付けて例外にする。
    ///
    /// **良い例**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/inbound-cidrs: 203.0.113.0/24
    /// ```
    IngressOpenAddresses = "ingress-open-addresses";
    control: "T5.2",
    severity: Low,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A public Ingress open to every address", "すべてのアドレスに開いた公開 Ingress",
}

impl Check for IngressOpenAddresses {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for alb in &cx.ingresses().albs {
            match alb.reach() {
                Reach::Internal => {}
                Reach::Unsettled(reason) => alb.unknown(sheet, &reason),
                Reach::Public => judge(alb, sheet),
            }
        }
    }
}

fn judge(alb: &Alb<'_>, sheet: &mut Sheet<'_>) {
    let own_groups = alb.settings("", "security-groups");
    if let Some(groups) = own_groups.first() {
        // The controller then ignores inbound-cidrs.
        let groups = groups.value;
        alb.unknown(sheet, &phrase!(
            en: "the rules of the security groups `{groups}` decide; Terraform or the AWS account would tell them",
            ja: "セキュリティグループ `{groups}` の規則次第です。Terraform か AWS アカウントの情報があれば判定できます"
        ));
        return;
    }
    for member in &alb.members {
        match verdict(alb, member) {
            Verdict::Listed => sheet.on(member.index).pass(),
            Verdict::Unknown(reason) => sheet.on(member.index).unknown(reason),
            Verdict::Told => sheet
                .on(member.index)
                .fail_told_by(&["ingress-open-addresses"]),
            Verdict::Open(message) => {
                let asks_login = annotation(member.ingress, "auth-type")
                    .is_some_and(|kind| kind == "oidc" || kind == "cognito");
                let fault = Fault::at(annotation_route("inbound-cidrs"), message);
                sheet.on(member.index).fail(if asks_login {
                    fault
                } else {
                    fault.severity(Severity::Medium)
                });
            }
        }
    }
}

enum Verdict {
    Listed,
    Open(Phrase),
    Told,
    Unknown(Phrase),
}

/// Each listen port takes the ranges of the members that define it; the one that names them speaks for the others.
fn verdict(alb: &Alb<'_>, member: &Member<'_>) -> Verdict {
    let ranges = member.list(&["inboundCIDRs"], "inbound-cidrs");
    if !ranges.is_empty() {
        if let Some(bad) = ranges
            .iter()
            .find(|range| !range.contains('/') || AddressSet::of_cidr(range).is_none())
        {
            return Verdict::Unknown(phrase!(
                en: "`{bad}` is no range of addresses: the controller takes none of the list",
                ja: "`{bad}` はアドレス範囲ではなく、コントローラーはこの一覧を適用しません"
            ));
        }
        let listed = ranges.join(", ");
        return if AddressSet::of_cidrs(ranges).covers_internet() {
            Verdict::Open(phrase!(
                en: "`{listed}` covers the whole internet: every address may call this load balancer; list the addresses of known callers, or accept this for a site for everybody",
                ja: "`{listed}` はインターネット全体を覆っており、どのアドレスからもこのロードバランサーを呼び出せます。既知の呼び出し元だけを列挙するか、誰にでも公開するサイトなら例外にしてください"
            ))
        } else {
            Verdict::Listed
        };
    }
    let ports = member.listeners().unwrap_or_default();
    let shares_port = |other: &&Member<'_>| {
        other.index != member.index
            && other
                .listeners()
                .unwrap_or_default()
                .iter()
                .any(|listener| ports.contains(listener))
    };
    let mut sharing = alb.members.iter().filter(shares_port);
    if let Some(other) =
        sharing.find(|other| !other.list(&["inboundCIDRs"], "inbound-cidrs").is_empty())
    {
        return match verdict(alb, other) {
            Verdict::Open(_) => Verdict::Told,
            same => same,
        };
    }
    let prefix_lists = alb.members.iter().any(|other| {
        !other
            .list(
                &["prefixListsIDs", "PrefixListsIDs"],
                "security-group-prefix-lists",
            )
            .is_empty()
    });
    if prefix_lists {
        return Verdict::Unknown(phrase!(
            en: "the prefix lists decide which addresses may call; Terraform or the AWS account would tell what they hold",
            ja: "プレフィックスリストの内容次第です。Terraform か AWS アカウントの情報があれば判定できます"
        ));
    }
    if let Some(reason) = alb.unseen() {
        return Verdict::Unknown(reason);
    }
    let first_open = alb
        .members
        .iter()
        .find(|other| other.index == member.index || shares_port(other));
    if first_open.is_some_and(|first| first.index != member.index) {
        return Verdict::Told;
    }
    Verdict::Open(phrase!(
        en: "without `inbound-cidrs` every address of the internet may call this load balancer; list the addresses of known callers, or accept this for a site for everybody",
        ja: "`inbound-cidrs` がないため、インターネットのどのアドレスからもこのロードバランサーを呼び出せます。既知の呼び出し元だけを列挙するか、誰にでも公開するサイトなら例外にしてください"
    ))
}
