use sekisho_text::Route;
use serde_json::Value;

use super::condition::Condition;
use super::context::Context;
use super::glob::{arn_matches, text_matches};
use super::principal::Principals;
use super::reader::texts;
use super::refusal::DocumentError;
use super::request::Request;
use super::tri::Tri;
use super::variable::{Filled, fill};
use super::version::Version;

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allow.
    Allow,
    /// Deny.
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// One of these patterns.
    In(Vec<String>),
    /// None of these patterns.
    NotIn(Vec<String>),
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its place in the document.
    pub route: Route,
    /// Its name, when it has one.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Whom it speaks of; absent in identity policies.
    pub principals: Option<Principals>,
    /// Of which actions.
    pub actions: Listed,
    /// Of which resources; absent in trust policies.
    pub resources: Option<Listed>,
    /// Under which conditions: all of them.
    pub conditions: Vec<Condition>,
}

impl Statement {
    pub(super) fn read(value: &Value, route: &Route) -> Result<Self, DocumentError> {
        let Some(fields) = value.as_object() else {
            return Err(DocumentError::new(route, "a statement is a map"));
        };
        for key in fields.keys() {
            let known = [
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ];
            if !known.contains(&key.as_str()) {
                return Err(DocumentError::new(
                    &route.key(key.clone()),
                    "no such element",
                ));
            }
        }
        let effect = match fields.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => {
                return Err(DocumentError::new(
                    &route.key("Effect"),
                    "Allow or Deny is expected",
                ));
            }
        };
        let listed =
            |yes: &'static str, no: &'static str| -> Result<Option<Listed>, DocumentError> {
                match (fields.get(yes), fields.get(no)) {
                    (Some(_), Some(_)) => Err(DocumentError::new(
                        &route.key(no),
                        format!("`{yes}` and `{no}` exclude each other"),
                    )),
                    (Some(value), None) => Ok(Some(Listed::In(texts(value, &route.key(yes))?))),
                    (None, Some(value)) => Ok(Some(Listed::NotIn(texts(value, &route.key(no))?))),
                    (None, None) => Ok(None),
                }
            };
        let principals = match (fields.get("Principal"), fields.get("NotPrincipal")) {
            (Some(value), None) => Some(Principals::read(value, &route.key("Principal"), false)?),
            (None, Some(value)) => Some(Principals::read(value, &route.key("NotPrincipal"), true)?),
            (None, None) => None,
            (Some(_), Some(_)) => {
                return Err(DocumentError::new(
                    &route.key("NotPrincipal"),
                    "`Principal` and `NotPrincipal` exclude each other",
                ));
            }
        };
        let Some(actions) = listed("Action", "NotAction")? else {
            return Err(DocumentError::new(
                &route.key("Action"),
                "a statement names actions",
            ));
        };
        Ok(Self {
            route: route.clone(),
            sid: fields.get("Sid").and_then(Value::as_str).map(str::to_owned),
            effect,
            principals,
            actions,
            resources: listed("Resource", "NotResource")?,
            conditions: match fields.get("Condition") {
                Some(value) => Condition::read_all(value, &route.key("Condition"))?,
                None => Vec::new(),
            },
        })
    }

    /// Whether the statement speaks of a request. Actions are compared without case, resources with it.
    pub fn applies(&self, version: Version, request: &Request) -> Tri {
        let who = match (&self.principals, &request.who) {
            (Some(principals), Some(who)) => Tri::from(principals.matches(who)),
            (Some(_), None) => Tri::unknown("who asks"),
            (None, _) => Tri::Yes,
        };
        who.and(|| self.matches_action(&request.action))
            .and(|| self.matches_resource(version, request))
            .and(|| {
                let one = |condition: &Condition| condition.holds(version, &request.context);
                Tri::all(self.conditions.iter().map(one))
            })
    }

    /// Whether it speaks of an action at all, `service:Name`.
    pub fn matches_action(&self, action: &str) -> Tri {
        let action = action.to_ascii_lowercase();
        let hit = |pattern: &String| text_matches(&pattern.to_ascii_lowercase(), &action);
        match &self.actions {
            Listed::In(patterns) => Tri::from(patterns.iter().any(hit)),
            Listed::NotIn(patterns) => Tri::from(!patterns.iter().any(hit)),
        }
    }

    fn matches_resource(&self, version: Version, request: &Request) -> Tri {
        let (Some(resources), Some(resource)) = (&self.resources, &request.resource) else {
            return if self.resources.is_none() {
                Tri::Yes
            } else {
                // Without a resource the question is whether there is one: every statement names at least one.
                Tri::unknown("which resource")
            };
        };
        let hit = |pattern: &String| one_resource(pattern, version, &request.context, resource);
        match resources {
            Listed::In(patterns) => Tri::any(patterns.iter().map(hit)),
            Listed::NotIn(patterns) => Tri::any(patterns.iter().map(hit)).not(),
        }
    }
}

fn one_resource(pattern: &str, version: Version, context: &Context, resource: &str) -> Tri {
    if version == Version::V2008 {
        return Tri::from(arn_matches(pattern, resource));
    }
    match fill(pattern, context) {
        Filled::Text(pattern) => Tri::from(arn_matches(&pattern, resource)),
        Filled::Void => Tri::No,
        Filled::Unknown(key) => Tri::unknown(key),
    }
}
