//! Image names as the container runtime reads them, by the grammar of
//! [`distribution/reference`](https://pkg.go.dev/github.com/distribution/reference).

/// Longest name without tag and digest.
const LONGEST: usize = 255;

/// An image name, taken apart by the grammar of `distribution/reference`: no host means Docker Hub, and there a name without
/// a folder stands in `library`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The registry: `docker.io`, `localhost:5000`; lower case, since DNS does not tell cases apart.
    pub host: String,
    /// The repository there: `library/nginx`.
    pub path: String,
    /// The tag: `1.27`.
    pub tag: Option<&'a str>,
    /// The digest: `sha256:…`.
    pub digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// `None` for a name that the kubelet refuses (`InvalidImageName`).
    pub fn read(image: &'a str) -> Option<Self> {
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
            && name.len() <= LONGEST
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

    /// Host and path: `docker.io/library/nginx`.
    pub fn repository(&self) -> String {
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

/// Whether the part before the first slash is a host: it has a dot, a port or capitals, or is `localhost`.
pub fn looks_like_host(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.to_lowercase() != first
}

fn is_host(host: &str) -> bool {
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (host, None),
    };
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_good = match bracketed {
        Some(address) => {
            !address.is_empty()
                && address
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b':')
        }
        None => host.split('.').all(is_label),
    };
    is_good
        && port
            .is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Lower-case letters and digits, with single dots, one or two underscores, or dashes between them.
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

#[cfg(test)]
mod tests {
    use super::Reference;

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
}
