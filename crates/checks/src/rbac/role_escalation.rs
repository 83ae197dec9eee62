use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, Severity};

use super::held::{self, BINDINGS, Deed, Found, Named};
use super::power_words;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can write bindings or roles: with the verbs `bind` and `escalate`, which lift the server's
    /// check against giving more than one holds, or without them.
    ///
    /// **Why it matters.** `bind` on cluster roles together with creating bindings is cluster-admin in one request, and
    /// in one namespace it is everything there. `escalate` writes any rule into a role that its holder is bound to. The
    /// two halves may come by two bindings, and each looks harmless. Without these verbs the server asks for the rights
    /// that are given, so the right serves to keep a foothold: a second account with what the first one had.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [rbac.authorization.k8s.io]
    ///     resources: [rolebindings]
    ///     verbs: [create]
    ///   - apiGroups: [rbac.authorization.k8s.io]
    ///     resources: [clusterroles]
    ///     verbs: [bind]
    /// ```
    ///
    /// **Good.** roles and bindings come from Git; whoever must hand out one role is limited to it, in one namespace:
    /// `resourceNames: [developer]` on `bind`.
    ///
    /// **References.** [MITRE ATT&CK T1098.006](https://attack.mitre.org/techniques/T1098/006/), [Kubernetes: Role Based
    /// Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** バインディングやロールを書き込める主体。自分が持つ以上の権限を与えさせないサーバーの検査を外す動詞 `bind`・`escalate` を伴う場合と、伴わない場合の両方。
    ///
    /// **理由。** ClusterRole への `bind` とバインディングの作成がそろえば、1 リクエストで cluster-admin になる (1 つの Namespace 内ならそこのすべて)。`escalate` は、自分に紐付いたロールに任意の規則を書き込める。2 つの権限は別々のバインディングで与えられることもあり、それぞれは無害に見える。これらの動詞がなければ与える権限を自分が持つことをサーバーが求めるため、足場の維持 (同じ権限を持つ第二の主体の作成) に使われる。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [rbac.authorization.k8s.io]
    ///     resources: [rolebindings]
    ///     verbs: [create]
    ///   - apiGroups: [rbac.authorization.k8s.io]
    ///     resources: [clusterroles]
    ///     verbs: [bind]
    /// ```
    ///
    /// **良い例。** ロールとバインディングは Git から適用する。特定のロールを払い出す必要がある者には、1 つの Namespace で `bind` を `resourceNames: [developer]` に限定して許可する。
    RoleEscalation = "role-escalation";
    control: "T1.11",
    severity: Critical,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change who may do what", "権限の割り当てを変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[
        PowerKind::Bind,
        PowerKind::Escalate,
        PowerKind::WriteBindings,
        PowerKind::RoleEdit,
    ],
    named: Named::Less,
    can: (
        "change roles or bindings",
        "ロールまたはバインディングを変更できる",
    ),
    so: (
        "With `bind` or `escalate` they give themselves anything; without, they hand on what they hold. Limit `bind` with `resourceNames` to harmless roles, and keep roles and bindings in Git.",
        "`bind` や `escalate` があれば自分に何でも付与できる。なくても自分の権限を他者に渡せる。`bind` は `resourceNames` で無害なロールに限定し、ロールとバインディングは Git で管理する。",
    ),
};

impl Check for RoleEscalation {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            fault.severity(severity(cx, found))
        });
    }
}

/// A limit to named roles helps only as far as those roles are harmless.
fn severity(cx: &Context<'_>, found: &Found<'_>) -> Severity {
    let Some((_, bind)) = found.held.iter().find(|(kind, _)| *kind == PowerKind::Bind) else {
        return found.severity(Named::Less);
    };
    let names: Option<Vec<&str>> = bind
        .rights
        .iter()
        .filter(|right| right.verbs.contains(&"bind"))
        .map(|right| Some(right.names.as_ref()?.iter().map(String::as_str)))
        .collect::<Option<Vec<_>>>()
        .map(|all| all.into_iter().flatten().collect());
    let steps = power_words::steps_of(bind.namespace.as_deref());
    match names {
        Some(names) if !names.iter().any(|name| is_complete(cx, found.index, name)) => {
            let others = found.without(PowerKind::Bind).severity(Named::Less);
            others.max(power_words::lowered(Severity::High, steps + 1))
        }
        _ => power_words::lowered(Severity::Critical, steps),
    }
}

fn is_complete(cx: &Context<'_>, binding: usize, name: &str) -> bool {
    let star = |list: &[String]| list.iter().any(|entry| entry == "*");
    cx.rights().beside(binding).is_some_and(|rbac| {
        rbac.roles()
            .iter()
            .filter(|role| role.name == name)
            .flat_map(|role| rbac.rules_of(role))
            .any(|at| {
                let rule = at.rule;
                rule.resource_names.is_empty()
                    && star(&rule.verbs)
                    && star(&rule.api_groups)
                    && star(&rule.resources)
            })
    })
}
