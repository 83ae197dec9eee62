use std::collections::BTreeSet;

use sekisho_model::{Phrase, Resource, Seen, Severity, phrase};
use sekisho_text::Route;

use super::account::{Account, Real};
use super::alb::{Alb, Member, annotation_route};
use super::ingress_auth::asks_everywhere;
use super::ingresses::Ingresses;
use super::reach::Reach;
use crate::edge::listeners::{Actions, LOGINS, actions};
use crate::edge::load_balancers::{self, reach};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An Ingress whose load balancer in the AWS account is more open than the Ingress asks for: reached from the
    /// internet and not only from inside, with a listener in plain HTTP that nobody asked for or none in HTTPS, without the login,
    /// without the security group.
    ///
    /// **Why it matters.** The manifest is what people review; the load balancer is what the attacker meets. They come apart when
    /// somebody changes it by hand, when the controller cannot do what it is told and says so in an event that nobody reads, or when
    /// the controller is gone. The load balancer is found by the tags of the controller, in an AWS snapshot. The web ACL is shown by
    /// `ingress-waf`.
    ///
    /// **Bad.** `alb.ingress.kubernetes.io/scheme: internal`, and a load balancer in the account with the scheme `internet-facing`.
    ///
    /// **Good.** Both say the same.
    ///
    /// **References.** [AWS Load Balancer Controller: Ingress annotations](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/)
    ///
    /// # 日本語
    /// **示すこと。** AWS アカウントのロードバランサーが、Ingress の求めるものより開いている Ingress。内部向けのはずがインターネットから到達できる、求めていない平文 HTTP のリスナーがある、HTTPS のリスナーがない、ログインがない、セキュリティグループが付いていない。
    ///
    /// **理由。** 人がレビューするのはマニフェストだが、攻撃者が出会うのはロードバランサーである。手作業で変更されたとき、コントローラーが指示どおりにできず、誰も読まないイベントに記録されただけのとき、コントローラーがなくなったときに、両者は食い違う。ロードバランサーは、AWS スナップショットの中でコントローラーのタグによって見つける。web ACL は `ingress-waf` が示す。
    ///
    /// **直し方。** Ingress のイベントとコントローラーのログを確かめ、手作業の変更を元に戻す。
    IngressDrift = "ingress-drift";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A load balancer that is not what its Ingress says", "Ingress の指定と異なるロードバランサー",
}

impl Check for IngressDrift {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let account = Account::of(cx);
        let ingresses = cx.ingresses();
        for alb in &ingresses.albs {
            let real = account.balancer(alb);
            match &real {
                Real::Found(index, balancer) => {
                    let compared = compare(ingresses, &account, alb, *index, balancer);
                    say(&account, alb, &real, compared, sheet);
                }
                Real::Unclear(Some(why)) => alb.unknown(sheet, why),
                Real::Absent | Real::Unclear(None) => {}
            }
        }
    }
}

/// What differs, each at the Ingress that asks for it, and what is not known.
#[derive(Default)]
struct Compared {
    faults: Vec<(usize, Fault)>,
    unknown: Option<Phrase>,
}

impl Compared {
    fn doubt(&mut self, why: Phrase) {
        self.unknown.get_or_insert(why);
    }
}

fn say(
    account: &Account<'_>,
    alb: &Alb<'_>,
    real: &Real<'_>,
    compared: Compared,
    sheet: &mut Sheet<'_>,
) {
    let Some(teller) = compared.faults.first().map(|(index, _)| *index) else {
        return match compared.unknown {
            Some(why) => alb.unknown(sheet, &why),
            None => alb.pass(sheet),
        };
    };
    for (index, fault) in compared.faults {
        sheet.on(index).fail(account.path(fault, real, None));
    }
    alb.told_by(sheet, teller, &["ingress-drift"]);
}

fn compare<'a>(
    ingresses: &Ingresses<'a>,
    account: &Account<'a>,
    alb: &Alb<'a>,
    index: usize,
    balancer: &Resource,
) -> Compared {
    let mut compared = Compared::default();
    scheme(alb, balancer, &mut compared);
    listeners(account, alb, index, &mut compared);
    login(ingresses, account, alb, index, &mut compared);
    groups(alb, balancer, &mut compared);
    compared
}

fn scheme(alb: &Alb<'_>, balancer: &Resource, compared: &mut Compared) {
    let Some(first) = alb.members.first() else {
        return;
    };
    match (alb.reach(), reach(balancer)) {
        (Reach::Internal, load_balancers::Reach::Public) => {
            let at = alb.settings("scheme", "scheme");
            let member = at.first().map_or(first.index, |setting| setting.index);
            let name = &balancer.address;
            let message = phrase!(
                en: "the Ingress asks for an internal load balancer, and `{name}` in the account is reached from the internet",
                ja: "Ingress は内部向けのロードバランサーを求めていますが、アカウントの `{name}` はインターネットから到達できます"
            );
            let fault = Fault::at(annotation_route("scheme"), message);
            let fault = fault.severity(Severity::High).key("scheme");
            compared.faults.push((member, fault));
        }
        (_, load_balancers::Reach::Unknown(why)) => compared.doubt(why),
        _ => {}
    }
}

