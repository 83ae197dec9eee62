use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_access::powers::{Names, Power, PowerKind, Proof, powers_of};
use sekisho_access::rbac::{Binding, Origin, Rbac, RoleKind, RuleAt, Scope, Subject};
use sekisho_model::{Estate, Object, Place, Settings};
use sekisho_text::Route;

/// What the bindings of the estate really give, one [`Rbac`] per place, worked out once.
#[derive(Debug)]
pub struct Rights {
    places: Vec<Rbac>,
    bindings: BTreeMap<usize, Bound>,
    /// Since 1.35 the server asks for `create` when a WebSocket opens exec, attach or port forwarding with a GET
    /// (kubernetes/kubernetes#134577); before, `get` was enough.
    get_opens_no_shell: bool,
}

/// What is known of one binding.
#[derive(Debug)]
pub struct Bound {
    place: usize,
    position: usize,
    /// Whether the rules behind it are known.
    pub role: RoleState,
    /// What it gives, alone or together with another binding of the same subject.
    pub held: BTreeMap<PowerKind, Held>,
}

/// Whether the rules behind a binding are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleState {
    /// The role is there.
    Known,
    /// No role of that name is among the objects, nor built in.
    Missing,
    /// The role gathers the rules of others by label, and none of those is among the objects.
    Unfilled,
}

/// One power that a binding gives.
#[derive(Debug, Default)]
pub struct Held {
    /// The namespace it holds in; absent when it holds in the whole cluster.
    pub namespace: Option<String>,
    /// The positions of those subjects of the binding who hold it.
    pub subjects: BTreeSet<usize>,
    /// The rights it comes from.
    pub rights: Vec<Right>,
}

/// One right behind a power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The object of the binding that gives it; absent for a built-in one.
    pub binding: Option<usize>,
    /// The rule it is written in.
    pub rule: RuleId,
    /// The place of the verb in the object of the rule's role.
    pub at: Route,
    /// The verbs; `*` where the rule as a whole is meant.
    pub verbs: Vec<&'static str>,
    /// The API group.
    pub group: &'static str,
    /// The resource, with its subresource.
    pub resource: &'static str,
    /// The objects it is limited to; absent when it holds for all.
    pub names: Option<Vec<String>>,
}

/// A rule, by the role in which it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleId {
    /// The object of the role; absent for a built-in one.
    pub object: Option<usize>,
    /// Role or ClusterRole.
    pub kind: RoleKind,
    /// The role's name.
    pub role: String,
    /// The index in its `rules`.
    pub index: usize,
}

impl RuleId {
    pub(crate) fn of(rule: &RuleAt<'_>) -> Self {
        Self {
            object: given(rule.role.origin),
            kind: rule.role.kind,
            role: rule.role.name.clone(),
            index: rule.index,
        }
    }
}

impl Rights {
    pub(crate) fn of(estate: &Estate, settings: &Settings) -> Self {
        let mut by_place: BTreeMap<Arc<Place>, Vec<(usize, &Object)>> = BTreeMap::new();
        for (index, object) in estate.of_group("rbac.authorization.k8s.io") {
            let place = Arc::clone(&object.place);
            by_place.entry(place).or_default().push((index, object));
        }
        let mut found = Self {
            places: Vec::new(),
            bindings: BTreeMap::new(),
            get_opens_no_shell: settings.kubernetes.as_deref().is_some_and(since_1_35),
        };
        for objects in by_place.into_values() {
            let values = objects
                .into_iter()
                .map(|(index, object)| (index, &object.value));
            let rbac = Rbac::new(values);
            found.enter(&rbac);
            found.places.push(rbac);
        }
        found
    }

    /// What is known of a binding, by its index in the estate.
    pub fn of_binding(&self, object: usize) -> Option<(&Binding, &Bound)> {
        let bound = self.bindings.get(&object)?;
        let binding = self
            .places
            .get(bound.place)?
            .bindings()
            .get(bound.position)?;
        Some((binding, bound))
    }

