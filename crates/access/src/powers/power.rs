use std::collections::{BTreeMap, BTreeSet};

use sekisho_text::Route;

use super::kind::PowerKind;
use super::pattern::{Names, Pattern};
use super::table::{JOINT, Joint, SINGLE};
use crate::rbac::{Binding, BoundSubject, Grant, Rbac, Scope, Subject, UserInfo};

/// A power that a subject holds in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Power<'a> {
    /// What it is.
    pub kind: PowerKind,
    /// Where it holds. A cluster-wide power is not told again for each namespace.
    pub scope: Scope<'a>,
    /// The rights it comes from. A power of two rights has proofs of both.
    pub proofs: Vec<Proof<'a>>,
    /// For [`PowerKind::SystemMasters`], the bindings that name the group; empty for every other kind.
    pub named_by: Vec<(&'a Binding, &'a BoundSubject)>,
}

/// One right behind a power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof<'a> {
    /// How the rule reaches the subject.
    pub grant: Grant<'a>,
    /// The verbs of the power that the rule admits; `*` where the rule as a whole is the proof.
    pub verbs: Vec<&'static str>,
    /// The API group of the resource.
    pub group: &'static str,
    /// The resource, with its subresource: `pods/exec`.
    pub resource: &'static str,
    /// The objects it holds for.
    pub names: Names<'a>,
}

impl Proof<'_> {
    /// The place of the verb in the object of the rule's role: `rules[2].verbs[0]`.
    pub fn verb_route(&self) -> Route {
        let rule = self.grant.rule;
        let verb = self
            .verbs
            .iter()
            .find_map(|verb| rule.rule.verb_route(verb));
        verb.map_or_else(|| rule.route(), |inside| rule.route().join(&inside))
    }
}

impl Power<'_> {
    /// True when it holds only for named objects.
    pub fn is_bounded(&self) -> bool {
        !self.proofs.is_empty() && self.proofs.iter().all(|proof| proof.names != Names::Any)
    }
}

/// The powers a subject really holds: by its name and by the groups it is certainly in, in order of kind and place.
pub fn powers_of<'a>(rbac: &'a Rbac, subject: &Subject) -> Vec<Power<'a>> {
    let user = UserInfo::of(subject);
    let grants: Vec<Grant<'a>> = rbac.grants_to(&user).collect();
    let mut found = Found::default();
    for grant in &grants {
        whole_rules(grant, &mut found);
    }
    for (kind, patterns) in SINGLE {
        for proof in proofs(patterns, &grants) {
            found.add(*kind, proof.grant.scope(), [proof]);
        }
    }
    for joint in JOINT {
        join(joint, &grants, &mut found);
    }
    let mut powers = found.into_powers();
    if user.is_superuser() {
        powers.push(Power {
            kind: PowerKind::SystemMasters,
            scope: Scope::Cluster,
            proofs: Vec::new(),
            named_by: rbac.naming_superusers(),
        });
        powers.sort_by_key(|power| (power.kind, power.scope));
    }
    powers
}

#[derive(Default)]
struct Found<'a>(BTreeMap<(PowerKind, Scope<'a>), Vec<Proof<'a>>>);

impl<'a> Found<'a> {
    fn add(
        &mut self,
        kind: PowerKind,
        scope: Scope<'a>,
        proofs: impl IntoIterator<Item = Proof<'a>>,
    ) {
        let all = self.0.entry((kind, scope)).or_default();
        for proof in proofs {
            if !all.contains(&proof) {
                all.push(proof);
            }
        }
    }

    fn into_powers(self) -> Vec<Power<'a>> {
        self.0
            .into_iter()
            .map(|((kind, scope), proofs)| Power {
                kind,
                scope,
                proofs,
                named_by: Vec::new(),
            })
            .collect()
    }
}

