use std::sync::Arc;

use sekisho_model::{Fields, Fix, Place, Pod, phrase};
use sekisho_text::Route;

use super::agent::{self, Agent, Flag};
use super::policies::on_host_network;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

const FLAG: &str = "enable-network-policy";
const SWITCH: &str = "enable-network-policy-controller";

check! {
    /// **What it shows.** NetworkPolicies bind: the policy engine of the VPC CNI is on (the agent's
    /// `--enable-network-policy` and the controller's switch in the ConfigMap `amazon-vpc-cni`), or Calico or Cilium is
    /// there; and no pod runs where the engine cannot reach: on Fargate, on Windows, in the network of the node, or
    /// without a controller that owns it.
    ///
    /// **Why it matters.** The API server stores a NetworkPolicy whether or not anything enforces it. On EKS the engine is
    /// off by default, and every policy is then a text.
    ///
    /// **Bad.**
    /// ```yaml
    /// args: [--enable-network-policy=false]
    /// ```
    ///
    /// **Good.** `--enable-network-policy=true`, best through the add-on's configuration `{"enableNetworkPolicy": "true"}`.
    ///
    /// **References.** [EKS: Limit Pod traffic with Kubernetes network policies](https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html)
    /// · [aws-network-policy-agent](https://github.com/aws/aws-network-policy-agent)
    ///
    /// # 日本語
    /// **示すこと。** NetworkPolicy が実際に強制されること。VPC CNI のポリシーエンジンが有効である (エージェントの
    /// `--enable-network-policy` と ConfigMap `amazon-vpc-cni` のコントローラーの設定) か、Calico または Cilium があること。また、
    /// Fargate・Windows・ノードのネットワーク・コントローラーを持たない単体の Pod など、エンジンが及ばない Pod がないこと。
    ///
    /// **理由。** API サーバーは、強制するものがなくても NetworkPolicy を受け付ける。EKS のエンジンは既定で無効であり、その状態では
    /// どのポリシーもただの文書にすぎない。
    ///
    /// **悪い例。** `args: [--enable-network-policy=false]`
    ///
    /// **良い例。** `--enable-network-policy=true`。アドオンの設定 `{"enableNetworkPolicy": "true"}` で指定するのが望ましい。
    PolicyEngineOff = "policy-engine-off";
    control: "T2.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "NetworkPolicies are not enforced", "NetworkPolicy が強制されていない",
}

impl Check for PolicyEngineOff {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let others: Vec<(usize, &Arc<Place>)> = agent::other_engines(cx.estate).collect();
        let mut seen: Vec<Arc<Place>> = Vec::new();
        for (index, place) in &others {
            sheet.on(*index).pass();
            seen.push(Arc::clone(place));
        }
        let mut by_vpc_cni = Vec::new();
        for agent in agent::all(cx.estate) {
            let place = &agent.object.place;
            if others.iter().all(|(_, other)| *other != place) {
                judge_agent(cx, &agent, sheet);
                by_vpc_cni.push(Arc::clone(place));
            }
            seen.push(Arc::clone(place));
        }
        judge_switch(cx, &others, sheet);
        let mut missing = false;
        for (index, pod) in cx.workloads().all() {
            let place = &pod.object.place;
            judge_pod(pod, by_vpc_cni.contains(place), &mut sheet.on(*index));
            missing |= cx.policies().any_in(place)
                && !seen.contains(place)
                && !agent::is_told_by_addon(cx.estate, place);
        }
        if missing {
            sheet.estate().unknown(phrase!(
                en: "whether the VPC CNI enforces NetworkPolicies stands in the add-on's configuration (Terraform or AWS)",
                ja: "VPC CNI が NetworkPolicy を強制するかは、アドオンの設定 (Terraform または AWS) による",
            ));
        }
    }
}