    /// The rules that a binding gives to each of its subjects, with aggregation done.
    pub fn rules_behind(&self, object: usize) -> Vec<RuleAt<'_>> {
        let Some((binding, bound)) = self.of_binding(object) else {
            return Vec::new();
        };
        self.places
            .get(bound.place)
            .into_iter()
            .flat_map(|rbac| rbac.bound_rules(binding).map(|(_, rule)| rule))
            .collect()
    }

    /// The roles and bindings of the place in which a binding stands.
    pub fn beside(&self, object: usize) -> Option<&Rbac> {
        self.places.get(self.bindings.get(&object)?.place)
    }

    fn enter(&mut self, rbac: &Rbac) {
        let place = self.places.len();
        let missing: BTreeSet<Origin> = rbac.dangling().map(|binding| binding.origin).collect();
        for (position, binding) in rbac.bindings().iter().enumerate() {
            let Some(object) = given(binding.origin) else {
                continue;
            };
            let role = if missing.contains(&binding.origin) {
                RoleState::Missing
            } else if rbac.bound_rules(binding).next().is_none() && aggregates(rbac, binding) {
                RoleState::Unfilled
            } else {
                RoleState::Known
            };
            let bound = Bound {
                place,
                position,
                role,
                held: BTreeMap::new(),
            };
            self.bindings.insert(object, bound);
        }
        for subject in rbac.subjects() {
            for mut power in powers_of(rbac, &subject) {
                if self.get_opens_no_shell {
                    power.proofs.retain(|proof| !is_get_of_stream(proof));
                }
                self.attribute(&subject, &power);
            }
        }
    }

    /// A power belongs to the binding that names the subject itself; what comes by a group is told of the group.
    fn attribute(&mut self, subject: &Subject, power: &Power<'_>) {
        let is_own = |proof: &&Proof<'_>| proof.grant.subject.subject.canonical() == *subject;
        if !is_joint(power.kind) {
            for proof in power.proofs.iter().filter(is_own) {
                self.add(proof, power, std::slice::from_ref(proof));
            }
            return;
        }
        // Of two bindings that only work together, the one with the verb that lifts the check is the cause.
        let own: Vec<&Proof<'_>> = power.proofs.iter().filter(is_own).collect();
        let keys = own.iter().filter(|proof| is_key(proof));
        let causes: Vec<&Proof<'_>> = if keys.clone().next().is_some() {
            keys.copied().collect()
        } else {
            own
        };
        for cause in causes {
            self.add(cause, power, &power.proofs);
        }
    }

    fn add(&mut self, cause: &Proof<'_>, power: &Power<'_>, proofs: &[Proof<'_>]) {
        let bound =
            given(cause.grant.binding.origin).and_then(|object| self.bindings.get_mut(&object));
        let Some(bound) = bound else {
            return;
        };
        let namespace = match power.scope {
            Scope::Cluster => None,
            Scope::Namespace(name) => Some(name.to_owned()),
        };
        let held = bound.held.entry(power.kind).or_insert_with(|| Held {
            namespace: namespace.clone(),
            ..Held::default()
        });
        if namespace.is_none() {
            held.namespace = None;
        }
        let subject = cause.grant.subject;
        let subjects = &cause.grant.binding.subjects;
        if let Some(position) = subjects.iter().position(|one| one == subject) {
            held.subjects.insert(position);
        }
        for right in proofs.iter().map(right) {
            if !held.rights.contains(&right) {
                held.rights.push(right);
            }
        }
    }
}

fn right(proof: &Proof<'_>) -> Right {
    Right {
        binding: given(proof.grant.binding.origin),
        rule: RuleId::of(&proof.grant.rule),
        at: proof.verb_route(),
        verbs: proof.verbs.clone(),
        group: proof.group,
        resource: proof.resource,
        names: match &proof.names {
            Names::Any => None,
            Names::Only(names) => Some(names.iter().map(|name| (*name).to_owned()).collect()),
        },
    }
}

fn given(origin: Origin) -> Option<usize> {
    match origin {
        Origin::Given(object) => Some(object),
        Origin::BuiltIn => None,
    }
}

fn is_joint(kind: PowerKind) -> bool {
    matches!(
        kind,
        PowerKind::Bind
            | PowerKind::Escalate
            | PowerKind::ApproveCertificates
            | PowerKind::SignCertificates
    )
}

fn is_key(proof: &Proof<'_>) -> bool {
    proof
        .verbs
        .iter()
        .any(|verb| matches!(*verb, "bind" | "escalate" | "approve" | "sign"))
}

fn is_get_of_stream(proof: &Proof<'_>) -> bool {
    proof.verbs == ["get"]
        && matches!(
            proof.resource,
            "pods/exec" | "pods/attach" | "pods/portforward"
        )
}

/// A release as people write it: `1.35`, `v1.35.2`.
fn since_1_35(release: &str) -> bool {
    let release = release.trim_start_matches('v');
    let mut numbers = release.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (numbers.next().flatten(), numbers.next().flatten());
    matches!((major, minor), (Some(major), Some(minor)) if (major, minor) >= (1, 35))
}

fn aggregates(rbac: &Rbac, binding: &Binding) -> bool {
    rbac.roles().iter().any(|role| {
        role.kind == RoleKind::ClusterRole
            && binding.role_ref.kind == "ClusterRole"
            && role.name == binding.role_ref.name
            && role.is_aggregated()
    })
}
