use crate::rbac::{Action, Grant, Rule, Scope, rule_allows};

/// Where the objects of a resource live, and with that which bindings reach them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// In namespaces. So do requests on a single namespace object: the server gives them that namespace.
    Namespaced,
    /// Outside of namespaces: no RoleBinding reaches them.
    Cluster,
    /// One named object of one namespace.
    Only {
        namespace: &'static str,
        name: &'static str,
    },
}

/// Requests that make a power: any of the verbs on the resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern {
    pub(super) verbs: &'static [&'static str],
    pub(super) group: &'static str,
    /// `pods/exec`; `*` is any resource of the group that a rule names; `userextras/*` any subresource of it.
    pub(super) resource: &'static str,
    pub(super) reach: Reach,
}

/// Which objects a right holds for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Names<'a> {
    /// All.
    Any,
    /// Only these, as the rule's `resourceNames` say.
    Only(Vec<&'a str>),
}

impl Pattern {
    /// The verbs of the pattern that the grant really gives, each with the names it holds for.
    pub(super) fn given<'a>(
        &self,
        grant: &Grant<'a>,
        all: &[Grant<'a>],
    ) -> Vec<(&'static str, Names<'a>)> {
        if !self.in_reach(grant.scope()) {
            return Vec::new();
        }
        self.verbs
            .iter()
            .filter_map(|verb| Some((*verb, self.names(verb, grant, all)?)))
            .collect()
    }

    fn in_reach(&self, scope: Scope<'_>) -> bool {
        match (self.reach, scope) {
            (Reach::Namespaced, _) | (_, Scope::Cluster) => true,
            (Reach::Cluster, Scope::Namespace(_)) => false,
            (Reach::Only { namespace, .. }, Scope::Namespace(own)) => namespace == own,
        }
    }

    /// The names for which the rule admits the verb; `None` when for none.
    fn names<'a>(&self, verb: &str, grant: &Grant<'a>, all: &[Grant<'a>]) -> Option<Names<'a>> {
        let rule = grant.rule.rule;
        if !rule.matches_verb(verb)
            || !rule.matches_group(self.group)
            || !self.matches_resource(rule)
        {
            return None;
        }
        // An empty entry admits requests that name nothing, and those reach every object.
        if rule.resource_names.is_empty()
            || (carries_no_name(verb, self.resource) && rule.matches_name(""))
        {
            return Some(Names::Any);
        }
        let mut names: Vec<&str> = rule
            .resource_names
            .iter()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .filter(|name| self.usable(verb, name, grant, all))
            .collect();
        if let Reach::Only { name, .. } = self.reach {
            names.retain(|own| *own == name);
        }
        // A namespace is reached by bindings inside of it as itself only.
        if let ("namespaces", Scope::Namespace(own)) = (self.resource, grant.scope()) {
            names.retain(|name| *name == own);
        }
        (!names.is_empty()).then_some(Names::Only(names))
    }

    /// Whether some request with this verb carries the name. `list` and `watch` do with a field selector,
    /// `deletecollection` never; `create` only when a server-side apply (verb `patch`) of a missing object is checked for it.
    fn usable(&self, verb: &str, name: &str, grant: &Grant<'_>, all: &[Grant<'_>]) -> bool {
        match verb {
            "deletecollection" => false,
            "create" if carries_no_name(verb, self.resource) => {
                let patch = Action::new("patch", self.group, self.resource).named(name);
                all.iter().any(|other| {
                    let holds = other.scope() == Scope::Cluster || other.scope() == grant.scope();
                    holds && rule_allows(other.rule.rule, &patch)
                })
            }
            _ => true,
        }
    }

    fn matches_resource(&self, rule: &Rule) -> bool {
        match self.resource.split_once('/') {
            Some((resource, "*")) => rule.resources.iter().any(|own| {
                own == "*"
                    || own.split_once('/').is_some_and(|(before, after)| {
                        (before == resource || before == "*") && !after.is_empty()
                    })
            }),
            Some((resource, subresource)) => rule.matches_resource(resource, subresource),
            None if self.resource == "*" => rule
                .resources
                .iter()
                .any(|own| own == "*" || !own.contains('/')),
            None => rule.matches_resource(self.resource, ""),
        }
    }
}

fn carries_no_name(verb: &str, resource: &str) -> bool {
    match verb {
        // On a subresource, `create` goes to one named object.
        "create" => !resource.contains('/'),
        "list" | "watch" | "deletecollection" => true,
        _ => false,
    }
}
