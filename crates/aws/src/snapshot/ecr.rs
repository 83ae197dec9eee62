//! Amazon ECR.

use super::answers::text;
use super::{Answers, Made, Shape};

const SERVICE: &str = "ecr";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    repositories(answers, made);
    let operation = "get-registry-scanning-configuration";
    let kind = "aws_ecr_registry_scanning_configuration";
    made.listed(&[kind], answers, SERVICE, operation);
    let registry = answers.heard(SERVICE, operation, &[]);
    if let Some(configuration) = registry.get("scanningConfiguration") {
        let mut rules = Vec::new();
        for rule in configuration.get("rules").iter().flat_map(|list| {
            let items = list.items().unwrap_or_default();
            items.iter().map(|item| list.inside(item))
        }) {
            let shape = Shape::of(&rule).rename("repository_filters", "repository_filter");
            rules.push(shape.value());
        }
        let shape = Shape::of(&configuration)
            .without("rules")
            .with("rule", sekisho_terraform::Value::tuple(rules))
            .with("registry_id", registry.get("registryId"))
            .with("id", registry.get("registryId"));
        made.resource(kind, &configuration, shape);
    }
}

fn repositories(answers: &Answers, made: &mut Made<'_>) {
    let (repository, policy) = ("aws_ecr_repository", "aws_ecr_repository_policy");
    made.listed(
        &[repository, policy],
        answers,
        SERVICE,
        "describe-repositories",
    );
    let listed = answers.heard(SERVICE, "describe-repositories", &[]);
    for told in listed.items("repositories") {
        let shape = Shape::of(&told)
            .rename("repository_arn", "arn")
            .rename("repository_name", "name")
            .rename("repository_uri", "repository_url")
            .rename(
                "image_tag_mutability_exclusion_filters",
                "image_tag_mutability_exclusion_filter",
            )
            .with("id", told.get("repositoryName"));
        made.resource(repository, &told, shape);
        let name = text(&told, "repositoryName").unwrap_or_default();
        let own = answers.heard(SERVICE, "get-repository-policy", &[&name]);
        if let Some(answer) = own.told() {
            let shape = Shape::of(answer)
                .rename("repository_name", "repository")
                .rename("policy_text", "policy");
            made.resource_named(policy, &format!("{policy} {name}"), answer, shape);
        } else if !own.is_error("RepositoryPolicyNotFoundException") {
            made.listed_unless(&[policy], own.doubt(SERVICE, "get-repository-policy"));
        }
    }
}
