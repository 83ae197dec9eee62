use std::fmt;

use sekisho_text::Route;
use serde_json::Value;

use super::problem::ProblemKind;
use super::read::Reader;
use super::role::Origin;
use super::subject::Subject;

const GROUP: &str = "rbac.authorization.k8s.io";

/// The kind of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoleKind {
    /// `Role`: lives in a namespace.
    Role,
    /// `ClusterRole`: lives outside of namespaces; may be bound in one.
    ClusterRole,
}

/// The kind of a binding. Cluster-wide ones come first, as the authorizer visits them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BindingKind {
    /// `ClusterRoleBinding`: grants everywhere.
    ClusterRoleBinding,
    /// `RoleBinding`: grants in its own namespace only.
    RoleBinding,
}

impl fmt::Display for BindingKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ClusterRoleBinding => "ClusterRoleBinding",
            Self::RoleBinding => "RoleBinding",
        })
    }
}

/// What a binding refers to, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleRef {
    /// `Role`, `ClusterRole`, or whatever else stands there.
    pub kind: String,
    /// The role's name.
    pub name: String,
}

/// One effective subject of a binding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BoundSubject {
    /// The index in the object's `subjects`.
    pub index: usize,
    /// Who it is, as written; a service account without a namespace has the binding's.
    pub subject: Subject,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it comes from.
    pub origin: Origin,
    /// RoleBinding or ClusterRoleBinding.
    pub kind: BindingKind,
    /// The namespace of a RoleBinding; empty for a ClusterRoleBinding and where the object states none.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The role it refers to.
    pub role_ref: RoleRef,
    /// The subjects that can match somebody. Others are listed as problems.
    pub subjects: Vec<BoundSubject>,
    /// Positions in the store's roles; more than one only when several roles share the name.
    pub(super) roles: Vec<usize>,
}

impl Binding {
    /// How the server names the binding in reasons: `"NAME/NAMESPACE"` for a RoleBinding.
    pub(super) fn quoted(&self) -> String {
        match self.kind {
            BindingKind::ClusterRoleBinding => format!("{:?}", self.name),
            BindingKind::RoleBinding => {
                format!("{:?}", format!("{}/{}", self.name, self.namespace))
            }
        }
    }

    pub(super) fn read(
        origin: Origin,
        kind: BindingKind,
        object: &Value,
        reader: &mut Reader<'_>,
    ) -> Self {
        let metadata = reader.map(object.get("metadata"), &Route::of("metadata"));
        let field = |name: &str| metadata.and_then(|map| map.get(name));
        let name = reader.text(field("name"), &Route::of("metadata.name"));
        let namespace = match kind {
            BindingKind::RoleBinding => {
                reader.text(field("namespace"), &Route::of("metadata.namespace"))
            }
            BindingKind::ClusterRoleBinding => String::new(),
        };
        let role_ref = read_role_ref(object.get("roleRef"), reader);
        let at = Route::of("subjects");
        let subjects = reader
            .list(object.get("subjects"), &at)
            .iter()
            .enumerate()
            .filter_map(|(index, value)| {
                let subject = read_subject(value, kind, &namespace, &at.index(index), reader)?;
                Some(BoundSubject { index, subject })
            })
            .collect();
        Self {
            origin,
            kind,
            namespace,
            name,
            role_ref,
            subjects,
            roles: Vec::new(),
        }
    }
}

fn read_role_ref(value: Option<&Value>, reader: &mut Reader<'_>) -> RoleRef {
    let at = Route::of("roleRef");
    let map = reader.map(value, &at);
    let mut text =
        |name: &'static str| reader.text(map.and_then(|map| map.get(name)), &at.at(name));
    let group = text("apiGroup");
    let role_ref = RoleRef {
        kind: text("kind"),
        name: text("name"),
    };
    if !group.is_empty() && group != GROUP {
        reader.problem(at.at("apiGroup"), ProblemKind::WrongApiGroup);
    }
    role_ref
}

/// `appliesToUser` upstream, turned into what the subject can match. `apiGroup` is validated at creation and not compared.
fn read_subject(
    value: &Value,
    binding: BindingKind,
    namespace: &str,
    at: &Route,
    reader: &mut Reader<'_>,
) -> Option<Subject> {
    let map = reader.map(Some(value), at)?;
    let mut text = |name: &'static str| reader.text(map.get(name), &at.at(name));
    let (kind, name, group, own) = (
        text("kind"),
        text("name"),
        text("apiGroup"),
        text("namespace"),
    );
    let (subject, refused) = match kind.as_str() {
        "User" => (Subject::User(name), !matches!(group.as_str(), "" | GROUP)),
        "Group" => (Subject::Group(name), !matches!(group.as_str(), "" | GROUP)),
        "ServiceAccount" => {
            let namespace = if own.is_empty() {
                namespace.to_owned()
            } else {
                own
            };
            // A RoleBinding that states no namespace gets one when it is applied, and so does its subject.
            if namespace.is_empty() && binding == BindingKind::ClusterRoleBinding {
                reader.problem(at.clone(), ProblemKind::SubjectWithoutNamespace);
                return None;
            }
            (
                Subject::ServiceAccount { namespace, name },
                !group.is_empty(),
            )
        }
        _ => {
            reader.problem(at.clone(), ProblemKind::UnknownSubjectKind);
            return None;
        }
    };
    let (Subject::User(name) | Subject::Group(name) | Subject::ServiceAccount { name, .. }) =
        &subject;
    if name.is_empty() {
        reader.problem(at.clone(), ProblemKind::SubjectWithoutName);
        return None;
    }
    if refused {
        reader.problem(at.at("apiGroup"), ProblemKind::WrongApiGroup);
    }
    Some(subject)
}
