//! The program as a person meets it: what it prints, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PRIVILEGED: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: a # 関所
  namespace: shop
spec:
  containers:
    - name: web
      image: x
      securityContext:
        privileged: yes
";

fn sekisho(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(arguments)
        .current_dir(folder)
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn usage_errors_are_two() {
    let folder = folder(&[]);
    assert_eq!(code(&sekisho(folder.path(), &["check"])), 2);
    assert_eq!(code(&sekisho(folder.path(), &["check", "absent.yaml"])), 2);
    assert_eq!(
        code(&sekisho(
            folder.path(),
            &["check", ".", "--only", "no-such"]
        )),
        2
    );
    assert_eq!(code(&sekisho(folder.path(), &["explain", "no-such"])), 2);
    assert_eq!(code(&sekisho(folder.path(), &["--help"])), 0);
}

#[test]
fn an_empty_folder_is_clean_and_decides_nothing() {
    let folder = folder(&[]);
    let output = sekisho(folder.path(), &["check", ".", "--format", "json"]);
    assert_eq!(code(&output), 0);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.pointer("/summary/controls/unknown").unwrap(), 47);
    assert_eq!(
        code(&sekisho(
            folder.path(),
            &["check", ".", "--require", "kubernetes"]
        )),
        3
    );
}

#[test]
fn what_cannot_be_read_is_three_and_the_rest_is_still_read() {
    let folder = folder(&[
        ("bad.yaml", "a: [\n"),
        (
            "good.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        ),
    ]);
    let output = sekisho(folder.path(), &["check", ".", "--format", "json"]);
    assert_eq!(code(&output), 3);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.pointer("/unread/0/file").unwrap(), "bad.yaml");
    assert_eq!(report.pointer("/summary/objects").unwrap(), 1);
}

