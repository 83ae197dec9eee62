use std::collections::BTreeSet;

use sekisho_access::iam::{Effect, Principal, Principals, Tri, Who};
use sekisho_model::{Phrase, Resource, Severity, phrase};

use super::asking::{STRANGE_ACCOUNT, of_stranger, takes};
use super::policy::{Policy, has_hole, shown};
use super::told::{account_of, unlisted};
use super::trust::{self, STRANGE};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** No role can be taken by anybody who has an AWS account, and none by a whole foreign account without an
    /// external ID or a condition on the organization. The trust policy is asked, as IAM would evaluate it, about callers
    /// of an account that nobody knows.
    ///
    /// **Why it matters.** `"AWS": "*"` in a trust policy is the whole world: an account costs an attacker nothing, and tags, session
    /// names and MFA are whatever that account says. A foreign account as a whole stands for each of its users, roles and
    /// stolen keys, and a service provider's account can be told by another of its customers to use your role (the
    /// confused deputy) unless an external ID tells the customers apart.
    ///
    /// **Bad**
    /// ```hcl
    /// principals {
    ///   type        = "AWS"
    ///   identifiers = ["*"]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// principals {
    ///   type        = "AWS"
    ///   identifiers = ["arn:aws:iam::444455556666:role/audit"]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    ///
    /// # 日本語
    /// **示すこと。** AWS アカウントを持つ誰もが引き受けられるロールや、外部 ID も組織の条件もなく他アカウント全体が引き受けられるロールがないこと。
    /// 信頼ポリシーを IAM と同じ規則で評価し、未知のアカウントの呼び出し元が引き受けられないことを確かめる。
    ///
    /// **理由。** 信頼ポリシーの `"AWS": "*"` は全世界を意味する。攻撃者はアカウントを無料で作れ、タグ・セッション名・MFA はそのアカウントの
    /// 自己申告にすぎない。他アカウント全体への信頼は、そのすべてのユーザー・ロール・漏洩した鍵への信頼である。サービス提供者のアカウントは、
    /// 外部 ID がなければ別の顧客の指示でこのロールを使いうる (混乱した代理)。
    ///
    /// **直し方。** 信頼する相手をロールの ARN で名指しする。提供者のアカウントには `sts:ExternalId`、自組織には `aws:PrincipalOrgID` の条件を加える。
    ForeignTrust = "foreign-trust";
    control: "T1.4",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Strangers can take the role", "外部の者がロールを引き受けられる",
}

const ACTION: &str = "sts:AssumeRole";

impl Check for ForeignTrust {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        for (index, role) in cx.estate.of_type("aws_iam_role") {
            let Some(value) = role.values.get("assume_role_policy") else {
                continue;
            };
            let mut on = sheet.on_resource(index);
            match Policy::of(cx.links(), role, &value) {
                Ok(policy) if names_people(&policy) => judge(cx, role, &policy, &mut on),
                Ok(_) => {}
                Err(why) => on.unknown(why),
            }
        }
    }
}

/// Whether a trust policy speaks of users, roles and accounts at all, or of everybody.
fn names_people(policy: &Policy<'_>) -> bool {
    policy.document.statements.iter().any(|statement| {
        statement.effect == Effect::Allow
            && statement.matches_action(ACTION) == Tri::Yes
            && match &statement.principals {
                Some(Principals::In(all)) => all.iter().any(|one| {
                    matches!(
                        one,
                        Principal::Anybody | Principal::Account(_) | Principal::Arn(_)
                    )
                }),
                Some(Principals::NotIn(_)) => true,
                None => false,
            }
    })
}

