//! Which addresses security groups let in, at which ports.

use std::collections::BTreeSet;

use sekisho_model::{Estate, Phrase, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use crate::links::{Joined, Link, Links};
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
    /// CloudFront is let in by its own list.
    pub(crate) is_of_cloudfront: bool,
}

static PREFIX_LISTS: &[&str] = &["aws_ec2_managed_prefix_list", "aws_prefix_list"];
/// The lists that AWS keeps of the addresses from which CloudFront calls origins.
const CLOUDFRONT: [&str; 2] = [
    "com.amazonaws.global.cloudfront.origin-facing",
    "com.amazonaws.global.ipv6.cloudfront.origin-facing",
];

fn unread_list() -> Phrase {
    phrase!(
        en: "a prefix list decides which addresses may call; an AWS snapshot tells what it holds",
        ja: "プレフィックスリストの内容次第である。AWS スナップショットがあれば分かる",
    )
}

/// Rules that stand apart from their groups.
pub(crate) struct Rules<'a, 'l> {
    links: &'l Links<'a>,
    old: Joined<'a>,
    new: Joined<'a>,
}

impl<'a, 'l> Rules<'a, 'l> {
    pub(crate) fn of(estate: &'a Estate, links: &'l Links<'a>) -> Self {
        let of = |kind: &str| Joined::of(estate, links, &[kind], "security_group_id");
        Self {
            links,
            old: of("aws_security_group_rule"),
            new: of("aws_vpc_security_group_ingress_rule"),
        }
    }

    /// Adds what one group lets in.
    pub(crate) fn add(&self, group: usize, resource: &'a Resource, inbound: &mut Inbound<'a>) {
        let (blocks, unknown) = resource.blocks("ingress");
        inbound.doubt(unknown);
        for block in &blocks {
            inbound.lists(self.links, block, "protocol", resource);
        }
        for (_, rule) in self.old.to(group) {
            match rule.text("type") {
                Seen::Set(kind, _) if kind != "ingress" => {}
                Seen::Unknown(why) => inbound.doubt(Some(why)),
                _ => inbound.lists(self.links, rule, "protocol", rule),
            }
        }
        for (_, rule) in self.new.to(group) {
            inbound.single(self.links, rule);
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
    fn lists(
        &mut self,
        links: &Links<'a>,
        rule: &Resource,
        protocol: &str,
        resource: &'a Resource,
    ) {
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
        if let Some(lists) = rule.raw("prefix_list_ids") {
            for link in links.follow_all(rule.stack, &lists, PREFIX_LISTS) {
                self.prefix_list(&link, (first, last), resource);
            }
        }
    }

    /// An `aws_vpc_security_group_ingress_rule`: one range.
    fn single(&mut self, links: &Links<'a>, rule: &'a Resource) {
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
        if let Some(link) = links.of_attribute(rule, "prefix_list_id", PREFIX_LISTS) {
            self.prefix_list(&link, (first, last), rule);
        }
    }

    /// The list of CloudFront lets CloudFront in and nobody else; another one whom its entries name.
    fn prefix_list(&mut self, link: &Link<'a>, (first, last): (u32, u32), rule: &'a Resource) {
        let Link::To(_, named) = link else {
            return self.doubt(Some(unread_list()));
        };
        if matches!(named.text("name"), Seen::Set(name, _) if CLOUDFRONT.contains(&name.as_str())) {
            self.is_of_cloudfront = true;
            return;
        }
        let (entries, more) = named.blocks("entry");
        if entries.is_empty() || more.is_some() {
            self.doubt(Some(more.unwrap_or_else(unread_list)));
        }
        for entry in &entries {
            match entry.text("cidr") {
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

/// What all security groups of a load balancer let in together.
pub(crate) fn inbound<'a>(
    links: &Links<'a>,
    rules: &Rules<'a, '_>,
    balancer: &Resource,
) -> Inbound<'a> {
    let mut inbound = Inbound::default();
    let list = balancer.values.get("security_groups");
    let items = list.as_ref().and_then(|list| list.items());
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        inbound.doubt(Some(phrase!(
            en: "its security groups are not named here: without any it takes the default one of the VPC; an AWS snapshot tells",
            ja: "セキュリティグループがここでは分からない。指定がなければ VPC のデフォルトのものになる。AWS スナップショットがあれば分かる",
        )));
        return inbound;
    };
    for item in items {
        match links.meant(balancer.stack, item) {
            Some(Link::To(group, resource)) => rules.add(group, resource, &mut inbound),
            Some(Link::Away(why)) => inbound.doubt(Some(why)),
            None => {}
        }
    }
    inbound
}

/// The lowest port that the whole internet reaches, with the openings that make it so. What is open changes only where an
/// opening begins, so these ports are enough to look at.
pub(crate) fn open_port<'o, 'a>(
    openings: &'o [Opening<'a>],
) -> Option<(u32, Vec<&'o Opening<'a>>)> {
    let ports: BTreeSet<u32> = openings.iter().map(|opening| opening.first).collect();
    ports.into_iter().find_map(|port| {
        let mut sum = AddressSet::default();
        let mut taken = Vec::new();
        for opening in openings {
            if (opening.first..=opening.last).contains(&port) && !sum.covers(&opening.addresses) {
                if opening.addresses.covers_internet() {
                    return Some((port, vec![opening]));
                }
                sum = sum.union(&opening.addresses);
                taken.push(opening);
            }
        }
        sum.covers_internet().then_some((port, taken))
    })
}
