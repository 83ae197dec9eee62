use std::collections::{BTreeMap, BTreeSet};

use sekisho_access::iam::Tri;
use sekisho_model::{Phrase, Resource, Seen, Severity, phrase};
use sekisho_terraform::Origin;

use super::irsa_trust::tagging;
use super::node_role_least_privilege::users;
use super::pods::{Holder, asked};
use super::policy::Policy;
use super::told::{account_of, is_snapshot};
use crate::links::Link;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** Each EKS Pod Identity association gives one service account a role of its own that trusts Pod Identity for it:
    /// `pods.eks.amazonaws.com` may assume the role and tag the session, under conditions that this service account meets; no
    /// other service account has the same role, and it is not the role of nodes.
    ///
    /// **Why it matters.** With a role that does not trust Pod Identity the pods get no credentials of their own, and somebody will
    /// "repair" it with a key or with the node role. With one role for several workloads each has what any of them needs, and
    /// CloudTrail cannot say which one it was.
    ///
    /// **Bad.** Two associations with one `role_arn`.
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_pod_identity_association" "orders" {
    ///   cluster_name    = "shop"
    ///   namespace       = "shop"
    ///   service_account = "orders"
    ///   role_arn        = aws_iam_role.orders.arn
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    ///
    /// # 日本語
    /// **示すこと。** EKS Pod Identity の関連付けが、1 つの ServiceAccount に専用のロールを与え、そのロールが当の ServiceAccount について Pod Identity を
    /// 信頼していること。`pods.eks.amazonaws.com` がロールの引き受けとセッションのタグ付けを許可され、条件にもこの ServiceAccount が合うこと。
    /// ほかの ServiceAccount と共有せず、ノードのロールでもないこと。
    ///
    /// **理由。** ロールが Pod Identity を信頼していなければ、Pod は専用の認証情報を得られず、鍵やノードロールで「修復」されがちである。
    /// 1 つのロールを複数のワークロードで使うと、それぞれが他の権限も持ち、CloudTrail でも誰の呼び出しか区別できない。
    ///
    /// **直し方。** ServiceAccount ごとにロールを作り、信頼ポリシーで `pods.eks.amazonaws.com` に `sts:AssumeRole` と `sts:TagSession` を許可する。
    PodIdentityAssociation = "pod-identity-association";
    control: "T1.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Pod Identity association without a role of its own", "専用ロールのない Pod Identity の関連付け",
}

const KIND: &str = "aws_eks_pod_identity_association";
const ROLE: [&str; 1] = ["aws_iam_role"];

impl Check for PodIdentityAssociation {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let mut of_role: BTreeMap<usize, Vec<(usize, &Resource)>> = BTreeMap::new();
        for (index, association) in cx.estate.of_type(KIND) {
            if let Some(Link::To(role, _)) = links.of_attribute(association, "role_arn", &ROLE) {
                of_role.entry(role).or_default().push((index, association));
            }
        }
        if cx.estate.of_type(KIND).next().is_none() {
            return;
        }
        let nodes: BTreeSet<usize> = users(cx.estate, links)
            .into_iter()
            .filter_map(|(_, _, link)| match link {
                Link::To(role, _) => Some(role),
                Link::Away(_) => None,
            })
            .collect();
        for (index, association) in cx.estate.of_type(KIND) {
            let mut on = sheet.on_resource(index);
            match links.of_attribute(association, "role_arn", &ROLE) {
                Some(Link::To(role, resource)) if !resource.is_data => {
                    let before = on.count();
                    if nodes.contains(&role) {
                        on.fail(of_nodes(cx, association, resource));
                    }
                    trusted(cx, association, resource, &mut on);
                    let all = of_role.get(&role).map_or(&[][..], Vec::as_slice);
                    shared(cx, index, association, all, &mut on);
                    if on.count() > before {
                        continue;
                    }
                    // Another one with the same role may be among those that a snapshot does not tell.
                    match cx.all_here(association.stack, KIND) {
                        Err(why) if is_snapshot(cx, association.stack) => on.unknown(why),
                        _ => on.pass(),
                    }
                }
                Some(Link::To(_, resource)) => {
                    let address = &resource.address;
                    on.unknown(phrase!(
                        en: "`{address}` is only looked up here; an AWS snapshot tells whom it trusts",
                        ja: "`{address}` はここでは参照されるだけで、信頼する相手は AWS スナップショットがあれば分かる",
                    ));
                }
                Some(Link::Away(why)) => on.unknown(why),
                None => {}
            }
        }
    }
}

fn of_nodes(cx: &Context<'_>, association: &Resource, role: &Resource) -> Fault {
    let message = phrase!(
        en: "the association hands the role of the nodes to pods: they may do in AWS what a node may; give the workload a role of its own",
        ja: "関連付けがノードのロールを Pod に渡しており、Pod がノードの AWS 権限を持つ。ワークロード専用のロールを与える",
    );
    Fault::of_value(
        cx.estate,
        association,
        written(association).as_ref(),
        message,
    )
    .severity(Severity::High)
    .key("node")
    .beside(
        cx.estate,
        role,
        phrase!(en: "the role of nodes", ja: "ノードのロール"),
    )
}