fn judge(cx: &Context<'_>, role: &Resource, policy: &Policy<'_>, on: &mut On<'_>) {
    let fail = |message: Phrase| -> Fault { trust::fault(cx.estate, role, policy, message) };
    let own = account_of(cx, role);
    let asked = |account: &str, knows_id: bool| {
        let who = Who::Arn(format!("arn:aws:iam::{account}:role/{STRANGE}"));
        let home = own.as_deref().unwrap_or("111122223333");
        takes(&policy.document, &who, ACTION, home, &|key, values| {
            of_stranger(key, values, account, knows_id)
        })
    };
    match (asked(STRANGE_ACCOUNT, false), asked(STRANGE_ACCOUNT, true)) {
        (Tri::Yes, _) => {
            return on.fail(fail(phrase!(
                en: "anybody who has an AWS account can take the role: no condition that IAM would apply says whose it is",
                ja: "AWS アカウントを持つ誰もがロールを引き受けられる。IAM が適用する条件で相手が限定されていない",
            ))
            .severity(Severity::Critical)
            .key("anybody"));
        }
        (_, Tri::Yes) => {
            return on.fail(fail(phrase!(
                en: "anybody who has an AWS account and learns the external ID can take the role: an external ID is no secret; name the accounts or roles",
                ja: "外部 ID を知った者は、どの AWS アカウントからでもロールを引き受けられる。外部 ID は秘密ではない。アカウントかロールを名指しする",
            ))
            .key("anybody"));
        }
        (Tri::Unknown(keys), _) | (_, Tri::Unknown(keys)) => {
            let keys: Vec<String> = keys.iter().map(|key| shown(key)).collect();
            let keys = keys.join(", ");
            return on.unknown(phrase!(
                en: "whether a stranger's account can take the role depends on {keys}",
                ja: "無関係なアカウントがロールを引き受けられるかは {keys} による",
            ));
        }
        (Tri::No, Tri::No) => {}
    }
    let before = on.count();
    for account in accounts(policy) {
        match &own {
            Some(own) if *own == account => continue,
            Some(_) => {}
            None if asked(&account, false) == Tri::No => continue,
            None => {
                on.unknown(phrase!(
                    en: "every user and role of account {account} can take the role; whether that is the role's own account is not said (`places` in sekisho.yaml says it)",
                    ja: "アカウント {account} のすべてのユーザーとロールがこのロールを引き受けられる。それがロール自身のアカウントかどうかは分からない (sekisho.yaml の `places` で指定できる)",
                ));
                continue;
            }
        }
        match asked(&account, false) {
            Tri::Yes => on.fail(fail(phrase!(
                en: "every user and role of the foreign account {account} can take the role, with neither an external ID nor a condition on the organization; name the role that needs it",
                ja: "他アカウント {account} のすべてのユーザーとロールが、外部 ID も組織の条件もなくロールを引き受けられる。必要なロールを名指しする",
            ))
            .severity(Severity::Medium)
            .key(account)),
            Tri::Unknown(keys) => {
                let keys: Vec<String> = keys.iter().map(|key| shown(key)).collect();
                let keys = keys.join(", ");
                on.unknown(phrase!(
                    en: "whether every user and role of account {account} can take the role depends on {keys}",
                    ja: "アカウント {account} のすべてのユーザーとロールが引き受けられるかは {keys} による",
                ));
            }
            Tri::No => {}
        }
    }
    // A principal that is only known after apply may be the root of any account.
    if let Some(why) = open_principal(policy) {
        on.unknown(why);
    }
    if on.count() == before {
        on.pass();
    }
}

/// Accounts that are trusted as a whole.
fn accounts(policy: &Policy<'_>) -> BTreeSet<String> {
    principals(policy)
        .filter_map(|one| match one {
            Principal::Account(account) => Some(account.clone()),
            _ => None,
        })
        .collect()
}

fn principals<'p>(policy: &'p Policy<'_>) -> impl Iterator<Item = &'p Principal> {
    let allows = policy.document.statements.iter();
    allows
        .filter(|statement| statement.effect == Effect::Allow)
        .filter_map(|statement| match &statement.principals {
            Some(Principals::In(all)) => Some(all),
            Some(Principals::NotIn(_)) | None => None,
        })
        .flatten()
}

fn open_principal(policy: &Policy<'_>) -> Option<Phrase> {
    principals(policy).find_map(|one| match one {
        Principal::Arn(arn) if has_hole(arn) => {
            let causes = policy.causes(arn);
            // An own role or user, or something of the account that Terraform works in.
            let is_own = causes.iter().all(|cause| {
                cause.reference().is_some_and(|reference| {
                    matches!(
                        reference.target.kind.as_ref(),
                        "aws_caller_identity" | "aws_iam_role" | "aws_iam_user" | "aws_partition"
                    )
                })
            });
            if is_own { None } else { policy.why_open(arn) }
        }
        _ => None,
    })
}
