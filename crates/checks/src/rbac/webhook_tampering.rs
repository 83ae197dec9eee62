use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can create, change or delete MutatingWebhookConfigurations and
    /// ValidatingWebhookConfigurations.
    ///
    /// **Why it matters.** A mutating webhook sees each object as it is written and may change it: it reads secrets, puts
    /// a container into every pod, and adds rights to roles that an administrator writes. A validating one is the guard
    /// that enforces policies; deleting it, setting `failurePolicy: Ignore` or narrowing its selector takes the guard
    /// away. A controller that keeps the certificate of its own webhook needs one named object.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [admissionregistration.k8s.io]
    ///     resources: [mutatingwebhookconfigurations]
    ///     verbs: [get, list, watch, update, patch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [admissionregistration.k8s.io]
    ///     resources: [mutatingwebhookconfigurations]
    ///     resourceNames: [istio-sidecar-injector]
    ///     verbs: [get, update, patch]
    /// ```
    ///
    /// **References.** [Kubernetes: Dynamic Admission
    /// Control](https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/), [Kubernetes:
    /// Role Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** MutatingWebhookConfiguration・ValidatingWebhookConfiguration を作成・変更・削除できる主体。
    ///
    /// **理由。** mutating Webhook は書き込まれる全オブジェクトを見て変更できる。Secret を読み、全 Pod にコンテナを加え、管理者が書くロールに権限を足せる。validating Webhook はポリシーを強制する防御であり、削除・`failurePolicy: Ignore`・セレクターの縮小で無効になる。自身の Webhook の証明書を維持するコントローラーに必要なのは、名前を指定した 1 つだけである。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [admissionregistration.k8s.io]
    ///     resources: [mutatingwebhookconfigurations]
    ///     verbs: [get, list, watch, update, patch]
    /// ```
    ///
    /// **良い例。** 変更できる対象を `resourceNames` で自身の Webhook に限定する。
    WebhookTampering = "webhook-tampering";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can change admission webhooks", "アドミッション Webhook を変更できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::WebhookConfigurations],
    named: Named::Less,
    can: (
        "change admission webhooks",
        "アドミッション Webhook を変更できる",
    ),
    so: (
        "They can switch the guard off, or have every object, secrets included, sent to a server of their own and changed on the way. Limit it with `resourceNames` to the webhook that is theirs.",
        "防御を無効にでき、あるいは Secret を含む全オブジェクトを自分のサーバーに送らせ、途中で書き換えられる。自身の Webhook だけに `resourceNames` で限定する。",
    ),
};

impl Check for WebhookTampering {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
