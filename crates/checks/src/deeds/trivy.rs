use super::scanners::Act;
use super::shell::Command;
use super::{Deed, Soft};

/// trivy 0.50 and later: `--exit-code` is 0 unless given, so findings are printed and nothing more.
pub(super) fn of_command(command: &Command) -> Vec<Act> {
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
