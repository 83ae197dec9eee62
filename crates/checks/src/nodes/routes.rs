//! From a subnet over its route table to the internet gateway.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Phrase, Resource, Seen, because, phrase};
use sekisho_terraform::Value;

use crate::absence::is_snapshot;
use crate::links::{Link, Links};
use crate::network::addresses::AddressSet;

/// Routes of every table, and the table of every subnet.
pub(crate) struct Routes<'a> {
    estate: &'a Estate,
    /// By the index of the subnet: its associations.
    of_subnet: BTreeMap<usize, (&'a Resource, Link<'a>)>,
    /// By the index of the VPC: what makes its main table.
    of_vpc: BTreeMap<usize, (&'a Resource, Link<'a>)>,
    /// By the index of a table, or of a VPC for its own first table: what holds routes of it.
    holders: BTreeMap<usize, Vec<&'a Resource>>,
    /// By configuration, associations of subnets that are not known: any subnet without one may be meant.
    loose: BTreeMap<usize, Phrase>,
    /// By configuration, routes of tables that are not known: any table may be meant.
    stray: BTreeMap<usize, Phrase>,
}

/// What a subnet is.
pub(crate) enum Way<'a> {
    /// No route leads to an internet gateway.
    Private,
    /// A route does: the resources on the way.
    Public(Vec<&'a Resource>),
    /// Not known.
    Open(Phrase),
}

const TABLES: [&str; 2] = ["aws_route_table", "aws_default_route_table"];

impl<'a> Routes<'a> {
    pub(crate) fn of(estate: &'a Estate, links: &Links<'a>) -> Self {
        let mut routes = Self {
            estate,
            of_subnet: BTreeMap::new(),
            of_vpc: BTreeMap::new(),
            holders: BTreeMap::new(),
            loose: BTreeMap::new(),
            stray: BTreeMap::new(),
        };
        let table_of = |resource: &'a Resource| {
            links
                .of_attribute(
                    resource,
                    "route_table_id",
                    &["aws_route_table", "aws_default_route_table", "aws_vpc"],
                )
                .unwrap_or_else(|| Link::Away(nowhere(estate, resource.stack)))
        };
        for (_, resource) in estate.of_type("aws_route_table_association") {
            match links.of_attribute(resource, "subnet_id", &["aws_subnet"]) {
                Some(Link::To(subnet, _)) => {
                    routes
                        .of_subnet
                        .insert(subnet, (resource, table_of(resource)));
                }
                // A snapshot names every subnet by its id: this one is none of the others.
                Some(Link::Away(_)) if is_snapshot(estate, resource.stack) => {}
                Some(Link::Away(why)) => drop(routes.loose.insert(resource.stack, why)),
                // A gateway has a table of its own; no subnet is meant.
                None => {}
            }
        }
        for (_, resource) in estate.of_type("aws_main_route_table_association") {
            if let Some(Link::To(vpc, _)) = links.of_attribute(resource, "vpc_id", &["aws_vpc"]) {
                routes.of_vpc.insert(vpc, (resource, table_of(resource)));
            }
        }
        for (index, resource) in estate.of_type("aws_default_route_table") {
            let vpc = links.of_attribute(resource, "default_route_table_id", &["aws_vpc"]);
            if let Some(Link::To(vpc, _)) = vpc {
                let own = (resource, Link::To(index, resource));
                routes.of_vpc.entry(vpc).or_insert(own);
            }
        }
        for kind in TABLES {
            for (index, resource) in estate.of_type(kind) {
                routes.holders.entry(index).or_default().push(resource);
            }
        }
        for (_, resource) in estate.of_type("aws_route") {
            match table_of(resource) {
                Link::To(table, _) => routes.holders.entry(table).or_default().push(resource),
                Link::Away(why) => drop(routes.stray.insert(resource.stack, why)),
            }
        }
        routes.join_default_tables();
        routes
    }

    /// A VPC's own first table may be named by the VPC or by its `aws_default_route_table`.
    fn join_default_tables(&mut self) {
        for (vpc, (_, table)) in &self.of_vpc {
            if let Link::To(table, resource) = table
                && resource.kind == "aws_default_route_table"
                && let Some(more) = self.holders.remove(vpc)
            {
                self.holders.entry(*table).or_default().extend(more);
            }
        }
    }

    /// Where the routes of a subnet lead. Without an association its VPC's main table counts.
    pub(crate) fn way(&self, links: &Links<'a>, index: usize, subnet: &'a Resource) -> Way<'a> {
        if subnet.is_data {
            let address = &subnet.address;
            return Way::Open(phrase!(
                en: "`{address}` is only looked up here: its routes stand elsewhere, an AWS snapshot tells of them",
                ja: "`{address}` はここでは参照されるだけで、ルートは別の場所にある。AWS スナップショットがあれば分かる",
            ));
        }
        let mut steps = vec![subnet];
        let table = match self.of_subnet.get(&index) {
            Some((association, table)) => {
                steps.push(association);
                table.clone()
            }
            None => match self.main_table(links, subnet, &mut steps) {
                Ok(table) => table,
                Err(why) => return Way::Open(why),
            },
        };
        match table {
            Link::To(_, resource) if resource.is_data => {
                let address = &resource.address;
                Way::Open(phrase!(
                    en: "the routes of `{address}` stand elsewhere; an AWS snapshot tells of them",
                    ja: "`{address}` のルートは別の場所にある。AWS スナップショットがあれば分かる",
                ))
            }
            Link::To(table, _) => self.leads_out(links, table, subnet.stack, steps),
            Link::Away(why) => Way::Open(why),
        }
    }

    fn main_table(
        &self,
        links: &Links<'a>,
        subnet: &Resource,
        steps: &mut Vec<&'a Resource>,
    ) -> Result<Link<'a>, Phrase> {
        if let Some(why) = self.loose.get(&subnet.stack) {
            return Err(why.clone());
        }
        match links.of_attribute(subnet, "vpc_id", &["aws_vpc"]) {
            Some(Link::To(vpc, resource)) => {
                if let Some((by, table)) = self.of_vpc.get(&vpc) {
                    steps.push(by);
                    return Ok(table.clone());
                }
                // In a snapshot every VPC has its main table, if tables were told.
                if resource.is_data || is_snapshot(self.estate, subnet.stack) {
                    return Err(nowhere(self.estate, subnet.stack));
                }
                // A new VPC's own table has only the local route, and what `aws_route` adds to it.
                Ok(Link::To(vpc, resource))
            }
            Some(Link::Away(why)) => Err(why),
            None => Err(nowhere(self.estate, subnet.stack)),
        }
    }

    fn leads_out(
        &self,
        links: &Links<'a>,
        table: usize,
        stack: usize,
        mut steps: Vec<&'a Resource>,
    ) -> Way<'a> {
        let mut reached = AddressSet::default();
        let mut open = self.stray.get(&stack).cloned();
        for holder in self.holders.get(&table).into_iter().flatten() {
            let (set, why) = outward(self.estate, links, holder);
            if !set.is_empty() {
                steps.push(holder);
            }
            reached = reached.union(&set);
            open = open.or(why);
        }
        match open {
            _ if reached.covers_internet() => Way::Public(steps),
            Some(why) => Way::Open(why),
            None => Way::Private,
        }
    }
}

