use sekisho_model::{Resource, Seen, Severity, phrase};
use sekisho_terraform::Origin;

use super::groups::{started_by, template};
use super::openings::{Opening, opening};
use super::rules::{self, GROUPS, Rules};
use crate::links::Link;
use crate::network::addresses::AddressSet;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

/// The port of SSH.
const SSH: i64 = 22;

/// Where a key pair is put on an instance.
const KEYED: [&str; 4] = [
    "aws_launch_template",
    "aws_launch_configuration",
    "aws_instance",
    "aws_spot_instance_request",
];

check! {
    /// **What it shows.** There is no SSH: no security group lets port 22 in from the internet (by any protocol, port range or
    /// split of addresses, inline or in rules of their own), none has a rule for port 22 alone, no node group has
    /// `remote_access`, and no instance or launch template carries a key pair.
    ///
    /// **Why it matters.** SSH is a second way onto nodes, past the API server, IAM and their logs. Keys are copied and outlive
    /// people. Session Manager gives the same shell by IAM, without an open port, and writes down what was done. A managed
    /// node group with a key but without source security groups opens port 22 to the whole internet.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_node_group" "apps" {
    ///   remote_access {
    ///     ec2_ssh_key = "ops"
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_iam_role_policy_attachment" "session_manager" {
    ///   role       = aws_iam_role.node.name
    ///   policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html>
    /// <https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html>
    ///
    /// # 日本語
    /// **示すこと。** SSH が存在しないこと。どのセキュリティグループも (プロトコル、ポート範囲、アドレスの分割、インラインか独立した
    /// ルールかを問わず) インターネットから 22 番を許可せず、22 番専用のルールもなく、ノードグループに `remote_access` がなく、
    /// インスタンスや起動テンプレートにキーペアがないこと。
    ///
    /// **理由。** SSH は API サーバーと IAM、そのログを通らずにノードへ入る第二の経路である。鍵は複製され、担当者が去った後も残る。
    /// Session Manager ならポートを開けずに IAM で同じシェルが得られ、操作も記録される。マネージドノードグループに鍵だけを指定し、
    /// 送信元セキュリティグループを指定しないと、22 番がインターネット全体に開く。
    ///
    /// **直し方。** SSH のルール、キーペア、`remote_access` を取り除き、ノードロールに `AmazonSSMManagedInstanceCore` を付けて SSM で接続する。
    SshOpen = "ssh-open";
    control: "T1.8",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "SSH is possible", "SSH で接続できる",
}

impl Check for SshOpen {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let made = made_for_remote_access(cx);
        for rules in rules::all(cx).values() {
            let mut on = sheet.on_resource(rules.subject);
            if made.contains(&rules.subject) && rules.all.iter().all(|(_, rule)| is_meant(cx, rule))
            {
                on.fail_told_by(&["ssh-open"]);
            } else {
                judge(cx, rules, &mut on);
            }
        }
        for kind in KEYED {
            for (index, resource) in cx.estate.of_type(kind) {
                key_pair(cx, resource, &mut sheet.on_resource(index));
            }
        }
        for (index, group) in cx.estate.of_type("aws_eks_node_group") {
            remote_access(cx, group, &mut sheet.on_resource(index));
        }
    }
}

/// The security groups that EKS made for `remote_access`, as a snapshot shows them: the node group tells.
fn made_for_remote_access(cx: &Context<'_>) -> Vec<usize> {
    const GROUP: &str = "resources.remote_access_security_group_id";
    let groups = cx.estate.of_type("aws_eks_node_group");
    let made = groups.filter_map(|(_, group)| cx.links().of_attribute(group, GROUP, &GROUPS));
    made.filter_map(|link| match link {
        Link::To(index, _) => Some(index),
        Link::Away(_) => None,
    })
    .collect()
}

fn is_meant(cx: &Context<'_>, rule: &Resource) -> bool {
    matches!(opening(cx.links(), rule, SSH), Ok(Some(one)) if one.meant)
}

