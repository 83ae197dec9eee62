use sekisho_access::rbac::{Action, Rbac, Request, UserInfo};
use sekisho_cel::{Check, Decision};

use crate::vap::{Authorizer, User};

/// Answers what policies ask about rights (`authorizer`) from RBAC objects.
#[derive(Debug, Clone)]
pub struct Rights {
    rbac: Rbac,
}

impl Rights {
    /// The roles and bindings of a cluster.
    pub fn new(rbac: Rbac) -> Self {
        Self { rbac }
    }
}

impl Authorizer for Rights {
    fn decide(&self, user: &User, check: &Check, verb: &str) -> Decision {
        let asked = match &check.account {
            Some((namespace, name)) => UserInfo::service_account(namespace, name),
            None => UserInfo::new(user.name.clone(), user.groups.iter().cloned()),
        };
        let decision = if let Some(path) = &check.path {
            self.rbac
                .authorize(&asked, &Request::NonResource { verb, path })
        } else {
            let mut action = Action::new(
                verb,
                check.group.as_deref().unwrap_or_default(),
                check.resource.as_deref().unwrap_or_default(),
            );
            action.subresource = &check.subresource;
            let action = action.named(&check.name);
            let namespace = &check.namespace;
            self.rbac
                .authorize(&asked, &Request::Resource { action, namespace })
        };
        Decision {
            is_allowed: decision.allowed,
            reason: decision.reason,
            error: None,
        }
    }
}
