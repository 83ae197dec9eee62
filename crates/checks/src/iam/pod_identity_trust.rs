use sekisho_access::iam::{Document, Effect, Listed, Operator, Tri};
use sekisho_model::{Fix, Phrase, Resource, Seen, Severity, phrase};

use super::grants::{Grant, What};
use super::pods::{Holder, NOBODY, Part, asked, trusts_pods};
use super::policy::{Policy, shown};
use super::told::{account_of, unlisted};
use super::trust::{self, STRANGE, chosen, is_pattern};
use crate::hcl::BlockEdit;
use crate::links::Link;
use crate::{Check, Context, Level, On, Sheet, check};

check! {
    /// **What it shows.** A role for EKS Pod Identity is bound to its workload: conditions on the session tags that EKS sets
    /// (`aws:RequestTag/kubernetes-namespace`, `aws:RequestTag/kubernetes-service-account`, with `eks-cluster-name` or
    /// `aws:SourceArn`) let no other service account have it. A role whose policies decide by these tags
    /// (`aws:PrincipalTag/kubernetes-namespace`) is bound as well.
    ///
    /// **Why it matters.** Every Pod Identity role trusts the same service. Without conditions, whoever may make an association in any
    /// cluster of the account, also a test cluster, hands the role to any pod; nothing in IAM says whose it was meant to be.
    ///
    /// **Bad**
    /// ```hcl
    /// principals {
    ///   type        = "Service"
    ///   identifiers = ["pods.eks.amazonaws.com"]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// condition {
    ///   test     = "StringEquals"
    ///   variable = "aws:RequestTag/kubernetes-namespace"
    ///   values   = ["shop"]
    /// }
    /// condition {
    ///   test     = "StringEquals"
    ///   variable = "aws:RequestTag/kubernetes-service-account"
    ///   values   = ["orders"]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    ///
    /// # 日本語
    /// **示すこと。** EKS Pod Identity 用のロールがワークロードに限定されていること。EKS が付けるセッションタグの条件
    /// (`aws:RequestTag/kubernetes-namespace`、`aws:RequestTag/kubernetes-service-account`、さらに `eks-cluster-name` か `aws:SourceArn`) により、
    /// ほかの ServiceAccount には渡らない。ポリシー側がこのタグ (`aws:PrincipalTag/kubernetes-namespace` など) で許可を分けるロールも限定されているとみなす。
    ///
    /// **理由。** Pod Identity のロールはすべて同じサービスを信頼する。条件がなければ、検証用も含めアカウントのどのクラスタでも、関連付けを
    /// 作れる者が任意の Pod にロールを渡せる。誰のためのロールかを IAM は判別できない。
    ///
    /// **直し方。** 信頼ポリシーに、Namespace・ServiceAccount・クラスタのセッションタグの条件を `StringEquals` で加える。
    PodIdentityTrust = "pod-identity-trust";
    control: "T1.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Pod Identity role is bound to no workload", "Pod Identity のロールがワークロードに限定されていない",
}

const ACTION: &str = "sts:AssumeRole";

impl Check for PodIdentityTrust {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        for (index, role) in cx.estate.of_type("aws_iam_role") {
            // A policy that cannot be read is told by the check of roles for pods.
            let value = role.values.get("assume_role_policy");
            let policy = value.map(|value| Policy::of(cx.links(), role, &value));
            if let Some(Ok(policy)) = policy
                && trusts_pods(&policy.document)
            {
                judge(cx, role, &policy, index, &mut sheet.on_resource(index));
            }
        }
    }
}

fn judge(cx: &Context<'_>, role: &Resource, policy: &Policy<'_>, index: usize, on: &mut On<'_>) {
    let grants = cx.grants().role(index);
    let of_role = only_association(cx, index);
    if decides_by_tags(grants) {
        return on.pass();
    }
    let own = account_of(cx, role).unwrap_or_else(|| "111122223333".to_owned());
    let trust = &policy.document;
    let ask = |holder: Holder<'_>| asked(trust, ACTION, &own, holder);
    let fail = |message: Phrase| trust::fault(cx.estate, role, policy, message);
    let of_cluster = Holder {
        cluster: None,
        ..NOBODY
    };
    match ask(NOBODY).or(|| ask(of_cluster)) {
        Tri::Yes => {
            let where_ = if ask(NOBODY) == Tri::Yes {
                Phrase::new("any cluster of the account", "アカウントのどのクラスタ")
            } else {
                Phrase::new("the cluster", "クラスタ")
            };
            let Phrase { en, ja } = where_;
            let mut fault = fail(phrase!(
                en: "any service account of {en} can be given the role: no condition on the session tags binds it to a namespace and a service account",
                ja: "{ja}のどの ServiceAccount にもロールを渡せる。セッションタグの条件で Namespace と ServiceAccount に限定されていない",
            ));
            let holder = of_role.filter(|_| trust.statements.len() == 1);
            if let Some(fix) = holder
                .zip(policy.data)
                .and_then(|(by, data)| bound(cx, by, data))
            {
                fault = fault.fix(fix);
            }
            return on.fail(fault);
        }
        Tri::Unknown(keys) => {
            let keys: Vec<String> = keys.iter().map(|key| shown(key)).collect();
            let keys = keys.join(", ");
            return on.unknown(phrase!(
                en: "whether any service account can be given the role depends on {keys}",
                ja: "どの ServiceAccount にも渡せるかは {keys} による",
            ));
        }
        Tri::No => {}
    }
    if let Some(message) = half_bound(trust, &ask) {
        return on.fail(fail(message).severity(Severity::Low).key("half"));
    }
    // A whole text that is compared for equality is one name, whichever it is.
    let mut compared = [Part::Namespace, Part::Account]
        .into_iter()
        .flat_map(|part| part.conditions(trust))
        .filter(|condition| !matches!(condition.operator, Operator::String { .. }))
        .flat_map(|condition| &condition.values);
    if let Some(why) = compared.find_map(|value| policy.why_open(value)) {
        return on.unknown(why);
    }
    on.pass();
}

