use sekisho_model::{Fields, Object, Selector};
use serde_json::{Map, Value};

/// What a mutator is asked about.
#[derive(Debug)]
pub(super) struct Subject<'s> {
    pub(super) group: &'s str,
    pub(super) version: &'s str,
    pub(super) kind: &'s str,
    pub(super) namespace: Option<&'s str>,
    /// Absent for a pod that a workload makes.
    pub(super) name: Option<&'s str>,
    pub(super) labels: Option<&'s Map<String, Value>>,
    /// The Namespace it lives in, when the estate holds it.
    pub(super) home: Option<&'s Object>,
    pub(super) is_cluster_wide: bool,
}

/// Whether a mutator is about something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    No,
    Open,
    Yes,
}

/// For what a mutator is, in three values.
#[derive(Debug)]
pub(super) enum Rule {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// Group, version and kind by pattern.
    Kind(String, String, String),
    /// Group, version and plural resource by pattern.
    Resource(String, String, String),
    Namespaces(Vec<String>),
    NamespaceLabels(Selector),
    Names(Vec<String>),
    Labels(Selector),
    ClusterWide(bool),
    /// It cannot be decided from files.
    Open,
}

impl Rule {
    pub(super) fn always() -> Self {
        Self::All(Vec::new())
    }

    pub(super) fn never() -> Self {
        Self::Any(Vec::new())
    }

    /// A selector of a mutator; one that cannot be read, or holds Kyverno's wildcards, is open. Absent means everything.
    pub(super) fn selector(value: Option<&Value>, make: fn(Selector) -> Self) -> Self {
        match value.filter(|value| !value.is_null()) {
            None => Self::always(),
            Some(value) if value.to_string().contains(['*', '?']) => Self::Open,
            Some(value) => match Selector::read(value) {
                Some(selector) if selector.is_empty() => Self::always(),
                Some(selector) => make(selector),
                None => Self::Open,
            },
        }
    }

    pub(super) fn fits(&self, subject: &Subject<'_>) -> Fit {
        let yes = |is: bool| if is { Fit::Yes } else { Fit::No };
        match self {
            Self::All(rules) => least(rules, subject),
            Self::Any(rules) => rules
                .iter()
                .map(|rule| rule.fits(subject))
                .max()
                .unwrap_or(Fit::No),
            Self::Not(rule) => match rule.fits(subject) {
                Fit::No => Fit::Yes,
                Fit::Open => Fit::Open,
                Fit::Yes => Fit::No,
            },
            Self::Kind(group, version, kind) => yes(wildcard(group, subject.group)
                && wildcard(version, subject.version)
                && wildcard(kind, subject.kind)),
            Self::Resource(group, version, resource) => yes(wildcard(group, subject.group)
                && wildcard(version, subject.version)
                && (resource == "*/*" || wildcard(resource, &plural(subject.kind)))),
            Self::Namespaces(patterns) => match subject.namespace {
                _ if patterns.iter().any(|pattern| pattern == "*") => {
                    yes(!subject.is_cluster_wide || subject.namespace.is_some())
                }
                Some(name) => yes(patterns.iter().any(|pattern| wildcard(pattern, name))),
                None if subject.is_cluster_wide => Fit::No,
                None => Fit::Open,
            },
            Self::NamespaceLabels(selector) => match (subject.home, subject.namespace) {
                (Some(home), _) => yes(selector.matches(Some(&labels_of(home)))),
                (None, _) if subject.is_cluster_wide => Fit::Yes,
                (None, _) => Fit::Open,
            },
            Self::Names(patterns) => match subject.name {
                Some(name) => yes(patterns.iter().any(|pattern| wildcard(pattern, name))),
                None if patterns.iter().any(|pattern| pattern == "*") => Fit::Yes,
                None => Fit::Open,
            },
            Self::Labels(selector) => yes(selector.matches(subject.labels)),
            Self::ClusterWide(wanted) => yes(*wanted == subject.is_cluster_wide),
            Self::Open => Fit::Open,
        }
    }
}

fn least(rules: &[Rule], subject: &Subject<'_>) -> Fit {
    rules
        .iter()
        .map(|rule| rule.fits(subject))
        .min()
        .unwrap_or(Fit::Yes)
}

/// The labels of a Namespace, with the one that the API server sets by itself.
fn labels_of(home: &Object) -> Map<String, Value> {
    let mut labels = home
        .value
        .entries("metadata.labels")
        .cloned()
        .unwrap_or_default();
    labels.insert(
        "kubernetes.io/metadata.name".to_owned(),
        home.name.clone().into(),
    );
    labels
}

/// The plural of a kind, as the names of built-in resources are made.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    if let Some(stem) = kind.strip_suffix('y') {
        format!("{stem}ies")
    } else if kind.ends_with('s') && kind != "endpoints" {
        format!("{kind}es")
    } else {
        format!("{kind}s")
    }
}

/// A text matches a pattern in which `*` stands for any letters and `?` for one.
pub(super) fn wildcard(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut open = vec![false; pattern.len() + 1];
    mark(&pattern, &mut open, 0);
    for c in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            if open.get(at) != Some(&true) {
                continue;
            }
            if *wanted == '*' {
                mark(&pattern, &mut next, at);
            } else if *wanted == '?' || *wanted == c {
                mark(&pattern, &mut next, at + 1);
            }
        }
        open = next;
    }
    open.last() == Some(&true)
}

/// Marks a position of the pattern, and those behind the stars that follow it.
fn mark(pattern: &[char], open: &mut [bool], from: usize) {
    let mut at = from;
    loop {
        if let Some(slot) = open.get_mut(at) {
            *slot = true;
        }
        if pattern.get(at) != Some(&'*') {
            return;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        assert!(wildcard("*", ""));
        assert!(wildcard("kube-*", "kube-system"));
        assert!(wildcard("*-prod-?", "shop-prod-1"));
        assert!(!wildcard("kube-*", "my-kube-system"));
        assert!(!wildcard("", "a"));
    }

    #[test]
    fn resources_are_plurals() {
        assert_eq!(plural("NetworkPolicy"), "networkpolicies");
        assert_eq!(plural("Ingress"), "ingresses");
        assert_eq!(plural("Pod"), "pods");
    }
}
