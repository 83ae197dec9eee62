//! What scanners look at, and whether what they find fails the step.

use std::collections::BTreeMap;

use super::shell::Command;
use super::{Deed, Soft};

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

    fn soft(deed: Deed, soft: Option<Soft>) -> Self {
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
        "trivy" => trivy(command),
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

/// trivy 0.50 and later: `--exit-code` is 0 unless given, so findings are printed and nothing more.
fn trivy(command: &Command) -> Vec<Act> {
    let targets = [
        "image",
        "i",
        "fs",
        "filesystem",
        "repo",
        "repository",
        "config",
        "conf",
        "rootfs",
        "vm",
        "sbom",
        "k8s",
        "kubernetes",
    ];
    let Some(target) = command.plain().find(|word| targets.contains(word)) else {
        return Vec::new();
    };
    let setting = |long: &str, short: &str, variable: &str| {
        let short = (!short.is_empty()).then(|| command.option(short)).flatten();
        command
            .option(long)
            .or(short)
            .or_else(|| command.variables.get(variable).cloned())
    };
    let settings = Trivy {
        target: target.to_owned(),
        format: setting("--format", "-f", "TRIVY_FORMAT"),
        scanners: setting("--scanners", "", "TRIVY_SCANNERS")
            .or_else(|| setting("--security-checks", "", "TRIVY_SECURITY_CHECKS")),
        severity: setting("--severity", "-s", "TRIVY_SEVERITY"),
        exit_code: setting("--exit-code", "", "TRIVY_EXIT_CODE"),
        has_file: command.option("--config").is_some() || command.option("-c").is_some(),
    };
    settings.acts("--exit-code")
}

/// The settings of trivy, however they are given.
#[derive(Debug)]
pub(super) struct Trivy {
    pub(super) target: String,
    pub(super) format: Option<String>,
    pub(super) scanners: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) exit_code: Option<String>,
    /// A settings file may say more.
    pub(super) has_file: bool,
}

impl Trivy {
    pub(super) fn acts(&self, option: &'static str) -> Vec<Act> {
        let format = self.format.as_deref().unwrap_or("");
        if matches!(format, "cyclonedx" | "spdx" | "spdx-json" | "github") {
            return vec![Act::of(Deed::MakesSbom)];
        }
        let scanners = self
            .scanners
            .as_deref()
            .map(|text| text.split(',').map(str::trim).collect::<Vec<_>>());
        let looks_for = |names: &[&str], default: bool| {
            scanners.as_ref().map_or(default, |given| {
                given.iter().any(|name| names.contains(name))
            })
        };
        let mut deeds = Vec::new();
        match self.target.as_str() {
            "image" | "i" | "rootfs" | "vm" if looks_for(&["vuln"], true) => {
                deeds.push(Deed::ScansImage);
            }
            "config" | "conf" => deeds.push(Deed::ScansConfiguration),
            "fs" | "filesystem" | "repo" | "repository" | "sbom" => {
                if looks_for(&["vuln"], true) {
                    deeds.push(Deed::ScansDependencies);
                }
                if looks_for(&["misconfig", "config"], false) {
                    deeds.push(Deed::ScansConfiguration);
                }
            }
            "k8s" | "kubernetes" => deeds.push(Deed::ScansCluster),
            _ => {}
        }
        let (soft, is_unclear) = self.soft(option);
        deeds
            .into_iter()
            .map(|deed| Act {
                deed,
                soft: soft.clone(),
                is_unclear,
            })
            .collect()
    }

    fn soft(&self, option: &'static str) -> (Option<Soft>, bool) {
        let dynamic = |text: &str| text.contains('$');
        match self.exit_code.as_deref() {
            Some(code) if dynamic(code) => return (None, true),
            None if self.has_file => return (None, true),
            None => {
                return (
                    Some(Soft::Option {
                        option,
                        value: "1",
                        is_given: false,
                    }),
                    false,
                );
            }
            Some("0" | "") => {
                return (
                    Some(Soft::Option {
                        option,
                        value: "1",
                        is_given: true,
                    }),
                    false,
                );
            }
            Some(_) => {}
        }
        match self.severity.as_deref() {
            Some(given) if !dynamic(given) && !given.to_ascii_uppercase().contains("CRITICAL") => {
                (Some(Soft::Filter(given.to_owned())), false)
            }
            _ => (None, false),
        }
    }
}

