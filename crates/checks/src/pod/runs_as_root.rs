use sekisho_model::{Container, Fields, Fix, Phrase, Pod, Severity, phrase};
use sekisho_policy::pod_security;
use sekisho_text::Route;

use super::root_group;
use super::standards::broken;
use super::users::{User, Users};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container that is told to run as root (`runAsUser: 0`; on Windows `ContainerAdministrator`), or
    /// allowed to (`runAsNonRoot: false`), the container's own fields counting before the pod's. Also one whose group is
    /// root's by `runAsGroup`, `fsGroup` or `supplementalGroups`. Where nothing is said and the image decides, this check
    /// fails too, and `pod-security` tells it with what else is missing.
    ///
    /// **Why it matters.** Root inside a container is user 0 of the node, unless the pod has a user namespace: every flaw of
    /// the runtime or the kernel, and every file of the node that is mounted, is met as root.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   securityContext: {runAsNonRoot: true}
    ///   containers:
    ///     - name: web
    ///       securityContext: {runAsNonRoot: false, runAsUser: 0}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   securityContext: {runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532}
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted>
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>
    ///
    /// # 日本語
    /// **示すこと。** root での実行を指定された (`runAsUser: 0`、Windows では `ContainerAdministrator`)、または許された (`runAsNonRoot: false`) コンテナ。コンテナの設定が Pod の設定より優先される。`runAsGroup`・`fsGroup`・`supplementalGroups` で root グループに属するものも含む。何も指定がなくイメージ次第となる場合もこの検査は不適合となるが、他の不足とあわせて `pod-security` が報告する。
    ///
    /// **理由。** ユーザー名前空間を使わない限り、コンテナ内の root はノードのユーザー 0 である。ランタイムやカーネルの欠陥も、マウントされたノードのファイルも、root の権限で突かれる。
    ///
    /// **直し方。** `runAsNonRoot: true` とし、イメージを一般ユーザーで動くように作る。
    RunsAsRoot = "runs-as-root";
    control: "T1.5",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A container runs as root", "root で動くコンテナ",
}

const RULES: [&str; 2] = ["runAsNonRoot", "runAsUser"];

impl Check for RunsAsRoot {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let users = Users::of(cx, pod);
        let found = broken(cx, pod, pod_security::Level::Restricted, &RULES);
        let mut faults = Vec::new();
        let mut silent = false;
        let containers = pod.containers();
        if !found.places.is_empty() || pod.is_windows() {
            let of = |wanted| {
                let users = &users;
                containers.iter().filter(move |it| users.user(it) == wanted)
            };
            faults.extend(root(pod, of(User::Root)));
            faults.extend(allowed(pod, of(User::Allowed)));
            silent = of(User::OfImage).next().is_some();
        }
        if faults.is_empty() && !silent {
            faults = root_group::faults(pod, &users);
        }
        if silent {
            on.fail_told_by(&["pod-security", "privileged-container"]);
        } else if faults.is_empty() {
            match found.open {
                Some(reason) => on.unknown(reason),
                None => on.pass(),
            }
        }
        for fault in faults {
            on.fail(fault);
        }
    }
}

/// Told to be root: one fault for each field that says so.
fn root<'c>(pod: &Pod<'_>, found: impl Iterator<Item = &'c Container<'c>>) -> Vec<Fault> {
    let field = if pod.is_windows() {
        "windowsOptions.runAsUserName"
    } else {
        "runAsUser"
    };
    let mut own = Vec::new();
    let mut by_pod = Vec::new();
    for container in found {
        let security = container.value.at("securityContext");
        match security.and_then(|security| security.at(field)) {
            Some(value) if !value.is_null() => own.push(container),
            _ => by_pod.push(container),
        }
    }
    let mut faults = Vec::new();
    let mut tell = |context: Route, names: &[&Container<'_>], says_non_root: bool| {
        let (severity, message) = as_root(pod, names, says_non_root);
        let place = context.at(field);
        let title = Phrase::new(
            "Run as the image's own user, never as root",
            "root 以外のイメージ既定ユーザーで動かす",
        );
        let fix = Fix::risky(title)
            .set(context.key("runAsNonRoot"), true)
            .remove(place.clone());
        faults.push(Fault::at(place, message).severity(severity).fix(fix));
    };
    for container in own {
        let says = container.value.flag("securityContext.runAsNonRoot");
        let of_pod = pod.spec().flag("securityContext.runAsNonRoot");
        let non_root = says.or(of_pod) == Some(true);
        tell(container.at("securityContext"), &[container], non_root);
    }
    if !by_pod.is_empty() {
        let non_root = pod.spec().flag("securityContext.runAsNonRoot") == Some(true);
        tell(pod.at("securityContext"), &by_pod, non_root);
    }
    faults
}

fn as_root(
    pod: &Pod<'_>,
    containers: &[&Container<'_>],
    says_non_root: bool,
) -> (Severity, Phrase) {
    let names = quoted(containers);
    let run = if containers.len() == 1 { "runs" } else { "run" };
    if pod.is_windows() {
        let message = phrase!(
            en: "{names} {run} as ContainerAdministrator, who may change everything in the container",
            ja: "{names} は、コンテナ内のすべてを変更できる ContainerAdministrator で動作する",
        );
        return (Severity::Medium, message);
    }
    if says_non_root {
        let message = phrase!(
            en: "{names}: `runAsUser: 0` contradicts `runAsNonRoot: true`; the kubelet will not start it",
            ja: "{names}: `runAsUser: 0` が `runAsNonRoot: true` と矛盾し、kubelet が起動を拒否する",
        );
        return (Severity::Medium, message);
    }
    if pod.spec().flag("hostUsers") == Some(false) {
        let message = phrase!(
            en: "{names} {run} as root of a user namespace, which `restricted` refuses before Kubernetes 1.35",
            ja: "{names} はユーザー名前空間内の root で動作する。Kubernetes 1.35 より前の `restricted` はこれも拒否する",
        );
        return (Severity::Low, message);
    }
    let message = phrase!(
        en: "{names} {run} as root: whoever breaks out is root on the node",
        ja: "{names} は root で動作する。脱出した侵入者はノードの root になる",
    );
    (Severity::High, message)
}

/// Allowed to be root: one fault for each `runAsNonRoot: false`.
fn allowed<'c>(pod: &Pod<'_>, found: impl Iterator<Item = &'c Container<'c>>) -> Vec<Fault> {
    let (own, by_pod): (Vec<&Container<'_>>, Vec<_>) = found
        .partition(|container| container.value.flag("securityContext.runAsNonRoot") == Some(false));
    let fault = |place: Route, names: &str| {
        let title = Phrase::new("Refuse to run as root", "root での実行を拒否する");
        let fix = Fix::risky(title).set(place.clone(), true);
        let message = phrase!(
            en: "`runAsNonRoot: false`: {names} may run as root, as the image decides",
            ja: "`runAsNonRoot: false` により、{names} はイメージ次第で root で動作する",
        );
        Fault::at(place, message).fix(fix)
    };
    let mut faults: Vec<Fault> = own
        .iter()
        .map(|container| {
            fault(
                container.at("securityContext.runAsNonRoot"),
                &quoted(&[*container]),
            )
        })
        .collect();
    if !by_pod.is_empty() {
        faults.push(fault(
            pod.at("securityContext.runAsNonRoot"),
            &quoted(&by_pod),
        ));
    }
    faults
}

fn quoted(containers: &[&Container<'_>]) -> String {
    let names: Vec<String> = containers
        .iter()
        .map(|container| format!("`{}`", container.name()))
        .collect();
    names.join(", ")
}
