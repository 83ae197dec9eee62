//! What commands do.

use super::Deed;
use super::scanners::{self, Act};
use super::shell::Command;
use super::words::{speaks_of_path_tests, speaks_of_scanning, speaks_of_shipping};

/// What one command does.
pub(super) fn of_command(command: &Command) -> Vec<Act> {
    let inside = in_container(command);
    let command = inside.as_ref().unwrap_or(command);
    let mut acts = scanners::of_command(command);
    acts.extend(Act::all(&deeds(command)));
    if acts.is_empty() {
        acts.extend(opaque(command).map(Act::of));
    }
    acts
}

/// `docker run … aquasec/trivy image x` is `trivy image x`.
fn in_container(command: &Command) -> Option<Command> {
    let is_run = matches!(command.program(), "docker" | "podman" | "nerdctl")
        && command.plain().next() == Some("run");
    if !is_run {
        return None;
    }
    let known = [
        "trivy",
        "grype",
        "syft",
        "checkov",
        "kube-linter",
        "conftest",
        "cosign",
        "kubescape",
        "kube-bench",
        "polaris",
        "kics",
        "gator",
        "kyverno",
        "hadolint",
        "tfsec",
    ];
    let found = command
        .words
        .iter()
        .enumerate()
        .skip(2)
        .find_map(|(index, word)| {
            let image = word.text.split('@').next().unwrap_or("");
            let last = image
                .rsplit('/')
                .next()
                .unwrap_or("")
                .split(':')
                .next()
                .unwrap_or("");
            let name = known.into_iter().find(|name| *name == last)?;
            // The value of an option (`--name trivy`) has no registry or owner.
            word.text.contains('/').then_some((index, name))
        });
    let (index, name) = found?;
    let mut inside = command.without(index);
    if let Some(first) = inside.words.first_mut() {
        name.clone_into(&mut first.text);
    }
    // Variables reach the container with `-e NAME=value`.
    for word in command.words.iter().take(index) {
        if let Some((name, value)) = word
            .text
            .split_once('=')
            .filter(|(name, _)| name.starts_with("TRIVY_"))
        {
            inside.variables.insert(name.to_owned(), value.to_owned());
        }
    }
    Some(inside)
}

fn deeds(command: &Command) -> Vec<Deed> {
    let mut plain = command.plain();
    let (first, second) = (plain.next().unwrap_or(""), plain.next().unwrap_or(""));
    let any = |words: &[&str]| command.plain().any(|word| words.contains(&word));
    match command.program() {
        "docker" | "podman" | "nerdctl" | "buildah" | "img" => images(command),
        "docker-compose" if any(&["push"]) => vec![Deed::PushesImage],
        "skopeo" if first == "copy" || first == "sync" => pushed(command),
        "crane" | "gcrane" if matches!(first, "push" | "copy" | "cp" | "append" | "mutate") => {
            pushed(command)
        }
        "regctl" if first == "image" && second == "copy" => pushed(command),
        // kaniko
        "executor"
            if command
                .words
                .first()
                .is_some_and(|word| word.text.contains("kaniko")) =>
        {
            if command.has("--no-push") {
                vec![Deed::BuildsImage]
            } else {
                vec![Deed::BuildsImage, Deed::PushesImage]
            }
        }
        "ko" if matches!(first, "build" | "publish" | "resolve") => {
            vec![Deed::BuildsImage, Deed::PushesImage, Deed::MakesSbom]
        }
        "ko" if first == "apply" => vec![Deed::BuildsImage, Deed::PushesImage, Deed::Deploys],
        "pack" if first == "build" && command.has("--publish") => {
            vec![Deed::BuildsImage, Deed::PushesImage]
        }
        "mvn" | "mvnw" | "gradle" | "gradlew"
            if any(&["jib:build", "jib", ":jib", "compile jib:build"]) =>
        {
            vec![Deed::BuildsImage, Deed::PushesImage]
        }
        "kubectl" | "oc" => kubectl(command),
        "helm" => helm(command),
        "helmfile" if any(&["apply", "sync"]) => vec![Deed::Deploys],
        "argocd" if first == "app" => match second {
            "sync" | "set" | "create" | "patch" => vec![Deed::Deploys],
            "rollback" => vec![Deed::RollsBack],
            _ => Vec::new(),
        },
        "flux" if first == "reconcile" => vec![Deed::Deploys],
        "kapp" | "kapp-deploy" if first == "deploy" => vec![Deed::Deploys],
        "skaffold" if matches!(first, "run" | "deploy" | "apply") => vec![Deed::Deploys],
        "terraform" | "tofu" | "terragrunt" if any(&["apply"]) => vec![Deed::Deploys],
        "pulumi" if first == "up" => vec![Deed::Deploys],
        "cdk" | "sam" | "serverless" | "sls" | "copilot" if any(&["deploy"]) => vec![Deed::Deploys],
        "aws" => aws(first, second),
        "cosign" => cosign(command, first),
        "notation" => match first {
            "sign" => vec![Deed::SignsImage],
            "verify" => vec![Deed::Verifies],
            _ => Vec::new(),
        },
        "gh" if first == "attestation" && second == "verify" => vec![Deed::Verifies],
        "syft" if first == "attest" => vec![Deed::MakesSbom, Deed::SignsSbom],
        "syft"
        | "cdxgen"
        | "spdx-sbom-generator"
        | "cyclonedx-gomod"
        | "cyclonedx-npm"
        | "cyclonedx-py" => vec![Deed::MakesSbom],
        "bom" if first == "generate" => vec![Deed::MakesSbom],
        "kind" if first == "create" => vec![Deed::StartsCluster],
        "minikube" if first == "start" => vec![Deed::StartsCluster],
        "k3d" if any(&["create"]) => vec![Deed::StartsCluster],
        "curl" | "wget" | "http" if tells_people(command) => vec![Deed::Alerts],
        "mail" | "mailx" | "sendmail" | "msmtp" | "slack" => vec![Deed::Alerts],
        "cypress" | "k6" | "newman" | "artillery" | "locust" | "cyclonus" | "netassert"
        | "illuminatio" => vec![Deed::TestsPaths],
        "npx" if any(&["cypress", "playwright", "newman"]) => vec![Deed::TestsPaths],
        "playwright" if first == "test" => vec![Deed::TestsPaths],
        "git" if first == "push" => vec![Deed::PushesCommits],
        "git" if first == "revert" => vec![Deed::RollsBack],
        "kustomize" if first == "edit" => vec![Deed::EditsManifests],
        "yq" | "sed" | "perl"
            if command
                .arguments()
                .any(|word| matches!(word.rsplit_once('.'), Some((_, "yaml" | "yml")))) =>
        {
            vec![Deed::EditsManifests]
        }
        "cilium" if first == "connectivity" => vec![Deed::TestsPaths],
        _ => Vec::new(),
    }
}

