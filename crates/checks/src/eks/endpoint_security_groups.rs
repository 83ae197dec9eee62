use sekisho_model::{Phrase, Resource, Seen, phrase};
use sekisho_terraform::{Origin, Value};

use crate::links::Link;
use crate::network::addresses::AddressSet;
use crate::nodes::openings::{Opening, opening};
use crate::nodes::rules::{self, GROUPS, Rules};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

/// The port of the endpoint.
const PORT: i64 = 443;

/// More addresses than this are nobody in particular: sixteen VPCs of the largest size (a /12), or a /40 of IPv6.
const MOST: (u128, u128) = (1 << 20, 1 << 88);

check! {
    /// **What it shows.** The security groups of a private endpoint let in on port 443 only what is named: other security groups, or
    /// ranges that together stay small. The groups are those of `security_group_ids` and the one that EKS makes for the cluster,
    /// with all rules that are added to them; prefix lists are followed.
    ///
    /// **Why it matters.** A private endpoint answers everything that can reach the VPC: peered networks, transit gateways, VPNs, every
    /// instance in it. Only its security groups say who of them. With 10.0.0.0/8 or 0.0.0.0/0 any foothold inside the company's network
    /// talks to the API server.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_vpc_security_group_ingress_rule" "api" {
    ///   security_group_id = aws_security_group.endpoint.id
    ///   cidr_ipv4         = "0.0.0.0/0"
    ///   ip_protocol       = "tcp"
    ///   from_port         = 443
    ///   to_port           = 443
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_vpc_security_group_ingress_rule" "api" {
    ///   security_group_id            = aws_security_group.endpoint.id
    ///   referenced_security_group_id = aws_security_group.bastion.id
    ///   ip_protocol                  = "tcp"
    ///   from_port                    = 443
    ///   to_port                      = 443
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html>
    ///
    /// # 日本語
    /// **示すこと。** private エンドポイントのセキュリティグループが、443 番で必要な送信元 (ほかのセキュリティグループ、または合わせても小さい
    /// アドレス範囲) だけを許可すること。対象は `security_group_ids` のグループと EKS が作るクラスタのセキュリティグループで、
    /// 追加されたルールをすべて含み、プレフィックスリストもたどる。
    ///
    /// **理由。** private エンドポイントは、ピアリング、Transit Gateway、VPN、VPC 内のインスタンスなど、VPC に届くすべてのものに応答する。
    /// 送信元を絞るのはセキュリティグループだけである。10.0.0.0/8 や 0.0.0.0/0 を許可すると、社内ネットワークのどこに侵入されても
    /// API サーバーに届く。
    ///
    /// **直し方。** 送信元をセキュリティグループの参照か、必要なサブネットの範囲に絞る。
    EndpointSecurityGroups = "endpoint-security-groups";
    control: "T1.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Private endpoint lets in whole networks", "private エンドポイントの送信元が広すぎる",
}

impl Check for EndpointSecurityGroups {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let rules = rules::all(cx);
        for (index, cluster) in cx.estate.of_type("aws_eks_cluster") {
            let mut on = sheet.on_resource(index);
            // `Default: false` in the provider's schema, as in the API.
            match cluster
                .flag("vpc_config.endpoint_private_access")
                .or_default(false)
            {
                Seen::Set(true, _) => {}
                Seen::Unknown(why) => {
                    on.unknown(why);
                    continue;
                }
                Seen::Set(false, _) | Seen::Unset => continue,
            }
            let before = on.count();
            if let Some(own) = rules.get(&index) {
                judge(cx, cluster, own, &mut on);
            }
            for group in groups(cx, cluster, &mut on) {
                if let Some(own) = rules.get(&group) {
                    judge(cx, cluster, own, &mut on);
                }
            }
            for why in stray(cx, cluster, rules.values()) {
                on.unknown(why);
            }
            if on.count() == before {
                on.pass();
            }
        }
    }
}

