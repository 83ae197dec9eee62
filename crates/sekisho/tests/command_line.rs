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
