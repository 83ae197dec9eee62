//! What is attached to each role: managed policies by name, written policies, and what is not known.

use std::collections::BTreeMap;

use sekisho_aws::managed;
use sekisho_model::{Phrase, Resource, Seen, SourceKind, phrase, reason_unknown};
use sekisho_terraform::{Origin, Value};

use super::policy::{Policy, text};
use crate::Context;
use crate::links::{Link, Links};

/// One policy on a role.
#[derive(Debug)]
pub(crate) struct Grant<'a> {
    /// The resource that puts it there.
    pub(crate) by: &'a Resource,
    /// Where it is named.
    pub(crate) origin: Option<Origin>,
    /// What it is.
    pub(crate) what: What<'a>,
}

/// What a policy is.
#[derive(Debug)]
pub(crate) enum What<'a> {
    /// A policy of AWS: its name, and its content where that is known.
    Managed(String, Option<Box<Policy<'a>>>),
    /// A policy that is written here.
    Written(Box<Policy<'a>>),
    /// Not known.
    Open(Phrase),
}

impl<'a> Grant<'a> {
    /// What it allows and denies, or why that is not known.
    pub(crate) fn policy(&self) -> Result<&Policy<'a>, Phrase> {
        match &self.what {
            What::Written(policy) | What::Managed(_, Some(policy)) => Ok(policy),
            What::Managed(name, None) => Err(phrase!(
                en: "what `{name}` allows is not known here; an AWS snapshot tells it",
                ja: "`{name}` の許可の内容はここでは分からない。AWS スナップショットがあれば分かる",
            )),
            What::Open(why) => Err(why.clone()),
        }
    }
}

/// The policies of every role, by the role's index.
#[derive(Debug, Default)]
pub(crate) struct Grants<'a> {
    of: BTreeMap<usize, Vec<Grant<'a>>>,
}

const ROLE: [&str; 1] = ["aws_iam_role"];
/// What an account is asked for to know what a role holds.
const ATTACHED: [&str; 2] = ["aws_iam_role_policy", "aws_iam_role_policy_attachment"];

impl<'a> Grants<'a> {
    pub(crate) fn of(cx: &Context<'a>) -> Self {
        let (estate, links) = (cx.estate, cx.links());
        let mut grants = Self::default();
        for (_, by) in estate.of_type("aws_iam_role_policy_attachment") {
            grants.attach(links, by, "role");
        }
        for (_, by) in estate.of_type("aws_iam_policy_attachment") {
            grants.attach(links, by, "roles");
        }
        for (_, by) in estate.of_type("aws_iam_role_policy") {
            let Some(policy) = by.values.get("policy") else {
                continue;
            };
            if let Some(Link::To(role, _)) = links.of_attribute(by, "role", &ROLE) {
                let grant = written(links, by, by, &policy);
                grants.of.entry(role).or_default().push(grant);
            }
        }
        for (index, role) in estate.of_type("aws_iam_role") {
            let own = grants.of.entry(index).or_default();
            if let Some(list) = role.values.get("managed_policy_arns") {
                own.extend(listed(links, role, &list));
            }
            match role.nested("inline_policy") {
                Seen::Set(blocks, _) => {
                    for block in blocks {
                        if let Some(policy) = block.values.get("policy") {
                            own.push(written(links, role, role, &policy));
                        }
                    }
                }
                Seen::Unset => {}
                Seen::Unknown(why) => own.push(open(role, why)),
            }
            let stack = estate.stacks().get(role.stack);
            if stack.is_some_and(|stack| stack.source == SourceKind::Aws)
                && let Some(Err(why)) = ATTACHED
                    .iter()
                    .map(|kind| cx.all_here(role.stack, kind))
                    .find(Result::is_err)
            {
                own.push(open(role, why));
            }
        }
        grants
    }

    /// The policies of one role.
    pub(crate) fn role(&self, index: usize) -> &[Grant<'a>] {
        self.of.get(&index).map_or(&[], Vec::as_slice)
    }

