use sekisho_access::rbac::Subject;
use sekisho_model::{Object, Severity, phrase};
use sekisho_text::Route;

use super::everybody::{self, Answer};
use super::held::{self, BINDINGS};
use super::holders::{self, Holder};
use super::power_words;
use crate::{Bound, Check, Context, Fault, Level, On, RoleState, check};

check! {
    /// **What it shows.** Bindings to a service account called `default`, or to the groups of all service accounts of the
    /// cluster or of a namespace.
    ///
    /// **Why it matters.** A pod that names no service account runs as `default`, so a right given to it is given to
    /// every pod that forgot to name one, today and later, and to every tool that somebody tries out. The groups go
    /// further still. Which program needs the right can then no longer be said, and it can never be taken back without
    /// fear.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: RoleBinding
    /// subjects:
    ///   - { kind: ServiceAccount, name: default, namespace: shop }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: RoleBinding
    /// subjects:
    ///   - { kind: ServiceAccount, name: orders, namespace: shop }
    /// ```
    ///
    /// **References.** [Kubernetes: Service accounts](https://kubernetes.io/docs/concepts/security/service-accounts/),
    /// [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** `default` という名前の ServiceAccount、またはクラスタ・Namespace の全 ServiceAccount のグループへのバインディング。
    ///
    /// **理由。** ServiceAccount を指定しない Pod は `default` で動く。`default` に与えた権限は、指定を忘れた現在と将来の全 Pod、試しに動かした全ツールに与えられる。グループへの付与はさらに広い。どのプログラムに必要な権限なのか分からなくなり、取り消すこともできなくなる。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: RoleBinding
    /// subjects:
    ///   - { kind: ServiceAccount, name: default, namespace: shop }
    /// ```
    ///
    /// **良い例。** ワークロードごとに ServiceAccount を作り、それに付与する。
    DefaultAccountBinding = "default-account-binding";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Rights for a default service account, or for all", "既定または全 ServiceAccount への権限付与",
}

impl Check for DefaultAccountBinding {
    fn object(&self, cx: &Context<'_>, _object: &Object, on: &mut On<'_>) {
        let Some(index) = on.object() else {
            return;
        };
        let Some((binding, bound)) = cx.rights().of_binding(index) else {
            return;
        };
        let Some(named) = binding.subjects.iter().find(|one| is_default(&one.subject)) else {
            return on.pass();
        };
        if bound.role != RoleState::Known {
            if !cx.complete() {
                on.unknown(held::missing(binding, bound.role));
            }
            return;
        }
        // What every authenticated user may ask anyway is no right of its own, such as the issuer's public keys.
        let rules = cx.rights().rules_behind(index);
        let is_public = |rule: &sekisho_access::rbac::RuleAt<'_>| {
            everybody::answer(binding.kind, rule.rule, Holder::Authenticated) == Answer::Public
        };
        if rules.iter().all(is_public) {
            return on.pass();
        }
        let who = holders::called(&named.subject);
        let role = holders::role(binding);
        let message = phrase!(
            en: "{who} has {role}: every pod that names no service account of its own gets these rights. Give the workload that needs them an account of its own, and bind that",
            ja: "{who} に {role} が付与されている。ServiceAccount を指定しない全 Pod がこの権限を得る。必要とするワークロード専用の ServiceAccount を作り、それに付与する",
        );
        let message = match &named.subject {
            Subject::Group(_) => phrase!(
                en: "{who} has {role}: every service account in it gets these rights, those of later included. Bind the account that needs them",
                ja: "{who} に {role} が付与されている。このグループの全 ServiceAccount が、将来のものも含めてこの権限を得る。必要とする ServiceAccount に付与する",
            ),
            _ => message,
        };
        let at = Route::of("subjects").index(named.index);
        on.fail(Fault::at(at, message).severity(severity(bound)));
    }
}

fn is_default(subject: &Subject) -> bool {
    match subject.canonical() {
        Subject::ServiceAccount { name, .. } => name == "default",
        Subject::Group(name) => {
            name == "system:serviceaccounts" || name.starts_with("system:serviceaccounts:")
        }
        Subject::User(_) => false,
    }
}

/// As grave as what it gives, but not more than high: the gravest is told by the power's own check.
fn severity(bound: &Bound) -> Severity {
    bound
        .held
        .iter()
        .map(|(kind, held)| power_words::gravity(*kind, held))
        .max()
        .unwrap_or(Severity::Low)
        .clamp(Severity::Low, Severity::High)
}
