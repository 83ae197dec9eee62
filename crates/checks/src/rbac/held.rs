//! The walk that the checks of powers share: does this binding give the power, to whom, where, and who tells it.

use sekisho_access::powers::PowerKind;
use sekisho_access::rbac::{Binding, BoundSubject};
use sekisho_model::{Namespace, Object, Severity, phrase};
use sekisho_text::Route;

use super::holders::{self, Holder, Holders};
use super::power_words::{self, Text};
use super::wording;
use crate::{Bound, Context, Described, Fault, Held, On, Right, RoleState, RuleId};

/// Bindings of both kinds.
pub(super) const BINDINGS: &[(&str, &str)] = &[
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
];

const BY_ADMIN: &[&str] = &["cluster-admin-binding"];
const BY_WILDCARD: &[&str] = &["rbac-wildcard"];
const BY_WORKLOADS: &[&str] = &["workload-creators"];
const BY_ANONYMOUS: &[&str] = &["anonymous-access"];
const BY_MASTERS: &[&str] = &["system-masters"];
const BY_BOTH: &[&str] = &["rbac-wildcard", "workload-creators"];

/// Checks that also tell of grants to everybody: who reads secrets is a question of its own, and so is complete control.
const TELLS_EVERYBODY: &[&str] = &["secret-readers", "cluster-admin-binding"];

/// The roles for users that every cluster has. Whoever binds one gets all of its powers at once: one cause, told once.
const STOCK: &[&str] = &[
    "admin",
    "edit",
    "view",
    "system:aggregate-to-admin",
    "system:aggregate-to-edit",
    "system:aggregate-to-view",
];

/// What a limit to named objects means for a power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// As grave as without: the names are the point.
    Same,
    /// One step less grave.
    Less,
    /// Known and bounded, as long as it also stays in a namespace: no fault.
    Known,
}

/// What one check looks for, and its words.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) kinds: &'static [PowerKind],
    pub(super) named: Named,
    /// What they can do: "run commands in running containers".
    pub(super) can: Text,
    /// What that allows, and how to mend it: whole sentences.
    pub(super) so: Text,
}

/// What was found of one binding.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) index: usize,
    pub(super) binding: &'a Binding,
    pub(super) bound: &'a Bound,
    pub(super) held: Vec<(PowerKind, &'a Held)>,
    /// Who holds it, without those of whom another check tells.
    pub(super) subjects: Vec<&'a BoundSubject>,
    /// The rights to tell of, without those that another check tells.
    pub(super) rights: Vec<&'a Right>,
}

/// Looks at one binding for the powers of a check.
pub(super) fn judge(
    check: &dyn Described,
    cx: &Context<'_>,
    object: &Object,
    on: &mut On<'_>,
    deed: &Deed,
    refine: impl FnOnce(&Found<'_>, Fault) -> Fault,
) {
    let own = check.meta().id;
    let Some(mut found) = look(cx, on, deed.kinds) else {
        return;
    };
    if found.held.is_empty() {
        // Whether it reaches a ConfigMap of kube-system depends on where the binding is put.
        let is_placed = object.namespace != Namespace::Open;
        if is_placed || !matches!(own, "dns-edit" | "aws-auth-edit") {
            on.pass();
        }
        return;
    }
    let everybody = narrow_subjects(cx, own, &mut found);
    if found.subjects.is_empty() {
        return on.pass();
    }
    // Complete control is told by its own check alone, though its rule is one of wildcards.
    let tells = |teller: &'static str| {
        teller != own && own != "cluster-admin-binding" && stands_for(cx, object, teller, own)
    };
    let complete = found.bound.held.contains_key(&PowerKind::CompleteControl);
    match everybody {
        Some(Holder::Superusers) if own != "system-masters" => return on.fail_told_by(BY_MASTERS),
        _ if complete && tells("cluster-admin-binding") => return on.fail_told_by(BY_ADMIN),
        Some(Holder::Anonymous | Holder::Authenticated) if !TELLS_EVERYBODY.contains(&own) => {
            return on.fail_told_by(BY_ANONYMOUS);
        }
        Some(_) => {}
        None => {
            if let Some(tellers) = told_elsewhere(&mut found, tells) {
                return on.fail_told_by(tellers);
            }
        }
    }
    if deed.named == Named::Known && found.is_known() {
        return on.pass();
    }
    let fault = fault(&found, deed);
    on.fail(refine(&found, fault));
}

