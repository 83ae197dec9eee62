use sekisho_model::{Fields, Fix, Object, Severity, phrase};
use sekisho_text::Route;

use super::{kyverno, webhooks};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A webhook that guards what runs, or a policy, whose `failurePolicy` is `Ignore`: when it does not answer, or
    /// an expression fails, the request is admitted. Webhooks that only complete pods (sidecars, credentials) or
    /// proof-read their own custom resources are not meant.
    ///
    /// **Why it matters.** Who can make the webhook slow or stop its pods, or craft an object that makes an expression fail, is no
    /// longer bound by the policy, and nobody is told.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ValidatingWebhookConfiguration
    /// webhooks:
    ///   - name: validation.gatekeeper.sh
    ///     failurePolicy: Ignore
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ValidatingWebhookConfiguration
    /// webhooks:
    ///   - name: validation.gatekeeper.sh
    ///     failurePolicy: Fail
    /// ```
    /// Run three replicas with a PodDisruptionBudget, and leave `kube-system` out, so that an outage cannot lock the cluster.
    ///
    /// **References.** [Kubernetes: failure policy](https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy)
    ///
    /// # 日本語
    /// **示すこと。** ワークロードを守る Webhook やポリシーのうち、`failurePolicy` が `Ignore` のもの。応答がないときや式の評価に失敗したときにリクエストが受け入れられる。Pod への付加 (サイドカー・認証情報) や自身のカスタムリソースの形式検証だけを行う Webhook は対象外とする。
    ///
    /// **理由。** Webhook を遅延・停止させられる者や、式を失敗させるオブジェクトを作れる者はポリシーに縛られなくなり、しかも誰にも通知されない。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ValidatingWebhookConfiguration
    /// webhooks:
    ///   - name: validation.gatekeeper.sh
    ///     failurePolicy: Ignore
    /// ```
    ///
    /// **良い例。** `failurePolicy: Fail` にする。3 レプリカと PodDisruptionBudget で可用性を確保し、`kube-system` を除外して、障害時にクラスタ全体が止まらないようにする。
    WebhookFailsOpen = "webhook-fails-open";
    control: "T1.6",
    severity: High,
    profile: Default,
    level: Level::Object(&[
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("kyverno.io", "ClusterPolicy"),
        ("kyverno.io", "Policy"),
        ("policies.kyverno.io", "ValidatingPolicy"),
        ("policies.kyverno.io", "NamespacedValidatingPolicy"),
        ("policies.kyverno.io", "ImageValidatingPolicy"),
        ("policies.kyverno.io", "NamespacedImageValidatingPolicy"),
        ("policies.kubewarden.io", "ClusterAdmissionPolicy"),
        ("policies.kubewarden.io", "AdmissionPolicy"),
        ("policies.kubewarden.io", "ClusterAdmissionPolicyGroup"),
        ("policies.kubewarden.io", "AdmissionPolicyGroup"),
    ]),
    fix: Risky,
    title: "A guard that lets pass when it fails", "障害時に素通しになる防御",
}

impl Check for WebhookFailsOpen {
    fn object(&self, _cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        if object.kind.ends_with("WebhookConfiguration") {
            for webhook in webhooks::guards(object) {
                if webhook.fails_open() {
                    on.fail(open_webhook(&webhook));
                } else {
                    on.pass();
                }
            }
        } else if object.kind == "ValidatingAdmissionPolicy" || kyverno::judge(object).enforces {
            judge_policy(object, on);
        }
    }
}

fn open_webhook(webhook: &webhooks::Webhook<'_>) -> Fault {
    let name = webhook.name;
    let route = webhook.route.key("failurePolicy");
    let title = phrase!(en: "refuse requests while webhook `{name}` does not answer", ja: "Webhook `{name}` が応答しない間はリクエストを拒否する");
    Fault::at(
        route.clone(),
        phrase!(en: "webhook `{name}` admits everything while it does not answer (`failurePolicy: Ignore`): stopping or overloading it switches the policy off",
                ja: "Webhook `{name}` は応答しない間すべてを受け入れる (`failurePolicy: Ignore`)。停止や過負荷でポリシーを無効化できる"),
    )
    .fix(Fix::risky(title).set(route, "Fail"))
}

fn judge_policy(policy: &Object, on: &mut On<'_>) {
    // `GetFailurePolicy` of Kyverno: the newer field counts before the older.
    let newer = "spec.webhookConfiguration.failurePolicy";
    let (value, route) = match policy.value.text(newer) {
        Some(value) => (Some(value), Route::of(newer)),
        None => (
            policy.value.text("spec.failurePolicy"),
            Route::of("spec.failurePolicy"),
        ),
    };
    if value != Some("Ignore") {
        on.pass();
        return;
    }
    let (kind, name) = (&policy.kind, &policy.name);
    let title = phrase!(en: "refuse what `{name}` cannot judge", ja: "`{name}` が判定できないものは拒否する");
    on.fail(
        Fault::at(
            route.clone(),
            phrase!(en: "{kind} `{name}` admits what it cannot judge (`failurePolicy: Ignore`): an object that makes its evaluation fail slips through",
                    ja: "{kind} `{name}` は判定できないものを受け入れる (`failurePolicy: Ignore`)。評価を失敗させるオブジェクトがすり抜ける"),
        )
        .severity(Severity::Medium)
        .fix(Fix::risky(title).set(route, "Fail")),
    );
}
