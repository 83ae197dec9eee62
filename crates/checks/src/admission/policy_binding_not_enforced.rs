use sekisho_model::{Fields, Fix, Namespace, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::bindings::{Bindings, binds_everything, denies};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A ValidatingAdmissionPolicy that nothing binds, a binding that only warns or audits, one whose policy does not
    /// exist, and one whose parameters do not exist while that is allowed.
    ///
    /// **Why it matters.** A ValidatingAdmissionPolicy does nothing by itself: only a binding with `Deny` refuses a request.
    /// All other combinations look like protection and are none.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicyBinding
    /// spec:
    ///   policyName: read-only-root
    ///   validationActions: [Audit]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicyBinding
    /// spec:
    ///   policyName: read-only-root
    ///   validationActions: [Deny, Audit]
    /// ```
    ///
    /// **References.** [Kubernetes: Validating Admission Policy](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/)
    ///
    /// # 日本語
    /// **示すこと。** どこからもバインドされていない ValidatingAdmissionPolicy、警告や監査だけのバインディング、存在しないポリシーを指すバインディング、パラメータが存在せず、それが許容されているバインディング。
    ///
    /// **理由。** ValidatingAdmissionPolicy は単独では何もしない。リクエストを拒否するのは `Deny` を持つバインディングだけであり、それ以外の組み合わせは守られているように見えるだけである。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicyBinding
    /// spec:
    ///   policyName: read-only-root
    ///   validationActions: [Audit]
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicyBinding
    /// spec:
    ///   policyName: read-only-root
    ///   validationActions: [Deny, Audit]
    /// ```
    PolicyBindingNotEnforced = "policy-binding-not-enforced";
    control: "O1.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "An admission policy is not bound to deny", "拒否に結び付いていないアドミッションポリシー",
}

impl Check for PolicyBindingNotEnforced {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let bindings = Bindings::of(cx.estate);
        for (index, policy, bound) in bindings.policies() {
            let name = &policy.name;
            if bound.is_empty() {
                let mut on = sheet.on(index);
                if cx.complete() {
                    on.fail(Fault::at(
                        Route::of("metadata.name"),
                        phrase!(en: "no ValidatingAdmissionPolicyBinding names policy `{name}`, so it is never asked",
                                ja: "ポリシー `{name}` を指す ValidatingAdmissionPolicyBinding がなく、一度も評価されない"),
                    ));
                } else {
                    on.unknown(phrase!(en: "whether something binds policy `{name}`: no binding is among the files",
                                       ja: "ポリシー `{name}` のバインディングの有無: ファイルの中にない"));
                }
            }
            let covered = bound
                .iter()
                .any(|(_, binding)| denies(binding) && binds_everything(binding));
            for (index, binding) in bound {
                judge(cx, policy, binding, covered, &mut sheet.on(*index));
            }
        }
        for (index, binding) in bindings.dangling() {
            let name = binding.value.text("spec.policyName").unwrap_or("");
            let mut on = sheet.on(index);
            if cx.complete() {
                on.fail(Fault::at(
                    Route::of("spec.policyName"),
                    phrase!(en: "there is no ValidatingAdmissionPolicy `{name}`, so this binding does nothing",
                            ja: "ValidatingAdmissionPolicy `{name}` が存在しないため、このバインディングは何もしない"),
                ));
            } else if denies(binding) {
                on.unknown(phrase!(en: "whether there is a ValidatingAdmissionPolicy `{name}`: none is among the files",
                                   ja: "ValidatingAdmissionPolicy `{name}` の有無: ファイルの中にない"));
            } else {
                on.fail(weak(binding));
            }
        }
    }
}

fn judge(cx: &Context<'_>, policy: &Object, binding: &Object, covered: bool, on: &mut On<'_>) {
    if !denies(binding) {
        // Another binding refuses everything that this one reports.
        if !covered {
            on.fail(weak(binding));
        }
        return;
    }
    let name = &policy.name;
    let kind = policy.value.text("spec.paramKind.kind");
    let reference = binding.value.at("spec.paramRef");
    match (kind, reference) {
        (Some(kind), Some(reference)) => {
            parameters(cx, policy, kind, binding, reference, on);
        }
        // The expressions then see `params == null`; what follows stands in them.
        (Some(kind), None) if policy.value.text("spec.failurePolicy") == Some("Ignore") => {
            on.fail(Fault::at(
                Route::of("spec.paramRef"),
                phrase!(en: "policy `{name}` reads parameters (`{kind}`), this binding gives none, and its errors are ignored: it admits everything",
                        ja: "ポリシー `{name}` はパラメータ (`{kind}`) を必要とするが、このバインディングは与えておらず、エラーも無視されるため、すべて受け入れられる"),
            ));
        }
        (Some(kind), None) => on.unknown(phrase!(
            en: "what policy `{name}` does without parameters: it asks for `{kind}`, and the binding names none",
            ja: "パラメータなしでのポリシー `{name}` の動作: `{kind}` を求めているが、バインディングに指定がない")),
        (None, _) => on.pass(),
    }
}

fn parameters(
    cx: &Context<'_>,
    policy: &Object,
    kind: &str,
    binding: &Object,
    reference: &Value,
    on: &mut On<'_>,
) {
    // Without parameters the server refuses the request, unless the binding allows it.
    let Some(wanted) = reference
        .text("name")
        .filter(|_| reference.text("parameterNotFoundAction") == Some("Allow"))
    else {
        on.pass();
        return;
    };
    let version = policy.value.text("spec.paramKind.apiVersion").unwrap_or("");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let namespace = reference.text("namespace");
    let is_there = cx.estate.of_kind(group, kind).any(|(_, object)| {
        object.name == wanted
            && object.place == binding.place
            && (namespace.is_none()
                || object.namespace.given() == namespace
                || object.namespace == Namespace::Open)
    });
    if is_there {
        on.pass();
    } else if cx.complete() {
        on.fail(Fault::at(
            Route::of("spec.paramRef.name"),
            phrase!(en: "the parameters `{kind}/{wanted}` do not exist, and `parameterNotFoundAction: Allow` admits everything then",
                    ja: "パラメータ `{kind}/{wanted}` が存在せず、`parameterNotFoundAction: Allow` のためすべて受け入れられる"),
        ));
    } else {
        on.unknown(phrase!(en: "whether the parameters `{kind}/{wanted}` exist: they are not among the files, and without them everything is admitted",
                           ja: "パラメータ `{kind}/{wanted}` の有無: ファイルの中になく、存在しなければすべて受け入れられる"));
    }
}

fn weak(binding: &Object) -> Fault {
    let route = Route::of("spec.validationActions");
    let says: Vec<&str> = binding
        .value
        .items("spec.validationActions")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let (name, says) = (&binding.name, says.join(", "));
    let policy = binding.value.text("spec.policyName").unwrap_or("");
    // The server refuses `Deny` together with `Warn`.
    let actions = if says.contains("Audit") {
        vec!["Deny", "Audit"]
    } else {
        vec!["Deny"]
    };
    let title = phrase!(en: "refuse what policy `{policy}` finds", ja: "ポリシー `{policy}` の違反を拒否する");
    Fault::at(
        route.clone(),
        phrase!(en: "binding `{name}` of policy `{policy}` is on `{says}`: violations are reported and admitted; add `Deny` when the reports are clean",
                ja: "ポリシー `{policy}` のバインディング `{name}` は `{says}` であり、違反は報告されるだけで受け入れられる。報告がなくなったら `Deny` を加える"),
    )
    .fix(Fix::risky(title).set(route, actions))
}
