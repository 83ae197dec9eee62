use sekisho_model::{Fix, Phrase, Pod, phrase};

use super::api_token::{self, ApiToken};
use super::service_accounts::Rights;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pod that holds a token for the API server although no RBAC binding gives its service account any right.
    ///
    /// **Why it matters.** The token is an identity that an attacker in the pod can take along and use from elsewhere. It can do nothing today but
    /// ask what it may do; a binding to a group of accounts, or one made tomorrow, changes that without anybody looking at this
    /// pod.
    ///
    /// The setting of the pod goes before that of the service account, and without both the token is mounted; a projected
    /// volume with a token for the API server counts too. IRSA and Pod Identity bring tokens of their own and do not need
    /// this one. That no binding exists is known only when the files are everything that runs (`estate.complete: true`).
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   serviceAccountName: payments
    ///   automountServiceAccountToken: true
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   serviceAccountName: payments
    ///   automountServiceAccountToken: false
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>
    /// - CIS EKS Benchmark 1.8, 4.1.6
    ///
    /// # 日本語
    /// **示すこと。** ServiceAccount に RBAC の権限が何も与えられていないのに、API サーバー用トークンを持つ Pod。
    ///
    /// **理由。** トークンは、Pod に侵入した攻撃者が持ち出して別の場所から使える ID である。今は自分の権限を問い合わせることしかできなくても、アカウントのグループへのバインディングや将来のバインディングによって、誰もこの Pod を見ないまま権限が付く。
    ///
    /// Pod の設定は ServiceAccount の設定より優先され、どちらもなければマウントされる。API サーバー用トークンの projected ボリュームも数える。IRSA と Pod Identity は専用のトークンを使い、このトークンを必要としない。バインディングがないことは、ファイルが稼働物のすべてである場合 (`estate.complete: true`) に限り判定できる。
    ///
    /// **直し方。** Pod に `automountServiceAccountToken: false` を設定する。
    ServiceAccountToken = "service-account-token";
    control: "T1.4",
    severity: Low,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A token for the API server without need", "不要な API サーバー用トークン",
}

impl Check for ServiceAccountToken {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let token = api_token::of(cx, pod);
        if token == ApiToken::None {
            on.pass();
            return;
        }
        // Vault's agent signs in with the token of the pod that it is injected into.
        let is_used = pod.annotation("vault.hashicorp.com/agent-inject") == Some("true");
        let (id, account) = (pod.object.id(), pod.service_account());
        match cx.service_accounts().rights(pod) {
            _ if is_used => on.pass(),
            Rights::Own(_) => on.pass(),
            Rights::Perhaps(_) => on.unknown(phrase!(
                en: "`{account}` has rights only by a binding that names a group of service accounts, or leaves the namespace open; whether {id} uses them would be seen in the audit log",
                ja: "`{account}` の権限は、ServiceAccount のグループへのバインディング、または Namespace が未指定のバインディングによる。{id} が使っているかは監査ログで分かる",
            )),
            Rights::None if token == ApiToken::Undecided => on.unknown(phrase!(
                en: "the service account `{account}` of {id} is not among these files; its `automountServiceAccountToken` would settle it",
                ja: "{id} の ServiceAccount `{account}` がファイルにない。その `automountServiceAccountToken` で判定できる",
            )),
            Rights::None if !cx.complete() => on.unknown(phrase!(
                en: "{id} holds a token for the API server, and no binding of these files names `{account}`; `estate.complete: true` would say that there is none",
                ja: "{id} は API サーバー用トークンを持ち、`{account}` へのバインディングがファイルにない。`estate.complete: true` なら存在しないと判定できる",
            )),
            Rights::None if account == "default" => on.fail_told_by(&["default-service-account"]),
            Rights::None => on.fail(fault(pod, token, &id.to_string())),
        }
    }
}

fn fault(pod: &Pod<'_>, token: ApiToken, id: &str) -> Fault {
    let account = pod.service_account();
    let message = |how_en: &str, how_ja: &str| -> Phrase {
        phrase!(
            en: "{id} holds a token for the API server ({how_en}), and no binding gives `{account}` any right: nothing needs it but an intruder. Set `automountServiceAccountToken: false` in the pod",
            ja: "{id} は API サーバー用トークンを持つが ({how_ja})、`{account}` にはどのバインディングも権限を与えていない。必要とするのは侵入者だけである。Pod に `automountServiceAccountToken: false` を設定すること",
        )
    };
    let setting = pod.at("automountServiceAccountToken");
    match token {
        ApiToken::Projected(route) => {
            Fault::at(route, message("a projected volume", "projected ボリューム"))
        }
        ApiToken::AskedFor(route) => Fault::at(
            route,
            message(
                "`automountServiceAccountToken: true`",
                "`automountServiceAccountToken: true`",
            ),
        )
        .fix(without(pod)),
        ApiToken::ByDefault | ApiToken::None | ApiToken::Undecided => Fault::at(
            setting,
            message("mounted by default", "既定でマウントされる"),
        )
        .fix(without(pod)),
    }
}

fn without(pod: &Pod<'_>) -> Fix {
    Fix::risky(phrase!(en: "mount no token", ja: "トークンをマウントしない"))
        .set(pod.at("automountServiceAccountToken"), false)
}
