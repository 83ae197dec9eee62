use std::collections::{BTreeMap, BTreeSet};

use sekisho_access::iam::{Effect, Listed, text_matches};
use sekisho_model::{Estate, Resource, Seen, Severity, phrase};

use super::grants::{Grant, What};
use super::policy::shown;
use super::told::{is_snapshot, unlisted};
use crate::links::{Link, Links};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

/// Policies of AWS that a node needs.
const NEEDED: [&str; 5] = [
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
];

/// What those allow, for policies that are written here: an action that is no part of it is too much.
const ACTIONS: [&str; 18] = [
    "ec2:describe*",
    "eks:describecluster",
    "eks-auth:assumeroleforpodidentity",
    "ecr:getauthorizationtoken",
    "ecr:batchchecklayeravailability",
    "ecr:getdownloadurlforlayer",
    "ecr:batchgetimage",
    "ecr:batchimportupstreamimage",
    "ecr:get*",
    "ecr:describe*",
    "ecr:list*",
    "ssm:updateinstanceinformation",
    "ssm:describeassociation",
    "ssm:listassociations",
    "ssm:putinventory",
    "ssmmessages:*",
    "ec2messages:*",
    "sts:getcalleridentity",
];

/// Policies of AWS by which a role rules over the account, or can come to.
const RULING: [&str; 3] = ["AdministratorAccess", "PowerUserAccess", "IAMFullAccess"];

check! {
    /// **What it shows.** The role of nodes (of managed node groups, of EKS Auto Mode, of access entries for nodes) holds only what
    /// a node needs: `AmazonEKSWorkerNodePolicy` or its minimal form, reading from ECR, and the core of Systems Manager.
    ///
    /// **Why it matters.** Whoever breaks out of a container, or reaches the metadata service, is the node role. The rights of the
    /// CNI let that attacker take network interfaces and addresses of other nodes; they belong to the service account of
    /// the CNI, as the rights of CSI drivers, controllers and autoscalers belong to theirs.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_iam_role_policy_attachment" "cni" {
    ///   role       = aws_iam_role.node.name
    ///   policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_iam_role_policy_attachment" "node" {
    ///   role       = aws_iam_role.node.name
    ///   policy_arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html>
    ///
    /// # 日本語
    /// **示すこと。** ノードのロール (マネージドノードグループ、EKS Auto Mode、ノード用アクセスエントリ) が、ノードに必要な権限だけを
    /// 持つこと。`AmazonEKSWorkerNodePolicy` (または Minimal)、ECR の読み取り、Systems Manager の基本権限に限る。
    ///
    /// **理由。** コンテナから脱出した者やメタデータサービスに到達した者は、ノードロールそのものになる。CNI の権限があれば、ほかのノードの
    /// ネットワークインターフェイスやアドレスを奪える。CNI の権限は CNI の ServiceAccount に、CSI ドライバーやコントローラー、
    /// オートスケーラーの権限もそれぞれの ServiceAccount に与える。
    ///
    /// **直し方。** 余分なポリシーを外し、IRSA か Pod Identity で使う側の ServiceAccount に付ける。
    NodeRoleLeastPrivilege = "node-role-least-privilege";
    control: "T1.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Node role holds too much", "ノードロールの権限が過大",
}

impl Check for NodeRoleLeastPrivilege {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        let links = cx.links();
        let mut roles: BTreeMap<usize, (&Resource, &Resource)> = BTreeMap::new();
        for (index, user, link) in users(cx.estate, links) {
            match link {
                Link::To(role, resource) if !resource.is_data => {
                    roles.entry(role).or_insert((resource, user));
                }
                Link::To(_, resource) => {
                    let address = &resource.address;
                    sheet.on_resource(index).unknown(phrase!(
                        en: "`{address}` is only looked up here; an AWS snapshot tells what it holds",
                        ja: "`{address}` はここでは参照されるだけで、権限は AWS スナップショットがあれば分かる",
                    ));
                }
                Link::Away(why) => sheet.on_resource(index).unknown(why),
            }
        }
        if roles.is_empty() {
            return;
        }
        let grants = cx.grants();
        for (index, (role, user)) in roles {
            let mut on = sheet.on_resource(index);
            let before = on.count();
            for grant in grants.role(index) {
                judge(cx, role, user, grant, &mut on);
            }
            // A role without any policy in these files gets them elsewhere: nodes cannot join without.
            if grants.role(index).is_empty() && !is_snapshot(cx, role.stack) {
                on.unknown(phrase!(
                    en: "no policy is attached to the role here; an AWS snapshot tells what it holds",
                    ja: "このロールに付くポリシーがここにない。AWS スナップショットがあれば分かる",
                ));
            } else if on.count() == before {
                on.pass();
            }
        }
    }
}