    fn attach(&mut self, links: &Links<'a>, by: &'a Resource, name: &str) {
        let (Some(roles), Some(arn)) = (by.values.get(name), by.values.get("policy_arn")) else {
            return;
        };
        for link in links.follow_all(by.stack, &roles, &ROLE) {
            if let Link::To(role, _) = link {
                let grant = by_arn(links, by, &arn);
                self.of.entry(role).or_default().push(grant);
            }
        }
    }
}

fn open(by: &Resource, why: Phrase) -> Grant<'_> {
    Grant {
        by,
        origin: None,
        what: What::Open(why),
    }
}

fn listed<'a>(links: &Links<'a>, by: &'a Resource, list: &Value) -> Vec<Grant<'a>> {
    if let Some(why) = reason_unknown(list) {
        return vec![Grant {
            by,
            origin: list.origin().cloned(),
            what: What::Open(why),
        }];
    }
    let items = list.items().unwrap_or_default().iter();
    items
        .map(|item| by_arn(links, by, &list.inside(item)))
        .collect()
}

/// A policy by its ARN: one of AWS, one that is made here, or one that is only looked up.
pub(super) fn by_arn<'a>(links: &Links<'a>, by: &'a Resource, arn: &Value) -> Grant<'a> {
    let origin = arn.origin().cloned();
    // The partition may be a hole: what follows it tells enough.
    let name = text(arn, &mut Vec::new())
        .and_then(|text| Some(text.split_once(":iam::aws:policy/")?.1.to_owned()))
        .filter(|name| !super::policy::has_hole(name));
    if let Some(name) = name {
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        let what = of_aws(links, by, arn, name);
        return Grant { by, origin, what };
    }
    let what = match links.follow(by.stack, arn, &["aws_iam_policy"]) {
        Link::To(_, policy) if policy.is_data => match (policy.text("arn"), policy.text("name")) {
            (Seen::Set(arn, _), _) if arn.contains(":iam::aws:policy/") => {
                let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
                of_aws(links, by, &Value::null(), name)
            }
            _ => {
                let address = &policy.address;
                What::Open(phrase!(
                    en: "`{address}` is only looked up here; an AWS snapshot tells what it allows",
                    ja: "`{address}` はここでは参照されるだけで、許可の内容は AWS スナップショットがあれば分かる",
                ))
            }
        },
        Link::To(_, policy) => match policy.values.get("policy") {
            Some(value) => return written(links, by, policy, &value),
            None => What::Open(phrase!(en: "the policy is empty", ja: "ポリシーが空")),
        },
        Link::Away(why) => What::Open(why),
    };
    Grant { by, origin, what }
}

/// A policy of AWS: as the account has it, else as AWS published it.
fn of_aws<'a>(links: &Links<'a>, by: &'a Resource, arn: &Value, name: String) -> What<'a> {
    let own = match links.follow(by.stack, arn, &["aws_iam_policy"]) {
        Link::To(_, policy) => policy.values.get("policy"),
        Link::Away(_) => None,
    };
    let told = own.filter(|policy| policy.as_str().is_some());
    let text = told.or_else(|| managed::policy(&name).map(Value::string));
    let policy = text.and_then(|text| Policy::of(links, by, &text).ok());
    What::Managed(name, policy.map(Box::new))
}

fn written<'a>(
    links: &Links<'a>,
    by: &'a Resource,
    holder: &Resource,
    policy: &Value,
) -> Grant<'a> {
    let what = match Policy::of(links, holder, policy) {
        Ok(policy) => What::Written(Box::new(policy)),
        Err(why) => What::Open(why),
    };
    let origin = if std::ptr::eq(by, holder) {
        policy.origin().cloned()
    } else {
        by.values
            .get("policy_arn")
            .and_then(|arn| arn.origin().cloned())
    };
    // What is known of a reference is the place of its target: then the block that attaches it is the place to tell.
    let origin = origin.filter(|_| {
        policy
            .as_unknown()
            .is_none_or(|unknown| !unknown.pieces.is_empty())
    });
    Grant { by, origin, what }
}
