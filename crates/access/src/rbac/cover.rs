use super::rule::{Rule, url_prefix};

/// Whether the owner's rules hold every right of the wanted rules: the server's escalation check (`Covers` in
/// `k8s.io/component-helpers/auth/rbac/validation`).
///
/// Every right is taken apart into one verb, group, resource and name, and one single owner rule must hold it. So `list`
/// on `*` does not follow from a list of all resources that exist, exactly as the server sees it.
pub fn covers(owner: &[&Rule], wanted: &[&Rule]) -> bool {
    wanted.iter().all(|rule| covers_rule(owner, rule))
}

fn covers_rule(owner: &[&Rule], wanted: &Rule) -> bool {
    let resources = wanted.api_groups.iter().all(|group| {
        wanted.resources.iter().all(|resource| {
            wanted.verbs.iter().all(|verb| {
                let held = |name: Option<&str>| {
                    owner.iter().any(|own| {
                        holds(&own.verbs, verb)
                            && holds(&own.api_groups, group)
                            && holds_resource(own, resource)
                            && holds_name(own, name)
                    })
                };
                match wanted.resource_names.as_slice() {
                    [] => held(None),
                    names => names.iter().all(|name| held(Some(name))),
                }
            })
        })
    });
    let urls = wanted.non_resource_urls.iter().all(|url| {
        wanted.verbs.iter().all(|verb| {
            owner
                .iter()
                // The right has no resource name, so an owner rule limited to names does not hold it.
                .any(|own| holds(&own.verbs, verb) && holds_url(own, url) && holds_name(own, None))
        })
    });
    resources && urls
}

fn holds(own: &[String], wanted: &str) -> bool {
    own.iter().any(|entry| entry == "*" || entry == wanted)
}

fn holds_resource(own: &Rule, wanted: &str) -> bool {
    holds(&own.resources, wanted)
        || wanted.split_once('/').is_some_and(|(_, subresource)| {
            own.resources
                .iter()
                .any(|entry| entry.strip_prefix("*/") == Some(subresource))
        })
}

fn holds_name(own: &Rule, wanted: Option<&str>) -> bool {
    own.resource_names.is_empty()
        || wanted.is_some_and(|name| own.resource_names.iter().any(|entry| entry == name))
}

fn holds_url(own: &Rule, wanted: &str) -> bool {
    own.non_resource_urls.iter().any(|entry| {
        entry == wanted || url_prefix(entry).is_some_and(|prefix| wanted.starts_with(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::Rule;

    fn rule(verbs: &str, groups: &str, resources: &str, names: &str) -> Rule {
        let own = |list: &str| match list {
            "-" => Vec::new(),
            list => list.split(',').map(str::to_owned).collect(),
        };
        Rule {
            verbs: own(verbs),
            api_groups: own(groups),
            resources: own(resources),
            resource_names: own(names),
            non_resource_urls: Vec::new(),
        }
    }

    fn covers(owner: &[Rule], wanted: &[Rule]) -> bool {
        super::covers(
            &owner.iter().collect::<Vec<_>>(),
            &wanted.iter().collect::<Vec<_>>(),
        )
    }

    #[test]
    fn several_owner_rules_together_hold_one_wanted_rule() {
        let owner = [
            rule("get", "", "pods", "-"),
            rule("list", "", "pods,secrets", "-"),
        ];
        assert!(covers(&owner, &[rule("get,list", "", "pods", "-")]));
        assert!(!covers(
            &owner,
            &[rule("get,list", "", "pods,secrets", "-")]
        ));
    }

    #[test]
    fn a_star_is_held_only_by_a_star() {
        let owner = [rule("get,list,watch,create", "", "pods", "-")];
        assert!(!covers(&owner, &[rule("*", "", "pods", "-")]));
        assert!(covers(
            &[rule("*", "*", "*", "-")],
            &[rule("*", "apps", "*", "x")]
        ));
    }

    #[test]
    fn names_are_held_by_names_or_by_all() {
        let one = [rule("get", "", "secrets", "a,b")];
        assert!(covers(&one, &[rule("get", "", "secrets", "a")]));
        assert!(!covers(&one, &[rule("get", "", "secrets", "a,c")]));
        assert!(!covers(&one, &[rule("get", "", "secrets", "-")]));
    }

    #[test]
    fn subresource_stars_hold_subresources() {
        let owner = [rule("update", "apps", "*/scale", "-")];
        assert!(covers(
            &owner,
            &[rule("update", "apps", "deployments/scale", "-")]
        ));
        assert!(!covers(
            &owner,
            &[rule("update", "apps", "deployments", "-")]
        ));
    }

    #[test]
    fn rules_that_grant_nothing_are_held_by_nobody_s_rules() {
        let nothing: [Rule; 0] = [];
        assert!(covers(&nothing, &[rule("get", "-", "pods", "-")]));
        assert!(!covers(&nothing, &[rule("get", "", "pods", "-")]));
    }

    #[test]
    fn paths_are_held_by_prefix_and_never_by_rules_with_names() {
        let paths = |url: &str, names: &[&str]| Rule {
            verbs: vec!["get".into()],
            non_resource_urls: vec![url.into()],
            resource_names: names.iter().map(ToString::to_string).collect(),
            ..Rule::default()
        };
        assert!(covers(&[paths("/api/*", &[])], &[paths("/api/v1", &[])]));
        assert!(!covers(&[paths("/api/v1", &[])], &[paths("/api/*", &[])]));
        assert!(!covers(
            &[paths("/api/*", &["x"])],
            &[paths("/api/v1", &[])]
        ));
    }
}
