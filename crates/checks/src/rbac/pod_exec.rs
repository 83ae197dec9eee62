use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, phrase};

use super::held::{self, BINDINGS, Deed, Named};
use super::narrowing;
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who can get into running pods by exec, attach, port forwarding, debugging containers, or the
    /// API server's proxy to pods and services.
    ///
    /// **Why it matters.** A shell in a container has the token, the AWS role, the mounted secrets and the network place
    /// of its pod. What a read-only root file system, a distroless image or a network policy were to prevent is there
    /// again. Before Kubernetes 1.35 the verb `get` is enough: clients that speak WebSocket open exec with a GET request,
    /// so a role that means to read everything opens shells as well (`kubernetes:` in sekisho.yaml says which release
    /// runs). A namespaced grant is one step less grave, one in kube-system is not.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log, pods/exec]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1609](https://attack.mitre.org/techniques/T1609/), [Kubernetes: Role Based Access
    /// Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** exec・attach・ポートフォワード・デバッグコンテナの追加、または API サーバー経由の Pod・Service へのプロキシによって、実行中の Pod の中に入れる主体。
    ///
    /// **理由。** コンテナのシェルは、その Pod のトークン・AWS ロール・マウントされた Secret・ネットワーク上の位置をすべて持つ。読み取り専用ルートファイルシステムや distroless イメージ、NetworkPolicy で防いだはずのことが再び可能になる。Kubernetes 1.35 より前は動詞 `get` だけで足りる。WebSocket のクライアントは GET で exec を開くため、「すべて読める」つもりのロールでシェルが開く (動作中の版は sekisho.yaml の `kubernetes:` で指定する)。Namespace 内の付与は 1 段階軽く、kube-system では軽くならない。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [""]
    ///     resources: [pods, pods/log, pods/exec]
    ///     verbs: [get, list, watch]
    /// ```
    ///
    /// **良い例。** 読み取り用のロールから `pods/exec` などのサブリソースを外し、exec は障害対応時に期限を付けて付与する。
    PodExec = "pod-exec";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "Can run commands in running containers", "実行中のコンテナに入れる権限",
}

const DEED: Deed = Deed {
    kinds: &[
        PowerKind::Exec,
        PowerKind::Attach,
        PowerKind::EphemeralContainers,
        PowerKind::PortForward,
        PowerKind::ProxyWorkloads,
    ],
    named: Named::Less,
    can: ("get into running pods", "実行中の Pod の中に入れる"),
    so: (
        "Whoever holds this acts as the service account of every pod there and reads the secrets mounted in it, past admission and network policies. Grant it for the time of an incident, or in one namespace.",
        "この権限があれば、対象の Pod の ServiceAccount として振る舞い、マウントされた Secret を読める。アドミッションも NetworkPolicy も通らない。障害対応時だけ、または 1 つの Namespace に限って付与する。",
    ),
};

impl Check for PodExec {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            let title = phrase!(en: "leave the way into pods out of the rules that only read", ja: "読み取りだけの規則から Pod への侵入経路を外す");
            let fix = narrowing::without_resources(cx, found, WAYS, title);
            fix.into_iter().fold(fault, crate::Fault::fix)
        });
    }
}

const WAYS: &[&str] = &[
    "pods/exec",
    "pods/attach",
    "pods/portforward",
    "pods/ephemeralcontainers",
    "pods/proxy",
    "services/proxy",
];
