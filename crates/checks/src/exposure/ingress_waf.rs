use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};

use super::account::{Account, InFront, Named, Real};
use super::alb::{Alb, Setting, annotation, annotation_route};
use super::reach::{Reach, items};
use super::web_acl::{WebAcl, web_acl};
use crate::edge::web_acl_rules::{Judged, stops};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An internet-facing Application Load Balancer, made by an Ingress, that has no AWS WAF web ACL, or lets
    /// requests through when the WAF cannot be reached.
    ///
    /// **Why it matters.** Without a web ACL nothing stands between the internet and the application: injection, known exploits
    /// and floods arrive as they are. With `waf.fail_open.enabled=true` the same is true whenever the WAF does not answer.
    /// AWS WAF Classic (`waf-acl-id`) was ended by AWS in 2025 and protects nothing. Where Terraform or an AWS snapshot knows the
    /// web ACL, its rules are looked at; where a snapshot knows the load balancer, what really stands before it decides.
    ///
    /// **Bad**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/scheme: internet-facing
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/scheme: internet-facing
    ///   alb.ingress.kubernetes.io/wafv2-acl-arn: arn:aws:wafv2:ap-northeast-1:111122223333:regional/webacl/shop/00000000-0000-4000-8000-000000000001
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: Ingress annotations](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/) ·
    /// [MITRE ATT&CK T1190](https://attack.mitre.org/techniques/T1190/)
    ///
    /// # 日本語
    /// **示すこと。** Ingress が作るインターネット向け Application Load Balancer で、AWS WAF の web ACL がないもの、または WAF に到達できないときにリクエストを通すもの。
    ///
    /// **理由。** web ACL がなければ、インターネットとアプリケーションの間には何もない。インジェクションも既知の脆弱性への攻撃もフラッドもそのまま届く。`waf.fail_open.enabled=true` では、WAF が応答しない間は同じことになる。AWS WAF Classic (`waf-acl-id`) は 2025 年に提供が終了し、何も守らない。Terraform か AWS スナップショットに web ACL があればその規則を調べ、スナップショットにロードバランサーがあれば、実際にその前にあるもので判定する。
    ///
    /// **悪い例**
    /// ```yaml
    /// annotations:
    ///   alb.ingress.kubernetes.io/scheme: internet-facing
    /// ```
    ///
    /// **直し方。** `alb.ingress.kubernetes.io/wafv2-acl-arn` にリージョンの web ACL の ARN を指定し、`waf.fail_open.enabled` は `false` にする。
    IngressWaf = "ingress-waf";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A public Ingress without a blocking WAF", "WAF で守られていない公開 Ingress",
}

impl Check for IngressWaf {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let account = Account::of(cx);
        for alb in &cx.ingresses().albs {
            match alb.reach() {
                Reach::Internal => {}
                Reach::Unsettled(reason) => alb.unknown(sheet, &reason),
                Reach::Public => judge(cx, &account, alb, sheet),
            }
        }
        for (index, reason) in &cx.ingresses().others {
            sheet.on(*index).unknown(reason.clone());
        }
    }
}

fn judge<'a>(cx: &Context<'a>, account: &Account<'a>, alb: &Alb<'a>, sheet: &mut Sheet<'_>) {
    let real = account.balancer(alb);
    match web_acl(alb) {
        WebAcl::Named { setting, suffix } => {
            let open = alb.attribute("waf.fail_open.enabled");
            match open.filter(|open| open.value.eq_ignore_ascii_case("true")) {
                Some(open) => fails_open(alb, &open, sheet),
                None => followed(cx, account, alb, &real, (&setting, suffix), sheet),
            }
        }
        // What the account has settles what these files leave open.
        WebAcl::Unknown(reason) => match &real {
            Real::Found(index, balancer) => {
                in_account(cx, account, alb, (*index, balancer), None, sheet);
            }
            Real::Absent | Real::Unclear(_) => alb.unknown(sheet, &reason),
        },
        WebAcl::None {
            index,
            suffix,
            message,
        } => match (&real, index) {
            // Nothing takes a web ACL away that somebody else attached.
            (Real::Found(found, balancer), None) => {
                in_account(cx, account, alb, (*found, balancer), Some(message), sheet);
            }
            _ => tell(
                alb,
                index,
                Fault::at(annotation_route(suffix), message),
                sheet,
            ),
        },
    }
}

