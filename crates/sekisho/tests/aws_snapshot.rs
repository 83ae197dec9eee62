//! From the script that takes a snapshot to the verdicts on it, with a double of the AWS CLI.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it fails"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A double of `aws`: it answers from files, and refuses what it has no file for.
///
/// `REGION.SERVICE.OPERATION.VALUE…` is the answer, with `.names` what a query picks; with `.throttled` beside it the first
/// call is throttled, with `.expired` the credentials have expired.
const AWS: &str = r#"#!/usr/bin/env bash
case $1 in
    --version) echo 'aws-cli/2.31.0 Python/3.13 Linux/6.1'; exit 0 ;;
    configure) exit 0 ;;
    sts) printf '111122223333\tarn:aws:sts::111122223333:assumed-role/audit/me\n'; exit 0 ;;
esac
key=$1.$2 names= region= service=$1 operation=$2
shift 2
while [ $# -gt 0 ]; do
    case $1 in
        --query) names=.names; shift ;;
        --region) region=$2; shift ;;
        --*=*) key=$key.${1#*=} ;;
    esac
    shift
done
key=$FAKE/answers/$region.${key//\//_}
printf '%s %s\n' "$service" "$operation" >>"$FAKE/log"
fails() {
    echo >&2
    echo "An error occurred ($1) when calling the Operation operation: no" >&2
    exit 254
}
[ -e "$key.expired" ] && fails ExpiredTokenException
[ -e "$key.throttled" ] && { rm "$key.throttled"; fails ThrottlingException; }
[ -e "$key$names" ] || fails AccessDeniedException
cat "$key$names"
"#;

struct Fake(tempfile::TempDir);

impl Fake {
    fn new(answers: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fake = Self(folder);
        for (name, text) in answers {
            fake.write(&format!("answers/{name}"), text);
        }
        fake.write("bin/aws", AWS);
        let aws = fake.path("bin/aws");
        fs::set_permissions(aws, fs::Permissions::from_mode(0o755)).unwrap();
        let made = sekisho(
            fake.0.path(),
            &["aws", "snapshot-script", "--regions", "eu-west-1"],
        );
        assert_eq!(made.status.code(), Some(0));
        fake.write("snapshot.sh", std::str::from_utf8(&made.stdout).unwrap());
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs the script; its folder is `out`.
    fn take(&self, arguments: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap();
        Command::new("bash")
            .arg("snapshot.sh")
            .args(arguments)
            .current_dir(self.0.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("FAKE", self.0.path())
            .output()
            .unwrap()
    }

    fn check(&self, arguments: &[&str]) -> (i32, Value) {
        let mut all = vec![
            "check",
            "out",
            "--format",
            "json",
            "--only",
            "public-endpoint",
        ];
        all.extend(arguments);
        let output = sekisho(self.0.path(), &all);
        (
            output.status.code().unwrap(),
            serde_json::from_slice(&output.stdout).unwrap(),
        )
    }
}

fn sekisho(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const CLUSTERS: (&str, &str) = (
    "eu-west-1.eks.list-clusters",
    r#"{"clusters": ["team/shop 1%", "refused", "--odd", "file:///etc/hostname"]}"#,
);
const NAMES: (&str, &str) = (
    "eu-west-1.eks.list-clusters.names",
    "team/shop 1%\trefused\t--odd\nfile:///etc/hostname\n",
);
const OPEN: &str = r#"{"cluster": {"name": "team/shop 1%", "resourcesVpcConfig": {"endpointPublicAccess": true, "publicAccessCidrs": ["0.0.0.0/0"]}}}"#;
const PRIVATE: &str = r#"{"cluster": {"name": "--odd", "resourcesVpcConfig": {"endpointPublicAccess": false, "endpointPrivateAccess": true, "publicAccessCidrs": []}}}"#;

#[test]
fn what_the_script_saves_is_judged() {
    let fake = Fake::new(&[
        CLUSTERS,
        NAMES,
        ("eu-west-1.eks.describe-cluster.team_shop 1%", OPEN),
        ("eu-west-1.eks.describe-cluster.team_shop 1%.throttled", ""),
        ("eu-west-1.eks.describe-cluster.--odd", PRIVATE),
    ]);
    let output = fake.take(&["--out", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", talk(&output));
    assert!(talk(&output).contains("refused, "), "{}", talk(&output));
    assert!(
        !talk(&output).contains(" 0 calls refused"),
        "{}",
        talk(&output)
    );
    let folder = "out/eu-west-1/eks/describe-cluster";
    assert_eq!(
        fake.text(&format!("{folder}/team%2Fshop%201%25.json")),
        OPEN
    );
    assert_eq!(fake.text(&format!("{folder}/--odd.json")), PRIVATE);
    assert_eq!(
        fake.text(&format!("{folder}/refused.error.json")),
        "{\"error\": \"AccessDeniedException\"}\n"
    );
    let manifest: Value = serde_json::from_str(&fake.text("out/sekisho-snapshot.json")).unwrap();
    assert_eq!(manifest["complete"], true);
    assert_eq!(manifest["account"], "111122223333");
    assert_eq!(manifest["regions"], serde_json::json!(["eu-west-1"]));
    let left: Vec<_> = fs::read_dir(fake.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().starts_with('.')),
        "{left:?}"
    );

    let log = fake.text("log");
    for call in log.lines() {
        let verb = call.split_once(' ').unwrap().1;
        assert!(
            ["describe-", "get-", "list-", "batch-get-"]
                .iter()
                .any(|start| verb.starts_with(start)),
            "{call}"
        );
    }
    // Every list of names is asked for once, however many calls need it.
    assert_eq!(
        log.lines()
            .filter(|line| *line == "eks list-clusters")
            .count(),
        2
    );

    let (code, report) = fake.check(&["--require", "aws"]);
    assert_eq!(code, 1);
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|finding| finding["message"]
            .as_str()
            .unwrap()
            .contains("team/shop 1%")
            || finding["location"].to_string().contains("team%2Fshop")),
        "{findings:#?}"
    );
    assert_eq!(report["unread"].as_array().unwrap().len(), 0);
    let controls = report["controls"].as_array().unwrap();
    let control = controls.iter().find(|one| one["id"] == "T1.1").unwrap();
    let evidence = control["evidence"].as_array().unwrap();
    let verdicts: Vec<&str> = evidence
        .iter()
        .map(|item| item["verdict"].as_str().unwrap())
        .collect();
    // The refused cluster, and the one whose name the CLI would have opened as a file, are unknown.
    for (verdict, count) in [("fail", 1), ("pass", 1), ("unknown", 2)] {
        assert_eq!(
            verdicts.iter().filter(|own| **own == verdict).count(),
            count,
            "{verdicts:?}"
        );
    }
}

#[test]
fn a_run_that_was_cut_short_is_told() {
    let fake = Fake::new(&[
        CLUSTERS,
        NAMES,
        ("eu-west-1.eks.describe-cluster.--odd", PRIVATE),
        ("eu-west-1.eks.describe-cluster.team_shop 1%.expired", ""),
    ]);
    let output = fake.take(&["--out=out"]);
    assert_eq!(output.status.code(), Some(1), "{}", talk(&output));
    assert!(talk(&output).contains("expired"), "{}", talk(&output));
    let (code, report) = fake.check(&[]);
    assert_eq!(code, 3);
    let told = report["unread"].to_string();
    assert!(told.contains("was not finished"), "{told}");
    // Old and new answers are never mixed.
    let again = fake.take(&["--out=out"]);
    assert_eq!(again.status.code(), Some(2), "{}", talk(&again));
}

#[test]
fn the_script_is_the_same_each_time_and_bash_can_read_it() {
    let fake = Fake::new(&[]);
    let again = sekisho(
        fake.0.path(),
        &["aws", "snapshot-script", "--regions", "eu-west-1"],
    );
    assert_eq!(again.stdout, fs::read(fake.path("snapshot.sh")).unwrap());
    let read = Command::new("bash")
        .arg("-n")
        .arg(fake.path("snapshot.sh"))
        .status()
        .unwrap();
    assert!(read.success());
    for wrong in [&["--regions", "a b"][..], &["--regions"], &["--what"]] {
        assert_eq!(fake.take(wrong).status.code(), Some(2), "{wrong:?}");
    }
    match Command::new("shellcheck")
        .arg(fake.path("snapshot.sh"))
        .output()
    {
        Ok(told) => assert!(
            told.status.success(),
            "{}",
            String::from_utf8_lossy(&told.stdout)
        ),
        Err(_) => eprintln!("skipped: shellcheck is not installed"),
    }
}

#[test]
fn a_wrong_region_or_account_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let code = |arguments: &[&str]| sekisho(folder.path(), arguments).status.code();
    assert_eq!(
        code(&["aws", "snapshot-script", "--regions", "eu;true"]),
        Some(2)
    );
    assert_eq!(
        code(&["aws", "snapshot-policy", "--account", "12"]),
        Some(2)
    );
    assert_eq!(
        code(&["aws", "snapshot-policy", "--partition", "moon"]),
        Some(2)
    );
    assert_eq!(code(&["check", ".", "--require", "aws"]), Some(3));
    let output = sekisho(
        folder.path(),
        &["aws", "snapshot-policy", "--account", "111122223333"],
    );
    let policy: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(policy["Version"], "2012-10-17");
}
