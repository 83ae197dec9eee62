use std::collections::BTreeSet;

use sekisho_model::{Fields, Fix, Object, Severity, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::external_secrets::{GROUP, names_strangers, selects_strangers, store_refs};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An object of External Secrets Operator whose reach nobody bounded: a ClusterSecretStore that any namespace
    /// may use (no `conditions`, or conditions that admit every namespace), a SecretStore that reads with the operator's own
    /// AWS rights, a ClusterExternalSecret or ClusterPushSecret for every namespace, a PushSecret that takes every Secret or
    /// feeds every store.
    ///
    /// **Why it matters.** Who may create an ExternalSecret in one namespace reads through the store whatever the store's role can
    /// read: secrets of every team. The operator is the deputy, and does not ask who wanted it.
    ///
    /// Selectors and expressions are tried on namespaces that nobody chose: what admits them all admits any. Regular
    /// expressions of `namespaceRegexes` are not anchored. A ClusterSecretStore that signs in with an account or
    /// secret of the asking namespace (no `namespace` in its `auth`) needs no conditions.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ClusterSecretStore
    /// spec:
    ///   provider: {aws: {service: SecretsManager, region: ap-northeast-1}}
    /// ```
    ///
    /// **Good.** A SecretStore per namespace with a role of its own; or
    /// ```yaml
    /// kind: ClusterSecretStore
    /// spec:
    ///   conditions:
    ///     - namespaces: [payments]
    /// ```
    ///
    /// **References**
    /// - <https://external-secrets.io/latest/api/clustersecretstore/>
    /// - <https://external-secrets.io/latest/guides/multi-tenancy/>
    ///
    /// # 日本語
    /// **示すこと。** 利用範囲が限定されていない External Secrets Operator のオブジェクト。どの Namespace からでも使える ClusterSecretStore (`conditions` がない、または全 Namespace に一致する)、オペレーター自身の AWS 権限で読む SecretStore、全 Namespace を対象とする ClusterExternalSecret・ClusterPushSecret、すべての Secret またはすべてのストアを対象とする PushSecret。
    ///
    /// **理由。** ある Namespace で ExternalSecret を作れる人は、ストアのロールが読めるすべてのシークレットを、他チームのものも含めて読める。オペレーターは代理で読むだけで、誰の要求かを問わない。
    ///
    /// セレクターと正規表現は、誰も選んでいない Namespace 名で試し、すべてに一致すれば無制限とみなす。`namespaceRegexes` は先頭・末尾に固定されない。要求元の Namespace のアカウントや Secret で認証する ClusterSecretStore (`auth` に `namespace` がないもの) に条件は不要である。
    ///
    /// **直し方。** Namespace ごとに専用ロールを持つ SecretStore を使うか、ClusterSecretStore の `conditions` に使う Namespace を列挙する。
    SecretStoreScope = "secret-store-scope";
    control: "T3.1",
    severity: High,
    profile: Default,
    level: Level::Object(&[
        (GROUP, "ClusterSecretStore"),
        (GROUP, "SecretStore"),
        (GROUP, "ClusterExternalSecret"),
        (GROUP, "PushSecret"),
        (GROUP, "ClusterPushSecret"),
    ]),
    fix: Risky,
    title: "A secret store without bounds", "利用範囲の限定がないシークレットストア",
}

impl Check for SecretStoreScope {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let fault = match object.kind.as_str() {
            "ClusterSecretStore" => cluster_store(cx, object),
            "SecretStore" => store(object),
            "ClusterExternalSecret" => every_namespace(object, "spec.namespaceSelector"),
            "ClusterPushSecret" => every_namespace(object, "")
                .or_else(|| push(object, &Route::of("spec.pushSecretSpec"))),
            _ => push(object, &Route::of("spec")),
        };
        match fault {
            Some(fault) => on.fail(fault),
            None => on.pass(),
        }
    }
}