/// One finding at one member; the others point to it.
fn tell(alb: &Alb<'_>, index: Option<usize>, fault: Fault, sheet: &mut Sheet<'_>) {
    let Some(teller) = alb.teller(index) else {
        return;
    };
    sheet.on(teller.index).fail(fault);
    alb.told_by(sheet, teller.index, &["ingress-waf"]);
}

/// From the annotation to the web ACL and to the load balancer that should have it.
fn followed<'a>(
    cx: &Context<'a>,
    account: &Account<'a>,
    alb: &Alb<'a>,
    real: &Real<'a>,
    (setting, suffix): (&Setting<'a>, &'static str),
    sheet: &mut Sheet<'_>,
) {
    let value = setting.value;
    let fault = |message| Fault::at(annotation_route(suffix), message);
    let mut settled = None;
    match account.web_acl(value, suffix == "wafv2-acl-name") {
        Named::To(index, web_acl) => match account.judge(cx, index, web_acl, stops) {
            Judged::Right => {}
            Judged::Unknown(why) => settled = Some(why),
            Judged::Wrong => {
                let name = &web_acl.address;
                let wrong = fault(phrase!(
                    en: "the web ACL `{name}` that `{suffix}` names stops nothing: every attack on this internet-facing load balancer is at most written down, and let through",
                    ja: "`{suffix}` が指す web ACL `{name}` は何も遮断しません。このインターネット向けロードバランサーへの攻撃は、記録されるとしてもすべて通ります"
                ));
                let wrong = account.path(wrong, real, Some(web_acl));
                return tell(alb, Some(setting.index), wrong, sheet);
            }
        },
        Named::Nowhere => {
            let wrong = fault(phrase!(
                en: "the web ACL `{value}` does not exist in the account: it cannot be attached, and the load balancer has no WAF",
                ja: "web ACL `{value}` はアカウントに存在しません。適用できず、ロードバランサーに WAF が付きません"
            ));
            return tell(
                alb,
                Some(setting.index),
                account.path(wrong, real, None),
                sheet,
            );
        }
        Named::Untold => {}
    }
    if let Real::Found(index, balancer) = real {
        match account.in_front(cx, *index, balancer) {
            InFront::None => {
                let name = &balancer.address;
                let wrong = fault(phrase!(
                    en: "the Ingress asks for the web ACL `{value}`, but no web ACL is associated with the load balancer `{name}` of the account: everything the internet sends reaches the application; see what the controller says about the Ingress",
                    ja: "Ingress は web ACL `{value}` を求めていますが、アカウントのロードバランサー `{name}` には web ACL が関連付けられていません。インターネットからのあらゆるリクエストがアプリケーションに届きます。Ingress についてのコントローラーのイベントを確認してください"
                ));
                return tell(
                    alb,
                    Some(setting.index),
                    account.path(wrong, real, None),
                    sheet,
                );
            }
            InFront::Acl(_, web_acl) if !is_called(web_acl, value) => {
                let name = &web_acl.address;
                let wrong = fault(phrase!(
                    en: "the Ingress asks for the web ACL `{value}`, but `{name}` stands before its load balancer in the account",
                    ja: "Ingress は web ACL `{value}` を求めていますが、アカウントのロードバランサーの前にあるのは `{name}` です"
                ));
                let wrong = wrong.severity(Severity::Medium);
                let wrong = account.path(wrong, real, Some(web_acl));
                return tell(alb, Some(setting.index), wrong, sheet);
            }
            InFront::Unknown(why) => settled = settled.or(Some(why)),
            InFront::Acl(..) => {}
        }
        if opens(balancer) {
            return tell(
                alb,
                Some(setting.index),
                really_open(account, real, balancer),
                sheet,
            );
        }
    }
    if let Real::Unclear(Some(why)) = real {
        settled = settled.or_else(|| Some(why.clone()));
    }
    match settled {
        Some(why) => alb.unknown(sheet, &why),
        None => alb.pass(sheet),
    }
}

