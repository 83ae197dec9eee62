//! The paths of a node that give more than files: sockets, credentials, programs, the kernel.

use sekisho_model::Severity::{self, Critical, High, Low, Medium};

/// A path of a node, and what it gives.
pub(crate) struct Entry {
    /// The path, without links.
    pub(crate) path: &'static str,
    /// Everything below is as bad.
    pub(crate) below: bool,
    /// How bad it is when it can be written.
    pub(crate) writable: Severity,
    /// How bad it is read-only.
    pub(crate) read_only: Severity,
    /// What it gives.
    pub(crate) en: &'static str,
    /// The same in Japanese.
    pub(crate) ja: &'static str,
}

const fn entry(
    path: &'static str,
    below: bool,
    writable: Severity,
    read_only: Severity,
    en: &'static str,
    ja: &'static str,
) -> Entry {
    Entry {
        path,
        below,
        writable,
        read_only,
        en,
        ja,
    }
}

const RUNTIME: (&str, &str) = (
    "control of the container runtime, and with it of every container and the node; a read-only mount does not hinder it",
    "コンテナランタイムを操作でき、全コンテナとノードを掌握できる (読み取り専用マウントでも防げない)",
);
const KUBELET: (&str, &str) = (
    "the secrets, tokens and volumes of every pod of the node, and the kubelet's own credentials",
    "ノード上の全 Pod の Secret・トークン・ボリュームと kubelet の認証情報に届く",
);
const LAYERS: (&str, &str) = (
    "the images and file systems of every container of the node",
    "ノード上の全コンテナのイメージとファイルシステムに届く",
);
const PROGRAMS: (&str, &str) = (
    "programs that the node runs as root",
    "ノードが root で実行するプログラムに届く",
);
const KERNEL: (&str, &str) = (
    "the node's kernel: its settings, and code that it runs",
    "ノードのカーネル (設定と実行されるコード) に届く",
);

/// A socket is as good through a read-only mount: the kernel asks for a writable file system only where something is
/// written to the file system itself.
pub(crate) const TABLE: &[Entry] = &[
    entry(
        "/",
        false,
        Critical,
        High,
        "the whole file system of the node, its credentials and those of every pod included",
        "ノードのファイルシステム全体 (ノードと全 Pod の認証情報を含む) に届く",
    ),
    entry("/run", false, Critical, Critical, RUNTIME.0, RUNTIME.1),
    entry(
        "/run/containerd",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry(
        "/run/host-containerd",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry(
        "/run/docker.sock",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry(
        "/run/docker",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry(
        "/run/dockershim.sock",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry(
        "/run/cri-dockerd.sock",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry("/run/crio", true, Critical, Critical, RUNTIME.0, RUNTIME.1),
    entry("/run/k3s", true, Critical, Critical, RUNTIME.0, RUNTIME.1),
    entry(
        "/run/podman",
        true,
        Critical,
        Critical,
        RUNTIME.0,
        RUNTIME.1,
    ),
    entry(
        "/run/api.sock",
        true,
        Critical,
        Critical,
        "the settings of a Bottlerocket node",
        "Bottlerocket ノードの設定を変更できる",
    ),
    entry(
        "/run/dbus",
        true,
        High,
        High,
        "commands to the node's service manager",
        "ノードのサービスマネージャーに命令できる",
    ),
    entry(
        "/run/systemd",
        true,
        High,
        High,
        "commands to the node's service manager",
        "ノードのサービスマネージャーに命令できる",
    ),
    entry(
        "/etc",
        false,
        Critical,
        Medium,
        "the configuration of the node: accounts, jobs, certificates",
        "ノードの設定 (アカウント・定期ジョブ・証明書) に届く",
    ),
    entry(
        "/etc",
        true,
        High,
        Low,
        "configuration of the node",
        "ノードの設定に届く",
    ),
    entry(
        "/etc/kubernetes",
        true,
        Critical,
        High,
        "the kubelet's configuration, static pods and keys",
        "kubelet の設定・静的 Pod・鍵に届く",
    ),
    entry("/etc/cni", true, Critical, Low, PROGRAMS.0, PROGRAMS.1),
    entry("/opt/cni", true, Critical, Low, PROGRAMS.0, PROGRAMS.1),
    entry("/usr", true, Critical, Low, PROGRAMS.0, PROGRAMS.1),
    entry("/boot", true, High, Low, KERNEL.0, KERNEL.1),
    entry("/usr/lib/modules", true, High, Low, KERNEL.0, KERNEL.1),
    entry(
        "/proc",
        true,
        Critical,
        Medium,
        "the processes and the kernel settings of the node",
        "ノードのプロセスとカーネル設定に届く",
    ),
    entry("/sys", true, High, Low, KERNEL.0, KERNEL.1),
    entry(
        "/dev",
        false,
        High,
        High,
        "the devices of the node, its disks included",
        "ノードのデバイス (ディスクを含む) に届く",
    ),
    entry(
        "/dev",
        true,
        Medium,
        Medium,
        "a device of the node",
        "ノードのデバイスに届く",
    ),
    entry(
        "/var/log",
        true,
        High,
        Medium,
        "the logs of every pod; with a symbolic link there, whoever may read logs through the kubelet reads any file of the node",
        "全 Pod のログに届く。シンボリックリンクを置けば、kubelet 経由でログを読める者がノードの任意のファイルを読める",
    ),
    entry(
        "/var/lib/containerd",
        true,
        Critical,
        High,
        LAYERS.0,
        LAYERS.1,
    ),
    entry("/var/lib/docker", true, Critical, High, LAYERS.0, LAYERS.1),
    entry(
        "/var/lib/containers",
        true,
        Critical,
        High,
        LAYERS.0,
        LAYERS.1,
    ),
    entry(
        "/var/lib/rancher",
        true,
        Critical,
        High,
        KUBELET.0,
        KUBELET.1,
    ),
    entry(
        "/var/lib/cloud",
        true,
        Critical,
        Medium,
        PROGRAMS.0,
        PROGRAMS.1,
    ),
    entry(
        "/var/lib/kubelet",
        true,
        Critical,
        High,
        KUBELET.0,
        KUBELET.1,
    ),
    entry(
        "/var/spool/cron",
        true,
        Critical,
        Low,
        PROGRAMS.0,
        PROGRAMS.1,
    ),
    entry(
        "/root",
        true,
        Critical,
        High,
        "root's own files: keys, tokens, history",
        "root 自身のファイル (鍵・トークン・履歴) に届く",
    ),
    entry(
        "/home",
        true,
        High,
        Medium,
        "the files of the node's users, SSH keys included",
        "ノードのユーザーのファイル (SSH 鍵を含む) に届く",
    ),
    entry(
        "/local",
        false,
        Critical,
        High,
        "the data partition of a Bottlerocket node",
        "Bottlerocket ノードのデータ領域に届く",
    ),
    entry("/windows", true, Critical, Low, PROGRAMS.0, PROGRAMS.1),
    entry(
        "/programdata",
        true,
        Critical,
        High,
        "the data of the node's services",
        "ノードのサービスのデータに届く",
    ),
    entry(
        "/users",
        true,
        High,
        Medium,
        "the files of the node's users",
        "ノードのユーザーのファイルに届く",
    ),
];
