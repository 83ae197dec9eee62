//! IAM: users, groups, roles and policies of the account, with what is attached to what.

use std::sync::Arc;

use sekisho_terraform::{Cause, Type, Value};

use super::answers::text;
use super::{Answers, Made, Shape};

const DETAILS: &str = "get-account-authorization-details";

/// Types that the details of the account tell.
const TOLD: [&str; 12] = [
    "aws_iam_group",
    "aws_iam_group_policy",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_user",
    "aws_iam_user_group_membership",
    "aws_iam_user_policy",
    "aws_iam_user_policy_attachment",
    // All of them are told as attachments of one role, user or group.
    "aws_iam_policy_attachment",
];

pub(crate) fn translate(answers: &Answers, made: &mut Made<'_>) {
    if made.region().is_some() {
        return;
    }
    let details = answers.heard("iam", DETAILS, &[]);
    made.listed(&TOLD, answers, "iam", DETAILS);
    for role in details.items("RoleDetailList") {
        let trust = document(role.get("AssumeRolePolicyDocument"));
        let shape = named(&role, "RoleName")
            .without("assume_role_policy_document")
            .without("instance_profile_list")
            .with("assume_role_policy", trust);
        made.resource("aws_iam_role", &role, shape);
        policies(&role, &ROLE, made);
    }
    for user in details.items("UserDetailList") {
        made.resource("aws_iam_user", &user, named(&user, "UserName"));
        policies(&user, &USER, made);
        let groups = user.get("GroupList");
        if groups
            .as_ref()
            .and_then(Value::items)
            .is_some_and(|all| !all.is_empty())
        {
            let shape = Shape::new()
                .with("id", user.get("UserName"))
                .with("user", user.get("UserName"))
                .with("groups", groups);
            made.resource("aws_iam_user_group_membership", &user, shape);
        }
    }
    for group in details.items("GroupDetailList") {
        made.resource("aws_iam_group", &group, named(&group, "GroupName"));
        policies(&group, &GROUP, made);
    }
    for policy in details.items("Policies") {
        managed(&policy, made);
    }
    providers(answers, made);
    profiles(answers, made);
    keys(answers, made);
}

/// Who holds policies, in the words of the API and of the provider.
struct Holder {
    name: &'static str,
    inline: &'static str,
    attribute: &'static str,
    policy: &'static str,
    attachment: &'static str,
}

const ROLE: Holder = Holder {
    name: "RoleName",
    inline: "RolePolicyList",
    attribute: "role",
    policy: "aws_iam_role_policy",
    attachment: "aws_iam_role_policy_attachment",
};

const USER: Holder = Holder {
    name: "UserName",
    inline: "UserPolicyList",
    attribute: "user",
    policy: "aws_iam_user_policy",
    attachment: "aws_iam_user_policy_attachment",
};

const GROUP: Holder = Holder {
    name: "GroupName",
    inline: "GroupPolicyList",
    attribute: "group",
    policy: "aws_iam_group_policy",
    attachment: "aws_iam_group_policy_attachment",
};

/// A user, group or role: its id is its name. What it holds becomes resources of their own.
fn named(value: &Value, name: &str) -> Shape {
    let boundary = value.get("PermissionsBoundary");
    let boundary = boundary.and_then(|boundary| boundary.get("PermissionsBoundaryArn"));
    [
        "role_name",
        "user_name",
        "group_name",
        "role_policy_list",
        "user_policy_list",
        "group_policy_list",
        "group_list",
        "attached_managed_policies",
        "permissions_boundary",
    ]
    .iter()
    .fold(Shape::of(value), |shape, own| shape.without(own))
    .with("id", value.get(name))
    .with("name", value.get(name))
    .with("permissions_boundary", boundary)
}

fn policies(owner: &Value, holder: &Holder, made: &mut Made<'_>) {
    let Some(name) = owner.get(holder.name) else {
        return;
    };
    let own = name.as_str().unwrap_or_default().to_owned();
    for inline in items(owner, holder.inline) {
        let called = text(&inline, "PolicyName").unwrap_or_default();
        let shape = Shape::new()
            .with("id", Value::string(&format!("{own}:{called}")))
            .with("name", inline.get("PolicyName"))
            .with(holder.attribute, name.clone())
            .with("policy", document(inline.get("PolicyDocument")));
        made.resource(holder.policy, &inline, shape);
    }
    for attached in items(owner, "AttachedManagedPolicies") {
        let arn = text(&attached, "PolicyArn").unwrap_or_default();
        let shape = Shape::new()
            .with("id", Value::string(&format!("{own}/{arn}")))
            .with(holder.attribute, name.clone())
            .with("policy_arn", attached.get("PolicyArn"));
        made.resource(holder.attachment, &attached, shape);
    }
}

