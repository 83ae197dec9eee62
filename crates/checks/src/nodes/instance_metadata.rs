use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use super::edits;
use super::groups::{instances, started_by, template};
use crate::absence::is_snapshot;
use crate::links::Link;
use crate::{Check, Context, Fault, Level, On, check};

/// What EC2 is asked for: the endpoint with one-hop answers to requests that carry a token.
const BLOCK: [&str; 5] = [
    "",
    "metadata_options {",
    "  http_tokens                 = \"required\"",
    "  http_put_response_hop_limit = 1",
    "}",
];

check! {
    /// **What it shows.** Instances answer metadata requests only with a token (IMDSv2), and the answer ends at the node:
    /// hop limit 1. A disabled endpoint is as good.
    ///
    /// **Why it matters.** The metadata service hands out the credentials of the node role. Without a token any request that
    /// a pod can be made to send is enough; with two hops every pod of its own network reaches it and acts as the node. Left
    /// out, `http_tokens` is `optional` (unless AMI or account say otherwise), so it must be written down. A managed node group
    /// without a launch template gets what EKS sets for its AMI: AL2023 one hop and tokens, AL2 two hops and none.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_launch_template" "node" {
    ///   metadata_options {
    ///     http_tokens                 = "required"
    ///     http_put_response_hop_limit = 2
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_launch_template" "node" {
    ///   metadata_options {
    ///     http_tokens                 = "required"
    ///     http_put_response_hop_limit = 1
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceMetadataOptionsRequest.html>
    /// <https://docs.aws.amazon.com/eks/latest/userguide/al2023.html>
    ///
    /// # 日本語
    /// **示すこと。** インスタンスのメタデータがトークン付きのリクエスト (IMDSv2) にだけ応答し、応答がノードの外へ届かない
    /// (ホップ制限 1) こと。エンドポイントの無効化でもよい。
    ///
    /// **理由。** メタデータサービスはノード IAM ロールの認証情報を渡す。トークンが不要なら、Pod に送らせたリクエスト 1 つで足りる。
    /// ホップ数が 2 なら、独自のネットワークを持つ Pod からも届き、ノードとして行動できる。`http_tokens` を省くと (AMI やアカウントの
    /// 設定がない限り) `optional` になるため、明記する必要がある。起動テンプレートのないマネージドノードグループでは AMI ごとの EKS の
    /// 設定が使われる。AL2023 はトークン必須で 1 ホップ、AL2 はトークン不要で 2 ホップである。
    ///
    /// **直し方。** `metadata_options` に `http_tokens = "required"` と `http_put_response_hop_limit = 1` を書く。ノードの認証情報に頼る Pod には
    /// 先に IRSA か Pod Identity を与える。
    InstanceMetadata = "instance-metadata";
    control: "T1.4",
    severity: High,
    profile: Default,
    level: Level::Resource(&[
        "aws_launch_template",
        "aws_launch_configuration",
        "aws_instance",
        "aws_eks_node_group",
    ]),
    fix: Risky,
    title: "Pods reach the metadata of the node", "Pod からノードのメタデータに届く",
}

impl Check for InstanceMetadata {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        if resource.kind == "aws_eks_node_group" {
            return node_group(cx, resource, on);
        }
        // What an instance of a snapshot got from its group is told there.
        if let Some((_, starter)) = started_by(cx.estate, resource) {
            let by = template(cx.estate, cx.links(), starter);
            if starter.kind == "aws_eks_node_group"
                || matches!(by, Some(Link::To(_, by)) if is_loose(by))
            {
                return if is_loose(resource) {
                    on.fail_told_by(&["instance-metadata"]);
                } else {
                    on.pass();
                };
            }
        }
        let options = match resource.nested("metadata_options") {
            Seen::Set(blocks, _) => blocks.into_iter().next(),
            Seen::Unset => None,
            Seen::Unknown(why) => return on.unknown(why),
        };
        let Some(options) = options else {
            let message = phrase!(
                en: "no `metadata_options`: metadata answers without a token unless the AMI says otherwise, and then over two hops, so pods can take the credentials of the node",
                ja: "`metadata_options` がない。AMI の指定がなければトークンなしで応答し、指定があれば 2 ホップまで届くため、Pod がノードの認証情報を取得できる",
            );
            let mut fault = Fault::of_value(cx.estate, resource, None, message);
            if let Some(change) = edits::appended(cx.estate, resource, &BLOCK) {
                fault = fault.fix(mend().with(change));
            }
            return on.fail(fault);
        };
        match options.text("http_endpoint") {
            Seen::Set(state, _) if state == "disabled" => return on.pass(),
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Set(..) | Seen::Unset => {}
        }
        let before = on.count();
        tokens(cx, resource, &options, on);
        hops(cx, resource, &options, on);
        if on.count() == before {
            on.pass();
        }
    }
}

