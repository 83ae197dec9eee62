//! What a rule answers to everybody.

use sekisho_access::rbac::{BindingKind, Rule};

use super::holders::Holder;

/// How far a rule goes beyond what everybody may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// Not at all.
    Public,
    /// It tells which kinds the server has.
    Discovery,
    /// Other paths: metrics, logs of the server, debugging.
    Paths,
    /// Objects.
    Objects,
}

/// Health, version, and the keys that verify tokens, which EKS publishes anyway.
const PUBLIC: &[&str] = &[
    "/healthz",
    "/livez",
    "/readyz",
    "/version",
    "/.well-known/openid-configuration",
    "/openid/v1/jwks",
];

const DISCOVERY: &[&str] = &["/api", "/apis", "/openapi", "/swagger", "/swaggerapi"];

/// Questions about oneself.
const SELF: &[&str] = &[
    "selfsubjectaccessreviews",
    "selfsubjectrulesreviews",
    "selfsubjectreviews",
];

/// What the rule answers to this sort of everybody through a binding of this kind.
pub(super) fn answer(binding: BindingKind, rule: &Rule, sort: Holder) -> Answer {
    if rule.verbs.is_empty() {
        return Answer::Public;
    }
    let paths = rule
        .non_resource_urls
        .iter()
        .filter(|_| binding == BindingKind::ClusterRoleBinding)
        .map(|path| path_answer(path, sort))
        .max()
        .unwrap_or(Answer::Public);
    let objects = if rule.resources.is_empty() || rule.api_groups.is_empty() {
        Answer::Public
    } else if is_about_oneself(rule) {
        match sort {
            Holder::Anonymous => Answer::Discovery,
            _ => Answer::Public,
        }
    } else {
        Answer::Objects
    };
    paths.max(objects)
}

/// Whether the rule speaks of secrets alone.
pub(super) fn is_secrets_only(rule: &Rule) -> bool {
    let reads = |verb: &String| matches!(verb.as_str(), "get" | "list" | "watch");
    !rule.resources.is_empty()
        && rule.resources.iter().all(|resource| resource == "secrets")
        && rule.api_groups.iter().all(String::is_empty)
        && rule.verbs.iter().all(reads)
}

fn is_about_oneself(rule: &Rule) -> bool {
    rule.resources
        .iter()
        .all(|resource| SELF.contains(&resource.as_str()))
        && rule.verbs.iter().all(|verb| verb == "create")
}

fn path_answer(path: &str, sort: Holder) -> Answer {
    // The server trims all stars at the end and takes the rest as a prefix.
    let prefix = path.trim_end_matches('*');
    let is_under = |root: &&str| {
        prefix
            .strip_prefix(*root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if PUBLIC.iter().any(is_under) {
        Answer::Public
    } else if DISCOVERY.iter().any(is_under) {
        match sort {
            Holder::Anonymous => Answer::Discovery,
            _ => Answer::Public,
        }
    } else {
        Answer::Paths
    }
}
