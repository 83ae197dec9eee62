//! What well-known actions do.

use std::collections::BTreeMap;

use super::Deed;
use super::scan_actions;
use super::scanners::Act;

/// The action without its version, lower case; GitHub does not tell cases apart.
pub(crate) fn name(uses: &str) -> String {
    uses.split('@')
        .next()
        .unwrap_or(uses)
        .trim()
        .to_ascii_lowercase()
}

/// What an action does; `with` gives its inputs.
pub(super) fn of_action(
    uses: &str,
    with: &dyn Fn(&str) -> Option<String>,
    environment: &BTreeMap<String, String>,
) -> Vec<Act> {
    let name = name(uses);
    let mut acts = scan_actions::of_action(&name, with, environment);
    acts.extend(Act::all(&deeds(&name, with)));
    acts
}

fn deeds(name: &str, with: &dyn Fn(&str) -> Option<String>) -> Vec<Deed> {
    let given = |input: &str| with(input).filter(|value| !value.is_empty());
    let is = |input: &str, value: &str| {
        with(input).is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    match name {
        "docker/build-push-action"
        | "docker/bake-action"
        | "redhat-actions/buildah-build"
        | "depot/build-push-action"
        | "aevea/action-kaniko" => {
            let outputs = with("outputs").unwrap_or_default();
            let mut deeds = vec![Deed::BuildsImage];
            // An expression may be true: `push: ${{ github.event_name != 'pull_request' }}`.
            let pushes = given("push").is_some_and(|push| !push.eq_ignore_ascii_case("false"));
            if pushes
                || outputs.contains("type=registry")
                || outputs.contains("push=true")
                || name == "aevea/action-kaniko"
            {
                deeds.push(Deed::PushesImage);
            }
            if given("sbom").is_some_and(|sbom| sbom != "false") {
                deeds.push(Deed::MakesSbom);
            }
            deeds
        }
        "redhat-actions/push-to-registry" | "akhilerm/tag-push-action" => vec![Deed::PushesImage],
        "anchore/sbom-action"
        | "cyclonedx/gh-node-module-generatebom"
        | "advanced-security/sbom-generator-action" => vec![Deed::MakesSbom],
        "actions/attest-sbom" => vec![Deed::SignsSbom],
        "actions/attest" if given("sbom-path").is_some() => vec![Deed::SignsSbom],
        // What is not sent to the registry, admission does not find.
        "actions/attest-build-provenance" | "actions/attest" if is("push-to-registry", "true") => {
            vec![Deed::SignsImage]
        }
        "notaryproject/notation-action/sign" => vec![Deed::SignsImage],
        "notaryproject/notation-action/verify" => vec![Deed::Verifies],
        "azure/k8s-deploy"
        | "actions-hub/kubectl"
        | "steebchen/kubectl"
        | "deliverybot/helm"
        | "bitovi/github-actions-deploy-eks-helm" => {
            let mut deeds = vec![Deed::Deploys];
            if is("atomic", "true") {
                deeds.push(Deed::RollsBack);
            }
            deeds
        }
        "aws-actions/amazon-ecs-deploy-task-definition"
        | "aws-actions/aws-lambda-deploy"
        | "aws-actions/aws-cloudformation-github-deploy"
        | "appleboy/lambda-action" => vec![Deed::Deploys],
        "helm/kind-action"
        | "engineerd/setup-kind"
        | "medyagh/setup-minikube"
        | "manusa/actions-setup-minikube"
        | "absaoss/k3d-action"
        | "nolar/setup-k3d-k3s"
        | "container-tools/kind-action" => vec![Deed::StartsCluster],
        "slackapi/slack-github-action"
        | "8398a7/action-slack"
        | "rtcamp/action-slack-notify"
        | "act10ns/slack"
        | "ravsamhq/notify-slack-action"
        | "voxmedia/github-action-slack-notify-build"
        | "dawidd6/action-send-mail"
        | "aliencube/microsoft-teams-actions"
        | "jdcargile/ms-teams-notification"
        | "skitionek/notify-microsoft-teams"
        | "sarisia/actions-status-discord"
        | "gamesight/slack-workflow-status"
        | "fjogeleit/http-request-action-slack"
        | "machulav/ms-teams-notify" => vec![Deed::Alerts],
        "cypress-io/github-action"
        | "grafana/k6-action"
        | "grafana/run-k6-action"
        | "grafana/setup-k6-action" => vec![Deed::TestsPaths],
        "stefanzweifel/git-auto-commit-action"
        | "endbug/add-and-commit"
        | "ad-m/github-push-action" => vec![Deed::PushesCommits],
        "mikefarah/yq" | "karancode/kustomize-github-action" => vec![Deed::EditsManifests],
        _ => Vec::new(),
    }
}
