use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use sekisho_model::Severity;

/// Keeps an Amazon EKS estate to one threat model.
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, about, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0   nothing at or above the threshold, nothing supplied was unreadable
  1   findings at or above the threshold, or changes to make
  2   usage or configuration
  3   no such findings, but something supplied could not be judged
  4   not allowed to look
  70  a bug of sekisho";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give every control of the threat model a verdict with proof
    Check(CheckArgs),
    /// Mend what can be mended; every other byte of the files stays
    Fix(FixArgs),
    /// Say what a check or a control shows, why, and how to mend it
    Explain(ExplainArgs),
    /// List the controls of the threat model
    Controls(ControlsArgs),
    /// Work on admission policies
    Policy(PolicyArgs),
    /// Say who would be cut off by other policies, from objects and recorded requests
    #[command(after_help = REHEARSE)]
    Rehearse(RehearseArgs),
    /// Look after `sekisho.yaml`
    Config(ConfigArgs),
    /// Take a snapshot of an AWS account, for `check` to read
    Aws(AwsArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What is read and how it is judged.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Selection {
    /// Files and folders; `-` is standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Settings; the default is the nearest `sekisho.yaml` at or above the first path
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Which checks run: those that decide a control, or good order as well
    #[arg(long, value_enum)]
    pub(crate) profile: Option<Profile>,
    /// Only these checks, controls or threats
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// All but these checks, controls or threats
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Whether charts and kustomizations are rendered with the programs that are installed
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) render: Render,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    Default,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Render {
    Auto,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    En,
    Ja,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Concise,
    Json,
    Sarif,
    Junit,
    Github,
    Markdown,
    Html,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// How the report is written
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: Format,
    /// Where it is written instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The least severity that fails the run
    #[arg(long, value_parser = |word: &str| word.parse::<Severity>())]
    pub(crate) threshold: Option<Severity>,
    /// A former report (`--format json`); what it holds is known and does not count
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Show only what the baseline does not hold
    #[arg(long, requires = "baseline")]
    pub(crate) new_only: bool,
    /// Show accepted findings as well
    #[arg(long, conflicts_with = "new_only")]
    pub(crate) show_accepted: bool,
    /// Sources that must be there: kubernetes, terraform, aws, pipelines, logs, state
    #[arg(long, value_name = "SOURCE", value_delimiter = ',')]
    pub(crate) require: Vec<String>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
    /// No talk on standard error
    #[arg(long, short, action = ArgAction::SetTrue)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FixArgs {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Show the changes and write nothing
    #[arg(long)]
    pub(crate) diff: bool,
    /// Also mend what can stop a workload or cut traffic
    #[arg(long = "unsafe")]
    pub(crate) allow_unsafe: bool,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ExplainArgs {
    /// A check or a control: `privileged-container`, `T1.5`; nothing lists all
    pub(crate) id: Option<String>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ControlsArgs {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether a settings file can be used
    Check {
        /// The file
        #[arg(default_value = "sekisho.yaml")]
        file: PathBuf,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Run the suites of Gatekeeper templates and constraints
    #[command(after_help = POLICY_TEST_CODES)]
    Test(PolicyTestArgs),
    /// Say what policies decide about objects and admission reviews
    #[command(after_help = POLICY_EVAL)]
    Eval(PolicyEvalArgs),
    /// Say what is wrong with policies: refused ones, halves without the other half, constraints that match nothing
    #[command(after_help = POLICY_LINT)]
    Lint(PolicyLintArgs),
    /// Judge pods by one level and version of Pod Security
    #[command(after_help = POD_SECURITY)]
    PodSecurity(PodSecurityArgs),
}

const REHEARSE: &str = "\
Examples:
  sekisho rehearse --from policies/ --to proposed/ --recordings recordings/ manifests/
  sekisho rehearse --namespace shop --pod-security restricted --recordings admission.jsonl cluster.json
  sekisho rehearse --constraint K8sOurRegistry/all --action deny manifests/

Recordings are AdmissionReviews, or events of the API server's audit log at the level RequestResponse: one on each line of
`*.jsonl`, `*.ndjson` and `*.log`, or in YAML and JSON. Without `--from`, the policies are those among the objects.

Exit codes:
  0   nothing is newly denied
  1   something is newly denied
  2   usage
  3   nothing is newly denied, but something could not be read or told";

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RehearseArgs {
    /// Objects that are there: files and folders, `kubectl get -A -o json`; `-` is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The policies that are in force
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Vec<PathBuf>,
    /// The policies that are proposed
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Vec<PathBuf>,
    /// Recorded requests
    #[arg(long, value_name = "PATH")]
    pub(crate) recordings: Vec<PathBuf>,
    /// One constraint that changes its action
    #[arg(long, value_name = "KIND/NAME", conflicts_with_all = ["vap", "namespace", "to"])]
    pub(crate) constraint: Option<String>,
    /// One ValidatingAdmissionPolicy whose bindings change their action
    #[arg(long, value_name = "NAME", conflicts_with_all = ["namespace", "to"])]
    pub(crate) vap: Option<String>,
    /// deny, warn or dryrun of a constraint; Deny, Warn or Audit of a binding
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<String>,
    /// One namespace that enforces another level of Pod Security
    #[arg(long, value_name = "NAME", conflicts_with = "to")]
    pub(crate) namespace: Option<String>,
    /// That level
    #[arg(long, value_name = "LEVEL[:VERSION]", requires = "namespace")]
    pub(crate) pod_security: Option<String>,
    /// Leave a record of the rehearsal in this folder, such as `.sekisho/records`
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// How the outcome is written
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: RehearseFormat,
    /// Where it is written instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RehearseFormat {
    Human,
    Json,
    Markdown,
}

const POLICY_EVAL: &str = "\
Policies are Gatekeeper templates, constraints and expansions, ValidatingAdmissionPolicies with their bindings, and Pod
Security by the labels of Namespaces. What stands beside them may be looked up: Namespaces, parameters, roles, inventory.
Objects of built-in kinds get their defaults first, as on the way into a cluster; reviews are taken as they are.

Exit codes:
  0   all allowed
  1   something was denied
  2   usage
  3   nothing was denied, but something could not be read, or a policy is refused";

const POLICY_LINT: &str = "\
Exit codes:
  0   nothing is wrong
  1   something is wrong
  2   usage
  3   nothing is wrong, but something could not be read";

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PolicyLintArgs {
    /// Files and folders of policies
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How the outcome is written
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: PolicyFormat,
    /// Where it is written instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

const POD_SECURITY: &str = "\
Exit codes:
  0   nothing is forbidden
  1   something is forbidden
  2   usage
  3   nothing is forbidden, but something could not be read";

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PolicyEvalArgs {
    /// Files and folders of policies, and of what they look up
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) policies: Vec<PathBuf>,
    /// Objects and AdmissionReviews: YAML, JSON or JSON Lines; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// Who creates the objects that are no reviews
    #[arg(long = "as", value_name = "USER", default_value = "admin")]
    pub(crate) user: String,
    /// The groups of that user
    #[arg(
        long = "as-group",
        value_name = "GROUP",
        value_delimiter = ',',
        default_value = "system:masters,system:authenticated"
    )]
    pub(crate) groups: Vec<String>,
    /// How the outcome is written
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: PolicyFormat,
    /// Where it is written instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PodSecurityArgs {
    /// `privileged`, `baseline` or `restricted`
    #[arg(long)]
    pub(crate) level: String,
    /// `latest`, or a version such as `v1.31`
    #[arg(long = "version", value_name = "VERSION", default_value = "latest")]
    pub(crate) pod_version: String,
    /// Pods, what makes pods, and AdmissionReviews of them: YAML, JSON or JSON Lines; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// How the outcome is written
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: PolicyFormat,
    /// Where it is written instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyFormat {
    Human,
    Json,
}

const POLICY_TEST_CODES: &str = "\
Exit codes:
  0   all cases passed
  1   a case failed
  2   usage
  3   no case failed, but a suite, template, constraint or object could not be read or evaluated";

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PolicyTestArgs {
    /// Suites (`kind: Suite` of `test.gatekeeper.sh`), and folders that are searched for them
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Only tests and cases whose name matches: `EXPRESSION`, or `TEST//CASE`
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) run: Option<String>,
    /// How the outcome is written
    #[arg(long, value_enum, default_value = "human")]
    pub(crate) format: PolicyTestFormat,
    /// Where it is written instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Language of texts; the default comes from LANG
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyTestFormat {
    Human,
    Json,
    Junit,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct AwsArgs {
    #[command(subcommand)]
    pub(crate) command: AwsCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum AwsCommand {
    /// Print the script that takes a snapshot: bash and the AWS CLI v2, read-only calls
    #[command(after_help = SNAPSHOT)]
    SnapshotScript {
        /// Regions that the script asks when its own `--regions` names none; the default is the AWS CLI's region
        #[arg(long, value_name = "REGION", value_delimiter = ',')]
        regions: Vec<String>,
    },
    /// Print the IAM policy with the least rights that the script needs
    SnapshotPolicy {
        /// The account that it is for, twelve digits; the default is any
        #[arg(
            long,
            value_name = "ACCOUNT",
            default_value = "*",
            hide_default_value = true
        )]
        account: String,
        /// The partition of its ARNs
        #[arg(long, default_value = "aws", value_parser = ["aws", "aws-cn", "aws-us-gov"])]
        partition: String,
    },
}

const SNAPSHOT: &str = "\
Example:
  sekisho aws snapshot-script >snapshot.sh
  bash snapshot.sh --regions ap-northeast-1,us-east-1 --out aws-snapshot
  sekisho check --require aws aws-snapshot";
