//! What rules of security groups let in to one port, and from where.

use sekisho_model::{Phrase, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use super::routes::prefixes;
use crate::links::{Link, Links};
use crate::network::addresses::AddressSet;

/// What one rule lets in to a port.
#[derive(Debug)]
pub(crate) struct Opening {
    /// From these addresses, those of prefix lists included; none when it names other groups.
    pub(crate) from: AddressSet,
    /// The ranges as written.
    pub(crate) written: Vec<String>,
    /// Why it may be from more: a prefix list that is not here.
    pub(crate) beyond: Option<Phrase>,
    /// True when the rule is for this port alone: somebody meant it.
    pub(crate) meant: bool,
    /// Where it stands.
    pub(crate) origin: Option<Origin>,
}

/// What a rule says of a TCP port: nothing, an opening, or why that is not known.
pub(crate) fn opening(
    links: &Links<'_>,
    rule: &Resource,
    port: i64,
) -> Result<Option<Opening>, Phrase> {
    let Some(meant) = covers(rule, port)? else {
        return Ok(None);
    };
    let mut from = AddressSet::default();
    let mut written = Vec::new();
    let mut origin = None;
    let mut open = None;
    for name in ["cidr_blocks", "ipv6_cidr_blocks"] {
        match rule.texts(name) {
            Seen::Set(texts, at) => {
                origin = origin.or(at.filter(|_| !texts.is_empty()));
                written.extend(texts.into_iter().map(|(text, _)| text));
            }
            Seen::Unset => {}
            Seen::Unknown(why) => open = Some(why),
        }
    }
    for name in ["cidr_ipv4", "cidr_ipv6"] {
        match rule.text(name) {
            Seen::Set(text, at) => {
                origin = origin.or(at);
                written.push(text);
            }
            Seen::Unset => {}
            Seen::Unknown(why) => open = Some(why),
        }
    }
    for text in &written {
        from = from.union(&AddressSet::of_cidr(text).unwrap_or_default());
    }
    let mut beyond = None;
    for name in ["prefix_list_ids", "prefix_list_id"] {
        let Some(lists) = rule.raw(name) else {
            continue;
        };
        for link in links.follow_all(rule.stack, &lists, &["aws_ec2_managed_prefix_list"]) {
            let (more, why) = match link {
                Link::To(_, list) if !list.is_data => prefixes(list),
                Link::To(_, list) => (AddressSet::default(), Some(looked_up(list))),
                Link::Away(why) => (AddressSet::default(), Some(why)),
            };
            if more.covers_internet() {
                written.extend(
                    lists
                        .items()
                        .into_iter()
                        .flatten()
                        .chain([&lists])
                        .find_map(|list| list.as_str().map(str::to_owned)),
                );
            }
            from = from.union(&more);
            beyond = beyond.or(why);
        }
    }
    match open {
        Some(why) if !from.covers_internet() => Err(why),
        _ => Ok(Some(Opening {
            from,
            written,
            beyond,
            meant,
            origin,
        })),
    }
}

/// Whether the ports of a rule hold this one, and then whether they hold nothing else. Protocol -1 is every port, whatever
/// the range says (EC2 API, IpPermission).
fn covers(rule: &Resource, port: i64) -> Result<Option<bool>, Phrase> {
    let protocol = match (rule.text("protocol"), rule.text("ip_protocol")) {
        (Seen::Unknown(why), _) | (_, Seen::Unknown(why)) => return Err(why),
        (Seen::Set(text, _), _) | (_, Seen::Set(text, _)) => text.to_ascii_lowercase(),
        (Seen::Unset, Seen::Unset) => return Ok(None),
    };
    match protocol.as_str() {
        "-1" | "all" => return Ok(Some(false)),
        "tcp" | "6" => {}
        _ => return Ok(None),
    }
    match (rule.whole("from_port"), rule.whole("to_port")) {
        (Seen::Set(from, _), Seen::Set(to, _)) if from <= port && port <= to => {
            Ok(Some(from == port && to == port))
        }
        (Seen::Unknown(why), _) | (_, Seen::Unknown(why)) => Err(why),
        _ => Ok(None),
    }
}

fn looked_up(list: &Resource) -> Phrase {
    let address = &list.address;
    phrase!(
        en: "the addresses of `{address}` stand elsewhere; an AWS snapshot tells of them",
        ja: "`{address}` のアドレスは別の場所にある。AWS スナップショットがあれば分かる",
    )
}