/// What the binding gives of these powers; nothing when it cannot be said, after saying why.
pub(super) fn look<'a>(
    cx: &'a Context<'_>,
    on: &mut On<'_>,
    kinds: &[PowerKind],
) -> Option<Found<'a>> {
    let index = on.object()?;
    let (binding, bound) = cx.rights().of_binding(index)?;
    if bound.role != RoleState::Known {
        // In a complete estate the missing role gives nothing; that it is missing is told apart.
        if !cx.complete() && !binding.subjects.is_empty() {
            on.unknown(missing(binding, bound.role));
        }
        return None;
    }
    let held: Vec<(PowerKind, &Held)> = kinds
        .iter()
        .filter_map(|kind| Some((*kind, bound.held.get(kind)?)))
        .collect();
    let mut rights: Vec<&Right> = Vec::new();
    for right in held.iter().flat_map(|(_, held)| &held.rights) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    let subjects = binding
        .subjects
        .iter()
        .enumerate()
        .filter(|(position, _)| {
            held.iter()
                .any(|(_, held)| held.subjects.contains(position))
        })
        .map(|(_, subject)| subject)
        .collect();
    Some(Found {
        index,
        binding,
        bound,
        held,
        subjects,
        rights,
    })
}

/// Why a binding cannot be judged.
pub(super) fn missing(binding: &Binding, state: RoleState) -> sekisho_model::Phrase {
    let role = holders::role(binding);
    if state == RoleState::Unfilled {
        return phrase!(
            en: "the roles that {role} gathers by label are not among the files",
            ja: "{role} がラベルで集約するロールがファイルにない",
        );
    }
    phrase!(
        en: "{role} is not among the files; add it, or say `estate.complete: true` when there is none",
        ja: "{role} がファイルにない。追加するか、存在しないなら `estate.complete: true` とする",
    )
}

/// Takes away the subjects that are no finding, or that another check tells of. When the rest are all of one sort of
/// everybody, that sort.
fn narrow_subjects(cx: &Context<'_>, own: &str, found: &mut Found<'_>) -> Option<Holder> {
    let sorts = Holders::of(cx.settings);
    let kind = |subject: &&BoundSubject| sorts.kind(&subject.subject);
    found
        .subjects
        .retain(|subject| kind(subject) != Holder::Administrator);
    let gravest = found.subjects.iter().map(kind).max()?;
    if gravest == Holder::Other {
        let keeps = |sort: Holder| match sort {
            Holder::Anonymous | Holder::Authenticated => TELLS_EVERYBODY.contains(&own),
            sort => sort == Holder::Other,
        };
        found.subjects.retain(|subject| keeps(kind(subject)));
        return None;
    }
    // Of anonymous users and of all users the former say more; members of system:masters need no grant at all.
    found.subjects.iter().map(kind).min()
}

/// Whether another check's finding tells this one as well. A shipped exception that takes the teller out of the count must
/// not take along what it does not name.
fn stands_for(cx: &Context<'_>, object: &Object, teller: &str, own: &str) -> bool {
    !cx.threat_model
        .platform()
        .iter()
        .any(|exception| exception.covers(teller, object) && !exception.covers(own, object))
}

/// Leaves the rights that only this check tells; when none are left, who tells them.
fn told_elsewhere(
    found: &mut Found<'_>,
    tells: impl Fn(&'static str) -> bool,
) -> Option<&'static [&'static str]> {
    let has_workloads = found.bound.held.contains_key(&PowerKind::CreateWorkloads);
    let by_workloads = has_workloads && tells("workload-creators");
    let by_wildcard = tells("rbac-wildcard");
    let is_wild = |right: &Right| by_wildcard && found.bound.is_wild(&right.rule);
    let is_stock = |right: &Right| by_workloads && is_stock(right);
    let plain: Vec<&Right> = found
        .rights
        .iter()
        .copied()
        .filter(|right| !is_wild(right) && !is_stock(right))
        .collect();
    if plain.is_empty() {
        let wild = found.rights.iter().any(|right| is_wild(right));
        let stock = found.rights.iter().any(|right| is_stock(right));
        return Some(match (wild, stock) {
            (true, true) => BY_BOTH,
            (_, true) => BY_WORKLOADS,
            _ => BY_WILDCARD,
        });
    }
    // A power of two rights is told whole.
    if plain.len() < found.rights.len() && !found.is_joint() {
        found.rights = plain;
    }
    None
}

