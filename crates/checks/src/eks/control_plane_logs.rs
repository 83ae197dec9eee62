use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, On, check};

/// All there are (`EKS API`, `LogType`).
const TYPES: [&str; 5] = [
    "api",
    "audit",
    "authenticator",
    "controllerManager",
    "scheduler",
];

check! {
    /// **What it shows.** All five types of control plane logs are sent to CloudWatch.
    ///
    /// **Why it matters.** Only `audit` tells who did what through the API server, and `authenticator` which AWS identity it
    /// was. EKS sends none of them unless it is told to; what was not written cannot be found out after an attack.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   enabled_cluster_log_types = ["api"]
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
    ///
    /// # 日本語
    /// **示すこと。** コントロールプレーンのログ 5 種類すべてが CloudWatch に送られている。
    ///
    /// **理由。** API サーバーを通じて誰が何をしたかは `audit` だけが、どの AWS アイデンティティだったかは `authenticator`
    /// だけが示す。EKS は指定しない限りどれも送らない。記録されなかったことは、攻撃の後に知ることができない。
    ///
    /// **直し方。** `enabled_cluster_log_types` に 5 種類すべてを書く。
    ControlPlaneLogs = "control-plane-logs";
    control: "T6.3",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_eks_cluster"]),
    fix: Safe,
    title: "Control plane logs are missing", "コントロールプレーンログの不足",
}

impl Check for ControlPlaneLogs {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        let (set, origin) = match resource.texts("enabled_cluster_log_types") {
            Seen::Set(set, origin) => (set, origin),
            Seen::Unset => (Vec::new(), None),
            Seen::Unknown(why) => return on.unknown(why),
        };
        let missing: Vec<&str> = TYPES
            .into_iter()
            .filter(|wanted| !set.iter().any(|(own, _)| own == wanted))
            .collect();
        if missing.is_empty() {
            return on.pass();
        }
        let names = missing.join(", ");
        let message = phrase!(
            en: "the logs {names} of the control plane are not sent anywhere: what they would tell is lost",
            ja: "コントロールプレーンのログ {names} がどこにも送られず、その内容は失われる",
        );
        // Without `audit` there is no trace of an attack at all.
        let severity = if missing.contains(&"audit") {
            Severity::High
        } else {
            Severity::Medium
        };
        let mut fault =
            Fault::of_value(cx.estate, resource, origin.as_ref(), message).severity(severity);
        let all: Vec<String> = TYPES.iter().map(|one| format!("\"{one}\"")).collect();
        let all = format!("[{}]", all.join(", "));
        let name = "enabled_cluster_log_types";
        let title = phrase!(en: "Send all types", ja: "全種類を送る");
        let edit = BlockEdit::of_resource(cx.estate, resource)
            .and_then(|edit| edit.set(name, resource.raw(name).as_ref(), &all));
        if let Some(fix) = edit.and_then(|edit| edit.done(Fix::safe(title))) {
            fault = fault.fix(fix);
        }
        on.fail(fault);
    }
}
