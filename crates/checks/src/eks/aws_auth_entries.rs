use std::collections::BTreeSet;

use sekisho_model::{Fields, Namespace, Object, Resource, Seen, Severity, phrase};
use sekisho_text::Route;
use sekisho_yaml::{Limits, parse};
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** The ConfigMap `aws-auth` and the access entries of a cluster say the same of each AWS identity: none of them is let
    /// in by the ConfigMap alone, none has other groups there, and no whole account is mapped.
    ///
    /// **Why it matters.** While both count, an access entry goes before the ConfigMap, and what stands only in the ConfigMap counts
    /// still: whoever reads one of the two does not know who gets in. A change of the ConfigMap is seen by no CloudTrail.
    ///
    /// **Bad.** A role in `mapRoles` for which there is no access entry, beside entries for all others.
    ///
    /// **Good.** One access entry for each role and user, and `authentication_mode = "API"`.
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/migrating-access-entries.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html>
    ///
    /// # 日本語
    /// **示すこと。** ConfigMap `aws-auth` とクラスタのアクセスエントリが、AWS の ID ごとに一致していること。ConfigMap だけで許可される ID や、グループの異なる
    /// ID がなく、アカウント全体の対応付けもないこと。
    ///
    /// **理由。** 両方が有効な間はアクセスエントリが優先されるが、ConfigMap だけにあるものも有効なままである。片方だけを見ても誰が入れるか
    /// 分からない。ConfigMap の変更は CloudTrail に残らない。
    ///
    /// **直し方。** ロールとユーザーごとにアクセスエントリを作り、`authentication_mode` を `API` にする。
    AwsAuthEntries = "aws-auth-entries";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "aws-auth and access entries disagree", "aws-auth とアクセスエントリの不一致",
}

const KIND: &str = "aws_eks_access_entry";

impl Check for AwsAuthEntries {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, object) in cx.estate.of_kind("", "ConfigMap") {
            let is_here = match &object.namespace {
                Namespace::Given(name) => name == "kube-system",
                Namespace::Open | Namespace::Cluster => true,
            };
            if object.name == "aws-auth" && is_here {
                judge(cx, object, &mut sheet.on(index));
            }
        }
    }
}

fn judge(cx: &Context<'_>, map: &Object, on: &mut On<'_>) {
    let before = on.count();
    let text = |field| {
        map.value
            .key("data")
            .and_then(|data| data.key(field)?.as_str())
    };
    let accounts = text("mapAccounts").and_then(list).unwrap_or_default();
    if !accounts.is_empty() {
        let count = accounts.len();
        let message = phrase!(
            en: "`mapAccounts` lets every user and role of whole accounts ({count}) sign in to the cluster; map roles one by one",
            ja: "`mapAccounts` により {count} 個のアカウントのすべてのユーザーとロールがクラスタにログインできる。ロールを個別に対応付ける",
        );
        on.fail(Fault::at(Route::of("data").key("mapAccounts"), message).key("accounts"));
    }
    // Entries of this cluster, as far as either side says which it is.
    let entries: Vec<&Resource> = cx
        .estate
        .of_type(KIND)
        .map(|(_, entry)| entry)
        .filter(
            |entry| match (&map.place.cluster, entry.text("cluster_name")) {
                (Some(own), Seen::Set(cluster, _)) => *own == cluster,
                _ => true,
            },
        )
        .collect();
    if entries.is_empty() {
        // Without entries the ConfigMap alone decides: the mode of the cluster is another check's.
        return;
    }
    let not_known = entries
        .iter()
        .find_map(|entry| match entry.text("principal_arn") {
            Seen::Unknown(why) => Some(why),
            Seen::Set(..) | Seen::Unset => None,
        });
    // That there is no entry is known only where all of them are here.
    let stacks: BTreeSet<usize> = entries.iter().map(|entry| entry.stack).collect();
    let mut told = stacks.iter().map(|stack| cx.all_here(*stack, KIND));
    let open = not_known.or_else(|| told.find_map(Result::err));
    for (field, key) in [("mapRoles", "rolearn"), ("mapUsers", "userarn")] {
        let Some(text) = text(field) else { continue };
        let Some(mapped) = list(text) else {
            on.unknown(phrase!(
                en: "`{field}` of aws-auth is no list that can be read",
                ja: "aws-auth の `{field}` は読み取れるリストではない",
            ));
            continue;
        };
        for one in &mapped {
            let Some(arn) = one.text(key) else { continue };
            let groups = groups(one);
            // Nodes are let in by both ways until the ConfigMap is gone.
            if groups.contains("system:nodes") {
                continue;
            }
            let entry = entries.iter().find(|entry| {
                matches!(entry.text("principal_arn"), Seen::Set(own, _) if is_same(&own, arn))
            });
            let route = Route::of("data").key(field);
            if let (None, Some(why)) = (entry, &open) {
                on.unknown(why.clone());
                continue;
            }
            match entry {
                Some(entry) => differs(cx, arn, &groups, entry, route, on),
                None => on.fail(
                    Fault::at(route, phrase!(
                        en: "`{arn}` gets into the cluster by aws-auth alone, and no access entry tells of it; make an entry and take it out of the ConfigMap",
                        ja: "`{arn}` は aws-auth だけでクラスタに入れ、アクセスエントリに現れない。エントリを作り、ConfigMap から外す",
                    ))
                    .key(arn),
                ),
            }
        }
    }
    if on.count() == before {
        on.pass();
    }
}

fn differs(
    cx: &Context<'_>,
    arn: &str,
    groups: &BTreeSet<String>,
    entry: &Resource,
    route: Route,
    on: &mut On<'_>,
) {
    let own: BTreeSet<String> = match entry.texts("kubernetes_groups") {
        Seen::Set(own, _) => own.into_iter().map(|(group, _)| group).collect(),
        Seen::Unset => BTreeSet::new(),
        Seen::Unknown(why) => return on.unknown(why),
    };
    if own == *groups {
        return;
    }
    let message = phrase!(
        en: "aws-auth and the access entry of `{arn}` give it different groups; the entry counts, and the ConfigMap misleads whoever reads it",
        ja: "aws-auth と `{arn}` のアクセスエントリでグループが異なる。有効なのはエントリであり、ConfigMap は誤解を招く",
    );
    let text = phrase!(en: "its access entry", ja: "そのアクセスエントリ");
    let fault = Fault::at(route, message).severity(Severity::Low).key(arn);
    on.fail(fault.beside(cx.estate, entry, text));
}

/// The ConfigMap has roles without their path.
fn is_same(principal: &str, mapped: &str) -> bool {
    let plain = |arn: &str| {
        let (start, path) = arn.split_once(":role/")?;
        Some(format!("{start}:role/{}", path.rsplit('/').next()?))
    };
    principal == mapped || plain(principal).is_some_and(|plain| plain == mapped)
}

fn groups(entry: &Value) -> BTreeSet<String> {
    let groups = entry.items("groups").iter().filter_map(Value::as_str);
    groups.map(str::to_owned).collect()
}

/// The items of a list in YAML; `None` for what is none.
fn list(text: &str) -> Option<Vec<Value>> {
    let stream = parse(text, &Limits::default());
    match stream
        .documents
        .first()
        .map(sekisho_yaml::Document::to_json)
    {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(items)) => Some(items),
        Some(_) => None,
    }
}
