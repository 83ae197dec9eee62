use std::collections::{BTreeSet, HashMap};

use sekisho_text::Route;
use serde_json::Value;

use super::aggregate::{Place, effective_rules};
use super::binding::{Binding, BindingKind, RoleKind};
use super::defaults;
use super::problem::{Problem, ProblemKind};
use super::read::Reader;
use super::role::{Origin, Role, RuleAt};
use super::subject::{Principal, Subject};

/// What to add to the given objects of all that an API server creates at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Defaults {
    /// Nothing: the objects are everything there is, as read from a cluster.
    None,
    /// The built-in roles, so that bindings in files resolve. A given role of the same name takes the place of the built-in.
    #[default]
    Roles,
    /// The built-in roles and the default bindings to groups. A given binding of the same name takes the place of the built-in.
    RolesAndBindings,
}

/// All roles and bindings of one cluster, ready to be asked.
#[derive(Debug, Clone)]
pub struct Rbac {
    roles: Vec<Role>,
    effective: Vec<Vec<Place>>,
    /// ClusterRoleBindings first, then by namespace and name: the order in which reasons are looked for.
    bindings: Vec<Binding>,
    /// For each principal the positions of bindings that name it, with the place in the binding's subjects.
    index: HashMap<Principal, Vec<(usize, usize)>>,
    problems: Vec<Problem>,
}

type RoleName = (RoleKind, String, String);

impl Rbac {
    /// Reads all RBAC objects among the given ones, with the built-in roles; other objects are passed over.
    pub fn new<'v>(objects: impl IntoIterator<Item = (usize, &'v Value)>) -> Self {
        Self::with_defaults(objects, Defaults::Roles)
    }

    /// Reads all RBAC objects among the given ones; `defaults` says what to add.
    pub fn with_defaults<'v>(
        objects: impl IntoIterator<Item = (usize, &'v Value)>,
        defaults: Defaults,
    ) -> Self {
        let mut problems = Vec::new();
        let (mut roles, mut bindings) = (Vec::new(), Vec::new());
        for (key, object) in objects {
            let mut reader = Reader::new(key, &mut problems);
            match Kind::of(object) {
                Some(Kind::Role(kind)) => {
                    roles.push(Role::read(Origin::Given(key), kind, object, &mut reader));
                }
                Some(Kind::Binding(kind)) => {
                    bindings.push(Binding::read(Origin::Given(key), kind, object, &mut reader));
                }
                None => {}
            }
        }
        if defaults != Defaults::None {
            add_default_roles(&mut roles);
        }
        if defaults == Defaults::RolesAndBindings {
            add_default_bindings(&mut bindings);
        }
        let by_name = names(&roles, &mut problems);
        for binding in &mut bindings {
            binding.roles = resolve(binding, &by_name);
        }
        bindings.sort_by(|a, b| order(a).cmp(&order(b)));
        problems.sort();
        Self {
            effective: effective_rules(&roles),
            index: index(&bindings),
            roles,
            bindings,
            problems,
        }
    }

    /// All roles, given and built-in.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// All bindings, cluster-wide ones first, then by namespace and name.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Everything in the given objects that could not be counted, or that the API server would refuse.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The bindings whose role is not among the roles: each may grant anything or nothing.
    pub fn dangling(&self) -> impl Iterator<Item = &Binding> {
        self.bindings
            .iter()
            .filter(|binding| binding.roles.is_empty())
    }

    /// Every subject that a binding names, once, in order. A user called like a service account appears as that account.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        self.bindings
            .iter()
            .flat_map(|binding| &binding.subjects)
            .map(|bound| bound.subject.canonical())
            .collect()
    }

    /// The rules that count for a role of this store: its own, or those it aggregates.
    pub fn rules_of<'a>(&'a self, role: &Role) -> impl Iterator<Item = RuleAt<'a>> + use<'a> {
        let position = self
            .roles
            .iter()
            .position(|other| std::ptr::eq(other, role));
        position.into_iter().flat_map(|at| self.rules_at(at))
    }

    /// The roles a binding refers to, each with the rules that count for it.
    pub fn bound_rules<'a>(
        &'a self,
        binding: &'a Binding,
    ) -> impl Iterator<Item = (&'a Role, RuleAt<'a>)> {
        binding.roles.iter().flat_map(move |at| {
            self.roles
                .get(*at)
                .into_iter()
                .flat_map(move |role| self.rules_at(*at).map(move |rule| (role, rule)))
        })
    }

    /// The bindings that name the principal: their positions and the positions among their subjects.
    pub(super) fn naming(&self, principal: &Principal) -> &[(usize, usize)] {
        self.index.get(principal).map_or(&[], Vec::as_slice)
    }

    fn rules_at(&self, position: usize) -> impl Iterator<Item = RuleAt<'_>> {
        self.effective
            .get(position)
            .into_iter()
            .flatten()
            .filter_map(|(at, index)| {
                let role = self.roles.get(*at)?;
                Some(RuleAt {
                    role,
                    index: *index,
                    rule: role.rules.get(*index)?,
                })
            })
    }
}

