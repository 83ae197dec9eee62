use sekisho_text::Route;
use serde_json::{Map, Value};

use super::level::Level;
use super::nearest::{mistakes, nearest};
use super::version::Version;

/// Where all labels of Pod Security begin.
pub const LABEL_PREFIX: &str = "pod-security.kubernetes.io/";

/// The six labels that mean something, without the prefix.
const NAMES: [&str; 6] = [
    "enforce",
    "enforce-version",
    "audit",
    "audit-version",
    "warn",
    "warn-version",
];

/// A level with the version of its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stance {
    /// The level.
    pub level: Level,
    /// The version of its rules.
    pub version: Version,
}

/// What a namespace asks for, mode by mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Violating pods are refused.
    pub enforce: Stance,
    /// Violations are written to the audit log.
    pub audit: Stance,
    /// Violations are told to the client.
    pub warn: Stance,
}

impl Default for Policy {
    /// A server without configuration: nothing is forbidden.
    fn default() -> Self {
        let open = Stance {
            level: Level::Privileged,
            version: Version::Latest,
        };
        Self {
            enforce: open,
            audit: open,
            warn: open,
        }
    }
}

/// A label whose value the server refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metadata.labels[{label}]: Invalid value: {value}: {must}")]
pub struct LabelError {
    /// The whole name of the label.
    pub label: String,
    /// The value as JSON.
    pub value: Value,
    /// What it must be, in the server's words.
    pub must: String,
    /// The place, from the namespace.
    pub route: Route,
}

/// A label that looks like one of Pod Security's but protects nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The whole name as written.
    pub label: String,
    /// The nearest whole name that means something.
    pub nearest: String,
    /// The place, from the namespace.
    pub route: Route,
}

/// The labels of a namespace as the server understands them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceLabels {
    /// The policy in force. It is valid even with errors: an unreadable `enforce` is restricted, an unreadable `audit` or
    /// `warn` is privileged, an unreadable version is `latest`.
    pub policy: Policy,
    /// Values that the server refuses when the namespace is created or these labels change.
    pub errors: Vec<LabelError>,
    /// Labels without meaning that resemble those with one.
    pub unknown: Vec<UnknownLabel>,
    /// Whether `enforce` is set and readable, that is, not the server's default.
    pub enforce_is_set: bool,
}

impl NamespaceLabels {
    /// Reads `metadata.labels` of a namespace on a server with these defaults (`PolicyToEvaluate`).
    pub fn parse(labels: &Map<String, Value>, defaults: &Policy) -> Self {
        let mut errors = Vec::new();
        let mut policy = *defaults;
        let mut level_of = |name, unreadable| read(labels, name, unreadable, &mut errors);
        let enforce: Option<Reading<Level>> = level_of("enforce", Level::Restricted);
        let audit = level_of("audit", Level::Privileged);
        let warn = level_of("warn", Level::Privileged);
        let mut version_of = |name| read(labels, name, Version::Latest, &mut errors);
        let enforce_version: Option<Reading<Version>> = version_of("enforce-version");
        let audit_version = version_of("audit-version");
        let warn_version = version_of("warn-version");

        set(&mut policy.enforce.level, enforce);
        set(&mut policy.enforce.version, enforce_version);
        set(&mut policy.audit.level, audit);
        set(&mut policy.audit.version, audit_version);
        set(&mut policy.warn.level, warn);
        set(&mut policy.warn.version, warn_version);

        let enforce_is_set = enforce.is_some_and(|reading| reading.valid);
        // What is enforced is also told, unless `warn` says otherwise.
        if warn.is_none() && enforce_is_set && policy.enforce.level > policy.warn.level {
            policy.warn.level = policy.enforce.level;
            if warn_version.is_none() {
                policy.warn.version = policy.enforce.version;
            }
        }
        errors.sort_by_key(|error| NAMES.iter().position(|name| is_label(&error.label, name)));
        Self {
            policy,
            errors,
            unknown: labels.keys().filter_map(|label| unknown(label)).collect(),
            enforce_is_set,
        }
    }
}

#[derive(Clone, Copy)]
struct Reading<T> {
    value: T,
    valid: bool,
}

fn set<T>(target: &mut T, reading: Option<Reading<T>>) {
    if let Some(reading) = reading {
        *target = reading.value;
    }
}

fn read<T>(
    labels: &Map<String, Value>,
    name: &str,
    unreadable: T,
    errors: &mut Vec<LabelError>,
) -> Option<Reading<T>>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let label = format!("{LABEL_PREFIX}{name}");
    let value = labels.get(&label)?;
    let must = match value {
        Value::String(text) => match text.parse() {
            Ok(value) => return Some(Reading { value, valid: true }),
            Err(error) => error.to_string(),
        },
        // A null in a map of strings is the empty string to the server's decoder, which is no level and no version.
        Value::Null => match "".parse::<T>() {
            Ok(value) => return Some(Reading { value, valid: true }),
            Err(error) => error.to_string(),
        },
        _ => "must be a string".to_owned(),
    };
    errors.push(LabelError {
        route: Route::of("metadata.labels").key(label.clone()),
        label,
        value: value.clone(),
        must,
    });
    Some(Reading {
        value: unreadable,
        valid: false,
    })
}

fn is_label(label: &str, name: &str) -> bool {
    label.strip_prefix(LABEL_PREFIX) == Some(name)
}

/// A label in Pod Security's own domain that is none of the six, or one of the six in a domain mistyped by at most two
/// letters or shortened to `k8s.io`.
fn unknown(label: &str) -> Option<UnknownLabel> {
    let (domain, name) = label.split_once('/')?;
    let own = LABEL_PREFIX.trim_end_matches('/');
    let (right, wrong) = nearest(name, &NAMES)?;
    let mistaken = if domain == own {
        wrong > 0
    } else {
        wrong == 0 && (mistakes(domain, own) <= 2 || domain == "pod-security.k8s.io")
    };
    mistaken.then(|| UnknownLabel {
        label: label.to_owned(),
        nearest: format!("{LABEL_PREFIX}{right}"),
        route: Route::of("metadata.labels").key(label.to_owned()),
    })
}