fn cluster_store(cx: &Context<'_>, object: &Object) -> Option<Fault> {
    let name = &object.name;
    let conditions = object.value.items("spec.conditions");
    if conditions.is_empty() {
        if signs_in_as_asker(&object.value) {
            return None;
        }
        let fault = Fault::at(
            Route::of("spec.conditions"),
            phrase!(
                en: "ClusterSecretStore `{name}` has no `conditions`, so an ExternalSecret in any namespace reads whatever this store can read. List the namespaces that use it",
                ja: "ClusterSecretStore `{name}` に `conditions` がなく、どの Namespace の ExternalSecret からでもこのストアが読めるものすべてを読める。使う Namespace を列挙すること",
            ),
        );
        return Some(match users(cx, object) {
            Some(users) => fault.fix(bounded(&users)),
            None => fault,
        });
    }
    let wide = conditions
        .iter()
        .enumerate()
        .find_map(|(index, condition)| {
            let here = Route::of("spec.conditions").index(index);
            if condition
                .at("namespaceSelector")
                .is_some_and(selects_strangers)
            {
                return Some(here.key("namespaceSelector"));
            }
            let regexes = condition.items("namespaceRegexes");
            let wide = regexes
                .iter()
                .position(|regex| regex.as_str().is_some_and(names_strangers))?;
            Some(here.key("namespaceRegexes").index(wide))
        })?;
    let fault = Fault::at(
        wide.clone(),
        phrase!(
            en: "the condition `{wide}` of ClusterSecretStore `{name}` admits namespaces that nobody named, so an ExternalSecret in any of them reads whatever this store can read",
            ja: "ClusterSecretStore `{name}` の条件 `{wide}` は名指ししていない Namespace にも一致し、そこの ExternalSecret からこのストアが読めるものすべてを読める",
        ),
    );
    Some(match users(cx, object) {
        Some(users) => fault.fix(bounded(&users)),
        None => fault,
    })
}

fn bounded(users: &BTreeSet<String>) -> Fix {
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let names = users.join(", ");
    Fix::risky(phrase!(
        en: "admit only the namespaces whose external secrets stand in these files: {names}",
        ja: "ファイル内の ExternalSecret がある Namespace だけを許可する: {names}",
    ))
    .set(
        Route::of("spec.conditions"),
        json!([{ "namespaces": users }]),
    )
}

/// Referent authentication: without a namespace in its references the store signs in as the namespace that asks
/// (`isReferentSpec` in the providers).
fn signs_in_as_asker(store: &Value) -> bool {
    let mut references = Vec::new();
    if let Some(provider) = store.entries("spec.provider") {
        for auth in provider
            .values()
            .filter_map(|provider| provider.key("auth"))
        {
            collect_references(auth, &mut references);
        }
    }
    !references.is_empty()
        && references
            .iter()
            .all(|reference| reference.text("namespace").is_none())
}

fn collect_references<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let is_reference =
            value.text("name").is_some() && key.to_ascii_lowercase().ends_with("ref");
        if is_reference {
            found.push(value);
        } else {
            collect_references(value, found);
        }
    }
}

/// The namespaces that use a cluster store, when all of its users in the estate name theirs.
fn users(cx: &Context<'_>, store: &Object) -> Option<BTreeSet<String>> {
    let refers = |reference: &Value| {
        reference.text("kind") == Some("ClusterSecretStore")
            && reference.text("name") == Some(&store.name)
    };
    let mut users = BTreeSet::new();
    for (_, object) in cx
        .estate
        .of_kind(GROUP, "ExternalSecret")
        .chain(cx.estate.of_kind(GROUP, "PushSecret"))
    {
        let spec = object
            .value
            .at("spec")
            .filter(|_| object.place == store.place);
        let is_user = spec.is_some_and(|spec| {
            store_refs(spec)
                .chain(spec.items("secretStoreRefs"))
                .any(refers)
        });
        if is_user {
            users.insert(object.namespace.given()?.to_owned());
        }
    }
    let spreads = cx
        .estate
        .of_kind(GROUP, "ClusterExternalSecret")
        .any(|(_, object)| {
            object
                .value
                .at("spec.externalSecretSpec")
                .is_some_and(|spec| store_refs(spec).any(refers))
        });
    (!users.is_empty() && !spreads).then_some(users)
}

