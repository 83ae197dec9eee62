use std::collections::BTreeMap;

use sekisho_model::{Container, Fields, Fix, Phrase, Pod, phrase};
use sekisho_text::{Route, Step};
use serde_json::Value;

use super::aws_credentials::{is_aws_endpoint, is_name};
use super::role_arn;
use super::service_accounts::{Known, ROLE_ANNOTATION};
use crate::secrets::key_names::Keys;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container that gets AWS access keys: as variables (written out, from a Secret or ConfigMap, or with
    /// `envFrom`), or as a credentials file (a Secret or a directory of the node mounted at `.aws`, or where `AWS_SHARED_CREDENTIALS_FILE`
    /// points).
    ///
    /// **Why it matters.** The SDKs take these keys before the role of the pod. They do not expire, work from anywhere, and can be
    /// taken along by whoever reads the pod, its environment or the Secret once. The rights of the pod are then those of an IAM
    /// user, not of one workload's role.
    ///
    /// With an `AWS_ENDPOINT_URL` that is not of AWS the keys may belong to another object store: that is unknown.
    ///
    /// **Bad**
    /// ```yaml
    /// env:
    ///   - name: AWS_ACCESS_KEY_ID
    ///     valueFrom: {secretKeyRef: {name: backup-aws, key: id}}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ServiceAccount
    /// metadata:
    ///   name: backup
    ///   annotations:
    ///     eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/shop-prod-backup
    /// ```
    ///
    /// **References**
    /// - <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// - <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
    ///
    /// # 日本語
    /// **示すこと。** AWS アクセスキーを受け取るコンテナ。環境変数 (直接記述、Secret・ConfigMap から、`envFrom`)、または認証情報ファイル (`.aws` や `AWS_SHARED_CREDENTIALS_FILE` の指す場所にマウントされた Secret またはノードのディレクトリ) による。
    ///
    /// **理由。** SDK は Pod のロールより先にこのキーを使う。キーは失効せず、どこからでも使え、Pod・環境変数・Secret を一度読んだ人が持ち出せる。Pod の権限はワークロード専用ロールではなく IAM ユーザーのものになる。
    ///
    /// `AWS_ENDPOINT_URL` が AWS 以外を指す場合、別のオブジェクトストアのキーかもしれないため、判定できない。
    ///
    /// **直し方。** IRSA または Pod Identity でワークロード専用のロールを与え、キーを外して無効化する。
    StaticAwsCredentials = "static-aws-credentials";
    control: "T1.4",
    severity: High,
    profile: Default,
    level: Level::Container,
    fix: Risky,
    title: "A container holds AWS access keys", "コンテナに渡された AWS アクセスキー",
}

impl Check for StaticAwsCredentials {
    fn container(
        &self,
        cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        let mut looks = Looks {
            keys: Vec::new(),
            unseen: None,
        };
        variables(container, &mut looks);
        whole_sources(cx, pod, container, &mut looks);
        files(pod, container, &mut looks);
        let name = container.name();
        let Some((route, _)) = looks.keys.first() else {
            match looks.unseen {
                Some(reason) => on.unknown(reason),
                None => on.pass(),
            }
            return;
        };
        if let Some(endpoint) = other_endpoint(container) {
            on.unknown(phrase!(
                en: "container `{name}` has access keys and sends its calls to `{endpoint}`, not to AWS; whether the keys are AWS keys is known to that service alone",
                ja: "コンテナ `{name}` はアクセスキーを持ち、AWS ではなく `{endpoint}` を呼び出す。AWS のキーかどうかはそのサービスでしか分からない",
            ));
            return;
        }
        let list = |of: fn(&Phrase) -> &str, and: &str| {
            looks
                .keys
                .iter()
                .map(|(_, what)| of(what))
                .collect::<Vec<_>>()
                .join(and)
        };
        let (en, ja) = (list(|what| &what.en, ", "), list(|what| &what.ja, "、"));
        let fault = Fault::at(
            route.clone(),
            phrase!(
                en: "container `{name}` gets AWS access keys ({en}): they do not expire and work from anywhere. Give its service account a role (IRSA or Pod Identity), take the keys out and deactivate them",
                ja: "コンテナ `{name}` に AWS アクセスキーが渡されている ({ja})。失効せず、どこからでも使える。ServiceAccount にロールを与え (IRSA または Pod Identity)、キーを外して無効化すること",
            ),
        );
        on.fail(match fix(cx, pod, container, &looks.keys) {
            Some(fix) => fault.fix(fix),
            None => fault,
        });
    }
}

/// Takes variables away when the pod has a role that the SDKs then take; files may hold more than keys.
fn fix(
    cx: &Context<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    keys: &[(Route, Phrase)],
) -> Option<Fix> {
    let accounts = cx.service_accounts();
    let has_association = accounts
        .association(pod.object, pod.service_account())
        .is_some();
    let has_role = matches!(
        accounts.of_pod(pod, cx.complete()),
        Known::Object(_, account) if account.annotation(ROLE_ANNOTATION).is_some_and(|arn| role_arn::parse(arn).is_some())
    );
    let variables = container.at("env");
    let only_variables = keys.iter().all(|(route, _)| route.starts_with(&variables));
    if !only_variables || !(has_role || has_association) {
        return None;
    }
    let fix = Fix::risky(phrase!(
        en: "take the keys out, so that the container uses the role of its service account",
        ja: "キーを外し、ServiceAccount のロールを使わせる",
    ));
    // A variable that another refers to must stay.
    let is_referred = keys.iter().any(|(route, _)| {
        let index = match route.last() {
            Some(Step::Index(index)) => *index,
            _ => return true,
        };
        let all = container.value.items("env");
        let name = all
            .get(index)
            .and_then(|variable| variable.text("name"))
            .unwrap_or_default();
        let reference = format!("$({name})");
        container.value.to_string().contains(&reference)
    });
    // From the last to the first: taking an item away moves those behind it.
    let taken = keys
        .iter()
        .rev()
        .fold(fix, |fix, (route, _)| fix.remove(route.clone()));
    (!is_referred).then_some(taken)
}

