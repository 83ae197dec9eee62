use std::collections::BTreeMap;

use sekisho_model::{Fields, Object, Place, Severity, phrase};
use sekisho_text::Route;

use super::node_paths::gain;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A PersistentVolume that is a directory of a node (`hostPath`, `local`), and a StorageClass that makes such
    /// volumes for whoever claims them.
    ///
    /// **Why it matters.** Pod Security refuses `hostPath` in a pod, but not a PersistentVolumeClaim, and nobody looks behind the
    /// claim: through it even a `restricted` pod mounts a path of the node. The data is neither encrypted by AWS nor
    /// moved with the pod, and stays on the disk for the next claim.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: PersistentVolume
    /// spec:
    ///   hostPath:
    ///     path: /data/backup
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: StorageClass
    /// provisioner: ebs.csi.aws.com
    /// parameters:
    ///   encrypted: "true"
    /// ```
    ///
    /// **References.** [Kubernetes: Persistent Volumes](https://kubernetes.io/docs/concepts/storage/persistent-volumes/) ·
    /// [Kubernetes: StorageClass, local](https://kubernetes.io/docs/concepts/storage/storage-classes/#local)
    ///
    /// # 日本語
    /// **示すこと。** 実体がノードのディレクトリである PersistentVolume (`hostPath`・`local`) と、要求に応じてそれを作る StorageClass。
    ///
    /// **理由。** Pod Security は Pod の `hostPath` を拒否するが、PersistentVolumeClaim の背後までは見ない。そのため `restricted` の Pod でもノードのパスをマウントできてしまう。データは AWS による暗号化も Pod への追従もされず、ディスクに残って次の要求者に渡る。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: PersistentVolume
    /// spec:
    ///   hostPath:
    ///     path: /data/backup
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: StorageClass
    /// provisioner: ebs.csi.aws.com
    /// parameters:
    ///   encrypted: "true"
    /// ```
    LocalVolumeClaim = "local-volume-claim";
    control: "T1.6",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A claim leads to a disk path of a node", "PVC の背後にあるノードのパス",
}

/// Provisioners that hand out directories of the node.
const LOCAL: &[&str] = &[
    "rancher.io/local-path",
    "openebs.io/local",
    "microk8s.io/hostpath",
    "docker.io/hostpath",
    "k8s.io/minikube-hostpath",
    "hostpath.csi.k8s.io",
    "kubevirt.io/hostpath-provisioner",
    "kubevirt.io.hostpath-provisioner",
    "kubernetes.io/host-path",
];

/// The volumes of a class are made by hand: what they are is seen in the PersistentVolumes.
const BY_HAND: &str = "kubernetes.io/no-provisioner";

impl Check for LocalVolumeClaim {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut classes: BTreeMap<(&Place, &str), Volumes> = BTreeMap::new();
        for (index, volume) in cx.estate.of_kind("", "PersistentVolume") {
            let class = volume.value.text("spec.storageClassName").unwrap_or("");
            let seen = classes.entry((&*volume.place, class)).or_default();
            if judge_volume(volume, &mut sheet.on(index)) {
                seen.local = true;
            } else {
                seen.other = true;
            }
        }
        for (index, class) in cx.estate.of_kind("storage.k8s.io", "StorageClass") {
            let seen = classes.get(&(&*class.place, class.name.as_str()));
            judge_class(cx, class, seen, &mut sheet.on(index));
        }
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Volumes {
    local: bool,
    other: bool,
}

fn judge_volume(volume: &Object, on: &mut On<'_>) -> bool {
    let name = &volume.name;
    let who = match (
        volume.value.text("spec.claimRef.namespace"),
        volume.value.text("spec.claimRef.name"),
    ) {
        (Some(namespace), Some(claim)) => format!("{namespace}/{claim}"),
        _ => String::from("any claim that fits"),
    };
    for (field, route) in [
        ("spec.hostPath.path", Route::of("spec.hostPath.path")),
        ("spec.local.path", Route::of("spec.local.path")),
    ] {
        let Some(path) = volume.value.text(field) else {
            continue;
        };
        let gain = gain(path, "", false);
        let (en, ja) = (gain.gives.en, gain.gives.ja);
        on.fail(
            Fault::at(
                route,
                phrase!(en: "PersistentVolume `{name}` is `{path}` of a node, open to {who}: behind a claim Pod Security does not see it, and it gives {en}",
                        ja: "PersistentVolume `{name}` の実体はノードの `{path}` (利用できる PVC: {who})。PVC の背後は Pod Security から見えない。{ja}"),
            )
            .severity(gain.severity.max(Severity::Medium)),
        );
        return true;
    }
    let driver = volume.value.text("spec.csi.driver");
    if let Some(driver) = driver.filter(|driver| is_local(driver)) {
        on.fail(Fault::at(
            Route::of("spec.csi.driver"),
            phrase!(en: "PersistentVolume `{name}` comes from `{driver}`, which hands out directories of the node",
                    ja: "PersistentVolume `{name}` は `{driver}` によるもので、実体はノードのディレクトリである"),
        ));
        return true;
    }
    on.pass();
    false
}

fn judge_class(cx: &Context<'_>, class: &Object, seen: Option<&Volumes>, on: &mut On<'_>) {
    let name = &class.name;
    let provisioner = class.value.text("provisioner").unwrap_or("");
    let field = Route::of("provisioner");
    if is_local(provisioner) {
        on.fail(Fault::at(
            field,
            phrase!(en: "StorageClass `{name}` makes directories of the node (`{provisioner}`) for every claim that names it; Pod Security does not see them",
                    ja: "StorageClass `{name}` (`{provisioner}`) は、これを指定した PVC ごとにノードのディレクトリを作る。Pod Security からは見えない"),
        ));
    } else if provisioner != BY_HAND {
        on.pass();
    } else if seen.is_some_and(|seen| seen.local) {
        on.fail_told_by(&["local-volume-claim"]);
    } else if seen.is_some_and(|seen| seen.other) {
        on.pass();
    } else if class.value.text("volumeBindingMode") == Some("WaitForFirstConsumer") {
        on.fail(
            Fault::at(
                field,
                phrase!(en: "StorageClass `{name}` is for volumes that are made by hand and wait for a node, that is, for disks of the node behind a claim",
                        ja: "StorageClass `{name}` は手動で作成しノードの決定を待つボリューム、すなわち PVC の背後のノードのディスク用である"),
            )
            .severity(Severity::Medium),
        );
    } else if !cx.complete() {
        on.unknown(phrase!(en: "whether the volumes of StorageClass `{name}` are disks of a node: its PersistentVolumes are not among the files",
                           ja: "StorageClass `{name}` のボリュームがノードのディスクかどうか: PersistentVolume がファイルにない"));
    }
}

fn is_local(provisioner: &str) -> bool {
    // The chart of the local path provisioner names it `cluster.local/RELEASE-local-path-provisioner`.
    LOCAL.contains(&provisioner) || provisioner.ends_with("local-path-provisioner")
}
