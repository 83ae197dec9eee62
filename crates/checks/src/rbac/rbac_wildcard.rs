use sekisho_access::powers::PowerKind;
use sekisho_model::{Object, Phrase, Severity, phrase};
use serde_json::json;

use super::held::{self, BINDINGS, Deed, Found, Named};
use super::narrowing::{self, Written};
use super::{holders, power_words, stars};
use crate::{Check, Context, Fault, Held, Level, On, check};

check! {
    /// **What it shows.** Bindings whose rules say `*` for verbs, API groups, resources or paths, with the powers that
    /// this contains today. The powers are told here once; rules that give everything are told as complete control.
    ///
    /// **Why it matters.** A wildcard gives what nobody wrote down: with verbs, also `bind`, `escalate` and
    /// `impersonate`; with resources, also secrets, subresources like `pods/exec`, and every kind that is installed
    /// later. A role that means to read everything reads secrets and, before Kubernetes 1.35, opens shells by WebSocket.
    /// Entries like `pods/*` are no wildcards: they match nothing real.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: ["*"]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: [get, list, watch, patch]
    /// ```
    ///
    /// **References.** [Kubernetes: Role Based Access Control Good
    /// Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** 規則の動詞・API グループ・リソース・パスに `*` を含むバインディングと、それが現在含む権限。含まれる権限はここで一度だけ報告する。すべてを許可する規則は「完全な制御」として報告する。
    ///
    /// **理由。** ワイルドカードは誰も書いていない権限を与える。動詞なら `bind`・`escalate`・`impersonate` も、リソースなら Secret や `pods/exec` などのサブリソース、後から導入される全種別も含まれる。「すべて読める」ロールは Secret を読め、Kubernetes 1.35 より前なら WebSocket でシェルも開ける。なお `pods/*` のような記述はワイルドカードではなく、実在するものには一致しない。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [apps]
    ///     resources: [deployments]
    ///     verbs: ["*"]
    /// ```
    ///
    /// **良い例。** 必要な動詞・グループ・リソースを列挙する。
    RbacWildcard = "rbac-wildcard";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: Risky,
    title: "A rule with wildcards", "ワイルドカードを含む規則",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::Wildcard],
    named: Named::Less,
    can: ("use whatever a `*` stands for", "`*` が表すすべてを使える"),
    so: ("", ""),
};

impl Check for RbacWildcard {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |found, fault| {
            refined(cx, found, fault)
        });
    }
}

fn refined(cx: &Context<'_>, found: &Found<'_>, fault: Fault) -> Fault {
    let contained: Vec<(PowerKind, &Held)> = found
        .bound
        .held
        .iter()
        .filter(|(kind, held)| **kind != PowerKind::Wildcard && found.holds(held))
        .map(|(kind, held)| (*kind, held))
        .collect();
    let by_name = usize::from(found.is_named());
    let severity = contained
        .iter()
        .map(|(kind, held)| power_words::lowered(power_words::gravity(*kind, held), by_name))
        .max()
        .unwrap_or(Severity::Low);
    let contained: Vec<PowerKind> = contained.into_iter().map(|(kind, _)| kind).collect();
    let fault = fault.severity(severity).message(message(found, &contained));
    fix(cx, found).into_iter().fold(fault, Fault::fix)
}

fn message(found: &Found<'_>, contained: &[PowerKind]) -> Phrase {
    let (who, who_ja) = holders::called_all(&found.subjects);
    let (place, place_ja) = holders::place(found.namespace());
    let role = holders::role(found.binding);
    if contained.is_empty() {
        return phrase!(
            en: "{role} gives {who} what `*` stands for {place}: nothing that leads further today, and whatever is added later. Write out what is needed.",
            ja: "{who_ja} は{place_ja}で、{role} の `*` が表すすべての権限を持つ。現時点で危険な権限は含まれないが、後から増えるものも自動的に含まれる。必要なものを列挙する。",
        );
    }
    let names: Vec<power_words::Text> = contained
        .iter()
        .map(|kind| power_words::name(*kind))
        .collect();
    let (list, list_ja) = holders::texts(&names, names.len());
    phrase!(
        en: "{role} gives {who} what `*` stands for {place}; that contains {list}, and whatever is added later. Write out what is needed.",
        ja: "{who_ja} は{place_ja}で、{role} の `*` が表すすべての権限を持つ。これには次が含まれ、後から増えるものも加わる: {list_ja}。必要なものを列挙する。",
    )
}

/// Writes out what the stars stand for, where that is a list that a person would write as well.
fn fix(cx: &Context<'_>, found: &Found<'_>) -> Option<sekisho_model::Fix> {
    let rules = narrowing::rules_of(cx, found)?;
    let title = phrase!(en: "write out what `*` stands for", ja: "`*` が表すものを列挙する");
    let fix = sekisho_model::Fix::risky(title).inside(rules.first()?.object);
    rules.iter().try_fold(fix, written_out)
}

fn written_out(mut fix: sekisho_model::Fix, rule: &Written<'_>) -> Option<sekisho_model::Fix> {
    let (groups, resources) = (rule.texts("apiGroups"), rule.texts("resources"));
    let is_star = |list: &[&str]| list.contains(&"*");
    let is_literal = resources
        .iter()
        .all(|one| *one == "*" || !one.starts_with("*/"));
    if !is_literal || groups.is_empty() || resources.is_empty() {
        return None;
    }
    match (is_star(&groups), is_star(&resources)) {
        (true, true) => return None,
        (true, false) => {
            let found: Option<Vec<Vec<&str>>> = resources
                .iter()
                .map(|one| Some(stars::groups_of(one)).filter(|groups| !groups.is_empty()))
                .collect();
            let mut all: Vec<&str> = found?.into_iter().flatten().collect();
            all.sort_unstable();
            all.dedup();
            fix = fix.set(rule.at("apiGroups"), json!(all));
        }
        (false, true) => {
            let found: Option<Vec<&[&str]>> =
                groups.iter().map(|one| stars::resources_of(one)).collect();
            fix = fix.set(rule.at("resources"), json!(found?.concat()));
        }
        (false, false) => {}
    }
    if is_star(&rule.texts("verbs")) {
        fix = fix.set(rule.at("verbs"), json!(stars::VERBS));
    }
    Some(fix)
}
