use sekisho_text::Route;

/// One rule of a role, as written. Matching is literal and case-sensitive, as in the API server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rule {
    /// `verbs`; `*` is every verb.
    pub verbs: Vec<String>,
    /// `apiGroups`; the empty string is the core group, `*` every group.
    pub api_groups: Vec<String>,
    /// `resources`; `*` is every resource and subresource, `*/scale` that subresource of every resource.
    pub resources: Vec<String>,
    /// `resourceNames`; none means every name.
    pub resource_names: Vec<String>,
    /// `nonResourceURLs`; a trailing `*` matches every continuation.
    pub non_resource_urls: Vec<String>,
}

/// One thing done to one kind of resource: what a rule is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Action<'a> {
    /// The verb of the request: `get`, `list`, `impersonate`.
    pub verb: &'a str,
    /// The API group; empty for the core group.
    pub group: &'a str,
    /// The resource in the plural: `pods`.
    pub resource: &'a str,
    /// The subresource; empty for the resource itself.
    pub subresource: &'a str,
    /// The object's name; empty when the request names none (`list`, `create`).
    pub name: &'a str,
}

impl<'a> Action<'a> {
    /// An action on no named object; `resource` may be `pods/exec`.
    pub fn new(verb: &'a str, group: &'a str, resource: &'a str) -> Self {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        Self {
            verb,
            group,
            resource,
            subresource,
            name: "",
        }
    }

    /// The same action on one named object.
    #[must_use]
    pub fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }
}

/// Whether the rule allows the action: `RuleAllows` upstream.
pub fn rule_allows(rule: &Rule, action: &Action<'_>) -> bool {
    rule.matches_verb(action.verb)
        && rule.matches_group(action.group)
        && rule.matches_resource(action.resource, action.subresource)
        && rule.matches_name(action.name)
}

/// Whether the rule allows the verb on a path outside of the resources, such as `/metrics`.
pub fn rule_allows_url(rule: &Rule, verb: &str, path: &str) -> bool {
    rule.matches_verb(verb) && rule.matches_url(path)
}

impl Rule {
    /// `VerbMatches`: `*` or the same word in the same case.
    pub fn matches_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|own| own == "*" || own == verb)
    }

    /// `APIGroupMatches`: `*` or the same group.
    pub fn matches_group(&self, group: &str) -> bool {
        self.api_groups.iter().any(|own| own == "*" || own == group)
    }

    /// `ResourceMatches`: `*`, the whole `resource/subresource`, or `*/subresource`. `pods/*` and `*/*` match nothing real.
    pub fn matches_resource(&self, resource: &str, subresource: &str) -> bool {
        self.resources
            .iter()
            .any(|own| resource_entry_matches(own, resource, subresource))
    }

    /// `ResourceNameMatches`: every name when the rule names none. A request without a name does not match a rule with names.
    pub fn matches_name(&self, name: &str) -> bool {
        self.resource_names.is_empty() || self.resource_names.iter().any(|own| own == name)
    }

    /// `NonResourceURLMatches`: `*`, the same path, or the part before trailing stars as a prefix.
    pub fn matches_url(&self, path: &str) -> bool {
        self.non_resource_urls.iter().any(|own| {
            own == path || url_prefix(own).is_some_and(|prefix| path.starts_with(prefix))
        })
    }

    /// The place of the first verb entry, inside the rule, that admits `verb`.
    pub fn verb_route(&self, verb: &str) -> Option<Route> {
        let at = self
            .verbs
            .iter()
            .position(|own| own == "*" || own == verb)?;
        Some(Route::of("verbs").index(at))
    }

    /// The place of the first resource entry, inside the rule, that admits the resource.
    pub fn resource_route(&self, resource: &str, subresource: &str) -> Option<Route> {
        let at = self
            .resources
            .iter()
            .position(|own| resource_entry_matches(own, resource, subresource))?;
        Some(Route::of("resources").index(at))
    }
}

/// The prefix an entry of `nonResourceURLs` stands for, when it ends in a star. All trailing stars go, as upstream trims them.
pub(super) fn url_prefix(entry: &str) -> Option<&str> {
    entry.ends_with('*').then(|| entry.trim_end_matches('*'))
}

