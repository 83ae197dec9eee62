//! Which paths of a node are dangerous in a container, and how much.

use sekisho_model::{Phrase, Severity};

use Severity::{Critical, High, Low, Medium};

/// What a path of the node gives to whoever takes the container over.
#[derive(Debug, Clone)]
pub(crate) struct Gain {
    /// The path as the node resolves it.
    pub(crate) resolved: String,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What it gives.
    pub(crate) gives: Phrase,
}

struct Entry {
    path: &'static str,
    /// Everything below is as bad.
    below: bool,
    writable: Severity,
    read_only: Severity,
    en: &'static str,
    ja: &'static str,
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
const TABLE: &[Entry] = &[
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

/// Judges a path of the node; `inside` is what a mount picks out of it (`subPath`).
pub(crate) fn gain(path: &str, inside: &str, read_only: bool) -> Gain {
    let resolved = resolved(path, inside);
    let weight = |entry: &&Entry| {
        if read_only {
            entry.read_only
        } else {
            entry.writable
        }
    };
    let found = if is_pipe(path) {
        TABLE.iter().find(|entry| entry.path == "/run/containerd")
    } else {
        TABLE
            .iter()
            .find(|entry| entry.path == resolved && !entry.below)
            .or_else(|| {
                TABLE
                    .iter()
                    .filter(|entry| touches(entry, &resolved))
                    .max_by_key(weight)
            })
    };
    match found {
        Some(entry) => Gain {
            severity: weight(&entry),
            gives: Phrase::new(entry.en, entry.ja),
            resolved,
        },
        None => Gain {
            severity: if read_only { Low } else { Medium },
            gives: Phrase::new(
                "files of the node, which outlive the pod and are shared with every pod that mounts them",
                "ノードのファイルに届く。Pod より長く残り、同じパスをマウントする全 Pod と共有される",
            ),
            resolved,
        },
    }
}

fn touches(entry: &Entry, path: &str) -> bool {
    let at_or_below = entry.below && (path == entry.path || is_below(path, entry.path));
    at_or_below || (entry.path != "/" && is_below(entry.path, path))
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder.trim_end_matches('/'))
        .is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
}

/// `\\.\pipe\containerd-containerd` and its like.
fn is_pipe(path: &str) -> bool {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    path.starts_with("//./pipe/") && (path.contains("containerd") || path.contains("docker"))
}

/// Links that every EKS node image (Amazon Linux 2023, Bottlerocket) has.
const LINKS: &[(&str, &str)] = &[
    ("/var/run", "/run"),
    ("/bin", "/usr/bin"),
    ("/sbin", "/usr/sbin"),
    ("/lib", "/usr/lib"),
    ("/lib64", "/usr/lib64"),
    ("/local/var", "/var"),
    ("/local/opt", "/opt"),
];

fn resolved(path: &str, inside: &str) -> String {
    let joined = format!("/{path}/{inside}");
    let windows = joined.contains('\\') || joined.contains(':');
    let mut here = if windows {
        let plain = joined.replace('\\', "/").to_ascii_lowercase();
        clean(&plain.replacen("c:", "", 1))
    } else {
        clean(&joined)
    };
    // Each round takes at least one part away or leaves the path as it is.
    for _ in 0..16 {
        let next = followed(&here);
        if next == here {
            break;
        }
        here = next;
    }
    here
}

fn followed(path: &str) -> String {
    for (link, target) in LINKS {
        if path == *link || is_below(path, link) {
            let rest = path.strip_prefix(link).unwrap_or_default();
            return clean(&format!("{target}{rest}"));
        }
    }
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    if let ["proc", process, "root" | "cwd", rest @ ..] = parts.as_slice()
        && (process.bytes().all(|byte| byte.is_ascii_digit()) || process.ends_with("self"))
    {
        return clean(&format!("/{}", rest.join("/")));
    }
    path.to_owned()
}

/// As Go's `path.Clean` does it for a rooted path.
pub(crate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(path: &str, read_only: bool) -> (String, Severity) {
        let gain = gain(path, "", read_only);
        (gain.resolved, gain.severity)
    }

    #[test]
    fn tricks_of_spelling_change_nothing() {
        for path in [
            "/var/run/docker.sock",
            "//var//run/./docker.sock/",
            "/var/run/../run/docker.sock",
            "/var/lib/../../run/docker.sock",
            "/proc/1/root/run/docker.sock",
            "/proc/self/root/proc/1/root/var/run/docker.sock",
            "run/docker.sock",
        ] {
            assert_eq!(
                judged(path, true),
                ("/run/docker.sock".to_owned(), Critical),
                "{path}"
            );
        }
    }

    #[test]
    fn a_folder_is_as_bad_as_what_it_holds() {
        assert_eq!(judged("/var/lib", false).1, Critical);
        assert_eq!(judged("/var", true).1, High);
        assert_eq!(judged("/opt", false).1, Critical);
        assert_eq!(judged("/data", false).1, Medium);
        assert_eq!(judged("/vars", false).1, Medium);
        assert_eq!(judged("/etc/localtime", true).1, Low);
        assert_eq!(judged("/proc/1/root", true), ("/".to_owned(), High));
        assert_eq!(judged("/proc/1/environ", true).1, Medium);
    }

    #[test]
    fn windows_has_drives_and_pipes() {
        assert_eq!(judged("C:\\", false).1, Critical);
        assert_eq!(judged("c:/ProgramData/ssh", true).1, High);
        assert_eq!(judged(r"\\.\pipe\containerd-containerd", true).1, Critical);
    }
}
