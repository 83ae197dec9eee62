use sekisho_model::{Estate, Fix, Phrase, Resource, Seen, Severity, phrase};
use sekisho_terraform::{Origin, Value};

use super::edits;
use super::groups::{instances, starters, template};
use super::routes::{Routes, Way};
use crate::absence::is_snapshot;
use crate::links::{Link, Links};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** No subnet of a node has a route to an internet gateway, and no node gets a public address: the way
    /// is followed from the node group over subnet, association (or the VPC's main table) and route table to the gateway.
    /// Self-managed Auto Scaling groups and instances count when they carry the cluster's tag.
    ///
    /// **Why it matters.** A node with a public address is one mistaken security group away from the internet, and with it
    /// every node port, the kubelet and whatever uses the node's network. In a private subnet nothing outside can begin a
    /// connection, whatever else goes wrong.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_node_group" "apps" {
    ///   subnet_ids = [aws_subnet.public.id]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_node_group" "apps" {
    ///   subnet_ids = [aws_subnet.private.id]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>
    /// <https://docs.aws.amazon.com/eks/latest/best-practices/protecting-the-infrastructure.html>
    ///
    /// # 日本語
    /// **示すこと。** ノードのサブネットにインターネットゲートウェイへのルートがなく、ノードに Public IP が割り当てられないこと。
    /// ノードグループからサブネット、関連付け (なければ VPC のメインルートテーブル)、ルートテーブル、ゲートウェイまでを追跡する。
    /// 自己管理の Auto Scaling グループとインスタンスは、クラスタのタグがあるものを対象とする。
    ///
    /// **理由。** Public IP を持つノードは、セキュリティグループの設定ミス 1 つで NodePort や kubelet、ノードのネットワークを使うものすべてが
    /// インターネットにさらされる。Private Subnet なら、ほかに何を誤っても外部から接続を始められない。
    ///
    /// **直し方。** ノードを NAT ゲートウェイ経由の Private Subnet に移し、`map_public_ip_on_launch` と `associate_public_ip_address` を `false` にする。
    PublicNodes = "public-nodes";
    control: "T1.2",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Nodes face the internet", "ノードがインターネットに面している",
}

impl Check for PublicNodes {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let links = cx.links();
        let routes = Routes::of(cx.estate, links);
        for (index, starter) in starters(cx.estate) {
            judge(cx, links, &routes, starter, &mut sheet.on_resource(index));
        }
    }
}

/// A public address by which nodes can be reached, and who gives it.
struct Given<'a> {
    by: &'a Resource,
    origin: Option<Origin>,
    message: Phrase,
}

fn judge<'a>(
    cx: &Context<'a>,
    links: &Links<'a>,
    routes: &Routes<'a>,
    starter: &'a Resource,
    on: &mut On<'_>,
) {
    let estate = cx.estate;
    let list = ["subnet_ids", "vpc_zone_identifier", "subnet_id"]
        .into_iter()
        .find_map(|name| starter.raw(name).filter(|value| !value.is_null()));
    let Some(list) = list else {
        if is_snapshot(estate, starter.stack) {
            return on.unknown(phrase!(
                en: "the snapshot does not tell its subnets",
                ja: "スナップショットにサブネットの情報がない",
            ));
        }
        return on.unknown(phrase!(
            en: "its subnets are not set here; an AWS snapshot tells of them",
            ja: "サブネットがここに書かれていない。AWS スナップショットがあれば分かる",
        ));
    };
    let before = on.count();
    let mut public = Vec::new();
    let mut given = Vec::new();
    let (own, closed) = own_addresses(estate, links, starter, on);
    given.extend(own);
    if is_snapshot(estate, starter.stack) {
        given.extend(reached(estate, starter));
        // An address that was given by hand stands at the instance only.
        if let Err(why) = cx.all_here(starter.stack, "aws_instance") {
            on.unknown(why);
        }
    }
    for link in links.follow_all(starter.stack, &list, &["aws_subnet"]) {
        let (index, subnet) = match link {
            Link::To(index, subnet) => (index, subnet),
            Link::Away(why) => {
                on.unknown(why);
                continue;
            }
        };
        match routes.way(links, index, subnet) {
            Way::Private => {}
            Way::Public(steps) => public.push(steps),
            Way::Open(why) => on.unknown(why),
        }
        if closed || subnet.is_data {
            continue;
        }
        match subnet.flag("map_public_ip_on_launch") {
            Seen::Set(true, origin) => {
                let address = &subnet.address;
                let message = phrase!(
                    en: "every node in `{address}` gets a public address",
                    ja: "`{address}` のノードすべてに Public IP が割り当てられる",
                );
                given.push(Given {
                    by: subnet,
                    origin,
                    message,
                });
            }
            Seen::Set(false, _) | Seen::Unset => {}
            Seen::Unknown(why) => on.unknown(why),
        }
    }
    tell(estate, starter, &list, &public, given, on);
    if on.count() == before {
        on.pass();
    }
}