struct Looks {
    keys: Vec<(Route, Phrase)>,
    unseen: Option<Phrase>,
}

fn variables(container: &Container<'_>, looks: &mut Looks) {
    for (index, variable) in container.value.items("env").iter().enumerate() {
        let name = variable.text("name").unwrap_or_default();
        // An empty value takes a key away.
        let has_value = variable.at("valueFrom").is_some()
            || variable
                .text("value")
                .is_some_and(|value| !value.is_empty());
        if is_name(name) && has_value {
            looks.keys.push((
                container.at("env").index(index),
                phrase!(en: "`{name}`", ja: "`{name}`"),
            ));
        }
    }
}

/// `envFrom`: the names are the keys of the source, with a prefix before them.
fn whole_sources(cx: &Context<'_>, pod: &Pod<'_>, container: &Container<'_>, looks: &mut Looks) {
    for (index, source) in container.value.items("envFrom").iter().enumerate() {
        let prefix = source.text("prefix").unwrap_or_default();
        let (kind, name, keys) = if let Some(name) = source.text("secretRef.name") {
            ("Secret", name, cx.key_names().of_secret(pod.object, name))
        } else if let Some(name) = source.text("configMapRef.name") {
            (
                "ConfigMap",
                name,
                cx.key_names().of_config_map(pod.object, name),
            )
        } else {
            continue;
        };
        let known = keys.into_iter().flat_map(Keys::known);
        let key = known
            .map(|key| format!("{prefix}{key}"))
            .find(|variable| is_name(variable));
        if let Some(key) = key {
            looks.keys.push((
                container.at("envFrom").index(index),
                phrase!(en: "`{key}` from {kind} `{name}`", ja: "{kind} `{name}` の `{key}`"),
            ));
        } else if !matches!(keys, Some(Keys::Exactly(_))) {
            looks.unseen = Some(phrase!(
                en: "which variables `envFrom` takes from {kind} `{name}` is not in these files; the keys of the {kind} would settle it",
                ja: "`envFrom` が {kind} `{name}` から取り込む変数がファイルから分からない。{kind} のキーが分かれば判定できる",
            ));
        }
    }
}

/// Credentials files: what is mounted at `.aws`, or where the SDK is told to look.
fn files(pod: &Pod<'_>, container: &Container<'_>, looks: &mut Looks) {
    let volumes: BTreeMap<&str, &Value> = pod
        .spec()
        .items("volumes")
        .iter()
        .filter_map(|volume| Some((volume.text("name")?, volume)))
        .collect();
    let told = container.value.items("env").iter().find_map(|variable| {
        let names_file = matches!(
            variable.text("name"),
            Some("AWS_SHARED_CREDENTIALS_FILE" | "AWS_CREDENTIAL_FILE")
        );
        variable.text("value").filter(|_| names_file).map(plain)
    });
    for (index, mount) in container.value.items("volumeMounts").iter().enumerate() {
        let path = plain(mount.text("mountPath").unwrap_or_default());
        let Some(volume) = mount.text("name").and_then(|name| volumes.get(name)) else {
            continue;
        };
        let holds = volume.at("secret").is_some()
            || volume
                .items("projected.sources")
                .iter()
                .any(|source| source.at("secret").is_some())
            || volume.at("hostPath").is_some()
            || volume.text("csi.driver") == Some("secrets-store.csi.k8s.io");
        let is_folder = path.ends_with("/.aws") && !only_settings(volume);
        let is_file = path.ends_with("/.aws/credentials");
        let is_told = told.as_ref().is_some_and(|told| {
            *told == path
                || told
                    .strip_prefix(&path)
                    .is_some_and(|rest| rest.starts_with('/'))
        });
        if holds && (is_folder || is_file || is_told) {
            looks.keys.push((
                container.at("volumeMounts").index(index).key("mountPath"),
                phrase!(en: "a credentials file under `{path}`", ja: "`{path}` の認証情報ファイル"),
            ));
        }
    }
}

/// A Secret of which only `config` is mounted.
fn only_settings(volume: &Value) -> bool {
    let items = volume.items("secret.items");
    !items.is_empty()
        && items
            .iter()
            .all(|item| item.text("path").map(plain).as_deref() == Some("/config"))
}

/// A path without `.`, `..` and repeated slashes.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// An endpoint that the SDK is told to use and that is not of AWS.
fn other_endpoint<'a>(container: &Container<'a>) -> Option<&'a str> {
    container.value.items("env").iter().find_map(|variable| {
        let name = variable.text("name")?;
        let names_endpoint = matches!(
            name,
            "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_S3" | "AWS_S3_ENDPOINT"
        );
        variable.text("value").filter(|value| {
            names_endpoint
                && !value.is_empty()
                && !value.contains('$')
                && !value.contains('@')
                && !is_aws_endpoint(value)
        })
    })
}