/// Powers that a rule has by its form.
fn whole_rules<'a>(grant: &Grant<'a>, found: &mut Found<'a>) {
    let rule = grant.rule.rule;
    let has = |list: &[String]| list.iter().any(|entry| entry == "*");
    let on_resources = !rule.api_groups.is_empty() && !rule.resources.is_empty();
    let on_paths = !rule.non_resource_urls.is_empty() && grant.scope() == Scope::Cluster;
    let names = if rule.resource_names.is_empty() {
        Names::Any
    } else {
        Names::Only(rule.resource_names.iter().map(String::as_str).collect())
    };
    let every_verb = has(&rule.verbs);
    let complete = every_verb && has(&rule.api_groups) && has(&rule.resources);
    let wide_resources = on_resources
        && (every_verb || has(&rule.api_groups) || rule.resources.iter().any(|one| is_wide(one)));
    let wide_paths = on_paths && (every_verb || has(&rule.non_resource_urls));
    let proof = Proof {
        grant: *grant,
        verbs: vec!["*"],
        group: "*",
        resource: "*",
        names,
    };
    if complete && proof.names == Names::Any {
        found.add(PowerKind::CompleteControl, grant.scope(), [proof.clone()]);
    }
    if !rule.verbs.is_empty() && (wide_resources || wide_paths) {
        found.add(PowerKind::Wildcard, grant.scope(), [proof]);
    }
}

/// `*` and `*/scale` widen; `pods/*` and `*/*` are literal texts that match nothing real.
fn is_wide(resource: &str) -> bool {
    resource == "*" || resource.strip_prefix("*/").is_some_and(|rest| rest != "*")
}

fn proofs<'a>(patterns: &[Pattern], grants: &[Grant<'a>]) -> Vec<Proof<'a>> {
    let mut proofs: Vec<Proof<'a>> = Vec::new();
    for grant in grants {
        for pattern in patterns {
            let mut by_names: BTreeMap<Names<'a>, Vec<&'static str>> = BTreeMap::new();
            for (verb, names) in pattern.given(grant, grants) {
                by_names.entry(names).or_default().push(verb);
            }
            proofs.extend(by_names.into_iter().map(|(names, verbs)| Proof {
                grant: *grant,
                verbs,
                group: pattern.group,
                resource: pattern.resource,
                names,
            }));
        }
    }
    proofs
}

fn join<'a>(joint: &Joint, grants: &[Grant<'a>], found: &mut Found<'a>) {
    let keys = proofs(joint.key, grants);
    let deeds = proofs(joint.deed, grants);
    let scopes: BTreeSet<Scope<'a>> = keys
        .iter()
        .chain(&deeds)
        .map(|one| one.grant.scope())
        .collect();
    for scope in scopes {
        let holds = |proof: &&Proof<'a>| {
            proof.grant.scope() == Scope::Cluster || proof.grant.scope() == scope
        };
        // At least one of the two belongs to this scope, or the pair is told for the cluster already.
        let work = |key: &Proof<'a>, deed: &Proof<'a>| {
            (key.grant.scope() == scope || deed.grant.scope() == scope)
                && (!joint.same_object || meet(key, deed))
        };
        let used_keys = keys
            .iter()
            .filter(holds)
            .filter(|key| deeds.iter().filter(holds).any(|deed| work(key, deed)));
        let used_deeds = deeds
            .iter()
            .filter(holds)
            .filter(|deed| keys.iter().filter(holds).any(|key| work(key, deed)));
        let pair: Vec<Proof<'a>> = used_keys.chain(used_deeds).cloned().collect();
        if !pair.is_empty() {
            found.add(joint.kind, scope, pair);
        }
    }
}

/// Whether some request passes both. A plain `create` names nothing, so a key for named objects needs a deed that names one.
fn meet(key: &Proof<'_>, deed: &Proof<'_>) -> bool {
    match (&key.names, &deed.names) {
        (Names::Any, _) => true,
        (Names::Only(_), Names::Any) => deed.verbs.iter().any(|verb| *verb != "create"),
        (Names::Only(keys), Names::Only(deeds)) => keys.iter().any(|name| deeds.contains(name)),
    }
}
