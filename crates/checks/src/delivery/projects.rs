//! What an Argo CD project permits, as `pkg/apis/application/v1alpha1/app_project_types.go` decides it.
//!
//! An entry with `!` is documented as a mere refusal, but there it permits whatever it does not name (argo-cd issues 21264
//! and 26743).

use globset::GlobBuilder;
use sekisho_model::{Fields, Phrase, Severity, phrase};
use serde_json::Value;

/// The API group of Argo CD.
pub(crate) const ARGO: &str = "argoproj.io";

/// True when a pattern matches; `*` stops at `/` where the pattern is a repository's.
pub(crate) fn matches(pattern: &str, value: &str, stops_at_slash: bool) -> bool {
    pattern == "*"
        || GlobBuilder::new(pattern)
            .literal_separator(stops_at_slash)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(value))
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Hosts where anybody may have a repository of their own.
const FORGES: &[&str] = &[
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "codeberg.org",
    "gitea.com",
    "dev.azure.com",
    "ssh.dev.azure.com",
    "raw.githubusercontent.com",
    "docker.io",
    "registry-1.docker.io",
    "ghcr.io",
    "quay.io",
    "public.ecr.aws",
];

/// Why an entry of `sourceRepos` lets in repositories of strangers.
pub(crate) fn open_source(pattern: &str) -> Option<Phrase> {
    if pattern.starts_with('!') {
        return Some(phrase!(
            en: "`{pattern}` permits every repository that it does not name",
            ja: "`{pattern}` は、そこに挙げたもの以外の全リポジトリを許可する"
        ));
    }
    if !is_pattern(pattern) {
        return None;
    }
    let (host, path) = host_and_path(pattern);
    let any = phrase!(en: "`{pattern}` permits repositories of any host", ja: "`{pattern}` は任意のホストのリポジトリを許可する");
    let Some(host) = host else {
        return Some(any);
    };
    let own_domain = host
        .strip_prefix("*.")
        .is_some_and(|rest| !is_pattern(rest) && rest.contains('.'));
    if is_pattern(host) && !own_domain {
        return Some(any);
    }
    let owner = path.split('/').next().unwrap_or("");
    (FORGES.contains(&host) && is_pattern(owner)).then(|| {
        phrase!(en: "`{pattern}` permits the repositories of everybody at {host}", ja: "`{pattern}` は {host} の全利用者のリポジトリを許可する")
    })
}

