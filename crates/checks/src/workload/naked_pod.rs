use sekisho_model::{Fields, Pod, phrase};
use sekisho_text::Route;

use super::surroundings::is_controlled;
use crate::{Check, Context, Fault, Level, On, check};

/// A tool that makes the pod for one purpose and looks at its end.
const HOOKS: &[&str] = &["helm.sh/hook", "argocd.argoproj.io/hook"];

check! {
    /// **What it shows.** A Pod that no controller made. Only an owner with `controller: true` counts (the node itself
    /// owns its static pods). Hooks of Helm and Argo CD that end are left out.
    ///
    /// **Why it matters.** When its node breaks, is drained or is replaced, the pod is gone, and nothing makes it again. It
    /// also misses every roll-out: a debug pod of last year still runs last year's image.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: Pod
    /// metadata: { name: worker }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// kind: Deployment   # or a Job for what ends
    /// metadata: { name: worker }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/workloads/pods/>
    ///
    /// # 日本語
    /// **示すこと。** どのコントローラーも管理していない Pod。`controller: true` の所有者だけを数える (static Pod の所有者は
    /// ノード自身)。終了する Helm・Argo CD のフックは対象外とする。
    ///
    /// **理由。** ノードの故障・drain・置き換えで Pod は失われ、再作成されない。更新も行き届かず、昨年のデバッグ用 Pod が
    /// 昨年のイメージのまま動き続ける。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: Pod
    /// metadata: { name: worker }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// kind: Deployment   # 終了する処理なら Job
    /// metadata: { name: worker }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/concepts/workloads/pods/>
    NakedPod = "naked-pod";
    control: "T1.9",
    severity: Low,
    profile: Default,
    level: Level::Pod,
    fix: None,
    title: "A Pod without a controller", "コントローラーのない Pod",
}

impl Check for NakedPod {
    fn pod(&self, _cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let object = pod.object;
        match object.kind.as_str() {
            "PodTemplate" => return,
            "Pod" => {}
            _ => return on.pass(),
        }
        if is_controlled(object) {
            return on.pass();
        }
        let ends = pod.spec().text("restartPolicy") != Some("Always");
        // A hook is waited for until it ends, so a pod that never ends is none.
        if ends && HOOKS.iter().any(|name| object.annotation(name).is_some()) {
            return;
        }
        let name = &object.name;
        let message = if ends {
            phrase!(
                en: "Pod `{name}` has no controller: when its node goes before it ends, nothing starts it again; make it a Job",
                ja: "Pod `{name}` にはコントローラーがない。終了前にノードが失われると再実行されない。Job にする",
            )
        } else {
            phrase!(
                en: "Pod `{name}` has no controller: when its node goes, nothing makes it again; make it a Deployment, or delete it when it has served",
                ja: "Pod `{name}` にはコントローラーがない。ノードが失われると再作成されない。Deployment にするか、用が済んだら削除する",
            )
        };
        on.fail(Fault::at(Route::of("kind"), message));
    }
}
