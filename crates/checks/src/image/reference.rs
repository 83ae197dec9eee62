//! The images of a pod, and which registries are trusted.

use sekisho_model::{Fields, Pod};
use sekisho_schema::image::looks_like_host;
use sekisho_text::Route;

pub(crate) use sekisho_schema::image::Reference;

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
