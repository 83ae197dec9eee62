//! Which paths of a node are dangerous in a container, and how much.

use sekisho_model::{Phrase, Severity};

use super::dangerous_paths::{Entry, TABLE};

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
            severity: if read_only {
                Severity::Low
            } else {
                Severity::Medium
            },
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
    use sekisho_model::Severity::{Critical, High, Low, Medium};

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
