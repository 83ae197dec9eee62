use std::collections::BTreeSet;

use super::document::Document;
use super::principal::Who;
use super::request::Request;
use super::statement::{Effect, Statement};
use super::tri::Tri;

/// Which policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Identity policies, by position.
    Identity(usize),
    /// The policy on the resource, or a role's trust policy.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// The session policies, by position.
    Session(usize),
    /// Service control policies: level, then position.
    ServiceControl(usize, usize),
    /// Resource control policies: level, then position.
    ResourceControl(usize, usize),
}

/// The policies that meet in one call.
#[derive(Debug, Clone, Default)]
pub struct Layers<'a> {
    /// On the identity: attached, inline, of its groups.
    pub identity: Vec<&'a Document>,
    /// On the resource.
    pub resource: Option<&'a Document>,
    /// True where the resource's own policy must allow even within the account: role trust, KMS keys.
    pub resource_must_allow: bool,
    /// The permissions boundary, when there is one.
    pub boundary: Option<&'a Document>,
    /// Session policies, when the session has some.
    pub session: Vec<&'a Document>,
    /// Service control policies from the root down; every level must allow.
    pub service_control: Vec<Vec<&'a Document>>,
    /// Resource control policies, likewise.
    pub resource_control: Vec<Vec<&'a Document>>,
}

/// The statement that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Because<'a> {
    /// In which policy.
    pub source: Source,
    /// The statement.
    pub statement: &'a Statement,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Allowed, by these statements: one of each layer that had to allow.
    Allowed(Vec<Because<'a>>),
    /// An explicit deny.
    Denied(Because<'a>),
    /// Nothing allows it.
    NotAllowed,
    /// It depends on these keys.
    Unknown(BTreeSet<String>),
}

/// What must allow on its own: the policies of one layer count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    ResourceControl(usize),
    ServiceControl(usize),
    Resource,
    Identity,
    Boundary,
    Session,
}

impl Source {
    fn layer(self) -> Layer {
        match self {
            Self::Identity(_) => Layer::Identity,
            Self::Resource => Layer::Resource,
            Self::Boundary => Layer::Boundary,
            Self::Session(_) => Layer::Session,
            Self::ServiceControl(level, _) => Layer::ServiceControl(level),
            Self::ResourceControl(level, _) => Layer::ResourceControl(level),
        }
    }
}

/// What one layer says.
struct Said<'a> {
    allow: Tri,
    by: Option<Because<'a>>,
}