fn mend() -> Fix {
    Fix::risky(phrase!(en: "Require tokens, one hop", ja: "トークンを必須にし 1 ホップにする"))
}

fn tokens(cx: &Context<'_>, resource: &Resource, options: &Resource, on: &mut On<'_>) {
    let (origin, message) = match options.text("http_tokens") {
        Seen::Set(state, _) if state == "required" => return,
        Seen::Set(state, origin) => (
            origin,
            phrase!(
                en: "`http_tokens` is `{state}`: a single request without a token gets the credentials of the node",
                ja: "`http_tokens` が `{state}` のため、トークンなしのリクエスト 1 つでノードの認証情報が得られる",
            ),
        ),
        Seen::Unset => (
            None,
            phrase!(
                en: "`http_tokens` is not set and defaults to `optional`: a single request without a token gets the credentials of the node",
                ja: "`http_tokens` が未設定で既定の `optional` になり、トークンなしのリクエスト 1 つでノードの認証情報が得られる",
            ),
        ),
        Seen::Unknown(why) => return on.unknown(why),
    };
    let change = match (&origin, options.values.origin()) {
        (Some(origin), _) => edits::replaced(cx.estate, Some(origin), "\"required\""),
        (None, Some(block)) => {
            edits::appended_to(cx.estate, block, &["http_tokens = \"required\""])
        }
        (None, None) => None,
    };
    let at = origin.as_ref().or(options.values.origin());
    let mut fault = Fault::of_value(cx.estate, resource, at, message).key("tokens");
    if let Some(change) = change {
        fault = fault.fix(mend().with(change));
    }
    on.fail(fault);
}

fn hops(cx: &Context<'_>, resource: &Resource, options: &Resource, on: &mut On<'_>) {
    let (limit, origin) = match options.whole("http_put_response_hop_limit") {
        Seen::Set(limit, _) if limit <= 1 => return,
        Seen::Set(limit, origin) => (limit, origin),
        // The API gives 1, but an AMI that requires IMDSv2 brings 2 (EC2 User Guide, order of precedence).
        Seen::Unset => {
            return on.unknown(phrase!(
                en: "`http_put_response_hop_limit` is not set: the AMI decides whether it is 1 or 2; write it down",
                ja: "`http_put_response_hop_limit` が未設定で、1 か 2 かは AMI による。明記する",
            ));
        }
        Seen::Unknown(why) => return on.unknown(why),
    };
    let message = phrase!(
        en: "metadata answers travel {limit} hops: pods reach them and can take the credentials of the node",
        ja: "メタデータの応答が {limit} ホップ先まで届き、Pod がノードの認証情報を取得できる",
    );
    let mut fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message).key("hops");
    if let Some(change) = edits::replaced(cx.estate, origin.as_ref(), "1") {
        fault = fault.fix(mend().with(change));
    }
    on.fail(fault);
}

/// With a launch template, that one tells; in a snapshot the nodes that run tell, too.
fn node_group(cx: &Context<'_>, group: &Resource, on: &mut On<'_>) {
    let given = match group.nested("launch_template") {
        Seen::Set(..) => template(cx.estate, cx.links(), group),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Unset => None,
    };
    if is_snapshot(cx.estate, group.stack) {
        return running(cx, group, given.as_ref(), on);
    }
    if given.is_some() {
        return;
    }
    by_image(cx, group, on);
}

