//! Answers of AWS become what the Terraform provider would have in its state.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::sync::Arc;

use sekisho_aws::snapshot::{Answer, Found, read};
use sekisho_model::{Listing, Place, Resource, Seen};
use sekisho_yaml::{Document, Limits, parse_shared};

const MANIFEST: &str = r#"{"version": "sekisho.aws-snapshot/v1", "account": "111122223333"}"#;

/// Reads answers, given as `eks/list-addons/shop` and their text, all of eu-west-1.
fn found(answers: &[(&str, &str)]) -> Found {
    let manifest = ("s/sekisho-snapshot.json".to_owned(), Arc::from(MANIFEST));
    let answers = answers.iter().map(|(call, text)| {
        let path = format!("s/eu-west-1/{call}.json");
        (path, Arc::<str>::from(*text))
    });
    let texts: Vec<(String, Arc<str>)> = std::iter::once(manifest).chain(answers).collect();
    let documents: Vec<Document> = texts
        .iter()
        .map(|(_, text)| parse_shared(text, &Limits::default()).documents.remove(0))
        .collect();
    let files: Vec<Answer<'_>> = texts
        .iter()
        .zip(&documents)
        .enumerate()
        .map(|(file, ((path, text), document))| Answer {
            path,
            file,
            document: Some(document),
            text,
        })
        .collect();
    read("s", &files, 0, &Place::default())
}

fn only<'f>(found: &'f Found, kind: &str) -> &'f Resource {
    let mut all = found.resources.iter().filter(|one| one.kind == kind);
    let first = all.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(all.next().is_none(), "more than one {kind}");
    first
}

#[track_caller]
fn has(resource: &Resource, attributes: &[(&str, &str)]) {
    for (name, wanted) in attributes {
        let value = match resource.get(name) {
            Seen::Set(value, _) => value.to_json().unwrap(),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(value, *wanted, "{name}");
    }
}

fn listing<'f>(found: &'f Found, kind: &str) -> &'f Listing {
    &found.stacks[0].listings[kind]
}

