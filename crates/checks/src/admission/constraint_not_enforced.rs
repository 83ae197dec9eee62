use std::collections::BTreeSet;

use sekisho_model::{Fix, Object, Phrase, Place, Severity, phrase};
use sekisho_text::Route;
use serde_json::json;

use super::system_namespaces::is_system;
use super::{gatekeeper, kyverno};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A policy of Gatekeeper, Kyverno or Kubewarden that finds violations and lets them in: `dryrun`, `warn`, a
    /// `scoped` action that leaves the webhook out, `Audit` (of the policy, of one rule, or of an override for some
    /// namespaces), `monitor`; a constraint that matches no namespace, or whose ConstraintTemplate is missing.
    ///
    /// **Why it matters.** A policy that only reports is a stage on the way, not a protection. It is forgotten there easily,
    /// and everybody counts on it.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: K8sPSPReadOnlyRootFilesystem
    /// spec:
    ///   enforcementAction: dryrun
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: K8sPSPReadOnlyRootFilesystem
    /// spec:
    ///   enforcementAction: deny
    /// ```
    ///
    /// **References.** [Gatekeeper: handling constraint violations](https://open-policy-agent.github.io/gatekeeper/website/docs/violations/) ·
    /// [Gatekeeper: enforcement points](https://open-policy-agent.github.io/gatekeeper/website/docs/enforcement-points/)
    ///
    /// # 日本語
    /// **示すこと。** 違反を見つけても受け入れてしまう Gatekeeper・Kyverno・Kubewarden のポリシー。`dryrun`、`warn`、Webhook を含まない `scoped`、`Audit` (ポリシー全体・個別ルール・一部 Namespace の上書き)、`monitor`、どの Namespace にも一致しない制約、ConstraintTemplate のない制約を指す。
    ///
    /// **理由。** 報告するだけのポリシーは移行の途中段階であり、防御ではない。そのまま忘れられやすく、守られているという思い込みだけが残る。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: K8sPSPReadOnlyRootFilesystem
    /// spec:
    ///   enforcementAction: dryrun
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: K8sPSPReadOnlyRootFilesystem
    /// spec:
    ///   enforcementAction: deny
    /// ```
    ConstraintNotEnforced = "constraint-not-enforced";
    control: "O1.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "A policy reports but does not deny", "報告するだけで拒否しないポリシー",
}

impl Check for ConstraintNotEnforced {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let defined = gatekeeper::defined(cx.estate);
        for (index, constraint) in cx.estate.of_group(gatekeeper::CONSTRAINTS) {
            judge_constraint(cx, constraint, &defined, &mut sheet.on(index));
        }
        for (group, kind) in kyverno::KINDS {
            for (index, policy) in cx.estate.of_kind(group, kind) {
                judge_policy(cx, policy, &mut sheet.on(index));
            }
        }
    }
}

fn judge_constraint(
    cx: &Context<'_>,
    constraint: &Object,
    defined: &BTreeSet<(&Place, &str)>,
    on: &mut On<'_>,
) {
    let (kind, name) = (&constraint.kind, &constraint.name);
    let mut good = true;
    if gatekeeper::matches_nothing(constraint) {
        good = false;
        on.fail(Fault::at(
            Route::of("spec.match.excludedNamespaces"),
            phrase!(en: "constraint `{kind}/{name}` excludes every namespace (`*`), so it stops nothing in them",
                    ja: "制約 `{kind}/{name}` はすべての Namespace (`*`) を除外しており、何も拒否しない"),
        ));
    }
    if let Some(weak) = gatekeeper::weak(constraint) {
        good = false;
        on.fail(weak_constraint(constraint, &weak));
    }
    if defined.contains(&(&*constraint.place, kind.as_str())) {
        if good {
            on.pass();
        }
    } else if cx.complete() {
        on.fail(Fault::at(
            Route::of("kind"),
            phrase!(en: "there is no ConstraintTemplate that defines `{kind}`, so constraint `{name}` does nothing",
                    ja: "`{kind}` を定義する ConstraintTemplate がないため、制約 `{name}` は何もしない"),
        ));
    } else if good {
        on.unknown(
            phrase!(en: "whether a ConstraintTemplate defines `{kind}`: none is among the files",
                           ja: "`{kind}` を定義する ConstraintTemplate の有無: ファイルの中にない"),
        );
    }
}

