//! What `restricted` refuses beside missing hardening: each place is an edit of its own.

use sekisho_model::{Fix, Phrase, Pod, Severity, phrase};
use sekisho_text::{Route, Step};
use serde_json::Value;

use super::dangerous_capability::removal;
use super::standards::{setter, value_at};
use crate::Fault;

/// The fault for one place.
pub(super) fn fault(pod: &Pod<'_>, rule: &'static str, place: Route, all: &[Route]) -> Fault {
    let written = value_at(pod, &place).and_then(Value::as_str).unwrap_or("");
    let Phrase { en, ja } = setter(pod, &place);
    match rule {
        "capabilities_restricted" => {
            let message = phrase!(
                en: "{en} adds {written}, which `restricted` refuses; only NET_BIND_SERVICE may be added",
                ja: "{ja} が追加した {written} を `restricted` は拒否する。追加できるのは NET_BIND_SERVICE だけである",
            );
            let fix = removal(pod, &place, all);
            Fault::at(place, message).key(written).fix(fix)
        }
        "hostProbesAndHostLifecycle" => {
            let message = phrase!(
                en: "{en} lets the kubelet send its probe or hook to `{written}`: requests from the node's address to a place of the pod's choice",
                ja: "{ja} は kubelet のプローブやフックを `{written}` に送らせる。Pod が選んだ宛先に、ノードのアドレスから要求が届く",
            );
            let title = Phrase::new("Probe the pod itself", "Pod 自身に送る");
            let fix = Fix::risky(title).remove(place.clone());
            Fault::at(place, message).fix(fix)
        }
        "sysctls" => {
            let message = phrase!(
                en: "the sysctl `{written}` is not safe: it can reach past the pod into its node",
                ja: "sysctl `{written}` は安全とされていない。Pod の範囲を越えてノードに影響し得る",
            );
            Fault::at(place, message).key(written)
        }
        "restrictedVolumes" => {
            let kind = match place.last() {
                Some(Step::Key(key)) => key.to_string(),
                _ => String::new(),
            };
            let message = phrase!(
                en: "a volume of the type `{kind}` stands in the pod itself, which `restricted` refuses; claim it through a PersistentVolumeClaim",
                ja: "種別 `{kind}` のボリュームが Pod に直接書かれており、`restricted` が拒否する。PersistentVolumeClaim を通じて使う",
            );
            Fault::at(place, message)
        }
        "procMount" | "procMount_restricted" => {
            let message = phrase!(
                en: "{en} sets `procMount: {written}`, which `restricted` refuses in a user namespace too",
                ja: "{ja} の `procMount: {written}` は、ユーザー名前空間内でも `restricted` が拒否する",
            );
            let title = Phrase::new("Mask /proc again", "/proc を保護する");
            let fix = Fix::risky(title).set(place.clone(), "Default");
            Fault::at(place, message).fix(fix)
        }
        "runAsUser" => {
            let message = phrase!(
                en: "{en} says `runAsUser: 0`, which `restricted` refuses even where every container overrides it",
                ja: "{ja} の `runAsUser: 0` は、全コンテナが上書きしていても `restricted` が拒否する",
            );
            let title = Phrase::new("Do not name root", "root を指定しない");
            let fix = Fix::risky(title).remove(place.clone());
            Fault::at(place, message).severity(Severity::Low).fix(fix)
        }
        other => {
            let message = phrase!(
                en: "`restricted` refuses {en} by its rule `{other}`",
                ja: "`restricted` の規則 `{other}` が {ja} を拒否する",
            );
            Fault::at(place, message).key(other)
        }
    }
}
