//! What a role may do: its policies and its boundary together, as IAM would evaluate them.

use std::collections::BTreeSet;

use sekisho_access::iam::{
    Answer, Context as Keys, Document, Effect, Layers, Listed, Presence, Request, Source, Tri, Who,
};
use sekisho_model::{Phrase, Resource, phrase};

use super::asking::is;
use super::grants::{Grant, by_arn};
use super::policy::shown;
use super::told::account_of;
use super::trust::{STRANGE, chosen};
use crate::Context;

/// A role with all that decides what it may do.
#[derive(Debug)]
pub(crate) struct Holding<'g, 'a> {
    grants: &'g [Grant<'a>],
    boundary: Option<Grant<'a>>,
    /// Its account, or one that stands for it.
    pub(crate) account: String,
    /// Its name, where that is known.
    name: Option<String>,
    /// The namespace that EKS Pod Identity puts on its sessions; `None` where none is.
    pub(crate) namespace: Option<String>,
}

/// Whether a role may do something.
#[derive(Debug)]
pub(crate) enum May<'a> {
    /// It may, by the policy that this resource puts on it.
    Yes(&'a Resource),
    /// It may not.
    No,
    /// It hangs on these keys of the request.
    Conditional(String),
    /// It is not known what it holds.
    Open(Phrase),
}

impl<'g, 'a> Holding<'g, 'a> {
    pub(crate) fn of(cx: &'g Context<'a>, index: usize, role: &'a Resource) -> Self {
        let boundary = role.raw("permissions_boundary");
        let boundary = boundary.filter(|value| !value.is_null());
        let name = role.raw("name");
        Self {
            grants: cx.grants().role(index),
            boundary: boundary.map(|arn| by_arn(cx.links(), role, &arn)),
            account: account_of(cx, role).unwrap_or_else(|| "111122223333".to_owned()),
            name: name.and_then(|name| name.as_str().map(str::to_owned)),
            namespace: None,
        }
    }

    /// True when nothing of what it holds stands here.
    pub(crate) fn is_empty(&self) -> bool {
        self.grants.is_empty()
    }

    /// Why it may hold more than is known here.
    pub(crate) fn open(&self) -> Option<Phrase> {
        self.grants.iter().find_map(|grant| grant.policy().err())
    }

    /// Its own ARN, as far as its name is known.
    pub(crate) fn arn(&self) -> String {
        let name = self.name.as_deref().unwrap_or("asked");
        format!("arn:aws:iam::{}:role/{name}", self.account)
    }

    fn documents(&self) -> impl Iterator<Item = (&'g Grant<'a>, &'g Document)> {
        let known = |grant: &'g Grant<'a>| Some((grant, &grant.policy().ok()?.document));
        self.grants.iter().filter_map(known)
    }

    /// Whether it may do something to one resource.
    pub(crate) fn may(&self, action: &str, resource: &str) -> May<'a> {
        let documents: Vec<(&Grant<'a>, &Document)> = self.documents().collect();
        let boundary = match &self.boundary {
            Some(grant) => match grant.policy() {
                Ok(policy) => Some(&policy.document),
                Err(why) => return self.under_unknown(action, resource, why),
            },
            None => None,
        };
        match self.decide(&documents, boundary, action, resource) {
            Answer::Allowed(because) => {
                let mut sources = because.iter().filter_map(|one| match one.source {
                    Source::Identity(position) => documents.get(position),
                    _ => None,
                });
                sources
                    .next()
                    .map_or(May::No, |(grant, _)| May::Yes(grant.by))
            }
            Answer::Denied(_) => May::No,
            Answer::NotAllowed => self.open().map_or(May::No, May::Open),
            Answer::Unknown(keys) => {
                let keys: Vec<String> =
                    keys.iter().map(|key| format!("`{}`", shown(key))).collect();
                May::Conditional(keys.join(", "))
            }
        }
    }

    /// A boundary that is not known may take away whatever the policies give.
    fn under_unknown(&self, action: &str, resource: &str, why: Phrase) -> May<'a> {
        let documents: Vec<(&Grant<'a>, &Document)> = self.documents().collect();
        match self.decide(&documents, None, action, resource) {
            Answer::Denied(_) | Answer::NotAllowed => May::No,
            Answer::Allowed(_) | Answer::Unknown(_) => May::Open(why),
        }
    }

