use std::collections::BTreeSet;

use sekisho_model::{Phrase, Severity, phrase};
use sekisho_policy::{PolicyId, Remark};

use super::rehearsed::Word;
use crate::secrets::credential_form::in_text;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** What the policies among the files decide about the objects among the files: Gatekeeper constraints and
    /// ValidatingAdmissionPolicies with their bindings are evaluated on each object, and on the pods that it will make, as at
    /// admission. A policy that cannot be evaluated is told as unknown.
    ///
    /// **Why it matters.** What a policy denies is not deployed: a Deployment is accepted and its pods never start. Better to read it in
    /// the pull request than in the middle of a rollout. And what only warns today is denied on the day when the policy is enforced.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: Deployment
    /// spec:
    ///   template:
    ///     spec:
    ///       containers:
    ///         - image: docker.io/library/nginx   # the constraint allows one registry
    /// ```
    ///
    /// **Good.** The object changed, the policy changed, or an exception that the policy itself makes.
    ///
    /// **References.** [Gatekeeper](https://open-policy-agent.github.io/gatekeeper/website/docs/howto/), [ValidatingAdmissionPolicy](https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/)
    ///
    /// # 日本語
    /// **示すこと。** ファイル内のポリシーがファイル内のオブジェクトをどう判定するか。Gatekeeper の制約と ValidatingAdmissionPolicy (バインディング付き) を、各オブジェクトとそれが作る Pod に対して、アドミッション時と同じように評価する。評価できないポリシーは不明とする。
    ///
    /// **理由。** ポリシーが拒否するものはデプロイされない。Deployment は受け付けられても Pod が起動しない。ロールアウトの途中ではなくプルリクエストで知るべきである。今は警告だけのものも、強制した日から拒否される。
    ///
    /// **直し方。** オブジェクトを直すか、ポリシーを直すか、ポリシー自体に例外を設ける。
    AdmissionDenies = "admission-denies";
    control: "T1.6",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Admission will refuse it", "アドミッションで拒否される",
}

impl Check for AdmissionDenies {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for cluster in cx.guarded() {
            let mut speaking: BTreeSet<PolicyId> = BTreeSet::new();
            for word in cluster.words(cx.estate) {
                let remarks = [
                    (&word.decision.denials, true),
                    (&word.decision.warnings, false),
                ];
                for (remarks, is_denial) in remarks {
                    for remark in remarks {
                        speaking.insert(remark.policy.clone());
                        let mut on = sheet.on(word.object);
                        if remark.failed {
                            on.unknown(undecided(remark));
                        } else {
                            on.fail(fault(cx, &word, remark, is_denial));
                        }
                    }
                }
            }
            for (index, policy) in cluster.in_force() {
                if !speaking.contains(&policy) {
                    sheet.on(index).pass();
                }
            }
        }
    }
}

/// What a policy says of an object may repeat a value of it: no credential is printed again.
fn shown(message: &str) -> &str {
    if in_text(message).is_empty() {
        message
    } else {
        "***"
    }
}

fn undecided(remark: &Remark) -> Phrase {
    let (policy, message) = (&remark.policy, shown(&remark.message));
    phrase!(
        en: "`{policy}` cannot be evaluated on it, and would deny it: {message}",
        ja: "`{policy}` を評価できず、拒否される: {message}",
    )
}

fn fault(cx: &Context<'_>, word: &Word, remark: &Remark, is_denial: bool) -> Fault {
    let (policy, said) = (&remark.policy, shown(&remark.message));
    let is_pod = !word.route.steps().is_empty();
    let object = cx.estate.objects().get(word.object);
    let id = object
        .map(|object| object.id().to_string())
        .unwrap_or_default();
    let message = match (is_denial, is_pod) {
        (true, false) => phrase!(
            en: "`{policy}` will refuse {id}: {said}",
            ja: "`{policy}` が {id} を拒否する: {said}",
        ),
        (true, true) => phrase!(
            en: "`{policy}` will refuse the pods of {id}, which itself is accepted: {said}",
            ja: "{id} は受け付けられるが、その Pod を `{policy}` が拒否する: {said}",
        ),
        (false, false) => phrase!(
            en: "`{policy}` warns of {id}, and will refuse it when it is enforced: {said}",
            ja: "`{policy}` が {id} に警告する。強制すると拒否される: {said}",
        ),
        (false, true) => phrase!(
            en: "`{policy}` warns of the pods of {id}, and will refuse them when it is enforced: {said}",
            ja: "`{policy}` が {id} の Pod に警告する。強制すると拒否される: {said}",
        ),
    };
    let severity = if is_denial {
        Severity::High
    } else {
        Severity::Low
    };
    Fault::at(word.route.clone(), message)
        .severity(severity)
        .key(format!("{policy} {said}"))
}
