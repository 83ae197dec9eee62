use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Fields, Fix, Object, Phrase, Place, Severity, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::projects::{
    ARGO, is_wide, lists, matches, open_destination, open_source, permits, repositories,
};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** An Argo CD project that permits more than its team's work: repositories of strangers, every cluster or
    /// the system's namespaces, cluster-wide rights, rights inside of its namespaces, or roles that may do everything. A
    /// pattern counts for what it matches (`*-system`, `https://github.com/*/*`), and a `!` entry for all that it does not name.
    ///
    /// **Why it matters.** Argo CD applies what it finds with its own rights, mostly those of an administrator. The project is the
    /// only thing that bounds them: who can write to one permitted repository gets everything that the project permits.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: AppProject
    /// spec:
    ///   sourceRepos: ["*"]
    ///   destinations: [{ server: "*", namespace: "*" }]
    ///   clusterResourceWhitelist: [{ group: "*", kind: "*" }]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: AppProject
    /// spec:
    ///   sourceRepos: [https://github.com/example-shop/manifests.git]
    ///   destinations: [{ server: https://kubernetes.default.svc, namespace: shop }]
    ///   clusterResourceWhitelist: []
    ///   namespaceResourceBlacklist: [{ group: rbac.authorization.k8s.io, kind: "*" }]
    /// ```
    ///
    /// **References.** [Argo CD: projects](https://argo-cd.readthedocs.io/en/stable/user-guide/projects/)
    ///
    /// # 日本語
    /// **示すこと。** 担当チームの範囲を超えて許可している Argo CD プロジェクト。第三者のリポジトリ、全クラスタやシステムの Namespace、クラスタ全体の権限、Namespace 内の権限設定、何でもできるロールを指す。
    /// パターンは実際に一致する範囲で判定し (`*-system`、`https://github.com/*/*` など)、`!` で始まる項目は挙げたもの以外をすべて許可するものとして扱う。
    ///
    /// **理由。** Argo CD は、見つけたマニフェストを自身の権限 (多くは管理者権限) で適用する。それを制限するのはプロジェクトだけであり、許可されたリポジトリの 1 つに書き込める者は、プロジェクトが許すすべてを手にする。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: AppProject
    /// spec:
    ///   sourceRepos: ["*"]
    ///   destinations: [{ server: "*", namespace: "*" }]
    ///   clusterResourceWhitelist: [{ group: "*", kind: "*" }]
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: AppProject
    /// spec:
    ///   sourceRepos: [https://github.com/example-shop/manifests.git]
    ///   destinations: [{ server: https://kubernetes.default.svc, namespace: shop }]
    ///   clusterResourceWhitelist: []
    ///   namespaceResourceBlacklist: [{ group: rbac.authorization.k8s.io, kind: "*" }]
    /// ```
    ArgoProjectWildcard = "argo-project-wildcard";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "An Argo CD project permits too much", "許可が広すぎる Argo CD プロジェクト",
}

/// What the Applications of a project need.
#[derive(Debug, Default)]
struct Needs {
    sources: BTreeSet<String>,
    destinations: Vec<Value>,
    /// Something in it is known only when it runs.
    open: bool,
}

impl Check for ArgoProjectWildcard {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let needs = needs(cx);
        for (index, project) in cx.estate.of_kind(ARGO, "AppProject") {
            let key = (&*project.place, project.name.as_str());
            let faults = judge(project, needs.get(&key).filter(|needs| !needs.open));
            let mut on = sheet.on(index);
            if faults.is_empty() {
                on.pass();
            }
            for fault in faults {
                on.fail(fault);
            }
        }
    }
}

