use std::collections::{BTreeMap, BTreeSet};

use sekisho_access::iam::{Document, Effect, Listed, text_matches};
use sekisho_aws::managed;
use sekisho_model::{Estate, Fix, Resource, Seen, Severity, phrase};

use super::grants::{Grant, What};
use super::policy::shown;
use super::told::{is_snapshot, unlisted};
use crate::hcl::BlockEdit;
use crate::links::{Link, Links};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

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
    fix: Risky,
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
    let (name, beyond) = match (&grant.what, grant.policy()) {
        (What::Managed(name, None), _) => (Some(name), Beyond::default()),
        (_, Err(why)) => return on.unknown(why),
        (what, Ok(policy)) => {
            let beyond = Beyond::of(&policy.document);
            if beyond.actions.is_empty() {
                return;
            }
            let name = match what {
                What::Managed(name, _) => Some(name),
                What::Written(_) | What::Open(_) => None,
            };
            (name, beyond)
        }
    };
    let listed: Vec<String> = beyond
        .actions
        .iter()
        .take(4)
        .map(|one| format!("`{one}`"))
        .collect();
    let listed = listed.join(", ");
    let severity = if beyond.rules {
        Severity::Critical
    } else if name.is_some_and(|name| name.ends_with("FullAccess")) {
        Severity::High
    } else {
        Severity::Medium
    };
    let message = match name {
        Some(name) if name == "AmazonEKS_CNI_Policy" => phrase!(
            en: "the node role holds `{name}`: whoever gets a node's credentials can take network interfaces of other nodes; give it to the service account `aws-node`",
            ja: "ノードロールが `{name}` を持ち、ノードの認証情報を得た者がほかのノードのネットワークインターフェイスを奪える。ServiceAccount `aws-node` に付ける",
        ),
        Some(name) if beyond.rules => phrase!(
            en: "the node role holds `{name}`: whoever breaks out of one container rules over the account",
            ja: "ノードロールが `{name}` を持ち、コンテナを 1 つ脱出した者がアカウントを支配できる",
        ),
        Some(name) if listed.is_empty() => phrase!(
            en: "the node role holds `{name}`, which a node does not need: every container that breaks out has it too; give it to the service account that uses it",
            ja: "ノードロールがノードに不要な `{name}` を持ち、脱出したコンテナもそれを使える。使う側の ServiceAccount に付ける",
        ),
        Some(name) => phrase!(
            en: "the node role holds `{name}`, which a node does not need: every container that breaks out may do {listed} too; give it to the service account that uses it",
            ja: "ノードロールがノードに不要な `{name}` を持ち、脱出したコンテナも {listed} を使える。使う側の ServiceAccount に付ける",
        ),
        None => phrase!(
            en: "the node role may also do {listed}, which a node does not need: every container that breaks out may too",
            ja: "ノードロールがノードに不要な {listed} も許可され、脱出したコンテナもそれを使える",
        ),
    };
    let key = name.cloned().unwrap_or(listed);
    let user = &user.address;
    let mut fault = Fault::of_value(cx.estate, grant.by, grant.origin.as_ref(), message);
    if !std::ptr::eq(grant.by, role) {
        let text =
            phrase!(en: "the role of the nodes of `{user}`", ja: "`{user}` のノードのロール");
        fault = fault.beside(cx.estate, role, text);
    }
    if let Some(fix) = name.and_then(|name| narrower(cx, grant, name)) {
        fault = fault.fix(fix);
    }
    on.fail(fault.severity(severity).key(key));
}

/// Policies of AWS in whose place a node needs a narrower one.
const NARROWER: [(&str, &str); 5] = [
    (
        "AmazonEC2ContainerRegistryPowerUser",
        "AmazonEC2ContainerRegistryPullOnly",
    ),
    (
        "AmazonEC2ContainerRegistryFullAccess",
        "AmazonEC2ContainerRegistryPullOnly",
    ),
    ("AmazonEC2RoleforSSM", "AmazonSSMManagedInstanceCore"),
    ("AmazonSSMAutomationRole", "AmazonSSMManagedInstanceCore"),
    ("AmazonSSMFullAccess", "AmazonSSMManagedInstanceCore"),
];

/// What nodes pull and how they are managed stays; what else somebody uses of the node's role goes.
fn narrower(cx: &Context<'_>, grant: &Grant<'_>, name: &str) -> Option<Fix> {
    let (_, less) = NARROWER.iter().find(|(more, _)| *more == name)?;
    let arn = grant.by.raw("policy_arn")?;
    let start = arn.as_str()?.strip_suffix(name)?.strip_suffix('/')?;
    let start = start.strip_suffix("/service-role").unwrap_or(start);
    let fix = Fix::risky(phrase!(en: "Attach `{less}` instead", ja: "代わりに `{less}` を付ける"));
    BlockEdit::of_resource(cx.estate, grant.by)?
        .set("policy_arn", Some(&arn), &format!("\"{start}/{less}\""))?
        .done(fix)
}

/// What a policy allows beyond the need of a node.
#[derive(Debug, Default)]
struct Beyond {
    actions: BTreeSet<String>,
    /// It changes IAM, and so can give itself everything.
    rules: bool,
}

impl Beyond {
    fn of(document: &Document) -> Self {
        let mut beyond = Self::default();
        let need = managed::need("node").and_then(|need| Document::parse(need).ok());
        let need: Vec<String> = need
            .iter()
            .flat_map(|need| &need.statements)
            .filter_map(|statement| match &statement.actions {
                Listed::In(patterns) => Some(patterns),
                Listed::NotIn(_) => None,
            })
            .flatten()
            .map(|pattern| pattern.to_ascii_lowercase())
            .collect();
        for statement in &document.statements {
            if statement.effect != Effect::Allow {
                continue;
            }
            match &statement.actions {
                Listed::In(patterns) => {
                    for pattern in patterns {
                        let lower = pattern.to_ascii_lowercase();
                        beyond.rules |= matches!(lower.as_str(), "*" | "*:*" | "iam:*");
                        // A pattern is within another when it matches as a text.
                        if !need.iter().any(|needed| text_matches(needed, &lower)) {
                            beyond.actions.insert(shown(pattern));
                        }
                    }
                }
                Listed::NotIn(patterns) => {
                    beyond.rules = true;
                    let not: Vec<String> = patterns.iter().map(|one| shown(one)).collect();
                    beyond
                        .actions
                        .insert(format!("NotAction {}", not.join(" ")));
                }
            }
        }
        beyond
    }
}