/// What stands in the account, where the Ingress itself says nothing.
fn in_account<'a>(
    cx: &Context<'a>,
    account: &Account<'a>,
    alb: &Alb<'a>,
    (index, balancer): (usize, &'a Resource),
    unnamed: Option<Phrase>,
    sheet: &mut Sheet<'_>,
) {
    let real = Real::Found(index, balancer);
    let fault = |message| Fault::at(annotation_route("wafv2-acl-arn"), message);
    match account.in_front(cx, index, balancer) {
        InFront::Unknown(why) => alb.unknown(sheet, &why),
        InFront::None => {
            let message = unnamed.unwrap_or_else(|| phrase!(
                en: "no web ACL is associated with the load balancer of this Ingress in the account: everything the internet sends reaches the application",
                ja: "この Ingress のロードバランサーには、アカウントで web ACL が関連付けられていません。インターネットからのあらゆるリクエストがアプリケーションに届きます"
            ));
            tell(alb, None, account.path(fault(message), &real, None), sheet);
        }
        InFront::Acl(at, web_acl) => match account.judge(cx, at, web_acl, stops) {
            Judged::Right if opens(balancer) => {
                tell(alb, None, really_open(account, &real, balancer), sheet);
            }
            Judged::Right => alb.pass(sheet),
            Judged::Unknown(why) => alb.unknown(sheet, &why),
            Judged::Wrong => {
                let name = &web_acl.address;
                let wrong = fault(phrase!(
                    en: "the web ACL `{name}` before the load balancer of this Ingress stops nothing: every attack is at most written down, and let through",
                    ja: "この Ingress のロードバランサーの前にある web ACL `{name}` は何も遮断しません。攻撃は、記録されるとしてもすべて通ります"
                ));
                tell(alb, None, account.path(wrong, &real, Some(web_acl)), sheet);
            }
        },
    }
}

fn is_called(web_acl: &Resource, value: &str) -> bool {
    ["arn", "name"]
        .iter()
        .any(|name| matches!(web_acl.text(name), Seen::Set(own, _) if own == value))
}

fn opens(balancer: &Resource) -> bool {
    matches!(balancer.flag("enable_waf_fail_open"), Seen::Set(true, _))
}

fn really_open(account: &Account<'_>, real: &Real<'_>, balancer: &Resource) -> Fault {
    let name = &balancer.address;
    let message = phrase!(
        en: "the load balancer `{name}` of this Ingress lets every request pass unseen when the WAF does not answer (`waf.fail_open.enabled` in the account): whoever floods it gets round it",
        ja: "この Ingress のロードバランサー `{name}` は、WAF が応答しないときにすべてのリクエストを検査せずに通します (アカウントの `waf.fail_open.enabled`)。WAF を過負荷にすれば迂回できます"
    );
    let fault = Fault::at(annotation_route("load-balancer-attributes"), message);
    account.path(fault.severity(Severity::Medium), real, None)
}

fn fails_open(alb: &Alb<'_>, open: &Setting<'_>, sheet: &mut Sheet<'_>) {
    let Some(teller) = alb.teller(Some(open.index)) else {
        return;
    };
    let route = annotation_route("load-balancer-attributes");
    let message = phrase!(
        en: "`waf.fail_open.enabled=true` lets every request pass unseen when the WAF does not answer: whoever floods it gets round it",
        ja: "`waf.fail_open.enabled=true` では、WAF が応答しないときにすべてのリクエストが検査されずに通ります。WAF を過負荷にすれば迂回できます"
    );
    let mut fault = Fault::at(route.clone(), message).severity(Severity::Medium);
    if !open.is_of_class
        && let Some(text) = annotation(teller.ingress, "load-balancer-attributes")
    {
        let title = phrase!(en: "Fail closed", ja: "フェイルクローズにする");
        fault = fault.fix(Fix::risky(title).set(route, failing_closed(text)));
    }
    sheet.on(teller.index).fail(fault);
    alb.told_by(sheet, teller.index, &["ingress-waf"]);
}

fn failing_closed(attributes: &str) -> String {
    let kept: Vec<&str> = items(attributes)
        .map(|item| match item.split_once('=') {
            Some((key, _)) if key.trim() == "waf.fail_open.enabled" => {
                "waf.fail_open.enabled=false"
            }
            _ => item,
        })
        .collect();
    kept.join(",")
}