enum Kind {
    Role(RoleKind),
    Binding(BindingKind),
}

impl Kind {
    /// By API group and kind; the version does not change what the objects mean.
    fn of(object: &Value) -> Option<Self> {
        let group = object.get("apiVersion")?.as_str()?.split_once('/')?.0;
        if group != "rbac.authorization.k8s.io" {
            return None;
        }
        match object.get("kind")?.as_str()? {
            "Role" => Some(Self::Role(RoleKind::Role)),
            "ClusterRole" => Some(Self::Role(RoleKind::ClusterRole)),
            "RoleBinding" => Some(Self::Binding(BindingKind::RoleBinding)),
            "ClusterRoleBinding" => Some(Self::Binding(BindingKind::ClusterRoleBinding)),
            _ => None,
        }
    }
}

fn role_name(role: &Role) -> RoleName {
    (role.kind, role.namespace.clone(), role.name.clone())
}

fn add_default_roles(roles: &mut Vec<Role>) {
    let given: BTreeSet<RoleName> = roles.iter().map(role_name).collect();
    let mut none = Vec::new();
    for object in defaults::roles() {
        if let Some(Kind::Role(kind)) = Kind::of(object) {
            let role = Role::read(
                Origin::BuiltIn,
                kind,
                object,
                &mut Reader::new(0, &mut none),
            );
            if !given.contains(&role_name(&role)) {
                roles.push(role);
            }
        }
    }
}

fn add_default_bindings(bindings: &mut Vec<Binding>) {
    let given: BTreeSet<String> = bindings
        .iter()
        .filter(|binding| binding.kind == BindingKind::ClusterRoleBinding)
        .map(|binding| binding.name.clone())
        .collect();
    let mut none = Vec::new();
    for object in defaults::bindings() {
        let mut reader = Reader::new(0, &mut none);
        let kind = BindingKind::ClusterRoleBinding;
        let binding = Binding::read(Origin::BuiltIn, kind, object, &mut reader);
        if !given.contains(&binding.name) {
            bindings.push(binding);
        }
    }
}

fn names(roles: &[Role], problems: &mut Vec<Problem>) -> HashMap<RoleName, Vec<usize>> {
    let mut by_name: HashMap<RoleName, Vec<usize>> = HashMap::new();
    for (at, role) in roles.iter().enumerate() {
        let same = by_name.entry(role_name(role)).or_default();
        if let (false, Origin::Given(object)) =
            (same.is_empty() || role.name.is_empty(), role.origin)
        {
            problems.push(Problem {
                object,
                at: Route::of("metadata.name"),
                kind: ProblemKind::SameName,
            });
        }
        same.push(at);
    }
    by_name
}

/// `GetRoleReferenceRules`: a Role is looked for in the binding's namespace, so a ClusterRoleBinding never finds one.
fn resolve(binding: &Binding, by_name: &HashMap<RoleName, Vec<usize>>) -> Vec<usize> {
    let (kind, namespace) = match (binding.role_ref.kind.as_str(), binding.kind) {
        ("ClusterRole", _) => (RoleKind::ClusterRole, String::new()),
        ("Role", BindingKind::RoleBinding) => (RoleKind::Role, binding.namespace.clone()),
        _ => return Vec::new(),
    };
    if binding.role_ref.name.is_empty() {
        return Vec::new();
    }
    by_name
        .get(&(kind, namespace, binding.role_ref.name.clone()))
        .cloned()
        .unwrap_or_default()
}

fn order(binding: &Binding) -> (BindingKind, &str, &str, Origin) {
    (
        binding.kind,
        &binding.namespace,
        &binding.name,
        binding.origin,
    )
}

fn index(bindings: &[Binding]) -> HashMap<Principal, Vec<(usize, usize)>> {
    let mut index: HashMap<Principal, Vec<(usize, usize)>> = HashMap::new();
    for (at, binding) in bindings.iter().enumerate() {
        for (place, bound) in binding.subjects.iter().enumerate() {
            index
                .entry(Principal::from(&bound.subject))
                .or_default()
                .push((at, place));
        }
    }
    index
}
