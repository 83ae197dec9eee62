use sekisho_access::iam::{Effect, Principal, Principals, Tri};
use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use super::policy::{Policy, shown};
use super::told::unlisted;
use super::trust::{self, Issuer, STRANGE, Trust, chosen, is_pattern, trusts};
use crate::hcl::BlockEdit;
use crate::links::Links;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A role for pods can be taken by named service accounts only: its trust policy is asked, as IAM would
    /// evaluate it, about a token of a service account nobody named and about a token for another audience. A role for Pod
    /// Identity trusts `pods.eks.amazonaws.com` for `sts:AssumeRole` and `sts:TagSession`.
    ///
    /// **Why it matters.** Every pod of the cluster holds, or can ask for, a token of the cluster's OIDC provider. When the trust
    /// policy does not pin `sub`, compares with a pattern, or pins it with a condition that holds without the key, whoever
    /// can create a pod anywhere takes the role. Without `aud`, tokens meant for others are good as well.
    ///
    /// **Bad**
    /// ```hcl
    /// condition {
    ///   test     = "StringLike"
    ///   variable = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub"
    ///   values   = ["system:serviceaccount:*:orders"]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// condition {
    ///   test     = "StringEquals"
    ///   variable = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub"
    ///   values   = ["system:serviceaccount:shop:orders"]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    ///
    /// # 日本語
    /// **示すこと。** Pod 用のロールを引き受けられるのが、名指しされた ServiceAccount だけであること。信頼ポリシーを IAM と同じ規則で
    /// 評価し、名指しされていない ServiceAccount のトークンや別の audience のトークンで引き受けられないことを確かめる。Pod Identity 用の
    /// ロールは `pods.eks.amazonaws.com` に `sts:AssumeRole` と `sts:TagSession` を許可していること。
    ///
    /// **理由。** クラスタのどの Pod も OIDC プロバイダーのトークンを持つか要求できる。`sub` の限定がない、ワイルドカードで比較する、
    /// キーがなくても成り立つ条件で限定する、のいずれかなら、どこかに Pod を作れる者は誰でもロールを引き受けられる。`aud` がなければ、
    /// ほかの相手に宛てたトークンも通用する。
    ///
    /// **直し方。** `sub` と `aud` を `StringEquals` で 1 つの ServiceAccount と `sts.amazonaws.com` に限定する。
    IrsaTrust = "irsa-trust";
    control: "T1.4",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Role for pods is open to others", "Pod 用ロールをほかの Pod も引き受けられる",
}

const PODS: &str = "pods.eks.amazonaws.com";

