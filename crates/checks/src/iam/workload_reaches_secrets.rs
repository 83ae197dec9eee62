use std::collections::BTreeMap;

use sekisho_model::{Phrase, Resource, Seen, Severity, phrase};

use super::holders::{Holder, holders};
use super::holding::{Holding, May};
use super::needed::Needed;
use super::told::is_snapshot;
use super::trust::STRANGE;
use crate::links::Link;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A workload reads in AWS Secrets Manager and in the parameters of Systems Manager only what it needs. Its role
    /// reads no secret that nobody named; where its external secrets, its mounted secrets or its policy say what it needs, it
    /// reads no other; and it reads nothing that a policy names for another workload. The way is shown: pod, service
    /// account, role, policy, secret.
    ///
    /// **Why it matters.** RBAC bounds secrets to namespaces, and IAM goes around it: one container that is broken into, with
    /// `secretsmanager:GetSecretValue` on `*`, reads the secrets of every application of the account.
    ///
    /// **Bad**
    /// ```hcl
    /// statement {
    ///   actions   = ["secretsmanager:GetSecretValue"]
    ///   resources = ["*"]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// statement {
    ///   actions   = ["secretsmanager:GetSecretValue"]
    ///   resources = [aws_secretsmanager_secret.orders.arn]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html>
    /// <https://external-secrets.io/latest/provider/aws-secrets-manager/>
    ///
    /// # 日本語
    /// **示すこと。** ワークロードが AWS Secrets Manager と Systems Manager パラメーターで読めるのが、必要なものだけであること。ロールが、名指しされていない
    /// シークレットを読めない。ExternalSecret・CSI マウント・ポリシーが必要なものを示す場合はそれ以外を読めず、ほかのワークロード用と
    /// 名指しされたものも読めない。Pod、ServiceAccount、ロール、ポリシー、シークレットの経路を示す。
    ///
    /// **理由。** RBAC は Secret を Namespace に限定するが、IAM はそれを迂回する。`*` への `secretsmanager:GetSecretValue` があれば、
    /// 侵入されたコンテナ 1 つからアカウント内の全アプリケーションのシークレットが読まれる。
    ///
    /// **直し方。** ポリシーの Resource に、ワークロードが使うシークレットの ARN だけを列挙する。
    WorkloadReachesSecrets = "workload-reaches-secrets";
    control: "T3.3",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A workload reads secrets beyond its need", "ワークロードが不要なシークレットを読める",
}

/// One store of secrets.
struct Store {
    actions: &'static [&'static str],
    kind: &'static str,
    /// What an ARN has before the name.
    start: &'static str,
    /// What it has after it.
    end: &'static str,
    called: (&'static str, &'static str),
    severity: Severity,
}

const STORES: [Store; 2] = [
    Store {
        actions: &["secretsmanager:GetSecretValue"],
        kind: "aws_secretsmanager_secret",
        start: "secret:",
        end: "-zq9zq9",
        called: (
            "secret of Secrets Manager",
            "Secrets Manager のシークレット",
        ),
        severity: Severity::High,
    },
    Store {
        actions: &[
            "ssm:GetParameter",
            "ssm:GetParameters",
            "ssm:GetParametersByPath",
        ],
        kind: "aws_ssm_parameter",
        start: "parameter/",
        end: "",
        called: (
            "parameter of Systems Manager",
            "Systems Manager のパラメーター",
        ),
        severity: Severity::Medium,
    },
];

/// A workload with what it holds and needs.
struct Workload<'g, 'a> {
    holder: &'g Holder<'a>,
    role: &'a Resource,
    holding: Holding<'g, 'a>,
    needed: Needed,
}

impl Check for WorkloadReachesSecrets {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let all = holders(cx);
        let mut workloads = Vec::new();
        for holder in &all {
            match &holder.role {
                Link::To(index, role) if !role.is_data => {
                    let mut holding = Holding::of(cx, *index, role);
                    holding.namespace = holder.tagged();
                    let needed = Needed::by(cx, holder, &holding);
                    workloads.push(Workload {
                        holder,
                        role,
                        holding,
                        needed,
                    });
                }
                Link::To(_, role) => {
                    let address = &role.address;
                    holder.on(sheet).unknown(phrase!(
                        en: "`{address}` is only looked up here; an AWS snapshot tells which secrets it reads",
                        ja: "`{address}` はここでは参照されるだけで、読めるシークレットは AWS スナップショットがあれば分かる",
                    ));
                }
                Link::Away(why) => holder.on(sheet).unknown(why.clone()),
            }
        }
        for workload in &workloads {
            let mut on = workload.holder.on(sheet);
            let before = on.count();
            let mut open = workload.holding.open();
            for store in &STORES {
                judge(cx, workload, &workloads, store, &mut on, &mut open);
            }
            if on.count() > before {
                continue;
            }
            match open {
                Some(why) => on.unknown(why),
                None if workload.holding.is_empty() && !is_snapshot(cx, workload.role.stack) => {
                    on.unknown(phrase!(
                        en: "no policy is attached to the role here; an AWS snapshot tells what it holds",
                        ja: "このロールに付くポリシーがここにない。AWS スナップショットがあれば分かる",
                    ));
                }
                None => on.pass(),
            }
        }
    }
}