#[test]
fn settings_that_cannot_be_used_are_two() {
    let folder = folder(&[
        ("sekisho.yaml", "estate: {complet: true}\n"),
        ("a.yaml", PRIVILEGED),
    ]);
    let output = sekisho(folder.path(), &["check", "."]);
    assert_eq!(code(&output), 2);
    assert!(
        text(&output.stderr).contains("complet"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(code(&sekisho(folder.path(), &["config", "check"])), 2);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = folder(&[("a.yaml", PRIVILEGED), ("b/c.yaml", PRIVILEGED)]);
    let first = sekisho(folder.path(), &["check", ".", "--format", "json"]);
    for _ in 0..5 {
        assert_eq!(
            first.stdout,
            sekisho(folder.path(), &["check", ".", "--format", "json"]).stdout
        );
    }
}

#[test]
fn standard_input_is_read() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["check", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(PRIVILEGED.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.pointer("/summary/objects").unwrap(), 1);
}

#[test]
fn completions_and_lists_are_data() {
    let folder = folder(&[]);
    assert!(text(&sekisho(folder.path(), &["completions", "bash"]).stdout).contains("sekisho"));
    assert_eq!(
        text(&sekisho(folder.path(), &["controls"]).stdout)
            .matches("checks  ")
            .count(),
        47
    );
    let japanese = text(&sekisho(folder.path(), &["controls", "--lang", "ja"]).stdout);
    assert!(japanese.contains("クラスタ"), "{japanese}");
}

#[test]
fn every_format_can_be_written_to_a_file() {
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    for format in [
        "human", "concise", "json", "sarif", "junit", "github", "markdown", "html",
    ] {
        let output = sekisho(
            folder.path(),
            &["check", "a.yaml", "--format", format, "-o", "out"],
        );
        assert!(
            matches!(code(&output), 0 | 1),
            "{format}: {}",
            text(&output.stderr)
        );
        assert!(output.stdout.is_empty());
        assert!(folder.path().join("out").exists(), "{format}");
    }
}

#[test]
fn the_json_report_is_as_its_schema_says() {
    let folder = folder(&[("a.yaml", PRIVILEGED), ("bad.yaml", "a: [\n")]);
    let output = sekisho(
        folder.path(),
        &["check", ".", "--format", "json", "--profile", "all"],
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/findings.v1.json"),
    )
    .unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

const OWN_SETTINGS: &str = "\
estate: {complete: true, account: '111122223333', cluster: c, environment: prod, places: [{path: 'stg/**', environment: stg}]}
profile: all
threshold: high
registries: [registry.example]
administrators: ['Group:admins']
kubernetes: '1.33'
skip: [exception-unused]
severities: {exception-expired: critical}
exceptions: [{check: exception-unused, path: 'a/**', reason: r, owner: o, until: 2099-01-31}]
threats:
  - id: X1
    title: {en: Own, ja: 独自}
    threat: {en: Own, ja: 独自}
    controls:
      - id: X1.1
        title: {en: Own, ja: 独自}
        shown: {en: Own, ja: 独自}
        owner: customer
        needs: [[kubernetes]]
        references: [{title: a, url: 'https://example.com'}]
        checks: [exception-expired]
";

#[test]
fn the_settings_schema_knows_every_setting() {
    let folder = folder(&[("sekisho.yaml", OWN_SETTINGS), ("a.yaml", PRIVILEGED)]);
    let output = sekisho(folder.path(), &["config", "check"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = sekisho(folder.path(), &["check", ".", "--format", "json"]);
    assert!(
        text(&report.stdout).contains("\"X1.1\""),
        "a team's own control is decided, too"
    );
    let schema = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/sekisho.v1.json"),
    )
    .unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let settings = sekisho_estate::parse_settings(&std::sync::Arc::from(OWN_SETTINGS)).unwrap();
    let written = serde_json::to_value(&settings).unwrap();
    let known = schema.pointer("/properties").unwrap().as_object().unwrap();
    for name in written.as_object().unwrap().keys() {
        assert!(known.contains_key(name), "`{name}` is not in the schema");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&written)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        errors.iter().all(|error| error.contains("null")),
        "{errors:#?}"
    );
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays_a_device() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = folder(&[("a.yaml", PRIVILEGED)]);
    let pipe = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = Command::new("cat")
        .arg(&pipe)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = sekisho(
        folder.path(),
        &["check", "a.yaml", "--format", "json", "-o", "pipe"],
    );
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert!(matches!(code(&output), 0 | 1), "{}", text(&output.stderr));
    let read = reader.wait_with_output().unwrap();
    assert!(text(&read.stdout).contains("sekisho.findings/v1"));
}

const SECRETS: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
Data: {wrong: Zm9vYmFyLXNlY3JldA==}
data:
  password: aHVudGVyMi1mb3ItZXZlcg==
  password: Zm9yZ290dGVuLXZhbHVl
stringData:
  pin: 0755123
  other: correct-horse-battery
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: true
      containers:
        - name: web
          image: nginx:latest
          args: ['--db=postgres://shop:Tr0ub4dor-and-3@db:5432/shop']
          env:
            - {name: API_TOKEN, value: ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8}
            - {name: DB_PASSWORD, value: 0001234567890}
          securityContext: {privileged: true}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app, namespace: shop}
data:
  app.properties: |
    db.password=xkcd-936-entropy-of-1000
    mode=fast
";

const SECRET_VALUES: &[&str] = &[
    "Zm9vYmFyLXNlY3JldA",
    "aHVudGVyMi1mb3ItZXZlcg",
    "Zm9yZ290dGVuLXZhbHVl",
    "0755123",
    "correct-horse-battery",
    "Tr0ub4dor-and-3",
    "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "0001234567890",
    "1234567890",
    "xkcd-936-entropy-of-1000",
];

#[test]
fn no_secret_value_is_in_any_output() {
    let folder = folder(&[("a.yaml", SECRETS)]);
    let mut outputs = Vec::new();
    for format in [
        "human", "concise", "json", "sarif", "junit", "github", "markdown", "html",
    ] {
        outputs.push(sekisho(
            folder.path(),
            &[
                "check",
                ".",
                "--format",
                format,
                "--profile",
                "all",
                "--show-accepted",
            ],
        ));
    }
    outputs.push(sekisho(
        folder.path(),
        &["fix", ".", "--diff", "--unsafe", "--profile", "all"],
    ));
    for output in outputs {
        assert!(matches!(code(&output), 1 | 3));
        for stream in [text(&output.stdout), text(&output.stderr)] {
            for secret in SECRET_VALUES {
                assert!(!stream.contains(secret), "{secret} in:\n{stream}");
            }
        }
    }
}

#[test]
fn instances_of_a_block_are_told_once_and_known_again_one_by_one() {
    const CLUSTERS: &str = r#"
resource "aws_eks_cluster" "shop" {
  for_each = toset(["blue", "green"])
  name     = each.key
  vpc_config {
    public_access_cidrs = ["0.0.0.0/0"]
  }
}
"#;
    let folder = folder(&[("main.tf", CLUSTERS)]);
    let check = |more: &[&str]| {
        let always = ["check", ".", "--only", "public-endpoint", "--quiet"];
        sekisho(folder.path(), &[&always, more].concat())
    };
    let shown = text(&check(&[]).stdout);
    let told = "the same holds for 1 more: `aws_eks_cluster.shop[\"green\"]`";
    assert!(shown.contains(told), "{shown}");
    check(&["--format", "json", "-o", "before.json"]);
    let known = check(&["--baseline", "before.json"]);
    assert_eq!(code(&known), 0, "{}", text(&known.stdout));
    let more = CLUSTERS.replace("\"green\"", "\"green\", \"red\"");
    fs::write(folder.path().join("main.tf"), more).unwrap();
    let grown = check(&["--baseline", "before.json"]);
    assert_eq!(code(&grown), 1);
    assert!(text(&grown.stdout).contains("shop[\"red\"]"));
}
