//! AuthorizationPolicy rules: what they ask of a caller, and how wide they are.

use sekisho_model::{Fields, Object};
use serde_json::Value;

use crate::network::addresses::AddressSet;

/// What a policy does with a request that one of its rules matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// It may pass, and what no rule of any such policy matches may not.
    Allow,
    /// It may not pass.
    Deny,
    /// Somebody else is asked, or it is noted: neither lets anything in by itself.
    Other,
}

/// The action of a policy; ALLOW where none is written.
pub(crate) fn action(policy: &Object) -> Action {
    match policy.value.text("spec.action") {
        None | Some("" | "ALLOW") => Action::Allow,
        Some("DENY") => Action::Deny,
        Some(_) => Action::Other,
    }
}

/// True for a policy that is only tried out: it logs what it would do and decides nothing.
pub(crate) fn is_dry_run(policy: &Object) -> bool {
    matches!(
        policy.annotation("istio.io/dry-run"),
        Some("true" | "True" | "TRUE" | "t" | "T" | "1")
    )
}

/// The rules of a policy that can match at all: Istio skips a null among them.
pub(crate) fn rules(policy: &Object) -> impl Iterator<Item = (usize, &Value)> {
    policy
        .value
        .items("spec.rules")
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.is_object())
}

/// The sources that a rule lists.
pub(crate) fn sources(rule: &Value) -> impl Iterator<Item = (usize, &Value)> {
    rule.items("from")
        .iter()
        .enumerate()
        .map(|(number, from)| (number, from.at("source").unwrap_or(&Value::Null)))
}

/// The operations that a rule lists.
pub(crate) fn operations(rule: &Value) -> impl Iterator<Item = (usize, &Value)> {
    rule.items("to")
        .iter()
        .enumerate()
        .map(|(number, to)| (number, to.at("operation").unwrap_or(&Value::Null)))
}

/// The texts of a list.
pub(crate) fn texts<'v>(value: &'v Value, field: &str) -> impl Iterator<Item = &'v str> {
    value.items(field).iter().filter_map(Value::as_str)
}

/// Whom a rule lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Callers {
    /// Somebody who is named, or who brings a token.
    Named,
    /// Every workload of the mesh.
    AnyWorkload,
    /// Everybody, also without an identity.
    Anybody,
}

/// Whom a rule lets in: the widest of its sources, as far as its conditions do not narrow it.
pub(crate) fn callers(rule: &Value) -> Callers {
    let by_source = sources(rule)
        .map(|(_, source)| source_callers(source))
        .max()
        .unwrap_or(Callers::Anybody);
    let by_condition = rule
        .items("when")
        .iter()
        .map(condition_callers)
        .min()
        .unwrap_or(Callers::Anybody);
    by_source.min(by_condition)
}

/// All fields of a source must hold, so the narrowest counts. What only excludes (`notPrincipals` …) lets in everybody
/// else, those without an identity among them.
fn source_callers(source: &Value) -> Callers {
    let present = |field: &str| texts(source, field).next().is_some();
    let mut found = Callers::Anybody;
    if present("requestPrincipals") || present("serviceAccounts") {
        found = Callers::Named;
    }
    if present("trustDomains") {
        found = found.min(Callers::AnyWorkload);
    }
    for field in ["principals", "namespaces"] {
        if present(field) {
            let is_wide = texts(source, field).any(|pattern| names_nobody(field, pattern));
            found = found.min(if is_wide {
                Callers::AnyWorkload
            } else {
                Callers::Named
            });
        }
    }
    for field in ["ipBlocks", "remoteIpBlocks"] {
        if present(field) && !AddressSet::of_cidrs(texts(source, field)).covers_internet() {
            found = Callers::Named;
        }
    }
    found
}

/// Whether a pattern takes in workloads of every namespace.
fn names_nobody(field: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        None => false,
        Some("") => true,
        Some(_) if field == "namespaces" => false,
        Some(start) => match start.split_once("/ns/") {
            None => true,
            Some((_, namespace)) => namespace.is_empty(),
        },
    }
}

fn condition_callers(condition: &Value) -> Callers {
    let key = condition.text("key").unwrap_or("");
    let values: Vec<&str> = texts(condition, "values").collect();
    if values.is_empty() {
        return Callers::Anybody;
    }
    match key {
        "source.principal" if values.iter().any(|value| names_nobody("principals", value)) => {
            Callers::AnyWorkload
        }
        "source.namespace" if values.contains(&"*") => Callers::AnyWorkload,
        "source.ip" | "remote.ip"
            if AddressSet::of_cidrs(values.iter().copied()).covers_internet() =>
        {
            Callers::Anybody
        }
        // These speak of the called side.
        _ if key.starts_with("destination.") || key == "connection.sni" => Callers::Anybody,
        _ => Callers::Named,
    }
}

/// What a rule lets callers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Paths that are named.
    Paths,
    /// A port, a host or a method as a whole.
    Part,
    /// Everything.
    Everything,
}

/// What a rule lets callers do: the widest of its operations.
pub(crate) fn reach(rule: &Value) -> Reach {
    operations(rule)
        .map(|(_, operation)| {
            let is_named = |field: &str| {
                let mut found = texts(operation, field).peekable();
                found.peek().is_some()
                    && !found.any(|value| matches!(value, "*" | "/*" | "/**" | "/{**}"))
            };
            if is_named("paths") {
                Reach::Paths
            } else if ["ports", "hosts", "methods"]
                .iter()
                .any(|field| is_named(field))
            {
                Reach::Part
            } else {
                Reach::Everything
            }
        })
        .max()
        .unwrap_or(Reach::Everything)
}

/// True for a rule that lets everybody do everything, so that no default deny is left.
pub(crate) fn is_open(rule: &Value) -> bool {
    callers(rule) == Callers::Anybody && reach(rule) == Reach::Everything
}

/// True for a rule that a request without a token cannot match.
pub(crate) fn needs_token(rule: &Value) -> bool {
    let by_condition = rule.items("when").iter().any(|condition| {
        condition
            .text("key")
            .is_some_and(|key| key.starts_with("request.auth."))
            && texts(condition, "values").next().is_some()
    });
    let mut all = sources(rule).peekable();
    let by_source = all.peek().is_some()
        && all.all(|(_, source)| texts(source, "requestPrincipals").next().is_some());
    by_condition || by_source
}
