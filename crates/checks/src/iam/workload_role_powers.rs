use sekisho_model::{Phrase, Resource, Severity, phrase};

use super::holders::{Holder, holders};
use super::holding::{Holding, May};
use super::told::is_snapshot;
use super::trust::STRANGE;
use crate::links::Link;
use crate::{Check, Context, Level, On, Sheet, check};

check! {
    /// **What it shows.** The AWS role of a workload gives no power over the account: it cannot change what roles, users and policies
    /// may do, cannot make itself administrator of a cluster, cannot take roles that nobody named, and cannot start instances
    /// with any role. The way is shown: pod, service account, role, policy.
    ///
    /// **Why it matters.** Whoever gets into one container of the workload has its role. With one of these powers that is the
    /// whole account or cluster, by one more call.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_iam_role_policy_attachment" "orders" {
    ///   role       = aws_iam_role.orders.name
    ///   policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
    /// }
    /// ```
    ///
    /// **Good.** A policy that names the actions and the resources that the workload uses.
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
    ///
    /// # 日本語
    /// **示すこと。** ワークロードの AWS ロールが、アカウントを支配する力を持たないこと。ロール・ユーザー・ポリシーの許可内容の変更、クラスタ管理者への
    /// 昇格、名指しされていないロールの引き受け、任意のロールでのインスタンス起動ができない。Pod、ServiceAccount、ロール、ポリシーの経路を示す。
    ///
    /// **理由。** ワークロードのコンテナに侵入した者は、そのロールを得る。これらの力が 1 つでもあれば、あと 1 回の呼び出しで
    /// アカウント全体やクラスタを支配できる。
    ///
    /// **直し方。** ワークロードが使うアクションとリソースだけを列挙したポリシーにする。
    WorkloadRolePowers = "workload-role-powers";
    control: "T1.4",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A workload's role rules beyond the workload", "ワークロードのロールの力が過大",
}

/// Calls by which a role changes what it or others may do in AWS.
const IAM: [(&str, &str); 11] = [
    ("iam:AttachRolePolicy", "role"),
    ("iam:PutRolePolicy", "role"),
    ("iam:UpdateAssumeRolePolicy", "role"),
    ("iam:DeleteRolePermissionsBoundary", "role"),
    ("iam:CreatePolicyVersion", "policy"),
    ("iam:SetDefaultPolicyVersion", "policy"),
    ("iam:AttachUserPolicy", "user"),
    ("iam:PutUserPolicy", "user"),
    ("iam:CreateAccessKey", "user"),
    ("iam:CreateLoginProfile", "user"),
    ("iam:AddUserToGroup", "group"),
];

/// Calls by which a role gets rights in a cluster, its own or those of its workloads.
const EKS: [(&str, &str); 5] = [
    ("eks:CreateAccessEntry", "cluster"),
    ("eks:AssociateAccessPolicy", "access-entry"),
    ("eks:UpdateAccessEntry", "access-entry"),
    ("eks:CreatePodIdentityAssociation", "cluster"),
    ("eks:UpdatePodIdentityAssociation", "podidentityassociation"),
];

/// Calls by which a role gets a shell on instances.
const INSTANCES: [(&str, &str); 3] = [
    ("ssm:StartSession", "instance"),
    ("ssm:SendCommand", "instance"),
    ("ec2-instance-connect:SendSSHPublicKey", "instance"),
];

