//! Who may take a role by a token of an identity provider: the trust policy is asked about tokens that a stranger could
//! hold, so that what counts is what IAM would answer, not how the conditions are written.

use sekisho_access::iam::{
    Answer, Context, Document, Effect, Layers, Operator, Presence, Principal, Principals, Request,
    Statement, Tri, Who,
};
use sekisho_model::{Estate, Phrase, Resource, Seen};
use sekisho_terraform::Cause;

use super::policy::{Policy, has_hole};
use crate::Fault;
use crate::links::{Link, Links};

/// Stands for what a stranger chooses.
pub(crate) const STRANGE: &str = "zq9";

/// Whose tokens an identity provider takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// Service accounts of an EKS cluster.
    Eks,
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Somebody else.
    Other,
}

/// One identity provider that a role trusts.
#[derive(Debug)]
pub(crate) struct Trust<'p, 'a> {
    policy: &'p Policy<'a>,
    /// The principal as it stands in the policy.
    pub(crate) provider: String,
    /// Whose tokens those are; `None` when that is not known.
    pub(crate) issuer: Option<Issuer>,
}

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

/// The providers whose tokens a trust policy takes.
pub(crate) fn trusts<'p, 'a>(
    links: &Links<'a>,
    role: &Resource,
    policy: &'p Policy<'a>,
) -> Vec<Trust<'p, 'a>> {
    let mut all: Vec<Trust<'p, 'a>> = Vec::new();
    for statement in allows(&policy.document) {
        if statement.matches_action(ACTION) != Tri::Yes {
            continue;
        }
        let Some(Principals::In(principals)) = &statement.principals else {
            continue;
        };
        for principal in principals {
            let Principal::Federated(provider) = principal else {
                continue;
            };
            if all.iter().any(|trust| trust.provider == *provider) {
                continue;
            }
            all.push(Trust {
                policy,
                provider: provider.clone(),
                issuer: issuer(links, role, policy, statement, provider),
            });
        }
    }
    all
}

fn allows(document: &Document) -> impl Iterator<Item = &Statement> {
    let statements = document.statements.iter();
    statements.filter(|statement| statement.effect == Effect::Allow)
}

fn by_name(text: &str) -> Option<Issuer> {
    if text.contains("oidc.eks.") {
        Some(Issuer::Eks)
    } else if text.contains("token.actions.githubusercontent.com") {
        Some(Issuer::GitHub)
    } else if text.contains("gitlab") {
        Some(Issuer::GitLab)
    } else {
        None
    }
}

fn issuer(
    links: &Links<'_>,
    role: &Resource,
    policy: &Policy<'_>,
    statement: &Statement,
    provider: &str,
) -> Option<Issuer> {
    if let Some(found) = by_name(provider) {
        return Some(found);
    }
    if !has_hole(provider) {
        return Some(Issuer::Other);
    }
    let causes = policy.causes(provider);
    if let Some(found) = causes.iter().find_map(|cause| of_cause(links, role, cause)) {
        return Some(found);
    }
    // What the subjects look like tells as well.
    subjects(statement).find_map(|(_, text)| {
        [
            ("system:serviceaccount:", Issuer::Eks),
            ("repo:", Issuer::GitHub),
            ("project_path:", Issuer::GitLab),
        ]
        .into_iter()
        .find_map(|(start, issuer)| text.starts_with(start).then_some(issuer))
    })
}

fn of_cause(links: &Links<'_>, role: &Resource, cause: &Cause) -> Option<Issuer> {
    let reference = cause.reference()?;
    match reference.target.kind.as_ref() {
        "aws_eks_cluster" => Some(Issuer::Eks),
        "aws_iam_openid_connect_provider" => {
            let Link::To(_, provider) = links.at(role.stack, &reference.target) else {
                return None;
            };
            match provider.text("url") {
                Seen::Set(url, _) => Some(by_name(&url).unwrap_or(Issuer::Other)),
                Seen::Unset => None,
                Seen::Unknown(_) => {
                    let url = provider.values.get("url")?;
                    let causes = url.causes();
                    causes
                        .iter()
                        .filter_map(Cause::reference)
                        .any(|reference| reference.target.kind.as_ref() == "aws_eks_cluster")
                        .then_some(Issuer::Eks)
                }
            }
        }
        _ => None,
    }
}

/// The values of all conditions on a subject, with their operators.
fn subjects(statement: &Statement) -> impl Iterator<Item = (Operator, &str)> {
    statement
        .conditions
        .iter()
        .filter(|condition| claim(&condition.key).is_some_and(|(_, claim)| claim == "sub"))
        .flat_map(|condition| {
            let values = condition.values.iter();
            values.map(|value| (condition.operator, value.as_str()))
        })
}

