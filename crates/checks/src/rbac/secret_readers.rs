use sekisho_access::powers::PowerKind;
use sekisho_access::rbac::{BoundSubject, Subject};
use sekisho_model::{Object, Severity, phrase};

use super::held::{self, BINDINGS, Deed, Found, Named};
use super::holders::{Holder, Holders};
use super::narrowing;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can read secrets by `get`, `list` or `watch`, alone or by a wildcard. A limit to named
    /// secrets in one namespace passes.
    ///
    /// **Why it matters.** A secret is read by whoever may read it, whatever is encrypted behind. `list` does not give
    /// names only: the answer holds every value, and so does `watch`. In the whole cluster that includes the tokens,
    /// registry passwords and signing keys of kube-system and of the mesh; in one namespace it is one step less grave.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, services, secrets]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: Role
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [secrets]
    ///     resourceNames: [db-password]
    ///     verbs: [get]
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1552.007](https://attack.mitre.org/techniques/T1552/007/), [Kubernetes: Role Based
    /// Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** `get`・`list`・`watch` によって (単独でもワイルドカードでも) Secret を読める主体。1 つの Namespace で名前を指定した Secret に限られていれば適合とする。
    ///
    /// **理由。** 背後でどう暗号化されていても、読める権限があれば Secret は読める。`list` は名前だけを返すのではなく全件の値を返し、`watch` も同じである。クラスタ全体では kube-system やメッシュのトークン・レジストリのパスワード・署名鍵も含まれる。1 つの Namespace なら 1 段階軽い。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ClusterRole
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, services, secrets]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **良い例。** 対象の Secret を `resourceNames` で指定した Role を使う。人には Secret を読ませず、値は Secrets Manager で管理する。
    SecretReaders = "secret-readers";
    control: "T3.3",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "Can read secrets", "Secret を読める権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::GetSecrets, PowerKind::ListSecrets],
    named: Named::Known,
    can: ("read secrets", "Secret を読める"),
    so: (
        "`list` and `watch` answer with the values as well. Name the secrets with `resourceNames` and `get`, in a Role of the one namespace.",
        "`list` と `watch` の応答にも値が含まれる。1 つの Namespace の Role で、`get` と `resourceNames` によって対象の Secret を指定する。",
    ),
};

impl Check for SecretReaders {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            let sorts = Holders::of(cx.settings);
            let everybody = found
                .subjects
                .iter()
                .any(|one| sorts.kind(&one.subject) <= Holder::Authenticated);
            let fault = if everybody {
                fault.severity(Severity::Critical)
            } else {
                fault
            };
            // A program may need the secret it reads; people who look around do not, as in the built-in role `view`.
            let people = is_for_people(cx, found);
            let title = phrase!(en: "leave secrets out of the rules by which people look around", ja: "人が参照する規則から Secret を外す");
            let fix = people.then(|| narrowing::without_resources(cx, found, &["secrets"], title));
            fix.flatten().into_iter().fold(fault, crate::Fault::fix)
        });
    }
}

/// Whether nobody but people has the role: a fix changes it for all who have it.
fn is_for_people(cx: &Context<'_>, found: &Found<'_>) -> bool {
    let role = &found.binding.role_ref;
    let is_account =
        |one: &BoundSubject| matches!(one.subject.canonical(), Subject::ServiceAccount { .. });
    found
        .rights
        .iter()
        .all(|right| right.rule.role == role.name)
        && cx.rights().beside(found.index).is_some_and(|rbac| {
            rbac.bindings()
                .iter()
                .filter(|other| other.role_ref == *role)
                .all(|other| !other.subjects.iter().any(is_account))
        })
}
