use sekisho_model::{Resource, phrase};

use super::cni::{ENGINE, VALUES, is_judged, settings};
use crate::{Check, Context, Fault, Level, On, check};

const LOGS: &[&str] = &["nodeAgent", "enablePolicyEventLogs"];

check! {
    /// **What it shows.** The add-on `vpc-cni` lets its node agent write down what NetworkPolicies allow and deny:
    /// `nodeAgent.enablePolicyEventLogs` is true in its configuration. An add-on whose policy engine is off has nothing to write; another
    /// check tells of that.
    ///
    /// **Why it matters.** The log is off unless it is asked for. Without it an attacker who tries every door leaves no trace, and
    /// a connection that a policy cuts looks like any other failure.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_addon" "cni" {
    ///   addon_name           = "vpc-cni"
    ///   configuration_values = jsonencode({ enableNetworkPolicy = "true" })
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_addon" "cni" {
    ///   addon_name = "vpc-cni"
    ///   configuration_values = jsonencode({
    ///     enableNetworkPolicy = "true"
    ///     nodeAgent           = { enablePolicyEventLogs = "true" }
    ///   })
    /// }
    /// ```
    ///
    /// The log stands in a file of each node; `enableCloudWatchLogs` sends it to CloudWatch, which a collector of one's own may do as well.
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/network-policies-troubleshooting.html>
    ///
    /// # 日本語
    /// **示すこと。** アドオン `vpc-cni` の設定で、NetworkPolicy による許可と拒否をノードエージェントが記録すること
    /// (`nodeAgent.enablePolicyEventLogs` が true)。ポリシーエンジンが無効なアドオンには記録するものがなく、別のチェックが指摘する。
    ///
    /// **理由。** このログは明示しない限り無効である。なければ攻撃者の探索が跡を残さず、ポリシーによる通信断もほかの障害と区別できない。
    ///
    /// **直し方。** `nodeAgent = { enablePolicyEventLogs = "true" }` を加える。ログは各ノードのファイルに残る。CloudWatch へは
    /// `enableCloudWatchLogs` または独自のログ収集で送る。
    CniPolicyLogs = "cni-policy-logs";
    control: "T2.5",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_eks_addon"]),
    fix: None,
    title: "The VPC CNI does not log denials", "VPC CNI が通信拒否を記録しない",
}

impl Check for CniPolicyLogs {
    fn resource(&self, cx: &Context<'_>, addon: &Resource, on: &mut On<'_>) {
        if !is_judged(cx, addon, on) {
            return;
        }
        let settings = match settings(addon) {
            Ok(Some(settings)) => settings,
            Ok(None) => return on.fail_told_by(&["cni-policy-engine"]),
            Err(why) => return on.unknown(why),
        };
        match settings.switch(ENGINE) {
            Ok(Some(true)) => {}
            Ok(Some(false) | None) => return on.fail_told_by(&["cni-policy-engine"]),
            Err(why) => return on.unknown(why),
        }
        match settings.switch(LOGS) {
            Ok(Some(true)) => return on.pass(),
            Ok(Some(false) | None) => {}
            Err(why) => return on.unknown(why),
        }
        let address = &addon.address;
        let message = phrase!(
            en: "`{address}` does not switch on `nodeAgent.enablePolicyEventLogs`: what NetworkPolicies deny leaves no trace",
            ja: "`{address}` の `nodeAgent.enablePolicyEventLogs` が有効でなく、NetworkPolicy による拒否の跡が残らない",
        );
        let written = addon.raw(VALUES);
        let origin = written.as_ref().and_then(|values| values.origin());
        on.fail(Fault::of_value(cx.estate, addon, origin, message));
    }
}