/// Plain HTTP that nobody asked for, and HTTPS that is not there.
fn listeners(account: &Account<'_>, alb: &Alb<'_>, index: usize, compared: &mut Compared) {
    let mut asked: BTreeSet<(i64, bool)> = BTreeSet::new();
    for member in &alb.members {
        // The controller refuses what it cannot read: `ingress-tls` tells it.
        let Some(ports) = member.listeners() else {
            return;
        };
        asked.extend(ports);
    }
    let mut real = BTreeSet::new();
    for (_, listener) in account.listeners(index) {
        match (listener.whole("port"), listener.text("protocol")) {
            (Seen::Set(port, _), Seen::Set(protocol, _)) => {
                real.insert((port, protocol == "HTTPS"));
            }
            (Seen::Unknown(why), _) | (_, Seen::Unknown(why)) => return compared.doubt(why),
            _ => {}
        }
    }
    let Some(first) = alb.members.first() else {
        return;
    };
    let asks = |is_asked: &dyn Fn(&Member<'_>) -> bool| {
        let found = alb.members.iter().find(|member| is_asked(member));
        found.map_or(first.index, |member| member.index)
    };
    for (port, is_https) in asked.difference(&real).filter(|(_, is_https)| *is_https) {
        let member = asks(&|member: &Member<'_>| {
            member
                .listeners()
                .is_some_and(|ports| ports.contains(&(*port, *is_https)))
        });
        let message = phrase!(
            en: "the Ingress asks for HTTPS at port {port}, and its load balancer in the account does not speak it there",
            ja: "Ingress はポート {port} で HTTPS を求めていますが、アカウントのロードバランサーはそこで HTTPS に応答しません"
        );
        let fault = Fault::at(annotation_route("listen-ports"), message);
        compared
            .faults
            .push((member, fault.key(format!("https {port}"))));
    }
    for (port, is_https) in real.difference(&asked).filter(|(_, is_https)| !is_https) {
        // Told already where HTTPS was asked for at this port.
        if asked.contains(&(*port, !is_https)) {
            continue;
        }
        let message = phrase!(
            en: "the load balancer of this Ingress in the account listens in plain HTTP at port {port}, which no Ingress asks for",
            ja: "この Ingress のロードバランサーは、アカウントでは、どの Ingress も求めていないポート {port} で平文の HTTP を受け付けます"
        );
        let fault = Fault::at(annotation_route("listen-ports"), message);
        compared
            .faults
            .push((first.index, fault.key(format!("http {port}"))));
    }
}

/// Where every path of every Ingress asks for a login, every rule that forwards must.
fn login(
    ingresses: &Ingresses<'_>,
    account: &Account<'_>,
    alb: &Alb<'_>,
    index: usize,
    compared: &mut Compared,
) {
    let Some(first) = alb.members.first() else {
        return;
    };
    // Another member of the group, which is not here, may ask for none.
    if alb.unseen().is_some()
        || !alb
            .members
            .iter()
            .all(|member| asks_everywhere(ingresses, member.ingress))
    {
        return;
    }
    for (at, listener) in account.listeners(index) {
        match listener.text("protocol") {
            Seen::Set(protocol, _) if protocol == "HTTPS" => {}
            Seen::Unknown(why) => {
                compared.doubt(why);
                continue;
            }
            _ => continue,
        }
        let rules = account.rules(*at).iter().map(|(_, rule)| *rule);
        for rule in rules.chain([*listener]) {
            let found = actions(rule);
            if let Some(why) = &found.unknown {
                compared.doubt(why.clone());
            } else if found.by_type.contains_key("forward") && !asks(&found) {
                let name = &rule.address;
                let message = phrase!(
                    en: "the Ingress asks for a login, and `{name}` of its load balancer in the account forwards without one",
                    ja: "Ingress はログインを求めていますが、アカウントのロードバランサーの `{name}` はログインなしで転送します"
                );
                let fault = Fault::at(annotation_route("auth-type"), message);
                compared.faults.push((first.index, fault.key("login")));
                return;
            }
        }
    }
}

fn asks(found: &Actions) -> bool {
    LOGINS.iter().any(|(kind, block)| {
        found.by_type.get(*kind).is_some_and(|action| {
            let answer = action.text(&format!("{block}.on_unauthenticated_request"));
            !matches!(answer, Seen::Set(answer, _) if answer == "allow")
        })
    })
}

/// The controller may add groups of its own; one that is asked for by its id must be there.
fn groups(alb: &Alb<'_>, balancer: &Resource, compared: &mut Compared) {
    let real = match balancer.texts("security_groups") {
        Seen::Set(real, _) => real,
        Seen::Unknown(why) => return compared.doubt(why),
        Seen::Unset => Vec::new(),
    };
    for member in &alb.members {
        let asked = member.list(&[], "security-groups");
        let missing = asked
            .iter()
            .filter(|asked| asked.starts_with("sg-"))
            .find(|asked| !real.iter().any(|(real, _)| real == *asked));
        if let Some(group) = missing {
            let message = phrase!(
                en: "the Ingress asks for the security group `{group}`, and its load balancer in the account does not have it",
                ja: "Ingress はセキュリティグループ `{group}` を求めていますが、アカウントのロードバランサーには付いていません"
            );
            let route: Route = annotation_route("security-groups");
            let fault = Fault::at(route, message).key(*group);
            compared.faults.push((member.index, fault));
        }
    }
}
