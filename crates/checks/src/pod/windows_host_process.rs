use sekisho_model::{Phrase, Pod, phrase};
use sekisho_policy::pod_security;

use super::standards::{broken, setter};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A Windows pod or container that runs as a process of its node: `windowsOptions.hostProcess: true`.
    ///
    /// **Why it matters.** A host process container is not contained: it runs on the node with the node's network, files and
    /// services, mostly as `NT AUTHORITY\SYSTEM`.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   windowsOptions:
    ///     hostProcess: true
    ///     runAsUserName: NT AUTHORITY\SYSTEM
    /// ```
    ///
    /// **Good.** Run as `ContainerUser` in an ordinary container. A node agent that must be a host process belongs in a
    /// namespace of its own with a named exception.
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/>
    ///
    /// # 日本語
    /// **示すこと。** ノードのプロセスとして動く Windows の Pod やコンテナ (`windowsOptions.hostProcess: true`)。
    ///
    /// **理由。** HostProcess コンテナは隔離されない。多くは `NT AUTHORITY\SYSTEM` として、ノードのネットワーク・ファイル・サービスをそのまま使う。
    ///
    /// **直し方。** 通常のコンテナで `ContainerUser` として動かす。HostProcess が必要なノードエージェントは専用の Namespace に置き、名前を挙げて例外とする。
    WindowsHostProcess = "windows-host-process";
    control: "T1.5",
    severity: Critical,
    profile: Default,
    level: Level::Pod,
    fix: None,
    title: "A Windows pod is a process of its node", "ノードのプロセスとして動く Windows Pod",
}

impl Check for WindowsHostProcess {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let found = broken(
            cx,
            pod,
            pod_security::Level::Baseline,
            &["windowsHostProcess"],
        );
        let is_about = pod.is_windows() || !found.places.is_empty() || found.open.is_some();
        if !is_about {
            return;
        }
        found.tell(on, |_, place| {
            let Phrase { en, ja } = setter(pod, &place);
            let message = phrase!(
                en: "{en} runs as a host process: whoever gets into it is an administrator of the Windows node",
                ja: "{ja} は HostProcess として動作する。侵入者はそのまま Windows ノードの管理者になる",
            );
            Fault::at(place, message)
        });
    }
}