fn needs<'a>(cx: &'a Context<'_>) -> BTreeMap<(&'a Place, &'a str), Needs> {
    let mut all: BTreeMap<(&Place, &str), Needs> = BTreeMap::new();
    for (_, application) in cx.estate.of_kind(ARGO, "Application") {
        let spec = application.value.key("spec").unwrap_or(&Value::Null);
        let project = spec.text("project").unwrap_or("default");
        let needs = all.entry((&*application.place, project)).or_default();
        let found = repositories(spec);
        needs.open |= found.is_empty();
        needs.sources.extend(found.into_iter().map(str::to_owned));
        let field = |name| {
            spec.at("destination")?
                .key(name)
                .filter(|value| value.as_str() != Some(""))
        };
        let cluster = field("server")
            .map(|value| ("server", value))
            .or(field("name").map(|value| ("name", value)));
        match (cluster, field("namespace")) {
            (Some((key, cluster)), Some(namespace)) => {
                let entry = json!({key: cluster, "namespace": namespace});
                if !needs.destinations.contains(&entry) {
                    needs.destinations.push(entry);
                }
            }
            _ => needs.open = true,
        }
    }
    for (_, set) in cx.estate.of_kind(ARGO, "ApplicationSet") {
        let project = set.value.text("spec.template.spec.project").unwrap_or("");
        for ((place, name), needs) in &mut all {
            needs.open |= **place == *set.place && (*name == project || project.contains("{{"));
        }
    }
    all
}

fn judge(project: &Object, needs: Option<&Needs>) -> Vec<Fault> {
    let mut faults = sources(project, needs);
    faults.extend(destinations(project, needs));
    faults.extend(cluster_resources(project));
    faults.extend(namespace_resources(project));
    faults.extend(roles(project));
    faults
}

fn sources(project: &Object, needs: Option<&Needs>) -> Vec<Fault> {
    let all = Route::of("spec.sourceRepos");
    let name = &project.name;
    let entries = project.value.items("spec.sourceRepos");
    let open: Vec<(usize, &str, Phrase)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let pattern = entry.as_str()?;
            Some((index, pattern, open_source(pattern)?))
        })
        .collect();
    // Beside an open entry, one with `!` only takes something away.
    let has_plain = open.iter().any(|(_, pattern, _)| !pattern.starts_with('!'));
    let shown = open
        .into_iter()
        .filter(|(_, pattern, _)| !(has_plain && pattern.starts_with('!')));
    let faults = shown.map(|(index, _, why)| {
        let (en, ja) = (why.en, why.ja);
        let fault = Fault::at(
            all.index(index),
            phrase!(en: "project `{name}` takes manifests from strangers: {en}",
                    ja: "プロジェクト `{name}` は第三者のマニフェストを受け入れる: {ja}"),
        );
        match needs.filter(|needs| !needs.sources.is_empty()) {
            Some(needs) => {
                let title = phrase!(en: "permit the repositories that `{name}` uses", ja: "`{name}` が使うリポジトリだけを許可する");
                let used: Vec<Value> = needs.sources.iter().map(|url| url.as_str().into()).collect();
                fault.fix(Fix::risky(title).set(all.clone(), used))
            }
            None => fault,
        }
    });
    faults.collect()
}

fn destinations(project: &Object, needs: Option<&Needs>) -> Vec<Fault> {
    let all = Route::of("spec.destinations");
    let name = &project.name;
    let own_clusters = project.value.flag("spec.permitOnlyProjectScopedClusters") == Some(true);
    let takes_away = |entry: &Value| {
        ["server", "name", "namespace"]
            .iter()
            .any(|field| entry.text(field).is_some_and(|text| text.starts_with('!')))
    };
    let open: Vec<(usize, bool, Severity, Phrase)> = project
        .value
        .items("spec.destinations")
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let (severity, reach) = open_destination(entry, own_clusters)?;
            Some((index, takes_away(entry), severity, reach))
        })
        .collect();
    let has_plain = open.iter().any(|(_, away, _, _)| !away);
    let shown = open
        .into_iter()
        .filter(|(_, away, _, _)| !(has_plain && *away));
    let faults = shown.map(|(index, _, severity, reach)| {
        let (en, ja) = (reach.en, reach.ja);
        let fault = Fault::at(
            all.index(index),
            phrase!(en: "project `{name}` may deploy to {en}", ja: "プロジェクト `{name}` のデプロイ先は{ja}に及ぶ"),
        )
        .severity(severity);
        match needs.filter(|needs| !needs.destinations.is_empty()) {
            Some(needs) => {
                let title = phrase!(en: "permit the destinations that `{name}` uses", ja: "`{name}` が使うデプロイ先だけを許可する");
                fault.fix(Fix::risky(title).set(all.clone(), needs.destinations.clone()))
            }
            None => fault,
        }
    });
    faults.collect()
}

const RBAC: &str = "rbac.authorization.k8s.io";

