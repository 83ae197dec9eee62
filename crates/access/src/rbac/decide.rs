use super::binding::{Binding, BindingKind};
use super::grant::Grant;
use super::rule::{Action, Rule, rule_allows, rule_allows_url};
use super::store::Rbac;
use super::subject::UserInfo;

/// One request to the API server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Request<'a> {
    /// On a resource; the namespace is empty outside of namespaces and for requests across all of them.
    Resource {
        /// What is done to what.
        action: Action<'a>,
        /// The namespace.
        namespace: &'a str,
    },
    /// On a path that is no resource.
    NonResource {
        /// The HTTP method in lower case.
        verb: &'a str,
        /// The path.
        path: &'a str,
    },
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The reason in the API server's words; empty for superusers, and for a denial with no unresolved binding.
    pub reason: String,
    /// The first grant that allows it; none for superusers and denials.
    pub by: Option<Grant<'a>>,
}

impl Request<'_> {
    fn reaches(&self, binding: &Binding) -> bool {
        match (binding.kind, self) {
            (BindingKind::ClusterRoleBinding, _) => true,
            (BindingKind::RoleBinding, Self::Resource { namespace, .. }) => {
                !namespace.is_empty() && binding.namespace == *namespace
            }
            (BindingKind::RoleBinding, Self::NonResource { .. }) => false,
        }
    }

    fn allowed_by(&self, rule: &Rule) -> bool {
        match self {
            Self::Resource { action, .. } => rule_allows(rule, action),
            Self::NonResource { verb, path } => rule_allows_url(rule, verb, path),
        }
    }
}

impl Rbac {
    /// Decides as the API server does: superusers first, then cluster-wide bindings, then those of the namespace.
    ///
    /// Where several RoleBindings allow, the server names whichever its cache's unordered index gives first (it was seen to
    /// name different ones for the same pair); here it is the first by name. [`Rbac::grants_allowing`] gives all of them.
    /// A denial names the roles that could not be found: it is certain only when there are none.
    pub fn authorize(&self, user: &UserInfo, request: &Request<'_>) -> Decision<'_> {
        let by = if user.is_superuser() {
            None
        } else {
            self.grants_allowing(user, request).next()
        };
        let reason = match by {
            Some(grant) => grant.reason(),
            None if user.is_superuser() => String::new(),
            None => self.unresolved_for(user, request),
        };
        Decision {
            allowed: by.is_some() || user.is_superuser(),
            reason,
            by,
        }
    }

    /// Every grant that allows the request, in order: what must go before the request is denied.
    pub fn grants_allowing<'a>(
        &'a self,
        user: &UserInfo,
        request: &Request<'_>,
    ) -> impl Iterator<Item = Grant<'a>> {
        self.grants_to(user).filter(move |grant| {
            request.reaches(grant.binding) && request.allowed_by(grant.rule.rule)
        })
    }

    /// The server's list of errors: each text once, in brackets when there are several.
    fn unresolved_for(&self, user: &UserInfo, request: &Request<'_>) -> String {
        let mut errors: Vec<String> = Vec::new();
        for (binding, _) in self.bindings_of(user) {
            if let (true, Some(error)) = (request.reaches(binding), binding.unresolved())
                && !errors.contains(&error)
            {
                errors.push(error);
            }
        }
        match errors.as_slice() {
            [] => String::new(),
            [one] => format!("RBAC: {one}"),
            many => format!("RBAC: [{}]", many.join(", ")),
        }
    }
}

impl Grant<'_> {
    /// Why a request is allowed, in the API server's words.
    pub fn reason(&self) -> String {
        format!(
            "RBAC: allowed by {} {} of {} {:?} to {}",
            self.binding.kind,
            self.binding.quoted(),
            self.binding.role_ref.kind,
            self.binding.role_ref.name,
            self.subject.subject,
        )
    }
}

impl Binding {
    /// The server's words for a role reference that leads nowhere; `None` when it leads to a role.
    pub fn unresolved(&self) -> Option<String> {
        if !self.roles.is_empty() {
            return None;
        }
        let name = &self.role_ref.name;
        Some(match self.role_ref.kind.as_str() {
            "Role" => format!("role.rbac.authorization.k8s.io {name:?} not found"),
            "ClusterRole" => format!("clusterrole.rbac.authorization.k8s.io {name:?} not found"),
            other => format!("unsupported role reference kind: {other:?}"),
        })
    }
}