/// What a scanner's action does; `with` are its inputs.
pub(super) fn of_action(
    name: &str,
    with: &dyn Fn(&str) -> Option<String>,
    environment: &BTreeMap<String, String>,
) -> Vec<Act> {
    let is = |input: &str, value: &str| {
        with(input).is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    let unclear = |input: &str| with(input).is_some_and(|given| given.contains("${{"));
    let configuration = |soft: Option<Soft>| {
        [Deed::ScansConfiguration, Deed::JudgesPolicy]
            .map(|deed| Act::soft(deed, soft.clone()))
            .to_vec()
    };
    match name {
        "aquasecurity/trivy-action" => {
            let from = |input: &str, variable: &str| {
                with(input).or_else(|| environment.get(variable).cloned())
            };
            Trivy {
                target: with("scan-type").unwrap_or_else(|| "image".to_owned()),
                format: from("format", "TRIVY_FORMAT"),
                scanners: from("scanners", "TRIVY_SCANNERS"),
                severity: from("severity", "TRIVY_SEVERITY"),
                exit_code: from("exit-code", "TRIVY_EXIT_CODE"),
                has_file: with("trivy-config").is_some(),
            }
            .acts("exit-code")
        }
        "anchore/scan-action" => {
            let soft = is("fail-build", "false").then_some(Soft::Option {
                option: "fail-build",
                value: "true",
                is_given: true,
            });
            let deed = if with("path").is_some() {
                Deed::ScansDependencies
            } else {
                Deed::ScansImage
            };
            vec![Act {
                deed,
                soft,
                is_unclear: unclear("fail-build"),
            }]
        }
        "docker/scout-action" => {
            let soft = (!is("exit-code", "true")).then_some(Soft::Option {
                option: "exit-code",
                value: "true",
                is_given: with("exit-code").is_some(),
            });
            vec![Act::soft(Deed::ScansImage, soft)]
        }
        name if name.starts_with("snyk/actions/docker") => vec![Act::of(Deed::ScansImage)],
        name if name.starts_with("snyk/actions/iac") => vec![Act::of(Deed::ScansConfiguration)],
        name if name.starts_with("snyk/actions/") && !name.ends_with("/setup") => {
            vec![Act::of(Deed::ScansDependencies)]
        }
        "bridgecrewio/checkov-action" => {
            let soft = is("soft_fail", "true").then_some(Soft::Option {
                option: "soft_fail",
                value: "false",
                is_given: true,
            });
            configuration(soft)
        }
        "stackrox/kube-linter-action"
        | "nirmata/kyverno-action"
        | "instrumenta/conftest-action"
        | "azure/manifest-lint" => configuration(None),
        "aquasecurity/tfsec-action" => {
            let soft = is("soft_fail", "true").then_some(Soft::Option {
                option: "soft_fail",
                value: "false",
                is_given: true,
            });
            vec![Act::soft(Deed::ScansConfiguration, soft)]
        }
        "checkmarx/kics-github-action" => {
            let soft = ["all", "results"]
                .into_iter()
                .any(|value| is("ignore_on_exit", value));
            configuration(soft.then_some(Soft::Option {
                option: "ignore_on_exit",
                value: "none",
                is_given: true,
            }))
        }
        "hadolint/hadolint-action" => {
            let soft = is("no-fail", "true").then_some(Soft::Option {
                option: "no-fail",
                value: "false",
                is_given: true,
            });
            vec![Act::soft(Deed::ScansConfiguration, soft)]
        }
        "kubescape/github-action" => {
            let given = with("severityThreshold")
                .or_else(|| with("complianceThreshold"))
                .or_else(|| with("failedThreshold"));
            configuration(given.is_none().then_some(Soft::Option {
                option: "severityThreshold",
                value: "high",
                is_given: false,
            }))
        }
        "actions/dependency-review-action"
        | "google/osv-scanner-action"
        | "golang/govulncheck-action"
        | "rustsec/audit-check"
        | "embarkstudios/cargo-deny-action"
        | "pypa/gh-action-pip-audit" => {
            vec![Act::of(Deed::ScansDependencies)]
        }
        _ => Vec::new(),
    }
}
