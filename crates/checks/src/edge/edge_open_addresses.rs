use sekisho_model::{Phrase, Resource, phrase};

use super::load_balancers::public_applications;
use super::security_groups::{Inbound, Rules, inbound, open_port};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A public Application Load Balancer, of Terraform or of an AWS account, whose security groups together let every address
    /// of the internet in at some port.
    ///
    /// **Why it matters.** Where the callers are known (partners, offices, a CDN), a list of addresses keeps everybody else from
    /// even trying, and keeps a WAF in front of the load balancer from being gone round. Ranges add up over groups, blocks and
    /// separate rules: `0.0.0.0/1` in one and `128.0.0.0/1` in another are the internet. A shop for everybody must be open: accept
    /// the finding with a reason.
    ///
    /// **Bad**
    /// ```hcl
    /// ingress {
    ///   protocol    = "tcp"
    ///   from_port   = 443
    ///   to_port     = 443
    ///   cidr_blocks = ["0.0.0.0/0"]
    /// }
    /// ```
    ///
    /// **Good.** `cidr_blocks` with the addresses of known callers, or the prefix list of CloudFront.
    ///
    /// **References.** <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの公開 Application Load Balancer で、セキュリティグループが合わせていずれかのポートにインターネットのすべてのアドレスを通すもの。
    ///
    /// **理由。** 呼び出し元が分かっているなら (取引先、拠点、CDN など)、アドレスの一覧によってそれ以外からの試行そのものを防げ、前段の WAF の迂回も防げる。範囲はグループ、ブロック、独立した規則をまたいで足し合わされる。一方の `0.0.0.0/1` と他方の `128.0.0.0/1` でインターネット全体になる。誰にでも公開するサイトなら、理由を付けて例外にする。
    ///
    /// **直し方。** `cidr_blocks` に既知の呼び出し元だけを書くか、CloudFront のプレフィックスリストを使う。
    EdgeOpenAddresses = "edge-open-addresses";
    control: "T5.2",
    severity: Low,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A public load balancer open to every address", "すべてのアドレスに開いた公開ロードバランサー",
}

impl Check for EdgeOpenAddresses {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let rules = Rules::of(cx.estate, links);
        public_applications(cx, sheet, |sheet, index, balancer| {
            let inbound = inbound(links, &rules, balancer);
            judge(cx, balancer, &inbound, &mut sheet.on_resource(index));
        });
    }
}

fn judge(cx: &Context<'_>, balancer: &Resource, inbound: &Inbound<'_>, on: &mut On<'_>) {
    let Some((port, open)) = open_port(&inbound.openings) else {
        return match &inbound.unknown {
            Some(why) => on.unknown(why.clone()),
            None => on.pass(),
        };
    };
    let Some((first, others)) = open.split_first() else {
        return;
    };
    let name = &balancer.address;
    let message: Phrase = phrase!(
        en: "every address of the internet may call `{name}` at port {port}; list the addresses of known callers, or accept this for a site for everybody",
        ja: "インターネットのどのアドレスからも `{name}` のポート {port} を呼び出せる。既知の呼び出し元だけを列挙するか、誰にでも公開するサイトなら例外にすること",
    );
    let fault = Fault::of_value(cx.estate, first.resource, first.origin.as_ref(), message);
    let text = phrase!(en: "the load balancer behind it", ja: "その先のロードバランサー");
    let fault = fault.beside(cx.estate, balancer, text);
    on.fail(others.iter().fold(fault, |fault, other| {
        let text = phrase!(en: "the rest of the addresses", ja: "残りのアドレス");
        fault.beside(cx.estate, other.resource, text)
    }));
}
