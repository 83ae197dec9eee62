use sekisho_model::{Phrase, Resource, Seen, phrase};

use super::listeners::{self, actions};
use super::load_balancers::{Reach, TYPES, kind, reach};
use crate::links::{Joined, Link};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An internet-facing Network Load Balancer that sends what it gets straight to the application.
    ///
    /// **Why it matters.** AWS WAF cannot stand before a Network Load Balancer: it passes on bytes, and nobody looks into the requests.
    /// It may stand before an Application Load Balancer that has a web ACL (a target group of type `alb`), or be internal behind
    /// something that has one. What does not speak HTTP needs no WAF: accept the finding with a reason.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_lb" "edge" {
    ///   load_balancer_type = "network"
    /// }
    /// ```
    ///
    /// **Good.** `internal = true`, or target groups with `target_type = "alb"` that lead to a load balancer under a web ACL.
    ///
    /// **References.** <https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html> ·
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html>
    ///
    /// # 日本語
    /// **示すこと。** 受け取ったものをそのままアプリケーションに渡す、インターネット向け Network Load Balancer。
    ///
    /// **理由。** AWS WAF は Network Load Balancer の前には置けない。バイト列をそのまま渡すだけで、リクエストの中身は誰も見ない。web ACL を持つ Application Load Balancer の前段に置くか (`alb` 型のターゲットグループ)、web ACL を持つものの背後で内部向けにする。HTTP でない通信に WAF は要らないので、理由を付けて例外にする。
    ///
    /// **直し方。** `internal = true` とするか、`target_type = "alb"` のターゲットグループで、web ACL を持つロードバランサーへ渡す。
    NlbWithoutWaf = "nlb-without-waf";
    control: "T5.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A public Network Load Balancer, which no WAF guards", "WAF で守れない公開 Network Load Balancer",
}

/// What stands behind a listener.
enum Behind {
    /// A load balancer under a web ACL.
    Guarded,
    /// The application itself.
    Bare,
    Unknown(Phrase),
}

impl Check for NlbWithoutWaf {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let ways = Ways::of(cx);
        for (index, balancer) in TYPES.iter().flat_map(|kind| cx.estate.of_type(kind)) {
            // What kind it is, where that is not known, is told by `alb-without-waf`.
            if !matches!(kind(balancer), Seen::Set(kind, _) if kind == "network") {
                continue;
            }
            let mut on = sheet.on_resource(index);
            match reach(balancer) {
                Reach::Internal => continue,
                Reach::Unknown(why) => {
                    on.unknown(why);
                    continue;
                }
                Reach::Public => {}
            }
            match ways.behind(index, balancer) {
                Behind::Guarded => on.pass(),
                Behind::Unknown(why) => on.unknown(why),
                Behind::Bare => {
                    let name = &balancer.address;
                    let internal = balancer.raw("internal");
                    let origin = internal.as_ref().and_then(|value| value.origin());
                    let message = phrase!(
                        en: "the internet-facing Network Load Balancer `{name}` leads to the application, and no WAF can stand before it: put an Application Load Balancer with a web ACL behind it, or accept this for what does not speak HTTP",
                        ja: "インターネット向けの Network Load Balancer `{name}` はアプリケーションに直接つながり、前に WAF を置けない。web ACL を持つ Application Load Balancer を背後に置くか、HTTP でない通信なら例外にすること",
                    );
                    on.fail(Fault::of_value(cx.estate, balancer, origin, message));
                }
            }
        }
    }
}

/// From load balancers to what they lead to.
struct Ways<'a, 'c> {
    cx: &'c Context<'a>,
    listeners: Joined<'a>,
    targets: Joined<'a>,
    associations: Joined<'a>,
}

impl<'a, 'c> Ways<'a, 'c> {
    fn of(cx: &'c Context<'a>) -> Self {
        let join = |kinds: &[&str], name: &str| Joined::of(cx.estate, cx.links(), kinds, name);
        Self {
            cx,
            listeners: join(listeners::LISTENERS, "load_balancer_arn"),
            targets: join(ATTACHMENTS, "target_group_arn"),
            associations: join(&["aws_wafv2_web_acl_association"], "resource_arn"),
        }
    }

    /// The worst of all listeners.
    fn behind(&self, index: usize, balancer: &Resource) -> Behind {
        let all = self.listeners.to(index);
        let mut unknown = self.listeners.loose(balancer.stack).cloned();
        for (_, listener) in all {
            match self.of_listener(listener) {
                Behind::Bare => return Behind::Bare,
                Behind::Unknown(why) => unknown = Some(why),
                Behind::Guarded => {}
            }
        }
        if all.is_empty() {
            let listed = self.cx.all_here(balancer.stack, "aws_lb_listener");
            unknown = unknown.or_else(|| listed.err());
        }
        unknown.map_or(Behind::Guarded, Behind::Unknown)
    }

    fn of_listener(&self, listener: &Resource) -> Behind {
        let found = actions(listener);
        if let Some(why) = found.unknown {
            return Behind::Unknown(why);
        }
        let Some(forward) = found.by_type.get("forward") else {
            return Behind::Guarded;
        };
        // One target group by itself, or several in a `forward` block.
        let mut named: Vec<Resource> = vec![forward.clone()];
        for block in forward.blocks("forward").0 {
            named.extend(block.blocks("target_group").0);
        }
        let mut unknown = None;
        let mut is_led = false;
        for one in &named {
            for name in ["target_group_arn", "arn"] {
                match self.cx.links().of_attribute(one, name, GROUPS) {
                    Some(Link::To(index, group)) => match self.of_group(index, group) {
                        Behind::Bare => return Behind::Bare,
                        Behind::Unknown(why) => unknown = Some(why),
                        Behind::Guarded => is_led = true,
                    },
                    Some(Link::Away(why)) => unknown = Some(why),
                    None => {}
                }
            }
        }
        match unknown {
            Some(why) => Behind::Unknown(why),
            None if is_led => Behind::Guarded,
            None => Behind::Unknown(phrase!(
                en: "a listener forwards to no target group that is known",
                ja: "リスナーの転送先のターゲットグループが分からない",
            )),
        }
    }

    /// `target_type` is `instance` unless it is set.
    fn of_group(&self, index: usize, group: &Resource) -> Behind {
        match group.text("target_type").or_default("instance".to_owned()) {
            Seen::Set(kind, _) if kind == "alb" => {}
            Seen::Unknown(why) => return Behind::Unknown(why),
            _ => return Behind::Bare,
        }
        let is_guarded = |(_, target): &(usize, &Resource)| {
            let link = self.cx.links().of_attribute(target, "target_id", TYPES);
            matches!(link, Some(Link::To(balancer, _)) if !self.associations.to(balancer).is_empty())
        };
        let targets = self.targets.to(index);
        if !targets.is_empty() && targets.iter().all(is_guarded) {
            return Behind::Guarded;
        }
        let name = &group.address;
        Behind::Unknown(phrase!(
            en: "`{name}` leads to an Application Load Balancer; whether that one has a web ACL is not known",
            ja: "`{name}` の先は Application Load Balancer だが、web ACL があるかどうか分からない",
        ))
    }
}

static ATTACHMENTS: &[&str] = &[
    "aws_lb_target_group_attachment",
    "aws_alb_target_group_attachment",
];
static GROUPS: &[&str] = &["aws_lb_target_group", "aws_alb_target_group"];
