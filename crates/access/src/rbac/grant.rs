use std::collections::BTreeMap;

use sekisho_text::Route;

use super::binding::{Binding, BindingKind, BoundSubject};
use super::role::{Role, RuleAt};
use super::rule::{Action, rule_allows};
use super::store::Rbac;
use super::subject::{Principal, SUPERUSERS, Subject, UserInfo};

/// Where a grant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope<'a> {
    /// In every namespace and outside of namespaces.
    Cluster,
    /// In one namespace.
    Namespace(&'a str),
}

/// Where somebody must be able to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Within<'a> {
    /// Everywhere, or on things outside of namespaces: only cluster-wide grants.
    Cluster,
    /// In this namespace: cluster-wide grants and those of the namespace.
    Namespace(&'a str),
    /// In any namespace at all: every grant.
    Anywhere,
}

/// One rule that reaches one subject through one binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The binding.
    pub binding: &'a Binding,
    /// The subject of the binding through which it reaches; a service account may be reached through its groups.
    pub subject: &'a BoundSubject,
    /// The role the binding refers to.
    pub role: &'a Role,
    /// The rule, where it is written: in the role, or in one that the role aggregates.
    pub rule: RuleAt<'a>,
}

impl<'a> Grant<'a> {
    /// Where the grant holds.
    pub fn scope(&self) -> Scope<'a> {
        match self.binding.kind {
            BindingKind::ClusterRoleBinding => Scope::Cluster,
            BindingKind::RoleBinding => Scope::Namespace(&self.binding.namespace),
        }
    }

    /// The place of the subject in the binding's object: `subjects[1]`.
    pub fn subject_route(&self) -> Route {
        Route::of("subjects").index(self.subject.index)
    }
}

impl Within<'_> {
    fn takes(self, binding: &Binding) -> bool {
        match (self, binding.kind) {
            (_, BindingKind::ClusterRoleBinding) | (Self::Anywhere, _) => true,
            (Self::Namespace(namespace), BindingKind::RoleBinding) => {
                !namespace.is_empty() && binding.namespace == namespace
            }
            (Self::Cluster, BindingKind::RoleBinding) => false,
        }
    }
}

impl Rbac {
    /// Everything bindings grant to the subject: by its name, and by the groups it is certainly in (see [`UserInfo::of`]).
    pub fn grants_of<'a>(&'a self, subject: &Subject) -> impl Iterator<Item = Grant<'a>> + use<'a> {
        self.grants_to(&UserInfo::of(subject))
    }

    /// Everything bindings grant to a user, in the authorizer's order. The superuser rule is no grant.
    pub fn grants_to<'a>(&'a self, user: &UserInfo) -> impl Iterator<Item = Grant<'a>> + use<'a> {
        self.bindings_of(user)
            .into_iter()
            .flat_map(|(binding, subject)| {
                self.bound_rules(binding).map(move |(role, rule)| Grant {
                    binding,
                    subject,
                    role,
                    rule,
                })
            })
    }

    /// Everybody a binding allows the action within the scope: one grant per subject named and rule that allows.
    ///
    /// Members of `system:masters` may do it as well, whatever bindings say.
    pub fn who_can(&self, action: &Action<'_>, within: Within<'_>) -> Vec<Grant<'_>> {
        let mut grants = Vec::new();
        for binding in self
            .bindings()
            .iter()
            .filter(|binding| within.takes(binding))
        {
            for (role, rule) in self.bound_rules(binding) {
                if rule_allows(rule.rule, action) {
                    grants.extend(binding.subjects.iter().map(|subject| Grant {
                        binding,
                        subject,
                        role,
                        rule,
                    }));
                }
            }
        }
        grants
    }

    /// The bindings that name the group of superusers, each with the subject that does.
    pub fn naming_superusers(&self) -> Vec<(&Binding, &BoundSubject)> {
        self.bindings_of(&UserInfo::new("", [SUPERUSERS]))
    }

    /// The bindings that reach the user, in order, each with its first subject that does (`appliesTo` upstream).
    pub(super) fn bindings_of(&self, user: &UserInfo) -> Vec<(&Binding, &BoundSubject)> {
        let name = (!user.user.is_empty()).then(|| Principal::Name(user.user.clone()));
        let groups = user.groups.iter().cloned().map(Principal::Group);
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for principal in name.into_iter().chain(groups) {
            for (binding, place) in self.naming(&principal) {
                let best = first.entry(*binding).or_insert(*place);
                *best = (*best).min(*place);
            }
        }
        first
            .into_iter()
            .filter_map(|(at, place)| {
                let binding = self.bindings().get(at)?;
                Some((binding, binding.subjects.get(place)?))
            })
            .collect()
    }
}