fn images(command: &Command) -> Vec<Deed> {
    let words: Vec<&str> = command.plain().collect();
    let has = |word: &str| words.iter().take(3).any(|other| *other == word);
    if has("imagetools") {
        return if has("create") {
            pushed(command)
        } else {
            Vec::new()
        };
    }
    if has("sbom") {
        return vec![Deed::MakesSbom];
    }
    let mut deeds = Vec::new();
    if has("build") || has("bake") || has("bud") {
        deeds.push(Deed::BuildsImage);
        let output = command
            .option("--output")
            .or_else(|| command.option("-o"))
            .unwrap_or_default();
        if command.has("--push") || output.contains("type=registry") || output.contains("push=true")
        {
            deeds.push(Deed::PushesImage);
        }
        let attests = command.arguments().any(|word| word.contains("type=sbom"));
        if command.has("--sbom") || attests {
            deeds.push(Deed::MakesSbom);
        }
    } else if has("push") {
        deeds.extend(pushed(command));
    }
    deeds
}

/// A registry of the job itself ships nothing.
fn pushed(command: &Command) -> Vec<Deed> {
    let is_local = |word: &str| {
        let reference = word.split_once("://").map_or(word, |(_, rest)| rest);
        ["localhost:", "localhost/", "127.0.0.1:", "kind-registry:"]
            .iter()
            .any(|host| reference.starts_with(host))
    };
    if command.plain().last().is_some_and(is_local) {
        Vec::new()
    } else {
        vec![Deed::PushesImage]
    }
}

fn kubectl(command: &Command) -> Vec<Deed> {
    let words: Vec<&str> = command.plain().collect();
    let is_dry = command.arguments().any(|word| {
        matches!(
            word,
            "--dry-run" | "--dry-run=client" | "--dry-run=server" | "--dry-run=true"
        )
    });
    let verbs = [
        "apply", "create", "replace", "patch", "set", "scale", "delete", "rollout", "run", "exec",
        "argo", "edit", "label", "annotate", "debug",
    ];
    let verb = words.iter().position(|word| verbs.contains(word));
    let verb =
        verb.and_then(|at| Some((*words.get(at)?, words.get(at + 1).copied().unwrap_or(""))));
    match verb {
        Some(("rollout", "undo") | ("argo", "rollouts")) => vec![Deed::RollsBack],
        Some(("rollout", "restart")) => vec![Deed::Deploys],
        Some(("run" | "exec" | "debug", _)) if sends_requests(command) => vec![Deed::TestsPaths],
        Some((
            "apply" | "create" | "replace" | "patch" | "set" | "scale" | "delete" | "run" | "edit",
            _,
        )) if !is_dry => vec![Deed::Deploys],
        _ => Vec::new(),
    }
}