/// Host and path of a repository; no host when a pattern stands where it would begin.
fn host_and_path(pattern: &str) -> (Option<&str>, &str) {
    let rest = match pattern.split_once("://") {
        Some((scheme, rest)) if !is_pattern(scheme) => rest,
        Some(_) => return (None, ""),
        None => pattern,
    };
    let rest = match rest.split_once('@') {
        Some((user, rest)) if !is_pattern(user) => rest,
        Some(_) => return (None, ""),
        None => rest,
    };
    let end = rest.find(['/', ':']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    if host.contains("**") {
        return (None, "");
    }
    (Some(host), path.get(1..).unwrap_or(""))
}

/// Why an entry of `destinations` reaches further than its team's namespaces.
pub(crate) fn open_destination(entry: &Value, own_clusters: bool) -> Option<(Severity, Phrase)> {
    let field = |name| entry.text(name).unwrap_or("");
    let (server, name, namespace) = (field("server"), field("name"), field("namespace"));
    let any = |pattern: &str, here: &str, there: &str| {
        pattern.starts_with('!')
            || (is_pattern(pattern)
                && matches(pattern, here, false)
                && matches(pattern, there, false))
    };
    let any_cluster = !own_clusters
        && (any(
            server,
            "https://kubernetes.default.svc",
            "https://other.example.com",
        ) || any(name, "in-cluster", "other"));
    let any_namespace = namespace.starts_with('!')
        || (is_pattern(namespace)
            && (matches(namespace, "kube-system", false) || matches(namespace, "argocd", false)));
    let cluster = if server.is_empty() { name } else { server };
    match (any_cluster, any_namespace) {
        (true, true) => Some((
            Severity::High,
            phrase!(en: "every namespace (`{namespace}`) of every cluster (`{cluster}`)", ja: "全クラスタ (`{cluster}`) の全 Namespace (`{namespace}`)"),
        )),
        (false, true) => Some((
            Severity::High,
            phrase!(en: "namespaces of the system too (`{namespace}` of `{cluster}`)", ja: "システムの Namespace を含む範囲 (`{cluster}` の `{namespace}`)"),
        )),
        (true, false) => Some((
            Severity::Medium,
            phrase!(en: "`{namespace}` of every cluster (`{cluster}`)", ja: "全クラスタ (`{cluster}`) の `{namespace}`"),
        )),
        (false, false) => None,
    }
}

/// True when one entry of a list of resources (`group`, `kind`) matches.
pub(crate) fn lists(entries: &[Value], group: &str, kind: &str) -> bool {
    entries.iter().any(|entry| permits(entry, group, kind))
}

/// True when an entry matches a resource.
pub(crate) fn permits(entry: &Value, group: &str, kind: &str) -> bool {
    let is = |field, value| matches(entry.text(field).unwrap_or(""), value, true);
    is("kind", kind) && is("group", group)
}

/// True when an entry names a resource by pattern, and any object of it.
pub(crate) fn is_wide(entry: &Value) -> bool {
    let field = |name| entry.text(name).unwrap_or("");
    let is_named = !matches!(field("name"), "" | "*");
    !is_named && (is_pattern(field("kind")) || is_pattern(field("group")))
}

/// True when a project lets in strangers' repositories or reaches all namespaces.
pub(crate) fn is_open(project: &Value) -> bool {
    let own_clusters = project.flag("spec.permitOnlyProjectScopedClusters") == Some(true);
    project
        .items("spec.sourceRepos")
        .iter()
        .filter_map(Value::as_str)
        .any(|pattern| open_source(pattern).is_some())
        || project
            .items("spec.destinations")
            .iter()
            .any(|entry| open_destination(entry, own_clusters).is_some())
}

/// The repositories of an Application's spec.
pub(crate) fn repositories(spec: &Value) -> Vec<&str> {
    let one = spec.text("source.repoURL").into_iter();
    let several = spec.items("sources").iter();
    one.chain(several.filter_map(|source| source.text("repoURL")))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn strangers_repositories() {
        for open in [
            "*",
            "**",
            "https://*",
            "https://*/**",
            "*://github.com/team/*",
            "https://github.com/*/*",
            "https://github.com/**",
            "git@github.com:*/*",
            "https://git*/team/*",
            "https://**.example.com/**",
            "ghcr.io/*",
            "!https://github.com/team/secret",
        ] {
            assert!(open_source(open).is_some(), "{open}");
        }
        for closed in [
            "https://github.com/team/*",
            "git@github.com:team/*.git",
            "https://*.example.com/**",
            "https://git.example.com/**",
            "oci://ghcr.io/team/*",
        ] {
            assert!(open_source(closed).is_none(), "{closed}");
        }
    }

    #[test]
    fn wide_destinations() {
        let severity = |server: &str, namespace: &str| {
            open_destination(&json!({"server": server, "namespace": namespace}), false)
                .map(|(severity, _)| severity)
        };
        let here = "https://kubernetes.default.svc";
        assert_eq!(severity("*", "*"), Some(Severity::High));
        assert_eq!(severity(here, "*-system"), Some(Severity::High));
        assert_eq!(severity(here, "!kube-system"), Some(Severity::High));
        assert_eq!(severity("https://*", "shop"), Some(Severity::Medium));
        assert_eq!(severity(here, "shop-*"), None);
        assert_eq!(severity(here, "kube-system"), None);
    }
}
