use sekisho_model::phrase;
use sekisho_policy::admission::Read;
use sekisho_text::Route;

use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A ConstraintTemplate, constraint, ValidatingAdmissionPolicy or binding that is not in force: the API server or
    /// Gatekeeper refuses it, or it cannot be evaluated here as they do; the message says where and why.
    ///
    /// **Why it matters.** A policy that is not loaded guards nothing, and nothing else fails because of it.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicy
    /// spec:
    ///   validations:
    ///     - expression: object.spec.replicas <= "5"   # a number is compared with a text
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: ValidatingAdmissionPolicy
    /// spec:
    ///   validations:
    ///     - expression: object.spec.replicas <= 5
    /// ```
    ///
    /// **References.** [Kubernetes: type checking of policies](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#type-checking), [Gatekeeper: constraint templates](https://open-policy-agent.github.io/gatekeeper/website/docs/constrainttemplates/)
    ///
    /// # 日本語
    /// **示すこと。** 効力を持たない ConstraintTemplate、制約、ValidatingAdmissionPolicy、バインディング。API サーバーか Gatekeeper が拒否するもの、または同じように評価できないもの。箇所と理由をメッセージに示す。
    ///
    /// **理由。** 読み込まれないポリシーは何も守らず、ほかに失敗するものもないため気付かれない。
    ///
    /// **直し方。** メッセージの箇所を直す。
    PolicyRefused = "policy-refused";
    control: "T1.6",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A policy that is not in force", "効力を持たないポリシー",
}

impl Check for PolicyRefused {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for cluster in cx.guarded() {
            for (index, read) in &cluster.read {
                let mut on = sheet.on(*index);
                let Some(why) = &read.refusal else {
                    on.pass();
                    continue;
                };
                // A template that is not there may be elsewhere: `constraint-not-enforced` speaks of it.
                if why.starts_with("there is no template") {
                    let is_refused = |one: &Read| {
                        one.kind == "ConstraintTemplate"
                            && one.name == read.kind.to_lowercase()
                            && one.refusal.is_some()
                    };
                    if cluster.read.iter().any(|(_, one)| is_refused(one)) {
                        on.fail_told_by(&["policy-refused"]);
                    }
                    continue;
                }
                let (kind, name) = (&read.kind, &read.name);
                on.fail(Fault::at(
                    Route::root(),
                    phrase!(
                        en: "`{kind}/{name}` is refused and guards nothing: {why}",
                        ja: "`{kind}/{name}` は拒否され、何も守らない: {why}",
                    ),
                ));
            }
        }
    }
}