fn sends_requests(command: &Command) -> bool {
    command.arguments().any(|word| {
        word.split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|part| matches!(part, "curl" | "wget" | "nc" | "ncat" | "grpcurl"))
    })
}

fn helm(command: &Command) -> Vec<Deed> {
    let mut plain = command.plain();
    match plain.find(|word| {
        matches!(
            *word,
            "upgrade" | "install" | "rollback" | "test" | "template" | "lint" | "diff"
        )
    }) {
        Some("upgrade" | "install")
            if !command
                .arguments()
                .any(|word| word.starts_with("--dry-run")) =>
        {
            // Helm 4 calls it `--rollback-on-failure`.
            if command.has("--atomic") || command.has("--rollback-on-failure") {
                vec![Deed::Deploys, Deed::RollsBack]
            } else {
                vec![Deed::Deploys]
            }
        }
        Some("rollback") => vec![Deed::RollsBack],
        Some("test") => vec![Deed::TestsPaths],
        _ => Vec::new(),
    }
}

fn aws(service: &str, call: &str) -> Vec<Deed> {
    match (service, call) {
        ("ecr", "put-image") => vec![Deed::PushesImage],
        ("ecs", "update-service" | "create-service" | "run-task" | "deploy")
        | ("lambda", "update-function-code" | "publish-version" | "update-alias")
        | ("deploy", "create-deployment")
        | ("autoscaling", "start-instance-refresh")
        | ("cloudformation", "deploy" | "update-stack" | "create-stack" | "execute-change-set") => {
            vec![Deed::Deploys]
        }
        ("sns", "publish") | ("ses" | "sesv2", "send-email") => vec![Deed::Alerts],
        _ => Vec::new(),
    }
}

fn cosign(command: &Command, first: &str) -> Vec<Deed> {
    let speaks_of_sbom = command.arguments().any(|word| {
        let word = word.to_ascii_lowercase();
        ["sbom", "spdx", "cyclonedx", "cdx"]
            .iter()
            .any(|name| word.contains(name))
    });
    match first {
        "sign" if command.option("--attachment").as_deref() == Some("sbom") => {
            vec![Deed::SignsSbom]
        }
        "sign" => vec![Deed::SignsImage],
        "attest" | "attest-blob" | "sign-blob" if speaks_of_sbom => vec![Deed::SignsSbom],
        "verify" | "verify-attestation" | "verify-blob" | "verify-blob-attestation" => {
            vec![Deed::Verifies]
        }
        _ => Vec::new(),
    }
}

/// A web hook of a chat or a pager.
fn tells_people(command: &Command) -> bool {
    let names = [
        "slack",
        "teams",
        "office.com",
        "discord",
        "pagerduty",
        "opsgenie",
        "webhook",
        "mattermost",
        "chat.googleapis",
        "chatwork",
        "line.me",
        "mailgun",
        "sendgrid",
    ];
    command.arguments().any(|word| {
        let word = word.to_ascii_lowercase();
        names.iter().any(|name| word.contains(name))
    })
}

/// Scripts of the repository and targets of build tools: only their names speak.
fn opaque(command: &Command) -> Option<Deed> {
    let first = command.words.first().map_or("", |word| word.text.as_str());
    let is_script = first.starts_with("./")
        || first.starts_with("../")
        || first.contains(".sh")
        || first.contains(".py");
    let runs = matches!(
        command.program(),
        "make"
            | "task"
            | "just"
            | "npm"
            | "yarn"
            | "pnpm"
            | "bash"
            | "sh"
            | "source"
            | "."
            | "python"
            | "python3"
            | "node"
            | "npx"
            | "mage"
            | "rake"
            | "pytest"
            | "go"
            | "bazel"
            | "ansible-playbook"
            | "gradle"
            | "gradlew"
            | "mvn"
    );
    if !is_script && !runs {
        return None;
    }
    let text = command
        .words
        .iter()
        .map(|word| word.text.as_str())
        .take(6)
        .collect::<Vec<_>>()
        .join(" ");
    if speaks_of_path_tests(&text) {
        Some(Deed::TestsPaths)
    } else if speaks_of_shipping(&text) {
        Some(Deed::MayShip)
    } else if speaks_of_scanning(&text) {
        Some(Deed::MayScan)
    } else {
        None
    }
}
