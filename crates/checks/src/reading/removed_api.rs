use sekisho_model::{Fields, Fix, Object, ReadNote, phrase};
use sekisho_schema::{Outcome, admit};
use sekisho_text::Route;
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An object in an API version that the cluster no longer serves, or that never existed. With
    /// `kubernetes: "1.33"` in `sekisho.yaml` that release counts, otherwise the newest.
    ///
    /// **Why it matters.** The API server answers "no matches for kind": the object is not there, whatever the file says. A
    /// NetworkPolicy in `extensions/v1beta1` isolates nothing, and an upgrade stops half way.
    ///
    /// **Bad**
    /// ```yaml
    /// apiVersion: extensions/v1beta1
    /// kind: NetworkPolicy
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// ```
    ///
    /// **References.** [Kubernetes: deprecated API migration guide](https://kubernetes.io/docs/reference/using-api/deprecation-guide/) ·
    /// [EKS best practices: cluster upgrades](https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html)
    ///
    /// # 日本語
    /// **示すこと。** クラスタがもう提供していない、または存在したことのない API バージョンのオブジェクト。`sekisho.yaml` に `kubernetes: "1.33"` のように書けばそのリリースを、なければ最新のリリースを基準とする。
    ///
    /// **理由。** API サーバーは「no matches for kind」と答え、ファイルに何と書いてあってもオブジェクトは存在しない。`extensions/v1beta1` の NetworkPolicy は何も隔離せず、アップグレードは途中で止まる。
    ///
    /// **悪い例**
    /// ```yaml
    /// apiVersion: extensions/v1beta1
    /// kind: NetworkPolicy
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// ```
    RemovedApi = "removed-api";
    control: "T1.10",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[("*", "*")]),
    fix: Safe,
    title: "An API version that is not served", "提供されていない API バージョン",
}

impl Check for RemovedApi {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let removed = object.notes.iter().find_map(|note| match note {
            ReadNote::Removed {
                removed_in,
                replacement,
            } => Some((removed_in.as_deref(), replacement.as_deref())),
            _ => None,
        });
        let Some((removed_in, replacement)) = removed else {
            if sekisho_schema::is_served(&object.api_version, &object.kind) {
                on.pass();
            }
            return;
        };
        if removed_in.is_some_and(|release| is_later(release, cx.settings.kubernetes.as_deref())) {
            on.pass();
            return;
        }
        if object.kind == "PodSecurityPolicy" {
            on.fail_told_by(&["pod-security-policy"]);
            return;
        }
        let (api_version, kind) = (&object.api_version, &object.kind);
        let mut message = match removed_in {
            Some(release) => phrase!(
                en: "`{api_version}` of {kind} was removed in Kubernetes {release}: the API server does not take this object",
                ja: "{kind} の `{api_version}` は Kubernetes {release} で削除されており、API サーバーはこのオブジェクトを受け付けません"
            ),
            None => phrase!(
                en: "{kind} never existed in `{api_version}`: the API server does not take this object",
                ja: "`{api_version}` に {kind} が存在したことはなく、API サーバーはこのオブジェクトを受け付けません"
            ),
        };
        if let Some(replacement) = replacement {
            let more =
                phrase!(en: "; use `{replacement}`", ja: "。`{replacement}` を使ってください");
            message.en.to_mut().push_str(&more.en);
            message.ja.to_mut().push_str(&more.ja);
        }
        let fault = Fault::at(Route::of("apiVersion"), message);
        on.fail(match replacement.and_then(|to| moved(object, to)) {
            Some(fix) => fault.fix(fix),
            None => fault,
        });
    }
}

/// Whether a release comes after that of the cluster. Without one the newest is meant, and nothing comes after that.
fn is_later(release: &str, cluster: Option<&str>) -> bool {
    let minor = |text: &str| {
        let rest = text.trim().trim_start_matches('v').strip_prefix("1.")?;
        let end = rest.find(|c: char| !c.is_ascii_digit());
        end.map_or(rest, |end| rest.get(..end).unwrap_or_default())
            .parse::<u32>()
            .ok()
    };
    match (minor(release), cluster.and_then(minor)) {
        (Some(release), Some(cluster)) => release > cluster,
        _ => false,
    }
}

/// The new version, when the object means the same in it: the server takes it and drops nothing.
fn moved(object: &Object, to: &str) -> Option<Fix> {
    if changes_meaning(object) {
        return None;
    }
    let mut value = object.value.clone();
    value
        .as_object_mut()?
        .insert("apiVersion".to_owned(), Value::from(to));
    let keeps_shape = matches!(admit(value), Outcome::Stored(stored) if stored.notes.is_empty());
    let title = phrase!(en: "Use `{to}`", ja: "`{to}` を使う");
    keeps_shape.then(|| Fix::safe(title).set(Route::of("apiVersion"), to))
}

/// Fields of one shape that mean or default to something else in the new version (deprecation guide: PodDisruptionBudget,
/// webhook configurations).
fn changes_meaning(object: &Object) -> bool {
    match object.kind.as_str() {
        // An empty selector selects nothing in v1beta1 and everything in v1.
        "PodDisruptionBudget" => object.value.at("spec.selector").is_none_or(|selector| {
            selector.items("matchExpressions").is_empty()
                && selector
                    .entries("matchLabels")
                    .is_none_or(serde_json::Map::is_empty)
        }),
        // They fail closed by default in v1, and open in v1beta1.
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => true,
        _ => false,
    }
}
