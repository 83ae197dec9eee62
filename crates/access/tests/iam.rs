//! IAM decisions, each case written by hand from a rule of the IAM User Guide.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]

use sekisho_access::iam::{Answer, Context, Document, Layers, Presence, Request, Who};
use serde_json::json;

const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/pod";

fn policy(statements: &serde_json::Value) -> Document {
    Document::read(&json!({"Version": "2012-10-17", "Statement": statements})).unwrap()
}

fn session() -> Who {
    Who::Session {
        role: ROLE.to_owned(),
        session: SESSION.to_owned(),
    }
}

fn request(action: &str, resource: &str) -> Request {
    Request {
        who: Some(session()),
        action: action.to_owned(),
        resource: Some(resource.to_owned()),
        resource_account: None,
        context: Context::closed(),
    }
}

fn word(answer: &Answer<'_>) -> &'static str {
    match answer {
        Answer::Allowed(_) => "allowed",
        Answer::Denied(_) => "denied",
        Answer::NotAllowed => "not allowed",
        Answer::Unknown(_) => "unknown",
    }
}

fn by_identity(document: &Document, request: &Request) -> &'static str {
    let layers = Layers {
        identity: vec![document],
        ..Layers::default()
    };
    word(&layers.decide(request))
}

#[test]
fn actions_have_no_case_and_resources_have() {
    let document =
        policy(&json!({"Effect": "Allow", "Action": "S3:get*", "Resource": "arn:aws:s3:::Shop/*"}));
    assert_eq!(
        by_identity(&document, &request("s3:GetObject", "arn:aws:s3:::Shop/a")),
        "allowed"
    );
    assert_eq!(
        by_identity(&document, &request("s3:GetObject", "arn:aws:s3:::shop/a")),
        "not allowed"
    );
    assert_eq!(
        by_identity(&document, &request("s3:PutObject", "arn:aws:s3:::Shop/a")),
        "not allowed"
    );
}

