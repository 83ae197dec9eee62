use std::collections::BTreeSet;

use sekisho_access::rbac::{Binding, BoundSubject, Subject};
use sekisho_model::{Fields, Fix, Object, Severity, phrase};
use sekisho_text::Route;

use super::held::{self, BINDINGS};
use super::{holders, narrowing};
use crate::{Check, Context, Fault, Level, On, RoleState, check};

check! {
    /// **What it shows.** Bindings whose role does not exist, whose service account does not exist, or that bind nobody.
    /// What is missing counts as missing only when `estate.complete: true` says that the files are everything.
    ///
    /// **Why it matters.** RBAC does not ask whether both ends exist. Whoever may create a service account of the awaited
    /// name becomes its holder, and whoever may create a role of the awaited name decides what the binding gives, past
    /// the check that guards new bindings. What is left over from something deleted shows rights that nobody looks after.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: RoleBinding
    /// metadata: { name: report-runner, namespace: batch }
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: report-runner } # there is none
    /// subjects:
    ///   - { kind: ServiceAccount, name: report, namespace: batch } # nor this
    /// ```
    ///
    /// **Good.** delete the binding together with the role or the account, or correct the name.
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** 存在しないロール、存在しない ServiceAccount を指すバインディング、または誰にも紐付かないバインディング。`estate.complete: true` でファイルがすべてだと宣言されている場合にだけ、ないものはないと判定する。
    ///
    /// **理由。** RBAC は両端の存在を確認しない。待たれている名前の ServiceAccount を作れる者はその権限を得て、待たれている名前のロールを作れる者は、新しいバインディングに対する検査を経ずに、付与される内容を決められる。削除されたものの残骸は、誰も管理していない権限があることを示す。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: RoleBinding
    /// metadata: { name: report-runner, namespace: batch }
    /// roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: report-runner } # there is none
    /// subjects:
    ///   - { kind: ServiceAccount, name: report, namespace: batch } # nor this
    /// ```
    ///
    /// **良い例。** ロールや ServiceAccount とともにバインディングも削除するか、名前を正しく直す。
    DanglingBinding = "dangling-binding";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "A binding waits for somebody or something", "存在しないものを指すバインディング",
}

impl Check for DanglingBinding {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let Some(index) = on.object() else {
            return;
        };
        let Some((binding, bound)) = cx.rights().of_binding(index) else {
            return;
        };
        if object.value.items("subjects").is_empty() {
            let message = phrase!(
                en: "this binding binds nobody: it waits for a subject to be added",
                ja: "誰にも紐付いていない。主体が追加されるのを待っているだけである",
            );
            return on.fail(Fault::at(Route::of("subjects"), message).severity(Severity::Low));
        }
        let is_missing = bound.role == RoleState::Missing;
        // EKS and newer servers bring roles of their own, which no file holds.
        let is_theirs = ["eks:", "system:"]
            .iter()
            .any(|prefix| binding.role_ref.name.starts_with(prefix));
        if is_missing && (!cx.complete() || is_theirs) {
            return on.unknown(held::missing(binding, bound.role));
        }
        if is_missing {
            return on.fail(role_fault(binding));
        }
        accounts(cx, object, index, binding, on);
    }
}

fn role_fault(binding: &Binding) -> Fault {
    let role = holders::role(binding);
    let message = phrase!(
        en: "there is no {role}: whoever creates one decides what this binding gives. Delete the binding or correct the name",
        ja: "{role} は存在しない。この名前で作成した者が付与内容を決められる。バインディングを削除するか名前を直す",
    );
    Fault::at(Route::of("roleRef.name"), message)
}

fn accounts(cx: &Context<'_>, object: &Object, index: usize, binding: &Binding, on: &mut On<'_>) {
    let absent: Vec<&BoundSubject> = binding
        .subjects
        .iter()
        .filter(|one| is_absent(cx, object, &one.subject))
        .collect();
    let Some(first) = absent.first() else {
        return on.pass();
    };
    let (who, who_ja) = holders::called_all(&absent);
    if !cx.complete() {
        return on.unknown(phrase!(
            en: "{who} is not among the files; add it, or say `estate.complete: true` when there is none",
            ja: "{who_ja} がファイルにない。追加するか、存在しないなら `estate.complete: true` とする",
        ));
    }
    let role = holders::role(binding);
    let message = phrase!(
        en: "there is no {who}: whoever creates it holds {role} at once. Leave it out, or correct the name",
        ja: "{who_ja} は存在しない。この名前で作成した者が直ちに {role} を得る。外すか名前を直す",
    );
    let at = Route::of("subjects").index(first.index);
    let mut fault = Fault::at(at, message);
    let gone: BTreeSet<usize> = absent.iter().map(|one| one.index).collect();
    if let Some(rest) = narrowing::without_subjects(cx, index, &gone) {
        let title = phrase!(en: "leave out who does not exist", ja: "存在しない主体を外す");
        fault = fault.fix(Fix::risky(title).set(Route::of("subjects"), rest));
    }
    on.fail(fault);
}

fn is_absent(cx: &Context<'_>, binding: &Object, subject: &Subject) -> bool {
    match subject.canonical() {
        // Every namespace has its own.
        Subject::ServiceAccount { name, .. } if name == "default" => false,
        Subject::ServiceAccount { namespace, name } => {
            !cx.accounts().exists(&binding.place, &namespace, &name)
        }
        Subject::User(_) | Subject::Group(_) => false,
    }
}
