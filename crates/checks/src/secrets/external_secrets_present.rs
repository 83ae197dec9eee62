use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Fields, Object, Place, phrase};
use sekisho_text::Route;

use super::consumed;
use super::external_secrets::GROUP;
use super::secret_value::{Kind, kind, stored};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Pods of a cluster read Secrets, but nothing there brings secrets from Secrets Manager or SSM: neither an
    /// ExternalSecret nor a SecretProviderClass or a volume of the Secrets Store CSI driver. It is told only when the files are everything
    /// that runs (`estate.complete: true`).
    ///
    /// **Why it matters.** The Secrets come from somebody's hand or from files: without versions, without rotation, without a trail
    /// of who read or changed them.
    ///
    /// Certificates of cert-manager, tokens of service accounts, and Secrets whose values in the files are no secrets do not count.
    ///
    /// **Good.** An ExternalSecret for each Secret that a pod reads, or a SecretProviderClass mounted as a CSI volume.
    ///
    /// **References**
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html>
    /// - <https://external-secrets.io/latest/>
    /// - <https://secrets-store-csi-driver.sigs.k8s.io/>
    ///
    /// # 日本語
    /// **示すこと。** クラスタの Pod が Secret を読んでいるのに、AWS Secrets Manager や SSM から値を届けるもの (ExternalSecret、SecretProviderClass、Secrets Store CSI ドライバーのボリューム) がない。ファイルが稼働物のすべてである場合 (`estate.complete: true`) に限り判定する。
    ///
    /// **理由。** Secret は誰かの手作業かファイルから来ており、バージョンもローテーションもなく、誰が読み、変更したかの証跡もない。
    ///
    /// cert-manager の証明書、ServiceAccount のトークン、ファイル内の値が秘密でない Secret は数えない。
    ///
    /// **直し方。** Pod が読む Secret ごとに ExternalSecret を作るか、SecretProviderClass を CSI ボリュームとしてマウントする。
    ExternalSecretsPresent = "external-secrets-present";
    control: "T3.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Secrets do not come from Secrets Manager", "Secrets Manager から届かない Secret",
}

const CSI_GROUP: &str = "secrets-store.csi.x-k8s.io";
const CSI_DRIVER: &str = "secrets-store.csi.k8s.io";

struct Reader {
    object: usize,
    route: Route,
    secret: String,
}

impl Check for ExternalSecretsPresent {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut brought: BTreeSet<Arc<Place>> = BTreeSet::new();
        for (group, kind) in [
            (GROUP, "ExternalSecret"),
            (GROUP, "ClusterExternalSecret"),
            (CSI_GROUP, "SecretProviderClass"),
        ] {
            brought.extend(
                cx.estate
                    .of_kind(group, kind)
                    .map(|(_, object)| Arc::clone(&object.place)),
            );
        }
        let made = made_by_others(cx);
        let mut readers: BTreeMap<Arc<Place>, Vec<Reader>> = BTreeMap::new();
        for (index, pod) in cx.workloads().all() {
            let place = &pod.object.place;
            let is_csi = |volume: &serde_json::Value| volume.text("csi.driver") == Some(CSI_DRIVER);
            if pod.spec().items("volumes").iter().any(is_csi) {
                brought.insert(Arc::clone(place));
            }
            for taken in consumed::by(pod) {
                let home = (
                    Arc::clone(place),
                    pod.object.namespace.given().map(str::to_owned),
                    taken.name.to_owned(),
                );
                if !made.contains(&home) {
                    let reader = Reader {
                        object: *index,
                        route: taken.route,
                        secret: taken.name.to_owned(),
                    };
                    readers.entry(Arc::clone(place)).or_default().push(reader);
                }
            }
        }
        for (place, readers) in readers {
            let Some(first) = readers.first() else {
                continue;
            };
            if brought.contains(&place) {
                sheet.on(first.object).pass();
            } else if cx.complete() {
                sheet.on(first.object).fail(fault(first, &readers));
            } else {
                let secret = &first.secret;
                sheet.on(first.object).unknown(phrase!(
                    en: "Secret `{secret}` is read here, and no ExternalSecret or SecretProviderClass is among these files; `estate.complete: true` would say that there is none",
                    ja: "ここで Secret `{secret}` が読まれるが、ファイルに ExternalSecret も SecretProviderClass もない。`estate.complete: true` なら存在しないと判定できる",
                ));
            }
        }
    }
}

fn fault(first: &Reader, readers: &[Reader]) -> Fault {
    let secrets: BTreeSet<&str> = readers
        .iter()
        .map(|reader| reader.secret.as_str())
        .collect();
    let pods: BTreeSet<usize> = readers.iter().map(|reader| reader.object).collect();
    let (secrets, pods) = (secrets.len(), pods.len());
    let mut fault = Fault::at(
        first.route.clone(),
        phrase!(
            en: "Secrets that are read here: {secrets}, by workloads: {pods}; and nothing in the estate brings them from Secrets Manager or SSM: no ExternalSecret, no SecretProviderClass. They have no versions, rotation or trail",
            ja: "{pods} 個のワークロードが {secrets} 個の Secret を読むが、AWS Secrets Manager や SSM から届けるもの (ExternalSecret、SecretProviderClass) がない。バージョンもローテーションも証跡もない",
        ),
    );
    for reader in readers.iter().skip(1).take(4) {
        let secret = &reader.secret;
        fault = fault.related(
            reader.object,
            reader.route.clone(),
            phrase!(en: "`{secret}` is read here too", ja: "`{secret}` もここで読まれる"),
        );
    }
    fault
}

fn is_open(secret: &Object) -> bool {
    let mut values = secret
        .value
        .entries("data")
        .into_iter()
        .flatten()
        .peekable();
    values.peek().is_some()
        && values.all(|(key, value)| {
            let value = value.as_str().map(stored).unwrap_or_default();
            matches!(kind(key, value, false), Kind::Open | Kind::Placeholder)
        })
}

/// Secrets that need not come from AWS: certificates of cert-manager, tokens of service accounts, and those whose values in
/// the files are no secrets.
fn made_by_others(cx: &Context<'_>) -> BTreeSet<(Arc<Place>, Option<String>, String)> {
    let certificates = cx
        .estate
        .of_kind("cert-manager.io", "Certificate")
        .filter_map(|(_, object)| Some((object, object.value.text("spec.secretName")?.to_owned())));
    let tokens = cx.estate.of_kind("", "Secret").filter_map(|(_, object)| {
        let is_token = object.value.text("type") == Some("kubernetes.io/service-account-token");
        (is_token || is_open(object)).then(|| (object, object.name.clone()))
    });
    certificates
        .chain(tokens)
        .map(|(object, name)| {
            (
                Arc::clone(&object.place),
                object.namespace.given().map(str::to_owned),
                name,
            )
        })
        .collect()
}
