use std::collections::BTreeMap;

use super::scanners::Act;
use super::trivy::Trivy;
use super::{Deed, Soft};

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
