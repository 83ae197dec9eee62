use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use crate::absence::is_snapshot;
use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, On, check};

const MODE: &str = "access_config.authentication_mode";
const CREATOR: &str = "access_config.bootstrap_cluster_creator_admin_permissions";

check! {
    /// **What it shows.** The cluster keeps its administrators as access entries of EKS, and whoever made it is not one of them by that alone.
    ///
    /// **Why it matters.** With `CONFIG_MAP`, which the API takes where nothing is said, the ConfigMap `aws-auth` decides: who can write in
    /// `kube-system` becomes administrator, and its creator is one that stands nowhere and cannot be removed. With entries each
    /// change is a call that CloudTrail keeps. The creator gets its entry unless it is told otherwise when the cluster is made.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   name = "shop"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   name = "shop"
    ///   access_config {
    ///     authentication_mode                         = "API"
    ///     bootstrap_cluster_creator_admin_permissions = false
    ///   }
    /// }
    /// ```
    ///
    /// Changing `bootstrap_cluster_creator_admin_permissions` of a cluster that runs makes Terraform replace it: delete the access entry of
    /// its creator instead, and ignore the attribute (`lifecycle`).
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/grant-k8s-access.html>
    ///
    /// # 日本語
    /// **示すこと。** クラスタの管理者が EKS のアクセスエントリで管理され、クラスタの作成者が自動的に管理者とならない。
    ///
    /// **理由。** `CONFIG_MAP` (API で未指定の場合の既定) では ConfigMap `aws-auth` が管理者を決める。`kube-system` に書ける者が管理者になれるうえ、
    /// 作成者はどこにも現れず取り除けない管理者となる。アクセスエントリなら、変更がすべて CloudTrail に残る。作成者のエントリは、作成時に
    /// 指定しない限り作られる。
    ///
    /// **直し方。** `authentication_mode` を `API` (移行中は `API_AND_CONFIG_MAP`) とする。稼働中のクラスタで
    /// `bootstrap_cluster_creator_admin_permissions` を変えると Terraform はクラスタを作り直すため、作成者のアクセスエントリを削除し、属性は `lifecycle` で無視する。
    ClusterAccessConfig = "cluster-access-config";
    control: "T1.11",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_eks_cluster"]),
    fix: Safe,
    title: "Administrators outside of access entries", "アクセスエントリ外の管理者",
}

impl Check for ClusterAccessConfig {
    fn resource(&self, cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) {
        mode(cx, cluster, on);
        creator(cx, cluster, on);
    }
}

fn mode(cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) {
    let address = &cluster.address;
    // `CreateAccessConfigRequest`: the API takes CONFIG_MAP where the mode is missing.
    let (mode, origin) = match cluster.text(MODE).or_default("CONFIG_MAP".to_owned()) {
        Seen::Set(mode, origin) => (mode, origin),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Unset => return,
    };
    if mode != "CONFIG_MAP" {
        return on.pass();
    }
    let message = if origin.is_some() {
        phrase!(
            en: "`{address}` keeps its administrators in the ConfigMap `aws-auth` (`CONFIG_MAP`): who writes in `kube-system` can become one, and the creator is one that stands nowhere",
            ja: "`{address}` は管理者を ConfigMap `aws-auth` で管理する (`CONFIG_MAP`)。`kube-system` に書ける者が管理者になれ、作成者はどこにも現れない管理者となる",
        )
    } else {
        phrase!(
            en: "`{address}` sets no `authentication_mode`, which means `CONFIG_MAP`: who writes in `kube-system` can become administrator through `aws-auth`, and the creator is one that stands nowhere",
            ja: "`{address}` は `authentication_mode` が未設定で `CONFIG_MAP` となる。`kube-system` に書ける者が `aws-auth` で管理者になれ、作成者はどこにも現れない管理者となる",
        )
    };
    let mut fault = Fault::of_value(cx.estate, cluster, origin.as_ref(), message).key("mode");
    if let Some(fix) = entries(cx, cluster) {
        fault = fault.fix(fix);
    }
    on.fail(fault);
}

/// Entries beside what there is: nobody loses access.
fn entries(cx: &Context<'_>, cluster: &Resource) -> Option<Fix> {
    let both = "\"API_AND_CONFIG_MAP\"";
    let title = phrase!(en: "Let access entries count as well", ja: "アクセスエントリを有効にする");
    let fix = Fix::safe(title);
    match cluster.raw("access_config") {
        Some(_) => BlockEdit::of_nested(cx.estate, cluster, "access_config")?
            .set("authentication_mode", cluster.raw(MODE).as_ref(), both)?
            .done(fix),
        None => BlockEdit::of_resource(cx.estate, cluster)?
            .nested("access_config", &[("authentication_mode", both)])
            .done(fix),
    }
}

fn creator(cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) {
    // Of a cluster that is, the access entries tell whether its creator still administers it.
    if is_snapshot(cx.estate, cluster.stack) {
        return;
    }
    let address = &cluster.address;
    // `Default: true` in the provider's schema, as in the API.
    match cluster.flag(CREATOR).or_default(true) {
        Seen::Set(false, _) => on.pass(),
        Seen::Unknown(why) => on.unknown(why),
        Seen::Set(true, origin) => {
            let message = phrase!(
                en: "whoever made `{address}` administers it for ever: `bootstrap_cluster_creator_admin_permissions` is not false; name administrators as access entries",
                ja: "`{address}` を作成した者が恒久的な管理者となる (`bootstrap_cluster_creator_admin_permissions` が false でない)。管理者はアクセスエントリで明示する",
            );
            on.fail(
                Fault::of_value(cx.estate, cluster, origin.as_ref(), message)
                    .severity(Severity::Low)
                    .key("creator"),
            );
        }
        Seen::Unset => {}
    }
}
