//! Versions of built-in kinds that the server does not serve.

use crate::types;

const TABLE: &str = include_str!("../data/removed.txt");

/// Why a version of a built-in kind is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Served once; not any more since this release, such as `1.25`.
    RemovedIn(&'static str),
    /// There never was such a version of the kind, or such a kind in this group.
    NeverExisted,
    /// It exists, but a server serves it only where it was switched on.
    OffByDefault,
}

/// A version of a built-in kind that a 1.36 server answers with "not found".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemovedVersion {
    /// Why.
    pub gone: Gone,
    /// The API version to use for the kind instead, such as `apps/v1`; `None` when the kind has no successor.
    pub replacement: Option<&'static str>,
}

/// Tells whether an API version of a kind is known not to be served. `None` for kinds that are served and for kinds of groups
/// that are not built in.
pub fn removed(api_version: &str, kind: &str) -> Option<RemovedVersion> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if kind.is_empty()
        || version.is_empty()
        || kind.ends_with("List")
        || types::kind(group, version, kind).is_some()
    {
        return None;
    }
    let known = rows().find(|row| row.group == group && row.version == version && row.kind == kind);
    if let Some(row) = known {
        let gone = if row.release == "off" {
            Gone::OffByDefault
        } else {
            Gone::RemovedIn(row.release)
        };
        return Some(RemovedVersion {
            gone,
            replacement: row.replacement,
        });
    }
    is_builtin(group).then(|| RemovedVersion {
        gone: Gone::NeverExisted,
        replacement: served_as(group, kind),
    })
}

struct Row {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    release: &'static str,
    replacement: Option<&'static str>,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some(Row {
                group: words.next()?,
                version: words.next()?,
                kind: words.next()?,
                release: words.next()?,
                replacement: words.next().filter(|word| *word != "-"),
            })
        })
}

/// Subresources and reviews are posted elsewhere, but their groups are the server's own all the same.
fn is_builtin(group: &str) -> bool {
    types::kinds().any(|(known, ..)| known == group) || rows().any(|row| row.group == group)
}

/// The API version under which a kind is served, in its own group first.
fn served_as(group: &str, kind: &str) -> Option<&'static str> {
    let in_group = rows()
        .find(|row| row.group == group && row.kind == kind)
        .and_then(|row| row.replacement);
    in_group.or_else(|| {
        let mut served: Vec<_> = types::kinds().filter(|(.., name)| *name == kind).collect();
        served.sort_by_key(|(known, version, _)| (*known != group, std::cmp::Reverse(*version)));
        served
            .first()
            .map(|(known, version, _)| types::api_version(known, version))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(api_version: &str, kind: &str) -> Option<(Gone, Option<&'static str>)> {
        removed(api_version, kind).map(|removed| (removed.gone, removed.replacement))
    }

    #[test]
    fn removed_versions_name_their_release() {
        assert_eq!(
            gone("policy/v1beta1", "PodSecurityPolicy"),
            Some((Gone::RemovedIn("1.25"), None))
        );
        assert_eq!(
            gone("batch/v1beta1", "CronJob"),
            Some((Gone::RemovedIn("1.25"), Some("batch/v1")))
        );
        assert_eq!(
            gone("extensions/v1beta1", "Ingress"),
            Some((Gone::RemovedIn("1.22"), Some("networking.k8s.io/v1")))
        );
    }

    #[test]
    fn what_never_was_is_told_apart() {
        assert_eq!(
            gone("policy/v1", "PodSecurityPolicy"),
            Some((Gone::NeverExisted, None))
        );
        assert_eq!(
            gone("v1", "Deployment"),
            Some((Gone::NeverExisted, Some("apps/v1")))
        );
        assert_eq!(
            gone("autoscaling/v3", "HorizontalPodAutoscaler"),
            Some((Gone::NeverExisted, Some("autoscaling/v2")))
        );
    }

    #[test]
    fn served_and_foreign_kinds_are_none_of_these() {
        assert_eq!(gone("apps/v1", "Deployment"), None);
        assert_eq!(gone("argoproj.io/v1alpha1", "Application"), None);
        assert_eq!(gone("v1", "PodList"), None);
    }
}
