//! Which addresses security groups let in, at which ports.

use sekisho_model::{Estate, Phrase, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use crate::links::{Joined, Links};
use crate::network::addresses::AddressSet;

/// Ports from the first to the last that some addresses may reach over TCP.
pub(crate) struct Opening<'a> {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) addresses: AddressSet,
    /// The group or rule that says so.
    pub(crate) resource: &'a Resource,
    pub(crate) origin: Option<Origin>,
}

/// What a group lets in; when there may be more, why that is not known.
#[derive(Default)]
pub(crate) struct Inbound<'a> {
    pub(crate) openings: Vec<Opening<'a>>,
    pub(crate) unknown: Option<Phrase>,
}

/// Rules that stand apart from their groups.
pub(crate) struct Rules<'a> {
    old: Joined<'a>,
    new: Joined<'a>,
}

impl<'a> Rules<'a> {
    pub(crate) fn of(estate: &'a Estate, links: &Links<'a>) -> Self {
        let of = |kind: &str| Joined::of(estate, links, &[kind], "security_group_id");
        Self {
            old: of("aws_security_group_rule"),
            new: of("aws_vpc_security_group_ingress_rule"),
        }
    }

    /// Adds what one group lets in.
    pub(crate) fn add(&self, group: usize, resource: &'a Resource, inbound: &mut Inbound<'a>) {
        let (blocks, unknown) = resource.blocks("ingress");
        inbound.doubt(unknown);
        for block in &blocks {
            inbound.lists(block, "protocol", resource);
        }
        for (_, rule) in self.old.to(group) {
            match rule.text("type") {
                Seen::Set(kind, _) if kind != "ingress" => {}
                Seen::Unknown(why) => inbound.doubt(Some(why)),
                _ => inbound.lists(rule, "protocol", rule),
            }
        }
        for (_, rule) in self.new.to(group) {
            inbound.single(rule);
        }
        let loose = |joined: &Joined<'_>| joined.loose(resource.stack).cloned();
        inbound.doubt(loose(&self.old).or_else(|| loose(&self.new)));
    }
}

impl<'a> Inbound<'a> {
    /// Keeps the first reason only.
    pub(crate) fn doubt(&mut self, why: Option<Phrase>) {
        self.unknown = self.unknown.take().or(why);
    }

    /// An `ingress` block or `aws_security_group_rule`: lists of ranges.
    fn lists(&mut self, rule: &Resource, protocol: &str, resource: &'a Resource) {
        let Some((first, last)) = self.ports(rule, protocol) else {
            return;
        };
        for name in ["cidr_blocks", "ipv6_cidr_blocks"] {
            // One range that is not known leaves the others known.
            let Some(ranges) = rule.values.get(name) else {
                continue;
            };
            let Some(items) = ranges.items() else {
                if let Seen::Unknown(why) = rule.texts(name) {
                    self.doubt(Some(why));
                }
                continue;
            };
            for item in items {
                let item = ranges.inside(item);
                match item.as_str().and_then(AddressSet::of_cidr) {
                    Some(addresses) => self.openings.push(Opening {
                        first,
                        last,
                        addresses,
                        resource,
                        origin: item.origin().cloned(),
                    }),
                    None => self.doubt(item.as_unknown().map(sekisho_model::why_unknown)),
                }
            }
        }
        if let Seen::Set(lists, _) = rule.texts("prefix_list_ids") {
            self.prefix_list(!lists.is_empty());
        } else if let Seen::Unknown(why) = rule.texts("prefix_list_ids") {
            self.doubt(Some(why));
        }
    }

    /// An `aws_vpc_security_group_ingress_rule`: one range.
    fn single(&mut self, rule: &'a Resource) {
        let Some((first, last)) = self.ports(rule, "ip_protocol") else {
            return;
        };
        for name in ["cidr_ipv4", "cidr_ipv6"] {
            match rule.text(name) {
                Seen::Set(text, origin) => {
                    if let Some(addresses) = AddressSet::of_cidr(&text) {
                        self.openings.push(Opening {
                            first,
                            last,
                            addresses,
                            resource: rule,
                            origin,
                        });
                    }
                }
                Seen::Unknown(why) => self.doubt(Some(why)),
                Seen::Unset => {}
            }
        }
        self.prefix_list(!matches!(rule.text("prefix_list_id"), Seen::Unset));
    }

    fn prefix_list(&mut self, is_named: bool) {
        if is_named {
            self.doubt(Some(phrase!(
                en: "a prefix list decides which addresses may call; an AWS snapshot tells what it holds",
                ja: "プレフィックスリストの内容次第である。AWS スナップショットがあれば分かる",
            )));
        }
    }

    /// The ports of a rule, when it is about TCP. All protocols (`-1`, `all`) are all ports.
    fn ports(&mut self, rule: &Resource, protocol: &str) -> Option<(u32, u32)> {
        let protocol = word(rule, protocol).unwrap_or_default();
        match protocol.as_str() {
            "-1" | "all" => return Some((0, 65535)),
            // Not known: it may be about TCP.
            "tcp" | "6" | "" => {}
            _ => return None,
        }
        let port = |name: &str| word(rule, name)?.parse().ok();
        let ports = port("from_port").zip(port("to_port"));
        if ports.is_none() || protocol.is_empty() {
            self.doubt(Some(phrase!(
                en: "protocol or ports of a rule of the security group are not known",
                ja: "セキュリティグループの規則のプロトコルかポートが分からない",
            )));
            return None;
        }
        ports
    }
}

/// A text, or a number as text: Terraform takes either for the other.
fn word(rule: &Resource, name: &str) -> Option<String> {
    let value = rule.values.get(name)?;
    match (value.as_number(), value.as_str()) {
        (Some(number), _) => Some(number.to_string()),
        (None, text) => text.map(str::to_ascii_lowercase),
    }
}
