use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Fields, Fix, Namespace, Object, Place, Pod, Severity, phrase};
use sekisho_text::Route;

use super::node_roles::NodeRoles;
use super::role_arn;
use super::service_accounts::ROLE_ANNOTATION;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An IAM role that is not one workload's alone: annotated on several service accounts, used by several
    /// workloads through one account, or the role of the nodes. An annotation that is no role ARN is told too, for the pod then
    /// gets no role.
    ///
    /// **Why it matters.** The role must have the rights of all its users together, so each of them has more than it needs, and
    /// whoever takes over the weakest has the rights of the strongest. CloudTrail cannot tell who called.
    ///
    /// Pods and Jobs that a controller made, and the Jobs of Helm hooks, count with the workload they belong to.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ServiceAccount
    /// metadata:
    ///   name: orders
    ///   annotations:
    ///     eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/shop-prod-app # and on `checkout`
    /// ```
    ///
    /// **Good.** One service account and one role per workload.
    ///
    /// **References**
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html>
    ///
    /// # 日本語
    /// **示すこと。** 1 つのワークロード専用でない IAM ロール。複数の ServiceAccount に付けられている、1 つの ServiceAccount を通じて複数のワークロードが使っている、またはノードのロールである。ロール ARN になっていないアノテーションも、Pod にロールが渡らないため示す。
    ///
    /// **理由。** ロールは全利用者の権限を合わせて持つことになり、それぞれが必要以上の権限を持つ。最も弱いものを乗っ取れば、最も強いものの権限を得る。CloudTrail でも誰の呼び出しか区別できない。
    ///
    /// コントローラーが作った Pod や Job、Helm フックの Job は、属するワークロードとまとめて数える。
    ///
    /// **直し方。** ワークロードごとに ServiceAccount とロールを 1 つずつ作る。
    SharedWorkloadRole = "shared-workload-role";
    control: "T1.4",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "An AWS role is not one workload's alone", "複数のワークロードで共有される AWS ロール",
}

type Account<'a> = (&'a Arc<Place>, &'a Namespace, &'a str);

impl Check for SharedWorkloadRole {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        // Of several objects with one name the last counts, as when they are applied in order.
        let accounts: BTreeMap<Account<'_>, (usize, &Object)> = cx
            .estate
            .of_kind("", "ServiceAccount")
            .map(|(index, object)| {
                (
                    (&object.place, &object.namespace, object.name.as_str()),
                    (index, object),
                )
            })
            .collect();
        let mut holders: BTreeMap<(&Place, &str), Vec<(usize, &Object)>> = BTreeMap::new();
        for (index, object) in accounts.values() {
            if let Some(arn) = object
                .annotation(ROLE_ANNOTATION)
                .filter(|arn| role_arn::parse(arn).is_some())
            {
                holders
                    .entry((&object.place, arn))
                    .or_default()
                    .push((*index, object));
            }
        }
        let users = users(cx);
        let nodes = NodeRoles::of(cx.estate);
        for ((place, namespace, name), (index, object)) in accounts {
            let Some(arn) = object
                .annotation(ROLE_ANNOTATION)
                .filter(|arn| !arn.is_empty())
            else {
                continue;
            };
            let mut on = sheet.on(index);
            let id = object.id();
            let route = Route::of("metadata.annotations").key(ROLE_ANNOTATION);
            let Some(role) = role_arn::parse(arn) else {
                if is_template(arn) {
                    on.unknown(phrase!(
                        en: "the role of {id} is a template (`{arn}`); what it becomes would settle it",
                        ja: "{id} のロールはテンプレート (`{arn}`) である。展開後の値で判定できる",
                    ));
                } else {
                    on.fail(malformed(object, arn, route));
                }
                continue;
            };
            let mut is_shared = false;
            let mut fail = |fault: Fault| {
                is_shared = true;
                on.fail(fault);
            };
            if nodes.holds(place, role) {
                fail(Fault::at(route.clone(), phrase!(
                    en: "{id} has `{arn}`, the role of the nodes: its pods may do in AWS what a node may, such as attaching network interfaces and pulling every image. Give the workload a role of its own",
                    ja: "{id} のロール `{arn}` はノードのロールである。Pod はネットワークインターフェースの接続や全イメージの取得など、ノードの AWS 権限を持つ。ワークロード専用のロールを与えること",
                ))
                .severity(Severity::High)
                .key("node"));
            }
            let sharing = holders
                .get(&(place.as_ref(), arn))
                .map_or(&[][..], Vec::as_slice);
            let others: Vec<&(usize, &Object)> = sharing
                .iter()
                .filter(|(_, other)| are_two(object, other))
                .collect();
            // One role is one cause, told where it stands first.
            let is_first = others.iter().all(|(other, _)| index < *other);
            if !others.is_empty() && is_first {
                fail(shared(&id.to_string(), arn, &route, &others));
            }
            let workloads = users
                .get(&(place, namespace, name))
                .map_or(&[][..], Vec::as_slice);
            if workloads.len() > 1 {
                fail(crowded(cx, &id.to_string(), arn, &route, workloads));
            }
            if !is_shared && others.is_empty() {
                if cx.complete() {
                    on.pass();
                } else {
                    on.unknown(phrase!(
                        en: "no other service account of these files has the role of {id}; `estate.complete: true` would say that there is none",
                        ja: "{id} と同じロールを持つ ServiceAccount はファイルにない。`estate.complete: true` なら存在しないと判定できる",
                    ));
                }
            }
        }
    }
}

