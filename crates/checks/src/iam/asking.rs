//! What a trust policy answers to somebody who is not named in it.

use sekisho_access::iam::{Answer, Context, Document, Layers, Presence, Request, Tri, Who};

use super::trust::{STRANGE, chosen};

/// An account that no policy names: AWS gives out no number of nines alone.
pub(crate) const STRANGE_ACCOUNT: &str = "999999999999";

/// What is known of one context key of a request; `None` leaves it unknown.
pub(crate) type Known<'k> = dyn Fn(&str, &[String]) -> Option<Presence> + 'k;

/// Whether a trust policy lets somebody take the role by `action`. `known` is told each key that the policy names, in lower
/// case, with the values that it is compared with.
pub(crate) fn takes(
    trust: &Document,
    who: &Who,
    action: &str,
    own: &str,
    known: &Known<'_>,
) -> Tri {
    // What somebody may ask for is another question: whoever asks may ask for everything.
    let everything =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let Ok(identity) = Document::parse(everything) else {
        return Tri::unknown("identity");
    };
    let mut context = Context::open();
    for condition in trust.statements.iter().flat_map(|one| &one.conditions) {
        if let Some(presence) = known(&condition.key.to_ascii_lowercase(), &condition.values) {
            context = context.with_presence(&condition.key, presence);
        }
    }
    let request = Request {
        who: Some(who.clone()),
        action: action.to_owned(),
        resource: Some(format!("arn:aws:iam::{own}:role/asked")),
        resource_account: Some(own.to_owned()),
        context,
    };
    let layers = Layers {
        identity: vec![&identity],
        resource: Some(trust),
        resource_must_allow: true,
        ..Layers::default()
    };
    match layers.decide(&request) {
        Answer::Allowed(_) => Tri::Yes,
        Answer::Unknown(keys) => Tri::Unknown(keys),
        Answer::Denied(_) | Answer::NotAllowed => Tri::No,
    }
}

/// One value of a key.
#[expect(
    clippy::unnecessary_wraps,
    reason = "beside keys of which nothing is known"
)]
pub(crate) fn is(value: &str) -> Option<Presence> {
    Some(Presence::Values(vec![value.to_owned()]))
}

/// What somebody of an account far away brings along (IAM User Guide, "AWS global condition context keys" and "Available keys
/// for AWS STS"): what says who they are is theirs, what they write themselves is whatever the policy wants to read, and keys
/// of calls that services make are absent.
pub(crate) fn of_stranger(
    key: &str,
    values: &[String],
    account: &str,
    external_id: bool,
) -> Option<Presence> {
    let wanted = || {
        let first = values.first().map(|value| chosen(value));
        is(&first.unwrap_or_else(|| STRANGE.to_owned()))
    };
    match key {
        "aws:principalaccount" => is(account),
        "aws:principalarn" => is(&format!("arn:aws:iam::{account}:role/{STRANGE}")),
        "aws:principalorgid" => is("o-zq9zq9zq9z"),
        "aws:principalorgpaths" => is("o-zq9zq9zq9z/r-zq9z/"),
        "aws:userid" => is("AROAZQ9ZQ9ZQ9ZQ9ZQ9Z:zq9"),
        "aws:principalisawsservice" | "aws:viaawsservice" => is("false"),
        "aws:securetransport" | "aws:multifactorauthpresent" => is("true"),
        "aws:multifactorauthage" => is("1"),
        // Of the documentation range (RFC 5737): no network of anybody's own.
        "aws:sourceip" => is("203.0.113.9"),
        "aws:sourcevpc" => is("vpc-zq9zq9"),
        "aws:sourcevpce" => is("vpce-zq9zq9"),
        "aws:sourcearn"
        | "aws:sourceaccount"
        | "aws:sourceorgid"
        | "aws:sourceorgpaths"
        | "aws:principalservicename"
        | "aws:principalservicenameslist" => Some(Presence::Absent),
        "sts:externalid" if external_id => wanted(),
        "sts:externalid" => is("zq9-external-id"),
        "sts:rolesessionname"
        | "sts:sourceidentity"
        | "aws:tagkeys"
        | "sts:transitivetagkeys"
        | "aws:requestedregion"
        | "aws:principaltype"
        | "aws:useragent"
        | "aws:referer" => wanted(),
        // Whoever owns an account puts what tags they like on its roles and sessions.
        _ if key.starts_with("aws:principaltag/") || key.starts_with("aws:requesttag/") => wanted(),
        // Keys of identity providers come with their tokens alone.
        _ if key.contains('.') => Some(Presence::Absent),
        _ => None,
    }
}
