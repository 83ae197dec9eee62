use sekisho_model::{Fix, Resource, Seen, phrase};

use super::edits;
use super::groups::{started_by, template};
use super::node_metadata::{is_at_fault, is_loose, leaves_open, node_group, shown_by_nodes};
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
                || matches!(by, Some(Link::To(_, by)) if is_at_fault(by))
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
        // What a template leaves to AMI and account, the nodes that were started from it show.
        if leaves_open(options.as_ref())
            && let Some(all_tight) = shown_by_nodes(cx, resource)
        {
            return if all_tight {
                on.pass();
            } else {
                on.fail_told_by(&["instance-metadata"]);
            };
        }
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