/// The provider and the claim of a condition key.
fn claim(key: &str) -> Option<(&str, &str)> {
    key.rsplit_once(':')
}

impl Trust<'_, '_> {
    /// The subjects that its conditions name.
    pub(crate) fn named(&self) -> Vec<String> {
        let mut all: Vec<String> = allows(&self.policy.document)
            .flat_map(subjects)
            .map(|(_, text)| text.to_owned())
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// Why it is not known which subjects a pattern takes; a whole text that is compared for equality is one subject at most.
    pub(crate) fn open_pattern(&self) -> Option<Phrase> {
        allows(&self.policy.document)
            .flat_map(subjects)
            .filter(|(operator, _)| !matches!(operator, Operator::String { .. }))
            .find_map(|(_, text)| self.policy.why_open(text))
    }

    /// What IAM answers to a token with this subject, for an audience that the policy names.
    pub(crate) fn takes(&self, subject: &str) -> Tri {
        let mut audiences: Vec<&str> = allows(&self.policy.document)
            .flat_map(|statement| &statement.conditions)
            .filter(|condition| claim(&condition.key).is_some_and(|(_, claim)| claim == "aud"))
            .flat_map(|condition| condition.values.iter().map(String::as_str))
            .collect();
        audiences.push("sts.amazonaws.com");
        Tri::any(
            audiences
                .into_iter()
                .map(|audience| self.asks(subject, audience)),
        )
    }

    /// True when a token for any audience is taken.
    pub(crate) fn takes_any_audience(&self, subject: &str) -> bool {
        self.asks(subject, "zq9-audience") == Tri::Yes
    }

    fn asks(&self, subject: &str, audience: &str) -> Tri {
        // What the role may do afterwards is another question: whoever asks may ask for everything.
        let everything = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        let Ok(identity) = Document::parse(everything) else {
            return Tri::unknown("identity");
        };
        let mut context = Context::open();
        for condition in self
            .policy
            .document
            .statements
            .iter()
            .flat_map(|one| &one.conditions)
        {
            let presence = match claim(&condition.key) {
                Some((provider, name)) if self.is_own(provider) => match name {
                    "sub" => Presence::Values(vec![subject.to_owned()]),
                    "aud" => Presence::Values(vec![audience.to_owned()]),
                    _ => Presence::Unknown,
                },
                // A key of another provider never comes with this one's token.
                Some((provider, _)) if provider.contains('.') => Presence::Absent,
                _ => Presence::Unknown,
            };
            context = context.with_presence(&condition.key, presence);
        }
        let request = Request {
            who: Some(Who::Federated(self.provider.clone())),
            action: ACTION.to_owned(),
            resource: Some("arn:aws:iam::111122223333:role/asked".to_owned()),
            resource_account: None,
            context,
        };
        let layers = Layers {
            identity: vec![&identity],
            resource: Some(&self.policy.document),
            resource_must_allow: true,
            ..Layers::default()
        };
        match layers.decide(&request) {
            Answer::Allowed(_) => Tri::Yes,
            Answer::Unknown(keys) => Tri::Unknown(keys),
            Answer::Denied(_) | Answer::NotAllowed => Tri::No,
        }
    }

    /// Whether a key's prefix is the provider's host and path. With a hole on either side what they are tells.
    fn is_own(&self, prefix: &str) -> bool {
        if has_hole(prefix) {
            return true;
        }
        let host = self.provider.split_once("oidc-provider/");
        match host {
            Some((_, host)) if !has_hole(host) => host.eq_ignore_ascii_case(prefix),
            _ if has_hole(&self.provider) => match self.issuer {
                Some(Issuer::Other) | None => true,
                issuer => by_name(prefix) == issuer,
            },
            _ => self.provider.eq_ignore_ascii_case(prefix),
        }
    }
}

/// A pattern with a stranger's choice for its wildcards.
pub(crate) fn chosen(pattern: &str) -> String {
    pattern.replace('*', STRANGE).replace('?', "z")
}

/// True when a text is a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// A fault of a role's trust policy, where that is written.
pub(crate) fn fault(
    estate: &Estate,
    role: &Resource,
    policy: &Policy<'_>,
    message: Phrase,
) -> Fault {
    match policy.data {
        Some(data) => {
            let address = &role.address;
            let text = sekisho_model::phrase!(en: "trust policy of `{address}`", ja: "`{address}` の信頼ポリシー");
            Fault::of_value(estate, data, None, message).beside(estate, role, text)
        }
        None => Fault::of_value(estate, role, policy.origin.as_ref(), message),
    }
}
