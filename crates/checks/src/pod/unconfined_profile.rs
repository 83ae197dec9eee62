use sekisho_model::{Fix, Phrase, Pod, Severity, phrase};
use sekisho_policy::pod_security;
use sekisho_text::{Route, Step};
use serde_json::Value;

use super::standards::{broken, container_at, setter, value_at};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pod that switches off what confines it: seccomp or AppArmor `Unconfined` (also by the old AppArmor
    /// annotations), `procMount: Unmasked`, an SELinux type that is not a container's, an SELinux user or role.
    ///
    /// **Why it matters.** Seccomp keeps rarely used system calls, AppArmor and SELinux keep files and mounts of the node out of
    /// reach of a container, whoever it runs as. Most escapes of past years needed one of them to be off.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   seccompProfile: {type: Unconfined}
    ///   procMount: Unmasked
    ///   seLinuxOptions: {type: spc_t}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// securityContext:
    ///   seccompProfile: {type: RuntimeDefault}
    ///   appArmorProfile: {type: RuntimeDefault}
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline>
    /// - <https://kubernetes.io/docs/tutorials/security/apparmor/>
    ///
    /// # 日本語
    /// **示すこと。** 自らの制限を解除する Pod。seccomp や AppArmor の `Unconfined` (AppArmor の旧アノテーションを含む)、`procMount: Unmasked`、コンテナ用でない SELinux の type、SELinux の user や role の指定。
    ///
    /// **理由。** seccomp は使われることの少ないシステムコールを、AppArmor と SELinux はノードのファイルやマウントを、実行ユーザーによらずコンテナから遠ざける。過去の脱出手法の多くは、このいずれかが無効であることを前提とする。
    ///
    /// **直し方。** `RuntimeDefault` を使う。足りなければ、必要な操作だけを許す Localhost プロファイルを作る。
    UnconfinedProfile = "unconfined-profile";
    control: "T1.5",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A pod switches off what confines it", "自らの制限を解除する Pod",
}

const RULES: [&str; 4] = [
    "appArmorProfile",
    "procMount",
    "seLinuxOptions",
    "seccompProfile_baseline",
];

/// Where the old annotations of AppArmor begin; the container's name follows.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

impl Check for UnconfinedProfile {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        let mut found = broken(cx, pod, pod_security::Level::Baseline, &RULES);
        found.places.retain(|(_, place)| !is_copy(cx, pod, place));
        found.tell(on, |rule, place| fault(pod, rule, place));
    }
}

/// True for the field that the API server made of an annotation: the annotation is what is written.
fn is_copy(cx: &Context<'_>, pod: &Pod<'_>, place: &Route) -> bool {
    let Some(container) = container_at(pod, place) else {
        return false;
    };
    let key = format!("{APP_ARMOR}{}", container.name());
    let is_profile = place
        .steps()
        .iter()
        .any(|step| matches!(step, Step::Key(key) if key == "appArmorProfile"));
    is_profile
        && pod.annotation(&key).is_some()
        && cx
            .estate
            .locate(pod.object, place)
            .is_none_or(|location| location.absent)
}

fn fault(pod: &Pod<'_>, rule: &'static str, place: Route) -> Fault {
    let written = value_at(pod, &place).and_then(Value::as_str).unwrap_or("");
    let Phrase { en, ja } = setter(pod, &place);
    let title = Phrase::new("Confine it again", "制限を元に戻す");
    let fix = Fix::risky(title);
    match rule {
        "appArmorProfile" => {
            let annotation = match place.last() {
                Some(Step::Key(key)) => key.strip_prefix(APP_ARMOR).map(str::to_owned),
                _ => None,
            };
            if let Some(name) = annotation {
                let message = phrase!(
                    en: "the annotation takes AppArmor away from container `{name}` (`{written}`)",
                    ja: "アノテーションにより、コンテナ `{name}` の AppArmor が外れる (`{written}`)",
                );
                let fix = fix.set(place.clone(), "runtime/default");
                return Fault::at(place, message).fix(fix);
            }
            let message = phrase!(
                en: "{en} runs without AppArmor (`{written}`)",
                ja: "{ja} が AppArmor なしで動作する (`{written}`)",
            );
            let fix = fix.set(place.clone(), "RuntimeDefault");
            Fault::at(place, message).fix(fix)
        }
        "procMount" => {
            let message = phrase!(
                en: "{en} sees all of /proc unmasked: it can write to the settings of the node's kernel",
                ja: "{ja} に /proc 全体が見え、ノードのカーネル設定を書き換えられる",
            );
            let fix = fix.set(place.clone(), "Default");
            Fault::at(place, message).severity(Severity::High).fix(fix)
        }
        "seLinuxOptions" => {
            let field = match place.last() {
                Some(Step::Key(key)) => key.to_string(),
                _ => String::new(),
            };
            let message = phrase!(
                en: "{en} sets the SELinux {field} `{written}`, which is not a container's",
                ja: "{ja} が SELinux の {field} に `{written}` を指定している。コンテナ用の値ではない",
            );
            let fix = fix.remove(place.clone());
            Fault::at(place, message).severity(Severity::High).fix(fix)
        }
        _ => {
            let message = phrase!(
                en: "{en} runs without seccomp (`{written}`): every system call of the node's kernel is open to it",
                ja: "{ja} が seccomp なしで動作する (`{written}`)。ノードのカーネルの全システムコールが使える",
            );
            let fix = fix.set(place.clone(), "RuntimeDefault");
            Fault::at(place, message).fix(fix)
        }
    }
}