impl Bound {
    /// Whether a rule has `*` somewhere, and is told as such.
    pub(super) fn is_wild(&self, rule: &RuleId) -> bool {
        self.held
            .get(&PowerKind::Wildcard)
            .is_some_and(|held| held.rights.iter().any(|right| right.rule == *rule))
    }
}

impl Found<'_> {
    /// Whether a power comes from the rights that are told here.
    pub(super) fn holds(&self, held: &Held) -> bool {
        held.rights
            .iter()
            .any(|right| self.rights.iter().any(|own| own.rule == right.rule))
    }

    /// The same without one of its powers.
    pub(super) fn without(&self, kind: PowerKind) -> Self {
        let mut rest = self.clone();
        rest.held.retain(|(own, _)| *own != kind);
        rest
    }

    fn is_joint(&self) -> bool {
        self.rights
            .iter()
            .any(|right| right.verbs.iter().any(|verb| is_key(verb)))
    }

    /// Whether everything it gives is limited to named objects. Of two rights that work together one limit is enough.
    pub(super) fn is_named(&self) -> bool {
        let keys = |wanted: bool| {
            let mut these = self
                .rights
                .iter()
                .filter(|right| right.verbs.iter().any(|verb| is_key(verb)) == wanted)
                .peekable();
            these.peek().is_some() && these.all(|right| right.names.is_some())
        };
        if self.is_joint() {
            keys(true) || keys(false)
        } else {
            keys(false)
        }
    }

    fn is_known(&self) -> bool {
        self.is_named() && self.held.iter().all(|(_, held)| held.namespace.is_some())
    }

    /// The widest namespace of the powers: none when one of them holds everywhere.
    pub(super) fn namespace(&self) -> Option<&str> {
        let mut all = self.held.iter().map(|(_, held)| held.namespace.as_deref());
        let first = all.next().flatten()?;
        all.all(|other| other.is_some()).then_some(first)
    }

    /// How grave it is: less in a namespace other than kube-system, less for named objects.
    pub(super) fn severity(&self, named: Named) -> Severity {
        let by_name = usize::from(named != Named::Same && self.is_named());
        self.held
            .iter()
            .filter(|(_, held)| held.rights.iter().any(|right| self.rights.contains(&right)))
            .map(|(kind, held)| power_words::lowered(power_words::gravity(*kind, held), by_name))
            .max()
            .unwrap_or(Severity::Low)
    }
}

/// Whether the right comes from one of the built-in roles for users.
pub(super) fn is_stock(right: &Right) -> bool {
    STOCK.contains(&right.rule.role.as_str())
}

fn is_key(verb: &str) -> bool {
    matches!(verb, "bind" | "escalate" | "approve" | "sign")
}

fn fault(found: &Found<'_>, deed: &Deed) -> Fault {
    let (who, who_ja) = holders::called_all(&found.subjects);
    let (place, place_ja) = holders::place(found.namespace());
    let role = holders::role(found.binding);
    let (rights, rights_ja) = wording::rights(&found.rights);
    let ((can, can_ja), (so, so_ja)) = (deed.can, deed.so);
    let message = phrase!(
        en: "{who} can {can} {place}: {role} gives {rights}. {so}",
        ja: "{who_ja} は{place_ja}で、{can_ja}。{role} が {rights_ja} を許可している。{so_ja}",
    );
    let severity = found.severity(deed.named);
    let fault = Fault::at(Route::of("roleRef.name"), message).severity(severity);
    wording::with_places(found, fault)
}