/// The association that has the role, when only one is known.
fn only_association<'a>(cx: &Context<'a>, role: usize) -> Option<&'a Resource> {
    let links = cx.links();
    let has_it = |association: &&Resource| {
        let link = links.of_attribute(association, "role_arn", &["aws_iam_role"]);
        matches!(link, Some(Link::To(index, _)) if index == role)
    };
    let all = cx.estate.of_type("aws_eks_pod_identity_association");
    let mut all = all.map(|(_, association)| association).filter(has_it);
    let first = all.next();
    first.filter(|_| all.next().is_none())
}

/// The conditions that the one association meets. Another one, that is not among the files, would lose the role.
fn bound(cx: &Context<'_>, by: &Resource, data: &Resource) -> Option<Fix> {
    let mut edit = BlockEdit::of_nested(cx.estate, data, "statement")?;
    for (attribute, tag) in [
        ("namespace", "kubernetes-namespace"),
        ("service_account", "kubernetes-service-account"),
    ] {
        let Seen::Set(name, _) = by.text(attribute) else {
            return None;
        };
        let is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        is_plain.then_some(())?;
        let (variable, values) = (format!("\"aws:RequestTag/{tag}\""), format!("[\"{name}\"]"));
        let condition = [
            ("test", "\"StringEquals\""),
            ("variable", variable.as_str()),
            ("values", values.as_str()),
        ];
        edit = edit.nested("condition", &condition);
    }
    let title = phrase!(
        en: "Bind the role to the service account of its association",
        ja: "関連付けの ServiceAccount にロールを限定する",
    );
    edit.done(Fix::risky(title))
}

fn stranger<'h>(namespace: Option<&'h str>, account: Option<&'h str>) -> Holder<'h> {
    Holder {
        cluster: None,
        namespace,
        account,
    }
}

/// Bound to a namespace and not to an account in it, to an account of any namespace, or by a pattern.
fn half_bound(trust: &Document, ask: &dyn Fn(Holder<'_>) -> Tri) -> Option<Phrase> {
    for namespace in Part::Namespace.named(trust) {
        let own = chosen(&namespace);
        let seen = shown(&namespace);
        if ask(stranger(Some(&own), Some(STRANGE))) == Tri::Yes {
            return Some(phrase!(
                en: "every service account of the namespace `{seen}` can be given the role: add a condition on `aws:RequestTag/kubernetes-service-account`",
                ja: "Namespace `{seen}` のどの ServiceAccount にもロールを渡せる。`aws:RequestTag/kubernetes-service-account` の条件を加える",
            ));
        }
        if is_pattern(&namespace) && ask(stranger(Some(&own), None)) == Tri::Yes {
            return Some(by_pattern(&seen));
        }
    }
    for account in Part::Account.named(trust) {
        let own = chosen(&account);
        let seen = shown(&account);
        if ask(stranger(Some(STRANGE), Some(&own))) == Tri::Yes {
            return Some(phrase!(
                en: "a service account called `{seen}` can be given the role in any namespace: add a condition on `aws:RequestTag/kubernetes-namespace`",
                ja: "どの Namespace でも `{seen}` という名前の ServiceAccount にロールを渡せる。`aws:RequestTag/kubernetes-namespace` の条件を加える",
            ));
        }
        if is_pattern(&account) && ask(stranger(None, Some(&own))) == Tri::Yes {
            return Some(by_pattern(&seen));
        }
    }
    None
}

fn by_pattern(seen: &str) -> Phrase {
    phrase!(
        en: "whatever matches `{seen}` can be given the role, also what is created tomorrow: write the name out",
        ja: "`{seen}` に一致するものには、後から作られたものでもロールを渡せる。完全な名前を書く",
    )
}

/// Every right of the role hangs on the tags of its session.
fn decides_by_tags(grants: &[Grant<'_>]) -> bool {
    const TAG: &str = "aws:principaltag/kubernetes-";
    let has_tag = |text: &str| text.to_ascii_lowercase().contains(TAG);
    !grants.is_empty()
        && grants.iter().all(|grant| {
            let What::Written(policy) = &grant.what else {
                return false;
            };
            let statements = policy.document.statements.iter();
            statements
                .filter(|statement| statement.effect == Effect::Allow)
                .all(|statement| {
                    let resources = match &statement.resources {
                        Some(Listed::In(all)) => all.iter().all(|one| has_tag(one)),
                        Some(Listed::NotIn(_)) | None => false,
                    };
                    resources
                        || statement.conditions.iter().any(|condition| {
                            has_tag(&condition.key)
                                || condition.values.iter().any(|value| has_tag(value))
                        })
                })
        })
}