fn judge(
    cx: &Context<'_>,
    workload: &Workload<'_, '_>,
    all: &[Workload<'_, '_>],
    store: &Store,
    on: &mut On<'_>,
    open: &mut Option<Phrase>,
) {
    let holding = &workload.holding;
    let stranger = format!("{}{STRANGE}/{STRANGE}{}", store.start, store.end);
    for action in store.actions {
        for arn in holding.strangers(action, &stranger) {
            match holding.may(action, &arn) {
                May::Yes(by) => return on.fail(reads_all(cx, workload, store, action, by)),
                May::No => {}
                other => *open = open.take().or_else(|| other.open()),
            }
        }
    }
    let mut beyond: BTreeMap<String, (&Resource, &Resource)> = BTreeMap::new();
    for (_, secret) in cx.estate.of_type(store.kind) {
        let Seen::Set(name, _) = secret.text("name") else {
            continue;
        };
        for action in store.actions {
            for arn in arns(holding, store, action, secret, &name) {
                if workload.needed.has(&name, &arn) {
                    continue;
                }
                let is_others = all.iter().any(|other| {
                    other.holder.name() != workload.holder.name() && other.needed.has(&name, &arn)
                });
                if workload.needed.is_unsaid() && !is_others {
                    continue;
                }
                if let May::Yes(by) = holding.may(action, &arn) {
                    beyond.insert(name.clone(), (secret, by));
                }
            }
        }
    }
    let Some((_, by)) = beyond.values().next().copied() else {
        return;
    };
    let names: Vec<String> = beyond
        .keys()
        .take(4)
        .map(|name| format!("`{name}`"))
        .collect();
    let (names, count, who) = (names.join(", "), beyond.len(), workload.holder.name());
    let (en, ja) = store.called;
    let message = phrase!(
        en: "pods of `{who}` can read {names}, a {en} each ({count} in all), which nothing says that they need; name the ARNs that they use in the policy",
        ja: "`{who}` の Pod が、必要とされていない{ja} {names} (計 {count} 個) を読める。ポリシーに使うものの ARN だけを書く",
    );
    let mut fault = workload
        .holder
        .fault(cx, workload.role, message)
        .severity(Severity::Medium)
        .key(format!("beyond {}", store.kind))
        .beside(
            cx.estate,
            by,
            phrase!(en: "lets it read", ja: "読み取りを許可"),
        );
    for (secret, _) in beyond.values().take(4) {
        let text = phrase!(en: "can be read", ja: "読める");
        fault = fault.beside(cx.estate, secret, text);
    }
    on.fail(fault);
}

fn reads_all(
    cx: &Context<'_>,
    workload: &Workload<'_, '_>,
    store: &Store,
    action: &str,
    by: &Resource,
) -> Fault {
    let who = workload.holder.name();
    let known = cx.estate.of_type(store.kind).count();
    let address = &workload.role.address;
    let (en, ja) = store.called;
    let message = phrase!(
        en: "pods of `{who}` can read every {en} (`{action}` through `{address}`), {known} of which are known here; name the ARNs that they use",
        ja: "`{who}` の Pod が、`{address}` の `{action}` により、すべての{ja}を読める (ここで分かるものは {known} 個)。使うものの ARN だけを書く",
    );
    let fault = workload.holder.fault(cx, workload.role, message);
    let mut fault = fault
        .severity(store.severity)
        .key(format!("all {}", store.kind));
    fault = fault.beside(
        cx.estate,
        by,
        phrase!(en: "lets it read", ja: "読み取りを許可"),
    );
    for (_, secret) in cx.estate.of_type(store.kind).take(3) {
        let text = phrase!(en: "can be read", ja: "読める");
        fault = fault.beside(cx.estate, secret, text);
    }
    fault
}

/// The ARN of a secret; before it is made, what it will be wherever the policies speak of.
fn arns(
    holding: &Holding<'_, '_>,
    store: &Store,
    action: &str,
    secret: &Resource,
    name: &str,
) -> Vec<String> {
    if let Seen::Set(arn, _) = secret.text("arn") {
        return vec![arn];
    }
    let name = name.trim_start_matches('/');
    let rest = format!("{}{name}{}", store.start, store.end);
    holding.strangers(action, &rest).into_iter().collect()
}
