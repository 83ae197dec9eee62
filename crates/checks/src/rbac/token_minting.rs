use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can ask the API server for tokens of service accounts (`create` on
    /// `serviceaccounts/token`).
    ///
    /// **Why it matters.** The TokenRequest API gives a signed token of any account in reach, for any audience: that of
    /// the API server, and that of AWS STS, which turns it into the IAM role of the account. Nothing of the account's
    /// pods is touched, so nothing restarts and nothing is seen there. In the whole cluster, the accounts of kube-system
    /// are in reach too.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [serviceaccounts/token]
    ///     verbs: [create]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [serviceaccounts/token]
    ///     resourceNames: [cert-manager]
    ///     verbs: [create]
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1528](https://attack.mitre.org/techniques/T1528/), [Kubernetes: Role Based Access
    /// Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** API サーバーに ServiceAccount のトークンを要求できる主体 (`serviceaccounts/token` の `create`)。
    ///
    /// **理由。** TokenRequest API は、対象範囲の任意の ServiceAccount の署名付きトークンを、任意の audience (API サーバー向けも AWS STS 向けも) で発行する。STS 向けのトークンはその IAM ロールに変えられる。Pod には一切触れないため再起動も痕跡もない。クラスタ全体への付与では kube-system の ServiceAccount も対象になる。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [serviceaccounts/token]
    ///     verbs: [create]
    /// ```
    ///
    /// **良い例。** 必要な ServiceAccount だけを `resourceNames` で指定し、Namespace 内の RoleBinding で付与する。
    TokenMinting = "token-minting";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can issue tokens of service accounts", "ServiceAccount のトークンを発行できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::CreateToken],
    named: Named::Less,
    can: (
        "issue tokens of service accounts",
        "ServiceAccount のトークンを発行できる",
    ),
    so: (
        "A token makes its bearer that service account, anywhere and for as long as was asked, with its AWS role. Limit it with `resourceNames` to the accounts that need it.",
        "トークンを持つ者は、どこからでも、要求した有効期間のあいだ、その ServiceAccount とその AWS ロールとして振る舞える。必要な ServiceAccount だけに `resourceNames` で限定する。",
    ),
};

impl Check for TokenMinting {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