fn tell(
    estate: &Estate,
    starter: &Resource,
    list: &Value,
    public: &[Vec<&Resource>],
    given: Vec<Given<'_>>,
    on: &mut On<'_>,
) {
    if !public.is_empty() {
        let names: Vec<String> = public
            .iter()
            .filter_map(|steps| Some(format!("`{}`", steps.first()?.address)))
            .collect();
        let names = names.join(", ");
        let message = if given.is_empty() {
            phrase!(
                en: "nodes live in {names}, whose routes lead to an internet gateway: any public address makes them reachable; move them to private subnets",
                ja: "ノードが {names} にあり、ルートがインターネットゲートウェイへ向かう。Public IP が付けば外部から届くため、Private Subnet に移す",
            )
        } else {
            phrase!(
                en: "nodes live in {names}, whose routes lead to an internet gateway, and get public addresses: only security groups stand between them and the internet",
                ja: "ノードが {names} にあり、ルートがインターネットゲートウェイへ向かい、Public IP も割り当てられる。インターネットとの間にはセキュリティグループしかない",
            )
        };
        let severity = if given.is_empty() {
            Severity::Medium
        } else {
            Severity::High
        };
        let mut fault = Fault::of_value(estate, starter, list.origin(), message)
            .severity(severity)
            .key("route");
        for step in public.iter().flatten() {
            let address = &step.address;
            fault = fault.beside(
                estate,
                step,
                phrase!(en: "on the way: `{address}`", ja: "経路: `{address}`"),
            );
        }
        for one in &given {
            fault = fault.beside(estate, one.by, one.message.clone());
        }
        return on.fail(fault);
    }
    for one in given {
        let mut fault = Fault::of_value(estate, one.by, one.origin.as_ref(), one.message)
            .severity(Severity::Medium)
            .key(one.by.address.as_str());
        if !std::ptr::eq(one.by, starter) {
            let address = &starter.address;
            fault = fault.beside(
                estate,
                starter,
                phrase!(en: "nodes of `{address}`", ja: "`{address}` のノード"),
            );
        }
        if let Some(change) = edits::replaced(estate, one.origin.as_ref(), "false") {
            let title = phrase!(en: "Give no public address", ja: "Public IP を割り当てない");
            fault = fault.fix(Fix::risky(title).with(change));
        }
        on.fail(fault);
    }
}

/// Instances that the starter has now and that carry a public address, as one.
fn reached<'a>(estate: &'a Estate, starter: &'a Resource) -> Option<Given<'a>> {
    let mut all = instances(estate, starter).filter_map(|one| {
        match one.flag("associate_public_ip_address") {
            Seen::Set(true, origin) => Some((one, origin)),
            Seen::Set(false, _) | Seen::Unset | Seen::Unknown(_) => None,
        }
    });
    let (first, origin) = all.next()?;
    let more = all.count();
    let name = match first.text("id") {
        Seen::Set(id, _) => id,
        Seen::Unset | Seen::Unknown(_) => first.address.clone(),
    };
    let message = if more == 0 {
        phrase!(
            en: "the node `{name}` has a public address",
            ja: "ノード `{name}` に Public IP がある",
        )
    } else {
        phrase!(
            en: "the node `{name}` and {more} more of its group have public addresses",
            ja: "ノード `{name}` ほか同じグループの {more} 台に Public IP がある",
        )
    };
    Some(Given {
        by: first,
        origin,
        message,
    })
}

/// What the launch template or the instance itself says of public addresses, and whether it says no: that beats the subnet.
fn own_addresses<'a>(
    estate: &'a Estate,
    links: &Links<'a>,
    starter: &'a Resource,
    on: &mut On<'_>,
) -> (Option<Given<'a>>, bool) {
    let (by, holders) = if starter.kind == "aws_instance" {
        (starter, vec![starter.clone()])
    } else {
        match template(estate, links, starter) {
            Some(Link::To(_, template)) if template.is_data => {
                let address = &template.address;
                on.unknown(phrase!(
                    en: "`{address}` is only looked up here; an AWS snapshot tells whether it gives public addresses",
                    ja: "`{address}` はここでは参照されるだけで、Public IP の割り当ては AWS スナップショットがあれば分かる",
                ));
                return (None, false);
            }
            Some(Link::To(_, template)) => match template.nested("network_interfaces") {
                Seen::Set(blocks, _) => (template, blocks),
                Seen::Unset => return (None, false),
                Seen::Unknown(why) => {
                    on.unknown(why);
                    return (None, false);
                }
            },
            Some(Link::Away(why)) => {
                on.unknown(why);
                return (None, false);
            }
            None => return (None, false),
        }
    };
    let mut closed = false;
    for holder in holders {
        match holder.flag("associate_public_ip_address") {
            Seen::Set(true, origin) => {
                let address = &by.address;
                let message = phrase!(
                    en: "`{address}` gives every node a public address",
                    ja: "`{address}` がノードすべてに Public IP を割り当てる",
                );
                return (
                    Some(Given {
                        by,
                        origin,
                        message,
                    }),
                    true,
                );
            }
            Seen::Set(false, _) => closed = true,
            Seen::Unset => {}
            Seen::Unknown(why) => on.unknown(why),
        }
    }
    (None, closed)
}