/// Without `auth` the AWS provider takes the operator's own credentials; without `role` it stays with them.
fn store(object: &Object) -> Option<Fault> {
    let aws = object.value.at("spec.provider.aws")?;
    let signs_in = ["auth.jwt.serviceAccountRef", "auth.secretRef"]
        .iter()
        .any(|auth| aws.at(auth).is_some());
    let has_role = aws.text("role").is_some_and(|role| !role.is_empty());
    if signs_in || has_role {
        return None;
    }
    let name = &object.name;
    let message = phrase!(
        en: "SecretStore `{name}` has neither `role` nor `auth.jwt`, so it reads with the operator's own AWS rights: whatever the operator can read for any team, an ExternalSecret in this namespace can",
        ja: "SecretStore `{name}` に `role` も `auth.jwt` もなく、オペレーター自身の AWS 権限で読む。オペレーターが読めるものは、他チームのものもこの Namespace の ExternalSecret から読める",
    );
    Some(Fault::at(Route::of("spec.provider.aws.role"), message).severity(Severity::Medium))
}

fn every_namespace(object: &Object, single: &'static str) -> Option<Fault> {
    let list = "spec.namespaceSelectors";
    let route = object
        .value
        .at(single)
        .filter(|selector| selects_strangers(selector))
        .map(|_| Route::of(single))
        .or_else(|| {
            let wide = object
                .value
                .items(list)
                .iter()
                .position(selects_strangers)?;
            Some(Route::of(list).index(wide))
        })?;
    let id = object.id();
    let message = phrase!(
        en: "{id} selects every namespace, later ones included, so whoever may read secrets in any namespace has this one. Select the namespaces that need it",
        ja: "{id} は今後作られるものも含めて全 Namespace に一致し、どの Namespace であれ Secret を読める人はこの値を入手できる。必要な Namespace だけを選ぶこと",
    );
    Some(Fault::at(route, message).severity(Severity::Medium))
}

fn push(object: &Object, spec: &Route) -> Option<Fault> {
    let value = if object.kind == "PushSecret" {
        object.value.at("spec")
    } else {
        object.value.at("spec.pushSecretSpec")
    }?;
    let id = object.id();
    let selects_all = |selector: &Value| {
        selector.is_object()
            && sekisho_model::Selector::read(selector).is_some_and(|selector| selector.is_empty())
    };
    if value.text("selector.secret.name").is_none()
        && value
            .at("selector.secret.selector")
            .is_some_and(selects_all)
    {
        let message = phrase!(
            en: "{id} selects every Secret of its namespace and copies it to the store. Name the one that is meant",
            ja: "{id} は Namespace 内のすべての Secret を選び、ストアにコピーする。対象の Secret を名指しすること",
        );
        return Some(
            Fault::at(spec.at("selector.secret.selector"), message).severity(Severity::Medium),
        );
    }
    let stores = value.items("secretStoreRefs");
    let wide = stores.iter().position(|store| {
        store.text("name").is_none() && store.at("labelSelector").is_some_and(selects_all)
    })?;
    let message = phrase!(
        en: "{id} feeds every store it can see, so its value goes to readers that nobody chose. Name the store that is meant",
        ja: "{id} は見えるすべてのストアに値を送るため、意図しない利用者にも渡る。対象のストアを名指しすること",
    );
    let route = spec.key("secretStoreRefs").index(wide).key("labelSelector");
    Some(Fault::at(route, message).severity(Severity::Medium))
}
