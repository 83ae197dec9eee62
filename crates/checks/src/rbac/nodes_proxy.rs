use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, phrase};

use super::held::{self, BINDINGS, Deed, Named};
use super::narrowing;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can send requests to kubelets through the API server.
    ///
    /// **Why it matters.** The kubelet's own API starts commands in any container of the node (`/exec`, `/run`), and its
    /// authorizer asks for `nodes/proxy` there. The API server passes the request on without admission and without an
    /// exec event in the audit log. With the verb `get` alone, WebSocket requests do it. Monitoring is often given this
    /// right by example, though the kubelet asks only for `nodes/metrics` on `/metrics` and `nodes/stats` on `/stats`.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes, nodes/proxy]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes, nodes/metrics, nodes/stats]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **References.** [Kubernetes: Kubelet
    /// authentication/authorization](https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/),
    /// [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** API サーバー経由で kubelet にリクエストを送れる主体。
    ///
    /// **理由。** kubelet の API は、ノード上の任意のコンテナでコマンドを起動でき (`/exec`・`/run`)、その認可で問われるのが `nodes/proxy` である。API サーバーはアドミッションを通さずに中継し、監査ログに exec のイベントは残らない。`get` だけでも WebSocket で実行できる。監視ツールのサンプルでよく付与されるが、kubelet が `/metrics` に求めるのは `nodes/metrics`、`/stats` に求めるのは `nodes/stats` だけである。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [nodes, nodes/proxy]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **良い例。** `nodes/proxy` の代わりに `nodes/metrics` と `nodes/stats` を使い、kubelet から直接メトリクスを取得する。
    NodesProxy = "nodes-proxy";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "Can reach the kubelet through the API server", "API サーバー経由で kubelet に到達できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::NodesProxy],
    named: Named::Less,
    can: (
        "speak to the kubelets through `nodes/proxy`",
        "`nodes/proxy` を通じて kubelet と通信できる",
    ),
    so: (
        "A kubelet runs commands in every pod of its node for whoever reaches it, and the audit log shows no exec. For metrics, `nodes/metrics` and `nodes/stats` are enough.",
        "kubelet は到達した相手のために、ノード上のどの Pod でもコマンドを実行し、監査ログに exec は残らない。メトリクスの取得なら `nodes/metrics` と `nodes/stats` で足りる。",
    ),
};

impl Check for NodesProxy {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            let title = phrase!(
                en: "read metrics from the kubelet itself: `nodes/metrics` and `nodes/stats`",
                ja: "kubelet から直接メトリクスを読む: `nodes/metrics` と `nodes/stats`",
            );
            let others = ["nodes/metrics", "nodes/stats"];
            let fix = narrowing::instead(cx, found, "nodes/proxy", &others, title);
            fix.into_iter().fold(fault, crate::Fault::fix)
        });
    }
}