impl Check for WorkloadRolePowers {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for holder in holders(cx) {
            let mut on = holder.on(sheet);
            match &holder.role {
                Link::To(index, role) if !role.is_data => {
                    judge(cx, &holder, &Holding::of(cx, *index, role), role, &mut on);
                }
                Link::To(_, role) => {
                    let address = &role.address;
                    on.unknown(phrase!(
                        en: "`{address}` is only looked up here; an AWS snapshot tells what it may do",
                        ja: "`{address}` はここでは参照されるだけで、許可の内容は AWS スナップショットがあれば分かる",
                    ));
                }
                Link::Away(why) => on.unknown(why.clone()),
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    holder: &Holder<'_>,
    holding: &Holding<'_, '_>,
    role: &Resource,
    on: &mut On<'_>,
) {
    let mut open = None;
    let before = on.count();
    let fail = |on: &mut On<'_>, found: &Found<'_>, severity, key: &str, so: (&str, &str)| {
        let (who, address, action) = (holder.name(), &role.address, &found.action);
        let (en, ja) = so;
        let message = phrase!(
            en: "pods of `{who}` may do `{action}` through `{address}`: {en}",
            ja: "`{who}` の Pod は `{address}` を通じて `{action}` を実行でき、{ja}",
        );
        let fault = holder.fault(cx, role, message).severity(severity).key(key);
        let text = phrase!(en: "lets it do `{action}`", ja: "`{action}` を許可");
        on.fail(fault.beside(cx.estate, found.by, text));
    };
    if let Some(found) = any(holding, &IAM, &mut open) {
        let so = (
            "that is every right in the account, by one more call",
            "あと 1 回の呼び出しでアカウントのすべての権限を得る",
        );
        // It tells all that the others would.
        return fail(on, &found, Severity::Critical, "iam", so);
    }
    if let Some(found) = any(holding, &EKS, &mut open) {
        let so = (
            "that is administrator of a cluster, or the role of another workload",
            "クラスタの管理者や、ほかのワークロードのロールになれる",
        );
        fail(on, &found, Severity::High, "eks", so);
    }
    if let Some(found) = any(holding, &INSTANCES, &mut open) {
        let so = (
            "that is a shell on instances that nobody named",
            "名指しされていないインスタンスでシェルを得る",
        );
        fail(on, &found, Severity::High, "instances", so);
    }
    if let Some(found) = any(holding, &[("sts:AssumeRole", "role")], &mut open) {
        let so = (
            "that is every role that trusts the account",
            "アカウントを信頼するすべてのロールになれる",
        );
        fail(on, &found, Severity::High, "roles", so);
    }
    let runs = any(holding, &[("ec2:RunInstances", "instance")], &mut open);
    if let Some(found) = any(holding, &[("iam:PassRole", "role")], &mut open)
        && runs.is_some()
    {
        let so = (
            "with `ec2:RunInstances` that is any role, on an instance of its own",
            "`ec2:RunInstances` と合わせ、自分のインスタンスで任意のロールになれる",
        );
        fail(on, &found, Severity::High, "pass", so);
    }
    if on.count() > before {
        return;
    }
    match open.or_else(|| holding.open()) {
        Some(why) => on.unknown(why),
        None if holding.is_empty() && !is_snapshot(cx, role.stack) => {
            on.unknown(phrase!(
                en: "no policy is attached to the role here; an AWS snapshot tells what it holds",
                ja: "このロールに付くポリシーがここにない。AWS スナップショットがあれば分かる",
            ));
        }
        None => on.pass(),
    }
}

/// A call that a role may make.
struct Found<'a> {
    action: String,
    by: &'a Resource,
}

/// The first of these calls that a role may make to something that nobody named, or to itself.
fn any<'a>(
    holding: &Holding<'_, 'a>,
    calls: &[(&str, &str)],
    open: &mut Option<Phrase>,
) -> Option<Found<'a>> {
    for (action, thing) in calls {
        let mut asked = holding.strangers(action, &format!("{thing}/{STRANGE}"));
        if *thing == "role" && *action != "sts:AssumeRole" {
            asked.insert(holding.arn());
        }
        for resource in asked {
            match holding.may(action, &resource) {
                May::Yes(by) => {
                    return Some(Found {
                        action: (*action).to_owned(),
                        by,
                    });
                }
                // What hangs on tags and the like is bounded.
                May::No | May::Conditional(_) => {}
                May::Open(why) => *open = open.take().or(Some(why)),
            }
        }
    }
    None
}

/// A call by which a role changes what it or others may do in AWS, with what allows it; and why there may be one.
pub(super) fn rules_iam<'a>(
    holding: &Holding<'_, 'a>,
) -> (Option<(String, &'a Resource)>, Option<Phrase>) {
    let mut open = None;
    let found = any(holding, &IAM, &mut open);
    let found = found.map(|found| (found.action, found.by));
    (found, open.or_else(|| holding.open()))
}
