//! Whether a role may push images, and whether it may change what runs in a cluster.

use std::collections::BTreeMap;

use sekisho_access::iam::{
    Answer, Context as Keys, Document, Effect, Layers, Listed, Request, Statement, Tri, Who,
};
use sekisho_aws::managed;
use sekisho_model::{Estate, Phrase, Resource, Seen, phrase};

use super::grants::{Grant, What};
use super::policy::has_hole;
use super::told::everywhere;
use super::trust::chosen;
use crate::Context;
use crate::links::{Link, Links};

/// The call that puts an image, by its tag, into a repository.
pub(crate) const PUSH: &str = "ecr:PutImage";

/// Calls by which a role makes itself administrator of a cluster, or puts workloads into it.
const DEPLOY: [&str; 5] = [
    "eks:CreateAccessEntry",
    "eks:UpdateAccessEntry",
    "eks:AssociateAccessPolicy",
    "eks:CreateAddon",
    "eks:UpdateAddon",
];

/// What gives a role rights in a cluster.
const ENTRIES: [&str; 2] = ["aws_eks_access_entry", "aws_eks_access_policy_association"];

/// One power of a role.
#[derive(Debug)]
pub(crate) enum Power<'a> {
    /// It has it, by these resources.
    By(Vec<&'a Resource>),
    /// It does not have it.
    None,
    /// Not known.
    Open(Phrase),
}

/// Whether the policies of a role let it push images.
pub(crate) fn push<'a>(grants: &[Grant<'a>]) -> Power<'a> {
    by_policies(grants, &[PUSH])
}

/// Whether its policies, or its access entries, let it change what runs.
pub(crate) fn deploy<'a>(
    cx: &Context<'a>,
    entries: &BTreeMap<usize, Vec<Entry<'a>>>,
    index: usize,
    role: &Resource,
) -> Power<'a> {
    let by_policy = by_policies(cx.grants().role(index), &DEPLOY);
    if let Power::By(_) = by_policy {
        return by_policy;
    }
    let mut open = None;
    for entry in entries.get(&index).into_iter().flatten() {
        match &entry.edits {
            Ok(true) => return Power::By(vec![entry.by]),
            Ok(false) => {}
            Err(why) => open = Some(why.clone()),
        }
    }
    let mut told = ENTRIES.iter().map(|kind| everywhere(cx, role.stack, kind));
    let open = open.or_else(|| told.find_map(Result::err));
    open.map_or(by_policy, Power::Open)
}

/// What gives a role access to a cluster, and whether it may change workloads there.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    by: &'a Resource,
    edits: Result<bool, Phrase>,
}

/// The access entries and their policies, by the role's index.
pub(crate) fn entries<'a>(
    estate: &'a Estate,
    links: &Links<'a>,
) -> BTreeMap<usize, Vec<Entry<'a>>> {
    let mut all: BTreeMap<usize, Vec<Entry<'a>>> = BTreeMap::new();
    let role = |resource: &Resource| {
        let link = links.of_attribute(resource, "principal_arn", &["aws_iam_role"]);
        match link {
            Some(Link::To(role, _)) => Some(role),
            Some(Link::Away(_)) | None => None,
        }
    };
    for (_, by) in estate.of_type("aws_eks_access_policy_association") {
        let Some(role) = role(by) else { continue };
        let edits = match by.text("policy_arn") {
            Seen::Set(arn, _) => match managed::access(&arn) {
                Some(policy) => Ok(policy.edits),
                None => Err(phrase!(
                    en: "what the access policy `{arn}` allows in the cluster is not known",
                    ja: "アクセスポリシー `{arn}` のクラスタでの許可の内容が分からない",
                )),
            },
            Seen::Unset => Ok(false),
            Seen::Unknown(why) => Err(why),
        };
        all.entry(role).or_default().push(Entry { by, edits });
    }
    for (_, by) in estate.of_type("aws_eks_access_entry") {
        let Some(role) = role(by) else { continue };
        let edits = match by.texts("kubernetes_groups") {
            Seen::Set(groups, _) if groups.is_empty() => Ok(false),
            Seen::Unset => Ok(false),
            Seen::Set(groups, _) => {
                let groups: Vec<&str> = groups.iter().map(|(group, _)| group.as_str()).collect();
                let groups = groups.join(", ");
                Err(phrase!(
                    en: "the role joins the groups {groups} of the cluster: their bindings tell whether it may deploy",
                    ja: "ロールはクラスタのグループ {groups} に属し、デプロイできるかはその Binding による",
                ))
            }
            Seen::Unknown(why) => Err(why),
        };
        all.entry(role).or_default().push(Entry { by, edits });
    }
    all
}

fn by_policies<'a>(grants: &[Grant<'a>], actions: &[&str]) -> Power<'a> {
    let mut by: Vec<&'a Resource> = Vec::new();
    let mut open = None;
    let documents: Vec<&Document> = grants
        .iter()
        .filter_map(|grant| grant.policy().ok())
        .map(|policy| &policy.document)
        .collect();
    for grant in grants {
        match grant.policy() {
            Ok(policy) => {
                let may = |action: &&str| allows(&policy.document, &documents, action);
                if actions.iter().any(may) {
                    by.push(grant.by);
                }
            }
            Err(why) => open = Some(why),
        }
    }
    match open {
        _ if !by.is_empty() => Power::By(by),
        Some(why) => Power::Open(why),
        None => Power::None,
    }
}

/// Whether a document allows an action on some resource that no document of the role denies. Conditions may hold.
fn allows(document: &Document, all: &[&Document], action: &str) -> bool {
    let layers = Layers {
        identity: all.to_vec(),
        ..Layers::default()
    };
    let mut statements = document.statements.iter().filter(|statement| {
        statement.effect == Effect::Allow && statement.matches_action(action) == Tri::Yes
    });
    statements.any(|statement| {
        resources(statement).into_iter().any(|resource| {
            let request = Request {
                who: Some(Who::Arn("arn:aws:iam::111122223333:role/asked".to_owned())),
                action: action.to_owned(),
                resource: Some(resource),
                resource_account: None,
                context: Keys::open(),
            };
            matches!(
                layers.decide(&request),
                Answer::Allowed(_) | Answer::Unknown(_)
            )
        })
    })
}

/// A resource for each pattern of a statement.
fn resources(statement: &Statement) -> Vec<String> {
    match &statement.resources {
        Some(Listed::In(patterns)) => patterns
            .iter()
            .map(|pattern| match pattern.as_str() {
                "*" => "arn:aws:any:eu-west-1:111122223333:any".to_owned(),
                pattern => chosen(pattern),
            })
            .collect(),
        Some(Listed::NotIn(_)) => vec!["arn:aws:any:eu-west-1:111122223333:any".to_owned()],
        None => Vec::new(),
    }
}

/// True when a document itself names pushing: a role that is made for it.
pub(crate) fn names_push(grants: &[Grant<'_>]) -> bool {
    grants.iter().any(|grant| match &grant.what {
        What::Managed(name, _) => name.starts_with("AmazonEC2ContainerRegistry"),
        What::Written(policy) => policy.document.statements.iter().any(|statement| {
            let Listed::In(patterns) = &statement.actions else {
                return false;
            };
            statement.effect == Effect::Allow
                && patterns.iter().any(|pattern| {
                    !has_hole(pattern) && pattern.to_ascii_lowercase().starts_with("ecr:put")
                })
        }),
        What::Open(_) => false,
    })
}
