//! Listeners of load balancers with their rules, and who reaches them.

use std::collections::BTreeMap;

use sekisho_model::{Phrase, Resource, Seen, phrase};

use super::load_balancers::{Reach, kind, reach};
use crate::Context;
use crate::links::{Joined, Link};

pub(crate) static LISTENERS: &[&str] = &["aws_lb_listener", "aws_alb_listener"];
pub(crate) static RULES: &[&str] = &["aws_lb_listener_rule", "aws_alb_listener_rule"];

/// Actions that ask who is there, with the block that says how.
pub(crate) const LOGINS: [(&str, &str); 3] = [
    ("authenticate-oidc", "authenticate_oidc"),
    ("authenticate-cognito", "authenticate_cognito"),
    ("jwt-validation", "jwt_validation"),
];

/// A listener that the internet reaches, or of which that is not known.
pub(crate) struct Listener<'a> {
    pub(crate) index: usize,
    pub(crate) resource: &'a Resource,
    /// Why it is not known whether the internet reaches it.
    pub(crate) doubt: Option<Phrase>,
    pub(crate) protocol: Seen<String>,
    pub(crate) rules: Vec<(usize, &'a Resource)>,
}

/// All of them, but those of internal load balancers.
pub(crate) fn public<'a>(cx: &Context<'a>) -> Vec<Listener<'a>> {
    let links = cx.links();
    let rules = Joined::of(cx.estate, links, RULES, "listener_arn");
    let all = LISTENERS.iter().flat_map(|kind| cx.estate.of_type(kind));
    all.filter_map(|(index, resource)| {
        let (doubt, default) = match links.target(resource, "load_balancer_arn") {
            Some(Link::To(_, balancer)) => {
                let doubt = match reach(balancer) {
                    Reach::Internal => return None,
                    Reach::Public => None,
                    Reach::Unknown(why) => Some(why),
                };
                // An Application Load Balancer listens in HTTP when nothing is said (provider `aws`, `protocol`).
                let application = match kind(balancer) {
                    Seen::Set(kind, _) if kind == "application" => Seen::Set("HTTP".into(), None),
                    Seen::Set(..) | Seen::Unset => Seen::Unset,
                    Seen::Unknown(why) => Seen::Unknown(why),
                };
                (doubt, application)
            }
            Some(Link::Away(why)) => (Some(why), Seen::Unset),
            None => return None,
        };
        let protocol = match resource.text("protocol") {
            Seen::Unset => default,
            seen => seen,
        };
        Some(Listener {
            index,
            resource,
            doubt,
            protocol,
            rules: rules.to(index).to_vec(),
        })
    })
    .collect()
}

/// What a listener or a rule does in the end, and whether it asks who is there before.
pub(crate) struct Actions {
    pub(crate) by_type: BTreeMap<String, Resource>,
    pub(crate) unknown: Option<Phrase>,
}

/// Reads the `default_action` blocks of a listener, or the `action` blocks of a rule.
pub(crate) fn actions(of: &Resource) -> Actions {
    let is_rule = RULES.contains(&of.kind.as_str());
    let name = if is_rule { "action" } else { "default_action" };
    let (blocks, mut unknown) = of.blocks(name);
    let mut by_type = BTreeMap::new();
    for block in blocks {
        match block.text("type") {
            Seen::Set(kind, _) => {
                by_type.insert(kind, block);
            }
            Seen::Unknown(why) => unknown = Some(why),
            Seen::Unset => {
                unknown =
                    Some(phrase!(en: "an action has no type", ja: "type のないアクションがある"));
            }
        }
    }
    Actions { by_type, unknown }
}
