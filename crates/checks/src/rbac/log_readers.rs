use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can read the logs of pods or the contents of ConfigMaps. A limit to named ConfigMaps in one
    /// namespace passes.
    ///
    /// **Why it matters.** Logs carry what a program printed: tokens in URLs, request bodies, stack traces with
    /// connection strings. ConfigMaps carry what somebody put there instead of into a Secret. Neither is protected like
    /// secrets, so who reads them belongs to who reads secrets.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log, configmaps]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [configmaps]
    ///     resourceNames: [app-settings]
    ///     verbs: [get]
    /// ```
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** Pod のログまたは ConfigMap の内容を読める主体。1 つの Namespace で名前を指定した ConfigMap に限られていれば適合とする。
    ///
    /// **理由。** ログにはプログラムの出力 (URL 中のトークン、リクエスト本文、接続文字列を含むスタックトレース) が載る。ConfigMap には、本来 Secret に置くべきものが置かれることがある。どちらも Secret ほど保護されないため、読める主体は Secret を読める主体とあわせて把握する。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log, configmaps]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **良い例。** 必要な ConfigMap だけを `resourceNames` で指定し、ログは CloudWatch などクラスタ外で参照する。
    LogReaders = "log-readers";
    control: "T3.3",
    severity: Low,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can read logs or ConfigMaps", "ログ・ConfigMap を読める権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::ReadLogs, PowerKind::ReadConfigMaps],
    named: Named::Known,
    can: (
        "read logs of pods or ConfigMaps",
        "Pod のログまたは ConfigMap を読める",
    ),
    so: (
        "Credentials end up in both again and again. Collect logs outside of the cluster with access of their own, and name the ConfigMaps that are needed.",
        "どちらにも認証情報が紛れ込むことが繰り返されてきた。ログは専用のアクセス制御の下でクラスタ外に集め、必要な ConfigMap は名前で指定する。",
    ),
};

impl Check for LogReaders {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