/// What EKS sets by the kind of AMI.
fn by_image(cx: &Context<'_>, group: &Resource, on: &mut On<'_>) {
    match group.text("ami_type") {
        Seen::Set(kind, _) if kind.starts_with("AL2023_") => on.pass(),
        Seen::Set(kind, origin) if kind.starts_with("AL2_") => {
            let message = phrase!(
                en: "EKS starts `{kind}` nodes without a launch template with two hops and without tokens: pods can take the credentials of the node; give it a launch template with `metadata_options`, or AL2023",
                ja: "起動テンプレートのない `{kind}` ノードはトークン不要・2 ホップで起動され、Pod がノードの認証情報を取得できる。`metadata_options` 付きの起動テンプレートか AL2023 を使う",
            );
            on.fail(
                Fault::of_value(cx.estate, group, origin.as_ref(), message)
                    .severity(Severity::High),
            );
        }
        Seen::Set(kind, _) => on.unknown(phrase!(
            en: "what EKS sets for `{kind}` nodes is not written here; a launch template, or a snapshot with its instances, tells",
            ja: "`{kind}` ノードに EKS が設定する値はここに書かれていない。起動テンプレート、またはインスタンスを含むスナップショットで分かる",
        )),
        Seen::Unset => on.unknown(phrase!(
            en: "neither a launch template nor `ami_type` is set: what metadata answers depends on the AMI that EKS picks",
            ja: "起動テンプレートも `ami_type` もなく、メタデータの設定は EKS が選ぶ AMI による",
        )),
        Seen::Unknown(why) => on.unknown(why),
    }
}

/// True when it is known that pods get answers.
fn is_loose(resource: &Resource) -> bool {
    let options = match resource.nested("metadata_options") {
        Seen::Set(blocks, _) => blocks.into_iter().next(),
        Seen::Unset => return true,
        Seen::Unknown(_) => return false,
    };
    let Some(options) = options else {
        return true;
    };
    if matches!(options.text("http_endpoint"), Seen::Set(state, _) if state == "disabled") {
        return false;
    }
    let has_tokens = matches!(options.text("http_tokens"), Seen::Set(state, _) if state == "required")
        || matches!(options.text("http_tokens"), Seen::Unknown(_));
    let hops = match options.whole("http_put_response_hop_limit") {
        Seen::Set(hops, _) => hops,
        Seen::Unset | Seen::Unknown(_) => 1,
    };
    !has_tokens || hops > 1
}

/// The nodes of a group that a snapshot shows. Where the template is at fault, that is told there.
fn running(cx: &Context<'_>, group: &Resource, given: Option<&Link<'_>>, on: &mut On<'_>) {
    match given {
        Some(Link::To(_, template)) if is_loose(template) => {
            return on.fail_told_by(&["instance-metadata"]);
        }
        Some(Link::Away(why)) => on.unknown(why.clone()),
        Some(Link::To(..)) | None => {}
    }
    let mut all = instances(cx.estate, group).peekable();
    if let Err(why) = cx.all_here(group.stack, "aws_instance") {
        on.unknown(why);
    } else if all.peek().is_none() {
        return if given.is_some() {
            on.pass();
        } else {
            by_image(cx, group, on);
        };
    }
    let loose: Vec<&Resource> = all.filter(|one| is_loose(one)).collect();
    let [first, others @ ..] = loose.as_slice() else {
        return on.pass();
    };
    let more = others.len();
    let name = match first.text("id") {
        Seen::Set(id, _) => id,
        Seen::Unset | Seen::Unknown(_) => first.address.clone(),
    };
    let message = if more == 0 {
        phrase!(
            en: "the node `{name}` answers metadata requests of pods: without a token, or over two hops; pods can take the credentials of the node",
            ja: "ノード `{name}` のメタデータが、トークンなしで、または 2 ホップ以上先の Pod に応答する。Pod がノードの認証情報を取得できる",
        )
    } else {
        phrase!(
            en: "the node `{name}` and {more} more of the group answer metadata requests of pods: without a token, or over two hops; pods can take the credentials of the node",
            ja: "ノード `{name}` ほか同じグループの {more} 台のメタデータが、トークンなしで、または 2 ホップ以上先の Pod に応答する。Pod がノードの認証情報を取得できる",
        )
    };
    let options = first.raw("metadata_options");
    let origin = options.as_ref().and_then(|options| options.origin());
    let mut fault = Fault::of_value(cx.estate, first, origin, message);
    let address = &group.address;
    let text = phrase!(en: "nodes of `{address}`", ja: "`{address}` のノード");
    fault = fault.beside(cx.estate, group, text);
    on.fail(fault.key(name));
}