fn weak_constraint(constraint: &Object, weak: &gatekeeper::Weak) -> Fault {
    let (kind, name, action) = (&constraint.kind, &constraint.name, &weak.action);
    let title =
        phrase!(en: "deny what `{kind}/{name}` finds", ja: "`{kind}/{name}` の違反を拒否する");
    let fix = Fix::risky(title);
    let is_scoped = weak.route != Route::of("spec.enforcementAction");
    let fix = match weak.entry {
        _ if !is_scoped => fix.set(weak.route.clone(), "deny"),
        Some(_) => fix.set(weak.route.clone(), "deny"),
        None => fix.append(
            weak.route.clone(),
            json!({"action": "deny", "enforcementPoints": [{"name": "validation.gatekeeper.sh"}]}),
        ),
    };
    let message = if is_scoped && weak.entry.is_none() {
        phrase!(en: "constraint `{kind}/{name}` has no action for the webhook (`validation.gatekeeper.sh`): violations are admitted",
                ja: "制約 `{kind}/{name}` には Webhook (`validation.gatekeeper.sh`) 向けの動作がなく、違反が受け入れられる")
    } else {
        phrase!(en: "constraint `{kind}/{name}` is on `{action}`: violations are reported and admitted; set `deny` when the reports are clean",
                ja: "制約 `{kind}/{name}` は `{action}` であり、違反は報告されるだけで受け入れられる。報告がなくなったら `deny` にする")
    };
    Fault::at(weak.route.clone(), message).fix(fix)
}

fn judge_policy(cx: &Context<'_>, policy: &Object, on: &mut On<'_>) {
    let judged = kyverno::judge(policy);
    if !judged.decides {
        return;
    }
    let mut good = true;
    for mut weak in judged.weak {
        let is_override = !weak.namespaces.is_empty();
        weak.namespaces.retain(|name| !is_system(cx, name));
        if is_override && weak.namespaces.is_empty() {
            continue;
        }
        good = false;
        let severity = if weak.signatures {
            Severity::High
        } else {
            Severity::Medium
        };
        let name = &policy.name;
        let title = phrase!(en: "let policy `{name}` deny", ja: "ポリシー `{name}` に拒否させる");
        let message = weak_policy(policy, &weak);
        let fix = Fix::risky(title).set(weak.route.clone(), weak.should);
        on.fail(Fault::at(weak.route, message).severity(severity).fix(fix));
    }
    if good {
        on.pass();
    }
}

fn weak_policy(policy: &Object, weak: &kyverno::Weak) -> Phrase {
    let (kind, name, says) = (&policy.kind, &policy.name, &weak.says);
    if weak.should == true {
        return phrase!(en: "{kind} `{name}` is switched off at admission: it looks only at what already runs",
                       ja: "{kind} `{name}` はアドミッションで無効化されており、稼働済みのものしか見ない");
    }
    let rules = weak.rules.join("`, `");
    let (what, what_ja) = match (weak.rules.is_empty(), weak.signatures) {
        (true, false) => (String::from("violations"), String::from("違反")),
        (false, false) => (
            format!("violations of `{rules}`"),
            format!("`{rules}` の違反"),
        ),
        (_, true) => (
            String::from("images without a valid signature"),
            String::from("有効な署名のないイメージ"),
        ),
    };
    if weak.namespaces.is_empty() {
        phrase!(en: "{kind} `{name}` is on `{says}`: {what} are reported and admitted",
                ja: "{kind} `{name}` は `{says}` であり、{what_ja}は報告されるだけで受け入れられる")
    } else {
        let namespaces = weak.namespaces.join("`, `");
        phrase!(en: "{kind} `{name}` is on `{says}` for the namespaces `{namespaces}`: {what} are admitted there",
                ja: "{kind} `{name}` は Namespace `{namespaces}` で `{says}` であり、そこでは{what_ja}が受け入れられる")
    }
}
