use std::borrow::Cow;
use std::fmt;

use sekisho_text::Route;

use super::checks;
use super::level::Level;
use super::pod::Pod;
use super::version::Version;

/// The id of the finding that is not upstream's: a pod that the server would refuse before any check.
pub const SHAPE: &str = "shape";

/// One failed check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Upstream's check id, such as `privileged`, or [`SHAPE`].
    pub check: &'static str,
    /// What is forbidden, in the server's words.
    pub reason: String,
    /// By whom and how, in the server's words.
    pub detail: String,
    /// The places that violate, from the pod (`metadata…`, `spec…`); for something missing, where it should be set.
    pub routes: Vec<Route>,
}

impl fmt::Display for Violation {
    /// As the server writes one check in its message.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.reason)?;
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(out, " ({})", self.detail)
    }
}

/// What one check says of one pod.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) reason: Cow<'static, str>,
    pub(super) detail: String,
    pub(super) routes: Vec<Route>,
}

/// One check of a level, from its first version on. Later switches are the check's own business.
struct Check {
    id: &'static str,
    level: Level,
    since: u16,
    /// The baseline check that this restricted one stands in for.
    instead_of: Option<&'static str>,
    run: fn(&Pod<'_>, u16) -> Option<Finding>,
}

const fn baseline(
    id: &'static str,
    since: u16,
    run: fn(&Pod<'_>, u16) -> Option<Finding>,
) -> Check {
    Check {
        id,
        level: Level::Baseline,
        since,
        instead_of: None,
        run,
    }
}

const fn restricted(
    id: &'static str,
    since: u16,
    instead_of: Option<&'static str>,
    run: fn(&Pod<'_>, u16) -> Option<Finding>,
) -> Check {
    Check {
        id,
        level: Level::Restricted,
        since,
        instead_of,
        run,
    }
}

/// All checks in the server's order: baseline before restricted, each by id in byte order.
static CHECKS: [Check; 19] = [
    baseline("appArmorProfile", 0, checks::app_armor::judge),
    baseline(
        "capabilities_baseline",
        0,
        checks::capabilities::judge_baseline,
    ),
    baseline("hostNamespaces", 0, checks::host_namespaces::judge),
    baseline("hostPathVolumes", 0, checks::volumes::judge_baseline),
    baseline("hostPorts", 0, checks::host_ports::judge),
    baseline("hostProbesAndHostLifecycle", 34, checks::probe_hosts::judge),
    baseline("privileged", 0, checks::privileged::judge),
    baseline("procMount", 0, checks::proc_mount::judge_baseline),
    baseline("seLinuxOptions", 0, checks::se_linux::judge),
    baseline(
        "seccompProfile_baseline",
        0,
        checks::seccomp::judge_baseline,
    ),
    baseline("sysctls", 0, checks::sysctls::judge),
    baseline("windowsHostProcess", 0, checks::windows_host_process::judge),
    restricted(
        "allowPrivilegeEscalation",
        8,
        None,
        checks::privilege_escalation::judge,
    ),
    restricted(
        "capabilities_restricted",
        22,
        Some("capabilities_baseline"),
        checks::capabilities::judge_restricted,
    ),
    restricted(
        "procMount_restricted",
        35,
        Some("procMount"),
        checks::proc_mount::judge_restricted,
    ),
    restricted(
        "restrictedVolumes",
        0,
        Some("hostPathVolumes"),
        checks::volumes::judge_restricted,
    ),
    restricted("runAsNonRoot", 0, None, checks::run_as::judge_non_root),
    restricted("runAsUser", 23, None, checks::run_as::judge_user),
    restricted(
        "seccompProfile_restricted",
        19,
        Some("seccompProfile_baseline"),
        checks::seccomp::judge_restricted,
    ),
];

/// Upstream's ids of all checks, in the server's order.
pub static CHECK_IDS: [&str; 19] = {
    let mut ids = [""; 19];
    let mut rest: &[Check] = &CHECKS;
    let mut left: &mut [&str] = &mut ids;
    while let ([check, checks @ ..], [id, more @ ..]) = (rest, left) {
        *id = check.id;
        rest = checks;
        left = more;
    }
    ids
};

/// The checks of a level that a server of Kubernetes 1.`newest` has and a namespace pinned to an older version goes
/// without, by id. `procMount_restricted` is none of them: before it, the baseline check forbade the same.
pub fn later_checks(level: Level, version: Version, newest: u16) -> Vec<&'static str> {
    let minor = version.rules_on(newest);
    CHECKS
        .iter()
        .filter(|check| check.level <= level && check.since <= newest && check.since > minor)
        .map(|check| check.id)
        .filter(|id| *id != "procMount_restricted")
        .collect()
}

impl Pod<'_> {
    /// What a server of Kubernetes 1.`newest` finds in this pod, in its order; empty means allowed.
    pub fn evaluate(&self, level: Level, version: Version, newest: u16) -> Vec<Violation> {
        if level == Level::Privileged {
            return Vec::new();
        }
        let minor = version.rules_on(newest);
        let active = |check: &&Check| check.level <= level && check.since <= minor;
        let replaced = |id: &str| {
            CHECKS
                .iter()
                .filter(active)
                .any(|other| other.instead_of == Some(id))
        };
        let checked = CHECKS
            .iter()
            .filter(active)
            .filter(|check| !replaced(check.id))
            .filter_map(|check| {
                let finding = (check.run)(self, minor)?;
                Some(Violation {
                    check: check.id,
                    reason: finding.reason.into_owned(),
                    detail: finding.detail,
                    routes: finding.routes,
                })
            });
        self.misshapen().into_iter().chain(checked).collect()
    }

    /// The finding for fields that the server could not decode or would refuse.
    fn misshapen(&self) -> Option<Violation> {
        if self.faults.is_empty() {
            return None;
        }
        let details: Vec<String> = self
            .faults
            .iter()
            .map(|(route, what)| match route.steps() {
                [] => format!("the pod {what}"),
                _ => format!("{route} {what}"),
            })
            .collect();
        Some(Violation {
            check: SHAPE,
            reason: "not a pod that the server accepts".to_owned(),
            detail: details.join("; "),
            routes: self.faults.keys().cloned().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_version_lacks_the_later_checks() {
        let lacks = |minor| later_checks(Level::Restricted, Version::Minor(minor), 36);
        assert_eq!(lacks(36), [""; 0]);
        assert_eq!(lacks(40), [""; 0]);
        assert_eq!(lacks(30), ["hostProbesAndHostLifecycle"]);
        assert!(lacks(18).contains(&"capabilities_restricted"));
        assert_eq!(
            later_checks(Level::Restricted, Version::Minor(28), 33),
            [""; 0]
        );
    }
}
