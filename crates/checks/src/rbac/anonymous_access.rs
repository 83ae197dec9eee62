use std::collections::BTreeSet;

use sekisho_access::powers::PowerKind;
use sekisho_access::rbac::{BoundSubject, RuleAt};
use sekisho_model::{Fix, Object, Severity, phrase};
use sekisho_text::Route;

use super::everybody::{self, Answer};
use super::held::{self, BINDINGS};
use super::holders::{self, Holder, Holders};
use super::{narrowing, power_words};
use crate::{Check, Context, Fault, Level, On, RoleState, check};

check! {
    /// **What it shows.** Grants to `system:anonymous`, `system:unauthenticated` and `system:authenticated`. Anonymous
    /// users may ask for health and version only, authenticated ones also for discovery and for what they may do
    /// themselves. A grant that only reads secrets is told by `secret-readers`.
    ///
    /// **Why it matters.** Whoever reaches the endpoint is anonymous; on EKS that is the internet when the endpoint is
    /// public. Authenticated is every AWS identity that was ever mapped, every pod with a token, every node. No list of
    /// administrators makes such a grant known and small. Lists of API groups tell an anonymous caller which software
    /// runs in the cluster.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterRoleBinding
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
    /// subjects:
    ///   - { apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated" }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ClusterRoleBinding
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:public-info-viewer" }
    /// subjects:
    ///   - { apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated" }
    /// ```
    ///
    /// **References.** [Kubernetes: Anonymous
    /// requests](https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests),
    /// [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** `system:anonymous`・`system:unauthenticated`・`system:authenticated` への付与。匿名ユーザーにはヘルスチェックとバージョンだけ、認証済みユーザーにはそれに加えて API の探索と自身の権限の照会だけを適合とする。Secret の読み取りだけの付与は `secret-readers` が報告する。
    ///
    /// **理由。** エンドポイントに到達できる者は誰でも匿名ユーザーになれる。EKS でエンドポイントが公開されていれば、それはインターネット全体である。認証済みとは、対応付けられた全 AWS の ID、トークンを持つ全 Pod、全ノードを指す。このような付与は、どんな管理者一覧でも「把握され少数」にはならない。API グループの一覧だけでも、匿名の相手にクラスタで動くソフトウェアを教える。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterRoleBinding
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
    /// subjects:
    ///   - { apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated" }
    /// ```
    ///
    /// **良い例。** 匿名ユーザーには `system:public-info-viewer` だけを付与し、それ以外は名前を持つグループや ServiceAccount に付与する。
    AnonymousAccess = "anonymous-access";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "Everybody may do more than ask for health", "誰にでも与えられた権限",
}

impl Check for AnonymousAccess {
    fn object(&self, cx: &Context<'_>, _object: &Object, on: &mut On<'_>) {
        let Some(index) = on.object() else {
            return;
        };
        let Some((binding, bound)) = cx.rights().of_binding(index) else {
            return;
        };
        let sorts = Holders::of(cx.settings);
        let everybody: Vec<(&BoundSubject, Holder)> = binding
            .subjects
            .iter()
            .map(|one| (one, sorts.kind(&one.subject)))
            .filter(|(_, sort)| *sort <= Holder::Authenticated)
            .collect();
        if everybody.is_empty() {
            return on.pass();
        }
        if bound.role != RoleState::Known {
            return on.unknown(held::missing(binding, bound.role));
        }
        if bound.held.contains_key(&PowerKind::CompleteControl) {
            return on.fail_told_by(&["cluster-admin-binding"]);
        }
        let rules = cx.rights().rules_behind(index);
        let answers = |sort: Holder| {
            let worst = |rule: &RuleAt<'_>| everybody::answer(binding.kind, rule.rule, sort);
            rules.iter().map(worst).max().unwrap_or(Answer::Public)
        };
        let reached: Vec<(&BoundSubject, Holder, Answer)> = everybody
            .into_iter()
            .map(|(one, sort)| (one, sort, answers(sort)))
            .filter(|(_, _, answer)| *answer > Answer::Public)
            .collect();
        let Some((first, _, _)) = reached.first() else {
            return on.pass();
        };
        let beyond = |rule: &&RuleAt<'_>| {
            reached.iter().any(|(_, sort, _)| {
                everybody::answer(binding.kind, rule.rule, *sort) > Answer::Public
            })
        };
        if rules
            .iter()
            .filter(beyond)
            .all(|rule| everybody::is_secrets_only(rule.rule))
        {
            return on.fail_told_by(&["secret-readers"]);
        }
        let severity = reached
            .iter()
            .map(|(_, sort, answer)| severity(bound, *sort, *answer))
            .max()
            .unwrap_or(Severity::High);
        let subjects: Vec<&BoundSubject> = reached.iter().map(|(one, _, _)| *one).collect();
        let (who, who_ja) = holders::called_all(&subjects);
        let role = holders::role(binding);
        let names: Vec<power_words::Text> = bound
            .held
            .keys()
            .map(|kind| power_words::name(*kind))
            .collect();
        let (list, list_ja) = if names.is_empty() {
            (String::new(), String::new())
        } else {
            let (list, list_ja) = holders::texts(&names, 6);
            (format!(", with {list}"), format!(" ({list_ja})"))
        };
        let message = if reached
            .iter()
            .any(|(_, sort, _)| *sort == Holder::Anonymous)
        {
            phrase!(
                en: "{role}{list} is given to {who}: whoever reaches the API server may use it without credentials. Bind those who need it by name",
                ja: "{who_ja} に {role}{list_ja} が付与されている。API サーバーに到達できる者は、認証情報なしで誰でも使える。必要な主体に名指しで付与する",
            )
        } else {
            phrase!(
                en: "{role}{list} is given to {who}: every AWS identity that is mapped and every pod with a token may use it. Bind those who need it by name",
                ja: "{who_ja} に {role}{list_ja} が付与されている。対応付けられた全 AWS の ID と、トークンを持つ全 Pod が使える。必要な主体に名指しで付与する",
            )
        };
        let at = Route::of("subjects").index(first.index);
        let mut fault = Fault::at(at, message).severity(severity);
        for rule in rules.iter().filter(beyond).take(5) {
            if let Some(object) = crate::RuleId::of(rule).object {
                let text = phrase!(en: "this rule is open to everybody", ja: "この規則が誰にでも開かれている");
                fault = fault.related(object, rule.route(), text);
            }
        }
        let gone: BTreeSet<usize> = subjects.iter().map(|one| one.index).collect();
        if let Some(rest) = narrowing::without_subjects(cx, index, &gone) {
            let title = phrase!(en: "leave everybody out of the binding", ja: "バインディングから不特定の主体を外す");
            fault = fault.fix(Fix::risky(title).set(Route::of("subjects"), rest));
        }
        on.fail(fault);
    }
}

fn severity(bound: &crate::Bound, sort: Holder, answer: Answer) -> Severity {
    let gravest = bound
        .held
        .iter()
        .map(|(kind, held)| power_words::gravity(*kind, held))
        .max()
        .unwrap_or(Severity::Low);
    match (sort, answer) {
        (_, Answer::Discovery) => Severity::Low,
        (Holder::Anonymous, Answer::Paths) => Severity::Medium,
        (Holder::Anonymous, _) if gravest >= Severity::High => Severity::Critical,
        (Holder::Anonymous, _) => Severity::High,
        (_, Answer::Paths) => Severity::Low,
        _ => gravest.max(Severity::Medium),
    }
}
