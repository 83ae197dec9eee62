use std::collections::BTreeMap;

use sekisho_model::{Fix, Phrase, Resource, Seen, phrase};
use sekisho_terraform::Value;

use super::listeners::{self, actions};
use super::load_balancers::{Reach, TYPES, reach};
use super::security_groups::{Rules, inbound, open_port};
use super::writing::{only, set};
use crate::links::{Joined, Link};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** An origin of a CloudFront distribution that everybody can call without CloudFront: a load balancer that lets
    /// the whole internet in and forwards whatever comes, or a bucket that CloudFront reads without an origin access control, which
    /// works only while the bucket is open to all.
    ///
    /// **Why it matters.** The web ACL, the login and the limits stand at the distribution. Whoever finds the address of the origin
    /// goes round all of them, and such addresses stand in certificates and DNS history. A load balancer has three means:
    /// a VPC origin (best), the prefix list of CloudFront in its security group, and a header with a secret that its rules
    /// demand. The list alone lets in everybody's distributions. API Gateway has web ACLs of its own: `api-gateway-waf`.
    ///
    /// **Bad.** `cidr_blocks = ["0.0.0.0/0"]` at the load balancer, whose listener forwards without a condition.
    ///
    /// **Good**
    /// ```hcl
    /// origin {
    ///   domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
    ///   origin_id                = "site"
    ///   origin_access_control_id = aws_cloudfront_origin_access_control.site.id
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html> ·
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html> ·
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html>
    ///
    /// # 日本語
    /// **示すこと。** CloudFront を通さずに誰でも呼び出せる、ディストリビューションのオリジン。インターネット全体を受け入れて何でも転送するロードバランサー、またはオリジンアクセスコントロールなしで CloudFront が読むバケット (バケットが誰にでも開いている間しか動かない)。
    ///
    /// **理由。** web ACL もログインも流量制限もディストリビューションにある。オリジンのアドレスを見つけた者は、そのすべてを迂回する。アドレスは証明書や DNS の履歴から分かる。ロードバランサーには三つの手段がある。VPC オリジン (最善)、セキュリティグループでの CloudFront のプレフィックスリスト、秘密の値を持つヘッダーを規則で必須にすることである。リストだけでは、他人のディストリビューションも通る。API Gateway は自身で web ACL を持つ (`api-gateway-waf`)。
    ///
    /// **直し方。** バケットには `origin_access_control_id` を指定し、ロードバランサーは VPC オリジンにするか、CloudFront のプレフィックスリストだけを通す。
    CloudfrontOriginOpen = "cloudfront-origin-open";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "An origin that is reached around CloudFront", "CloudFront を迂回できるオリジン",
}

enum Judged {
    Right,
    Wrong(Box<Fault>),
    Unknown(Phrase),
}

/// What an origin is.
enum What<'a> {
    Balancer(usize, &'a Resource),
    Bucket,
    /// A bucket that answers as a web site, which it does for everybody only.
    Site,
    Gateway,
    Unknown(Phrase),
}

/// What is asked for every origin.
struct Edge<'a, 'c> {
    cx: &'c Context<'a>,
    rules: Rules<'a, 'c>,
    listeners: Joined<'a>,
    listener_rules: Joined<'a>,
    /// Load balancers by family and DNS name.
    by_name: BTreeMap<(usize, String), (usize, &'a Resource)>,
}

impl Check for CloudfrontOriginOpen {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let edge = Edge::of(cx);
        for (index, distribution) in cx.estate.of_type("aws_cloudfront_distribution") {
            let mut on = sheet.on_resource(index);
            match distribution.flag("enabled") {
                Seen::Set(false, _) => continue,
                Seen::Unknown(why) => {
                    on.unknown(why);
                    continue;
                }
                _ => {}
            }
            let (origins, unknown) = distribution.blocks("origin");
            if let Some(why) = unknown {
                on.unknown(why);
            }
            for origin in &origins {
                say(edge.judge(distribution, origin), &mut on);
            }
        }
    }
}

fn say(judged: Option<Judged>, on: &mut On<'_>) {
    match judged {
        Some(Judged::Right) => on.pass(),
        Some(Judged::Wrong(fault)) => on.fail(*fault),
        Some(Judged::Unknown(why)) => on.unknown(why),
        None => {}
    }
}

impl<'a, 'c> Edge<'a, 'c> {
    fn of(cx: &'c Context<'a>) -> Self {
        let links = cx.links();
        let join = |kinds: &[&str], name: &str| Joined::of(cx.estate, links, kinds, name);
        let mut by_name = BTreeMap::new();
        for (index, balancer) in TYPES.iter().flat_map(|kind| cx.estate.of_type(kind)) {
            if let (Seen::Set(name, _), Some(stack)) = (
                balancer.text("dns_name"),
                cx.estate.stacks().get(balancer.stack),
            ) {
                let name = name.to_ascii_lowercase();
                by_name.insert((stack.family, name), (index, balancer));
            }
        }
        Self {
            cx,
            rules: Rules::of(cx.estate, links),
            listeners: join(listeners::LISTENERS, "load_balancer_arn"),
            listener_rules: join(listeners::RULES, "listener_arn"),
            by_name,
        }
    }