/// A managed policy with the version that is in force. Those of AWS are no resources of the account.
fn managed(policy: &Value, made: &mut Made<'_>) {
    let versions = items(policy, "PolicyVersionList");
    let in_force = versions.iter().find(|version| {
        let is_default = version.get("IsDefaultVersion");
        is_default.and_then(|flag| flag.as_bool()) == Some(true)
    });
    let told = document(in_force.and_then(|version| version.get("Document")));
    let told = told.unwrap_or_else(|| {
        let why = format!("aws iam {DETAILS}: PolicyVersionList");
        Value::unknown(Type::Dynamic, Cause::Unread(Arc::from(why)))
    });
    let shape = Shape::of(policy)
        .without("policy_version_list")
        .rename("policy_name", "name")
        .with("id", policy.get("Arn"))
        .with("policy", told);
    let is_of_aws = text(policy, "Arn").is_some_and(|arn| arn.contains(":iam::aws:policy/"));
    if is_of_aws {
        made.looked_up("aws_iam_policy", policy, shape);
    } else {
        made.resource("aws_iam_policy", policy, shape);
    }
}

fn providers(answers: &Answers, made: &mut Made<'_>) {
    const KIND: &str = "aws_iam_openid_connect_provider";
    const LIST: &str = "list-open-id-connect-providers";
    const GET: &str = "get-open-id-connect-provider";
    made.listed(&[KIND], answers, "iam", LIST);
    let list = answers.heard("iam", LIST, &[]);
    let mut listed = Vec::new();
    for entry in list.items("OpenIDConnectProviderList") {
        let Some(arn) = text(&entry, "Arn") else {
            continue;
        };
        let told = answers.heard("iam", GET, &[&arn]);
        let shape = match told.told() {
            Some(answer) => provider(answer, &arn),
            // The ARN ends with the URL.
            None => Shape::new()
                .with("arn", entry.get("Arn"))
                .with("id", entry.get("Arn"))
                .with("url", url_of(&arn))
                .and_more(told.doubt("iam", GET)),
        };
        made.resource(KIND, told.told().unwrap_or(&entry), shape);
        listed.push(arn);
    }
    for (keys, heard) in answers.each("iam", GET) {
        if let (Some(arn), Some(answer)) = (keys.first(), heard.told())
            && !listed.contains(arn)
        {
            made.resource(KIND, answer, provider(answer, arn));
        }
    }
}

fn provider(answer: &Value, arn: &str) -> Shape {
    Shape::of(answer)
        .with("arn", Value::string(arn))
        .with("id", Value::string(arn))
}

fn url_of(arn: &str) -> Option<Value> {
    let (_, url) = arn.split_once(":oidc-provider/")?;
    Some(Value::string(url))
}

fn profiles(answers: &Answers, made: &mut Made<'_>) {
    const KIND: &str = "aws_iam_instance_profile";
    made.listed(&[KIND], answers, "iam", "list-instance-profiles");
    let profiles = answers.heard("iam", "list-instance-profiles", &[]);
    for profile in profiles.items("InstanceProfiles") {
        let role = items(&profile, "Roles");
        let shape = Shape::of(&profile)
            .without("roles")
            .rename("instance_profile_name", "name")
            .with("id", profile.get("InstanceProfileName"))
            .with("role", role.first().and_then(|role| role.get("RoleName")));
        made.resource(KIND, &profile, shape);
    }
}

fn keys(answers: &Answers, made: &mut Made<'_>) {
    const KIND: &str = "aws_iam_access_key";
    const LIST: &str = "list-access-keys";
    made.listed(&[KIND], answers, "iam", DETAILS);
    for user in answers.heard("iam", DETAILS, &[]).items("UserDetailList") {
        let name = text(&user, "UserName").unwrap_or_default();
        let doubt = answers.heard("iam", LIST, &[&name]).doubt("iam", LIST);
        made.listed_unless(&[KIND], doubt);
    }
    for (_, heard) in answers.each("iam", LIST) {
        for key in heard.items("AccessKeyMetadata") {
            let shape = Shape::of(&key)
                .rename("access_key_id", "id")
                .rename("user_name", "user");
            made.resource(KIND, &key, shape);
        }
    }
}

fn items(value: &Value, name: &str) -> Vec<Value> {
    let Some(list) = value.get(name) else {
        return Vec::new();
    };
    let all = list.items().unwrap_or_default().iter();
    all.map(|item| list.inside(item)).collect()
}

/// A policy as the provider has it, a JSON text. The CLI prints it as an object, the API itself as a text in URL encoding.
fn document(told: Option<Value>) -> Option<Value> {
    let told = told?;
    let json = match told.as_str() {
        Some(text) => Some(decoded(text)),
        None => told.to_json(),
    };
    let text = json.map_or_else(
        || Value::unknown(Type::Dynamic, Cause::Limit),
        |json| Value::string(&json),
    );
    Some(match told.origin() {
        Some(origin) => text.at(origin.clone()),
        None => text,
    })
}

/// RFC 3986 percent encoding; a text that begins with a brace is not encoded.
fn decoded(text: &str) -> String {
    if text.trim_start().starts_with('{') {
        return text.to_owned();
    }
    super::layout::decoded(text)
}
