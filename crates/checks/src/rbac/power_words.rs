//! How grave each power is, and what it is called in a list of powers.

use sekisho_access::powers::PowerKind as P;
use sekisho_model::Severity;

use crate::Held;

/// A text in English and Japanese.
pub(super) type Text = (&'static str, &'static str);

/// What an attacker gains by the power as it is held: less in one namespace, unless that is kube-system.
pub(super) fn gravity(kind: P, held: &Held) -> Severity {
    let only = |resources: &[&str]| {
        held.rights
            .iter()
            .all(|right| resources.contains(&right.resource))
    };
    let whole = match kind {
        P::Impersonate if only(&["uids", "userextras/*"]) => Severity::Low,
        P::Impersonate if only(&["serviceaccounts", "uids", "userextras/*"]) => Severity::High,
        kind => severity(kind),
    };
    lowered(whole, steps_of(held.namespace.as_deref()))
}

/// How many steps less grave a power is that holds in this namespace only.
pub(super) fn steps_of(namespace: Option<&str>) -> usize {
    match namespace {
        None | Some("kube-system") => 0,
        Some(_) => 1,
    }
}

/// What an attacker gains by the power when it holds in the whole cluster.
fn severity(kind: P) -> Severity {
    match kind {
        P::CompleteControl
        | P::SystemMasters
        | P::Impersonate
        | P::Bind
        | P::Escalate
        | P::AwsAuthEdit => Severity::Critical,
        P::GetSecrets
        | P::ListSecrets
        | P::CreatePods
        | P::CreateWorkloads
        | P::Exec
        | P::Attach
        | P::EphemeralContainers
        | P::NodesProxy
        | P::CreateToken
        | P::ApproveCertificates
        | P::SignCertificates
        | P::WebhookConfigurations
        | P::AdmissionPolicies
        | P::PersistentVolumes
        | P::CoreDnsEdit => Severity::High,
        P::ChangePods
        | P::PortForward
        | P::ProxyWorkloads
        | P::WriteBindings
        | P::RoleEdit
        | P::NodeWrite
        | P::NamespaceLabels
        | P::NetworkPolicyWrite
        | P::MeshPolicyWrite
        | P::ServiceAccountWrite
        | P::DeleteEvents
        | P::DeleteData => Severity::Medium,
        P::Wildcard | P::ReadLogs | P::ReadConfigMaps | P::StopPods => Severity::Low,
    }
}

/// The power in a list: "… contains reading secrets, creating pods".
pub(super) fn name(kind: P) -> Text {
    match kind {
        P::CompleteControl => ("complete control", "完全な制御"),
        P::SystemMasters => ("system:masters", "system:masters"),
        P::Wildcard => ("wildcards", "ワイルドカード"),
        P::GetSecrets => ("reading secrets", "Secret の読み取り"),
        P::ListSecrets => ("listing secrets", "Secret の一覧"),
        P::CreatePods => ("creating pods", "Pod の作成"),
        P::ChangePods => ("changing pods", "Pod の変更"),
        P::CreateWorkloads => ("creating workloads", "ワークロードの作成"),
        P::Exec => ("exec into containers", "コンテナへの exec"),
        P::Attach => ("attaching to containers", "コンテナへの attach"),
        P::PortForward => ("port forwarding", "ポートフォワード"),
        P::ProxyWorkloads => (
            "the proxy to pods and services",
            "Pod・Service へのプロキシ",
        ),
        P::EphemeralContainers => ("debugging containers", "デバッグコンテナの追加"),
        P::Impersonate => ("impersonation", "なりすまし"),
        P::Bind => ("binding any role", "任意のロールの紐付け"),
        P::WriteBindings => ("writing bindings", "バインディングの書き込み"),
        P::Escalate => (
            "writing any rule into roles",
            "ロールへの任意の規則の書き込み",
        ),
        P::RoleEdit => ("writing roles", "ロールの書き込み"),
        P::NodesProxy => ("the proxy to kubelets", "kubelet へのプロキシ"),
        P::CreateToken => (
            "tokens of service accounts",
            "ServiceAccount のトークン発行",
        ),
        P::ApproveCertificates => ("approving certificates", "証明書の承認"),
        P::SignCertificates => ("signing certificates", "証明書の署名"),
        P::WebhookConfigurations => (
            "changing admission webhooks",
            "アドミッション Webhook の変更",
        ),
        P::AdmissionPolicies => (
            "changing admission policies",
            "アドミッションポリシーの変更",
        ),
        P::PersistentVolumes => ("creating persistent volumes", "PersistentVolume の作成"),
        P::NodeWrite => ("changing nodes", "ノードの変更"),
        P::NamespaceLabels => ("changing namespaces", "Namespace の変更"),
        P::CoreDnsEdit => ("changing the cluster's DNS", "クラスタ DNS の変更"),
        P::AwsAuthEdit => ("changing aws-auth", "aws-auth の変更"),
        P::NetworkPolicyWrite => ("changing network policies", "NetworkPolicy の変更"),
        P::MeshPolicyWrite => ("changing mesh policies", "メッシュポリシーの変更"),
        P::ServiceAccountWrite => ("changing service accounts", "ServiceAccount の変更"),
        P::DeleteEvents => ("deleting events", "イベントの削除"),
        P::DeleteData => ("deleting data", "データの削除"),
        P::ReadLogs => ("reading logs", "ログの読み取り"),
        P::ReadConfigMaps => ("reading ConfigMaps", "ConfigMap の読み取り"),
        P::StopPods => ("stopping pods", "Pod の停止"),
    }
}

/// The severity some steps lower, but never below low.
pub(super) fn lowered(severity: Severity, steps: usize) -> Severity {
    let ladder = [
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ];
    let at = ladder.iter().position(|one| *one == severity).unwrap_or(0);
    ladder
        .get(at.saturating_sub(steps))
        .copied()
        .unwrap_or(Severity::Low)
}
