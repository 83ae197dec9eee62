//! Amazon GuardDuty.

use sekisho_terraform::Value;

use super::answers::text;
use super::{Answers, Heard, Made, Shape};

const SERVICE: &str = "guardduty";
const DETECTOR: &str = "aws_guardduty_detector";
const FEATURE: &str = "aws_guardduty_detector_feature";
/// The provider has no type for what runtime monitoring reaches: each cluster's part of `ListCoverage`, in the provider's style.
const COVERAGE: &str = "aws_guardduty_coverage";
/// Who sees the findings besides: the provider's type for accepting an administrator.
const ADMINISTRATOR: &str = "aws_guardduty_invite_accepter";

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    let kinds = [DETECTOR, FEATURE, COVERAGE, ADMINISTRATOR];
    made.listed(&kinds, answers, SERVICE, "list-detectors");
    let listed = answers.heard(SERVICE, "list-detectors", &[]);
    for id in listed.items("DetectorIds") {
        let name = id.as_str().unwrap_or_default();
        let told = answers.heard(SERVICE, "get-detector", &[name]);
        detector(&id, name, &told, made);
        covered(&id, &answers.heard(SERVICE, "list-coverage", &[name]), made);
        let administrator = answers.heard(SERVICE, "get-administrator-account", &[name]);
        let doubt = administrator.doubt(SERVICE, "get-administrator-account");
        made.listed_unless(&[ADMINISTRATOR], doubt);
        if let Some(account) = administrator.get("Administrator")
            && account.get("AccountId").is_some()
        {
            let shape = Shape::of(&account)
                .rename("account_id", "master_account_id")
                .with("detector_id", id.clone())
                .with("id", id.clone());
            made.resource_named(
                ADMINISTRATOR,
                &format!("{ADMINISTRATOR} {name}"),
                &account,
                shape,
            );
        }
    }
}

fn detector(id: &Value, name: &str, told: &Heard, made: &mut Made<'_>) {
    let doubt = told.doubt(SERVICE, "get-detector");
    made.listed_unless(&[FEATURE], doubt.clone());
    let arn = made.arn(SERVICE, &format!("detector/{name}"));
    let own = told.told().map(Shape::of).unwrap_or_default();
    let shape = own
        .without("data_sources")
        .without("features")
        .without("status")
        .with("enable", told.get("Status").map(|status| is_on(&status)))
        .with("id", id.clone())
        .with("arn", Value::string(&arn))
        .and_more(doubt);
    made.resource(DETECTOR, told.told().unwrap_or(id), shape);
    for feature in told.items("Features") {
        let own = text(&feature, "Name").unwrap_or_default();
        let shape = Shape::of(&feature)
            .with("detector_id", id.clone())
            .with("id", Value::string(&format!("{name}/{own}")));
        made.resource(FEATURE, &feature, shape);
    }
}

fn is_on(status: &Value) -> Value {
    let on = Value::from(status.as_str() == Some("ENABLED"));
    match status.origin() {
        Some(origin) => on.at(origin.clone()),
        None => on,
    }
}

/// Of all that is covered, the clusters of EKS.
fn covered(detector: &Value, told: &Heard, made: &mut Made<'_>) {
    made.listed_unless(&[COVERAGE], told.doubt(SERVICE, "list-coverage"));
    for resource in told.items("Resources") {
        let details = resource.get("ResourceDetails");
        let Some(cluster) = details.and_then(|details| details.get("EksClusterDetails")) else {
            continue;
        };
        let name = cluster.get("ClusterName");
        let title = name.as_ref().and_then(Value::as_str).unwrap_or_default();
        let id = format!("{COVERAGE} {title}");
        let shape = Shape::of(&resource)
            .without("resource_details")
            .with("cluster_name", name.clone())
            .with("covered_nodes", cluster.get("CoveredNodes"))
            .with("compatible_nodes", cluster.get("CompatibleNodes"))
            .with("management_type", cluster.get("ManagementType"))
            .with("detector_id", detector.clone());
        made.resource_named(COVERAGE, &id, &resource, shape);
    }
}