impl Check for IrsaTrust {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        let links = cx.links();
        for (index, role) in cx.estate.of_type("aws_iam_role") {
            let Some(value) = role.values.get("assume_role_policy") else {
                continue;
            };
            let mut on = sheet.on_resource(index);
            match Policy::of(links, role, &value) {
                Ok(policy) => judge(cx, links, role, &policy, &mut on),
                Err(why) => on.unknown(why),
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    links: &Links<'_>,
    role: &Resource,
    policy: &Policy<'_>,
    on: &mut On<'_>,
) {
    for trust in trusts(links, role, policy) {
        match trust.issuer {
            Some(Issuer::Eks) => service_accounts(cx, role, policy, &trust, on),
            Some(_) => {}
            None => on.unknown(policy.why_open(&trust.provider).unwrap_or_else(|| {
                phrase!(en: "whose tokens the provider takes is not known", ja: "どのプロバイダーのトークンか分からない")
            })),
        }
    }
    pod_identity(cx, role, policy, on);
}

fn service_accounts(
    cx: &Context<'_>,
    role: &Resource,
    policy: &Policy<'_>,
    trust: &Trust<'_, '_>,
    on: &mut On<'_>,
) {
    let stranger = format!("system:serviceaccount:{STRANGE}-namespace:{STRANGE}-account");
    let fail = |message| trust::fault(cx.estate, role, policy, message);
    let named = trust.named();
    match trust.takes(&stranger) {
        Tri::Yes => {
            let message = phrase!(
                en: "any service account of the cluster can take the role: no condition that IAM would apply pins `sub`",
                ja: "クラスタのどの ServiceAccount でもロールを引き受けられる。IAM が適用する条件で `sub` が限定されていない",
            );
            return on.fail(fail(message));
        }
        Tri::Unknown(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| shown(key)).collect();
            let keys = keys.join(", ");
            return on.unknown(phrase!(
                en: "whether any service account can take the role depends on {keys}",
                ja: "どの ServiceAccount でも引き受けられるかは {keys} による",
            ));
        }
        Tri::No => {}
    }
    let wide: Vec<String> = named
        .iter()
        .filter(|pattern| is_pattern(pattern) && trust.takes(&chosen(pattern)) == Tri::Yes)
        .map(|pattern| format!("`{}`", shown(pattern)))
        .collect();
    if !wide.is_empty() {
        let all = wide.join(", ");
        let message = phrase!(
            en: "every service account that matches {all} can take the role, also one that is created tomorrow: name it whole with StringEquals",
            ja: "{all} に一致する ServiceAccount は、後から作られたものでもロールを引き受けられる。StringEquals で完全な名前を書く",
        );
        return on.fail(fail(message));
    }
    if let Some(why) = trust.open_pattern() {
        return on.unknown(why);
    }
    if named
        .iter()
        .any(|subject| trust.takes_any_audience(subject))
    {
        let message = phrase!(
            en: "`aud` is not pinned: tokens that the service account gives to others are good for the role too; compare it with sts.amazonaws.com",
            ja: "`aud` が限定されておらず、ServiceAccount がほかの相手に渡すトークンでもロールを引き受けられる。sts.amazonaws.com と比較する",
        );
        return on.fail(fail(message).severity(Severity::Low));
    }
    on.pass();
}

/// EKS assumes the role and sets tags on the session; it cannot without either action.
fn pod_identity(cx: &Context<'_>, role: &Resource, policy: &Policy<'_>, on: &mut On<'_>) {
    let mut trusted = policy.document.statements.iter().filter(|statement| {
        let Some(Principals::In(all)) = &statement.principals else {
            return false;
        };
        let is_pods = |one: &Principal| matches!(one, Principal::Service(name) if name == PODS);
        statement.effect == Effect::Allow && all.iter().any(is_pods)
    });
    let mut is_any = false;
    let mut tags = false;
    trusted.by_ref().for_each(|statement| {
        is_any = true;
        tags |= statement.matches_action("sts:TagSession") == Tri::Yes;
    });
    if !is_any {
        return;
    }
    if tags {
        return on.pass();
    }
    let message = phrase!(
        en: "Pod Identity is trusted without `sts:TagSession`: EKS cannot tag the session, so pods get no credentials, and nothing can be bound to their names",
        ja: "Pod Identity の信頼に `sts:TagSession` がなく、EKS がセッションにタグを付けられないため、Pod は認証情報を得られず名前による限定もできない",
    );
    let mut fault: Fault = trust::fault(cx.estate, role, policy, message);
    if let Some(fix) = policy.data.and_then(|data| tagging(cx, data)) {
        fault = fault.fix(fix);
    }
    on.fail(fault.severity(Severity::Low).key("tags"));
}

/// Both actions in the one statement of a data source.
pub(super) fn tagging(cx: &Context<'_>, data: &Resource) -> Option<Fix> {
    let Seen::Set(statements, _) = data.nested("statement") else {
        return None;
    };
    let [statement] = statements.as_slice() else {
        return None;
    };
    let actions = statement.raw("actions")?;
    let [action] = actions.items()? else {
        return None;
    };
    (action.as_str() == Some("sts:AssumeRole")).then_some(())?;
    let fix = Fix::safe(
        phrase!(en: "Let EKS tag the session", ja: "EKS にセッションのタグ付けを許可する"),
    );
    let both = r#"["sts:AssumeRole", "sts:TagSession"]"#;
    BlockEdit::of_nested(cx.estate, data, "statement")?
        .set("actions", Some(&actions), both)?
        .done(fix)
}
