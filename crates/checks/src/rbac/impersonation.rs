use sekisho_access::powers::PowerKind;
use sekisho_access::rbac::SUPERUSERS;
use sekisho_model::{Object, Severity};

use super::held::{self, BINDINGS, Deed, Found, Named};
use super::power_words;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who holds the verb `impersonate` on users, groups, service accounts, UIDs or extra fields.
    ///
    /// **Why it matters.** A request with `Impersonate-User` and `Impersonate-Group` headers is judged as if that user
    /// had sent it. Without names, the group `system:masters` is among those that may be named: that is the whole cluster
    /// in one request. Of service accounts alone, one of kube-system is enough. UIDs and extra fields go together with a
    /// user and are less.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [users, groups]
    ///     verbs: [impersonate]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [users]
    ///     resourceNames: [portal-viewer]
    ///     verbs: [impersonate]
    /// ```
    ///
    /// **References.** [Kubernetes: User
    /// impersonation](https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation),
    /// [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** users・groups・serviceaccounts・uids・userextras に対する動詞 `impersonate` を持つ主体。
    ///
    /// **理由。** `Impersonate-User`・`Impersonate-Group` ヘッダー付きのリクエストは、そのユーザーが送ったものとして認可される。名前の限定がなければ `system:masters` グループも指定でき、1 リクエストでクラスタ全体を得る。ServiceAccount だけでも kube-system のものなら十分である。UID と extra はユーザーと組み合わせて使うもので、影響は小さい。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [users, groups]
    ///     verbs: [impersonate]
    /// ```
    ///
    /// **良い例。** なりすます相手を `resourceNames` で限定する。
    Impersonation = "impersonation";
    control: "T1.11",
    severity: Critical,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can act as somebody else", "他の主体になりすませる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::Impersonate],
    named: Named::Less,
    can: ("impersonate others", "他の主体になりすませる"),
    so: (
        "What they do then is done with the rights of whom they name. Limit it with `resourceNames` to those whom they must act for.",
        "なりすました相手の権限で操作できる。代わりに操作する必要のある相手だけに `resourceNames` で限定する。",
    ),
};

impl Check for Impersonation {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            fault.severity(severity(found))
        });
    }
}

/// Named users are as grave as what those may do, which is not known here; the group that may do everything is.
fn severity(found: &Found<'_>) -> Severity {
    let is_masters = |name: &String| name == SUPERUSERS;
    let by_name = found
        .rights
        .iter()
        .filter_map(|right| right.names.as_ref())
        .any(|names| names.iter().any(is_masters));
    if by_name {
        return Severity::Critical;
    }
    power_words::lowered(found.severity(Named::Less), usize::from(found.is_named()))
}
