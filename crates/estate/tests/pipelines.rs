//! Pipelines are read with what they include, extend and call; hostile ones end.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use sekisho_estate::{Text, assemble};
use sekisho_model::{Called, Estate, Job, PipelineKind, Settings};

fn estate(files: &[(&str, &str)]) -> Estate {
    let texts = files.iter().map(|(path, text)| Text {
        path: (*path).to_owned(),
        text: Arc::from(*text),
        rendered_by: None,
    });
    assemble(texts.collect(), &Settings::default())
}

fn commands(job: &Job) -> Vec<&str> {
    let steps = job.steps.iter();
    steps
        .map(|step| step.run.as_ref().unwrap().0.as_str())
        .collect()
}

#[test]
fn gitlab_jobs_come_with_what_they_include_extend_and_refer_to() {
    let main = "spec:\n  inputs: {}\n---\ninclude:\n  - local: /ci/*.yml\n  - template: Jobs/SAST.gitlab-ci.yml\n\
        stages: [build, deploy]\ndefault:\n  before_script: [login]\n  id_tokens: { AWS: { aud: sts } }\nvariables: { A: '1' }\n\
        .base:\n  script: [base]\n  variables: { B: '2' }\n\
        build:\n  stage: build\n  extends: [.base, .other]\n  script:\n    - !reference [.other, script]\n    - own\n";
    let deploy = "include: ci/deploy.yml\n.other:\n  script: [other]\n  extends: .base\n\
        deploy:\n  stage: deploy\n  script: kubectl apply -f k8s/\n  inherit: { default: false }\n";
    let estate = estate(&[
        ("shop/.gitlab-ci.yml", main),
        ("shop/ci/deploy.yml", deploy),
    ]);
    let pipelines = estate.pipelines();
    assert_eq!(pipelines.len(), 1);
    let pipeline = &pipelines[0];
    assert_eq!(pipeline.kind, PipelineKind::Gitlab);
    assert_eq!(pipeline.root, "shop/");
    let gaps: Vec<_> = pipeline.gaps.iter().map(|gap| &gap.reason.en).collect();
    assert_eq!(gaps.len(), 1, "the template: {gaps:?}");
    let [build, deploy] = &pipeline.jobs[..] else {
        panic!("{:?}", pipeline.jobs);
    };
    assert_eq!(commands(build), ["login", "other", "own"]);
    let variables = serde_json::json!({"A": "1", "B": "2"});
    assert_eq!(build.value["variables"], variables);
    assert_eq!(build.steps[2].route.to_string(), "build.script[1]");
    assert_eq!(commands(deploy), ["kubectl apply -f k8s/"]);
    assert_eq!(deploy.needs, ["build"]);
    assert_eq!(deploy.home.as_ref().unwrap().source.file, 1);
    assert!(estate.skipped.is_empty(), "{:?}", estate.skipped);
}

#[test]
fn cycles_and_growth_end() {
    let mut text = String::from(
        "include: .gitlab-ci.yml\na: { extends: b, script: [!reference [a, script]] }\nb: { extends: a }\nx0: { script: [a, a] }\n",
    );
    for level in 1..40 {
        let below = format!("!reference [x{}, script]", level - 1);
        text.push_str(&format!("x{level}: {{ script: [{below}, {below}] }}\n"));
    }
    let estate = estate(&[(".gitlab-ci.yml", &text)]);
    let jobs = &estate.pipelines()[0].jobs;
    assert!(jobs.iter().any(|job| !job.gaps.is_empty()));
}

#[test]
fn github_calls_are_joined() {
    let estate = estate(&[
        (
            ".github/actions/scan/action.yml",
            "runs:\n  using: composite\n  steps:\n    - run: trivy image x\n      shell: bash\n",
        ),
        (
            ".github/workflows/called.yml",
            "on: { workflow_call: {} }\njobs:\n  one:\n    runs-on: x\n    steps:\n      - uses: ./.github/actions/scan\n",
        ),
        (
            ".github/workflows/main.yml",
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    secrets: inherit\n  b:\n    needs: a\n    uses: o/r/.github/workflows/x.yml@v1\n",
        ),
    ]);
    let [action, called, main] = estate.pipelines() else {
        panic!("{:?}", estate.pipelines());
    };
    assert_eq!(action.root, "");
    assert_eq!(called.jobs[0].steps[0].calls, Some(Called::Local(0)));
    assert_eq!(main.jobs[0].calls, Some(Called::Local(1)));
    assert_eq!(main.jobs[1].needs, ["a"]);
    assert_eq!(main.jobs[1].gaps.len(), 1);
}

#[test]
fn manifests_and_updates_are_known() {
    let estate = estate(&[
        (".github/dependabot.yml", "version: 2\nupdates: []\n"),
        ("go.mod", "module x: {{\n"),
        ("web/package.json", "{\"renovate\": {\"extends\": []}}"),
    ]);
    let kinds: Vec<PipelineKind> = estate.pipelines().iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [PipelineKind::Dependabot, PipelineKind::Renovate]);
    let manifests: Vec<&String> = estate.manifests.iter().collect();
    assert_eq!(manifests, ["go.mod", "web/package.json"]);
    assert!(estate.unread.is_empty());
}
