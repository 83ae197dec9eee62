use sekisho_model::{Container, Fields, Pod};
use sekisho_policy::pod_security::Level as Standard;
use sekisho_text::{Route, Step};
use serde_json::Value;

use super::hardening::{self, Kind, Place};
use super::refusal;
use super::standards::{broken, container_at};
use super::users::{User, Users};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** What Pod Security `restricted` refuses in a pod, as the API server of the cluster's version judges it,
    /// after the mutators of the estate: missing hardening (`allowPrivilegeEscalation: false`, `drop: [ALL]`, a seccomp profile,
    /// `runAsNonRoot`), capabilities that are added again, unsafe sysctls, network volumes inside the pod, hosts in probes. What
    /// a more specific check tells (privileged, host namespaces, root, hostPath …) it does not tell twice.
    ///
    /// **Why it matters.** Where `restricted` is enforced such a pod is not admitted; where it runs, it is not enforced. Each of
    /// these fields takes away a step that attackers use: set-user-id programs, raw sockets of the default capabilities,
    /// rarely used system calls.
    ///
    /// **Bad**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     image: web
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// securityContext:
    ///   runAsNonRoot: true
    ///   seccompProfile: {type: RuntimeDefault}
    /// containers:
    ///   - name: web
    ///     image: web
    ///     securityContext:
    ///       allowPrivilegeEscalation: false
    ///       capabilities: {drop: [ALL]}
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    ///
    /// # 日本語
    /// **示すこと。** Pod Security の `restricted` が Pod について拒否する点。構成にあるミューテーションを適用した後の Pod を、クラスタのバージョンの API サーバーと同じ規則で判定する。不足している堅牢化 (`allowPrivilegeEscalation: false`、`drop: [ALL]`、seccomp プロファイル、`runAsNonRoot`)、追加し直したケーパビリティ、安全でない sysctl、Pod に直接書かれたネットワークボリューム、プローブの host 指定など。より具体的な検査 (特権、ホスト名前空間、root、hostPath など) が報告するものは重ねて報告しない。
    ///
    /// **理由。** `restricted` を強制する Namespace ではこの Pod は拒否される。動いているなら、強制されていないということである。いずれのフィールドも、set-user-id プログラムや既定のケーパビリティによる raw ソケット、使われることの少ないシステムコールといった攻撃の足掛かりを取り除く。
    ///
    /// **直し方。** 上の例の 4 項目を設定する。
    PodSecurity = "pod-security";
    control: "T1.5",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "Pod Security restricted refuses the pod", "restricted が拒否する Pod",
}

impl Check for PodSecurity {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let found = broken(cx, pod, Standard::Restricted, &[]);
        if found.places.is_empty() {
            match found.open {
                Some(reason) => on.unknown(reason),
                None => on.pass(),
            }
            return;
        }
        let loose = broken(cx, pod, Standard::Baseline, &[]).places;
        let refused_by_baseline = |place: &Route| loose.iter().any(|(_, other)| other == place);
        let users = Users::of(cx, pod);
        let mut missing = silent(pod, &users, &found.places);
        let mut own = Vec::new();
        for (rule, place) in found.places {
            let teller = teller(&users, pod, rule, &place, refused_by_baseline(&place));
            if let Some(checks) = teller {
                on.fail_told_by(checks);
            } else if let Some(kind) = hardening::kind(rule, &place) {
                let known = missing
                    .iter()
                    .any(|it: &Place| it.kind == kind && it.place == place);
                if !known {
                    missing.push(Place { kind, place });
                }
            } else {
                own.push((rule, place));
            }
        }
        if let Some(fault) = hardening::fault(pod, &missing) {
            on.fail(fault);
        }
        let all: Vec<Route> = own.iter().map(|(_, place)| place.clone()).collect();
        for (rule, place) in own {
            on.fail(refusal::fault(pod, rule, place, &all));
        }
    }
}

/// Containers of which nothing says that they may not be root. The API server names them only when no container says
/// `runAsNonRoot: false`; they want the same edit all the same.
fn silent(pod: &Pod<'_>, users: &Users<'_, '_>, places: &[(&str, Route)]) -> Vec<Place> {
    if places.iter().all(|(rule, _)| *rule != "runAsNonRoot") {
        return Vec::new();
    }
    pod.containers()
        .iter()
        .filter(|container| users.user(container) == User::OfImage)
        .filter(|container| container.value.flag("securityContext.privileged") != Some(true))
        .map(|container| Place {
            kind: Kind::NonRoot,
            place: container.at("securityContext.runAsNonRoot"),
        })
        .collect()
}

/// The check that tells the cause of a violation; `None` when this one does.
fn teller(
    users: &Users<'_, '_>,
    pod: &Pod<'_>,
    rule: &str,
    place: &Route,
    refused_by_baseline: bool,
) -> Option<&'static [&'static str]> {
    let container = container_at(pod, place);
    let security = container.and_then(|container| container.value.get("securityContext"));
    let is_privileged =
        security.and_then(|security| security.get("privileged")) == Some(&Value::Bool(true));
    match rule {
        "privileged" => Some(&["privileged-container"]),
        "hostNamespaces" => Some(&["host-namespaces"]),
        "hostPorts" => Some(&["host-port", "host-namespaces"]),
        "windowsHostProcess" => Some(&["windows-host-process"]),
        "appArmorProfile" | "seLinuxOptions" => Some(&["unconfined-profile"]),
        "restrictedVolumes" | "hostPathVolumes" => {
            let is_host = matches!(place.last(), Some(Step::Key(key)) if key == "hostPath");
            is_host.then_some(&["host-path"])
        }
        "procMount" | "procMount_restricted" | "seccompProfile_restricted"
            if refused_by_baseline =>
        {
            Some(&["unconfined-profile"])
        }
        "capabilities_restricted" if refused_by_baseline => Some(&["dangerous-capability"]),
        // None of it means anything beside `privileged: true`.
        _ if is_privileged && hardening::kind(rule, place).is_some() => {
            Some(&["privileged-container"])
        }
        "allowPrivilegeEscalation" if adds_sys_admin(security) => Some(&["dangerous-capability"]),
        "runAsNonRoot" | "runAsUser" => {
            let says_root = |container: &Container<'_>| {
                matches!(users.user(container), User::Root | User::Allowed)
            };
            let is_told = match container {
                Some(container) => says_root(container),
                None => pod.containers().iter().any(says_root),
            };
            is_told.then_some(&["runs-as-root"])
        }
        _ => None,
    }
}

/// The server refuses `allowPrivilegeEscalation: false` beside it.
fn adds_sys_admin(security: Option<&Value>) -> bool {
    let added = security.and_then(|security| security.get("capabilities")?.get("add")?.as_array());
    added.is_some_and(|added| {
        added
            .iter()
            .any(|name| matches!(name.as_str(), Some("CAP_SYS_ADMIN" | "SYS_ADMIN")))
    })
}
