//! Whole runs of the program: `cargo bench -p sekisho`. Prints the median of the wall time of eleven runs and the peak
//! memory (sampled each millisecond) for each case.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop where it fails and prints figures"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[path = "recordings/mod.rs"]
mod recordings;
#[path = "terraform/mod.rs"]
mod terraform;

const RUNS: usize = 11;
/// Of the run that takes half a minute.
const FEW_RUNS: usize = 1;

fn main() {
    let nowhere = tempfile::tempdir().unwrap();
    measure("--version", nowhere.path(), &["--version"]);
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    measure(
        "check examples/shop",
        &shop,
        &["check", ".", "--format", "json", "-o", "/dev/null"],
    );
    match sekisho_testkit::shared("corpus") {
        None => println!("corpus: skipped, shared/corpus is absent"),
        Some(corpus) => {
            let arguments = [
                "check",
                ".",
                "--format",
                "json",
                "-o",
                "/dev/null",
                "--render",
                "never",
            ];
            measure("check corpus (165 files, 5.8 MB)", &corpus, &arguments);
            measure(
                "check corpus, rendering with what is installed",
                &corpus,
                &arguments[..6],
            );
        }
    }
    let many = manifests(10_000);
    measure(
        "check 10,000 manifests",
        many.path(),
        &["check", ".", "--format", "json", "-o", "/dev/null"],
    );
    for (name, tree) in [
        ("check 100 Terraform modules", terraform::modules(100)),
        (
            "check a cluster in the shape of the EKS module (nested modules, 40 node groups)",
            terraform::cluster(40),
        ),
        (
            "check 10 stacks that call the EKS, VPC and IAM modules",
            terraform::well_known(10),
        ),
    ] {
        let arguments = ["check", ".", "--format", "json", "-o", "/dev/null"];
        measure(name, tree.path(), &arguments);
    }
    let recorded = recordings::rehearsal(100_000);
    measure_few(
        "rehearse 100,000 different reviews, 20 constraints from dryrun to deny",
        recorded.path(),
        &[
            "rehearse",
            "--from",
            "from",
            "--to",
            "to",
            "--recordings",
            "admission.jsonl",
            "--format",
            "json",
            "-o",
            "/dev/null",
        ],
        FEW_RUNS,
    );
}

fn measure(name: &str, folder: &Path, arguments: &[&str]) {
    measure_few(name, folder, arguments, RUNS);
}

fn measure_few(name: &str, folder: &Path, arguments: &[&str], runs: usize) {
    let mut times = Vec::new();
    let mut peak = 0;
    for _ in 0..=runs {
        let (time, memory) = once(folder, arguments);
        times.push(time);
        peak = peak.max(memory);
    }
    times.remove(0);
    times.sort();
    let median = times.get(runs / 2).copied().unwrap_or_default();
    println!(
        "{name}: {:.1} ms, peak {:.1} MB",
        median.as_secs_f64() * 1000.0,
        f64::from(peak) / 1024.0
    );
}

/// Wall time and peak resident memory in KiB.
fn once(folder: &Path, arguments: &[&str]) -> (Duration, u32) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(high_water(&status));
        std::thread::sleep(Duration::from_millis(1));
    }
    (started.elapsed(), peak)
}

fn high_water(status: &Path) -> u32 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or(0)
}

/// Deployments, Services, NetworkPolicies, Roles and bindings, in folders of a hundred files.
fn manifests(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        let name = format!("app-{}", number / 5);
        let namespace = format!("team-{}", number % 40);
        let head = |api: &str, kind: &str| {
            format!(
                "apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
            )
        };
        let text = match number % 5 {
            0 => {
                head("apps/v1", "Deployment")
                    + &format!(
                        "spec:\n  replicas: 2\n  selector:\n    matchLabels: {{app: {name}}}\n  template:\n    metadata:\n      labels: {{app: {name}}}\n    spec:\n      containers:\n        - name: web\n          image: registry.example/{name}:1.0\n          ports:\n            - containerPort: 8080\n          resources:\n            limits: {{cpu: 500m, memory: 256Mi}}\n"
                    )
            }
            1 => {
                head("v1", "Service")
                    + &format!(
                        "spec:\n  selector: {{app: {name}}}\n  ports:\n    - port: 80\n      targetPort: 8080\n"
                    )
            }
            2 => {
                head("networking.k8s.io/v1", "NetworkPolicy")
                    + "spec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n"
            }
            3 => {
                head("rbac.authorization.k8s.io/v1", "Role")
                    + "rules:\n  - apiGroups: ['']\n    resources: [pods]\n    verbs: [get, list]\n"
            }
            _ => {
                head("rbac.authorization.k8s.io/v1", "RoleBinding")
                    + &format!(
                        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: {name}\nsubjects:\n  - kind: ServiceAccount\n    name: {name}\n    namespace: {namespace}\n"
                    )
            }
        };
        let part = folder.path().join(format!("part-{}", number / 100));
        fs::create_dir_all(&part).unwrap();
        fs::write(part.join(format!("{number}.yaml")), text).unwrap();
    }
    folder
}
