//! `sekisho policy test`: our own policies, and what the command says and how it ends.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sekisho"))
        .args(["policy", "test"])
        .args(arguments)
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

fn json(path: &Path) -> (Value, i32) {
    let output = run(&["--format", "json", path.to_str().unwrap()]);
    let value = serde_json::from_slice(&output.stdout).unwrap();
    (value, output.status.code().unwrap())
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

const TEMPLATE: &str = r#"
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: k8spspprivilegedcontainer
spec:
  crd:
    spec:
      names:
        kind: K8sPSPPrivilegedContainer
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package privileged
        violation[{"msg": msg}] {
          container := input.review.object.spec[_][_]
          container.securityContext.privileged
          msg := sprintf("%v is privileged", [container.name])
        }
"#;

/// The constraint of the threat model, as it stands there.
const CONSTRAINT: &str = r#"
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sPSPPrivilegedContainer
metadata:
    name: disallow-privileged
spec:
    match:
        kinds:
            - apiGroups: [""]
              kinds: ["Pod"]
"#;

const POD: &str = "
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: x
      securityContext:
        privileged: true
";

fn folder(suite: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("template.yaml", TEMPLATE);
    write("constraint.yaml", CONSTRAINT);
    write("pod.yaml", POD);
    write(
        "service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {a: [{securityContext: {privileged: true}, name: b}]}\n",
    );
    write(
        "suite.yaml",
        &format!(
            "apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\ntests:\n- name: threat model\n  template: template.yaml\n  constraint: constraint.yaml\n  cases:\n{suite}"
        ),
    );
    folder
}

#[test]
fn our_own_policies_pass_their_suites() {
    let (outcomes, code) = json(&shipped());
    assert_eq!(code, 0, "{outcomes:#}");
    assert!(
        outcomes["summary"]["cases"].as_u64().unwrap() >= 80,
        "{}",
        outcomes["summary"]
    );
    assert_eq!(outcomes["summary"]["cases"], outcomes["summary"]["passed"]);
}

#[test]
fn the_constraint_of_the_threat_model_works_unchanged() {
    let folder = folder(
        "  - {name: privileged, object: pod.yaml, assertions: [{violations: 1, message: ^web is privileged$}]}\n  - {name: not a pod, object: service.yaml, assertions: [{violations: no}]}\n",
    );
    let (outcomes, code) = json(folder.path());
    assert_eq!(code, 0, "{outcomes:#}");
    assert_eq!(
        outcomes["suites"][0]["tests"][0]["cases"][0]["outcome"],
        "passed"
    );
}

#[test]
fn a_failed_case_is_one_and_says_what_was_found() {
    let folder = folder(
        "  - {name: wrong, object: pod.yaml, assertions: [{violations: 2}]}\n  - {name: skipped, skip: true, object: pod.yaml, assertions: [{violations: 2}]}\n",
    );
    let (outcomes, code) = json(folder.path());
    assert_eq!(code, 1);
    let case = &outcomes["suites"][0]["tests"][0]["cases"][0];
    assert_eq!(case["outcome"], "failed");
    assert!(
        case["message"]
            .as_str()
            .unwrap()
            .contains("web is privileged"),
        "{case}"
    );
    assert_eq!(outcomes["summary"]["skipped"], 1);
    let junit = run(&["--format", "junit", folder.path().to_str().unwrap()]);
    assert!(
        String::from_utf8(junit.stdout)
            .unwrap()
            .contains("<failure message=")
    );
}

#[test]
fn what_cannot_be_read_is_three_and_never_passes() {
    let absent =
        folder("  - {name: absent, object: absent.yaml, assertions: [{violations: no}]}\n");
    assert_eq!(json(absent.path()).1, 3);
    let mistyped = folder("  - {name: a, object: pod.yaml, assertions: [{violations: maybe}]}\n");
    assert_eq!(json(mistyped.path()).1, 3);
    let refused = folder("  - {name: a, object: pod.yaml, assertions: [{violations: no}]}\n");
    let rego = TEMPLATE.replace(
        "container.securityContext.privileged\n",
        "crypto.sha256(container.name) == \"\"\n",
    );
    fs::write(refused.path().join("template.yaml"), rego).unwrap();
    let (outcomes, code) = json(refused.path());
    assert_eq!(code, 3);
    let message = outcomes["suites"][0]["tests"][0]["cases"][0]["message"]
        .as_str()
        .unwrap();
    assert!(
        message.contains("4:3: the function `crypto.sha256` is not known here"),
        "{message}"
    );
    let broken = folder("  - {name: a\n");
    assert_eq!(json(broken.path()).1, 3);
}

#[test]
fn usage_is_two() {
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["no-such-folder"]).status.code(), Some(2));
    assert_eq!(
        run(&["--run", "(", shipped().to_str().unwrap()])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn names_choose_what_runs() {
    let folder = folder(
        "  - {name: one, object: pod.yaml, assertions: [{violations: 1}]}\n  - {name: two, object: pod.yaml, assertions: [{violations: 7}]}\n",
    );
    let path = folder.path().to_str().unwrap();
    assert_eq!(run(&["--run", "//^one$", path]).status.code(), Some(0));
    assert_eq!(run(&["--run", "two", path]).status.code(), Some(1));
    assert_eq!(run(&["--run", "other//", path]).status.code(), Some(0));
}

/// What real `gator verify` (Gatekeeper 3.23) says of these cases is written into them.
#[test]
fn cel_in_templates_is_judged_as_gatekeeper_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/native");
    let (found, code) = json(&folder);
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["summary"]["passed"], 8);
}

#[test]
fn lint_tells_what_is_wrong_and_only_that() {
    let lint = |path: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_sekisho"))
            .args(["policy", "lint", "--format", "json"])
            .arg(path)
            .output()
            .unwrap();
        let told: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let rules: Vec<String> = told
            .iter()
            .map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect();
        (output.status.code().unwrap(), rules)
    };
    // What we ship is only tried at first, and nothing else is to be said of it.
    let (code, rules) = lint(&shipped());
    assert_eq!(code, 1);
    assert!(rules.iter().all(|rule| rule == "only-tried"), "{rules:?}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), TEMPLATE).unwrap();
    let (code, rules) = lint(folder.path());
    assert_eq!(code, 1);
    assert_eq!(rules, ["template-without-constraint", "no-suite"]);
}
