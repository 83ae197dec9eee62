//! The policies of AWS that are written down are policies that IAM would take, and say what they are known for.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use sekisho_access::iam::{Answer, Context, Document, Layers, Request};
use sekisho_aws::managed;

fn may(name: &str, action: &str, resource: &str) -> bool {
    let document = Document::parse(managed::policy(name).unwrap()).unwrap();
    let layers = Layers {
        identity: vec![&document],
        ..Layers::default()
    };
    let request = Request {
        who: None,
        action: action.to_owned(),
        resource: Some(resource.to_owned()),
        resource_account: None,
        context: Context::closed(),
    };
    matches!(layers.decide(&request), Answer::Allowed(_))
}

#[test]
fn every_document_is_a_policy() {
    for named in managed::all() {
        let document = Document::parse(named.json);
        assert!(document.is_ok(), "{}: {document:?}", named.name);
    }
}

#[test]
fn each_allows_what_it_is_known_for_and_no_more() {
    let image = "arn:aws:ecr:eu-west-1:111122223333:repository/shop";
    let interface = "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0a";
    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-a1b2c3";
    let parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/key";
    let role = "arn:aws:iam::111122223333:role/shop";
    for (name, action, resource, expected) in [
        (
            "AmazonEC2ContainerRegistryPowerUser",
            "ecr:PutImage",
            image,
            true,
        ),
        (
            "AmazonEC2ContainerRegistryPullOnly",
            "ecr:PutImage",
            image,
            false,
        ),
        (
            "AmazonEKS_CNI_Policy",
            "ec2:AttachNetworkInterface",
            interface,
            true,
        ),
        (
            "AmazonEKSWorkerNodePolicy",
            "ec2:AttachNetworkInterface",
            interface,
            false,
        ),
        // Deleting interfaces hangs on a tag that the request does not carry.
        (
            "AmazonEKSClusterPolicy",
            "ec2:DeleteNetworkInterface",
            interface,
            false,
        ),
        (
            "SecretsManagerReadWrite",
            "secretsmanager:GetSecretValue",
            secret,
            true,
        ),
        (
            "PowerUserAccess",
            "secretsmanager:GetSecretValue",
            secret,
            true,
        ),
        ("PowerUserAccess", "iam:AttachRolePolicy", role, false),
        ("IAMFullAccess", "iam:AttachRolePolicy", role, true),
        // Every node that Systems Manager manages reads every parameter.
        (
            "AmazonSSMManagedInstanceCore",
            "ssm:GetParameter",
            parameter,
            true,
        ),
        (
            "CloudWatchAgentServerPolicy",
            "ssm:GetParameter",
            parameter,
            false,
        ),
    ] {
        assert_eq!(may(name, action, resource), expected, "{name} {action}");
    }
}

#[test]
fn access_policies_are_known_by_name_and_arn() {
    let edit = managed::access("arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy");
    assert!(edit.is_some_and(|policy| policy.edits && !policy.administers));
    let view = managed::access("AmazonEKSViewPolicy");
    assert!(view.is_some_and(|policy| !policy.edits && !policy.reads_secrets));
    assert!(managed::access("AmazonEKSNoSuchPolicy").is_none());
}