fn judge_agent(cx: &Context<'_>, agent: &Agent<'_>, sheet: &mut Sheet<'_>) {
    let mut on = sheet.on(agent.index);
    let Some(container) = &agent.container else {
        on.fail(Fault::at(
            Route::of("spec.template.spec.containers"),
            phrase!(
                en: "`aws-node` runs without `aws-eks-nodeagent`, which enforces NetworkPolicies: none of them binds. The VPC CNI has it since 1.14.",
                ja: "`aws-node` に NetworkPolicy を強制する `aws-eks-nodeagent` がなく、どのポリシーも効かない。VPC CNI 1.14 以降に含まれる。",
            ),
        ));
        return;
    };
    let flag = Flag::read(container, FLAG);
    if !flag.is_on {
        on.fail(
            Fault::at(
                flag.route.clone(),
                phrase!(
                    en: "`aws-eks-nodeagent` runs with `--{FLAG}` off: no NetworkPolicy of the cluster binds.",
                    ja: "`aws-eks-nodeagent` の `--{FLAG}` が無効であり、クラスタの NetworkPolicy はどれも効かない。",
                ),
            )
            .fix(flag.switch_on(Fix::risky(agent::switch_title(FLAG)), FLAG)),
        );
    } else if switches(cx).any(|(_, config)| config.place == agent.object.place) {
        on.pass();
    } else {
        on.unknown(phrase!(
            en: "the controller's switch `{SWITCH}` (ConfigMap `amazon-vpc-cni` in kube-system) is not in the files",
            ja: "コントローラーの設定 `{SWITCH}` (kube-system の ConfigMap `amazon-vpc-cni`) がファイルにない",
        ));
    }
}

fn switches<'s>(cx: &'s Context<'_>) -> impl Iterator<Item = (usize, &'s sekisho_model::Object)> {
    cx.estate.of_kind("", "ConfigMap").filter(|(_, object)| {
        object.name == "amazon-vpc-cni"
            && matches!(object.namespace.given(), Some("kube-system") | None)
    })
}

/// The controller resolves policies only while this says `true`; Auto Mode has no other switch.
fn judge_switch(cx: &Context<'_>, others: &[(usize, &Arc<Place>)], sheet: &mut Sheet<'_>) {
    for (index, config) in switches(cx) {
        if others.iter().any(|(_, place)| **place == config.place) {
            continue;
        }
        let value = config.value.at("data").and_then(|data| data.text(SWITCH));
        let mut on = sheet.on(index);
        if value == Some("true") {
            on.pass();
            continue;
        }
        let fix = Fix::risky(phrase!(
            en: "Switch the network policy controller on",
            ja: "ネットワークポリシーコントローラーを有効にする",
        ));
        let route = Route::of("data").key(SWITCH);
        on.fail(
            Fault::at(
                route.clone(),
                phrase!(
                    en: "`{SWITCH}` is not \"true\": EKS resolves no NetworkPolicy, so none binds.",
                    ja: "`{SWITCH}` が \"true\" でないため、EKS は NetworkPolicy を処理せず、どれも効かない。",
                ),
            )
            .fix(fix.set(route, "true")),
        );
    }
}

/// Where no engine reaches the pod, whatever policies say. See the considerations in the EKS user guide.
fn judge_pod(pod: &Pod<'_>, by_vpc_cni: bool, on: &mut On<'_>) {
    if on_host_network(pod) {
        on.fail_told_by(&["host-namespaces"]);
    }
    let on_fargate = pod.label("eks.amazonaws.com/fargate-profile").is_some()
        || pod.spec().text("schedulerName") == Some("fargate-scheduler")
        || pod
            .spec()
            .at("nodeSelector")
            .and_then(|selector| selector.key("eks.amazonaws.com/compute-type")?.as_str())
            == Some("fargate");
    if on_fargate {
        on.fail(Fault::at(
            pod.at(""),
            phrase!(
                en: "This pod runs on Fargate, where no NetworkPolicy is enforced. Use managed nodes, or bound it with a security group.",
                ja: "この Pod は NetworkPolicy が強制されない Fargate で動く。マネージドノードに移すか、セキュリティグループで制限する。",
            ),
        ));
    }
    if !by_vpc_cni {
        return;
    }
    if pod.is_windows() {
        on.fail(Fault::at(
            pod.at("os.name"),
            phrase!(
                en: "This pod runs on Windows, where the VPC CNI enforces no NetworkPolicy.",
                ja: "この Pod は Windows で動き、VPC CNI の NetworkPolicy は強制されない。",
            ),
        ));
    }
    let is_alone = pod.object.is("", "Pod")
        && pod
            .object
            .value
            .items("metadata.ownerReferences")
            .is_empty();
    if is_alone && !on_host_network(pod) {
        on.fail(Fault::at(
            Route::of("kind"),
            phrase!(
                en: "This pod stands alone: the VPC CNI enforces NetworkPolicies only for pods that a controller owns. Run it from a Deployment or a Job.",
                ja: "この Pod は単体で作られている。VPC CNI が NetworkPolicy を強制するのは、コントローラーが所有する Pod だけである。Deployment か Job で動かす。",
            ),
        ));
    }
}
