//! Which rules of security groups let SSH in, and from where.

use sekisho_model::{Phrase, Resource, Seen};
use sekisho_terraform::Origin;

use crate::network::addresses::AddressSet;

/// The port of SSH.
const SSH: i64 = 22;

/// What one rule lets in to port 22.
#[derive(Debug)]
pub(crate) struct Opening {
    /// From these addresses; none when it names other groups or prefix lists.
    pub(crate) from: AddressSet,
    /// The ranges as written.
    pub(crate) written: Vec<String>,
    /// True when the rule is for port 22 alone: somebody meant SSH.
    pub(crate) meant: bool,
    /// Where it stands.
    pub(crate) origin: Option<Origin>,
}

/// What a rule says of port 22: nothing, an opening, or why that is not known.
pub(crate) fn opening(rule: &Resource) -> Result<Option<Opening>, Phrase> {
    let Some(meant) = covers_ssh(rule)? else {
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
    match open {
        Some(why) if !from.covers_internet() => Err(why),
        _ => Ok(Some(Opening {
            from,
            written,
            meant,
            origin,
        })),
    }
}

/// Whether the ports of a rule hold 22, and then whether they hold nothing else. Protocol -1 is every port, whatever
/// the range says (EC2 API, IpPermission).
fn covers_ssh(rule: &Resource) -> Result<Option<bool>, Phrase> {
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
        (Seen::Set(from, _), Seen::Set(to, _)) if from <= SSH && SSH <= to => {
            Ok(Some(from == SSH && to == SSH))
        }
        (Seen::Unknown(why), _) | (_, Seen::Unknown(why)) => Err(why),
        _ => Ok(None),
    }
}
