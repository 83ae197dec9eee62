use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Fields, Namespace, Object, Phrase, Place, phrase};
use sekisho_policy::pod_security::Level as Standard;
use sekisho_text::Route;
use serde_json::{Map, json};

use super::enforcement::{ENFORCE, Gap, gap, mend};
use super::standards::{broken, minor};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A namespace that does not enforce Pod Security `restricted`: no `enforce` label, one of a lower level,
    /// one that the API server cannot read, a misspelt one, `warn` or `audit` alone, or the rules of an old version. Also a
    /// namespace that objects live in and no file defines, when the estate says that it is complete.
    ///
    /// **Why it matters.** EKS enforces nothing by itself: without the label every pod is admitted, privileged ones too.
    /// `warn` and `audit` refuse nothing. A label with a typing mistake is a label of no meaning, and nobody says so.
    ///
    /// **Bad**
    /// ```yaml
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/warn: restricted
    ///     pod-security.kubernetes.io/enforced: restricted
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: restricted
    /// ```
    /// The fix is safe where the estate is complete and `restricted` refuses no pod of the namespace.
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    ///
    /// # 日本語
    /// **示すこと。** Pod Security の `restricted` を強制していない Namespace。`enforce` ラベルがない、水準が低い、API サーバーが読めない値である、綴りが違う、`warn` や `audit` だけである、古いバージョンの規則に固定されている、のいずれか。構成が完全 (`estate.complete`) と宣言されている場合は、オブジェクトがあるのにどのファイルにも定義されていない Namespace も含む。
    ///
    /// **理由。** EKS は既定では何も強制せず、ラベルがなければ特権 Pod を含むすべての Pod が許可される。`warn` と `audit` は何も拒否しない。綴りを誤ったラベルは意味を持たず、誰もそれを知らせない。
    ///
    /// **直し方。** `pod-security.kubernetes.io/enforce: restricted` を付ける。構成が完全で、`restricted` に拒否される Pod が Namespace にない場合、この修正は安全である。
    NamespacePodSecurity = "namespace-pod-security";
    control: "T1.5",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A namespace does not enforce restricted", "restricted を強制していない Namespace",
}

/// The name of a namespace in one place.
type Home<'a> = (Arc<Place>, &'a str);

impl Check for NamespacePodSecurity {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut defined: BTreeMap<Home<'_>, usize> = BTreeMap::new();
        for (index, object) in cx.estate.of_kind("", "Namespace") {
            // Of several the last one counts, as when they are applied in order.
            defined.insert((Arc::clone(&object.place), &object.name), index);
        }
        for ((_, name), index) in &defined {
            if let Some(object) = cx.estate.objects().get(*index) {
                judge(cx, object, name, &mut sheet.on(*index));
            }
        }
        let mut homeless: BTreeMap<Home<'_>, (usize, usize)> = BTreeMap::new();
        for (index, object) in cx.estate.objects().iter().enumerate() {
            if let Namespace::Given(name) = &object.namespace {
                let home = (Arc::clone(&object.place), name.as_str());
                if !defined.contains_key(&home) && !is_excepted(cx, &object.place, name) {
                    homeless.entry(home).or_insert((index, 0)).1 += 1;
                }
            }
        }
        if cx.complete() {
            for ((place, name), (first, count)) in homeless {
                let fault = undefined(cx, &place, name, count);
                sheet.on(first).fail(fault);
            }
        } else if !homeless.is_empty() {
            let names: Vec<&str> = homeless.keys().map(|(_, name)| *name).take(5).collect();
            let (count, names) = (homeless.len(), names.join("`, `"));
            sheet.estate().unknown(phrase!(
                en: "{count} namespaces (`{names}`) are named by objects and defined in no file that was read; add their Namespace objects, or say `estate.complete`",
                ja: "{count} 個の Namespace (`{names}`) は使われているが、読んだファイルに定義がない。Namespace オブジェクトを加えるか、`estate.complete` を宣言する",
            ));
        }
    }
}

