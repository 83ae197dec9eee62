//! What keeps a namespace from enforcing `restricted`.

use sekisho_model::{Fix, Phrase, Severity, phrase};
use sekisho_policy::pod_security::{
    LABEL_PREFIX, LabelError, Level, NamespaceLabels, Policy, later_checks,
};
use sekisho_text::{Route, Step};
use serde_json::{Map, Value};

/// The label that enforces.
pub(super) const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// Why pods are not held to `restricted`, and where.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) place: Route,
    /// What is said of the namespace, after its name.
    pub(super) message: Phrase,
    pub(super) severity: Severity,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A label's level or version must be another.
    Value,
    /// A label must have another name.
    Name,
    /// The label is missing.
    Missing,
}

/// The gap in these labels, on a server of Kubernetes 1.`newest`; `None` when `restricted` is enforced.
pub(super) fn gap(labels: &Map<String, Value>, newest: u16) -> Option<Gap> {
    // EKS does not let anybody configure the defaults of its API servers: without labels everything is allowed.
    let read = NamespaceLabels::parse(labels, &Policy::default());
    if let Some(error) = read.errors.first() {
        return Some(unreadable(error));
    }
    let stance = read.policy.enforce;
    if read.enforce_is_set && stance.level == Level::Restricted {
        return old_version(stance.version, newest);
    }
    if read.enforce_is_set {
        let level = stance.level;
        let message = match level {
            Level::Privileged => phrase!(
                en: "enforces `privileged`, which forbids nothing",
                ja: "`privileged` を強制しているが、これは何も禁じない",
            ),
            _ => phrase!(
                en: "enforces `{level}` only: pods may run as root, gain privileges and keep the default capabilities",
                ja: "強制しているのは `{level}` だけである。root での実行・権限昇格・既定のケーパビリティが許される",
            ),
        };
        let severity = match level {
            Level::Privileged => Severity::High,
            _ => Severity::Medium,
        };
        return Some(Gap {
            place: label(ENFORCE),
            message,
            severity,
            kind: Kind::Value,
        });
    }
    let misspelt = read.unknown.into_iter().find(|it| it.nearest == ENFORCE);
    if let Some(misspelt) = misspelt {
        let written = misspelt.label;
        return Some(Gap {
            place: misspelt.route,
            message: phrase!(
                en: "carries `{written}`, which means nothing to Kubernetes (`{ENFORCE}` does): every pod is admitted",
                ja: "ラベル `{written}` は Kubernetes にとって意味を持たず (正しくは `{ENFORCE}`)、すべての Pod が許可される",
            ),
            severity: Severity::High,
            kind: Kind::Name,
        });
    }
    let told = ["warn", "audit"]
        .map(|mode| format!("{LABEL_PREFIX}{mode}"))
        .into_iter()
        .find(|name| labels.contains_key(name));
    let (place, message) = match told {
        Some(name) => (
            label(name),
            phrase!(
                en: "only warns or audits: every pod is admitted, privileged ones too",
                ja: "警告や監査だけであり、特権 Pod を含むすべての Pod が許可される",
            ),
        ),
        None => (
            label(ENFORCE),
            phrase!(
                en: "has no label `{ENFORCE}`: every pod is admitted, privileged ones too",
                ja: "ラベル `{ENFORCE}` がなく、特権 Pod を含むすべての Pod が許可される",
            ),
        ),
    };
    Some(Gap {
        place,
        message,
        severity: Severity::High,
        kind: Kind::Missing,
    })
}

/// A value that the API server refuses, with the whole object.
fn unreadable(error: &LabelError) -> Gap {
    let (name, value) = (&error.label, &error.value);
    Gap {
        place: error.route.clone(),
        message: phrase!(
            en: "is refused by the API server: {value} is no value of `{name}`",
            ja: "{value} は `{name}` の値ではなく、API サーバーに拒否される",
        ),
        severity: Severity::High,
        kind: Kind::Value,
    }
}

/// Rules that came later than the version a namespace is pinned to.
fn old_version(version: sekisho_policy::pod_security::Version, newest: u16) -> Option<Gap> {
    let later = later_checks(Level::Restricted, version, newest);
    if later.is_empty() {
        return None;
    }
    let without = later.join("`, `");
    Some(Gap {
        place: label(format!("{ENFORCE}-version")),
        message: phrase!(
            en: "enforces the rules of {version}, which lack `{without}`",
            ja: "{version} の規則を強制しており、`{without}` が欠けている",
        ),
        severity: Severity::Medium,
        kind: Kind::Value,
    })
}

/// Closes a gap.
pub(super) fn mend(gap: &Gap, is_safe: bool, labels: &Map<String, Value>) -> Fix {
    let title = Phrase::new("Enforce restricted", "restricted を強制する");
    let fix = if is_safe {
        Fix::safe(title)
    } else {
        Fix::risky(title)
    };
    let name = match gap.place.last() {
        Some(Step::Key(name)) => name.as_ref(),
        _ => "",
    };
    let says_restricted = labels.get(name).and_then(Value::as_str) == Some("restricted");
    match gap.kind {
        Kind::Name if says_restricted => fix.rename(gap.place.clone(), ENFORCE),
        Kind::Value if name.ends_with("-version") => fix.set(gap.place.clone(), "latest"),
        Kind::Value => fix.set(gap.place.clone(), "restricted"),
        Kind::Name | Kind::Missing => fix.set(label(ENFORCE), "restricted"),
    }
}

fn label(name: impl Into<std::borrow::Cow<'static, str>>) -> Route {
    Route::of("metadata.labels").key(name)
}
