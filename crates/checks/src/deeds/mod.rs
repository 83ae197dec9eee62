//! What the jobs of pipelines do, read from the actions they use and the commands they run.

pub(crate) mod actions;
pub(crate) mod aws;
mod condition;
pub(crate) mod expression;
mod job;
mod programs;
mod scan_actions;
mod scanners;
mod settings;
pub(crate) mod shell;
mod shipping;
mod trivy;
mod words;

pub(crate) use job::JobDeeds;
pub(crate) use settings::job_commands;
pub(crate) use shell::Fate;
pub(crate) use shipping::{Deeds, PipelineDeeds, events, triggers};
pub(crate) use words::Stage;

use sekisho_text::Route;

/// One thing that a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    /// Builds a container image.
    BuildsImage,
    /// Sends an image to a registry.
    PushesImage,
    /// Looks for vulnerabilities in an image.
    ScansImage,
    /// Looks for dangerous settings in manifests or Terraform.
    ScansConfiguration,
    /// Looks for vulnerabilities in dependencies.
    ScansDependencies,
    /// Compares a cluster with a benchmark.
    ScansCluster,
    /// Judges manifests by the policies of the estate.
    JudgesPolicy,
    /// Writes an SBOM.
    MakesSbom,
    /// Signs an image.
    SignsImage,
    /// Signs an SBOM, as an attestation or with the image.
    SignsSbom,
    /// Verifies a signature or an attestation.
    Verifies,
    /// Changes what runs in a cluster or an account.
    Deploys,
    /// Sends requests along paths of the running system.
    TestsPaths,
    /// Tells people.
    Alerts,
    /// Brings back what ran before.
    RollsBack,
    /// Starts a cluster that lives as long as the job.
    StartsCluster,
    /// Runs a script whose name says that it ships, and which was not read.
    MayShip,
    /// Runs a script whose name says that it scans, and which was not read.
    MayScan,
    /// Sends commits to a Git repository.
    PushesCommits,
    /// Changes manifests in a checkout.
    EditsManifests,
}

impl Done {
    /// It changes infrastructure, not what runs in a cluster.
    pub(crate) fn is_infrastructure(&self) -> bool {
        matches!(
            self.tool.as_str(),
            "terraform" | "tofu" | "terragrunt" | "pulumi" | "cdk"
        )
    }
}

/// Why what a scan finds does not fail its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Soft {
    /// An option says so, or the one that would make it fail is missing: its name, and the value that mends it.
    Option {
        option: &'static str,
        value: &'static str,
        is_given: bool,
    },
    /// `continue-on-error` or `allow_failure`, at this place.
    Field(Route),
    /// The shell goes on.
    Shell,
    /// It looks only at findings that do not matter: the severities.
    Filter(String),
}

/// A deed with its place.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) deed: Deed,
    /// The step, by its number in the job.
    pub(crate) step: usize,
    /// The step's place: that of the job which calls another workflow.
    pub(crate) route: Route,
    /// What a failure of it does to the job.
    pub(crate) fate: Fate,
    /// Why not, where it does nothing.
    pub(crate) soft: Option<Soft>,
    /// The tool: `trivy`.
    pub(crate) tool: String,
    /// It runs for pull requests alone.
    pub(crate) is_for_review: bool,
    /// It runs when something failed.
    pub(crate) is_on_failure: bool,
    /// It stands in another file, a called workflow or action; that file's own place tells more.
    pub(crate) is_called: bool,
}