/// Two accounts, and not one whose namespace a file leaves open.
fn are_two(one: &Object, other: &Object) -> bool {
    one.name != other.name
        || matches!((&one.namespace, &other.namespace), (Namespace::Given(one), Namespace::Given(other)) if one != other)
}

fn is_template(arn: &str) -> bool {
    ["${", "{{", "$(", "<", "%"]
        .iter()
        .any(|mark| arn.contains(mark))
}

fn malformed(object: &Object, arn: &str, route: Route) -> Fault {
    let id = object.id();
    let shown: String = arn.chars().take(80).collect();
    let fault = Fault::at(route.clone(), phrase!(
        en: "{id} names {shown:?} as its role, which is no ARN of a role: STS refuses it, and the pods have no role of their own. Write `arn:aws:iam::ACCOUNT:role/NAME`",
        ja: "{id} のロール {shown:?} はロールの ARN ではなく、STS に拒否されるため、Pod は専用のロールを得られない。`arn:aws:iam::アカウント:role/名前` と書くこと",
    ))
    .key("malformed");
    let trimmed = arn.trim();
    if role_arn::parse(trimmed).is_none() {
        return fault;
    }
    fault.fix(
        Fix::safe(
            phrase!(en: "take away the spaces around the ARN", ja: "ARN の前後の空白を取り除く"),
        )
        .set(route, trimmed),
    )
}

fn shared(id: &str, arn: &str, route: &Route, others: &[&(usize, &Object)]) -> Fault {
    let count = others.len() + 1;
    let names: Vec<String> = others
        .iter()
        .take(3)
        .map(|(_, other)| other.id().to_string())
        .collect();
    let more = if others.len() > names.len() {
        ", …"
    } else {
        ""
    };
    let names = names.join(", ");
    let mut fault = Fault::at(route.clone(), phrase!(
        en: "{count} service accounts share the role `{arn}`: {id}, {names}{more}. Each has the rights that any of them needs. Give each workload a role of its own",
        ja: "{count} 個の ServiceAccount がロール `{arn}` を共有している: {id}, {names}{more}。それぞれが他の権限も持つ。ワークロードごとに専用のロールを与えること",
    ))
    .key("shared");
    for (index, _) in others.iter().take(5) {
        fault = fault.related(
            *index,
            route.clone(),
            phrase!(en: "the same role", ja: "同じロール"),
        );
    }
    fault
}

fn crowded(cx: &Context<'_>, id: &str, arn: &str, route: &Route, workloads: &[usize]) -> Fault {
    let pods: Vec<Pod<'_>> = workloads
        .iter()
        .filter_map(|index| Pod::of(cx.estate.objects().get(*index)?))
        .collect();
    let names: Vec<String> = pods
        .iter()
        .take(4)
        .map(|pod| format!("{} {}", pod.object.kind, pod.object.name))
        .collect();
    let more = if pods.len() > names.len() {
        ", …"
    } else {
        ""
    };
    let (count, names) = (workloads.len(), names.join(", "));
    let mut fault = Fault::at(route.clone(), phrase!(
        en: "{count} workloads run as {id} and so have the role `{arn}`: {names}{more}. Give each an account and a role of its own",
        ja: "{count} 個のワークロードが {id} で動き、ロール `{arn}` を持つ: {names}{more}。それぞれに専用の ServiceAccount とロールを与えること",
    ))
    .key("workloads");
    for (index, pod) in workloads.iter().zip(&pods).take(5) {
        fault = fault.related(
            *index,
            pod.at("serviceAccountName"),
            phrase!(en: "runs as it", ja: "このアカウントで動く"),
        );
    }
    fault
}

/// The workloads of each service account, each counted once: without what a controller made and what a Helm hook runs.
fn users<'a>(cx: &'a Context<'_>) -> BTreeMap<Account<'a>, Vec<usize>> {
    let mut users: BTreeMap<Account<'a>, Vec<usize>> = BTreeMap::new();
    let mut seen: BTreeSet<(Account<'a>, &str, &str)> = BTreeSet::new();
    for (index, pod) in cx.workloads().all() {
        let object = pod.object;
        let is_made = object
            .value
            .items("metadata.ownerReferences")
            .iter()
            .any(|owner| owner.flag("controller") == Some(true));
        let is_hook = object.annotation("helm.sh/hook").is_some();
        let account = (&object.place, &object.namespace, pod.service_account());
        if !is_made && !is_hook && seen.insert((account, &object.kind, &object.name)) {
            users.entry(account).or_default().push(*index);
        }
    }
    users
}