#[test]
fn not_action_allows_the_rest_and_deny_wins() {
    let document = policy(&json!([
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::shop/*"}
    ]));
    assert_eq!(
        by_identity(&document, &request("s3:GetObject", "arn:aws:s3:::shop/a")),
        "allowed"
    );
    assert_eq!(
        by_identity(&document, &request("s3:GetObject", "arn:aws:s3:::other/a")),
        "denied"
    );
    assert_eq!(
        by_identity(&document, &request("iam:PassRole", "arn:aws:s3:::shop/a")),
        "not allowed"
    );
}

#[test]
fn a_missing_key_fails_a_comparison_and_meets_a_negation() {
    let allow = |operator: &str| {
        policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {"aws:PrincipalTag/team": "shop"}}}))
    };
    let cases = [
        ("StringEquals", "not allowed"),
        ("StringNotEquals", "allowed"),
        ("StringEqualsIfExists", "allowed"),
        ("ForAllValues:StringEquals", "allowed"),
        ("ForAnyValue:StringEquals", "not allowed"),
        ("ForAnyValue:StringNotEquals", "not allowed"),
    ];
    for (operator, expected) in cases {
        let got = by_identity(&allow(operator), &request("s3:GetObject", "arn:aws:s3:::a"));
        assert_eq!(got, expected, "{operator}");
    }
}

#[test]
fn null_asks_for_presence() {
    let null = |wanted: &str| {
        policy(
            &json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:TokenIssueTime": wanted}}}),
        )
    };
    let mut asked = request("s3:GetObject", "arn:aws:s3:::a");
    assert_eq!(by_identity(&null("true"), &asked), "allowed");
    asked.context = Context::closed().with("AWS:tokenissuetime", "2024-01-01T00:00:00Z");
    assert_eq!(by_identity(&null("true"), &asked), "not allowed");
    assert_eq!(by_identity(&null("false"), &asked), "allowed");
}

#[test]
fn what_depends_on_a_key_nobody_gave_is_unknown_and_names_it() {
    let document = policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}));
    let mut asked = request("s3:GetObject", "arn:aws:s3:::a");
    asked.context = Context::open().with("aws:SourceIp", "10.1.1.1");
    let layers = Layers {
        identity: vec![&document],
        ..Layers::default()
    };
    let Answer::Unknown(keys) = layers.decide(&asked) else {
        panic!("must be unknown");
    };
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["aws:PrincipalOrgID"]);
    asked.context = Context::open().with("aws:SourceIp", "11.1.1.1");
    assert_eq!(
        word(&layers.decide(&asked)),
        "not allowed",
        "one certain no is enough"
    );
}

#[test]
fn a_possible_deny_leaves_an_allow_unknown() {
    let document = policy(&json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]));
    let mut asked = request("s3:GetObject", "arn:aws:s3:::a");
    asked.context = Context::open();
    assert_eq!(by_identity(&document, &asked), "unknown");
    asked.context = Context::open().with("aws:SecureTransport", "true");
    assert_eq!(by_identity(&document, &asked), "allowed");
}

#[test]
fn several_values_of_a_key() {
    let document = |operator: &str| {
        policy(
            &json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"aws:TagKeys": ["a", "b"]}}}),
        )
    };
    let mut asked = request("ec2:CreateTags", "arn:aws:ec2:::x");
    asked.context = Context::closed().with_presence(
        "aws:TagKeys",
        Presence::Values(vec!["a".to_owned(), "c".to_owned()]),
    );
    assert_eq!(
        by_identity(&document("ForAllValues:StringEquals"), &asked),
        "not allowed"
    );
    assert_eq!(
        by_identity(&document("ForAnyValue:StringEquals"), &asked),
        "allowed"
    );
    assert_eq!(
        by_identity(&document("ForAnyValue:StringNotEquals"), &asked),
        "allowed"
    );
    assert_eq!(
        by_identity(&document("ForAllValues:StringNotEquals"), &asked),
        "not allowed"
    );
}

#[test]
fn across_accounts_both_must_allow() {
    let identity = policy(&json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    let bucket = policy(
        &json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}),
    );
    let mut asked = request("s3:GetObject", "arn:aws:s3:::a/b");
    asked.resource_account = Some("444455556666".to_owned());
    let only_identity = Layers {
        identity: vec![&identity],
        ..Layers::default()
    };
    assert_eq!(word(&only_identity.decide(&asked)), "not allowed");
    let both = Layers {
        resource: Some(&bucket),
        ..only_identity.clone()
    };
    assert_eq!(word(&both.decide(&asked)), "allowed");
    let only_bucket = Layers {
        resource: Some(&bucket),
        ..Layers::default()
    };
    assert_eq!(word(&only_bucket.decide(&asked)), "not allowed");
}

#[test]
fn a_boundary_limits_unless_the_resource_names_the_session() {
    let identity = policy(&json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    let boundary = policy(&json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}));
    let bucket = |principal: &str| {
        policy(
            &json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:*", "Resource": "*"}),
        )
    };
    let asked = request("s3:GetObject", "arn:aws:s3:::a/b");
    let (role, session) = (bucket(ROLE), bucket(SESSION));
    for (resource, expected) in [
        (None, "not allowed"),
        (Some(&role), "not allowed"),
        (Some(&session), "allowed"),
    ] {
        let layers = Layers {
            identity: vec![&identity],
            boundary: Some(&boundary),
            resource,
            ..Layers::default()
        };
        assert_eq!(word(&layers.decide(&asked)), expected);
    }
}

#[test]
fn every_level_of_service_control_policies_must_allow() {
    let all = policy(&json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    let few = policy(&json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}));
    let layers = Layers {
        identity: vec![&all],
        service_control: vec![vec![&all], vec![&few]],
        ..Layers::default()
    };
    assert_eq!(
        word(&layers.decide(&request("s3:GetObject", "arn:aws:s3:::a"))),
        "not allowed"
    );
    assert_eq!(
        word(&layers.decide(&request("ec2:RunInstances", "*"))),
        "allowed"
    );
}

#[test]
fn trust_of_a_service_account_is_exact_or_not() {
    let trust = |operator: &str, sub: &str| {
        policy(
            &json!({"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/A"},
            "Condition": {operator: {"oidc.eks.example/id/A:sub": sub}}}),
        )
    };
    let ask = |document: &Document, account: &str| {
        let layers = Layers {
            resource: Some(document),
            resource_must_allow: true,
            ..Layers::default()
        };
        let asked = Request {
            who: Some(Who::Federated(
                "arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/A".to_owned(),
            )),
            action: "sts:AssumeRoleWithWebIdentity".to_owned(),
            resource: None,
            resource_account: None,
            context: Context::closed().with("oidc.eks.example/id/A:sub", account),
        };
        word(&layers.decide(&asked))
    };
    let exact = trust("StringEquals", "system:serviceaccount:shop:web");
    assert_eq!(ask(&exact, "system:serviceaccount:shop:web"), "allowed");
    assert_eq!(
        ask(&exact, "system:serviceaccount:shop:evil"),
        "not allowed"
    );
    let literal_star = trust("StringEquals", "system:serviceaccount:shop:*");
    assert_eq!(
        ask(&literal_star, "system:serviceaccount:shop:web"),
        "not allowed"
    );
    let wide = trust("StringLike", "system:serviceaccount:*:*");
    assert_eq!(ask(&wide, "system:serviceaccount:dev:evil"), "allowed");
}

#[test]
fn variables_need_the_newer_version() {
    let statement = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*"});
    let mut asked = request("s3:GetObject", "arn:aws:s3:::home/bob/x");
    asked.context = Context::closed().with("aws:username", "bob");
    assert_eq!(by_identity(&policy(&statement), &asked), "allowed");
    let old = Document::read(&json!({"Statement": [statement]})).unwrap();
    assert_eq!(by_identity(&old, &asked), "not allowed");
}

#[test]
fn what_iam_would_refuse_is_refused_with_its_place() {
    let cases = [
        (
            json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Conditon": {}}]}),
            "Statement[0].Conditon",
        ),
        (
            json!({"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}),
            "Statement[0].Effect",
        ),
        (
            json!({"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "a:b"}]}),
            "Statement[0].NotAction",
        ),
        (
            json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringIs": {}}}]}),
            "Statement[0].Condition.StringIs",
        ),
        (json!({"Version": "2012-10-18", "Statement": []}), "Version"),
    ];
    for (document, place) in cases {
        assert_eq!(
            Document::read(&document).unwrap_err().route.to_string(),
            place
        );
    }
}

#[test]
fn a_trust_policy_that_waits_for_a_key_is_unknown() {
    let trust = policy(
        &json!({"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/A"},
        "Condition": {"StringEquals": {"oidc.eks.example/id/A:sub": "system:serviceaccount:shop:web"}}}),
    );
    let layers = Layers {
        resource: Some(&trust),
        resource_must_allow: true,
        ..Layers::default()
    };
    let asked = Request {
        who: Some(Who::Federated(
            "arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/A".to_owned(),
        )),
        action: "sts:AssumeRoleWithWebIdentity".to_owned(),
        resource: None,
        resource_account: None,
        context: Context::open(),
    };
    assert_eq!(word(&layers.decide(&asked)), "unknown");
}
