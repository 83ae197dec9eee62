use sekisho_model::{Fix, Resource, Seen, phrase};

use crate::{Check, Context, Fault, Level, On, check, hcl};

check! {
    /// **What it shows.** EKS watches the nodes of the managed node group and replaces or reboots those that are broken:
    /// `node_repair_config` is enabled.
    ///
    /// **Why it matters.** Without it only an instance that EC2 itself calls unhealthy is replaced. A node whose kubelet, network
    /// or disk has failed stays, and its pods with it, until somebody looks. Repair is off unless it is asked for.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_node_group" "apps" {
    ///   node_group_name = "apps"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_node_group" "apps" {
    ///   node_group_name = "apps"
    ///   node_repair_config {
    ///     enabled = true
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/node-health.html>
    /// <https://docs.aws.amazon.com/eks/latest/APIReference/API_NodeRepairConfig.html>
    ///
    /// # 日本語
    /// **示すこと。** EKS がマネージドノードグループのノードを監視し、壊れたノードを置き換えまたは再起動すること
    /// (`node_repair_config` が有効)。
    ///
    /// **理由。** 無効のままでは、EC2 が異常と判断したインスタンスしか置き換えられない。kubelet やネットワーク、ディスクが壊れたノードは、
    /// 誰かが気付くまで Pod とともに残り続ける。明示しない限り無効である。
    ///
    /// **直し方。** `node_repair_config { enabled = true }` を加える。
    NodeRepair = "node-repair";
    control: "T1.9",
    severity: Low,
    profile: Default,
    level: Level::Resource(&["aws_eks_node_group"]),
    fix: Safe,
    title: "Broken nodes stay", "壊れたノードが置き換えられない",
}

impl Check for NodeRepair {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        let has_block = match resource.nested("node_repair_config") {
            Seen::Set(..) => true,
            Seen::Unset => false,
            Seen::Unknown(why) => return on.unknown(why),
        };
        // Disabled unless set (EKS API, NodeRepairConfig).
        let origin = match resource
            .flag("node_repair_config.enabled")
            .or_default(false)
        {
            Seen::Set(true, _) => return on.pass(),
            Seen::Set(false, origin) => origin,
            Seen::Unset => None,
            Seen::Unknown(why) => return on.unknown(why),
        };
        let message = phrase!(
            en: "node repair is not enabled: a node that fails keeps its pods until somebody looks",
            ja: "ノードの自動修復が無効で、壊れたノードは誰かが気付くまで Pod を抱えたまま残る",
        );
        let mut fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message);
        let change = if origin.is_some() {
            hcl::replaced(cx.estate, origin.as_ref(), "true")
        } else if has_block {
            None
        } else {
            let lines = ["", "node_repair_config {", "  enabled = true", "}"];
            hcl::appended(cx.estate, resource, &lines)
        };
        if let Some(change) = change {
            let title = phrase!(en: "Repair broken nodes", ja: "壊れたノードを自動修復する");
            fault = fault.fix(Fix::safe(title).with(change));
        }
        on.fail(fault);
    }
}
