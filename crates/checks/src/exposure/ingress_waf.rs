use sekisho_model::{Fix, Severity, phrase};

use super::alb::{Alb, Setting, annotation, annotation_route};
use super::reach::{Reach, items};
use super::web_acl::{WebAcl, web_acl};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An internet-facing Application Load Balancer, made by an Ingress, that has no AWS WAF web ACL, or lets
    /// requests through when the WAF cannot be reached.
    ///
    /// **Why it matters.** Without a web ACL nothing stands between the internet and the application: injection, known exploits
    /// and floods arrive as they are. With `waf.fail_open.enabled=true` the same is true whenever the WAF does not answer.
    /// AWS WAF Classic (`waf-acl-id`) was ended by AWS in 2025 and protects nothing. What the rules of the web ACL block is to be
    /// shown by Terraform or the account.
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
    /// **理由。** web ACL がなければ、インターネットとアプリケーションの間には何もない。インジェクションも既知の脆弱性への攻撃もフラッドもそのまま届く。`waf.fail_open.enabled=true` では、WAF が応答しない間は同じことになる。AWS WAF Classic (`waf-acl-id`) は 2025 年に提供が終了し、何も守らない。web ACL の規則が何を遮断するかは、Terraform か AWS アカウントの情報で示す。
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
        for alb in &cx.ingresses().albs {
            match alb.reach() {
                Reach::Internal => {}
                Reach::Unsettled(reason) => alb.unknown(sheet, &reason),
                Reach::Public => judge(alb, sheet),
            }
        }
        for (index, reason) in &cx.ingresses().others {
            sheet.on(*index).unknown(reason.clone());
        }
    }
}

fn judge(alb: &Alb<'_>, sheet: &mut Sheet<'_>) {
    match web_acl(alb) {
        WebAcl::Named => {
            let open = alb.attribute("waf.fail_open.enabled");
            match open.filter(|open| open.value.eq_ignore_ascii_case("true")) {
                Some(open) => fails_open(alb, &open, sheet),
                None => alb.pass(sheet),
            }
        }
        WebAcl::Unknown(reason) => alb.unknown(sheet, &reason),
        WebAcl::None {
            index,
            suffix,
            message,
        } => {
            let Some(teller) = alb.teller(index) else {
                return;
            };
            let fault = Fault::at(annotation_route(suffix), message);
            sheet.on(teller.index).fail(fault);
            alb.told_by(sheet, teller.index, &["ingress-waf"]);
        }
    }
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