fn judge(cx: &Context<'_>, object: &Object, name: &str, on: &mut crate::On<'_>) {
    let none = Map::new();
    let written = object.value.entries("metadata.labels").unwrap_or(&none);
    let minor = minor(cx);
    let Some(found) = gap(written, minor) else {
        on.pass();
        return;
    };
    if let Some(mutated) = cx.mutators().of_object(object) {
        let labels = mutated.value.entries("metadata.labels").unwrap_or(&none);
        if gap(labels, minor).is_none() {
            on.pass();
            return;
        }
        let label = Route::of("metadata.labels").key(ENFORCE);
        if let Some(reason) = mutated.open(&label) {
            on.unknown(reason);
            return;
        }
    }
    let refused = refused(cx, &object.place, name);
    let fix = mend(&found, cx.complete() && refused.is_empty(), written);
    let Gap {
        place,
        message: Phrase { en, ja },
        severity,
        ..
    } = found;
    let message = phrase!(en: "namespace `{name}` {en}", ja: "Namespace `{name}`: {ja}");
    let message = with_refused(message, &refused);
    on.fail(Fault::at(place, message).severity(severity).fix(fix));
}

/// A namespace that lives only in its objects.
fn undefined(cx: &Context<'_>, place: &Arc<Place>, name: &str, count: usize) -> Fault {
    let refused = refused(cx, place, name);
    let message = phrase!(
        en: "namespace `{name}` is used by {count} objects and defined nowhere, so nothing makes it enforce `restricted`",
        ja: "Namespace `{name}` は {count} 個のオブジェクトが使っているが、どこにも定義がなく、`restricted` を強制するものがない",
    );
    let title = Phrase::new(
        "Define the namespace and enforce restricted",
        "Namespace を定義し restricted を強制する",
    );
    let fix = if refused.is_empty() {
        sekisho_model::Fix::safe(title)
    } else {
        sekisho_model::Fix::risky(title)
    };
    let namespace = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {ENFORCE: "restricted"}},
    });
    Fault::at(
        Route::of("metadata.namespace"),
        with_refused(message, &refused),
    )
    .key(name)
    .fix(fix.new_object(namespace))
}

/// The workloads of a namespace that `restricted` refuses.
fn refused<'c>(cx: &'c Context<'_>, place: &Arc<Place>, name: &str) -> Vec<&'c str> {
    let home = Namespace::Given(name.to_owned());
    cx.workloads()
        .living(place, &home)
        .filter(|(_, pod)| {
            let found = broken(cx, pod, Standard::Restricted, &[]);
            !found.places.is_empty() || found.open.is_some()
        })
        .map(|(_, pod)| pod.object.name.as_str())
        .collect()
}

/// Says whom enforcement would refuse.
fn with_refused(message: Phrase, refused: &[&str]) -> Phrase {
    let count = refused.len();
    let names: Vec<&str> = refused.iter().copied().take(3).collect();
    let names = names.join("`, `");
    let rest = if count > 3 { ", …" } else { "" };
    let Phrase { en, ja } = message;
    match count {
        0 => Phrase { en, ja },
        1 => phrase!(
            en: "{en}. `restricted` would refuse `{names}` here",
            ja: "{ja}。`restricted` を強制すると `{names}` が拒否される",
        ),
        _ => phrase!(
            en: "{en}. `restricted` would refuse {count} workloads here: `{names}`{rest}",
            ja: "{ja}。`restricted` を強制すると {count} 個のワークロードが拒否される: `{names}`{rest}",
        ),
    }
}

/// Namespaces that ship with an exception need no definition to be excepted.
fn is_excepted(cx: &Context<'_>, place: &Arc<Place>, name: &str) -> bool {
    let namespace = Object {
        api_version: "v1".to_owned(),
        kind: "Namespace".to_owned(),
        namespace: Namespace::Cluster,
        name: name.to_owned(),
        value: serde_json::Value::Null,
        source: None,
        place: Arc::clone(place),
        notes: Vec::new(),
    };
    cx.threat_model
        .platform()
        .iter()
        .any(|exception| exception.covers("namespace-pod-security", &namespace))
}
