use sekisho_access::iam::{Effect, Principal, Principals};
use sekisho_model::{Resource, phrase};

use super::policy::Policy;
use super::powers::{Power, deploy, entries, names_push, push};
use super::told::unlisted;
use super::trust::{Issuer, trusts};
use crate::links::Links;
use crate::{Check, Context, Fault, Level, Sheet, check};

/// Services that run pipelines with a role.
const BUILDERS: [&str; 2] = ["codebuild.amazonaws.com", "codepipeline.amazonaws.com"];

check! {
    /// **What it shows.** No role of a pipeline may both push images (`ecr:PutImage`) and change what runs: by an EKS access policy
    /// that edits, by making access entries or add-ons, or as an administrator. Roles count that GitHub Actions, GitLab CI,
    /// CodeBuild or CodePipeline take, and those that are made for pushing.
    ///
    /// **Why it matters.** Where one role does both, one taken job is enough: it builds the image, pushes it and runs it, and no
    /// second pair of eyes, signature or admission stands between. With two roles the one that builds cannot deploy, and the
    /// one that deploys can only run what the other has left in the registry.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_access_policy_association" "push" {
    ///   principal_arn = aws_iam_role.push.arn
    ///   policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_access_policy_association" "deploy" {
    ///   principal_arn = aws_iam_role.deploy.arn
    ///   policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html>
    ///
    /// # 日本語
    /// **示すこと。** パイプラインのロールが、イメージのプッシュ (`ecr:PutImage`) と実行内容の変更 (編集できる EKS アクセスポリシー、
    /// アクセスエントリやアドオンの作成、管理者権限) の両方を許可されていないこと。GitHub Actions・GitLab CI・CodeBuild・CodePipeline が引き受けるロールと、
    /// プッシュ用のロールを対象とする。
    ///
    /// **理由。** 1 つのロールが両方できると、ジョブを 1 つ乗っ取るだけでイメージのビルド、プッシュ、実行まで進み、レビューも署名検証も挟まらない。
    /// 分かれていれば、ビルドする側はデプロイできず、デプロイする側はレジストリにあるものしか実行できない。
    ///
    /// **直し方。** プッシュ用とデプロイ用のロールを分け、それぞれ別のジョブと環境から引き受ける。
    PushAndDeployRole = "push-and-deploy-role";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "One role pushes and deploys", "1 つのロールがプッシュとデプロイの両方を行える",
}

impl Check for PushAndDeployRole {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        let links = cx.links();
        let grants = cx.grants();
        let entries = entries(cx.estate, links);
        for (index, role) in cx.estate.of_type("aws_iam_role") {
            let own = grants.role(index);
            if !names_push(own) && !is_of_pipeline(links, role) {
                continue;
            }
            let mut on = sheet.on_resource(index);
            match (push(own), deploy(cx, &entries, index, role)) {
                (Power::By(pushing), Power::By(deploying)) => {
                    let message = phrase!(
                        en: "the role may push images and change what runs: one taken job builds, pushes and runs its own image; make two roles of it",
                        ja: "ロールがイメージのプッシュと実行内容の変更の両方を行え、ジョブを 1 つ乗っ取るだけで自分のイメージを実行できる。ロールを分ける",
                    );
                    let mut fault = Fault::of_value(cx.estate, role, None, message);
                    for by in pushing {
                        fault = fault.beside(
                            cx.estate,
                            by,
                            phrase!(en: "lets it push", ja: "プッシュを許可"),
                        );
                    }
                    for by in deploying {
                        fault = fault.beside(
                            cx.estate,
                            by,
                            phrase!(en: "lets it deploy", ja: "デプロイを許可"),
                        );
                    }
                    on.fail(fault);
                }
                (Power::None, Power::None) => {}
                // Without one of them it cannot be both, whatever is not known of the other.
                (Power::None, _) | (_, Power::None) => on.pass(),
                (Power::Open(why), _) | (_, Power::Open(why)) => on.unknown(why),
            }
        }
    }
}

/// Whether a pipeline takes the role.
fn is_of_pipeline(links: &Links<'_>, role: &Resource) -> bool {
    let Some(value) = role.values.get("assume_role_policy") else {
        return false;
    };
    let Ok(policy) = Policy::of(links, role, &value) else {
        return false;
    };
    let ci = |issuer| matches!(issuer, Some(Issuer::GitHub | Issuer::GitLab));
    if trusts(links, role, &policy)
        .iter()
        .any(|trust| ci(trust.issuer))
    {
        return true;
    }
    policy.document.statements.iter().any(|statement| {
        let Some(Principals::In(all)) = &statement.principals else {
            return false;
        };
        let builds = |one: &Principal| {
            matches!(one, Principal::Service(name) if BUILDERS.contains(&name.as_str()))
        };
        statement.effect == Effect::Allow && all.iter().any(builds)
    })
}