    fn judge(&self, distribution: &Resource, origin: &Resource) -> Option<Judged> {
        let name = match origin.text("origin_id") {
            Seen::Set(name, _) => name,
            Seen::Unset | Seen::Unknown(_) => "?".to_owned(),
        };
        // Inside of the VPC nobody else reaches it.
        let (of_vpc, unknown) = origin.blocks("vpc_origin_config");
        if let Some(why) = unknown {
            return Some(Judged::Unknown(why));
        }
        if !of_vpc.is_empty() {
            return Some(Judged::Right);
        }
        let wrong = |message| {
            let fault = Fault::of_value(
                self.cx.estate,
                distribution,
                origin.values.origin(),
                message,
            );
            Judged::Wrong(Box::new(self.mended(
                fault.key(name.clone()),
                distribution,
                origin,
            )))
        };
        Some(match self.what(distribution, origin)? {
            What::Gateway => return None,
            What::Unknown(why) => Judged::Unknown(why),
            What::Site => wrong(phrase!(
                en: "the origin `{name}` is a bucket that answers as a web site: everybody reads it around CloudFront; use its REST address with an origin access control",
                ja: "オリジン `{name}` はウェブサイトとして応答するバケットであり、誰でも CloudFront を通さずに読める。REST のアドレスとオリジンアクセスコントロールを使うこと",
            )),
            What::Bucket => match is_controlled(origin) {
                Seen::Set(true, _) => Judged::Right,
                Seen::Unknown(why) => Judged::Unknown(why),
                _ => wrong(phrase!(
                    en: "CloudFront reads the bucket of the origin `{name}` without an origin access control: that works only while the bucket is open to everybody, around CloudFront as well",
                    ja: "CloudFront はオリジン `{name}` のバケットをオリジンアクセスコントロールなしで読む。これはバケットが誰にでも開いている間しか動かず、CloudFront を迂回して読める",
                )),
            },
            What::Balancer(index, balancer) => {
                self.balancer(distribution, origin, index, balancer, &name)
            }
        })
    }

    /// Where these files have one origin access control, the bucket can be read by it.
    fn mended(&self, fault: Fault, distribution: &Resource, origin: &Resource) -> Fault {
        let estate = self.cx.estate;
        let is_site = !origin.blocks("custom_origin_config").0.is_empty();
        let is_of_buckets = |control: &Resource| {
            !matches!(
                control.text("origin_access_control_origin_type"),
                Seen::Set(kind, _) if kind != "s3"
            )
        };
        let kind = "aws_cloudfront_origin_access_control";
        let change = only(estate, kind, distribution, is_of_buckets)
            .filter(|_| !is_site)
            .and_then(|control| {
                let id = format!("{control}.id");
                set(estate, origin, "origin_access_control_id", &id)
            });
        let title = phrase!(
            en: "Read the bucket by the origin access control of these files; its policy must allow that",
            ja: "このファイルにあるオリジンアクセスコントロールで読む。バケットポリシーでの許可が必要",
        );
        match change {
            Some(change) => fault.fix(Fix::risky(title).with(change)),
            None => fault,
        }
    }