impl<'a> Layers<'a> {
    /// Decides by the policy evaluation logic: an explicit deny anywhere wins; resource and service control policies must
    /// allow at every level; within an account identity or resource policy must allow, across accounts both; boundary and
    /// session policies must allow unless the resource policy names the user or session itself.
    pub fn decide(&self, request: &Request) -> Answer<'a> {
        let mut denied = Tri::No;
        for (source, document) in self.all() {
            for statement in of_effect(document, Effect::Deny) {
                let applies = statement.applies(document.version, request);
                if applies == Tri::Yes {
                    return Answer::Denied(Because { source, statement });
                }
                denied = denied.or(|| applies);
            }
        }
        let mut because = Vec::new();
        let allowed = self.allowed(request, &mut because);
        match (denied, allowed) {
            (_, Tri::No) => Answer::NotAllowed,
            (Tri::Unknown(mut keys), other) => {
                if let Tri::Unknown(more) = other {
                    keys.extend(more);
                }
                Answer::Unknown(keys)
            }
            (_, Tri::Unknown(keys)) => Answer::Unknown(keys),
            (_, Tri::Yes) => Answer::Allowed(because),
        }
    }

    fn all(&self) -> Vec<(Source, &'a Document)> {
        let mut all: Vec<(Source, &'a Document)> = Vec::new();
        let level = |levels: &[Vec<&'a Document>], make: fn(usize, usize) -> Source| {
            let mut found = Vec::new();
            for (level, documents) in levels.iter().enumerate() {
                for (position, document) in documents.iter().enumerate() {
                    found.push((make(level, position), *document));
                }
            }
            found
        };
        all.extend(level(&self.resource_control, Source::ResourceControl));
        all.extend(level(&self.service_control, Source::ServiceControl));
        all.extend(self.resource.map(|document| (Source::Resource, document)));
        let numbered = |documents: &[&'a Document], make: fn(usize) -> Source| {
            let with = |(position, document): (usize, &&'a Document)| (make(position), *document);
            documents.iter().enumerate().map(with).collect::<Vec<_>>()
        };
        all.extend(numbered(&self.identity, Source::Identity));
        all.extend(self.boundary.map(|document| (Source::Boundary, document)));
        all.extend(numbered(&self.session, Source::Session));
        all
    }

    fn allowed(&self, request: &Request, because: &mut Vec<Because<'a>>) -> Tri {
        let all = self.all();
        let says = |layer: Layer| {
            let documents: Vec<_> = all
                .iter()
                .filter(|(source, _)| source.layer() == layer)
                .copied()
                .collect();
            said(&documents, request)
        };
        let mut keep = |said: Said<'a>| {
            because.extend(said.by);
            said.allow
        };
        let mut sum = Tri::Yes;
        for level in 0..self.resource_control.len() {
            let said = says(Layer::ResourceControl(level));
            sum = sum.and(|| keep(said));
        }
        for level in 0..self.service_control.len() {
            let said = says(Layer::ServiceControl(level));
            sum = sum.and(|| keep(said));
        }
        let resource = says(Layer::Resource);
        let identity = says(Layer::Identity);
        let own = request.who.as_ref().and_then(Who::account);
        let is_foreign =
            matches!((&request.resource_account, own), (Some(there), Some(here)) if there != here);
        let direct = resource.by.is_some_and(|because| {
            let principals = because.statement.principals.as_ref();
            request
                .who
                .as_ref()
                .is_some_and(|who| principals.is_some_and(|own| own.names(who)))
        });
        if direct && !is_foreign && resource.allow == Tri::Yes {
            let names_role_only = matches!(&request.who, Some(Who::Session { session, .. })
                if !names_session(resource.by, session));
            sum = sum.and(|| keep(resource));
            return if names_role_only {
                self.bounded(sum, &says, &mut keep)
            } else {
                sum
            };
        }
        // A provider's user, a service and nobody have no policies of their own: the resource alone decides.
        let has_policies = matches!(&request.who, None | Some(Who::Arn(_) | Who::Session { .. }));
        if !has_policies && self.resource.is_some() {
            return sum.and(|| keep(resource));
        }
        sum = if is_foreign || self.resource_must_allow {
            let both = sum.and(|| keep(resource));
            both.and(|| keep(identity))
        } else {
            sum.and(|| keep(identity).or(|| keep(resource)))
        };
        self.bounded(sum, &says, &mut keep)
    }

    fn bounded(
        &self,
        mut sum: Tri,
        says: &dyn Fn(Layer) -> Said<'a>,
        keep: &mut dyn FnMut(Said<'a>) -> Tri,
    ) -> Tri {
        if self.boundary.is_some() {
            sum = sum.and(|| keep(says(Layer::Boundary)));
        }
        if !self.session.is_empty() {
            sum = sum.and(|| keep(says(Layer::Session)));
        }
        sum
    }
}

fn names_session(by: Option<Because<'_>>, session: &str) -> bool {
    let principals = by.and_then(|because| because.statement.principals.as_ref());
    principals.is_some_and(|principals| principals.names(&Who::Arn(session.to_owned())))
}

fn of_effect(document: &Document, effect: Effect) -> impl Iterator<Item = &Statement> {
    document
        .statements
        .iter()
        .filter(move |statement| statement.effect == effect)
}

fn said<'a>(documents: &[(Source, &'a Document)], request: &Request) -> Said<'a> {
    let mut allow = Tri::No;
    for (source, document) in documents {
        for statement in of_effect(document, Effect::Allow) {
            let applies = statement.applies(document.version, request);
            if applies == Tri::Yes {
                let because = Because {
                    source: *source,
                    statement,
                };
                return Said {
                    allow: Tri::Yes,
                    by: Some(because),
                };
            }
            allow = allow.or(|| applies);
        }
    }
    Said { allow, by: None }
}
