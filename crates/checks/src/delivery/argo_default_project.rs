use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Fields, Fix, Object, Place, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::projects::{ARGO, is_open, repositories};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** An Application or ApplicationSet in the project `default`, also by naming none, unless the files bound that
    /// project.
    ///
    /// **Why it matters.** Argo CD makes the project `default` by itself, and it permits every repository, every cluster, every
    /// namespace and every kind. An Application there has the rights of Argo CD.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: Application
    /// spec:
    ///   project: default
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: Application
    /// spec:
    ///   project: shop
    /// ```
    ///
    /// **References.** [Argo CD: the default project](https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#the-default-project)
    ///
    /// # 日本語
    /// **示すこと。** プロジェクト `default` に属する Application や ApplicationSet (指定なしを含む)。ファイル中でそのプロジェクトが制限されている場合を除く。
    ///
    /// **理由。** プロジェクト `default` は Argo CD が自動作成し、全リポジトリ・全クラスタ・全 Namespace・全種別を許可する。そこに属する Application は Argo CD 自身の権限を持つに等しい。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: Application
    /// spec:
    ///   project: default
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: Application
    /// spec:
    ///   project: shop
    /// ```
    ArgoDefaultProject = "argo-default-project";
    control: "T4.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "An Application in the project default", "default プロジェクトの Application",
}

impl Check for ArgoDefaultProject {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut bounded: BTreeMap<&Place, bool> = BTreeMap::new();
        let mut taken: BTreeSet<(&Place, &str)> = BTreeSet::new();
        for (_, project) in cx.estate.of_kind(ARGO, "AppProject") {
            taken.insert((&*project.place, project.name.as_str()));
            if project.name == "default" {
                bounded.insert(&*project.place, !is_open(&project.value));
            }
        }
        let is_bounded = |object: &Object| bounded.get(&*object.place).copied() == Some(true);
        for (index, application) in cx.estate.of_kind(ARGO, "Application") {
            let mut on = sheet.on(index);
            let project = application.value.text("spec.project").unwrap_or("");
            if !is_default(project) || is_bounded(application) {
                on.pass();
                continue;
            }
            let free = !taken.contains(&(&*application.place, application.name.as_str()));
            on.fail(of_application(application, free));
        }
        for (index, set) in cx.estate.of_kind(ARGO, "ApplicationSet") {
            judge_set(set, is_bounded(set), &mut sheet.on(index));
        }
    }
}

/// `ApplicationSpec.GetProject`: none is `default`.
fn is_default(project: &str) -> bool {
    matches!(project, "" | "default")
}

fn of_application(application: &Object, free: bool) -> Fault {
    let name = &application.name;
    let route = Route::of("spec.project");
    let fault = Fault::at(
        route.clone(),
        phrase!(en: "Application `{name}` is in the project `default`, which permits every repository, cluster and namespace: who can change it deploys anything anywhere",
                ja: "Application `{name}` は、全リポジトリ・全クラスタ・全 Namespace を許可するプロジェクト `default` に属する。変更できる者は任意のものを任意の場所にデプロイできる"),
    );
    match own_project(application).filter(|_| free && !name.is_empty()) {
        Some(project) => {
            let title = phrase!(en: "give `{name}` a project of its own", ja: "`{name}` 専用のプロジェクトを作る");
            fault.fix(
                Fix::risky(title)
                    .set(route, name.as_str())
                    .new_object(project),
            )
        }
        None => fault,
    }
}

/// A project that permits what the Application uses, and no more.
fn own_project(application: &Object) -> Option<Value> {
    let spec = application.value.key("spec")?;
    let sources = repositories(spec);
    let destination = spec.at("destination")?;
    let namespace = destination
        .text("namespace")
        .filter(|text| !text.is_empty())?;
    let (key, cluster) = ["server", "name"].iter().find_map(|key| {
        let value = destination.text(key).filter(|text| !text.is_empty())?;
        Some((*key, value))
    })?;
    if sources.is_empty() {
        return None;
    }
    let mut metadata = json!({"name": application.name});
    if let (Some(home), Some(fields)) = (application.namespace.given(), metadata.as_object_mut()) {
        fields.insert(String::from("namespace"), home.into());
    }
    Some(json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": metadata,
        "spec": {
            "sourceRepos": sources,
            "destinations": [{key: cluster, "namespace": namespace}],
            "clusterResourceWhitelist": [],
            "namespaceResourceBlacklist": [{"group": "rbac.authorization.k8s.io", "kind": "*"}],
        },
    }))
}

fn judge_set(set: &Object, bounded: bool, on: &mut On<'_>) {
    let name = &set.name;
    let project = set.value.text("spec.template.spec.project").unwrap_or("");
    let patch = set.value.text("spec.templatePatch").unwrap_or("");
    let patched = patch
        .lines()
        .filter_map(|line| line.trim().strip_prefix("project:"))
        .map(|value| value.trim().trim_matches(['"', '\'']))
        .next();
    let (value, route) = match patched {
        Some(value) => (value, Route::of("spec.templatePatch")),
        None => (project, Route::of("spec.template.spec.project")),
    };
    if value.contains("{{") {
        on.unknown(phrase!(en: "which project the Applications of `{name}` get: `{value}` is filled in when it runs",
                           ja: "`{name}` の Application が属するプロジェクト: `{value}` は実行時に決まる"));
    } else if !is_default(value) || bounded {
        on.pass();
    } else {
        on.fail(Fault::at(
            route,
            phrase!(en: "ApplicationSet `{name}` makes Applications in the project `default`, which permits every repository, cluster and namespace; name a project of the team",
                    ja: "ApplicationSet `{name}` は、全リポジトリ・全クラスタ・全 Namespace を許可するプロジェクト `default` に Application を作る。チームのプロジェクトを指定する"),
        ));
    }
}
