use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, phrase};

use super::held::{self, BINDINGS, Deed, Named};
use super::narrowing;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can delete Kubernetes events, in either of their two API groups.
    ///
    /// **Why it matters.** Events tell of pods that were refused, killed, restarted or placed; they last an hour, and
    /// somebody who cleans up after an attack deletes them before they are collected. Controllers that record events
    /// create and patch them; nothing has to delete them, since the API server lets them expire.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [events]
    ///     verbs: [create, patch, delete]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [events]
    ///     verbs: [create, patch]
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1070 Indicator Removal](https://attack.mitre.org/techniques/T1070/), [Kubernetes:
    /// Role Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** 2 つの API グループのいずれかで、Kubernetes のイベントを削除できる主体。
    ///
    /// **理由。** イベントは、拒否・強制終了・再起動・配置された Pod の記録である。保持は 1 時間程度で、攻撃の後始末をする者は収集前に消す。イベントを記録するコントローラーは作成と更新しかせず、期限切れは API サーバーが処理するため、削除権限は誰にも要らない。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [events]
    ///     verbs: [create, patch, delete]
    /// ```
    ///
    /// **良い例。** `create` と `patch` だけを許可する。
    EventDeletion = "event-deletion";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "Can delete events", "イベントを削除できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::DeleteEvents],
    named: Named::Less,
    can: ("delete events", "イベントを削除できる"),
    so: (
        "That wipes the cluster's own traces of what ran and failed. Recording needs `create` and `patch` only.",
        "何が動き何が失敗したかという、クラスタ自身の記録を消せる。イベントの記録に必要なのは `create` と `patch` だけである。",
    ),
};

impl Check for EventDeletion {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            let title =
                phrase!(en: "take the right to delete events away", ja: "イベントの削除権限を外す");
            let verbs = ["delete", "deletecollection"];
            let fix = narrowing::without_verbs(cx, found, &["events"], &verbs, title);
            fix.into_iter().fold(fault, crate::Fault::fix)
        });
    }
}