fn nowhere(estate: &Estate, stack: usize) -> Phrase {
    if is_snapshot(estate, stack) {
        return phrase!(
            en: "the snapshot does not tell its route table; take it again with `sekisho aws snapshot-script`",
            ja: "スナップショットにルートテーブルの情報がない。`sekisho aws snapshot-script` で取り直す",
        );
    }
    phrase!(
        en: "its route table is not among the files; an AWS snapshot tells of it",
        ja: "ルートテーブルがファイルの中にない。AWS スナップショットがあれば分かる",
    )
}

/// The addresses that the routes of a resource send to an internet gateway, and why that may not be all.
fn outward(estate: &Estate, links: &Links<'_>, holder: &Resource) -> (AddressSet, Option<Phrase>) {
    let routes = if holder.kind == "aws_route" {
        vec![holder.clone()]
    } else {
        match holder.nested("route") {
            Seen::Set(routes, _) => routes,
            Seen::Unset => Vec::new(),
            Seen::Unknown(why) => return (AddressSet::default(), Some(why)),
        }
    };
    let mut set = AddressSet::default();
    let mut open = None;
    for route in routes {
        match route
            .values
            .get("gateway_id")
            .map(|value| is_internet(&value))
        {
            None | Some(Ok(false)) => continue,
            Some(Err(why)) => {
                open = Some(why);
                continue;
            }
            Some(Ok(true)) => {}
        }
        for name in [
            "cidr_block",
            "ipv6_cidr_block",
            "destination_cidr_block",
            "destination_ipv6_cidr_block",
        ] {
            match route.text(name) {
                Seen::Set(cidr, _) => {
                    set = set.union(&AddressSet::of_cidr(&cidr).unwrap_or_default());
                }
                Seen::Unset => {}
                Seen::Unknown(why) => open = Some(why),
            }
        }
        let list = route.values.get("destination_prefix_list_id");
        if let Some(value) = list.filter(|value| !value.is_null()) {
            let (more, why) = listed(links, estate, &route, &value);
            set = set.union(&more);
            open = why.or(open);
        }
    }
    (set, open)
}

/// Whether a gateway is one of the internet.
fn is_internet(gateway: &Value) -> Result<bool, Phrase> {
    if let Some(text) = gateway.as_str() {
        return Ok(text.starts_with("igw-"));
    }
    let Some(unknown) = gateway.as_unknown() else {
        return Ok(false);
    };
    let target = unknown.is_exactly().map(|reference| &reference.target.kind);
    match target.map(AsRef::as_ref) {
        Some("aws_internet_gateway") => Ok(true),
        Some("aws_vpn_gateway" | "aws_ec2_carrier_gateway" | "aws_vpc_endpoint") => Ok(false),
        _ => Err(because(&unknown.causes)),
    }
}

/// The addresses of a prefix list that is here.
fn listed(
    links: &Links<'_>,
    estate: &Estate,
    route: &Resource,
    value: &Value,
) -> (AddressSet, Option<Phrase>) {
    let list = match links.follow(route.stack, value, &["aws_ec2_managed_prefix_list"]) {
        Link::To(_, list) if !list.is_data => list,
        Link::To(..) => return (AddressSet::default(), Some(nowhere(estate, route.stack))),
        Link::Away(why) => return (AddressSet::default(), Some(why)),
    };
    prefixes(list)
}

/// The addresses of a prefix list, and why they may not be all.
pub(crate) fn prefixes(list: &Resource) -> (AddressSet, Option<Phrase>) {
    let (entries, mut open) = list.blocks("entry");
    let mut set = AddressSet::default();
    for entry in entries {
        match entry.text("cidr") {
            Seen::Set(cidr, _) => set = set.union(&AddressSet::of_cidr(&cidr).unwrap_or_default()),
            Seen::Unset => {}
            Seen::Unknown(why) => open = Some(why),
        }
    }
    (set, open)
}