/// The security groups of the endpoint, by their indexes; what is not here is told as unknown.
fn groups(cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) -> Vec<usize> {
    let lists = [
        "vpc_config.security_group_ids",
        "vpc_config.cluster_security_group_id",
    ];
    let lists = lists.into_iter().filter_map(|name| cluster.raw(name));
    let mut found = Vec::new();
    for list in lists.filter(|list| !Value::is_null(list)) {
        for link in cx.links().follow_all(cluster.stack, &list, &GROUPS) {
            match link {
                Link::To(index, group) if !group.is_data => found.push(index),
                Link::To(_, group) => {
                    let address = &group.address;
                    on.unknown(phrase!(
                        en: "`{address}` is only looked up here; an AWS snapshot tells its rules",
                        ja: "`{address}` はここでは参照されるだけで、ルールは AWS スナップショットがあれば分かる",
                    ));
                }
                Link::Away(why) => on.unknown(why),
            }
        }
    }
    found
}

/// Why rules of the same configuration that let in much may belong to this endpoint.
fn stray<'r>(
    cx: &Context<'_>,
    cluster: &Resource,
    rules: impl Iterator<Item = &'r Rules<'r>>,
) -> Vec<Phrase> {
    let mut reasons = Vec::new();
    for own in rules {
        let Some(why) = &own.loose else {
            continue;
        };
        let is_near = |holder: &Resource| holder.stack == cluster.stack;
        let is_wide = own.all.iter().any(|(holder, rule)| {
            is_near(holder)
                && match opening(cx.links(), rule, PORT) {
                    Ok(Some(one)) => too_many(&one.from).is_some(),
                    Ok(None) | Err(_) => false,
                }
        });
        if is_wide {
            reasons.push(why.clone());
        }
    }
    reasons
}

/// Ranges of several rules count together.
fn judge(cx: &Context<'_>, cluster: &Resource, rules: &Rules<'_>, on: &mut On<'_>) {
    if let Some(why) = &rules.open {
        on.unknown(why.clone());
    }
    let mut openings: Vec<(&Resource, &Resource, Opening)> = Vec::new();
    for (holder, rule) in &rules.all {
        match opening(cx.links(), rule, PORT) {
            Ok(Some(opening)) => openings.push((holder, rule, opening)),
            Ok(None) => {}
            Err(why) => on.unknown(why),
        }
    }
    let all = openings.iter();
    let all = all.fold(AddressSet::default(), |all, (_, _, one)| {
        all.union(&one.from)
    });
    let Some(Phrase { en, ja }) = too_many(&all) else {
        for why in openings.into_iter().filter_map(|(_, _, one)| one.beyond) {
            on.unknown(why);
        }
        return;
    };
    openings.retain(|(_, _, one)| !one.from.is_empty());
    // The widest rule first.
    openings.sort_by_key(|(_, _, one)| {
        let (v4, v6) = one.from.counts();
        std::cmp::Reverse((v6 > MOST.1, v4.max(v6 >> 68)))
    });
    let ranges: Vec<&str> = openings
        .iter()
        .flat_map(|(_, _, one)| one.written.iter().map(String::as_str))
        .collect();
    let ranges = ranges.join(", ");
    let address = &cluster.address;
    let message = phrase!(
        en: "the private endpoint of `{address}` lets in {en} on port 443 ({ranges}); name the security groups or subnets that need it",
        ja: "`{address}` の private エンドポイントが 443 番で{ja}を許可している ({ranges})。必要なセキュリティグループかサブネットだけを指定する",
    );
    let mut all = openings.iter();
    let Some((holder, rule, first)) = all.next() else {
        return;
    };
    let mut fault = Fault::of_value(cx.estate, holder, place(first, rule), message);
    for (holder, _, _) in all {
        let text = phrase!(en: "the rest of the addresses", ja: "残りのアドレス");
        fault = fault.beside(cx.estate, holder, text);
    }
    let text = phrase!(en: "whose endpoint it guards", ja: "このグループが守るエンドポイント");
    fault = fault.beside(cx.estate, cluster, text);
    on.fail(fault.key(holder.address.as_str()));
}

fn place<'a>(opening: &'a Opening, rule: &'a Resource) -> Option<&'a Origin> {
    opening.origin.as_ref().or(rule.values.origin())
}

/// Whom it lets in, when that is nobody in particular.
fn too_many(from: &AddressSet) -> Option<Phrase> {
    if from.covers_internet() {
        return Some(Phrase::new("every address", "すべてのアドレス"));
    }
    let (v4, v6) = from.counts();
    if v4 > MOST.0 {
        return Some(phrase!(en: "{v4} IPv4 addresses", ja: " IPv4 アドレス {v4} 個"));
    }
    (v6 > MOST.1).then(|| Phrase::new("large IPv6 networks", "大きな IPv6 ネットワーク"))
}