fn resource_entry_matches(entry: &str, resource: &str, subresource: &str) -> bool {
    if entry == "*" {
        return true;
    }
    if subresource.is_empty() {
        return entry == resource;
    }
    let whole = entry
        .strip_prefix(resource)
        .and_then(|rest| rest.strip_prefix('/'))
        == Some(subresource);
    whole || entry.strip_prefix("*/") == Some(subresource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verbs: &[&str], groups: &[&str], resources: &[&str], names: &[&str]) -> Rule {
        let own = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Rule {
            verbs: own(verbs),
            api_groups: own(groups),
            resources: own(resources),
            resource_names: own(names),
            non_resource_urls: Vec::new(),
        }
    }

    #[test]
    fn a_star_for_resources_holds_every_subresource() {
        let all = rule(&["get"], &[""], &["*"], &[]);
        assert!(rule_allows(&all, &Action::new("get", "", "pods")));
        assert!(rule_allows(&all, &Action::new("get", "", "pods/log")));
        assert!(!rule_allows(
            &all,
            &Action::new("get", "apps", "deployments")
        ));
    }

    #[test]
    fn stars_inside_an_entry_are_no_patterns() {
        for entry in ["pods/*", "*/*", "pod*", "**"] {
            let odd = rule(&["create"], &[""], &[entry], &[]);
            assert!(
                !rule_allows(&odd, &Action::new("create", "", "pods")),
                "{entry}"
            );
            assert!(
                !rule_allows(&odd, &Action::new("create", "", "pods/exec")),
                "{entry}"
            );
        }
        let literal = rule(&["create"], &[""], &["pods/*"], &[]);
        assert!(rule_allows(&literal, &Action::new("create", "", "pods/*")));
    }

    #[test]
    fn a_star_before_the_slash_holds_that_subresource_only() {
        let scale = rule(&["update"], &["apps"], &["*/scale"], &[]);
        assert!(rule_allows(
            &scale,
            &Action::new("update", "apps", "deployments/scale")
        ));
        assert!(!rule_allows(
            &scale,
            &Action::new("update", "apps", "deployments")
        ));
        assert!(!rule_allows(
            &scale,
            &Action::new("update", "apps", "deployments/status")
        ));
    }

    #[test]
    fn case_counts() {
        let upper = rule(&["GET"], &[""], &["Pods"], &[]);
        assert!(!rule_allows(&upper, &Action::new("get", "", "pods")));
        assert!(rule_allows(&upper, &Action::new("GET", "", "Pods")));
    }

    #[test]
    fn names_bar_requests_without_a_name() {
        let one = rule(&["get", "list", "create"], &[""], &["secrets"], &["db"]);
        assert!(rule_allows(
            &one,
            &Action::new("get", "", "secrets").named("db")
        ));
        assert!(!rule_allows(
            &one,
            &Action::new("get", "", "secrets").named("other")
        ));
        assert!(!rule_allows(&one, &Action::new("list", "", "secrets")));
        assert!(!rule_allows(&one, &Action::new("create", "", "secrets")));
        let empty = rule(&["list"], &[""], &["secrets"], &[""]);
        assert!(rule_allows(&empty, &Action::new("list", "", "secrets")));
    }

    #[test]
    fn the_core_group_is_not_every_group() {
        let core = rule(&["get"], &[""], &["deployments"], &[]);
        assert!(!rule_allows(
            &core,
            &Action::new("get", "apps", "deployments")
        ));
        let any = rule(&["get"], &["*"], &["deployments"], &[]);
        assert!(rule_allows(
            &any,
            &Action::new("get", "apps", "deployments")
        ));
        assert!(rule_allows(&any, &Action::new("get", "", "deployments")));
    }

    #[test]
    fn urls_match_by_trailing_star() {
        let urls = Rule {
            verbs: vec!["get".into()],
            non_resource_urls: vec!["/metrics*".into(), "/api/**".into()],
            ..Rule::default()
        };
        assert!(rule_allows_url(&urls, "get", "/metrics/cadvisor"));
        assert!(rule_allows_url(&urls, "get", "/api/v1"));
        assert!(!rule_allows_url(&urls, "get", "/api"));
        assert!(!rule_allows_url(&urls, "post", "/metrics"));
    }

    #[test]
    fn routes_name_the_entry_that_admits() {
        let mixed = rule(&["get", "*"], &[""], &["pods", "*/log"], &[]);
        assert_eq!(mixed.verb_route("list").unwrap().to_string(), "verbs[1]");
        assert_eq!(
            mixed.resource_route("pods", "log").unwrap().to_string(),
            "resources[1]"
        );
        assert_eq!(mixed.resource_route("secrets", ""), None);
    }
}
