use sekisho_model::{Fields, Pod, Severity, phrase};
use sekisho_text::Route;

use super::node_paths::{Gain, gain};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pod that mounts a path of its node (`hostPath`). How grave it is depends on what the path gives: the
    /// socket of the container runtime, the root directory, `/etc`, `/proc`, the kubelet's directory or the logs give the
    /// node; other paths give what lies there. The path is judged as the node resolves it: `//var//run/./x` is
    /// `/run/x`, `/proc/1/root/etc` is `/etc`, and a directory counts for everything dangerous below it.
    ///
    /// **Why it matters.** `hostPath` is the plainest way out of a container. A writable path of the node becomes code on the node,
    /// and a readable one becomes the credentials of the kubelet and of every other pod there. A read-only mount limits it,
    /// but not for sockets.
    ///
    /// **Bad**
    /// ```yaml
    /// volumes:
    ///   - name: runtime
    ///     hostPath:
    ///       path: /run/containerd/containerd.sock
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// volumes:
    ///   - name: scratch
    ///     emptyDir:
    ///       sizeLimit: 64Mi
    /// ```
    /// What must read the node (log collector, runtime sensor) mounts the one path it needs, read-only, and is a named exception.
    ///
    /// **References.** [Kubernetes: hostPath](https://kubernetes.io/docs/concepts/storage/volumes/#hostpath) ·
    /// [MITRE ATT&CK T1611](https://attack.mitre.org/techniques/T1611/)
    ///
    /// # 日本語
    /// **示すこと。** ノードのパスを `hostPath` でマウントしている Pod。深刻度はそのパスから何が得られるかで決まる。コンテナランタイムのソケット、ルートディレクトリ、`/etc`、`/proc`、kubelet のディレクトリ、ログはノードそのものにつながる。
    /// パスはノードが解決した結果で判定する。`//var//run/./x` は `/run/x`、`/proc/1/root/etc` は `/etc` であり、親ディレクトリは配下の危険なものを含むとみなす。
    ///
    /// **理由。** `hostPath` はコンテナからの最も単純な脱出経路である。書き込めるパスはノード上でのコード実行に、読めるパスは kubelet や他の Pod の認証情報の窃取につながる。読み取り専用マウントは影響を抑えるが、ソケットには効かない。
    ///
    /// **悪い例**
    /// ```yaml
    /// volumes:
    ///   - name: runtime
    ///     hostPath:
    ///       path: /run/containerd/containerd.sock
    /// ```
    ///
    /// **良い例。** `emptyDir` や PersistentVolumeClaim を使う。ログ収集やランタイム検知のようにノードを読む必要があるものは、必要なパスだけを読み取り専用でマウントし、名前を挙げた例外として扱う。
    HostPath = "host-path";
    control: "T1.6",
    severity: High,
    profile: Default,
    level: Level::Pod,
    fix: None,
    title: "A pod mounts a path of its node", "ノードのパスをマウントする Pod",
}

impl Check for HostPath {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let mut any = false;
        let mut harmless: Vec<Mounted<'_>> = Vec::new();
        for (index, volume) in pod.spec().items("volumes").iter().enumerate() {
            let Some(path) = volume.text("hostPath.path") else {
                continue;
            };
            any = true;
            let mounted = Mounted {
                name: volume.text("name").unwrap_or_default(),
                path,
                route: pod.at("volumes").index(index).at("hostPath.path"),
            };
            match mounted.worst(pod) {
                None => on.fail(mounted.unused()),
                Some((gain, true)) if gain.severity <= Severity::Low => harmless.push(mounted),
                Some((gain, read_only)) => on.fail(mounted.used(gain, read_only)),
            }
        }
        if let Some(first) = harmless.first() {
            on.fail(first.beside(&harmless));
        }
        if !any {
            on.pass();
        }
    }
}

/// A volume that is a path of the node.
struct Mounted<'a> {
    name: &'a str,
    path: &'a str,
    route: Route,
}

impl Mounted<'_> {
    /// The worst that a mount gives, and whether it is read-only.
    fn worst(&self, pod: &Pod<'_>) -> Option<(Gain, bool)> {
        pod.containers()
            .iter()
            .flat_map(|container| container.value.items("volumeMounts"))
            .filter(|mount| mount.text("name") == Some(self.name))
            .map(|mount| {
                let read_only = mount.flag("readOnly") == Some(true);
                // What `subPathExpr` picks is known only when the container starts, so all of the volume counts.
                let inside = mount.text("subPath").unwrap_or_default();
                (gain(self.path, inside, read_only), read_only)
            })
            .max_by_key(|(gain, _)| gain.severity)
    }

    fn unused(&self) -> Fault {
        let (name, path) = (self.name, self.path);
        let gives = gain(path, "", false).gives;
        let (en, ja) = (gives.en, gives.ja);
        Fault::at(
            self.route.clone(),
            phrase!(en: "volume `{name}` is `{path}` of the node, and no container mounts it; take it out, since a debug container could: it gives {en}",
                    ja: "ボリューム `{name}` はノードの `{path}` だが、どのコンテナもマウントしていない。デバッグコンテナから使えるため削除する ({ja})"),
        )
        .severity(Severity::Low)
    }

    fn used(&self, worst: Gain, read_only: bool) -> Fault {
        let (name, path) = (self.name, self.path);
        let Gain {
            resolved,
            severity,
            gives,
        } = worst;
        let (en, ja) = (gives.en, gives.ja);
        let (how, how_ja) = if read_only {
            (", read-only", "読み取り専用で")
        } else {
            ("", "")
        };
        let (same, same_ja) = if resolved == path {
            (String::new(), String::new())
        } else {
            (
                format!(" (on the node `{resolved}`)"),
                format!(" (ノード上では `{resolved}`)"),
            )
        };
        Fault::at(
            self.route.clone(),
            phrase!(en: "volume `{name}` mounts `{path}`{same} of the node{how}: it gives {en}",
                    ja: "ボリューム `{name}` がノードの `{path}`{same_ja} を{how_ja}マウントしている: {ja}"),
        )
        .severity(severity)
    }

    /// One finding for all paths that are read-only and hold nothing that takes the node.
    fn beside(&self, all: &[Self]) -> Fault {
        let paths: Vec<&str> = all.iter().map(|mounted| mounted.path).collect();
        let paths = paths.join("`, `");
        Fault::at(
            self.route.clone(),
            phrase!(en: "the pod reads `{paths}` of its node (read-only): what lies there, and what comes to lie there, it sees",
                    ja: "Pod がノードの `{paths}` を読み取り専用でマウントしている。そこにあるもの、今後置かれるものが見える"),
        )
        .severity(Severity::Low)
    }
}
