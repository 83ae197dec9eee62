//! The pull policy that follows from an image name.
//!
//! Upstream: `pkg/util/parsers` over `distribution/reference`: only an image that names the tag `latest`, or neither tag
//! nor digest, is pulled always; a name that cannot be read has no tag.

use crate::image::Reference;

/// `Always` or `IfNotPresent`.
pub(super) fn pull_policy(image: &str) -> &'static str {
    if tag(image) == Some("latest") {
        "Always"
    } else {
        "IfNotPresent"
    }
}

/// The tag, `latest` when there is neither tag nor digest; `None` for a digest alone and for unreadable names.
fn tag(image: &str) -> Option<&str> {
    let reference = Reference::read(image)?;
    match (reference.tag, reference.digest) {
        (None, None) => Some("latest"),
        (tag, _) => tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_latest_is_always_pulled() {
        for (image, expected) in [
            ("nginx", "Always"),
            ("nginx:latest", "Always"),
            ("nginx:1.25", "IfNotPresent"),
            ("localhost:5000/nginx", "Always"),
            ("localhost:5000/nginx:1", "IfNotPresent"),
            ("example.com/team/app", "Always"),
            ("", "IfNotPresent"),
            ("Nginx", "IfNotPresent"),
            ("a//b", "IfNotPresent"),
        ] {
            assert_eq!(pull_policy(image), expected, "{image}");
        }
        let digest = format!("nginx@sha256:{}", "a".repeat(64));
        assert_eq!(pull_policy(&digest), "IfNotPresent");
        let both = format!("nginx:latest@sha256:{}", "a".repeat(64));
        assert_eq!(pull_policy(&both), "Always");
    }
}