fn cluster_resources(project: &Object) -> Option<Fault> {
    let all = Route::of("spec.clusterResourceWhitelist");
    let denied = project.value.items("spec.clusterResourceBlacklist");
    let kind = "ClusterRoleBinding";
    let entries = project.value.items("spec.clusterResourceWhitelist");
    let (index, _) = entries
        .iter()
        .enumerate()
        .find(|(_, entry)| is_wide(entry) && permits(entry, RBAC, kind))?;
    if lists(denied, RBAC, kind) {
        return None;
    }
    let name = &project.name;
    let title = phrase!(en: "permit no cluster-wide objects", ja: "クラスタスコープのオブジェクトを許可しない");
    Some(
        Fault::at(
            all.index(index),
            phrase!(en: "project `{name}` may create cluster-wide objects, ClusterRoleBindings among them: a write to its repository makes a cluster administrator",
                    ja: "プロジェクト `{name}` は ClusterRoleBinding を含むクラスタスコープのオブジェクトを作成できる。リポジトリへの書き込みだけでクラスタ管理者になれる"),
        )
        .fix(Fix::risky(title).set(all, json!([]))),
    )
}

/// No list at all permits every kind; an empty list permits none.
fn namespace_resources(project: &Object) -> Option<Fault> {
    let route = Route::of("spec.namespaceResourceWhitelist");
    let kind = "RoleBinding";
    let listed = project
        .value
        .at("spec.namespaceResourceWhitelist")
        .and_then(Value::as_array);
    let (route, how, how_ja) = match listed {
        None => (
            route,
            "it has no `namespaceResourceWhitelist`",
            "`namespaceResourceWhitelist` がない",
        ),
        Some(entries) => {
            let wide = |entry: &Value| is_wide(entry) && permits(entry, RBAC, kind);
            let index = entries.iter().position(wide)?;
            (
                route.index(index),
                "its list is a wildcard",
                "ワイルドカードである",
            )
        }
    };
    if lists(
        project.value.items("spec.namespaceResourceBlacklist"),
        RBAC,
        kind,
    ) {
        return None;
    }
    let name = &project.name;
    let title = phrase!(en: "refuse Roles and RoleBindings", ja: "Role と RoleBinding を拒否する");
    Some(
        Fault::at(
            route,
            phrase!(en: "project `{name}` may create every kind in its namespaces, RoleBindings among them ({how}): a write to its repository gives rights there",
                    ja: "プロジェクト `{name}` は Namespace 内に RoleBinding を含む全種別を作成できる ({how_ja})。リポジトリへの書き込みだけで権限を付与できる"),
        )
        .severity(Severity::Low)
        .fix(Fix::risky(title).append(
            Route::of("spec.namespaceResourceBlacklist"),
            json!({"group": RBAC, "kind": "*"}),
        )),
    )
}

/// `p, proj:shop:ci, applications, *, shop/*, allow`: everything includes `override`, which deploys what is not in Git.
fn roles(project: &Object) -> Vec<Fault> {
    let name = &project.name;
    let mut faults = Vec::new();
    for (index, role) in project.value.items("spec.roles").iter().enumerate() {
        let role_name = role.text("name").unwrap_or("");
        let base = Route::of("spec.roles").index(index).key("policies");
        for (at, policy) in role.items("policies").iter().enumerate() {
            let line = policy.as_str().unwrap_or("");
            let words: Vec<&str> = line.split(',').map(str::trim).collect();
            let ["p", _, resource, action, _, effect] = words.as_slice() else {
                continue;
            };
            let is_all = ["override", "delete", "action/apps/Deployment/restart"]
                .iter()
                .all(|known| matches(action, known, false));
            if is_all && matches(resource, "applications", false) && *effect == "allow" {
                faults.push(
                    Fault::at(
                        base.index(at),
                        phrase!(en: "role `{role_name}` of project `{name}` may do everything with Applications (`{action}`), also deploy manifests that are not in Git (`override`) and delete; name the actions it needs",
                                ja: "プロジェクト `{name}` のロール `{role_name}` は Application に対して何でもできる (`{action}`)。Git にないマニフェストのデプロイ (`override`) や削除も含む。必要な操作だけを列挙する"),
                    )
                    .severity(Severity::Medium),
                );
            }
        }
    }
    faults
}