/// What makes a role one of nodes, and the role.
pub(super) fn users<'a>(
    estate: &'a Estate,
    links: &Links<'a>,
) -> Vec<(usize, &'a Resource, Link<'a>)> {
    let mut all = Vec::new();
    for (index, group) in estate.of_type("aws_eks_node_group") {
        if let Some(link) = links.of_attribute(group, "node_role_arn", &["aws_iam_role"]) {
            all.push((index, group, link));
        }
    }
    for (index, cluster) in estate.of_type("aws_eks_cluster") {
        if let Seen::Set(blocks, _) = cluster.nested("compute_config")
            && let Some(block) = blocks.first()
            && let Some(link) = links.of_attribute(block, "node_role_arn", &["aws_iam_role"])
        {
            all.push((index, cluster, link));
        }
    }
    // Karpenter's and self-managed nodes join by an access entry (EKS User Guide, access entry types).
    for (index, entry) in estate.of_type("aws_eks_access_entry") {
        let is_node = matches!(entry.text("type"), Seen::Set(kind, _)
            if matches!(kind.as_str(), "EC2_LINUX" | "EC2_WINDOWS" | "EC2" | "HYBRID_LINUX"));
        if is_node && let Some(link) = links.of_attribute(entry, "principal_arn", &["aws_iam_role"])
        {
            all.push((index, entry, link));
        }
    }
    all
}

fn judge(cx: &Context<'_>, role: &Resource, user: &Resource, grant: &Grant<'_>, on: &mut On<'_>) {
    let (severity, message, key) = match &grant.what {
        What::Open(why) => return on.unknown(why.clone()),
        What::Managed(name) if NEEDED.contains(&name.as_str()) => return,
        What::Managed(name) if name == "AmazonEKS_CNI_Policy" => (
            Severity::Medium,
            phrase!(
                en: "the node role holds `{name}`: whoever gets a node's credentials can take network interfaces of other nodes; give it to the service account `aws-node`",
                ja: "ノードロールが `{name}` を持ち、ノードの認証情報を得た者がほかのノードのネットワークインターフェイスを奪える。ServiceAccount `aws-node` に付ける",
            ),
            name.clone(),
        ),
        What::Managed(name) if RULING.contains(&name.as_str()) => (
            Severity::Critical,
            phrase!(
                en: "the node role holds `{name}`: whoever breaks out of one container rules over the account",
                ja: "ノードロールが `{name}` を持ち、コンテナを 1 つ脱出した者がアカウントを支配できる",
            ),
            name.clone(),
        ),
        What::Managed(name) => (
            if name.ends_with("FullAccess") {
                Severity::High
            } else {
                Severity::Medium
            },
            phrase!(
                en: "the node role holds `{name}`, which a node does not need: every container that breaks out has it too; give it to the service account that uses it",
                ja: "ノードロールがノードに不要な `{name}` を持ち、脱出したコンテナもそれを使える。使う側の ServiceAccount に付ける",
            ),
            name.clone(),
        ),
        What::Written(policy) => {
            let mut extra = BTreeSet::new();
            let mut all = false;
            for statement in &policy.document.statements {
                if statement.effect != Effect::Allow {
                    continue;
                }
                match &statement.actions {
                    Listed::In(patterns) => {
                        for pattern in patterns {
                            let lower = pattern.to_ascii_lowercase();
                            all |= lower == "*" || lower == "*:*" || lower == "iam:*";
                            // A pattern is within another when it matches as a text.
                            if !ACTIONS.iter().any(|needed| text_matches(needed, &lower)) {
                                extra.insert(shown(pattern));
                            }
                        }
                    }
                    Listed::NotIn(patterns) => {
                        all = true;
                        let not = patterns.iter().map(|one| shown(one)).collect::<Vec<_>>();
                        extra.insert(format!("NotAction {}", not.join(" ")));
                    }
                }
            }
            if extra.is_empty() {
                return;
            }
            let listed: Vec<String> = extra.iter().take(4).map(|one| format!("`{one}`")).collect();
            let listed = listed.join(", ");
            (
                if all {
                    Severity::Critical
                } else {
                    Severity::Medium
                },
                phrase!(
                    en: "the node role may also do {listed}, which a node does not need: every container that breaks out may too",
                    ja: "ノードロールがノードに不要な {listed} も許可され、脱出したコンテナもそれを使える",
                ),
                listed,
            )
        }
    };
    let user = &user.address;
    let mut fault = Fault::of_value(cx.estate, grant.by, grant.origin.as_ref(), message);
    if !std::ptr::eq(grant.by, role) {
        let text =
            phrase!(en: "the role of the nodes of `{user}`", ja: "`{user}` のノードのロール");
        fault = fault.beside(cx.estate, role, text);
    }
    on.fail(fault.severity(severity).key(key));
}
