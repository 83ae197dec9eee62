use sekisho_model::{Fix, Resource, phrase};

use super::cni::{ENGINE, VALUES, given, is_judged, settings};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** The add-on `vpc-cni` switches on the engine that enforces NetworkPolicies: `enableNetworkPolicy` is true in its
    /// configuration. A cluster whose policies Calico or Cilium enforces is left alone.
    ///
    /// **Why it matters.** The API server takes a NetworkPolicy whether or not anything enforces it. The engine of the VPC CNI is off unless
    /// it is asked for, and then every pod reaches every other one, whatever the policies say.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_addon" "cni" {
    ///   cluster_name = "shop"
    ///   addon_name   = "vpc-cni"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_addon" "cni" {
    ///   cluster_name         = "shop"
    ///   addon_name           = "vpc-cni"
    ///   configuration_values = jsonencode({ enableNetworkPolicy = "true" })
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html>
    ///
    /// # 日本語
    /// **示すこと。** アドオン `vpc-cni` の設定で NetworkPolicy を強制するエンジンが有効 (`enableNetworkPolicy` が true) であること。
    /// Calico や Cilium が強制するクラスタは対象としない。
    ///
    /// **理由。** API サーバーは、強制するものがなくても NetworkPolicy を受け付ける。VPC CNI のエンジンは明示しない限り無効であり、
    /// その間はポリシーの内容にかかわらず、すべての Pod が互いに通信できる。
    ///
    /// **直し方。** `configuration_values = jsonencode({ enableNetworkPolicy = "true" })` とする。有効にすると既存のポリシーが効き始めるため、
    /// 先に影響を確かめる。
    CniPolicyEngine = "cni-policy-engine";
    control: "T2.1",
    severity: High,
    profile: Default,
    level: Level::Resource(&["aws_eks_addon"]),
    fix: Risky,
    title: "The VPC CNI does not enforce NetworkPolicies", "VPC CNI が NetworkPolicy を強制しない",
}

impl Check for CniPolicyEngine {
    fn resource(&self, cx: &Context<'_>, addon: &Resource, on: &mut On<'_>) {
        if !is_judged(cx, addon, on) {
            return;
        }
        let settings = match settings(addon) {
            Ok(settings) => settings,
            Err(why) => return on.unknown(why),
        };
        match settings.map_or(Ok(None), |settings| settings.switch(ENGINE)) {
            Ok(Some(true)) => return on.pass(),
            Ok(Some(false) | None) => {}
            Err(why) => return on.unknown(why),
        }
        let address = &addon.address;
        let message = phrase!(
            en: "`{address}` does not switch on `enableNetworkPolicy`: no NetworkPolicy of the cluster binds, and every pod reaches every other one",
            ja: "`{address}` の `enableNetworkPolicy` が有効でなく、クラスタの NetworkPolicy はどれも効かない。すべての Pod が互いに通信できる",
        );
        let written = addon.raw(VALUES);
        let origin = written.as_ref().and_then(|values| values.origin());
        let mut fault = Fault::of_value(cx.estate, addon, origin, message);
        let title = phrase!(en: "Switch the policy engine on", ja: "ポリシーエンジンを有効にする");
        let text = "jsonencode({ enableNetworkPolicy = \"true\", nodeAgent = { enablePolicyEventLogs = \"true\" } })";
        if let Some(fix) = given(cx, addon, Fix::risky(title), text) {
            fault = fault.fix(fix);
        }
        on.fail(fault);
    }
}
