use sekisho_model::{Fields, Fix, Object, Pod, phrase};
use sekisho_text::Route;

use super::network_policy_reaches_node::reaches_metadata;
use super::policies::{Direction, on_host_network};
use super::rules::{Peers, Ports};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** Pods cannot ask the instance metadata service for the credentials of the node role: their
    /// policies close the way out to 169.254.169.254, or the node classes of Karpenter demand IMDSv2 with a hop limit of 1.
    /// Elsewhere the hop limit stands in launch templates, so the answer waits for Terraform or AWS. A pod in the network
    /// of the node reaches the service whatever the limit is.
    ///
    /// **Why it matters.** One request from a pod that was taken over, or a server-side request forgery in it, yields the
    /// node's AWS credentials: pulling images, describing the VPC, and whatever else the node role may do.
    ///
    /// **Bad.**
    /// ```yaml
    /// kind: EC2NodeClass
    /// spec: { metadataOptions: { httpTokens: optional, httpPutResponseHopLimit: 2 } }
    /// ```
    ///
    /// **Good.** `httpTokens: required` and `httpPutResponseHopLimit: 1`; pods get AWS rights by IRSA or Pod Identity.
    ///
    /// **References.** [EKS Best Practices: Identity and access management](https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html)
    /// · [Karpenter: NodeClasses](https://karpenter.sh/docs/concepts/nodeclasses/)
    ///
    /// # 日本語
    /// **示すこと。** Pod がインスタンスメタデータサービスからノード IAM ロールの認証情報を取得できないこと。ポリシーが
    /// 169.254.169.254 への送信を閉じているか、Karpenter の NodeClass が IMDSv2 とホップ制限 1 を必須としていること。それ以外の
    /// ホップ制限は起動テンプレートにあるため、Terraform または AWS で判定する。ノードのネットワークで動く Pod には制限が効かない。
    ///
    /// **理由。** 乗っ取られた Pod や SSRF からの 1 回の要求で、ノードの AWS 認証情報が得られる。
    ///
    /// **悪い例。** `EC2NodeClass` の `httpTokens: optional` や `httpPutResponseHopLimit: 2`。
    ///
    /// **良い例。** `httpTokens: required` と `httpPutResponseHopLimit: 1`。Pod の AWS 権限は IRSA か Pod Identity で与える。
    MetadataReachable = "metadata-reachable";
    control: "T1.4",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Pods reach the instance metadata service", "Pod からインスタンスメタデータに到達できる",
}

impl Check for MetadataReachable {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, class) in cx.estate.of_kind("karpenter.k8s.aws", "EC2NodeClass") {
            judge_class(class, &mut sheet.on(index));
        }
        for (index, pod) in cx.workloads().all() {
            judge_pod(cx, pod, &mut sheet.on(*index));
        }
    }
}

/// Karpenter's own defaults are a hop limit of 1 and IMDSv2 since v1, and a limit of 2 before.
fn judge_class(class: &Object, on: &mut On<'_>) {
    let options = Route::of("spec.metadataOptions");
    let text = |field: &str| class.value.at("spec.metadataOptions")?.text(field);
    if text("httpEndpoint") == Some("disabled") {
        on.pass();
        return;
    }
    let tokens = text("httpTokens").unwrap_or("required");
    let usual = if class.api_version.ends_with("/v1") {
        1
    } else {
        2
    };
    let hops = class
        .value
        .int("spec.metadataOptions.httpPutResponseHopLimit")
        .unwrap_or(usual);
    let name = &class.name;
    if tokens != "required" {
        let route = options.key("httpTokens");
        let title = phrase!(en: "Require IMDSv2", ja: "IMDSv2 を必須にする");
        on.fail(
            Fault::at(
                route.clone(),
                phrase!(
                    en: "Nodes of `{name}` answer IMDSv1 (`httpTokens: {tokens}`), which no hop limit bounds: any pod on them can take the credentials of the node role.",
                    ja: "`{name}` のノードは IMDSv1 に応答し (`httpTokens: {tokens}`)、ホップ制限も効かない。ノード上のどの Pod もノード IAM ロールの認証情報を取得できる。",
                ),
            )
            .fix(Fix::risky(title).set(route, "required")),
        );
    }
    if hops > 1 {
        let route = options.key("httpPutResponseHopLimit");
        let title = phrase!(en: "Keep the answer on the node", ja: "応答をノード内に留める");
        on.fail(
            Fault::at(
                route.clone(),
                phrase!(
                    en: "Nodes of `{name}` answer metadata requests over {hops} hops: pods, which are one hop away, can take the credentials of the node role.",
                    ja: "`{name}` のノードのメタデータ応答は {hops} ホップ届く。1 ホップ先の Pod がノード IAM ロールの認証情報を取得できる。",
                ),
            )
            .fix(Fix::risky(title).set(route, 1)),
        );
    }
    if tokens == "required" && hops <= 1 {
        on.pass();
    }
}

fn judge_pod(cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
    if on_host_network(pod) {
        on.fail_told_by(&["host-namespaces"]);
        return;
    }
    let mut is_isolated = false;
    let mut is_open = false;
    for policy in cx.policies().isolating(pod, Direction::Egress) {
        is_isolated = true;
        is_open |= policy
            .rules(Direction::Egress)
            .iter()
            .any(|rule| reaches_metadata(&Peers::of(rule, Direction::Egress), &Ports::of(rule)));
    }
    if is_isolated && !is_open {
        on.pass();
    } else {
        on.unknown(phrase!(
            en: "no NetworkPolicy closes 169.254.169.254 for these pods; the nodes' hop limit (Terraform or AWS) would settle it",
            ja: "169.254.169.254 を閉じる NetworkPolicy がない。ノードのホップ制限 (Terraform または AWS) で判定できる",
        ));
    }
}