fn judge(cx: &Context<'_>, rules: &Rules<'_>, on: &mut On<'_>) {
    let before = on.count();
    if let Some(why) = &rules.open {
        on.unknown(why.clone());
    }
    let mut openings: Vec<(&Resource, &Resource, Opening)> = Vec::new();
    for (holder, rule) in &rules.all {
        match opening(cx.links(), rule, SSH) {
            Ok(Some(opening)) => openings.push((holder, rule, opening)),
            Ok(None) => {}
            Err(why) => on.unknown(why),
        }
    }
    // Ranges of several rules count together.
    let all = openings
        .iter()
        .fold(AddressSet::default(), |all, (_, _, one)| {
            all.union(&one.from)
        });
    let wide = all.covers_internet();
    let beyond = openings.iter().filter(|(_, _, one)| !one.meant);
    for why in beyond.filter_map(|(_, _, one)| one.beyond.clone()) {
        on.unknown(why);
    }
    let shown: Vec<_> = openings
        .iter()
        .filter(|(_, _, one)| {
            if wide {
                !one.from.is_empty()
            } else {
                one.meant
            }
        })
        .collect();
    if wide {
        let ranges: Vec<&str> = shown
            .iter()
            .flat_map(|(_, _, one)| one.written.iter().map(String::as_str))
            .collect();
        let ranges = ranges.join(", ");
        let message = phrase!(
            en: "port 22 is open to the internet ({ranges}): anybody can try to log in to what uses this group",
            ja: "22 番ポートがインターネットに開いており ({ranges})、このグループを使うものに誰でもログインを試せる",
        );
        let mut shown = shown.into_iter();
        if let Some((holder, rule, first)) = shown.next() {
            let mut fault = Fault::of_value(cx.estate, holder, place(first, rule), message);
            for (holder, _, _) in shown {
                fault = fault.beside(
                    cx.estate,
                    holder,
                    phrase!(en: "the rest of the addresses", ja: "残りのアドレス"),
                );
            }
            on.fail(fault.key("internet"));
        }
    } else {
        for (holder, rule, one) in shown {
            let message = phrase!(
                en: "a rule lets SSH in: nodes are reached past the API server and its logs; use Session Manager instead",
                ja: "SSH を許可するルールがあり、API サーバーとそのログを通らずにノードへ接続できる。Session Manager を使う",
            );
            let fault = Fault::of_value(cx.estate, holder, place(one, rule), message);
            on.fail(fault.severity(Severity::Medium).key(one.written.join(",")));
        }
    }
    if on.count() == before {
        on.pass();
    }
}

fn place<'a>(opening: &'a Opening, rule: &'a Resource) -> Option<&'a Origin> {
    opening.origin.as_ref().or(rule.values.origin())
}

fn key_pair(cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
    if let Some((_, starter)) = started_by(cx.estate, resource)
        && gives_key(cx, starter)
    {
        return on.fail_told_by(&["ssh-open"]);
    }
    match resource.get("key_name") {
        Seen::Set(value, _) if value.as_str() == Some("") => on.pass(),
        Seen::Set(_, origin) => on.fail(keyed(cx, resource, origin.as_ref())),
        Seen::Unset => on.pass(),
        Seen::Unknown(why) => {
            // Whatever the name of a key pair that is made here will be, it is one.
            let value = resource.values.get("key_name");
            let target = value
                .as_ref()
                .and_then(|value| Some(&value.as_unknown()?.is_exactly()?.target.kind));
            if target.is_some_and(|kind| kind.as_ref() == "aws_key_pair") {
                on.fail(keyed(cx, resource, None));
            } else {
                on.unknown(why);
            }
        }
    }
}

/// Whether what starts the nodes gives them their key: then that is told, not each node.
fn gives_key(cx: &Context<'_>, starter: &Resource) -> bool {
    let has = |resource: &Resource, name: &str| matches!(resource.text(name), Seen::Set(key, _) if !key.is_empty());
    let by = match template(cx.estate, cx.links(), starter) {
        Some(Link::To(_, template)) => Some(template),
        Some(Link::Away(_)) | None => None,
    };
    by.is_some_and(|by| has(by, "key_name")) || has(starter, "remote_access.ec2_ssh_key")
}

fn keyed(cx: &Context<'_>, resource: &Resource, origin: Option<&Origin>) -> Fault {
    let message = phrase!(
        en: "a key pair is put on the instance: whoever holds the private key can log in by SSH once a port is open; use Session Manager instead",
        ja: "インスタンスにキーペアが設定され、ポートが開けば秘密鍵を持つ者が SSH でログインできる。Session Manager を使う",
    );
    Fault::of_value(cx.estate, resource, origin, message).severity(Severity::Medium)
}

/// With a key and without source groups EKS opens port 22 to 0.0.0.0/0 (EKS API, `RemoteAccessConfig`).
fn remote_access(cx: &Context<'_>, group: &Resource, on: &mut On<'_>) {
    let access = match group.nested("remote_access") {
        Seen::Set(blocks, _) => blocks.into_iter().next(),
        Seen::Unset => None,
        Seen::Unknown(why) => return on.unknown(why),
    };
    let Some(access) = access else {
        return on.pass();
    };
    let at = access.values.origin();
    let sources = access.values.get("source_security_group_ids");
    let sources = sources
        .filter(|value| !value.is_null() && value.items().is_none_or(|items| !items.is_empty()));
    let has_key = access
        .values
        .get("ec2_ssh_key")
        .is_some_and(|key| !key.is_null());
    if has_key && sources.is_none() {
        let message = phrase!(
            en: "`remote_access` names a key but no `source_security_group_ids`: EKS opens port 22 of every node to 0.0.0.0/0",
            ja: "`remote_access` に鍵だけがあり `source_security_group_ids` がないため、EKS が全ノードの 22 番を 0.0.0.0/0 に開く",
        );
        return on.fail(Fault::of_value(cx.estate, group, at, message));
    }
    let message = phrase!(
        en: "`remote_access` lets SSH in to every node: nodes are reached past the API server and its logs; use Session Manager instead",
        ja: "`remote_access` が全ノードへの SSH を許可し、API サーバーとそのログを通らずに接続できる。Session Manager を使う",
    );
    on.fail(Fault::of_value(cx.estate, group, at, message).severity(Severity::Medium));
}