#[test]
fn what_belongs_to_a_cluster_names_it() {
    let found = found(&[
        ("eks/list-clusters", r#"{"clusters": ["shop"]}"#),
        (
            "eks/list-pod-identity-associations/shop",
            r#"{"associations": [
              {"clusterName": "shop", "namespace": "pay", "serviceAccount": "api", "associationId": "a-1"},
              {"clusterName": "shop", "namespace": "web", "serviceAccount": "www", "associationId": "a-2"}]}"#,
        ),
        (
            "eks/describe-pod-identity-association/shop/a-1",
            r#"{"association": {"clusterName": "shop", "namespace": "pay", "serviceAccount": "api", "associationId": "a-1",
              "roleArn": "arn:aws:iam::111122223333:role/pay"}}"#,
        ),
        (
            "eks/list-identity-provider-configs/shop",
            r#"{"identityProviderConfigs": [{"type": "oidc", "name": "corp"}]}"#,
        ),
        (
            "eks/describe-identity-provider-config/shop/type=oidc,name=corp",
            r#"{"identityProviderConfig": {"oidc": {"identityProviderConfigName": "corp", "clusterName": "shop",
              "identityProviderConfigArn": "arn:aws:eks:eu-west-1:111122223333:identityproviderconfig/shop/oidc/corp/0a",
              "issuerUrl": "https://id.example", "clientId": "kubernetes"}}}"#,
        ),
        (
            "eks/describe-fargate-profile/shop/all",
            r#"{"fargateProfile": {"fargateProfileName": "all", "clusterName": "shop",
              "fargateProfileArn": "arn:aws:eks:eu-west-1:111122223333:fargateprofile/shop/all/0a",
              "podExecutionRoleArn": "arn:aws:iam::111122223333:role/pods", "subnets": ["subnet-1"],
              "selectors": [{"namespace": "web"}]}}"#,
        ),
    ]);
    let pods: Vec<&Resource> = found
        .resources
        .iter()
        .filter(|one| one.kind == "aws_eks_pod_identity_association")
        .collect();
    assert_eq!(pods.len(), 2);
    let told = pods.iter().find(|one| one.address.contains("a-1")).unwrap();
    has(
        told,
        &[
            ("cluster_name", r#""shop""#),
            ("service_account", r#""api""#),
            ("role_arn", r#""arn:aws:iam::111122223333:role/pay""#),
        ],
    );
    // Its description was not asked for: what the list told is known, the role is not.
    let untold = pods.iter().find(|one| one.address.contains("a-2")).unwrap();
    has(untold, &[("namespace", r#""web""#)]);
    assert!(matches!(untold.text("role_arn"), Seen::Unknown(_)));
    has(
        only(&found, "aws_eks_identity_provider_config"),
        &[
            ("cluster_name", r#""shop""#),
            ("oidc.issuer_url", r#""https://id.example""#),
        ],
    );
    has(
        only(&found, "aws_eks_fargate_profile"),
        &[
            ("subnet_ids", r#"["subnet-1"]"#),
            ("selector", r#"[{"namespace":"web"}]"#),
            ("id", r#""shop:all""#),
        ],
    );
    assert_eq!(
        listing(&found, "aws_eks_pod_identity_association"),
        &Listing::Whole
    );
    // Nobody asked which profiles there are.
    assert!(matches!(
        listing(&found, "aws_eks_fargate_profile"),
        Listing::Open(_)
    ));
}

#[test]
fn what_stands_beside_a_network_names_it() {
    let found = found(&[
        (
            "ec2/describe-internet-gateways",
            r#"{"InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}]}"#,
        ),
        (
            "ec2/describe-egress-only-internet-gateways",
            r#"{"EgressOnlyInternetGateways": [{"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1"}]}]}"#,
        ),
        (
            "ec2/describe-nat-gateways",
            r#"{"NatGateways": [{"NatGatewayId": "nat-1", "SubnetId": "subnet-1", "State": "available", "ConnectivityType": "public"},
              {"NatGatewayId": "nat-0", "SubnetId": "subnet-1", "State": "deleted"}]}"#,
        ),
        (
            "ec2/describe-vpc-endpoints",
            r#"{"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.ecr.api",
              "VpcEndpointType": "Interface", "Groups": [{"GroupId": "sg-1", "GroupName": "endpoints"}], "PrivateDnsEnabled": true,
              "PolicyDocument": "{}"}]}"#,
        ),
        (
            "ec2/describe-flow-logs",
            r#"{"FlowLogs": [{"FlowLogId": "fl-1", "ResourceId": "vpc-1", "TrafficType": "REJECT", "LogDestinationType": "cloud-watch-logs",
              "LogGroupName": "/vpc", "DeliverLogsPermissionArn": "arn:aws:iam::111122223333:role/flow"}]}"#,
        ),
        (
            "ec2/get-ebs-encryption-by-default",
            r#"{"EbsEncryptionByDefault": false, "SseType": "NONE"}"#,
        ),
    ]);
    has(
        only(&found, "aws_internet_gateway"),
        &[("id", r#""igw-1""#), ("vpc_id", r#""vpc-1""#)],
    );
    has(
        only(&found, "aws_egress_only_internet_gateway"),
        &[("vpc_id", r#""vpc-1""#)],
    );
    has(
        only(&found, "aws_nat_gateway"),
        &[("id", r#""nat-1""#), ("subnet_id", r#""subnet-1""#)],
    );
    has(
        only(&found, "aws_vpc_endpoint"),
        &[
            ("security_group_ids", r#"["sg-1"]"#),
            ("vpc_endpoint_type", r#""Interface""#),
            ("policy", r#""{}""#),
        ],
    );
    has(
        only(&found, "aws_flow_log"),
        &[
            ("vpc_id", r#""vpc-1""#),
            ("traffic_type", r#""REJECT""#),
            ("iam_role_arn", r#""arn:aws:iam::111122223333:role/flow""#),
        ],
    );
    has(
        only(&found, "aws_ebs_encryption_by_default"),
        &[("enabled", "false")],
    );
}

#[test]
fn what_starts_instances_keeps_its_form() {
    let found = found(&[
        (
            "autoscaling/describe-auto-scaling-groups",
            r#"{"AutoScalingGroups": [{"AutoScalingGroupName": "own", "VPCZoneIdentifier": "subnet-1, subnet-2",
              "LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "own", "Version": "$Latest"},
              "Tags": [{"Key": "team", "Value": "shop", "PropagateAtLaunch": true}], "MinSize": 1}]}"#,
        ),
        (
            "autoscaling/describe-launch-configurations",
            r#"{"LaunchConfigurations": [{"LaunchConfigurationName": "old", "AssociatePublicIpAddress": true,
              "MetadataOptions": {"HttpTokens": "optional"}}]}"#,
        ),
        (
            "ec2/describe-launch-templates",
            r#"{"LaunchTemplates": [
              {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "own", "DefaultVersionNumber": 1, "LatestVersionNumber": 2},
              {"LaunchTemplateId": "lt-2", "LaunchTemplateName": "unused", "DefaultVersionNumber": 1, "LatestVersionNumber": 1}]}"#,
        ),
        (
            "ec2/describe-launch-template-versions/lt-1",
            r#"{"LaunchTemplateVersions": [
              {"LaunchTemplateId": "lt-1", "VersionNumber": 2, "LaunchTemplateData": {"SecurityGroupIds": ["sg-1"], "KeyName": "ops",
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": true}}]}},
              {"LaunchTemplateId": "lt-1", "VersionNumber": 1, "LaunchTemplateData": {}}]}"#,
        ),
        (
            "ec2/describe-instances",
            r#"{"Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}, "SubnetId": "subnet-1",
              "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/path/node"},
              "SecurityGroups": [{"GroupId": "sg-1"}], "MetadataOptions": {"HttpTokens": "required"},
              "NetworkInterfaces": [{"Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}]}],
              "Tags": [{"Key": "Name", "Value": "node"}]}]}]}"#,
        ),
    ]);
    has(
        only(&found, "aws_autoscaling_group"),
        &[
            ("vpc_zone_identifier", r#"["subnet-1","subnet-2"]"#),
            ("launch_template.id", r#""lt-1""#),
            ("tag.key", r#""team""#),
            ("tag.propagate_at_launch", "true"),
        ],
    );
    has(
        only(&found, "aws_launch_configuration"),
        &[
            ("name", r#""old""#),
            ("metadata_options.http_tokens", r#""optional""#),
        ],
    );
    has(
        only(&found, "aws_launch_template"),
        &[
            ("name", r#""own""#),
            ("version", r#""2""#),
            ("key_name", r#""ops""#),
            ("vpc_security_group_ids", r#"["sg-1"]"#),
            ("block_device_mappings.ebs.encrypted", "true"),
        ],
    );
    has(
        only(&found, "aws_instance"),
        &[
            ("iam_instance_profile", r#""node""#),
            ("associate_public_ip_address", "false"),
            ("ipv6_addresses", r#"["2001:db8::1"]"#),
            ("vpc_security_group_ids", r#"["sg-1"]"#),
            ("tags.Name", r#""node""#),
        ],
    );
}

#[test]
fn keys_are_told_by_their_kind() {
    let found = found(&[
        (
            "kms/list-keys",
            r#"{"Keys": [{"KeyId": "k-1"}, {"KeyId": "k-2"}, {"KeyId": "k-3"}]}"#,
        ),
        (
            "kms/describe-key/k-1",
            r#"{"KeyMetadata": {"KeyId": "k-1", "Arn": "arn:aws:kms:eu-west-1:111122223333:key/k-1", "KeyManager": "CUSTOMER",
              "Origin": "AWS_KMS", "Enabled": false}}"#,
        ),
        (
            "kms/describe-key/k-2",
            r#"{"KeyMetadata": {"KeyId": "k-2", "Arn": "arn:aws:kms:eu-west-1:111122223333:key/k-2", "KeyManager": "AWS"}}"#,
        ),
        (
            "kms/describe-key/k-3",
            r#"{"KeyMetadata": {"KeyId": "k-3", "Arn": "arn:aws:kms:eu-west-1:111122223333:key/k-3", "KeyManager": "CUSTOMER",
              "Origin": "EXTERNAL"}}"#,
        ),
        (
            "kms/get-key-rotation-status/k-1",
            r#"{"KeyRotationEnabled": true}"#,
        ),
        ("kms/get-key-policy/k-1", r#"{"Policy": "{}"}"#),
        (
            "kms/list-aliases",
            r#"{"Aliases": [{"AliasName": "alias/shop", "AliasArn": "arn:aws:kms:eu-west-1:111122223333:alias/shop", "TargetKeyId": "k-1"}]}"#,
        ),
    ]);
    has(
        only(&found, "aws_kms_key"),
        &[
            ("enable_key_rotation", "true"),
            ("is_enabled", "false"),
            ("policy", r#""{}""#),
        ],
    );
    only(&found, "aws_kms_external_key");
    has(
        only(&found, "aws_kms_alias"),
        &[(
            "target_key_arn",
            r#""arn:aws:kms:eu-west-1:111122223333:key/k-1""#,
        )],
    );
    assert_eq!(listing(&found, "aws_kms_key"), &Listing::Whole);
}

#[test]
fn what_has_another_form_is_not_known() {
    let found = found(&[(
        "ec2/describe-security-groups",
        r#"{"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [
          {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"Cidr": "10.0.0.0/8"}]}], "IpPermissionsEgress": "all"}]}"#,
    )]);
    let group = only(&found, "aws_security_group");
    assert!(matches!(group.nested("egress"), Seen::Unknown(_)));
    let Seen::Set(rules, _) = group.nested("ingress") else {
        panic!("one rule");
    };
    assert!(matches!(rules[0].texts("cidr_blocks"), Seen::Unknown(_)));
}
