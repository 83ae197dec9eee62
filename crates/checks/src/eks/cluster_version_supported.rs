use sekisho_model::{Resource, Seen, phrase};

use super::versions::{READ_ON, Support, support};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** EKS still supports the version of the cluster, in standard or extended support, on the day of the run. The calendar
    /// of EKS is part of the program. A cluster without `version` got the default of the day it was made, which the files do not tell.
    ///
    /// **Why it matters.** A version without support gets no fixes of known flaws. EKS then upgrades the control plane on a day of its own
    /// choosing, while nodes and add-ons stay behind.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   version = "1.28"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_cluster" "shop" {
    ///   version = "1.35"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html>
    ///
    /// # 日本語
    /// **示すこと。** 実行日の時点で、クラスタのバージョンが EKS の標準サポートまたは延長サポートの期間内にある。EKS のカレンダーはプログラムに含まれる。
    /// `version` のないクラスタは作成日の既定バージョンになるが、それはファイルからは分からない。
    ///
    /// **理由。** サポートの終わったバージョンには、既知の脆弱性の修正が届かない。EKS は任意の日にコントロールプレーンを自動更新し、
    /// ノードとアドオンは古いまま残る。
    ///
    /// **直し方。** 一度に 1 マイナーバージョンずつ、サポート中のバージョンまで更新する。
    ClusterVersionSupported = "cluster-version-supported";
    control: "T1.10",
    severity: High,
    profile: Default,
    level: Level::Resource(&["aws_eks_cluster"]),
    fix: None,
    title: "Cluster version is out of support", "サポートの終了したクラスタバージョン",
}

impl Check for ClusterVersionSupported {
    fn resource(&self, cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) {
        let (version, origin) = match cluster.get("version") {
            Seen::Set(value, origin) => {
                // Terraform makes text of a number as it makes text of any other.
                let number = value.as_number().map(|number| number.to_f64().to_string());
                (value.as_str().map(str::to_owned).or(number), origin)
            }
            Seen::Unset => {
                return on.unknown(phrase!(
                    en: "`version` is not set: the cluster has what was the default when it was made; set it, or add an AWS snapshot",
                    ja: "`version` が未設定のため、作成時の既定バージョンになっている。明示するか AWS スナップショットを加える",
                ));
            }
            Seen::Unknown(why) => return on.unknown(why),
        };
        let version = version.unwrap_or_default();
        let today = cx.today.unwrap_or(READ_ON);
        let address = &cluster.address;
        let since = match support(&version, today) {
            Support::Yes => return on.pass(),
            Support::Newer => {
                return on.unknown(phrase!(
                    en: "version {version} is newer than the calendar of {READ_ON}; use a newer sekisho",
                    ja: "バージョン {version} は {READ_ON} のカレンダーより新しい。新しい sekisho を使う",
                ));
            }
            Support::NoVersion => {
                return on.unknown(phrase!(
                    en: "`{version}` is no version that EKS takes; it is written as `1.35`",
                    ja: "`{version}` は EKS が受け付けるバージョンではない。`1.35` のように書く",
                ));
            }
            Support::Ended(since) => since,
        };
        let message = match since {
            Some(day) => phrase!(
                en: "`{address}` runs Kubernetes {version}, whose support ended on {day}: known flaws stay open, and EKS upgrades it on a day of its own choosing",
                ja: "`{address}` の Kubernetes {version} は {day} にサポートが終了した。既知の脆弱性が残り、EKS が任意の日に自動更新する",
            ),
            None => phrase!(
                en: "`{address}` names Kubernetes {version}, which EKS has long stopped to support: known flaws stay open",
                ja: "`{address}` の Kubernetes {version} はサポート終了から久しく、既知の脆弱性が残る",
            ),
        };
        on.fail(Fault::of_value(
            cx.estate,
            cluster,
            origin.as_ref(),
            message,
        ));
    }
}