/// Where the ARN of the role stands; a reference is told by the block.
fn written(association: &Resource) -> Option<Origin> {
    match association.text("role_arn") {
        Seen::Set(_, origin) => origin,
        Seen::Unset | Seen::Unknown(_) => None,
    }
}

/// What EKS asks of IAM when a pod of this service account wants credentials.
fn trusted(cx: &Context<'_>, association: &Resource, role: &Resource, on: &mut On<'_>) {
    let Some(value) = role
        .raw("assume_role_policy")
        .filter(|value| !value.is_null())
    else {
        return;
    };
    let policy = match Policy::of(cx.links(), role, &value) {
        Ok(policy) => policy,
        Err(why) => return on.unknown(why),
    };
    let mut names = Vec::new();
    for name in ["cluster_name", "namespace", "service_account"] {
        match association.text(name) {
            Seen::Set(text, _) => names.push(Some(text)),
            // What is not known is taken to fit.
            Seen::Unset | Seen::Unknown(_) => names.push(None),
        }
    }
    let part = |at: usize| names.get(at).and_then(|name| name.as_deref());
    let holder = Holder {
        cluster: part(0),
        namespace: part(1),
        account: part(2),
    };
    let own = account_of(cx, role).unwrap_or_else(|| "111122223333".to_owned());
    let untagged = matches!(association.flag("disable_session_tags"), Seen::Set(true, _));
    let actions: &[&str] = if untagged {
        &["sts:AssumeRole"]
    } else {
        &["sts:AssumeRole", "sts:TagSession"]
    };
    for action in actions {
        if asked(&policy.document, action, &own, holder) != Tri::No {
            continue;
        }
        let is_open = policy.document.statements.iter().any(|statement| {
            let values = statement.conditions.iter().flat_map(|one| &one.values);
            values
                .into_iter()
                .any(|value| policy.why_open(value).is_some())
        });
        if is_open {
            return on.unknown(phrase!(
                en: "the trust policy compares with values that are known only after apply",
                ja: "信頼ポリシーの条件の値が適用後にしか分からない",
            ));
        }
        let address = &role.address;
        let message = phrase!(
            en: "`{address}` does not let EKS do `{action}` for this service account: its pods get no credentials from the association",
            ja: "`{address}` がこの ServiceAccount についての `{action}` を EKS に許可しておらず、Pod は関連付けから認証情報を得られない",
        );
        let fault = Fault::of_value(cx.estate, association, None, message).key("trust");
        let fix = policy.data.filter(|_| *action == "sts:TagSession");
        let fix = fix.and_then(|data| tagging(cx, data));
        let fault = match fix {
            Some(fix) => fault.fix(fix),
            None => fault,
        };
        let text = phrase!(en: "its trust policy", ja: "その信頼ポリシー");
        return on.fail(fault.beside(cx.estate, role, text));
    }
}

/// One role is one cause, told where it stands first.
fn shared(
    cx: &Context<'_>,
    index: usize,
    association: &Resource,
    all: &[(usize, &Resource)],
    on: &mut On<'_>,
) {
    let others: Vec<&(usize, &Resource)> = all
        .iter()
        .filter(|(other, resource)| *other != index && are_two(association, resource))
        .collect();
    if others.is_empty() || others.iter().any(|(other, _)| *other < index) {
        return;
    }
    let count = others.len() + 1;
    let names: Vec<String> = others
        .iter()
        .take(3)
        .map(|(_, other)| holder(other))
        .collect();
    let (own, names) = (holder(association), names.join(", "));
    let message: Phrase = phrase!(
        en: "{count} service accounts share one role: {own}, {names}. Each has the rights that any of them needs; give each a role of its own",
        ja: "{count} 個の ServiceAccount が 1 つのロールを共有している: {own}, {names}。それぞれが他の権限も持つ。個別のロールを与える",
    );
    let origin = written(association);
    let mut fault = Fault::of_value(cx.estate, association, origin.as_ref(), message).key("shared");
    for (_, other) in others.iter().take(5) {
        let text = phrase!(en: "the same role", ja: "同じロール");
        fault = fault.beside(cx.estate, other, text);
    }
    on.fail(fault);
}

/// The same service account in two clusters is one workload.
fn are_two(one: &Resource, other: &Resource) -> bool {
    ["namespace", "service_account"].iter().any(|name| {
        matches!((one.text(name), other.text(name)), (Seen::Set(one, _), Seen::Set(other, _)) if one != other)
    })
}

fn holder(association: &Resource) -> String {
    let name = |name| match association.text(name) {
        Seen::Set(text, _) => text,
        Seen::Unset | Seen::Unknown(_) => "?".to_owned(),
    };
    format!("`{}/{}`", name("namespace"), name("service_account"))
}
