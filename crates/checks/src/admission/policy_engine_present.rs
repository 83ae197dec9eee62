use sekisho_model::{Fields, Object, Phrase, phrase};
use serde_json::Value;

use super::bindings::{Bindings, denies};
use super::{gatekeeper, kyverno, webhooks};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Whether some enforced policy (ValidatingAdmissionPolicy, Gatekeeper, Kyverno, Kubewarden) covers what Pod
    /// Security `restricted` leaves out: read-only root file systems, local PersistentVolumes behind a claim, resource
    /// limits, trusted registries. Absence is a finding only where `sekisho.yaml` says that the files are complete.
    ///
    /// **Why it matters.** Manifests that are right today are right by habit. Only admission keeps the next one right, and
    /// the one that an attacker brings.
    ///
    /// **Bad.** Namespaces with `pod-security.kubernetes.io/enforce: restricted`, and nothing else.
    ///
    /// **Good**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicy
    /// spec:
    ///   validations:
    ///     - expression: object.spec.containers.all(c, c.?securityContext.readOnlyRootFilesystem.orValue(false))
    /// ```
    /// with a binding on `Deny`, and one for each of the others.
    ///
    /// **References.** [Kubernetes: Validating Admission Policy](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/) ·
    /// [EKS Best Practices: pod security](https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html)
    ///
    /// # 日本語
    /// **示すこと。** Pod Security の `restricted` が覆わない項目 (読み取り専用ルートファイルシステム、PVC の背後のローカル PersistentVolume、リソース制限、信頼するレジストリ) を、enforce されたポリシー (ValidatingAdmissionPolicy・Gatekeeper・Kyverno・Kubewarden) が覆っているか。欠如を検出とするのは、`sekisho.yaml` がファイルの完全性を宣言している場合だけである。
    ///
    /// **理由。** いま正しいマニフェストは習慣で正しいにすぎない。次に作られるものや攻撃者が持ち込むものを正しく保てるのはアドミッションだけである。
    ///
    /// **悪い例。** Namespace に `pod-security.kubernetes.io/enforce: restricted` があるだけで、他に何もない。
    ///
    /// **良い例。** 項目ごとに ValidatingAdmissionPolicy を置き、`Deny` でバインドする。
    PolicyEnginePresent = "policy-engine-present";
    control: "T1.6",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "No enforced policy for what restricted leaves out", "restricted が覆わない項目の強制がない",
}

/// What `restricted` leaves out, and the words by which a policy about it is known: one of each list.
struct Topic {
    en: &'static str,
    ja: &'static str,
    words: &'static [&'static [&'static str]],
}

const TOPICS: &[Topic] = &[
    Topic {
        en: "read-only root file systems",
        ja: "読み取り専用ルートファイルシステム",
        words: &[&["readonlyrootfilesystem", "readonly-root-filesystem"]],
    },
    Topic {
        en: "local PersistentVolumes",
        ja: "ローカル PersistentVolume",
        words: &[&["persistentvolume", "storageclass"]],
    },
    Topic {
        en: "resource limits",
        ja: "リソース制限",
        words: &[&["limits", "requiredresources", "container-resources"]],
    },
    Topic {
        en: "trusted registries",
        ja: "信頼するレジストリ",
        words: &[
            &["image", "repos"],
            &[
                "repos",
                "registr",
                "startswith",
                "matches",
                ".dkr.ecr.",
                ".io/",
                ".com/",
                ".dev/",
            ],
        ],
    },
];

impl Check for PolicyEnginePresent {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut enforced: Vec<String> = Vec::new();
        let mut reported: Vec<String> = Vec::new();
        let mut sort = |is_enforced: bool, text: String| {
            if is_enforced {
                enforced.push(text);
            } else {
                reported.push(text);
            }
        };
        for (_, policy, bound) in Bindings::of(cx.estate).policies() {
            sort(
                bound.iter().any(|(_, binding)| denies(binding)),
                words_of(&policy.value),
            );
        }
        for (_, constraint) in cx.estate.of_group(gatekeeper::CONSTRAINTS) {
            let is_enforced = gatekeeper::weak(constraint).is_none();
            sort(is_enforced, of_constraint(cx, constraint));
        }
        for (group, kind) in kyverno::KINDS {
            for (_, policy) in cx.estate.of_kind(group, kind) {
                let judged = kyverno::judge(policy);
                if judged.decides {
                    sort(judged.enforces, of_rules(policy));
                }
            }
        }
        let covered = |texts: &[String], topic: &Topic| {
            texts.iter().any(|text| {
                topic
                    .words
                    .iter()
                    .all(|words| words.iter().any(|word| text.contains(word)))
            })
        };
        let missing: Vec<&Topic> = TOPICS
            .iter()
            .filter(|topic| !covered(&enforced, topic))
            .collect();
        let mut on = sheet.estate();
        if missing.is_empty() {
            on.pass();
        } else if !cx.complete() {
            on.unknown(Phrase::new(
                "which policies are enforced besides Pod Security: say `estate.complete: true` when the files are everything",
                "Pod Security 以外に強制されるポリシー: ファイルがすべてなら `estate.complete: true` を設定する",
            ));
        } else if let Some(name) = own_webhook(cx) {
            let (en, ja) = listed(&missing);
            on.unknown(phrase!(en: "whether webhook `{name}` sees to {en}: what it decides is not among the files",
                               ja: "Webhook `{name}` が {ja} を見ているか: その判定内容はファイルの中にない"));
        } else {
            let (only, absent): (Vec<&Topic>, Vec<&Topic>) =
                missing.iter().partition(|topic| covered(&reported, topic));
            if !only.is_empty() {
                on.fail_told_by(&["constraint-not-enforced", "policy-binding-not-enforced"]);
            }
            if !absent.is_empty() {
                on.fail(fault(&absent));
            }
        }
    }
}