    fn decide<'d>(
        &self,
        documents: &[(&Grant<'a>, &'d Document)],
        boundary: Option<&'d Document>,
        action: &str,
        resource: &str,
    ) -> Answer<'d> {
        let all = documents.iter().map(|(_, document)| *document);
        let mut keys = Keys::open();
        for condition in all
            .clone()
            .chain(boundary)
            .flat_map(|document| &document.statements)
            .flat_map(|statement| &statement.conditions)
        {
            let key = condition.key.to_ascii_lowercase();
            if let Some(presence) = self.known(&key, &condition.values, resource) {
                keys = keys.with_presence(&condition.key, presence);
            }
        }
        let request = Request {
            who: Some(Who::Arn(self.arn())),
            action: action.to_owned(),
            resource: Some(resource.to_owned()),
            resource_account: None,
            context: keys,
        };
        let layers = Layers {
            identity: all.collect(),
            boundary,
            ..Layers::default()
        };
        layers.decide(&request)
    }

    /// What a pod chooses itself is as the policy wants it; what only the thing that is asked for carries is not there.
    fn known(&self, key: &str, values: &[String], resource: &str) -> Option<Presence> {
        let wanted = || {
            let first = values.first().map(|value| chosen(value));
            is(&first.unwrap_or_else(|| STRANGE.to_owned()))
        };
        let is_tag_of_thing = [
            "aws:resourcetag/",
            "secretsmanager:resourcetag/",
            "ssm:resourcetag/",
        ]
        .iter()
        .any(|start| key.starts_with(start));
        match key {
            "aws:requestedregion" | "secretsmanager:versionstage" => wanted(),
            "aws:securetransport" => is("true"),
            "aws:principalaccount" | "aws:resourceaccount" | "aws:sourceaccount" => {
                is(&self.account)
            }
            "secretsmanager:secretid" => is(resource),
            "aws:principaltag/kubernetes-namespace" => Some(match &self.namespace {
                Some(namespace) => Presence::Values(vec![namespace.clone()]),
                None => Presence::Absent,
            }),
            _ if is_tag_of_thing => Some(Presence::Absent),
            _ => None,
        }
    }

    /// ARNs of a thing that nobody named, one for each region and account that a statement which allows `action` speaks of.
    /// `rest` is what follows the account: `secret:zq9`.
    pub(crate) fn strangers(&self, action: &str, rest: &str) -> BTreeSet<String> {
        self.spoken_of(action)
            .into_iter()
            .map(|[partition, service, region, account]| {
                format!("arn:{partition}:{service}:{region}:{account}:{rest}")
            })
            .collect()
    }

    /// Partition, service, region and account of every pattern by which an action is allowed.
    fn spoken_of(&self, action: &str) -> BTreeSet<[String; 4]> {
        let service = action.split(':').next().unwrap_or_default();
        let is_global = matches!(service, "iam" | "sts");
        // Roles are resources of IAM, whoever takes them.
        let service = if is_global { "iam" } else { service };
        let region = if is_global { "" } else { "eu-west-1" };
        let whole = [
            "aws".to_owned(),
            service.to_owned(),
            region.to_owned(),
            self.account.clone(),
        ];
        let mut found = BTreeSet::new();
        for (_, document) in self.documents() {
            for statement in &document.statements {
                if statement.effect != Effect::Allow || statement.matches_action(action) != Tri::Yes
                {
                    continue;
                }
                let Some(Listed::In(patterns)) = &statement.resources else {
                    found.insert(whole.clone());
                    continue;
                };
                for pattern in patterns {
                    let mut parts: Vec<&str> = pattern.splitn(6, ':').collect();
                    parts.resize(6, "*");
                    let mut own = whole.clone();
                    // Parts that are no pattern stay: another region's secrets are not those of this one.
                    for (own, part) in own.iter_mut().zip(parts.iter().skip(1)) {
                        if !part.contains(['*', '?']) {
                            (*part).clone_into(own);
                        }
                    }
                    found.insert(own);
                }
            }
        }
        found
    }

    /// The patterns of resources by which an action is allowed, each with the policy that has it.
    pub(crate) fn patterns(&self, action: &str) -> Vec<(&'g Grant<'a>, &'g str)> {
        let mut found = Vec::new();
        for (grant, document) in self.documents() {
            for statement in &document.statements {
                if statement.effect == Effect::Allow
                    && statement.matches_action(action) == Tri::Yes
                    && let Some(Listed::In(patterns)) = &statement.resources
                {
                    found.extend(patterns.iter().map(|pattern| (grant, pattern.as_str())));
                }
            }
        }
        found
    }
}

impl May<'_> {
    /// Why it is not decided, if that is so.
    pub(crate) fn open(&self) -> Option<Phrase> {
        match self {
            Self::Yes(_) | Self::No => None,
            Self::Conditional(keys) => Some(phrase!(
                en: "it depends on {keys}",
                ja: "{keys} による",
            )),
            Self::Open(why) => Some(why.clone()),
        }
    }
}
