use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can change the policies that admission enforces: ValidatingAdmissionPolicies,
    /// MutatingAdmissionPolicies and their bindings, Gatekeeper's templates, constraints, mutations and configuration,
    /// Kyverno's policies and exceptions.
    ///
    /// **Why it matters.** A policy is as strong as the right to change it. Someone who cannot start a privileged pod,
    /// but can delete the constraint, set its `enforcementAction` to `warn`, take a binding to `Audit` or write a
    /// PolicyException, starts the pod a moment later. For namespaced exceptions a RoleBinding is enough.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [constraints.gatekeeper.sh]
    ///     resources: [k8spspprivilegedcontainer]
    ///     verbs: [get, list, patch]
    /// ```
    ///
    /// **Good.** people read policies; the GitOps controller, named as an administrator, writes them.
    ///
    /// **References.** [Kubernetes: Validating Admission
    /// Policy](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/), [Kubernetes: Role
    /// Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** アドミッションで強制されるポリシー (ValidatingAdmissionPolicy・MutatingAdmissionPolicy とそのバインディング、Gatekeeper のテンプレート・制約・変更・設定、Kyverno のポリシーと例外) を変更できる主体。
    ///
    /// **理由。** ポリシーの強さは、それを変更できる権限で決まる。特権 Pod を起動できない者でも、制約の削除、`enforcementAction: warn` への変更、バインディングの `Audit` 化、PolicyException の作成ができれば、直後に起動できる。Namespace 単位の例外なら RoleBinding で足りる。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [constraints.gatekeeper.sh]
    ///     resources: [k8spspprivilegedcontainer]
    ///     verbs: [get, list, patch]
    /// ```
    ///
    /// **良い例。** 人はポリシーを参照するだけとし、変更は管理者として登録した GitOps のコントローラーが行う。
    AdmissionTampering = "admission-tampering";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change admission policies", "アドミッションポリシーを変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::AdmissionPolicies],
    named: Named::Less,
    can: (
        "change or delete admission policies",
        "アドミッションポリシーを変更・削除できる",
    ),
    so: (
        "What the policies refuse is allowed again with one edit, and nobody is told. Let the GitOps controller alone change them.",
        "ポリシーが拒否していたものが 1 回の編集で許可され、誰にも知らされない。変更は GitOps のコントローラーだけに許可する。",
    ),
};

impl Check for AdmissionTampering {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