fn fault(absent: &[&Topic]) -> Fault {
    let (en, ja) = listed(absent);
    Fault::at(
        sekisho_text::Route::root(),
        phrase!(en: "no enforced policy sees to {en}: Pod Security `restricted` does not, so anybody who may create a pod does as they like; add a ValidatingAdmissionPolicy with a binding on `Deny`",
                ja: "{ja}を強制するポリシーがない。Pod Security の `restricted` は対象外のため、Pod を作れる者は自由に設定できる。ValidatingAdmissionPolicy を `Deny` でバインドする"),
    )
}

fn listed(topics: &[&Topic]) -> (String, String) {
    let en: Vec<&str> = topics.iter().map(|topic| topic.en).collect();
    let ja: Vec<&str> = topics.iter().map(|topic| topic.ja).collect();
    (en.join(", "), ja.join("・"))
}

/// A closed webhook of somebody's own, whose rules only its program knows.
fn own_webhook(cx: &Context<'_>) -> Option<String> {
    cx.estate
        .of_kind(super::bindings::GROUP, "ValidatingWebhookConfiguration")
        .flat_map(|(_, object)| {
            webhooks::guards(object)
                .into_iter()
                .filter(|webhook| {
                    let is_known = ["kyverno", "gatekeeper", "kubewarden", "sigstore"]
                        .iter()
                        .any(|engine| webhook.name.contains(engine));
                    !webhook.fails_open() && !is_known
                })
                .map(|webhook| webhook.name.to_owned())
                .collect::<Vec<_>>()
        })
        .next()
}

fn of_constraint(cx: &Context<'_>, constraint: &Object) -> String {
    let mut text = constraint.kind.to_lowercase();
    text.push_str(&words_of(&constraint.value));
    let name = constraint.kind.to_lowercase();
    for (_, template) in cx.estate.named(
        &constraint.place,
        "templates.gatekeeper.sh",
        "ConstraintTemplate",
        None,
        &name,
    ) {
        text.push_str(&words_of(&template.value));
    }
    text
}

/// What a policy decides about objects; that images must be signed says nothing about where they come from.
fn of_rules(policy: &Object) -> String {
    if policy.group() != "kyverno.io" {
        return words_of(&policy.value);
    }
    let rules = policy.value.items("spec.rules").iter();
    rules
        .flat_map(|rule| [rule.key("match"), rule.key("validate")])
        .flatten()
        .map(words_of)
        .collect()
}

/// Keys and texts of a value without its metadata, in lower case.
fn words_of(value: &Value) -> String {
    let mut text = String::new();
    collect(value, &mut text);
    text
}

fn collect(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if key != "metadata" && key != "message" && key != "status" {
                    text.push_str(&key.to_lowercase());
                    text.push('\n');
                    collect(value, text);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, text)),
        Value::String(word) => {
            text.push_str(&word.to_lowercase());
            text.push('\n');
        }
        _ => {}
    }
}
