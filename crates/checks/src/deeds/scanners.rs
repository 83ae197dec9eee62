//! What scanners look at, and whether what they find fails the step.

use super::shell::Command;
use super::{Deed, Soft, trivy};

/// What a command or an action does, before its surroundings are known.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) deed: Deed,
    pub(super) soft: Option<Soft>,
    /// It hangs on something that was not read.
    pub(super) is_unclear: bool,
}

impl Act {
    pub(super) fn of(deed: Deed) -> Self {
        Self {
            deed,
            soft: None,
            is_unclear: false,
        }
    }

    pub(super) fn soft(deed: Deed, soft: Option<Soft>) -> Self {
        Self {
            deed,
            soft,
            is_unclear: false,
        }
    }

    pub(super) fn all(deeds: &[Deed]) -> Vec<Self> {
        deeds.iter().copied().map(Self::of).collect()
    }
}

/// An option that makes findings fail the step, and is off unless given.
fn needs(option: &'static str, value: &'static str) -> Soft {
    Soft::Option {
        option,
        value,
        is_given: false,
    }
}

/// An option that is given and keeps findings from failing the step.
fn off(option: &'static str) -> Soft {
    Soft::Option {
        option,
        value: "",
        is_given: true,
    }
}

/// What a scanner does; empty for any other program.
pub(super) fn of_command(command: &Command) -> Vec<Act> {
    let configuration = [Deed::ScansConfiguration, Deed::JudgesPolicy];
    let both = |soft: Option<Soft>| {
        configuration
            .iter()
            .map(|deed| Act::soft(*deed, soft.clone()))
            .collect()
    };
    let sub = command.plain().next().unwrap_or("");
    match command.program() {
        "trivy" => trivy::of_command(command),
        "grype" => {
            let given = command
                .option("--fail-on")
                .or_else(|| command.option("-f"))
                .is_some();
            let given = given || command.variables.contains_key("GRYPE_FAIL_ON_SEVERITY");
            let soft = if given {
                None
            } else {
                Some(needs("--fail-on", "high"))
            };
            let deed = if sub.starts_with("dir:") || sub == "." {
                Deed::ScansDependencies
            } else {
                Deed::ScansImage
            };
            vec![Act::soft(deed, soft)]
        }
        "snyk" => match sub {
            "test" => vec![Act::of(Deed::ScansDependencies)],
            "container" if command.plain().nth(1) == Some("test") => {
                vec![Act::of(Deed::ScansImage)]
            }
            "iac" => vec![Act::of(Deed::ScansConfiguration)],
            _ => Vec::new(),
        },
        "docker" if sub == "scout" && command.plain().any(|word| word == "cves") => {
            let is_hard = command.has("--exit-code") || command.has("-e");
            vec![Act::soft(
                Deed::ScansImage,
                if is_hard {
                    None
                } else {
                    Some(needs("--exit-code", ""))
                },
            )]
        }

        "sekisho" if sub == "check" => both(command.has("--exit-zero").then(|| off("--exit-zero"))),
        "checkov" => both(
            ["--soft-fail", "-s"]
                .into_iter()
                .find(|flag| command.has(flag))
                .map(off),
        ),
        "tfsec" => vec![Act::soft(
            Deed::ScansConfiguration,
            ["--soft-fail", "-s"]
                .into_iter()
                .find(|flag| command.has(flag))
                .map(off),
        )],
        "terrascan" if sub == "scan" => vec![Act::of(Deed::ScansConfiguration)],
        "hadolint" => vec![Act::soft(
            Deed::ScansConfiguration,
            command.has("--no-fail").then(|| off("--no-fail")),
        )],
        "kubescape" if sub == "scan" => {
            let options = [
                "--compliance-threshold",
                "--severity-threshold",
                "--fail-threshold",
                "-t",
            ];
            let given = options
                .into_iter()
                .any(|option| command.option(option).is_some());
            both(if given {
                None
            } else {
                Some(needs("--severity-threshold", "high"))
            })
        }
        "polaris" if sub == "audit" => {
            let given = command.has("--set-exit-code-on-danger")
                || command.option("--set-exit-code-below-score").is_some();
            both(if given {
                None
            } else {
                Some(needs("--set-exit-code-on-danger", ""))
            })
        }
        "conftest" if sub == "test" => both(command.has("--no-fail").then(|| off("--no-fail"))),
        name if matches!(
            (name, sub),
            ("kube-linter", "lint") | ("gator" | "datree", "test") | ("kyverno", "apply")
        ) =>
        {
            both(None)
        }
        "kics" if sub == "scan" => {
            let ignores = command
                .option("--ignore-on-exit")
                .is_some_and(|what| what == "all" || what == "results");
            both(ignores.then(|| off("--ignore-on-exit")))
        }
        "kube-score" if sub == "score" => vec![Act::of(Deed::ScansConfiguration)],
        "kube-bench" => {
            let given = command
                .option("--exit-code")
                .is_some_and(|code| code != "0");
            vec![Act::soft(
                Deed::ScansCluster,
                if given {
                    None
                } else {
                    Some(needs("--exit-code", "1"))
                },
            )]
        }
        "osv-scanner" | "govulncheck" | "pip-audit" | "bundle-audit" | "bundler-audit"
        | "cargo-audit" | "cargo-deny" => {
            vec![Act::of(Deed::ScansDependencies)]
        }
        "npm" | "yarn" | "pnpm" | "cargo" | "composer"
            if sub == "audit" || (sub == "deny" && command.plain().any(|word| word == "check")) =>
        {
            vec![Act::of(Deed::ScansDependencies)]
        }
        _ => Vec::new(),
    }
}
