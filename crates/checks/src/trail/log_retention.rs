use sekisho_model::{Fix, Resource, Seen, phrase};
use sekisho_terraform::{Number, Piece, Value};

use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, On, check};

const DAYS: &str = "retention_in_days";

/// Intrusions are often noticed after weeks; what is younger than this must still be there.
const LEAST: f64 = 90.0;

check! {
    /// **What it shows.** The logs of the control plane, which EKS writes to the group `/aws/eks/CLUSTER/cluster`, are kept for at least 90 days.
    /// A group without a limit keeps them for ever.
    ///
    /// **Why it matters.** An intrusion is often noticed weeks later. What is deleted by then answers no question any more.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_cloudwatch_log_group" "cluster" {
    ///   name              = "/aws/eks/shop/cluster"
    ///   retention_in_days = 7
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_cloudwatch_log_group" "cluster" {
    ///   name              = "/aws/eks/shop/cluster"
    ///   retention_in_days = 365
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
    ///
    /// # 日本語
    /// **示すこと。** EKS がロググループ `/aws/eks/クラスタ名/cluster` に書くコントロールプレーンログが、90 日以上保持される。
    /// 期限のないロググループは無期限に保持する。
    ///
    /// **理由。** 侵入は数週間後に気付かれることが多い。そのとき既に消えたログは、何の問いにも答えない。
    ///
    /// **直し方。** `retention_in_days` を 90 以上 (例: 365) とする。
    LogRetention = "log-retention";
    control: "T6.3",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_cloudwatch_log_group"]),
    fix: Safe,
    title: "Control plane logs are deleted too soon", "コントロールプレーンログの保持期間不足",
}

impl Check for LogRetention {
    fn resource(&self, cx: &Context<'_>, group: &Resource, on: &mut On<'_>) {
        if !group.raw("name").is_some_and(|name| is_of_cluster(&name)) {
            return;
        }
        // CloudWatch keeps for ever what has no limit, and the provider takes 0 for none.
        let (days, origin) = match group.get(DAYS) {
            Seen::Unset => return on.pass(),
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Set(value, origin) => {
                let number = value.as_number().map(Number::to_f64);
                let text = value.as_str().and_then(|text| text.trim().parse().ok());
                let Some(days) = number.or(text) else {
                    return on.unknown(
                        phrase!(en: "`{DAYS}` is no number", ja: "`{DAYS}` が数値でない"),
                    );
                };
                (days, origin)
            }
        };
        if days <= 0.0 || days >= LEAST {
            return on.pass();
        }
        let address = &group.address;
        let message = phrase!(
            en: "`{address}` deletes the logs of the control plane after {days} days; an intrusion is often noticed later: keep them for {LEAST} days or more",
            ja: "`{address}` はコントロールプレーンログを {days} 日で削除する。侵入に気付くのはその後であることが多い。{LEAST} 日以上保持する",
        );
        let mut fault = Fault::of_value(cx.estate, group, origin.as_ref(), message);
        let title = phrase!(en: "Keep the logs for a year", ja: "ログを 1 年間保持する");
        let edit = BlockEdit::of_resource(cx.estate, group)
            .and_then(|edit| edit.set(DAYS, group.raw(DAYS).as_ref(), "365"));
        if let Some(fix) = edit.and_then(|edit| edit.done(Fix::safe(title))) {
            fault = fault.fix(fix);
        }
        on.fail(fault);
    }
}

/// `/aws/eks/CLUSTER/cluster`, the name of the cluster known or not.
fn is_of_cluster(name: &Value) -> bool {
    let (start, end) = ("/aws/eks/", "/cluster");
    if let Some(text) = name.as_str() {
        let cluster = text
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end));
        return cluster.is_some_and(|cluster| !cluster.is_empty() && !cluster.contains('/'));
    }
    let pieces = name.as_unknown().map_or(&[][..], |unknown| &unknown.pieces);
    match pieces {
        [Piece::Text(first), Piece::Unknown(_), Piece::Text(last)] => {
            first.as_ref() == start && last.as_ref() == end
        }
        _ => false,
    }
}