    fn what(&self, distribution: &Resource, origin: &Resource) -> Option<What<'a>> {
        let value = origin.raw("domain_name").filter(|value| !value.is_null())?;
        let Some(domain) = value.as_str() else {
            return Some(self.by_reference(distribution.stack, &value));
        };
        let domain = domain.to_ascii_lowercase();
        let is_of_aws = domain.ends_with(".amazonaws.com") || domain.ends_with(".amazonaws.com.cn");
        let family = self.cx.estate.stacks().get(distribution.stack)?.family;
        if let Some((index, balancer)) = self.by_name.get(&(family, domain.clone())) {
            return Some(What::Balancer(*index, balancer));
        }
        if is_of_aws && domain.contains(".s3-website") {
            return Some(What::Site);
        }
        if is_of_aws && (domain.contains(".s3.") || domain.contains(".s3-")) {
            return Some(What::Bucket);
        }
        if is_of_aws && domain.contains(".execute-api.") {
            return Some(What::Gateway);
        }
        Some(What::Unknown(phrase!(
            en: "what answers at the origin `{domain}`, and whether it answers others than CloudFront, is not known here",
            ja: "オリジン `{domain}` で何が応答し、CloudFront 以外にも応答するかどうかは、ここでは分からない",
        )))
    }

    fn by_reference(&self, stack: usize, value: &Value) -> What<'a> {
        let kinds = [
            "aws_lb",
            "aws_alb",
            "aws_s3_bucket",
            "aws_s3_bucket_website_configuration",
        ];
        match self.cx.links().follow(stack, value, &kinds) {
            Link::To(index, found) if TYPES.contains(&found.kind.as_str()) => {
                What::Balancer(index, found)
            }
            Link::To(_, found) => {
                let last = value.as_unknown().and_then(|unknown| {
                    let path = &unknown.is_exactly()?.path;
                    path.last().map(|last| last.contains("website"))
                });
                if found.kind != "aws_s3_bucket" || last == Some(true) {
                    What::Site
                } else {
                    What::Bucket
                }
            }
            Link::Away(why) => What::Unknown(why),
        }
    }

    /// A public load balancer is open unless its security groups or all of its rules keep others out.
    fn balancer(
        &self,
        distribution: &Resource,
        origin: &Resource,
        index: usize,
        balancer: &Resource,
        name: &str,
    ) -> Judged {
        match reach(balancer) {
            Reach::Internal => return Judged::Right,
            Reach::Unknown(why) => return Judged::Unknown(why),
            Reach::Public => {}
        }
        let inbound = inbound(self.cx.links(), &self.rules, balancer);
        let Some((port, open)) = open_port(&inbound.openings) else {
            return inbound.unknown.map_or(Judged::Right, Judged::Unknown);
        };
        match self.demands_header(index, balancer) {
            Ok(true) => return Judged::Right,
            Ok(false) => {}
            Err(why) => return Judged::Unknown(why),
        }
        let address = &balancer.address;
        let message = phrase!(
            en: "everybody can call the origin `{name}` around CloudFront and its web ACL: `{address}` lets the whole internet in at port {port} and demands no header that only CloudFront knows",
            ja: "誰でも CloudFront とその web ACL を迂回してオリジン `{name}` を呼び出せる。`{address}` はポート {port} でインターネット全体を受け入れ、CloudFront だけが知るヘッダーも求めない",
        );
        let at = origin.values.origin();
        let fault = Fault::of_value(self.cx.estate, distribution, at, message).key(name);
        let text = phrase!(en: "the load balancer of the origin", ja: "オリジンのロードバランサー");
        let fault = fault.beside(self.cx.estate, balancer, text);
        Judged::Wrong(Box::new(open.iter().fold(fault, |fault, opening| {
            let text =
                phrase!(en: "this lets the internet in", ja: "ここでインターネットを受け入れる");
            fault.beside(self.cx.estate, opening.resource, text)
        })))
    }

    /// True when every listener forwards only by rules that have a condition on a header.
    fn demands_header(&self, index: usize, balancer: &Resource) -> Result<bool, Phrase> {
        let all = self.listeners.to(index);
        let mut doubt = None;
        for (at, listener) in all {
            let rules = self.listener_rules.to(*at).iter();
            for (rule, is_rule) in [(*listener, false)]
                .into_iter()
                .chain(rules.map(|(_, rule)| (*rule, true)))
            {
                let found = actions(rule);
                let (conditions, more) = rule.blocks("condition");
                let has_header = conditions
                    .iter()
                    .any(|condition| !condition.blocks("http_header").0.is_empty());
                if found.by_type.contains_key("forward") && !(is_rule && has_header) {
                    match more {
                        Some(why) if is_rule => doubt = Some(why),
                        _ => return Ok(false),
                    }
                }
                doubt = doubt.or(found.unknown);
            }
        }
        let loose = |joined: &Joined<'_>| joined.loose(balancer.stack).cloned();
        let doubt = doubt
            .or_else(|| loose(&self.listeners))
            .or_else(|| loose(&self.listener_rules));
        match doubt {
            Some(why) => Err(why),
            None if all.is_empty() => self
                .cx
                .all_here(balancer.stack, "aws_lb_listener")
                .map(|()| false),
            // A rule that is not here might forward; in the account all of them are told.
            None if self.cx.is_of_account(balancer.stack) => self
                .cx
                .all_here(balancer.stack, "aws_lb_listener_rule")
                .map(|()| true),
            None => Ok(true),
        }
    }
}

/// An origin access control, or the identity that stood there before it.
fn is_controlled(origin: &Resource) -> Seen<bool> {
    let mut unknown = None;
    for name in [
        "origin_access_control_id",
        "s3_origin_config.origin_access_identity",
    ] {
        match origin.text(name) {
            Seen::Set(id, at) if !id.is_empty() => return Seen::Set(true, at),
            // What is known only after apply is there all the same.
            Seen::Unknown(_) if origin.reference(name).is_some() => return Seen::Set(true, None),
            Seen::Unknown(why) => unknown = Some(why),
            Seen::Set(..) | Seen::Unset => {}
        }
    }
    unknown.map_or(Seen::Set(false, None), Seen::Unknown)
}
