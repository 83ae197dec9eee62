//! A snapshot tells what Terraform leaves open, and nothing more than that.

use std::sync::Arc;

use sekisho_checks::{Context, by_id, judge};
use sekisho_estate::{Text, assemble};
use sekisho_model::{Settings, ThreatModel, Verdict};

const TERRAFORM: &str = r#"
variable "public" {}
resource "aws_eks_cluster" "shop" {
  name = "shop"
  vpc_config {
    endpoint_public_access = var.public
  }
}
"#;

/// The verdicts of `public-endpoint`: Terraform's first, then those of the answers.
fn verdicts(account: &str, answers: &[(&str, &str)]) -> Vec<Verdict> {
    let manifest = format!(
        r#"{{"version": "sekisho.aws-snapshot/v1", "account": "{account}", "complete": true}}"#
    );
    let fixed = [
        ("111122223333/main.tf", TERRAFORM),
        ("snapshot/sekisho-snapshot.json", manifest.as_str()),
    ];
    let texts = fixed.iter().chain(answers).map(|(path, text)| Text {
        path: (*path).to_owned(),
        text: Arc::from(*text),
        rendered_by: None,
    });
    let settings = Settings::default();
    let estate = assemble(texts.collect(), &settings);
    assert!(estate.unread.is_empty(), "{:?}", estate.unread);
    let threat_model = ThreatModel::default();
    let cx = Context::new(&estate, &settings, &threat_model);
    let checks: Vec<_> = by_id("public-endpoint").into_iter().collect();
    let judged = judge(&cx, &checks);
    judged.evidence.iter().map(|item| item.verdict).collect()
}

fn cluster(name: &str, public: bool) -> String {
    format!(
        r#"{{"cluster": {{"name": "{name}", "resourcesVpcConfig": {{"endpointPublicAccess": {public}, "publicAccessCidrs": []}}}}}}"#
    )
}

#[test]
fn a_decided_cluster_of_the_same_name_settles_it() {
    let path = "snapshot/eu-west-1/eks/describe-cluster/shop.json";
    let private = verdicts("111122223333", &[(path, &cluster("shop", false))]);
    assert_eq!(private, [Verdict::NotApplicable, Verdict::Pass]);
    let public = verdicts("111122223333", &[(path, &cluster("shop", true))]);
    assert_eq!(public, [Verdict::NotApplicable, Verdict::Fail]);
}

#[test]
fn another_name_another_account_or_a_refusal_settles_nothing() {
    let other = "snapshot/eu-west-1/eks/describe-cluster/other.json";
    let name = verdicts("111122223333", &[(other, &cluster("other", false))]);
    assert_eq!(name, [Verdict::Unknown, Verdict::Pass]);
    let path = "snapshot/eu-west-1/eks/describe-cluster/shop.json";
    let account = verdicts("444455556666", &[(path, &cluster("shop", false))]);
    assert_eq!(account, [Verdict::Unknown, Verdict::Pass]);
    let refused = "snapshot/eu-west-1/eks/describe-cluster/shop.error.json";
    let refusal = verdicts(
        "111122223333",
        &[(refused, r#"{"error": "AccessDeniedException"}"#)],
    );
    assert_eq!(refusal, [Verdict::Unknown, Verdict::Unknown]);
    // One of two regions could not be read: which one Terraform means is not known.
    let elsewhere = "snapshot/us-east-1/eks/describe-cluster/shop.error.json";
    let both = verdicts(
        "111122223333",
        &[
            (path, &cluster("shop", false)),
            (elsewhere, r#"{"error": "AccessDeniedException"}"#),
        ],
    );
    assert_eq!(both, [Verdict::Unknown, Verdict::Pass, Verdict::Unknown]);
}
