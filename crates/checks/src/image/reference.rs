//! Image names as the container runtime reads them.

use sekisho_model::{Fields, Pod};
use sekisho_text::Route;

/// An image name, taken apart by the grammar of `distribution/reference`: no host means Docker Hub, and there a name without
/// a folder stands in `library`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// `docker.io`, `localhost:5000`; lower case, since DNS does not tell cases apart.
    pub(crate) host: String,
    /// `library/nginx`.
    pub(crate) path: String,
    /// `1.27`.
    pub(crate) tag: Option<&'a str>,
    /// `sha256:…`.
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// `None` for a name that the kubelet refuses (`InvalidImageName`).
    pub(crate) fn read(image: &'a str) -> Option<Self> {
        let (named, digest) = match image.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (image, None),
        };
        let (name, tag) = match named.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (named, None),
        };
        let (host, path) = place(name);
        let is_bare_id = image.len() == 64 && image.bytes().all(is_hex);
        let good = !is_bare_id
            && path.split('/').all(is_component)
            && is_host(&host)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        good.then_some(Self {
            host,
            path,
            tag,
            digest,
        })
    }

    /// `docker.io/library/nginx`.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.host, self.path)
    }
}

/// Host and path of a name without tag and digest.
fn place(name: &str) -> (String, String) {
    let (host, path) = match name.split_once('/') {
        Some((first, rest)) if looks_like_host(first) => (first.to_ascii_lowercase(), rest),
        _ => (String::from("docker.io"), name),
    };
    let host = if host == "index.docker.io" {
        String::from("docker.io")
    } else {
        host
    };
    if host == "docker.io" && !path.contains('/') {
        (host, format!("library/{path}"))
    } else {
        (host, path.to_owned())
    }
}

fn looks_like_host(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.to_lowercase() != first
}

fn is_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => {
            if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
                return false;
            }
            name
        }
        _ => host,
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    name.starts_with('[') || name.split('.').all(is_label)
}

fn is_component(part: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(is_letter)
        && part.ends_with(is_letter)
        && part
            .split(is_letter)
            .filter(|gap| !gap.is_empty())
            .all(|gap| matches!(gap, "." | "_" | "__") || gap.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= 128
        && tag.starts_with(is_word)
        && tag.chars().all(|c| is_word(c) || c == '.' || c == '-')
}

/// The algorithms that image tools know, with the length that each has.
fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(is_hex)
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// A trusted registry of the settings: a host, or a host and a path below which everything is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trusted {
    host: String,
    path: Option<String>,
}

impl Trusted {
    pub(crate) fn read(entry: &str) -> Self {
        let entry = entry.trim();
        let entry = entry.split_once("://").map_or(entry, |(_, rest)| rest);
        let entry = entry.trim_end_matches('/');
        let (host, path) = match entry.split_once('/') {
            Some((first, rest)) if looks_like_host(first) => (first, Some(rest)),
            None if looks_like_host(entry) => (entry, None),
            _ => ("docker.io", Some(entry)),
        };
        let host = host.to_ascii_lowercase();
        Self {
            host: if host == "index.docker.io" {
                String::from("docker.io")
            } else {
                host
            },
            path: path.map(str::to_owned),
        }
    }

    /// In whole path segments: `registry.example/team` does not trust `registry.example/team-x/app`.
    pub(crate) fn covers(&self, image: &Reference<'_>) -> bool {
        self.host == image.host
            && self.path.as_ref().is_none_or(|path| {
                image
                    .path
                    .strip_prefix(path.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

/// One image of a pod: of a container, or of a volume that mounts an image.
#[derive(Debug, Clone)]
pub(crate) struct Used<'a> {
    /// Where it is named.
    pub(crate) route: Route,
    /// Where its pull policy stands.
    pub(crate) policy_route: Route,
    /// The image as written.
    pub(crate) image: &'a str,
    /// Its pull policy.
    pub(crate) policy: &'a str,
    /// Who uses it.
    pub(crate) en: String,
    /// The same in Japanese.
    pub(crate) ja: String,
}

/// Every image of a pod. The placeholder `auto` is left out where Istio's webhook puts its own image in its place.
pub(crate) fn images<'a>(pod: &Pod<'a>) -> Vec<Used<'a>> {
    let is_injected = pod.annotation("inject.istio.io/templates").is_some();
    let containers = pod.containers().iter().map(|container| {
        let name = container.name();
        Used {
            route: container.at("image"),
            policy_route: container.at("imagePullPolicy"),
            image: container.image(),
            policy: container.value.text("imagePullPolicy").unwrap_or(""),
            en: format!("container `{name}`"),
            ja: format!("コンテナ `{name}` "),
        }
    });
    let volumes = pod.spec().items("volumes").iter().enumerate();
    let volumes = volumes.filter_map(|(index, volume)| {
        let name = volume.text("name").unwrap_or("");
        let base = pod.at("volumes").index(index);
        Some(Used {
            image: volume.text("image.reference")?,
            route: base.at("image.reference"),
            policy_route: base.at("image.pullPolicy"),
            policy: volume.text("image.pullPolicy").unwrap_or(""),
            en: format!("volume `{name}`"),
            ja: format!("ボリューム `{name}` "),
        })
    });
    containers
        .chain(volumes)
        .filter(|used| match used.image {
            "" => false,
            "auto" => !is_injected,
            _ => true,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(image: &str) -> Option<String> {
        Reference::read(image).map(|reference| reference.repository())
    }

    #[test]
    fn names_are_completed_as_docker_does() {
        for (image, expected) in [
            ("nginx", "docker.io/library/nginx"),
            ("nginx:1", "docker.io/library/nginx"),
            ("team/app", "docker.io/team/app"),
            ("index.docker.io/nginx", "docker.io/library/nginx"),
            ("localhost/app", "localhost/app"),
            ("localhost:5000/app:1", "localhost:5000/app"),
            ("ghcr.io/a/b/c:v1", "ghcr.io/a/b/c"),
            ("GHCR.io/a", "ghcr.io/a"),
        ] {
            assert_eq!(repository(image).as_deref(), Some(expected), "{image}");
        }
        for refused in [
            "",
            "${IMAGE}",
            "a//b",
            "Nginx",
            "a:",
            "a@sha256:12",
            "{{ .image }}",
        ] {
            assert_eq!(repository(refused), None, "{refused}");
        }
    }

    #[test]
    fn trust_ends_at_a_segment() {
        let covers = |entry: &str, image: &str| {
            Trusted::read(entry).covers(&Reference::read(image).unwrap())
        };
        assert!(covers("ghcr.io", "ghcr.io/any/thing:1"));
        assert!(covers("https://ghcr.io/team/", "ghcr.io/team/app"));
        assert!(!covers("ghcr.io/team", "ghcr.io/team-x/app"));
        assert!(!covers("ghcr.io", "ghcr.io.evil.example/app"));
        assert!(!covers("registry.example", "registry.example:5000/app"));
        assert!(covers("docker.io/library", "nginx"));
        assert!(covers("bitnami", "docker.io/bitnami/redis"));
        assert!(!covers("docker.io/library", "nginx/nginx"));
    }
}
